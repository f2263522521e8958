//! A partly known string as text with holes, so that it can be searched and cut like any other string.

use std::ops::Range;

use super::pieces::{Piece, Stretch, join, stretches};
use super::value::{Origin, Value};

/// What stands in the text for a stretch that is not known.
pub const HOLE: char = '\u{0}';

/// A string as far as it is known. Each [`HOLE`] in its text stands for a stretch of any length.
#[derive(Debug, Clone, PartialEq)]
pub struct Partial {
    text: String,
    /// The stretches in order, each with the offset just past its last byte in the text.
    stretches: Vec<(usize, Stretch)>,
    origin: Origin,
}

impl Partial {
    /// `value` as text with holes; `None` for what is not a string.
    pub fn new(value: &Value) -> Option<Self> {
        Some(Self::of(stretches(value)?, value.origin.clone()))
    }

    /// The string that `stretches` make up, written at `origin` as a whole.
    pub fn of(stretches: Vec<Stretch>, origin: Origin) -> Self {
        let mut text = String::new();
        let mut ends = Vec::new();
        for stretch in stretches {
            match &stretch.piece {
                Piece::Text(known) => text.push_str(&known.replace(HOLE, " ")),
                Piece::Unknown(_) => text.push(HOLE),
            }
            ends.push((text.len(), stretch));
        }
        Self { text, stretches: ends, origin }
    }

    /// The text, with a [`HOLE`] for each unknown stretch.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The text of a range.
    pub fn slice(&self, range: Range<usize>) -> &str {
        self.text.get(range).unwrap_or_default()
    }

    /// Whether there is no hole in a range.
    pub fn is_known(&self, range: Range<usize>) -> bool {
        !self.slice(range).contains(HOLE)
    }

    /// The stretches in order.
    pub fn stretches(&self) -> impl Iterator<Item = &Stretch> {
        self.stretches.iter().map(|(_, stretch)| stretch)
    }

    /// What the hole at `offset` stands for.
    pub fn hole(&self, offset: usize) -> Option<&Value> {
        let at = self.stretches.partition_point(|(end, _)| *end <= offset);
        match &self.stretches.get(at)?.1.piece {
            Piece::Unknown(value) => Some(value),
            Piece::Text(_) => None,
        }
    }

    /// The value of a range: a string when it is known, else a canonical term.
    pub fn value(&self, range: Range<usize>) -> Value {
        let mut pieces: Vec<Piece> = Vec::new();
        for (inside, stretch) in self.within(&range) {
            match (&stretch.piece, pieces.last_mut()) {
                (Piece::Text(_), Some(Piece::Text(last))) => last.push_str(self.slice(inside)),
                (Piece::Text(_), _) => pieces.push(Piece::Text(self.slice(inside).to_owned())),
                (Piece::Unknown(_), _) => pieces.push(stretch.piece.clone()),
            }
        }
        let mut value = join(pieces);
        if value.origin.span.is_none()
            && let Some(span) = self.origin(range).span
        {
            value = value.or_at(span);
        }
        value
    }

    /// Where a range is written: the origin of the one value that it is taken from, else that of the whole string.
    pub fn origin(&self, range: Range<usize>) -> &Origin {
        let mut origins = self.within(&range).map(|(_, stretch)| &stretch.origin);
        let first = origins.next().filter(|first| first.span.is_some());
        first.filter(|first| origins.all(|origin| origin.span == first.span)).unwrap_or(&self.origin)
    }

    /// The stretches that a range touches, each with the part of the range in it.
    fn within(&self, range: &Range<usize>) -> impl Iterator<Item = (Range<usize>, &Stretch)> {
        let Range { start, end } = *range;
        let mut from = 0;
        self.stretches.iter().filter_map(move |(to, stretch)| {
            let inside = from.max(start)..(*to).min(end);
            from = *to;
            (inside.start < inside.end).then_some((inside, stretch))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::term::Term;
    use crate::evaluate::value::{Kind, Part};
    use crate::source::{FileId, Span};

    fn at(text: &str, start: usize) -> Value {
        Value::from(text).or_at(Span::new(FileId(0), start, start + text.len()))
    }

    #[test]
    fn a_range_of_a_concat_is_written_where_its_argument_is() {
        let open = Value::unknown(Term::Call { name: "uniqueString".into(), args: vec![] });
        let args = vec![at("acr/", 10), open.clone(), at("-x", 30)];
        let whole = Span::new(FileId(0), 0, 50);
        let value = Value::unknown(Term::Call { name: "concat".into(), args }).or_at(whole);
        let partial = Partial::new(&value).unwrap();
        assert_eq!(partial.text(), "acr/\u{0}-x");
        assert_eq!(partial.origin(0..3).span, Some(Span::new(FileId(0), 10, 14)));
        assert_eq!(partial.origin(5..7).span, Some(Span::new(FileId(0), 30, 32)));
        assert_eq!(partial.origin(3..7).span, Some(whole));
        assert_eq!(partial.value(4..5), open);
        assert_eq!(partial.value(0..3), Value::from("acr"));
        assert!(partial.is_known(5..7) && !partial.is_known(3..6));
    }

    #[test]
    fn a_known_string_remembers_its_parts() {
        let parts = vec![Part { end: 4, value: at("acr/", 10) }, Part { end: 6, value: at("my", 20) }];
        let value = Value::composed("acr/my".to_owned(), parts).or_at(Span::new(FileId(0), 0, 50));
        let partial = Partial::new(&value).unwrap();
        assert_eq!(partial.origin(4..6).span, Some(Span::new(FileId(0), 20, 22)));
        assert_eq!(partial.value(0..6), Value::from("acr/my"));
        assert_eq!(partial.hole(0), None);
        assert_eq!(Partial::new(&Value::new(Kind::Bool(true))), None);
    }
}
