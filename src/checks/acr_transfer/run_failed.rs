//! `acr-transfer-run-failed`: the answer about a run that failed.

use crate::artefact::RunAnswer;
use crate::checks::FileCheck;
use crate::engine::finding::Finding;
use crate::syntax::json::Node;

pub(super) fn check(check: &mut FileCheck<'_>) {
    let Some((artefact, text)) = check.artefact() else { return };
    for run in artefact.runs(text) {
        let Some(place) = failure(&run) else { continue };
        let message = match run.error_message().and_then(Node::as_str) {
            Some(reason) => format!("the run failed: {}", reason.trim().trim_end_matches('.')),
            None => "the run failed".to_owned(),
        };
        check.report(
            Finding::new(place.span(check.file), message)
                .help("`plimsoll diagnose` names likely causes of a message; the service's engineers ask for the correlation id of the deployment"),
        );
    }
}

/// Where an answer says that the run failed.
pub(super) fn failure<'a>(run: &RunAnswer<'a>) -> Option<Node<'a>> {
    let failed = |state: &Node<'_>| is(*state, &["Failed"]);
    run.error_message().or_else(|| run.status().filter(failed)).or_else(|| run.provisioning_state().filter(failed))
}

/// Whether a state is one of `names`, in whatever case.
pub(super) fn is(state: Node<'_>, names: &[&str]) -> bool {
    state.as_str().is_some_and(|state| names.iter().any(|name| name.eq_ignore_ascii_case(&state)))
}
