//! The text of a value that may be known in part, and where each stretch of it is written.

use std::ops::Range;

use crate::evaluate::pieces::{Piece, pieces};
use crate::evaluate::term::Term;
use crate::evaluate::value::{Kind, Value};
use crate::sas::HOLE;
use crate::source::{Sources, Span};
use crate::syntax::json;

/// A text with the values that its stretches come from; what is not known stands as one [`HOLE`].
#[derive(Debug, Clone, Default)]
pub(in crate::checks::acr_transfer) struct Text {
    /// The characters.
    pub text: String,
    stretches: Vec<(Range<usize>, Value)>,
}

impl Text {
    /// The text of `value`; `None` when nothing of it is known.
    pub(in crate::checks::acr_transfer) fn of(value: &Value) -> Option<Self> {
        let mut text = Self::default();
        text.push(value, 0);
        text.text.chars().any(|c| c != HOLE).then_some(text)
    }

    fn push(&mut self, value: &Value, depth: usize) {
        let start = self.text.len();
        match &value.kind {
            Kind::String(text) => match &text.parts {
                Some(parts) if depth < MAX_DEPTH && covers(parts.iter().map(|part| &part.value), &text.value) => {
                    for part in parts.iter() {
                        self.push(&part.value, depth + 1);
                    }
                    return;
                }
                _ => self.text.push_str(&text.value),
            },
            Kind::Unknown(term) => match term.as_ref() {
                Term::Call { name, args } if name.eq_ignore_ascii_case("concat") && depth < MAX_DEPTH => {
                    for arg in args {
                        self.push(arg, depth + 1);
                    }
                    return;
                }
                _ => {
                    for piece in pieces(value).unwrap_or_default() {
                        match piece {
                            Piece::Text(text) => self.text.push_str(&text),
                            Piece::Unknown(_) => self.text.push(HOLE),
                        }
                    }
                }
            },
            Kind::Integer(number) => self.text.push_str(&number.to_string()),
            _ => self.text.push(HOLE),
        }
        self.stretches.push((start..self.text.len(), value.clone()));
    }

    /// Where a range of the text is written: just the range where the source spells it out, else all of the string that
    /// it is part of.
    pub(in crate::checks::acr_transfer) fn span(&self, sources: &Sources, range: &Range<usize>) -> Option<Span> {
        let (stretch, value) =
            self.stretches.iter().find(|(stretch, _)| stretch.contains(&range.start) || stretch.start == range.start)?;
        let whole = value.origin.span?;
        let inside = range.start - stretch.start..range.end.min(stretch.end) - stretch.start;
        Some(value.as_str().and_then(|text| span_inside(sources, whole, text, &inside)).unwrap_or(whole))
    }
}

/// Deepest nesting of strings that are put together from strings.
const MAX_DEPTH: usize = 16;

/// Whether the parts of a string are strings that make it up; a formatted number or a shortened string is not.
fn covers<'a>(parts: impl Iterator<Item = &'a Value>, whole: &str) -> bool {
    let mut rest = whole;
    for part in parts {
        match part.as_str().and_then(|part| rest.strip_prefix(part)) {
            Some(after) => rest = after,
            None => return false,
        }
    }
    rest.is_empty()
}

/// A range of the text of the string literal at `literal`.
fn span_inside(sources: &Sources, literal: Span, text: &str, range: &Range<usize>) -> Option<Span> {
    let written = sources.text(literal);
    let quote = written.chars().next().filter(|quote| *quote == '"' || *quote == '\'')?;
    let contents = written.strip_prefix(quote)?.strip_suffix(quote)?;
    if json::decode(contents) != text {
        return None;
    }
    let map = json::OffsetMap::new(contents);
    let start = literal.start as usize + 1;
    Some(Span::new(literal.file, start + map.source_offset(range.start), start + map.source_offset(range.end)))
}
