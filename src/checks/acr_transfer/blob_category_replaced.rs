//! `acr-transfer-blob-category-replaced`: a command that replaces all metadata of a blob, the category with it.

use super::moves::{Metadata, Move, Stakes, Tool, moves, stakes};
use super::trigger::{CATEGORY, TRANSFER_BLOB};
use crate::checks::FileCheck;
use crate::engine::finding::Finding;

pub(super) fn check(check: &mut FileCheck<'_>) {
    let moves = moves(check);
    for (index, step) in moves.iter().enumerate() {
        let finding = stakes(check, &moves, index).and_then(|stakes| judge(step, &stakes));
        check.report(finding);
    }
}

fn judge(step: &Move, stakes: &Stakes) -> Option<Finding> {
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
    let message = format!("this replaces all metadata of the blob, and `{pair}` is lost: {}", stakes.consequence());
    let fix = match &step.metadata {
        Metadata::Given { .. } => step.with_category(),
        _ => step.with_option(&format!("--metadata {pair}"), false),
    };
    Some(stakes.finding(span, message).help(format!("give `{pair}` as well")).fix(fix))
}
