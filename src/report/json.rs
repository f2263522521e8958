//! JSON for programs. `version` grows when a consumer would have to change; new members may come without.

use serde::Serialize;

use super::mask::Masked;
use super::{Options, summary};
use crate::diagnostic::{Diagnostic, Edit, Fix, Label, Safety, Severity};
use crate::lint::{Omitted, Undecided};
use crate::source::Span;

#[derive(Debug, Serialize)]
pub(super) struct Report<'m> {
    version: u32,
    tool: Tool,
    diagnostics: Vec<Finding<'m>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    undecided: Option<Vec<Question<'m>>>,
    summary: Summary<'m>,
}

#[derive(Debug, Serialize)]
pub(super) struct Tool {
    name: &'static str,
    version: &'static str,
}

impl Tool {
    /// This build.
    pub(super) fn this() -> Self {
        Self { name: env!("CARGO_PKG_NAME"), version: env!("CARGO_PKG_VERSION") }
    }
}

#[derive(Debug, Serialize)]
struct Finding<'m> {
    path: &'m str,
    range: Range,
    severity: &'static str,
    rule: &'m str,
    message: &'m str,
    /// The condition under which it holds.
    witness: Option<&'m str>,
    /// What the primary place has to do with it.
    #[serde(skip_serializing_if = "str::is_empty")]
    label: &'m str,
    help: Option<&'m str>,
    related: Vec<Place<'m>>,
    fix: Option<Mend<'m>>,
}

#[derive(Debug, Serialize)]
struct Place<'m> {
    path: &'m str,
    range: Range,
    message: &'m str,
}

#[derive(Debug, Serialize)]
struct Mend<'m> {
    title: &'m str,
    safety: &'static str,
    edits: Vec<Replacement<'m>>,
}

#[derive(Debug, Serialize)]
struct Replacement<'m> {
    path: &'m str,
    range: Range,
    #[serde(rename = "replacement")]
    text: &'m str,
}

#[derive(Debug, Serialize)]
struct Question<'m> {
    path: &'m str,
    range: Range,
    rule: &'m str,
    reason: &'m str,
}

/// Half open.
#[derive(Debug, Serialize)]
struct Range {
    start: Point,
    end: Point,
}

#[derive(Debug, Serialize)]
struct Point {
    /// From 1.
    line: usize,
    /// In Unicode scalar values, from 1.
    column: usize,
    /// In bytes of the file on disk, a byte order mark included.
    offset: usize,
}

#[derive(Debug, Serialize)]
struct Summary<'m> {
    errors: usize,
    warnings: usize,
    infos: usize,
    files: usize,
    resources: usize,
    suppressed: usize,
    #[serde(rename = "filledLater")]
    filled_later: usize,
    undecided: usize,
    unparsed: usize,
    omitted: Vec<Unread<'m>>,
}

/// What was not looked into.
#[derive(Debug, Serialize)]
struct Unread<'m> {
    kind: &'static str,
    name: &'m str,
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<&'m str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    range: Option<Range>,
}

pub(super) fn report<'m>(masked: &'m Masked<'_>, options: Options) -> Report<'m> {
    let coverage = masked.coverage();
    let count = |severity| summary::count(&masked.diagnostics, severity);
    Report {
        version: 1,
        tool: Tool::this(),
        diagnostics: masked.each(|diagnostic| finding(masked, diagnostic)).collect(),
        undecided: options
            .show_unknown
            .then(|| masked.undecided.iter().map(|undecided| question(masked, undecided)).collect()),
        summary: Summary {
            errors: count(Severity::Error),
            warnings: count(Severity::Warning),
            infos: count(Severity::Info),
            files: coverage.files,
            resources: coverage.resources,
            suppressed: coverage.suppressed,
            filled_later: coverage.filled_later,
            undecided: coverage.undecided.len(),
            unparsed: coverage.unparsed,
            omitted: masked.omitted.iter().map(|omitted| unread(masked, omitted)).collect(),
        },
    }
}

fn finding<'m>(masked: &'m Masked<'_>, diagnostic: &'m Diagnostic) -> Finding<'m> {
    let Label { span, text } = &diagnostic.primary;
    Finding {
        path: masked.path(span.file),
        range: range(masked, *span),
        severity: diagnostic.severity.name(),
        rule: &diagnostic.rule,
        message: &diagnostic.message,
        witness: diagnostic.witness.as_deref(),
        label: text,
        help: diagnostic.help.as_deref(),
        related: diagnostic.related.iter().map(|label| place(masked, label)).collect(),
        fix: diagnostic.fix.as_ref().map(|fix| mend(masked, fix)),
    }
}

fn place<'m>(masked: &'m Masked<'_>, label: &'m Label) -> Place<'m> {
    Place { path: masked.path(label.span.file), range: range(masked, label.span), message: &label.text }
}

fn mend<'m>(masked: &'m Masked<'_>, fix: &'m Fix) -> Mend<'m> {
    let safety = match fix.safety {
        Safety::Safe => "safe",
        Safety::Unsafe => "unsafe",
    };
    let replacement = |edit: &'m Edit| Replacement {
        path: masked.path(edit.span.file),
        range: range(masked, edit.span),
        text: &edit.replacement,
    };
    Mend { title: &fix.title, safety, edits: fix.edits.iter().map(replacement).collect() }
}

fn question<'m>(masked: &'m Masked<'_>, undecided: &'m Undecided) -> Question<'m> {
    Question {
        path: masked.path(undecided.span.file),
        range: range(masked, undecided.span),
        rule: &undecided.rule,
        reason: &undecided.reason,
    }
}

fn unread<'m>(masked: &'m Masked<'_>, omitted: &'m Omitted) -> Unread<'m> {
    Unread {
        kind: omitted.kind.id(),
        name: &omitted.name,
        path: omitted.place.map(|span| masked.path(span.file)),
        range: omitted.place.map(|span| range(masked, span)),
    }
}

fn range(masked: &Masked<'_>, span: Span) -> Range {
    let bom = if masked.source(span.file).has_bom() { '\u{feff}'.len_utf8() } else { 0 };
    let [start, end] = masked.positions(span);
    let point = |position: crate::source::Position, offset: u32| Point {
        line: position.line,
        column: position.column,
        offset: offset as usize + bom,
    };
    Range { start: point(start, span.start), end: point(end, span.end) }
}
