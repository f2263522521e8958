//! `acr-transfer-storage-role-too-weak`: the identity of a pipeline has a role that does not let it do its work.

use super::access::{Verdict, storage};
use super::pipeline::{exports, reference_span};
use super::script_access::ScriptAccess;
use super::script_grants::Access as ScriptedAccess;
use super::script_verdict::{self as script, Verdict as ScriptedVerdict};
use crate::checks::FileCheck;
use crate::diagnostic::{Edit, Fix, Safety};
use crate::engine::check::Check;
use crate::engine::finding::Finding;
use crate::engine::grants::Access;
use crate::engine::query::Found;
use crate::engine::role::{Right, Role, by_text, definition_id};
use crate::evaluate::Instance;
use crate::source::Span;

const CONTRIBUTOR: &str = "ba92f5b4-2d11-453d-a403-e96b0029c9fe";

pub(super) fn check<'t>(check: &mut Check<'_, 't>, pipeline: &Instance<'t>) {
    let Verdict::TooLittle(grants) = storage(check, pipeline) else { return };
    for grant in grants {
        if let Access::Role(definition) = &grant.access {
            let finding = judge(check, definition, exports(pipeline));
            check.report(finding);
        }
    }
}

fn judge(check: &Check<'_, '_>, definition: &Found, exports: bool) -> Option<Finding> {
    let value = definition.value()?;
    let span = reference_span(check, value).or_else(|| definition.span())?;
    let id = definition_id(value);
    let role = id.as_deref().and_then(by_text);
    let mut finding = Finding::new(span, weakness(role, exports)).help(help());
    if let (Some(_), Some(id)) = (role, id) {
        finding = finding.fix(replace_id(check, span, &id));
    }
    Some(finding.used(value))
}

/// What is wrong with a role, or with one that the template itself defines.
fn weakness(role: Option<&Role>, exports: bool) -> String {
    let lack = if exports { "write blobs, as an export pipeline does" } else { "delete the blobs that are imported" };
    match role {
        None => format!("this custom role does not let its holder {lack}"),
        Some(role) if role.rights.contains(&Right::ReadBlobs) => format!("`{}` can't {lack}", role.name),
        Some(role) if role.name.contains(" Data ") || role.name.ends_with("Delegator") => {
            format!("`{}` gives no access to blobs", role.name)
        }
        Some(role) => format!("`{}` is a management role: it gives no access to blobs", role.name),
    }
}

fn help() -> String {
    format!("use `Storage Blob Data Contributor` ({CONTRIBUTOR})")
}

/// Puts the stronger role's id where the weak one's is written.
fn replace_id(check: &Check<'_, '_>, span: Span, id: &str) -> Option<Fix> {
    let at = check.sources.text(span).to_ascii_lowercase().find(id)? as u32;
    let span = Span { start: span.start + at, end: span.start + at + id.len() as u32, ..span };
    let title = "assign `Storage Blob Data Contributor`".to_owned();
    Some(Fix { title, safety: Safety::Unsafe, edits: vec![Edit { span, replacement: CONTRIBUTOR.to_owned() }] })
}

pub(super) fn check_commands(check: &mut FileCheck<'_>) {
    let Some(access) = ScriptAccess::of(check) else { return };
    let mut reported = Vec::new();
    for pipeline in access.pipelines.iter().chain(&access.others) {
        let ScriptedVerdict::TooLittle(grants) = script::storage(access, pipeline) else { continue };
        for grant in grants {
            let ScriptedAccess::Role(Some(role), given) = &grant.access else { continue };
            if reported.contains(&given.span) {
                continue;
            }
            reported.push(given.span);
            let message = weakness(Some(role), pipeline.exports);
            let finding = given.finding(message).related(pipeline.call.path_span(), pipeline.role_of_call());
            check.report(pipeline.shown_in(finding).help(help()).fix(replace_role(check, given.span, role)));
        }
    }
}

/// Puts the stronger role in place of a weak one, by name or by id as that is.
fn replace_role(check: &FileCheck<'_>, span: Span, role: &Role) -> Option<Fix> {
    let text = check.sources.text(span).to_ascii_lowercase();
    let by_name =
        || Some((text.find(&role.name.to_ascii_lowercase())?, role.name.len(), "Storage Blob Data Contributor"));
    let (at, length, replacement) = text.find(role.id).map(|at| (at, role.id.len(), CONTRIBUTOR)).or_else(by_name)?;
    // A name of one word may stand without quotes.
    if role.name.len() == length && text.len() == length && !role.name.contains(' ') {
        return None;
    }
    let start = span.start + at as u32;
    let span = Span { start, end: start + length as u32, ..span };
    let title = "assign `Storage Blob Data Contributor`".to_owned();
    Some(Fix { title, safety: Safety::Unsafe, edits: vec![Edit { span, replacement: replacement.to_owned() }] })
}
