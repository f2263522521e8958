//! From byte offsets to lines and columns, and the three ways to count columns.

/// Start offsets of the lines of one text. A line ends after `\n`, or after a `\r` that no `\n` follows.
#[derive(Debug, Clone)]
pub struct LineIndex {
    starts: Vec<u32>,
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
        Self { starts }
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
        let line = self.line_at(offset);
        let start = self.starts[line] as usize;
        let column = text[start..offset as usize].chars().count() + 1;
        Position { line: line + 1, column }
    }

    /// The zero-based column of byte `offset` in UTF-16 code units, as editors count.
    pub fn utf16_column(&self, text: &str, offset: u32) -> usize {
        let start = self.starts[self.line_at(offset)] as usize;
        text[start..offset as usize].chars().map(char::len_utf16).sum()
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
    fn the_end_of_the_text_is_a_position() {
        assert_eq!(position("a\n", 2), (2, 1));
    }
}
