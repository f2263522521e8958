//! `acr-transfer-blob-metadata-lost`: a download of an exported blob, from where its metadata does not come along.

use super::moves::{End, moves};
use super::trigger::{CATEGORY, TRANSFER_BLOB};
use crate::checks::FileCheck;
use crate::checks::storage_place::Place;
use crate::engine::finding::Finding;

pub(super) fn check(check: &mut FileCheck<'_>) {
    // The upload is judged where it is in view.
    if check.project.uploads {
        return;
    }
    for step in moves(check) {
        let (Some(source), End::Local(_)) = (step.source.place(), &step.target) else { continue };
        if is_exported(check, source) {
            let message = "a file has neither the metadata nor the ContentMD5 of the blob that it was";
            check.report(
                Finding::new(step.span, message)
                    .help(format!("upload it with `azcopy copy --put-md5 --metadata {CATEGORY}={TRANSFER_BLOB}`")),
            );
        }
    }
}

fn is_exported(check: &FileCheck<'_>, place: &Place) -> bool {
    let mut exports = check.project.pipelines.iter().filter(|pipeline| pipeline.exports);
    exports.any(|pipeline| place.is_in(&pipeline.place) == Some(true))
}
