//! `acr-transfer-run-endpoint`: a run that does not name its blob, or names one at both ends.

use super::cli::Call;
use super::flags::BLOB;
use crate::checks::FileCheck;
use crate::engine::finding::Finding;

/// Commands that give an empty name for the blob.
pub(super) fn check_scripts(check: &mut FileCheck<'_>) {
    for call in Call::runs(check) {
        let Some(found) = call.value(BLOB).filter(super::shape::is_missing) else { continue };
        let (message, help) = match call.exports() {
            Some(true) => ("an export names no blob to write to", "the blob to write"),
            Some(false) => ("an import names no blob to read from", "the blob that the export wrote"),
            None => continue,
        };
        let help = format!("set `{}` to {help}", call.argument(BLOB).map_or(BLOB, |argument| &argument.name));
        check.report(Finding::at(&found, message).map(|finding| finding.help(help)));
    }
}
