//! `acr-transfer-run-artifacts-ignored`: an import that lists artifacts.

use super::pipeline_run::PipelineRun;
use crate::engine::check::Check;
use crate::engine::finding::Finding;
use crate::evaluate::Instance;

pub(super) fn check<'t>(check: &mut Check<'_, 't>, instance: &Instance<'t>) {
    let run = PipelineRun::read(check, instance);
    if !run.ignores_artifacts() || run.lists != Some(true) {
        return;
    }
    let message = "an import run ignores `artifacts`: it takes all that the blob holds";
    let finding = Finding::at(&run.artifacts, message);
    check.report(finding.map(|finding| finding.help("remove them, or select artifacts when exporting")));
}
