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
use crate::lint::Omitted;

/// How many things of one kind that were not looked into are named.
const MAX_NAMED: usize = 10;

pub(super) fn write(masked: &Masked<'_>, options: Options, out: &mut dyn Write) -> io::Result<()> {
    let show = |diagnostic: &Diagnostic| -> io::Result<Vec<u8>> {
        let rendered = if options.color {
            render(masked, diagnostic, Ansi::new(Vec::new()))?.into_inner()
        } else {
            render(masked, diagnostic, NoColor::new(Vec::new()))?.into_inner()
        };
        Ok(renamed(rendered, diagnostic.severity))
    };
    for shown in masked.each(show) {
        out.write_all(&shown?)?;
    }
    if options.show_unknown && !masked.undecided.is_empty() {
        concise::write_undecided(masked, out)?;
        writeln!(out)?;
    }
    write_omitted(masked, out)?;
    writeln!(out, "{}", summary::line(&masked.diagnostics, masked.coverage(), options))
}

/// What was not looked into: of each kind the first few by their names.
fn write_omitted(masked: &Masked<'_>, out: &mut dyn Write) -> io::Result<()> {
    for (kind, omitted) in summary::by_kind(&masked.omitted) {
        writeln!(out, "not analysed: {} {}", omitted.len(), kind.words(omitted.len()))?;
        for Omitted { name, place, .. } in omitted.iter().take(MAX_NAMED) {
            let name = escaped(name);
            match place.map(|span| (escaped(masked.path(span.file)), masked.positions(span))) {
                Some((path, [start, _])) if path != name => {
                    writeln!(out, "  {path}:{}:{}: {name}", start.line, start.column)?;
                }
                _ => writeln!(out, "  {name}")?,
            }
        }
        if omitted.len() > MAX_NAMED {
            writeln!(out, "  and {} more", omitted.len() - MAX_NAMED)?;
        }
        if let Some(hint) = kind.hint() {
            writeln!(out, "  = help: {hint}")?;
        }
    }
    if masked.omitted.is_empty() { Ok(()) } else { writeln!(out) }
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
