//! `acr-transfer-run-artifacts-ignored`: an import that lists artifacts.

use super::cli::{Call, remove_option};
use super::flags::ARTIFACTS;
use super::run_kind::other_way;
use crate::checks::FileCheck;
use crate::diagnostic::Safety;
use crate::engine::finding::Finding;

const HELP: &str = "remove them, or select artifacts when exporting";

/// Commands that import and list artifacts.
pub(super) fn check_scripts(check: &mut FileCheck<'_>) {
    for call in Call::runs(check).filter(|call| call.exports() == Some(false)) {
        let Some(argument) = call.argument(ARTIFACTS) else { continue };
        if other_way(check, call).is_some() {
            continue;
        }
        let fix = remove_option(check.sources, argument, Safety::Unsafe);
        let message = "an import run ignores `--artifacts`: it takes all that the blob holds";
        check.report(Finding::new(argument.span, message).help(HELP).fix(fix));
    }
}
