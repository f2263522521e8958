//! `cli-extension-unpinned`: the extension `acrtransfer` in whatever version is the latest.

use super::cli_extension_version::{WANTED, adds_extension, is_spoken_of};
use crate::checks::FileCheck;
use crate::engine::finding::Finding;

pub(super) fn check(check: &mut FileCheck<'_>) {
    if !is_spoken_of(check) {
        return;
    }
    for call in check.invocations().filter(adds_extension).collect::<Vec<_>>() {
        if call.option(&["--version", "--source", "-s"]).is_some() {
            continue;
        }
        let finding = Finding::new(call.path_span(), "the extension `acrtransfer` is not pinned to a version");
        check
            .report(finding.help(format!("pin it: `--version {WANTED}`, and move on when you have read what changed")));
    }
}
