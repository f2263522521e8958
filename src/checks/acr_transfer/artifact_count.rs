//! `acr-transfer-artifact-count`: more artifacts than one run transfers.

use super::argument::values_span;
use super::cli::Call;
use super::flags::ARTIFACTS;
use crate::checks::FileCheck;
use crate::engine::finding::Finding;

/// Most artifacts of one run; a limit of the service.
const MAX_ARTIFACTS: usize = 50;

const HELP: &str = "split the list into several runs, each with its own blob";

fn too_many(number: usize) -> String {
    format!("{number} artifacts; a pipeline run transfers at most {MAX_ARTIFACTS}")
}

/// The artifacts that commands list.
pub(super) fn check_scripts(check: &mut FileCheck<'_>) {
    for call in Call::runs(check).filter(|call| call.exports() != Some(false)) {
        let Some(argument) = call.argument(ARTIFACTS) else { continue };
        if argument.values.len() > MAX_ARTIFACTS {
            let span = values_span(&call.invocation, argument).unwrap_or(argument.span);
            check.report(Finding::new(span, too_many(argument.values.len())).help(HELP));
        }
    }
}
