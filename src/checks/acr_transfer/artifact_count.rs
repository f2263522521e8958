//! `acr-transfer-artifact-count`: more artifacts than one run transfers.

use super::pipeline_run::PipelineRun;
use crate::engine::check::Check;
use crate::engine::finding::Finding;
use crate::evaluate::Instance;

/// Most artifacts of one run; a limit of the service.
const MAX_ARTIFACTS: usize = 50;

pub(super) fn check<'t>(check: &mut Check<'_, 't>, instance: &Instance<'t>) {
    let run = PipelineRun::read(check, instance);
    if run.ignores_artifacts() {
        return;
    }
    let (artifacts, complete) = run.listed();
    if artifacts.len() > MAX_ARTIFACTS {
        let at_least = if complete { "" } else { "at least " };
        let message =
            format!("{at_least}{} artifacts; a pipeline run transfers at most {MAX_ARTIFACTS}", artifacts.len());
        // A list of which only a part is known is still one list, called by its key.
        let at = if complete { run.artifacts.span() } else { run.artifacts.key() };
        check.report(
            at.map(|span| Finding::new(span, message).help("split the list into several runs, each with its own blob")),
        );
    } else if !complete {
        check.undecided(&run.artifacts);
    }
}
