//! `acr-transfer-run-incomplete`: a run that succeeded without all of its artifacts.

use super::run_failed::{failure, is};
use crate::artefact::RunAnswer;
use crate::checks::FileCheck;
use crate::engine::finding::Finding;
use crate::engine::view::{ExportRun, ProjectView};

pub(super) fn check(check: &mut FileCheck<'_>) {
    let Some((artefact, text)) = check.artefact() else { return };
    for run in artefact.runs(text) {
        let succeeded =
            run.status().or_else(|| run.provisioning_state()).is_some_and(|state| is(state, &["Succeeded"]));
        let Some(imported) = run.imported().filter(|_| succeeded && failure(&run).is_none()) else { continue };
        let count = imported.value.elements().count();
        // A run that exports need not list anything.
        let is_listed = count > 0 || run.exports() != Some(true);
        let Some((wanted, export)) = expected(&run, check.project).filter(|(wanted, _)| is_listed && count < *wanted)
        else {
            continue;
        };
        let message = format!("the run succeeded with {count} of {wanted} artifacts");
        let finding = Finding::new(imported.key.span(check.file), message)
            .help("with `ContinueOnErrors` a run goes on without what it can't move: check the spelling of the others");
        check.report(match export {
            Some(export) => finding.related(export.at, "the export of its blob"),
            None => finding,
        });
    }
}

/// How many artifacts a run should move: those that it names, else those of the export that wrote its blob.
fn expected<'a>(run: &RunAnswer<'_>, project: &'a ProjectView) -> Option<(usize, Option<&'a ExportRun>)> {
    if let Some(own) = run.artifacts() {
        return Some((own, None));
    }
    let digest = run.catalog_digest().filter(|_| run.exports() != Some(true));
    let blob = run.blob().filter(|_| run.exports() != Some(true));
    let by_digest = digest.and_then(|digest| {
        let mut same = project.export_runs.iter().filter(|export| export.catalog_digest.as_deref() == Some(&*digest));
        same.next()
    });
    let by_blob = || {
        let blob = blob?;
        let mut same = project.export_runs.iter().filter(|export| export.blob.as_deref() == Some(&*blob));
        let first = same.next()?;
        // Where several exports wrote the blob, it is not known which one was read.
        same.all(|other| other.artifacts == first.artifacts).then_some(first)
    };
    let export = by_digest.or_else(by_blob)?;
    Some((export.artifacts, Some(export)))
}
