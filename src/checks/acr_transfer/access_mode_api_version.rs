//! `access-mode-api-version`: an answer about a pipeline that was asked for in an API version without access modes.

use super::shape::{FIRST_WITH_ACCESS_MODE, knows_access_mode};
use crate::checks::FileCheck;
use crate::diagnostic::Severity;
use crate::engine::finding::Finding;

/// The answer about a pipeline that was asked for in an API version without the mode.
pub(super) fn check_answer(check: &mut FileCheck<'_>) {
    let Some((artefact, text)) = check.artefact() else { return };
    for pipeline in artefact.pipelines(text) {
        let has = |key| pipeline.endpoint_text(key).is_some();
        let is_new = pipeline.api_version().and_then(|version| knows_access_mode(&version)) == Some(true);
        // Without a secret, it is the identity that gets at the blobs.
        if has("storageAccessMode") || has("keyVaultUri") || is_new {
            continue;
        }
        let Some(endpoint) = pipeline.endpoint() else { continue };
        let message = format!(
            "the answer names neither a storage access mode nor a secret: it was asked for in an API version before \
             {FIRST_WITH_ACCESS_MODE}"
        );
        check.report(Finding::new(endpoint.key.span(check.file), message).severity(Severity::Info).help(
            "ask with that version or a later one, or with version 2.0.0 or later of the `acrtransfer` extension",
        ));
    }
}
