//! `mixed-clouds`: a pipeline with its storage in one cloud and its secret in another.

use super::shape::{Access, Kind};
use crate::engine::check::Check;
use crate::engine::endpoint::{container, secret};
use crate::engine::finding::Finding;
use crate::evaluate::Instance;

pub(super) fn check<'t>(check: &mut Check<'_, 't>, instance: &Instance<'t>) {
    let Some(endpoint) = Kind::of(instance).and_then(|kind| kind.endpoints().first()) else { return };
    // Then the secret has no use, whatever its cloud.
    if Access::of(check, instance, endpoint) == Access::ManagedIdentity {
        return;
    }
    let storage = check.find(instance, &[*endpoint, &["uri"]].concat());
    let vault = check.find(instance, &[*endpoint, &["keyVaultUri"]].concat());
    let storage_cloud = storage.value().and_then(container).and_then(|container| container.cloud);
    let vault_cloud = vault.value().and_then(secret).and_then(|secret| secret.cloud);
    let (Some(a), Some(b)) = (storage_cloud, vault_cloud) else { return };
    if a == b {
        return;
    }
    let message = format!("the vault is in {}, the storage account in {}", b.name(), a.name());
    let Some(mut finding) = Finding::at(&vault, message) else { return };
    if let Some(span) = storage.span() {
        finding = finding.related(span, format!("this is in {}", a.name()));
    }
    check.report(finding.help("a pipeline, its storage account and its vault are in one cloud"));
}
