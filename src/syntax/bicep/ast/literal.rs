//! Strings, with and without holes.

use std::sync::Arc;

use super::Expr;
use crate::source::Span;

/// A string: text and holes in turn, starting and ending with (possibly empty) text.
#[derive(Debug, Clone, PartialEq)]
pub struct StringLiteral {
    /// The whole string with its quotes, and with the `$` before the quotes if there are any.
    pub span: Span,
    /// The pieces of text; always one more than there are holes.
    pub segments: Vec<Segment>,
    /// The expressions in the holes.
    pub holes: Vec<Expr>,
    /// Whether the quotes are `'''`.
    pub is_multi_line: bool,
}

/// A piece of text in a string.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    /// What it stands for: escapes are resolved, and the line break right after `'''` is left out.
    pub text: Arc<str>,
    /// Where it is written, without quotes and without the `${` and `}` of holes.
    pub span: Span,
}

/// A piece of text or a hole.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Part<'a> {
    /// Text.
    Text(&'a Segment),
    /// The expression in `${…}`.
    Hole(&'a Expr),
}

impl StringLiteral {
    /// The text of a string without holes.
    pub fn as_str(&self) -> Option<&str> {
        match &*self.segments {
            [only] => Some(&only.text),
            _ => None,
        }
    }

    /// Text and holes, in their order; empty pieces of text are left out.
    pub fn parts(&self) -> impl Iterator<Item = Part<'_>> {
        let holes = self.holes.iter().map(|hole| Some(Part::Hole(hole))).chain([None]);
        let texts = self.segments.iter().map(|segment| (!segment.text.is_empty()).then_some(Part::Text(segment)));
        texts.zip(holes).flat_map(|(text, hole)| text.into_iter().chain(hole))
    }
}
