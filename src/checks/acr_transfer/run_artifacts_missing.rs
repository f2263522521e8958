//! `acr-transfer-run-artifacts-missing`: an export that lists no artifacts.

use super::cli::{ARTIFACTS, Call};
use super::pipeline_run::{Direction, PipelineRun};
use crate::checks::FileCheck;
use crate::engine::check::Check;
use crate::engine::finding::Finding;
use crate::evaluate::Instance;

const MESSAGE: &str = "an export run lists no artifacts";

pub(super) fn check<'t>(check: &mut Check<'_, 't>, instance: &Instance<'t>) {
    let run = PipelineRun::read(check, instance);
    if run.direction != Some(Direction::Export) || run.goes_the_wrong_way() {
        return;
    }
    match run.lists {
        Some(false) => {
            let finding = run.artifacts.span().map(|span| {
                Finding::new(span, MESSAGE).help("list what to export in `artifacts`, such as `app:1.2.3`")
            });
            check.report(finding);
        }
        Some(true) => {}
        None => check.undecided(&run.artifacts),
    }
}

/// Commands that export nothing.
pub(super) fn check_scripts(check: &mut FileCheck<'_>) {
    for call in Call::runs(check).into_iter().filter(|call| call.exports() == Some(true)) {
        let span = match call.argument(ARTIFACTS) {
            None if call.lacks(ARTIFACTS) => call.path_span(),
            Some(argument) if argument.values.is_empty() && !call.is_open => argument.span,
            _ => continue,
        };
        check.report(Finding::new(span, MESSAGE).help("list what to export, such as `--artifacts app:1.2.3`"));
    }
}
