//! What another tool fills in before the deployment: unknown, or the default that the tool takes.

use std::ops::Range;
use std::sync::Arc;

use super::Evaluator;
use super::pieces::{Piece, join, pieces};
use super::term::Term;
use super::value::Value;
use super::world::{Choice, Subject};
use crate::source::Span;
use crate::syntax::expression::Segment;
use crate::syntax::placeholder::{Site, VERIFIED_MODULES, placeholders};

impl Evaluator<'_> {
    /// The placeholder `text`, written at `span`. A prediction takes its letters, as the deployment would, and so does one
    /// with a parameter file where the tool that fills it in deploys without.
    pub(super) fn placeholder(&mut self, text: &Arc<str>, default: Option<&Segment>, span: Span) -> Value {
        let is_as_written = || text.starts_with(VERIFIED_MODULES) && !self.inputs.parameter_files.is_empty();
        if self.context().settled || is_as_written() {
            return Value::from(Arc::clone(text));
        }
        self.placeholders.insert(span);
        let unknown = Value::unknown(Term::Placeholder(Arc::clone(text))).or_at(span);
        let Some(default) = default else { return unknown };
        let choice = *self.placeholder_choices.entry(span).or_insert_with(|| {
            let name = text.trim_start_matches("${").split('=').next().unwrap_or_default();
            let alternatives = vec!["its default".into(), "something else".into()];
            self.worlds.add(Choice { subject: Subject::Parameter(name.into()), alternatives, beyond: 0 })
        });
        match self.worlds.decide(choice) {
            0 => Value::from(Arc::clone(&default.text)).or_at(default.span),
            _ => unknown,
        }
    }

    /// `replace(…)` where a template itself fills in what looks like a placeholder: what it replaces means its letters.
    pub(super) fn replaced(&self, args: &[Value]) -> Option<Value> {
        let [text, old, new] = args else { return None };
        if !old.is_unknown() && !text.is_unknown() {
            return None;
        }
        let replaced =
            self.apply("replace", vec![Value::from(letters(text)?), Value::from(letters(old)?), new.clone()]);
        let text = replaced.as_str()?;
        let found = placeholders(text, Site::Template);
        if found.is_empty() {
            return Some(replaced);
        }
        let (mut row, mut start) = (Vec::new(), 0);
        for Range { start: open, end } in found.into_iter().map(|placeholder| placeholder.range) {
            row.push(Piece::Text(text[start..open].to_owned()));
            row.push(Piece::Unknown(Value::unknown(Term::Placeholder(text[open..end].into()))));
            start = end;
        }
        row.push(Piece::Text(text[start..].to_owned()));
        Some(join(row))
    }

    /// Where the placeholders are written that have been met so far.
    pub fn placeholders(&self) -> impl Iterator<Item = Span> {
        self.placeholders.iter().copied()
    }
}

/// Whether a value is, or is put together with, what another tool fills in.
pub fn is_filled_in_later(value: &Value) -> bool {
    let is_open = |piece: &Piece| match piece {
        Piece::Unknown(value) => matches!(value.as_term(), Some(Term::Placeholder(_))),
        Piece::Text(_) => false,
    };
    pieces(value).is_some_and(|row| row.iter().any(is_open))
}

/// The letters of a text in which nothing but placeholders is unknown; `None` for anything else, and for a text without
/// any.
pub(super) fn letters(value: &Value) -> Option<String> {
    let letters = |piece: &Piece| match piece {
        Piece::Text(text) => Some(text.clone()),
        Piece::Unknown(value) => match value.as_term()? {
            Term::Placeholder(text) => Some(text.to_string()),
            _ => None,
        },
    };
    pieces(value)?.iter().map(letters).collect()
}
