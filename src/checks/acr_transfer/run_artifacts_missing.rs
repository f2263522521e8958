//! `acr-transfer-run-artifacts-missing`: an export that lists no artifacts.

use super::pipeline_run::{Direction, PipelineRun};
use crate::engine::check::Check;
use crate::engine::finding::Finding;
use crate::evaluate::Instance;

pub(super) fn check<'t>(check: &mut Check<'_, 't>, instance: &Instance<'t>) {
    let run = PipelineRun::read(check, instance);
    if run.direction != Some(Direction::Export) || run.goes_the_wrong_way() {
        return;
    }
    match run.lists {
        Some(false) => {
            let finding = run.artifacts.span().map(|span| {
                Finding::new(span, "an export run lists no artifacts")
                    .help("list what to export in `artifacts`, such as `app:1.2.3`")
            });
            check.report(finding);
        }
        Some(true) => {}
        None => check.undecided(&run.artifacts),
    }
}
