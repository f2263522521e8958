//! `acr-transfer-run-still-running`: the answer about a run that is not done.

use super::run_failed::{failure, is};
use crate::artefact::RunAnswer;
use crate::checks::FileCheck;
use crate::engine::finding::Finding;
use crate::syntax::json::Node;

const GOING_ON: [&str; 5] = ["Running", "Queued", "Accepted", "Creating", "Updating"];

const DONE: [&str; 4] = ["Succeeded", "Failed", "Canceled", "Cancelled"];

pub(super) fn check(check: &mut FileCheck<'_>) {
    let Some((artefact, text)) = check.artefact() else { return };
    for run in artefact.runs(text) {
        let Some(place) = unfinished(&run).filter(|_| failure(&run).is_none()) else { continue };
        let done = run.percentage().map(|(percentage, _)| format!(", {percentage} % done")).unwrap_or_default();
        check.report(
            Finding::new(place.span(check.file), format!("the run still goes on{done}; one can take some time"))
                .help("ask again before you look for a mistake"),
        );
    }
}

/// Where an answer says that the run still goes on. The state of the resource may say `Succeeded` meanwhile.
fn unfinished<'a>(run: &RunAnswer<'a>) -> Option<Node<'a>> {
    let status = run.status();
    if status.is_some_and(|status| is(status, &DONE)) {
        return None;
    }
    let going_on = |state: &Node<'_>| is(*state, &GOING_ON);
    let partial = run.percentage().filter(|(percentage, _)| *percentage < 100.0).map(|(_, node)| node);
    status.filter(going_on).or(partial).or_else(|| run.provisioning_state().filter(going_on))
}
