//! `acr-transfer-container-missing`: the template creates the storage account, but not the container.

use super::transfer_storage::{STORAGE_ACCOUNTS, Transfer, holds_no_blobs};
use crate::diagnostic::Severity;
use crate::engine::check::Check;
use crate::engine::endpoint::Uri;
use crate::engine::finding::Finding;
use crate::evaluate::Instance;
use crate::evaluate::resource_id::same_name;
use crate::evaluate::value::Value;

const CONTAINERS: &str = "Microsoft.Storage/storageAccounts/blobServices/containers";
const SCRIPTS: &str = "Microsoft.Resources/deploymentScripts";

pub(super) fn check<'t>(check: &mut Check<'_, 't>, pipeline: &Instance<'t>) {
    let Some(transfer) = Transfer::of(check, pipeline) else { return };
    let (Some(account), Some(wanted)) = (&transfer.container.account, &transfer.container.name) else { return };
    let accounts = check.resources(&[STORAGE_ACCOUNTS]);
    let own = accounts.iter().find(|account| transfer.uses(check, account) == Some(true));
    // An account that can hold no containers is a mistake of its own.
    if own.is_none_or(|own| holds_no_blobs(check, own)) {
        return;
    }
    // Created in a way that is not looked at.
    if check.evaluator.template().deploys_unseen() || !check.resources(&[SCRIPTS]).is_empty() {
        return check.undecided(&transfer.uri);
    }
    let mut others = Vec::new();
    for container in check.mentioned(&[CONTAINERS]).iter() {
        let names = check.evaluator.names(container);
        let Some([theirs, .., name]) = names.as_deref() else { return check.undecided(&transfer.uri) };
        match (same_name(theirs, account), same_name(name, wanted)) {
            (Some(false), _) => {}
            (Some(true), Some(true)) => return,
            (Some(true), Some(false)) => others.extend(name.as_str().map(str::to_owned)),
            _ => return check.undecided(&transfer.uri),
        }
    }
    check.report(finding(&transfer, wanted, &others));
}

fn finding(transfer: &Transfer, wanted: &Value, others: &[String]) -> Option<Finding> {
    let uri = Uri::parse(transfer.uri.value()?)?;
    let at = uri.segments.first()?.clone();
    let name = wanted.as_str();
    let shown = name.map_or_else(|| "container".to_owned(), |name| format!("container `{name}`"));
    let message = format!("the storage account is declared here, but its {shown} is not");
    let finding = Finding::within(&transfer.uri, &uri.text, at, message)?;
    let slip = name.and_then(|name| others.iter().find(|other| is_slip(name, other)));
    Some(match slip {
        Some(other) => finding.severity(Severity::Error).help(format!("did you mean `{other}`?")),
        None => finding.help("declare the container, too: `blobServices/containers`"),
    })
}

/// Whether two names differ by one slip of the keys.
fn is_slip(a: &str, b: &str) -> bool {
    a.len() > 3 && strsim::damerau_levenshtein(a, b) == 1
}
