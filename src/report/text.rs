//! For people: each finding with the source that it is about, then how much was analysed.

use std::io::{self, Write};

use codespan_reporting::diagnostic::{self as codespan, LabelStyle};
use codespan_reporting::files::Error;
use codespan_reporting::term::termcolor::{Ansi, NoColor, WriteColor};
use codespan_reporting::term::{Config, emit_to_write_style};

use super::excerpt::Excerpts;
use super::mask::Masked;
use super::printable::escaped;
use super::{Options, concise, summary};
use crate::diagnostic::{Diagnostic, Label, Safety, Severity};

pub(super) fn write(masked: &Masked<'_>, options: Options, out: &mut dyn Write) -> io::Result<()> {
    for diagnostic in &masked.diagnostics {
        let rendered = if options.color {
            render(masked, diagnostic, Ansi::new(Vec::new()))?.into_inner()
        } else {
            render(masked, diagnostic, NoColor::new(Vec::new()))?.into_inner()
        };
        out.write_all(&renamed(rendered, diagnostic.severity))?;
    }
    if options.show_unknown && !masked.undecided.is_empty() {
        concise::write_undecided(masked, out)?;
        writeln!(out)?;
    }
    writeln!(out, "{}", summary::line(&masked.diagnostics, masked.coverage(), options))
}

fn render<W: WriteColor>(masked: &Masked<'_>, diagnostic: &Diagnostic, mut buffer: W) -> io::Result<W> {
    let mut excerpts = Excerpts::new(masked);
    let mut labels = Vec::new();
    let mut notes = Vec::new();
    let primary = &diagnostic.primary;
    if masked.source(primary.span.file).text().is_empty() {
        // There is no text to show a place in.
        notes.push(format!("in: {}", escaped(masked.path(primary.span.file))));
    } else {
        let mut add = |style, label: &Label| {
            let (view, range) = excerpts.mark(label.span);
            labels.push(codespan::Label::new(style, view, range).with_message(escaped(&label.text)));
        };
        add(LabelStyle::Primary, primary);
        diagnostic.related.iter().for_each(|label| add(LabelStyle::Secondary, label));
        excerpts.join();
    }
    notes.extend(diagnostic.help.iter().map(|help| format!("help: {}", escaped(help))));
    notes.extend(diagnostic.fix.iter().map(|fix| match fix.safety {
        Safety::Safe => format!("fix: {}", escaped(&fix.title)),
        Safety::Unsafe => format!("fix (unsafe): {}", escaped(&fix.title)),
    }));
    notes.push(format!("see: plimsoll explain {}", diagnostic.rule));
    let severity = match diagnostic.severity {
        Severity::Error => codespan::Severity::Error,
        Severity::Warning => codespan::Severity::Warning,
        Severity::Info => codespan::Severity::Note,
    };
    let shown = codespan::Diagnostic::new(severity)
        .with_code(&*diagnostic.rule)
        .with_message(escaped(&diagnostic.headline()))
        .with_labels(labels)
        .with_notes(notes);
    emit_to_write_style(&mut buffer, &Config::default(), &excerpts, &shown).map_err(|error| match error {
        Error::Io(error) => error,
        other => io::Error::other(other),
    })?;
    Ok(buffer)
}

/// Codespan has no severity that is called `info`.
fn renamed(rendered: Vec<u8>, severity: Severity) -> Vec<u8> {
    let name = b"note[";
    match memchr::memmem::find(&rendered, name).filter(|_| severity == Severity::Info) {
        Some(at) => [&rendered[..at], b"info[", &rendered[at + name.len()..]].concat(),
        None => rendered,
    }
}
