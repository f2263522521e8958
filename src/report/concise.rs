//! One line a finding: `file:line:col: severity[rule] message`.

use std::io::{self, Write};

use super::Options;
use super::mask::Masked;
use super::printable::escaped;
use crate::diagnostic::Diagnostic;

pub(super) fn write(masked: &Masked<'_>, options: Options, out: &mut dyn Write) -> io::Result<()> {
    let line = |diagnostic: &Diagnostic| {
        let span = diagnostic.primary.span;
        let [start, _] = masked.positions(span);
        let (path, severity, rule) = (escaped(masked.path(span.file)), diagnostic.severity, &diagnostic.rule);
        let headline = diagnostic.headline();
        format!("{path}:{}:{}: {severity}[{rule}] {}", start.line, start.column, escaped(&headline))
    };
    for line in masked.each(line) {
        writeln!(out, "{line}")?;
    }
    if options.show_unknown { write_undecided(masked, out) } else { Ok(()) }
}

/// One line for each question that could not be decided.
pub(super) fn write_undecided(masked: &Masked<'_>, out: &mut dyn Write) -> io::Result<()> {
    for undecided in &masked.undecided {
        let [start, _] = masked.positions(undecided.span);
        let (path, rule) = (escaped(masked.path(undecided.span.file)), &undecided.rule);
        let reason = escaped(&undecided.reason);
        writeln!(out, "{path}:{}:{}: undecided[{rule}] {reason}", start.line, start.column)?;
    }
    Ok(())
}
