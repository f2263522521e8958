//! L8. Outcomes to bytes: one file per format, each with the shape of its own output.

mod concise;

use std::io::{self, Write};

use crate::diagnostic::Severity;
use crate::engine::Metadata;
use crate::lint::Outcome;

/// How findings are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// For people: the source with the place marked.
    Text,
    /// One line a finding.
    Concise,
    /// JSON, versioned.
    Json,
    /// SARIF 2.1.0.
    Sarif,
}

/// Choices that formats share.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options {
    /// Whether to colour text.
    pub color: bool,
    /// Whether to list the questions that could not be decided.
    pub show_unknown: bool,
}

/// Writes `outcome` in `format`; `rules` are the rules that ran.
pub fn write(
    outcome: &Outcome,
    _rules: &[&Metadata],
    _format: Format,
    _options: &Options,
    out: &mut dyn Write,
) -> io::Result<()> {
    concise::write(outcome, out)
}

/// Findings by severity, and how much was analysed.
pub fn summary_line(outcome: &Outcome) -> String {
    let count = |severity| outcome.diagnostics.iter().filter(|diagnostic| diagnostic.severity == severity).count();
    let [errors, warnings, infos] = Severity::ALL.map(count);
    let coverage = &outcome.coverage;
    format!(
        "{errors} errors, {warnings} warnings, {infos} infos; {} files, {} resources; {} unparsed, {} undecided",
        coverage.files,
        coverage.resources,
        coverage.unparsed,
        coverage.undecided.len()
    )
}
