//! `acr-transfer-storage-role-missing`: nothing gives the identity of a pipeline access to its blobs.

use super::access::{Verdict, account_in_view, blobs, storage};
use super::pipeline::{endpoint, exports, named, shown};
use crate::diagnostic::Severity;
use crate::engine::check::Check;
use crate::engine::finding::Finding;
use crate::evaluate::Instance;

pub(super) fn check<'t>(check: &mut Check<'_, 't>, pipeline: &Instance<'t>) {
    let at = check.find(pipeline, &["properties", endpoint(pipeline)]);
    match storage(check, pipeline) {
        Verdict::Missing => {}
        Verdict::Unknown(reason) => return check.undecided(&reason.unwrap_or(at)),
        _ => return,
    }
    let place = blobs(check, pipeline);
    let account = place.name.as_ref().and_then(named).unwrap_or_else(|| "its storage account".to_owned());
    let message =
        format!("nothing in this deployment gives the identity of {} a role on {account}", shown(check, pipeline));
    let role = if exports(pipeline) { "Storage Blob Data Contributor" } else { "Storage Blob Data Reader" };
    let severity = match account_in_view(check, &place) {
        Some(_) => Severity::Error,
        None => Severity::Warning,
    };
    let finding = Finding::at(&at, message).map(|finding| {
        finding.severity(severity).help(format!("assign `{role}` on the account or container to the identity"))
    });
    check.report(finding);
}
