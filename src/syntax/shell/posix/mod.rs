//! The shells of POSIX, with what bash adds.

mod command;
mod list;
mod word;

use super::cursor::Cursor;

/// Reads a whole script.
pub(super) fn script(cursor: &mut Cursor<'_>) {
    // A bracket that closes nothing ends nothing.
    while cursor.peek().is_some() {
        list::list(cursor, list::Until::End);
    }
}
