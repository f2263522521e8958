//! From byte offsets to lines and columns, and the three ways to count columns.

use std::sync::OnceLock;

/// Bytes between two marks.
const STEP: usize = 1024;

/// Start offsets of the lines of one text. A line ends after `\n`, or after a `\r` that no `\n` follows.
#[derive(Debug, Clone)]
pub struct LineIndex {
    starts: Vec<u32>,
    /// What stands before every [`STEP`]th byte, counted when a column of a long line is first asked for.
    marks: OnceLock<Vec<Count>>,
}

/// How many characters stand somewhere, and how many of them take two UTF-16 code units.
#[derive(Debug, Clone, Copy, Default)]
struct Count {
    characters: usize,
    wide: usize,
}

impl Count {
    fn of(bytes: &[u8]) -> Self {
        let count = |is_counted: fn(u8) -> bool| bytes.iter().filter(|byte| is_counted(**byte)).count();
        Self { characters: count(|byte| byte & 0xc0 != 0x80), wide: count(|byte| byte >= 0xf0) }
    }

    fn plus(self, other: Self) -> Self {
        Self { characters: self.characters + other.characters, wide: self.wide + other.wide }
    }
}

/// A position for people: both numbers start at 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// Line, from 1.
    pub line: usize,
    /// Column in Unicode scalar values, from 1; a tab is one column.
    pub column: usize,
}

impl LineIndex {
    /// Finds the lines of `text`.
    pub fn new(text: &str) -> Self {
        let bytes = text.as_bytes();
        let mut starts = vec![0];
        for at in memchr::memchr2_iter(b'\n', b'\r', bytes) {
            if bytes[at] == b'\r' && bytes.get(at + 1) == Some(&b'\n') {
                continue;
            }
            starts.push(at as u32 + 1);
        }
        Self { starts, marks: OnceLock::new() }
    }

    /// Number of lines; an empty text has one.
    pub fn count(&self) -> usize {
        self.starts.len()
    }

    /// The zero-based line that holds byte `offset`.
    pub fn line_at(&self, offset: u32) -> usize {
        self.starts.partition_point(|&start| start <= offset) - 1
    }

    /// Offset of the first byte of a zero-based line; past the last line, `None`.
    pub fn start_of(&self, line: usize) -> Option<u32> {
        self.starts.get(line).copied()
    }

    /// Line and column of byte `offset` of `text`, the text this index was made from.
    pub fn position(&self, text: &str, offset: u32) -> Position {
        Position { line: self.line_at(offset) + 1, column: self.in_line(text, offset).characters + 1 }
    }

    /// The zero-based column of byte `offset` in UTF-16 code units, as editors count.
    pub fn utf16_column(&self, text: &str, offset: u32) -> usize {
        let count = self.in_line(text, offset);
        count.characters + count.wide
    }

    /// What stands before byte `offset` in its line.
    fn in_line(&self, text: &str, offset: u32) -> Count {
        let (start, end) = (self.starts[self.line_at(offset)] as usize, offset as usize);
        if end - start < STEP {
            return Count::of(&text.as_bytes()[start..end]);
        }
        let (before, all) = (self.before(text, start), self.before(text, end));
        Count { characters: all.characters - before.characters, wide: all.wide - before.wide }
    }

    /// What stands before byte `offset` in the text.
    fn before(&self, text: &str, offset: usize) -> Count {
        let marks = self.marks.get_or_init(|| {
            let mut marks = vec![Count::default()];
            for part in text.as_bytes().chunks(STEP) {
                marks.push(marks[marks.len() - 1].plus(Count::of(part)));
            }
            marks
        });
        let mark = offset / STEP;
        marks[mark].plus(Count::of(&text.as_bytes()[mark * STEP..offset]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn position(text: &str, offset: u32) -> (usize, usize) {
        let position = LineIndex::new(text).position(text, offset);
        (position.line, position.column)
    }

    #[test]
    fn every_line_ending_starts_one_line() {
        let text = "a\nb\r\nc\rd";
        assert_eq!(LineIndex::new(text).count(), 4);
        assert_eq!(position(text, 2), (2, 1));
        assert_eq!(position(text, 5), (3, 1));
        assert_eq!(position(text, 7), (4, 1));
    }

    #[test]
    fn columns_count_characters_or_utf16_units() {
        let text = "\t\u{1F600}x";
        assert_eq!(position(text, 5), (1, 3));
        assert_eq!(LineIndex::new(text).utf16_column(text, 5), 3);
    }

    #[test]
    fn columns_of_a_long_line_count_alike() {
        let text = format!("é\n{}x", "é\u{1F600}".repeat(1000));
        let lines = LineIndex::new(&text);
        let end = text.len() as u32;
        assert_eq!(position(&text, end), (2, 2002));
        assert_eq!(lines.utf16_column(&text, end), 3001);
        assert_eq!(position(&text, 3 + 6 * 512), (2, 1025));
    }

    #[test]
    fn the_end_of_the_text_is_a_position() {
        assert_eq!(position("a\n", 2), (2, 1));
    }
}
