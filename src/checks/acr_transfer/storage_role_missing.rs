//! `acr-transfer-storage-role-missing`: nothing gives the identity of a pipeline access to its blobs.

use super::access::{Verdict, account_in_view, blobs, is_given_by_script, storage};
use super::flags::CONTAINER_URI;
use super::pipeline::{Mode, endpoint, exports, named, shown};
use super::script_access::ScriptAccess;
use super::script_grants::Service;
use super::script_verdict::{self as script, Verdict as ScriptedVerdict};
use crate::checks::FileCheck;
use crate::diagnostic::Severity;
use crate::engine::check::Check;
use crate::engine::finding::Finding;
use crate::evaluate::Instance;

pub(super) fn check<'t>(check: &mut Check<'_, 't>, pipeline: &Instance<'t>) {
    let at = check.find(pipeline, &["properties", endpoint(pipeline)]);
    match storage(check, pipeline) {
        Verdict::Missing if is_given_by_script(check, pipeline, true) => return check.undecided(&at),
        Verdict::Missing => {}
        Verdict::Unknown(reason) => return check.undecided(&reason.unwrap_or(at)),
        _ => return,
    }
    let place = blobs(check, pipeline);
    let account = place.name.as_ref().and_then(named).unwrap_or_else(|| "its storage account".to_owned());
    let message =
        format!("nothing in this deployment gives the identity of {} a role on {account}", shown(check, pipeline));
    let severity = match account_in_view(check, &place) {
        Some(_) => Severity::Error,
        None => Severity::Warning,
    };
    let finding = Finding::at(&at, message).map(|finding| finding.severity(severity).help(help(exports(pipeline))));
    check.report(finding);
}

/// Where commands give access to others, a pipeline that is given none was forgotten.
pub(super) fn check_commands(check: &mut FileCheck<'_>) {
    let Some(access) = ScriptAccess::of(check) else { return };
    for pipeline in access.pipelines.iter().filter(|pipeline| pipeline.mode == Some(Mode::ManagedIdentity)) {
        let is_missing = matches!(script::storage(access, pipeline), ScriptedVerdict::Missing);
        if !is_missing || pipeline.is_given_elsewhere(check, true) {
            continue;
        }
        let Some(option) = pipeline.call.argument(CONTAINER_URI) else { continue };
        let account = pipeline.account.as_ref();
        let is_made = script::is_made(access, Service::Storage, account);
        let severity = if is_made { Severity::Error } else { Severity::Warning };
        let account = account.map_or_else(|| "its storage account".to_owned(), |name| format!("`{}`", name.text));
        let message = format!("nothing in this file gives the identity of {} a role on {account}", pipeline.shown());
        let finding = Finding::new(option.span, message).severity(severity);
        check.report(finding.help(help(pipeline.exports)));
    }
}

fn help(exports: bool) -> String {
    let role = if exports { "Storage Blob Data Contributor" } else { "Storage Blob Data Reader" };
    format!("assign `{role}` on the account or container to the identity")
}
