//! `acr-transfer-run-artifacts-ignored`: an import that lists artifacts.

use super::cli::{ARTIFACTS, Call};
use super::pipeline_run::PipelineRun;
use crate::checks::FileCheck;
use crate::diagnostic::Safety;
use crate::engine::check::Check;
use crate::engine::finding::Finding;
use crate::evaluate::Instance;

const HELP: &str = "remove them, or select artifacts when exporting";

pub(super) fn check<'t>(check: &mut Check<'_, 't>, instance: &Instance<'t>) {
    let run = PipelineRun::read(check, instance);
    if !run.ignores_artifacts() || run.lists != Some(true) {
        return;
    }
    let message = "an import run ignores `artifacts`: it takes all that the blob holds";
    let finding = Finding::at(&run.artifacts, message);
    check.report(finding.map(|finding| finding.help(HELP)));
}

/// Commands that import and list artifacts.
pub(super) fn check_scripts(check: &mut FileCheck<'_>) {
    for call in Call::runs(check).into_iter().filter(|call| call.exports() == Some(false)) {
        let Some(argument) = call.argument(ARTIFACTS) else { continue };
        let fix = call.remove(check.sources, argument, Safety::Unsafe);
        let message = "an import run ignores `--artifacts`: it takes all that the blob holds";
        check.report(Finding::new(argument.span, message).help(HELP).fix(fix));
    }
}
