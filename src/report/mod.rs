//! L8. Outcomes to bytes: one file per format, each with the shape of its own output.
//!
//! A format prints a masked view, never the outcome itself, so that none can show a secret.

mod concise;
mod diagnosis;
mod excerpt;
mod json;
mod mask;
mod printable;
mod sarif;
mod summary;
mod text;

use std::io::{self, Write};

use crate::engine::Metadata;
use crate::lint::Outcome;
use mask::Masked;

pub use diagnosis::{write_diagnoses, write_diagnoses_json};
pub use printable::{escaped, escaped_json};

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

/// Writes `outcome` in `format`; `rules` are the rules that ran. Says whether every finding could be shown: one that a bug
/// cost is shown as an `internal-error`.
pub fn write(
    outcome: &Outcome,
    rules: &[&Metadata],
    format: Format,
    options: Options,
    out: &mut dyn Write,
) -> io::Result<bool> {
    let masked = Masked::new(outcome);
    match format {
        Format::Text => text::write(&masked, options, out),
        Format::Concise => concise::write(&masked, options, out),
        Format::Json => write_json(&json::report(&masked, options), out),
        Format::Sarif => write_json(&sarif::log(&masked, rules, options), out),
    }?;
    Ok(!masked.has_failed())
}

/// Findings by severity, and how much was analysed: what `text` ends with, for formats that have no place for it.
pub fn summary_line(outcome: &Outcome, options: Options) -> String {
    summary::line(&outcome.diagnostics, &outcome.coverage, options)
}

fn write_json(value: &impl serde::Serialize, out: &mut dyn Write) -> io::Result<()> {
    let json = serde_json::to_string_pretty(value)?;
    writeln!(out, "{}", escaped_json(&json))
}
