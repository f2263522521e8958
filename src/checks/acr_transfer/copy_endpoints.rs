//! `acr-transfer-copy-endpoints`: a copy from the container of an export to another one than that of an import, or to the
//! container of an import from another one than that of an export.

use super::moves::{End, moves};
use crate::checks::FileCheck;
use crate::checks::storage_place::Place;
use crate::engine::finding::Finding;
use crate::engine::view::TransferPipeline;
use crate::source::Span;

pub(super) fn check(check: &mut FileCheck<'_>) {
    for step in moves(check) {
        let (End::Blob(source, source_span), End::Blob(target, target_span)) = (&step.source, &step.target) else {
            continue;
        };
        let finding = match (own(check, true, source), own(check, false, target)) {
            (Some(_), None) => other(check, false, target).map(|missed| {
                judge(*target_span, "the copy goes to another container than the import pipeline reads", missed)
            }),
            (None, Some(_)) => other(check, true, source).map(|missed| {
                judge(*source_span, "the copy takes another container than the export pipeline writes", missed)
            }),
            _ => None,
        };
        check.report(finding);
    }
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
