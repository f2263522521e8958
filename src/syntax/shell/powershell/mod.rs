//! PowerShell: statements that are commands, and expressions that may hold commands.

mod expression;
mod statement;
mod word;

use super::cursor::Cursor;

/// Reads a whole script.
pub(super) fn script(cursor: &mut Cursor<'_>) {
    // A bracket that closes nothing ends nothing.
    while cursor.peek().is_some() {
        statement::statements(cursor, None);
    }
}
