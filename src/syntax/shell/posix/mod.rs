//! The shells of POSIX, with what bash adds.

mod command;
mod list;
mod word;

use super::cursor::Cursor;
use super::tree::Word;

pub(super) use word::document;

/// Reads a whole script.
pub(super) fn script(cursor: &mut Cursor<'_>) {
    // A bracket that closes nothing ends nothing.
    while cursor.peek().is_some() {
        list::list(cursor, list::Until::End);
    }
}

/// Reads words and nothing else.
pub(super) fn arguments(cursor: &mut Cursor<'_>) -> Vec<Word> {
    let mut words = Vec::new();
    loop {
        word::skip_blanks(cursor);
        match (word::word(cursor), cursor.peek()) {
            (Some(word), _) => words.push(word),
            (None, Some(_)) => cursor.skip_char(),
            (None, None) => return words,
        }
    }
}
