//! The words that arrays, hash tables and texts become when a command uses them as arguments.

use super::value::{MAX_CHAIN, Place};
use super::{Dialect, Script};
use crate::source::limits::MAX_EXPANDED_WORDS;
use crate::source::{MappedText, Span};
use crate::syntax::shell::{Assigned, BlockKind, Piece, PieceKind, Quoting, Word};

/// What a variable has been given piece by piece.
struct Gathered<'s> {
    /// In the order in which it was given.
    parts: Vec<(&'s Assigned, Place)>,
    /// Whether there may be more.
    is_open: bool,
}

impl Script {
    /// The words of command `command` with the elements of known arrays among them; `None` when it uses no array.
    pub(super) fn expanded_words(&self, command: usize) -> Option<Vec<Word>> {
        let words = &self.program.commands.get(command)?.words;
        let is_native = words.first().is_some_and(|word| word.literal().is_some_and(|name| !name.contains('-')));
        if !words.iter().any(|word| self.may_be_several(word, is_native)) {
            return None;
        }
        let mut expanded = Vec::with_capacity(words.len());
        self.add_words(words, self.place(command), is_native, MAX_CHAIN, &mut expanded);
        Some(expanded)
    }

    /// The entries of the hash table `name` at command `command`, when all are known.
    pub fn entries(&self, name: &str, command: usize) -> Option<Vec<(Word, Word)>> {
        let Gathered { parts, is_open } = self.gathered(name, self.place(command))?;
        let mut entries: Vec<(Word, Word)> = Vec::new();
        for (part, _) in parts {
            let Assigned::Table(more) = part else { return None };
            add_entries(&mut entries, more);
        }
        (!is_open).then_some(entries)
    }

    /// Whether `word` may be more than one argument.
    fn may_be_several(&self, word: &Word, is_native: bool) -> bool {
        match &*word.pieces {
            [Piece { kind: PieceKind::Elements(_), .. }] => true,
            // Programs that are no cmdlets get the elements of an array as arguments.
            [Piece { kind: PieceKind::Variable(_), quoting, .. }] => match self.dialect {
                Dialect::Posix => *quoting == Quoting::Bare,
                Dialect::PowerShell => is_native,
                Dialect::Batch => false,
            },
            _ => false,
        }
    }

    fn add_words(&self, words: &[Word], place: Place, is_native: bool, chain: usize, out: &mut Vec<Word>) {
        for word in words {
            let is_one = chain == 0 || out.len() > MAX_EXPANDED_WORDS || !self.may_be_several(word, is_native);
            match &*word.pieces {
                [Piece { kind: PieceKind::Elements(name) | PieceKind::Variable(name), .. }] if !is_one => {
                    self.add_elements(word, name, place, chain, out);
                }
                _ => out.push(word.clone()),
            }
        }
    }

    /// Adds what `word`, which is the variable `name` and nothing else, stands for.
    fn add_elements(&self, word: &Word, name: &str, place: Place, chain: usize, out: &mut Vec<Word>) {
        let is_array = matches!(&*word.pieces, [Piece { kind: PieceKind::Elements(_), .. }]);
        if !is_array && self.dialect == Dialect::Posix {
            let mut pieces = Vec::new();
            self.expand_into(&word.pieces, place, chain, &mut pieces);
            match split(&pieces) {
                Some(words) => out.extend(words),
                None => out.push(word.clone()),
            }
            return;
        }
        let Some(Gathered { parts, is_open }) = self.gathered(name, place) else { return out.push(word.clone()) };
        let is_list = |part: &(&Assigned, Place)| matches!(part.0, Assigned::Array(_));
        let is_table = |part: &(&Assigned, Place)| matches!(part.0, Assigned::Table(_));
        // What is added to an array of PowerShell may be one element.
        let is_element = |part: &(&Assigned, Place)| {
            self.dialect == Dialect::PowerShell
                && matches!(part.0, Assigned::Word(_))
                && parts.first().is_some_and(is_list)
        };
        if is_array && !parts.is_empty() && parts.iter().all(is_table) {
            let mut entries = Vec::new();
            for (part, _) in &parts {
                if let Assigned::Table(more) = part {
                    add_entries(&mut entries, more);
                }
            }
            for (key, value) in entries {
                out.extend([parameter(&key), value]);
            }
        } else if parts.iter().all(|part| is_list(part) || is_element(part)) && (is_array || !parts.is_empty()) {
            for (part, place) in &parts {
                match part {
                    Assigned::Array(words) => self.add_words(words, *place, true, chain - 1, out),
                    Assigned::Word(word) => out.push(word.clone()),
                    _ => {}
                }
            }
        } else {
            return out.push(word.clone());
        }
        if is_open {
            let pieces =
                vec![Piece { span: word.span, kind: PieceKind::Elements(name.to_owned()), quoting: Quoting::Bare }];
            out.push(Word { span: word.span, pieces: pieces.into() });
        }
    }

    /// What `name` has been given at `place`; `None` when nothing is known of it.
    fn gathered(&self, name: &str, place: Place) -> Option<Gathered<'_>> {
        let program = &self.program;
        let mut gathered = Gathered { parts: Vec::new(), is_open: false };
        let mut base = None;
        let mut others = Vec::new();
        for (index, assignment) in self.assignments_of(name, place).into_iter().rev() {
            if !place.follows(index, assignment) || base.is_some() {
                others.push((index, assignment));
                continue;
            }
            let is_certain = program.is_within(place.block, assignment.block);
            let at = Place { block: assignment.block, position: assignment.position, assignments: index };
            match &assignment.value {
                Assigned::Added(more) if is_certain => gathered.parts.push((&**more, at)),
                Assigned::Added(_) => gathered.is_open = true,
                given if is_certain => {
                    gathered.parts.push((given, at));
                    base = Some(assignment.block);
                }
                _ => return None,
            }
        }
        gathered.parts.reverse();
        let function = self.enclosing(place.block, BlockKind::Function);
        if base.is_none() && function.is_some() {
            // A function that uses what is set before it is called.
            let (index, assignment) = self.last_assignment(name, place).ok()??;
            let at = Place { block: assignment.block, position: assignment.position, assignments: index };
            return Some(Gathered { parts: vec![(&assignment.value, at)], is_open: false });
        }
        // Within a loop or function, what follows may have run before.
        for kind in [BlockKind::Loop, BlockKind::Function] {
            let Some(around) = self.enclosing(place.block, kind) else { continue };
            if base.is_some_and(|base| program.is_within(base, around)) {
                continue;
            }
            for (index, other) in &others {
                let may_have_run = kind == BlockKind::Function || program.is_within(other.block, around);
                if may_have_run && !place.follows(*index, other) {
                    match other.value {
                        Assigned::Added(_) => gathered.is_open = true,
                        _ => return None,
                    }
                }
            }
        }
        (!gathered.parts.is_empty() || gathered.is_open).then_some(gathered)
    }
}

/// Adds entries to a hash table, in which each name stands once.
fn add_entries(entries: &mut Vec<(Word, Word)>, more: &[(Word, Word)]) {
    for (key, value) in more {
        let name = key.literal().map(|name| name.to_ascii_lowercase());
        let is_same = |(known, _): &(Word, Word)| {
            name.is_some() && known.literal().map(|known| known.to_ascii_lowercase()) == name
        };
        entries.retain(|entry| !is_same(entry));
        entries.push((key.clone(), value.clone()));
    }
}

/// The words that a POSIX shell splits a value without quotes into; `None` when it is one word, or holds what the shell
/// makes something else of.
fn split(pieces: &[Piece]) -> Option<Vec<Word>> {
    let literals = || pieces.iter().filter_map(Piece::literal).map(MappedText::text);
    let is_several = literals().any(|text| text.trim().contains([' ', '\t', '\n'])) || pieces.len() > 1;
    let has_blank = literals().any(|text| text.contains([' ', '\t', '\n']));
    if !is_several || !has_blank || literals().any(|text| text.contains(['*', '?', '[', '"', '\'', '\\'])) {
        return None;
    }
    let (mut words, mut word) = (Vec::new(), Vec::new());
    for piece in pieces {
        let Some(text) = piece.literal() else {
            word.push(piece.clone());
            continue;
        };
        let mut at = 0;
        for part in text.text().split_inclusive([' ', '\t', '\n']) {
            let length = part.trim_end_matches([' ', '\t', '\n']).len();
            if length > 0 {
                let text = text.part(at..at + length);
                word.push(Piece { span: text.whole(), kind: PieceKind::Literal(text), quoting: Quoting::Bare });
            }
            if length < part.len() && !word.is_empty() {
                words.push(std::mem::take(&mut word));
            }
            at += part.len();
        }
    }
    words.push(word);
    let words = words.into_iter().filter(|pieces| !pieces.is_empty());
    let whole = |pieces: Vec<Piece>| {
        // Parts that stand in several places have no place in common.
        let join = |span: Span, piece: &Piece| {
            let follows = piece.span.file == span.file && piece.span.start == span.end;
            if follows { span.cover(piece.span) } else { span }
        };
        let span = pieces.iter().map(|piece| piece.span).next()?;
        let span = pieces.iter().skip(1).fold(span, join);
        Some(Word { span, pieces: pieces.into() })
    };
    words.map(whole).collect()
}

/// The parameter that a hash table's key stands for.
fn parameter(key: &Word) -> Word {
    let mut text = MappedText::empty(key.span.file, key.span.start as usize);
    let start = key.span.start as usize;
    text.push_escape("-", start..start);
    for piece in &*key.pieces {
        if let Some(literal) = piece.literal() {
            text.push_part(literal, 0..literal.text().len());
        }
    }
    Word {
        span: key.span,
        pieces: [Piece { span: key.span, kind: PieceKind::Literal(text), quoting: Quoting::Bare }].into(),
    }
}
