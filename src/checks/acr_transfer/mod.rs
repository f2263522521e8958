//! The ACR Transfer pack.

mod access_mode_api_version;
mod access_mode_missing;
mod artifact;
mod artifact_count;
mod artifact_duplicate;
mod artifact_latest;
mod artifact_reference;
mod blob_archived;
mod blob_name;
mod container_immutable;
mod container_missing;
mod container_uri;
mod endpoint_type;
mod export_policy;
mod force_update_tag;
mod hardcoded_cloud_suffix;
mod key_vault_uri_malformed;
mod key_vault_uri_missing;
mod key_vault_uri_unused;
mod mixed_clouds;
mod option_not_for_pipeline;
mod option_spelling;
mod options;
mod overwrite_blobs;
mod pipeline_run;
mod readonly_identity_property;
mod registry_sku;
mod resource_name;
mod resource_type_trailing_slash;
mod run_artifacts_ignored;
mod run_artifacts_missing;
mod run_endpoint;
mod run_kind;
mod run_pipeline_id;
mod run_registry;
mod shape;
mod source_trigger_status;
mod storage_firewall;
mod storage_kind;
mod transfer_storage;
mod unknown_pipeline;
mod unknown_property;

use super::FileRule;
use crate::engine::check::NativeCheck;

/// Native rules about resources.
pub(super) const RESOURCE_CHECKS: &[(&str, NativeCheck)] = &[
    ("acr-transfer-access-mode-api-version", access_mode_api_version::check),
    ("acr-transfer-access-mode-missing", access_mode_missing::check),
    ("acr-transfer-artifact-count", artifact_count::check),
    ("acr-transfer-artifact-duplicate", artifact_duplicate::check),
    ("acr-transfer-artifact-latest", artifact_latest::check),
    ("acr-transfer-artifact-reference", artifact_reference::check),
    ("acr-transfer-blob-archived", blob_archived::check),
    ("acr-transfer-blob-name", blob_name::check),
    ("acr-transfer-container-immutable", container_immutable::check),
    ("acr-transfer-container-missing", container_missing::check),
    ("acr-transfer-container-uri", container_uri::check),
    ("acr-transfer-endpoint-type", endpoint_type::check),
    ("acr-transfer-export-policy", export_policy::check),
    ("acr-transfer-force-update-tag", force_update_tag::check),
    ("acr-transfer-key-vault-uri-malformed", key_vault_uri_malformed::check),
    ("acr-transfer-key-vault-uri-missing", key_vault_uri_missing::check),
    ("acr-transfer-key-vault-uri-unused", key_vault_uri_unused::check),
    ("acr-transfer-mixed-clouds", mixed_clouds::check),
    ("acr-transfer-option-not-for-pipeline", option_not_for_pipeline::check),
    ("acr-transfer-option-spelling", option_spelling::check),
    ("acr-transfer-overwrite-blobs", overwrite_blobs::check),
    ("acr-transfer-readonly-identity-property", readonly_identity_property::check),
    ("acr-transfer-registry-sku", registry_sku::check),
    ("acr-transfer-resource-name", resource_name::check),
    ("acr-transfer-resource-type-trailing-slash", resource_type_trailing_slash::check),
    ("acr-transfer-run-artifacts-ignored", run_artifacts_ignored::check),
    ("acr-transfer-run-artifacts-missing", run_artifacts_missing::check),
    ("acr-transfer-run-endpoint", run_endpoint::check),
    ("acr-transfer-run-kind", run_kind::check),
    ("acr-transfer-run-pipeline-id", run_pipeline_id::check),
    ("acr-transfer-run-registry", run_registry::check),
    ("acr-transfer-source-trigger-status", source_trigger_status::check),
    ("acr-transfer-storage-firewall", storage_firewall::check),
    ("acr-transfer-storage-kind", storage_kind::check),
    ("acr-transfer-unknown-pipeline", unknown_pipeline::check),
    ("acr-transfer-unknown-property", unknown_property::check),
];

/// Native rules about files.
pub(super) const FILE_CHECKS: &[(&str, FileRule)] =
    &[("acr-transfer-hardcoded-cloud-suffix", hardcoded_cloud_suffix::check)];
