//! `mixed-clouds`: a pipeline with its storage in one cloud and its secret in another.

use super::cli::{CONTAINER_URI, Call, SECRET_URI};
use super::shape::{Access, Kind};
use crate::checks::FileCheck;
use crate::engine::check::Check;
use crate::engine::endpoint::{container, secret};
use crate::engine::finding::Finding;
use crate::engine::query::Found;
use crate::evaluate::Instance;

pub(super) fn check<'t>(check: &mut Check<'_, 't>, instance: &Instance<'t>) {
    let Some(endpoint) = Kind::of(instance).and_then(|kind| kind.endpoints().first()) else { return };
    // Then the secret has no use, whatever its cloud.
    if Access::of(check, instance, endpoint) == Access::ManagedIdentity {
        return;
    }
    let storage = check.find(instance, &[*endpoint, &["uri"]].concat());
    let vault = check.find(instance, &[*endpoint, &["keyVaultUri"]].concat());
    check.report(judge(&storage, &vault));
}

/// Commands that name storage in one cloud and a secret in another.
pub(super) fn check_scripts(check: &mut FileCheck<'_>) {
    for call in Call::pipelines(check) {
        if call.access() == Access::ManagedIdentity {
            continue;
        }
        let (Some(storage), Some(vault)) = (call.value(CONTAINER_URI), call.value(SECRET_URI)) else { continue };
        check.report(judge(&storage, &vault));
    }
}

fn judge(storage: &Found, vault: &Found) -> Option<Finding> {
    let storage_cloud = storage.value().and_then(container).and_then(|container| container.cloud);
    let vault_cloud = vault.value().and_then(secret).and_then(|secret| secret.cloud);
    let (a, b) = (storage_cloud?, vault_cloud?);
    if a == b {
        return None;
    }
    let message = format!("the vault is in {}, the storage account in {}", b.name(), a.name());
    let mut finding = Finding::at(vault, message)?;
    if let Some(span) = storage.span() {
        finding = finding.related(span, format!("this is in {}", a.name()));
    }
    Some(finding.help("a pipeline, its storage account and its vault are in one cloud"))
}
