//! The ACR Transfer pack.

mod access_mode_api_version;
mod access_mode_missing;
mod container_uri;
mod endpoint_type;
mod hardcoded_cloud_suffix;
mod key_vault_uri_malformed;
mod key_vault_uri_missing;
mod key_vault_uri_unused;
mod mixed_clouds;
mod option_not_for_pipeline;
mod option_spelling;
mod options;
mod readonly_identity_property;
mod resource_name;
mod resource_type_trailing_slash;
mod sas;
mod sas_account_policy;
mod sas_arguments;
mod sas_expired;
mod sas_expires_soon;
mod sas_exposed;
mod sas_https_only;
mod sas_in_source;
mod sas_ip_range;
mod sas_malformed;
mod sas_not_yet_valid;
mod sas_other_container;
mod sas_permission_order;
mod sas_permissions;
mod sas_resource;
mod sas_resource_types;
mod sas_service_kind;
mod sas_services;
mod sas_shared_key_disabled;
mod sas_stored_policy;
mod sas_user_delegation;
mod sas_wrong_direction;
mod shape;
mod source_trigger_status;
mod unknown_property;

use super::FileRule;
use crate::engine::check::NativeCheck;

/// Native rules about resources.
pub(super) const RESOURCE_CHECKS: &[(&str, NativeCheck)] = &[
    ("acr-transfer-access-mode-api-version", access_mode_api_version::check),
    ("acr-transfer-access-mode-missing", access_mode_missing::check),
    ("acr-transfer-container-uri", container_uri::check),
    ("acr-transfer-endpoint-type", endpoint_type::check),
    ("acr-transfer-key-vault-uri-malformed", key_vault_uri_malformed::check),
    ("acr-transfer-key-vault-uri-missing", key_vault_uri_missing::check),
    ("acr-transfer-key-vault-uri-unused", key_vault_uri_unused::check),
    ("acr-transfer-mixed-clouds", mixed_clouds::check),
    ("acr-transfer-option-not-for-pipeline", option_not_for_pipeline::check),
    ("acr-transfer-option-spelling", option_spelling::check),
    ("acr-transfer-readonly-identity-property", readonly_identity_property::check),
    ("acr-transfer-resource-name", resource_name::check),
    ("acr-transfer-resource-type-trailing-slash", resource_type_trailing_slash::check),
    ("acr-transfer-sas-account-policy", sas_account_policy::check),
    ("acr-transfer-sas-arguments", sas_arguments::check),
    ("acr-transfer-sas-expired", sas_expired::check),
    ("acr-transfer-sas-expires-soon", sas_expires_soon::check),
    ("acr-transfer-sas-https-only", sas_https_only::check),
    ("acr-transfer-sas-ip-range", sas_ip_range::check),
    ("acr-transfer-sas-malformed", sas_malformed::check),
    ("acr-transfer-sas-not-yet-valid", sas_not_yet_valid::check),
    ("acr-transfer-sas-other-container", sas_other_container::check),
    ("acr-transfer-sas-permission-order", sas_permission_order::check),
    ("acr-transfer-sas-permissions", sas_permissions::check),
    ("acr-transfer-sas-resource", sas_resource::check),
    ("acr-transfer-sas-resource-types", sas_resource_types::check),
    ("acr-transfer-sas-service-kind", sas_service_kind::check),
    ("acr-transfer-sas-services", sas_services::check),
    ("acr-transfer-sas-shared-key-disabled", sas_shared_key_disabled::check),
    ("acr-transfer-sas-stored-policy", sas_stored_policy::check),
    ("acr-transfer-sas-user-delegation", sas_user_delegation::check),
    ("acr-transfer-sas-wrong-direction", sas_wrong_direction::check),
    ("acr-transfer-source-trigger-status", source_trigger_status::check),
    ("acr-transfer-unknown-property", unknown_property::check),
];

/// Native rules about files.
pub(super) const FILE_CHECKS: &[(&str, FileRule)] = &[
    ("acr-transfer-hardcoded-cloud-suffix", hardcoded_cloud_suffix::check),
    ("acr-transfer-sas-exposed", sas_exposed::check),
    ("acr-transfer-sas-in-source", sas_in_source::check),
];
