//! `acr-transfer-blob-category-replaced`: a command that replaces all metadata of a blob, the category with it.

use super::moves::{Metadata, Move, Tool, consequence, moves, severity};
use super::trigger::{CATEGORY, TRANSFER_BLOB};
use crate::checks::FileCheck;
use crate::diagnostic::Severity;
use crate::engine::finding::Finding;

pub(super) fn check(check: &mut FileCheck<'_>) {
    let moves = moves(check);
    for (index, step) in moves.iter().enumerate() {
        let finding = severity(check, &moves, index).and_then(|severity| judge(step, severity));
        check.report(finding);
    }
}

fn judge(step: &Move, severity: Severity) -> Option<Finding> {
    let span = match (&step.metadata, step.tool) {
        (Metadata::Given { span, .. }, Tool::MetadataUpdate | Tool::AzCopySet) => *span,
        // Without metadata, all of it is removed.
        (Metadata::Absent, Tool::MetadataUpdate) => step.span,
        _ => return None,
    };
    if step.has_category() != Some(false) {
        return None;
    }
    let pair = format!("{CATEGORY}={TRANSFER_BLOB}");
    let message = format!("this replaces all metadata of the blob, and `{pair}` is lost: {}", consequence(severity));
    let fix = match &step.metadata {
        Metadata::Given { .. } => step.with_category(),
        _ => step.with_option(&format!("--metadata {pair}"), false),
    };
    Some(Finding::new(span, message).severity(severity).help(format!("give `{pair}` as well")).fix(fix))
}
