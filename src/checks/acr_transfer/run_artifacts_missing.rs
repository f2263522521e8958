//! `acr-transfer-run-artifacts-missing`: an export that lists no artifacts.

use super::cli::Call;
use super::flags::ARTIFACTS;
use super::run_kind::other_way;
use crate::checks::FileCheck;
use crate::engine::finding::Finding;

const MESSAGE: &str = "an export run lists no artifacts";

/// Commands that export nothing.
pub(super) fn check_scripts(check: &mut FileCheck<'_>) {
    for call in Call::runs(check).filter(|call| call.exports() == Some(true)) {
        let span = match call.argument(ARTIFACTS) {
            None if call.lacks(ARTIFACTS) => call.path_span(),
            Some(argument) if argument.values.is_empty() && !call.is_open => argument.span,
            _ => continue,
        };
        if other_way(check, call).is_some() {
            continue;
        }
        let help = format!("list what to export, such as `{} app:1.2.3`", call.word(ARTIFACTS));
        check.report(Finding::new(span, MESSAGE).help(help));
    }
}
