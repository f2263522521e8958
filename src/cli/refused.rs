//! What Azure refuses of one deployment before it deploys anything, told as `check` tells it.

use std::io::{self, Write};

use super::CliError;
use super::inputs;
use crate::diagnostic::Severity;
use crate::engine::Metadata;
use crate::engine::catalogue::Catalogue;
use crate::evaluate::Context;
use crate::lint::{self, Outcome};
use crate::project::{Input, Load};
use crate::report;
use crate::snapshot::Settings;

/// What is refused of the deployment of these `files`, and of what they link to, when no more is `known` of it.
pub(super) fn refused(
    files: Vec<Input>,
    deployment: &Settings,
    known: Context,
    load: &dyn Load,
) -> Result<Outcome, CliError> {
    let mut settings = lint::Settings::at(inputs::now(None)?);
    settings.context = Context { now: deployment.context.now, settled: true, ..known };
    settings.select = rules().map(|rule| rule.id.to_string()).collect();
    settings.parameter_files = deployment.chosen();
    settings.overrides.clone_from(&deployment.overrides);
    let mut outcome = lint::lint(files, &settings, load);
    // What a witness shows is so with other values than these.
    outcome.diagnostics.retain(|found| {
        found.severity == Severity::Error && found.witness.is_none() && rules().any(|rule| rule.id == found.rule)
    });
    outcome.coverage.undecided.clear();
    outcome.coverage.omitted.clear();
    Ok(outcome)
}

/// Prints what is refused where errors go.
pub(super) fn print(outcome: &Outcome, color: bool) -> Result<(), CliError> {
    let mut out = io::BufWriter::new(io::stderr().lock());
    let options = report::Options { color, show_unknown: false };
    report::write(outcome, &rules().collect::<Vec<_>>(), report::Format::Text, options, &mut out)?;
    out.flush()?;
    Ok(())
}

/// The rules about what is refused.
fn rules() -> impl Iterator<Item = &'static Metadata> {
    Catalogue::built_in().rules().iter().map(|rule| &rule.metadata).filter(|rule| rule.refused)
}
