//! `acr-transfer-run-endpoint`: a run that does not name its blob, or names one at both ends.

use super::cli::{BLOB, Call};
use super::pipeline_run::{Direction, PipelineRun};
use crate::checks::FileCheck;
use crate::engine::check::Check;
use crate::engine::finding::Finding;
use crate::evaluate::Instance;

pub(super) fn check<'t>(check: &mut Check<'_, 't>, instance: &Instance<'t>) {
    let run = PipelineRun::read(check, instance);
    if run.reads == Some(true) && run.writes == Some(true) {
        let export = run.direction.map_or(run.lists == Some(true), |direction| direction == Direction::Export);
        let (extra, other) = if export { (&run.source, &run.target) } else { (&run.target, &run.source) };
        let message = "a run must have a source or a target, not both";
        let help = if export { "an export has only a target" } else { "an import has only a source" };
        let finding = Finding::at(extra, message).map(|finding| {
            let finding = finding.help(help);
            match other.span() {
                Some(span) => finding.related(span, "the other end"),
                None => finding,
            }
        });
        return check.report(finding);
    }
    if run.goes_the_wrong_way() {
        return;
    }
    let (missing, given, message, help) = match run.direction {
        Some(Direction::Export) => {
            let help = "set `target.name` to the blob to write";
            (&run.target, run.writes, "an export names no blob to write to", help)
        }
        Some(Direction::Import) => {
            let help = "set `source.name` to the blob that the export wrote";
            (&run.source, run.reads, "an import names no blob to read from", help)
        }
        None => return,
    };
    // Whether the other end is given or not decides between this and `acr-transfer-run-kind`.
    let other = if run.direction == Some(Direction::Export) { run.reads } else { run.writes };
    match (given, other, run.lists) {
        (Some(false), Some(false), lists) if run.direction == Some(Direction::Export) || lists.is_some() => {
            check.report(missing.key().map(|span| Finding::new(span, message).help(help)));
        }
        (Some(true), ..) => {}
        _ => check.undecided(missing),
    }
}

/// Commands that give an empty name for the blob.
pub(super) fn check_scripts(check: &mut FileCheck<'_>) {
    for call in Call::runs(check) {
        let Some(found) = call.value(BLOB).filter(super::shape::is_missing) else { continue };
        let (message, help) = match call.exports() {
            Some(true) => ("an export names no blob to write to", "set `--storage-blob` to the blob to write"),
            Some(false) => {
                ("an import names no blob to read from", "set `--storage-blob` to the blob that the export wrote")
            }
            None => continue,
        };
        check.report(Finding::at(&found, message).map(|finding| finding.help(help)));
    }
}
