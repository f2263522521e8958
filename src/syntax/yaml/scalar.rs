//! Where each part of a scalar's value is written: the parser gives the value, this finds it again in the source.

use std::borrow::Cow;
use std::ops::Range;

use super::tree::Style;
use crate::source::{FileId, MappedText};

/// The value with its places, and the range of the scalar's source. `range` is what the parser says that the scalar is.
pub(super) fn map<'a>(
    file: FileId,
    source: &'a str,
    range: Range<usize>,
    value: Cow<'a, str>,
    style: Style,
) -> (MappedText<'a>, Range<usize>) {
    if style == Style::Plain && range.is_empty() {
        return (MappedText::empty(file, range.start), range);
    }
    let (contents, range) = match style {
        Style::Plain => (range.clone(), range),
        Style::SingleQuoted | Style::DoubleQuoted => ((range.start + 1).min(range.end)..range.end.max(1) - 1, range),
        Style::Literal | Style::Folded => {
            let contents = with_blank_lines_before(source, range.start, &value)..range.end;
            let shown = range.start..range.start + source[range].trim_end().len();
            (contents, shown)
        }
    };
    let Some(raw) = source.get(contents.clone()) else { return (unplaced(file, range.clone(), &value), range) };
    if let (Cow::Borrowed(text), true) = (&value, raw == value) {
        return (MappedText::plain(file, text, contents.start), range);
    }
    let mut aligned = Aligned {
        value: &value,
        raw,
        start: contents.start,
        at: 0,
        from: 0,
        indent: 0,
        mapped: MappedText::empty(file, contents.start),
    };
    let whole = match style {
        Style::Literal | Style::Folded => aligned.block(),
        _ => aligned.flow(style),
    };
    let mapped = if whole.is_some() { aligned.mapped } else { unplaced(file, range.clone(), &value) };
    (mapped, range)
}

/// A value of which only the whole has a place.
fn unplaced(file: FileId, range: Range<usize>, value: &str) -> MappedText<'static> {
    let mut mapped = MappedText::empty(file, range.start);
    mapped.push_escape(value, range);
    mapped
}

/// The parser's range begins at the first character that is not blank. The line breaks that start the value stand before.
fn with_blank_lines_before(source: &str, start: usize, value: &str) -> usize {
    let mut at = source[..start].rfind('\n').map_or(0, |newline| newline + 1);
    for _ in 0..value.len() - value.trim_start_matches('\n').len() {
        let before = source[..at.max(1) - 1].rfind('\n').map_or(0, |newline| newline + 1);
        if at == 0 || !source[before..at].trim().is_empty() {
            break;
        }
        at = before;
    }
    at
}

/// The walk through a value and its source side by side.
struct Aligned<'s> {
    value: &'s str,
    /// The source of the contents, which starts at `start` in the file.
    raw: &'s str,
    start: usize,
    /// How far the value has been placed.
    at: usize,
    /// How far the source has been read.
    from: usize,
    /// Columns that belong to the block and not to its contents.
    indent: usize,
    mapped: MappedText<'static>,
}

impl Aligned<'_> {
    /// Takes `length` bytes that are the same in both.
    fn plain(&mut self, length: usize) -> Option<()> {
        let text = self.raw.get(self.from..self.from + length)?;
        if !self.value.get(self.at..)?.starts_with(text) {
            return None;
        }
        self.mapped.push(text, self.start + self.from);
        self.at += length;
        self.from += length;
        Some(())
    }

    /// Takes `value` bytes of the value that `raw` bytes of the source stand for.
    fn escape(&mut self, value: usize, raw: usize) -> Option<()> {
        let text = self.value.get(self.at..self.at + value)?;
        let from = self.start + self.from;
        self.mapped.push_escape(text, from..from + raw);
        self.at += value;
        self.from += raw;
        Some(())
    }

    /// A block scalar, line by line.
    fn block(&mut self) -> Option<()> {
        let spaces = |text: &str| text.len() - text.trim_start_matches(' ').len();
        let lines = self.raw.trim_start_matches(['\r', '\n', ' ']);
        let first = self.raw[..self.raw.len() - lines.len()].rfind('\n').map_or(0, |newline| newline + 1);
        self.indent = spaces(&self.raw[first..]).saturating_sub(spaces(self.value.trim_start_matches('\n')));
        while self.at < self.value.len() {
            let line = self.raw[self.from..].find('\n').map_or(self.raw.len(), |newline| self.from + newline);
            let skipped = spaces(&self.raw[self.from..line]).min(self.indent);
            self.from += skipped;
            let length = self.raw[self.from..line].trim_end_matches('\r').len();
            self.plain(length)?;
            if self.at < self.value.len() {
                self.line_breaks(line, false)?;
            }
        }
        Some(())
    }

    /// A plain or quoted scalar, character by character.
    fn flow(&mut self, style: Style) -> Option<()> {
        while self.at < self.value.len() {
            let rest = &self.raw[self.from..];
            let blank = rest.len() - rest.trim_start_matches([' ', '\t', '\r']).len();
            if rest[blank..].starts_with('\n') {
                self.line_breaks(self.from + blank, true)?;
            } else if style == Style::SingleQuoted && rest.starts_with("''") {
                self.escape(1, 2)?;
            } else if style == Style::DoubleQuoted && rest.starts_with('\\') {
                self.backslash()?;
            } else if blank > 0 {
                self.plain(blank)?;
            } else {
                self.plain(rest.chars().next()?.len_utf8())?;
            }
        }
        Some(())
    }

    /// What follows a line that ends at `line` in the source: line breaks, or a blank where the lines are folded.
    fn line_breaks(&mut self, line: usize, trimmed: bool) -> Option<()> {
        let mut ends = vec![line];
        let mut next = line + 1;
        // Lines without contents that follow.
        while let Some(end) = self.raw.get(next..).and_then(|rest| rest.find('\n').map(|newline| next + newline)) {
            let blank = &self.raw[next..end];
            let is_blank = if trimmed {
                blank.trim().is_empty()
            } else {
                blank.trim_start_matches(' ').trim_end_matches('\r').is_empty()
            };
            if !is_blank || (!trimmed && blank.len() > self.indent + usize::from(blank.ends_with('\r'))) {
                break;
            }
            ends.push(end);
            next = end + 1;
        }
        let rest = &self.value[self.at..];
        let breaks = rest.len() - rest.trim_start_matches('\n').len();
        let next = next.min(self.raw.len());
        if breaks == 0 {
            // Folded into a blank, which stands for all that separates the lines; or, after `\`, into nothing.
            let until = next + if trimmed { self.raw[next..].len() - self.raw[next..].trim_start().len() } else { 0 };
            if !rest.starts_with(' ') {
                return None;
            }
            return self.escape(1, until - self.from);
        }
        // Of the breaks in the source, the first one may be lost.
        let kept = breaks.min(ends.len());
        for end in &ends[ends.len() - kept..] {
            self.from = *end;
            self.plain(1)?;
        }
        self.from = next;
        if trimmed {
            self.from += self.raw[next..].len() - self.raw[next..].trim_start_matches([' ', '\t']).len();
        }
        Some(())
    }

    /// An escape of a double-quoted scalar.
    fn backslash(&mut self) -> Option<()> {
        let rest = &self.raw[self.from..];
        let raw = match rest[1..].chars().next()? {
            'x' => 4,
            'u' => 6,
            'U' => 10,
            // The line break is escaped: it and the indent after it stand for nothing.
            '\r' | '\n' => {
                self.from += 1 + rest[1..].len() - rest[1..].trim_start_matches('\r').trim_start_matches('\n').len();
                let rest = &self.raw[self.from..];
                self.from += rest.len() - rest.trim_start_matches([' ', '\t']).len();
                return Some(());
            }
            escaped => 1 + escaped.len_utf8(),
        };
        let value = self.value[self.at..].chars().next()?.len_utf8();
        self.escape(value, raw)
    }
}

#[cfg(test)]
mod tests {
    use crate::source::FileId;
    use crate::syntax::yaml::parse;

    /// Checks that each character of the value of `k` comes from the same character of the file, except the blanks and
    /// escapes; and says what stands for those.
    fn mapped(text: &str) -> (String, Vec<&str>) {
        let (stream, errors) = parse(FileId(0), text);
        assert_eq!(errors, []);
        let root = stream.documents().next().unwrap();
        let scalar = root.get("k").unwrap().scalar().unwrap();
        let value = scalar.text.text();
        let mut others = Vec::new();
        let mut last = 0;
        for (at, character) in value.char_indices() {
            let span = scalar.text.span(at..at + character.len_utf8());
            let source = &text[span.range()];
            if source.chars().ne([character]) {
                others.push(source);
            }
            assert!(span.start >= last, "{value:?} at {at}");
            last = span.end;
        }
        (value.to_owned(), others)
    }

    #[test]
    fn each_character_of_a_literal_block_is_found() {
        for (text, value) in [
            ("k: |\n  line é 1\n\n    x\n  y\nz: 1\n", "line é 1\n\n  x\ny\n"),
            ("k: |-\n  az acr x \\\n    --m\n", "az acr x \\\n  --m"),
            ("j: 0\nk: |+\n\n\n  keep\n\n\nz: 1\n", "\n\nkeep\n\n\n"),
            ("k: |2\n    four\n  two\n", "  four\ntwo\n"),
            ("k: |\n  a\n      \n  z\n", "a\n    \nz\n"),
            ("k: |\n  no newline", "no newline"),
            ("a:\n  - k: |\n      x\nk: |\n    tab\there \n    y\n", "tab\there \ny\n"),
        ] {
            assert_eq!(mapped(text), (value.to_owned(), vec![]), "{text:?}");
        }
    }

    #[test]
    fn windows_line_ends_are_one_line_break() {
        assert_eq!(mapped("k: |\r\n  x\r\n\r\n  y\r\n"), ("x\n\ny\n".to_owned(), vec![]));
    }

    #[test]
    fn folded_lines_are_found() {
        let text = "k: >-\n\n  fold\n  ed\n\n  more\n    ind\n  z\n";
        assert_eq!(mapped(text), ("\nfold ed\nmore\n  ind\nz".to_owned(), vec!["\n"]));
        assert_eq!(mapped("k: >\n  a b\n  c\n  d\nz: 1\n"), ("a b c d\n".to_owned(), vec!["\n", "\n"]));
        assert_eq!(mapped("k: plain\n  multi\n\n  line # c\n"), ("plain multi\nline".to_owned(), vec!["\n  "]));
    }

    #[test]
    fn quoted_scalars_are_found_behind_escapes() {
        assert_eq!(mapped("k: 'it''s\n\n  w'\n"), ("it's\nw".to_owned(), vec!["''"]));
        let text = "k: \"q\\n \\\n   x\\u00e9\\\"é\n  y \\\\ z\"\n";
        assert_eq!(mapped(text), ("q\n xé\"é y \\ z".to_owned(), vec!["\\n", "\\u00e9", "\\\"", "\n  ", "\\\\"]));
        assert_eq!(mapped("k: ''\n"), (String::new(), vec![]));
        assert_eq!(mapped("k:\n"), (String::new(), vec![]));
    }
}
