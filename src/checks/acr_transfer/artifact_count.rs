//! `acr-transfer-artifact-count`: more artifacts than one run transfers.

use super::cli::{ARTIFACTS, Call};
use super::pipeline_run::PipelineRun;
use crate::checks::FileCheck;
use crate::engine::check::Check;
use crate::engine::finding::Finding;
use crate::evaluate::Instance;

/// Most artifacts of one run; a limit of the service.
const MAX_ARTIFACTS: usize = 50;

const HELP: &str = "split the list into several runs, each with its own blob";

pub(super) fn check<'t>(check: &mut Check<'_, 't>, instance: &Instance<'t>) {
    let run = PipelineRun::read(check, instance);
    if run.ignores_artifacts() {
        return;
    }
    let (artifacts, complete) = run.listed();
    if artifacts.len() > MAX_ARTIFACTS {
        let at_least = if complete { "" } else { "at least " };
        let message = format!("{at_least}{}", too_many(artifacts.len()));
        // A list of which only a part is known is still one list, called by its key.
        let at = if complete { run.artifacts.span() } else { run.artifacts.key() };
        check.report(at.map(|span| Finding::new(span, message).help(HELP)));
    } else if !complete {
        check.undecided(&run.artifacts);
    }
}

fn too_many(number: usize) -> String {
    format!("{number} artifacts; a pipeline run transfers at most {MAX_ARTIFACTS}")
}

/// The artifacts that commands list.
pub(super) fn check_scripts(check: &mut FileCheck<'_>) {
    for call in Call::runs(check).into_iter().filter(|call| call.exports() != Some(false)) {
        let Some(argument) = call.argument(ARTIFACTS) else { continue };
        if argument.values.len() > MAX_ARTIFACTS {
            check.report(Finding::new(argument.span, too_many(argument.values.len())).help(HELP));
        }
    }
}
