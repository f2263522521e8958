//! `acr-transfer-storage-role-too-weak`: the identity of a pipeline has a role that does not let it do its work.

use super::access::{Verdict, storage};
use super::pipeline::{exports, reference_span};
use crate::diagnostic::{Edit, Fix, Safety};
use crate::engine::check::Check;
use crate::engine::finding::Finding;
use crate::engine::grants::Access;
use crate::engine::query::Found;
use crate::engine::role::{Right, by_text, definition_id};
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
    let lack = if exports { "write blobs, as an export pipeline does" } else { "delete the blobs that are imported" };
    let message = match role {
        None => format!("this custom role does not let its holder {lack}"),
        Some(role) if role.rights.contains(&Right::ReadBlobs) => format!("`{}` can't {lack}", role.name),
        Some(role) if role.name.contains(" Data ") || role.name.ends_with("Delegator") => {
            format!("`{}` gives no access to blobs", role.name)
        }
        Some(role) => format!("`{}` is a management role: it gives no access to blobs", role.name),
    };
    let mut finding = Finding::new(span, message).help(format!("use `Storage Blob Data Contributor` ({CONTRIBUTOR})"));
    if let (Some(_), Some(id)) = (role, id) {
        finding = finding.fix(replace_id(check, span, &id));
    }
    Some(finding.used(value))
}

/// Puts the stronger role's id where the weak one's is written.
fn replace_id(check: &Check<'_, '_>, span: Span, id: &str) -> Option<Fix> {
    let at = check.sources.text(span).to_ascii_lowercase().find(id)? as u32;
    let span = Span { start: span.start + at, end: span.start + at + id.len() as u32, ..span };
    let title = "assign `Storage Blob Data Contributor`".to_owned();
    Some(Fix { title, safety: Safety::Unsafe, edits: vec![Edit { span, replacement: CONTRIBUTOR.to_owned() }] })
}
