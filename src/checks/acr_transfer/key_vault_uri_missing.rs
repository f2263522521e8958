//! `key-vault-uri-missing`: a pipeline that needs a SAS token and does not say where it is kept.

use super::cli::{Call, SECRET_URI};
use super::shape::{Access, Kind, is_missing, knows_access_mode, misspelt};
use crate::checks::FileCheck;
use crate::engine::api_version::defines_type;
use crate::engine::check::Check;
use crate::engine::finding::Finding;
use crate::evaluate::Instance;
use crate::evaluate::value::Value;

pub(super) fn check<'t>(check: &mut Check<'_, 't>, instance: &Instance<'t>) {
    let Some(endpoint) = Kind::of(instance).and_then(|kind| kind.endpoints().first()) else { return };
    if check.find(instance, endpoint).value().and_then(Value::as_object).is_none() {
        return;
    }
    let found = check.find(instance, &[*endpoint, &["keyVaultUri"]].concat());
    if !is_missing(&found) {
        if found.value().is_some_and(Value::is_unknown) {
            check.undecided(&found);
        }
        return;
    }
    let message = match Access::of(check, instance, endpoint) {
        Access::SasToken => {
            "`keyVaultUri` is missing: with `SasToken` the pipeline reads its SAS token from there".to_owned()
        }
        Access::Unsaid => {
            let Some(version) = check.text(instance, &["apiVersion"]) else { return };
            let defined = defines_type(&version, &instance.resource.ty.to_string());
            if defined != Some(true) || knows_access_mode(&version) != Some(false) {
                return;
            }
            format!("`keyVaultUri` is missing: API version {version} knows no access without a SAS token")
        }
        Access::ManagedIdentity | Access::Other => return,
    };
    if misspelt(check, instance, "keyVaultUri") {
        return;
    }
    if let Some(place) = found.key() {
        let help = "set it to the URI of the secret, `https://<vault>.vault.azure.net/secrets/<name>`";
        check.report(Finding::new(place, message).help(help));
    }
}

/// Commands that say `SasToken` and no secret.
pub(super) fn check_scripts(check: &mut FileCheck<'_>) {
    for call in Call::pipelines(check) {
        let empty = call.value(SECRET_URI).filter(is_missing);
        if call.access() != Access::SasToken || (empty.is_none() && !call.lacks(SECRET_URI)) {
            continue;
        }
        let span = empty.and_then(|found| found.span()).unwrap_or_else(|| call.path_span());
        let message = "`--secret-uri` is missing: with `SasToken` the pipeline reads its SAS token from there";
        let help = "add `--secret-uri https://<vault>.vault.azure.net/secrets/<name>`";
        check.report(Finding::new(span, message).help(help));
    }
}
