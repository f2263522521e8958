//! `acr-transfer-run-incomplete`: a run that succeeded without all of its artifacts.

use super::run_failed::{failure, is};
use crate::artefact::RunAnswer;
use crate::checks::FileCheck;
use crate::engine::finding::Finding;
use crate::engine::view::ProjectView;

pub(super) fn check(check: &mut FileCheck<'_>) {
    let Some((artefact, text)) = check.artefact() else { return };
    for run in artefact.runs(text) {
        let succeeded =
            run.status().or_else(|| run.provisioning_state()).is_some_and(|state| is(state, &["Succeeded"]));
        let Some(imported) = run.imported().filter(|_| succeeded && failure(&run).is_none()) else { continue };
        let count = imported.value.elements().count();
        // A run that exports need not list anything.
        let is_listed = count > 0 || run.exports() != Some(true);
        let Some(wanted) = expected(&run, check.project).filter(|wanted| is_listed && count < *wanted) else {
            continue;
        };
        let message = format!("the run succeeded with {count} of {wanted} artifacts");
        check.report(Finding::new(imported.key.span(check.file), message).help(
            "with `ContinueOnErrors` a run goes on without what it can't move: check the spelling of the others",
        ));
    }
}

/// How many artifacts a run should move: those that it names, else those of the export that wrote its blob.
fn expected(run: &RunAnswer<'_>, project: &ProjectView) -> Option<usize> {
    if let Some(own) = run.artifacts() {
        return Some(own);
    }
    let digest = run.catalog_digest().filter(|_| run.exports() != Some(true));
    let blob = run.blob().filter(|_| run.exports() != Some(true));
    let by_digest = digest.and_then(|digest| {
        let mut same = project.export_runs.iter().filter(|export| export.catalog_digest.as_deref() == Some(&*digest));
        same.next().map(|export| export.artifacts)
    });
    by_digest.or_else(|| {
        let blob = blob?;
        let same = project.export_runs.iter().filter(|export| export.blob.as_deref() == Some(&*blob));
        let mut counts: Vec<usize> = same.map(|export| export.artifacts).collect();
        counts.dedup();
        // Where several exports wrote the blob, it is not known which one was read.
        match counts.as_slice() {
            [count] => Some(*count),
            _ => None,
        }
    })
}
