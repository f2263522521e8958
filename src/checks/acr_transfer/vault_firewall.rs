//! `acr-transfer-vault-firewall`: the key vault with a pipeline's SAS token keeps the registry out.

use super::access::vault_in_view;
use super::pipeline::{Mode, PIPELINES, mode, secret};
use crate::diagnostic::Severity;
use crate::engine::check::Check;
use crate::engine::finding::Finding;
use crate::evaluate::Instance;

pub(super) fn check<'t>(check: &mut Check<'_, 't>, vault: &Instance<'t>) {
    let bypass = check.find(vault, &["properties", "networkAcls", "bypass"]);
    let is = |value: Option<String>, word: &str| value.is_some_and(|value| value.eq_ignore_ascii_case(word));
    if !is(check.text(vault, &["properties", "networkAcls", "bypass"]), "None") {
        return;
    }
    let (message, severity, cause) = if is(check.text(vault, &["properties", "networkAcls", "defaultAction"]), "Deny") {
        let cause = check.find(vault, &["properties", "networkAcls", "defaultAction"]);
        ("the vault's firewall lets no Azure service in, so the registry can't read the secret", Severity::Error, cause)
    } else if is(check.text(vault, &["properties", "publicNetworkAccess"]), "Disabled") {
        let cause = check.find(vault, &["properties", "publicNetworkAccess"]);
        (
            "the vault is private and lets no Azure service in, so the registry can't read the secret",
            Severity::Warning,
            cause,
        )
    } else {
        return;
    };
    if !is_used(check, vault) {
        return;
    }
    let finding = Finding::at(&bypass, message).map(|finding| {
        let finding =
            finding.severity(severity).help("set `bypass` to `AzureServices`; the registry is a trusted service");
        match cause.span() {
            Some(span) => finding.related(span, "access is restricted here"),
            None => finding,
        }
    });
    check.report(finding);
}

/// Whether a pipeline reads its SAS token from the vault: it names it, or there is no other it could mean.
fn is_used<'t>(check: &mut Check<'_, 't>, vault: &Instance<'t>) -> bool {
    let only = check.mentioned(&["Microsoft.KeyVault/vaults"]).len() == 1;
    check.resources(PIPELINES).iter().any(|pipeline| {
        let (uri, place) = secret(check, pipeline);
        if mode(check, pipeline) != Some(Mode::SasToken) || uri.value().is_none() {
            return false;
        }
        match vault_in_view(check, &place) {
            Some(used) => used.is(vault),
            None => only && place.name.is_none_or(|name| name.is_unknown()),
        }
    })
}
