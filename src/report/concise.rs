//! One line a finding: `file:line:col: severity[rule] message`.

use std::io::{self, Write};

use crate::lint::Outcome;

pub(super) fn write(outcome: &Outcome, out: &mut dyn Write) -> io::Result<()> {
    for diagnostic in &outcome.diagnostics {
        let span = diagnostic.primary.span;
        let path = outcome.sources.file(span.file).path();
        let position = outcome.sources.position(span);
        let (severity, rule) = (diagnostic.severity, &diagnostic.rule);
        writeln!(out, "{path}:{}:{}: {severity}[{rule}] {}", position.line, position.column, diagnostic.headline())?;
    }
    Ok(())
}
