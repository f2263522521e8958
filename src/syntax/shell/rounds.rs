//! Loops over values that are written out: their bodies are read once for each value, as they run.

use std::collections::VecDeque;

use super::cursor::Cursor;
use super::tree::{Assigned, Assignment, BlockKind, Opaque, Piece, PieceKind, Program, Quoting, Word};
use crate::source::limits::{MAX_REPEATED_BYTES, MAX_REPEATS, MAX_ROUNDS};
use crate::source::{MappedText, Span};

/// A loop whose body is being read.
pub(super) struct Rounds {
    /// What the variable is called, by which of its names, and where.
    names: Vec<(String, Span)>,
    /// The values that are still to come; `None` for some that are not known.
    values: VecDeque<Option<Word>>,
    /// Where the body starts.
    start: usize,
    is_first: bool,
}

impl Rounds {
    /// A loop whose body starts here, with a variable of these names that takes these values.
    pub(super) fn new(cursor: &mut Cursor<'_>, names: Vec<(String, Span)>, values: Vec<Option<Word>>) -> Self {
        let mut values: VecDeque<Option<Word>> = values.into();
        if values.len() > MAX_ROUNDS {
            cursor.program.passed_over += values.len() - MAX_ROUNDS;
            values.truncate(MAX_ROUNDS);
        }
        if values.is_empty() {
            values.push_back(None);
        }
        Self { names, values, start: cursor.at, is_first: true }
    }

    /// Goes to the start of the body with the next value; whether there is one.
    pub(super) fn next(&mut self, cursor: &mut Cursor<'_>) -> bool {
        if !self.is_first && !self.goes_on(cursor) {
            return false;
        }
        let Some(value) = self.values.pop_front() else { return false };
        if !std::mem::take(&mut self.is_first) {
            cursor.repeats += 1;
            cursor.reread += cursor.at - self.start;
            cursor.at = self.start;
            cursor.program.is_unrolled = true;
        }
        let block = cursor.open_block(BlockKind::Loop, cursor.block);
        let position = cursor.program.commands.len();
        for (name, span) in &self.names {
            let value = value.clone().map_or(Assigned::Unknown, Assigned::Word);
            let (name, span) = (name.clone(), *span);
            cursor.program.assignments.push(Assignment { name, span, value, block, position });
        }
        true
    }

    /// Whether another round may say something new, and there is room for it.
    fn goes_on(&mut self, cursor: &mut Cursor<'_>) -> bool {
        if self.values.is_empty() {
            return false;
        }
        let body = &cursor.text[self.start..cursor.at];
        // Shells of Windows don't tell letters apart by their case.
        let uses = |name: &str| body.contains(name) || body.to_ascii_lowercase().contains(name);
        if !self.names.iter().any(|(name, _)| uses(name)) {
            return false;
        }
        let has_room = cursor.repeats < MAX_REPEATS && cursor.reread + body.len() <= MAX_REPEATED_BYTES;
        if !has_room {
            cursor.program.passed_over += self.values.len();
        }
        has_room
    }
}

/// The values that `word` stands for in the list of a loop of a POSIX shell.
pub(super) fn values(cursor: &Cursor<'_>, word: Word) -> Vec<Option<Word>> {
    let many = match &*word.pieces {
        [Piece { kind: PieceKind::Elements(name), .. }] => array(&cursor.program, name, cursor.block),
        [Piece { kind: PieceKind::Variable(name), quoting: Quoting::Bare, .. }] => {
            let text = settled(&cursor.program, name, cursor.block).and_then(|all| match all.as_slice() {
                [Assigned::Word(word)] => Some(word),
                _ => None,
            });
            text.and_then(split)
        }
        pieces => {
            let value = pieces.iter().all(stands_for_itself).then_some(word);
            return vec![value];
        }
    };
    many.map_or(vec![None], |words| words.into_iter().map(known).collect())
}

/// The values that are the elements of `words`, where a word that is a variable may be an array.
pub(super) fn elements(cursor: &Cursor<'_>, words: Vec<Word>) -> Vec<Option<Word>> {
    let of = |word: Word| match &*word.pieces {
        [Piece { kind: PieceKind::Variable(name), .. }] => match array(&cursor.program, name, cursor.block) {
            Some(words) => words.into_iter().map(known).collect(),
            None => vec![known(word)],
        },
        _ => vec![known(word)],
    };
    words.into_iter().flat_map(of).collect()
}

/// A word of which something may be known.
fn known(word: Word) -> Option<Word> {
    let is_computed = |piece: &Piece| match &piece.kind {
        PieceKind::Substitution(_) | PieceKind::Elements(_) => true,
        // `1..3`
        PieceKind::Literal(text) => piece.quoting == Quoting::Bare && text.text().contains(".."),
        PieceKind::Variable(_) | PieceKind::Opaque(..) => false,
    };
    (!word.pieces.iter().any(is_computed)).then_some(word)
}

/// Whether a part of a word is what it looks like: no list of files, of alternatives, or of what a command prints.
fn stands_for_itself(piece: &Piece) -> bool {
    match &piece.kind {
        PieceKind::Literal(text) => piece.quoting != Quoting::Bare || !text.text().contains(['*', '?', '[', '{']),
        PieceKind::Variable(_) | PieceKind::Opaque(Opaque::Template | Opaque::Macro | Opaque::Placeholder, _) => true,
        PieceKind::Elements(_) | PieceKind::Substitution(_) | PieceKind::Opaque(Opaque::Computed, _) => false,
    }
}

/// The elements of the array `name` where a command in `block` comes next.
fn array(program: &Program, name: &str, block: usize) -> Option<Vec<Word>> {
    let mut words = Vec::new();
    for (at, assigned) in settled(program, name, block)?.into_iter().enumerate() {
        match assigned {
            Assigned::Array(more) if at == 0 => words.extend(more.iter().cloned()),
            Assigned::Added(more) if at > 0 => match &**more {
                Assigned::Array(more) => words.extend(more.iter().cloned()),
                _ => return None,
            },
            _ => return None,
        }
    }
    Some(words)
}

/// What `name` has been assigned, if all of that has certainly happened; nothing when something is not certain.
fn settled<'p>(program: &'p Program, name: &str, block: usize) -> Option<Vec<&'p Assigned>> {
    let all = program.assignments.iter().filter(|assignment| assignment.name == name);
    let all: Vec<&Assignment> = all.collect();
    let are_certain = all.iter().all(|assignment| program.is_within(block, assignment.block));
    (are_certain && !all.is_empty()).then(|| all.into_iter().map(|assignment| &assignment.value).collect())
}

/// The words that the shell splits a text into.
pub(super) fn split(word: &Word) -> Option<Vec<Word>> {
    let [Piece { kind: PieceKind::Literal(text), .. }] = &*word.pieces else { return None };
    if text.text().contains(['*', '?', '[']) {
        return None;
    }
    let whole = text.text();
    let part = |part: &str| {
        let start = part.as_ptr() as usize - whole.as_ptr() as usize;
        bare(text.part(start..start + part.len()))
    };
    Some(whole.split_ascii_whitespace().map(part).collect())
}

/// A text as a word without quotes.
fn bare(text: MappedText<'static>) -> Word {
    let span = text.whole();
    Word { span, pieces: [Piece { span, kind: PieceKind::Literal(text), quoting: Quoting::Bare }].into() }
}
