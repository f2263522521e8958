//! `acr-transfer-copy-endpoints`: a copy from the container of an export to another one than that of an import, or to the
//! container of an import from another one than that of an export.

use super::moves::{End, Move, moves};
use crate::checks::FileCheck;
use crate::checks::storage_place::{Place, same};
use crate::engine::finding::Finding;
use crate::engine::view::TransferPipeline;
use crate::source::Span;

pub(super) fn check(check: &mut FileCheck<'_>) {
    let moves = moves(check);
    let is_right = |step: &Move| {
        let owned = |exports: bool, end: &End| end.place().is_some_and(|place| own(check, exports, place).is_some());
        owned(true, &step.source) && owned(false, &step.target)
    };
    // Beside the copy that the transfer needs, one to or from a place with nothing in common is for something else.
    let is_beside = moves.iter().any(is_right);
    let is_meant = |place: &Place, missed: &&TransferPipeline| !is_beside || shares_a_name(place, &missed.place);
    for step in &moves {
        let (End::Blob(source, source_span), End::Blob(target, target_span)) = (&step.source, &step.target) else {
            continue;
        };
        let finding = match (own(check, true, source), own(check, false, target)) {
            (Some(_), None) => other(check, false, target).filter(|missed| is_meant(target, missed)).map(|missed| {
                judge(*target_span, "the copy goes to another container than the import pipeline reads", missed)
            }),
            (None, Some(_)) => other(check, true, source).filter(|missed| is_meant(source, missed)).map(|missed| {
                judge(*source_span, "the copy takes another container than the export pipeline writes", missed)
            }),
            _ => None,
        };
        check.report(finding);
    }
}

/// Whether the account or the container is the same.
fn shares_a_name(a: &Place, b: &Place) -> bool {
    same(a.account.as_deref(), b.account.as_deref()) != Some(false)
        || same(a.container.as_deref(), b.container.as_deref()) != Some(false)
}

fn judge(span: Span, message: &str, missed: &TransferPipeline) -> Finding {
    let finding = Finding::new(span, message).help("name the container in the pipeline's URI");
    match missed.uri {
        Some(uri) => finding.related(uri, "the pipeline uses this"),
        None => finding,
    }
}

fn pipelines<'a>(check: &FileCheck<'a>, exports: bool) -> impl Iterator<Item = &'a TransferPipeline> + use<'a> {
    check.project.pipelines.iter().filter(move |pipeline| pipeline.exports == exports)
}

/// The pipeline of this direction that has the place as its own.
fn own<'a>(check: &FileCheck<'a>, exports: bool, place: &Place) -> Option<&'a TransferPipeline> {
    pipelines(check, exports).find(|pipeline| place.is_in(&pipeline.place) == Some(true))
}

/// The pipeline of this direction that is meant, when the place is that of none. Where several containers may be, the
/// one that was missed is not known.
fn other<'a>(check: &FileCheck<'a>, exports: bool, place: &Place) -> Option<&'a TransferPipeline> {
    let is_none = pipelines(check, exports).all(|pipeline| place.is_in(&pipeline.place) == Some(false));
    let near = check.project.nearest(check.sources, check.file, |pipeline| pipeline.exports == exports);
    let (first, rest) = near.split_first()?;
    let is_only = rest.iter().all(|pipeline| pipeline.place == first.place);
    (is_none && is_only && place.is_known()).then_some(*first)
}
