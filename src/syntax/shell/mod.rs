//! Shell scripts as commands and words with spans. What decides which commands run (conditions, loops, functions) is
//! looked through: their commands are found, each with the block that it stands in.

mod batch;
mod cursor;
mod placeholder;
mod posix;
mod powershell;
mod rounds;
mod tree;

pub use tree::{Assigned, Assignment, Block, BlockKind, Command, Opaque, Piece, PieceKind, Program, Quoting, Word};

use crate::source::MappedText;
use cursor::Cursor;

/// A shell language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// `sh`, `bash`, `zsh`.
    Posix,
    /// Windows PowerShell and `pwsh`.
    PowerShell,
    /// `cmd`.
    Batch,
}

/// What the surroundings of a script put in place of some of its text before a shell reads it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Surroundings {
    /// `$(name)` is a variable of Azure Pipelines.
    pub macros: bool,
    /// `<name>`, `{name}`, `[name]` and `YOUR_NAME` are for the reader to fill in.
    pub placeholders: bool,
}

/// Parses a script. There is no script that can't be parsed.
pub fn parse(text: &MappedText<'_>, dialect: Dialect, surroundings: Surroundings) -> Program {
    let mut cursor = Cursor::new(text, surroundings);
    match dialect {
        Dialect::Posix => posix::script(&mut cursor),
        Dialect::PowerShell => powershell::script(&mut cursor),
        Dialect::Batch => batch::script(&mut cursor),
    }
    cursor.into_program()
}

/// A text in which no shell looks for anything, as a word: only what its surroundings put something in place of is told
/// apart.
pub fn raw(text: &MappedText<'_>, surroundings: Surroundings) -> Word {
    let mut cursor = Cursor::new(text, surroundings);
    let end = cursor.end;
    posix::document(&mut cursor, end, true)
}

/// The words of a text that is nothing but arguments, as POSIX shells split them.
pub fn arguments(text: &MappedText<'_>, surroundings: Surroundings) -> Vec<Word> {
    posix::arguments(&mut Cursor::new(text, surroundings))
}
