//! `acr-transfer-blob-metadata-lost`: a download of an exported blob, from where its metadata does not come along.

use super::moves::{End, moves};
use super::trigger::{CATEGORY, TRANSFER_BLOB};
use crate::checks::FileCheck;
use crate::checks::storage_place::Place;
use crate::engine::finding::Finding;
use crate::engine::view::TransferPipeline;

pub(super) fn check(check: &mut FileCheck<'_>) {
    // The upload is judged where it is in view.
    if check.project.uploads {
        return;
    }
    for step in moves(check) {
        let (Some(source), End::Local(_)) = (step.source.place(), &step.target) else { continue };
        if let Some(export) = exporter(check, source) {
            let message = "a file has neither the metadata nor the ContentMD5 of the blob that it was";
            check.report(
                Finding::new(step.span, message)
                    .related(export.uri.unwrap_or(export.at), "the export pipeline writes to this container")
                    .help(format!("upload it with `azcopy copy --put-md5 --metadata {CATEGORY}={TRANSFER_BLOB}`")),
            );
        }
    }
}

/// An export pipeline whose container the place is in.
fn exporter<'a>(check: &FileCheck<'a>, place: &Place) -> Option<&'a TransferPipeline> {
    let is_its = |pipeline: &TransferPipeline| pipeline.exports && place.is_in(&pipeline.place) == Some(true);
    check.project.nearest(check.sources, check.file, is_its).into_iter().next()
}
