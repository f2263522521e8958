//! `acr-transfer-storage-firewall`: a storage account that the registry can't reach.

use super::transfer_storage::users;
use crate::diagnostic::Severity;
use crate::engine::check::Check;
use crate::engine::finding::Finding;
use crate::engine::query::Found;
use crate::evaluate::Instance;
use crate::evaluate::value::Value;

const HELP: &str = "transfer through an account of its own that allows access from all networks";

pub(super) fn check<'t>(check: &mut Check<'_, 't>, account: &Instance<'t>) {
    let Some(user) = users(check, account).into_iter().next() else { return };
    let access = check.find(account, &["properties", "publicNetworkAccess"]);
    let action = check.find(account, &["properties", "networkAcls", "defaultAction"]);
    let closed = is_one_of(&access, &["Disabled", "SecuredByPerimeter"]);
    let denied = is_one_of(&action, &["Deny"]);
    let (at, severity, message) = match (closed, denied) {
        (Some(true), _) => (&access, Severity::Error, "a registry can't reach a storage account without public access"),
        (Some(false), Some(true)) => {
            let exceptions = ["ipRules", "resourceAccessRules"].map(|list| {
                let rules = check.value(account, &["properties", "networkAcls", list]);
                rules.is_some_and(|rules| rules.as_array().is_none_or(|rules| !rules.is_empty()))
            });
            if exceptions.contains(&true) {
                let message = "a registry reaches this storage account only where an exception lets it in";
                (&action, Severity::Warning, message)
            } else {
                let message = "the storage account's firewall keeps the registry out: it is not a trusted service of Azure Storage";
                (&action, Severity::Error, message)
            }
        }
        (None, _) => return check.undecided(&access),
        (_, None) => return check.undecided(&action),
        (Some(false), Some(false)) => return,
    };
    let finding = Finding::at(at, message).map(|finding| {
        let finding = finding.severity(severity).help(HELP);
        match user.uri.span() {
            Some(span) => finding.related(span, "a pipeline uses it"),
            None => finding,
        }
    });
    check.report(finding);
}

fn is_one_of(found: &Found, wanted: &[&str]) -> Option<bool> {
    match found.value() {
        None => Some(false),
        Some(value) if value.is_unknown() => None,
        Some(value) => {
            Some(Value::as_str(value).is_some_and(|text| wanted.iter().any(|word| word.eq_ignore_ascii_case(text))))
        }
    }
}
