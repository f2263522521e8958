//! What scripts write in names of storage places, and what of it is known.

use crate::script::Script;
use crate::syntax::shell::{Piece, PieceKind, Word};

pub(super) use crate::engine::place::{MARK, Place, same};

/// The text of a word with what is not known between [`MARK`]s.
pub(super) fn text_of(script: &Script, word: &Word, command: usize) -> String {
    script.expand(word, command).iter().map(text_of_piece).collect()
}

/// The text of a piece; what is not known between [`MARK`]s.
pub(super) fn text_of_piece(piece: &Piece) -> String {
    let name = match &piece.kind {
        PieceKind::Literal(text) => return text.text().to_owned(),
        PieceKind::Variable(name) | PieceKind::Elements(name) => name.clone(),
        PieceKind::Substitution(_) => piece.span.start.to_string(),
        PieceKind::Opaque(_, text) => text.clone(),
    };
    let name: String = name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    format!("{MARK}{name}{MARK}")
}
