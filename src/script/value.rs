//! What the variables in a word stand for, as far as the script says.
//!
//! An assignment counts where it has certainly run last. One in a branch, a loop or a function that the use does not
//! stand in makes the value unknown, and one in a process of its own has no effect.

use super::choices::name_of;
use super::{Dialect, Origin, Script, Variable};
use crate::source::MappedText;
use crate::syntax::shell::{Assigned, Assignment, BlockKind, Opaque, Piece, PieceKind, Word};

/// Longest chain of variables that are followed.
pub(super) const MAX_CHAIN: usize = 16;

/// Most pieces that a word becomes.
const MAX_PIECES: usize = 1000;

/// A place from which variables are looked up.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub(super) block: usize,
    /// How many commands have run.
    pub(super) position: usize,
    /// How many assignments have been made, when that is known better than from the commands.
    pub(super) assignments: usize,
}

impl Place {
    /// Whether the assignment with this index has been made here.
    pub(super) fn follows(self, index: usize, assignment: &Assignment) -> bool {
        if self.assignments == usize::MAX { assignment.position <= self.position } else { index < self.assignments }
    }
}

/// Where a variable has its value from.
enum Known<'s> {
    Assignment(usize, &'s Assignment),
    Environment(&'s Variable),
}

impl Script {
    /// The pieces of `word`, an argument of command `command`, with the values of variables in place of them. The
    /// pieces of a value are where that value is written. Variables without a known value stay.
    pub fn expand(&self, word: &Word, command: usize) -> Vec<Piece> {
        let mut pieces = Vec::new();
        self.expand_into(&word.pieces, self.place(command), MAX_CHAIN, &mut pieces);
        pieces
    }

    /// The text of `word`, an argument of command `command`, when all of it is known.
    pub fn text(&self, word: &Word, command: usize) -> Option<String> {
        self.expand(word, command).iter().map(|piece| piece.literal().map(MappedText::text)).collect()
    }

    /// [`Self::expand`] of the value that an assignment of the script, the one with this index, gives to a variable.
    pub fn expand_assigned(&self, index: usize) -> Vec<Piece> {
        let mut pieces = Vec::new();
        if let Some(assignment) = self.program.assignments.get(index) {
            let place = Place { block: assignment.block, position: assignment.position, assignments: index };
            if let Assigned::Word(word) = &assignment.value {
                self.expand_into(&word.pieces, place, MAX_CHAIN, &mut pieces);
            }
        }
        pieces
    }

    /// The assignment that gives variable `name` its value at command `command`.
    pub fn assignment(&self, name: &str, command: usize) -> Option<&Assignment> {
        match self.known(name, self.place(command)) {
            Some(Known::Assignment(_, assignment)) => Some(assignment),
            _ => None,
        }
    }

    pub(super) fn place(&self, command: usize) -> Place {
        let block = self.program.commands.get(command).map_or(0, |command| command.block);
        Place { block, position: command, assignments: usize::MAX }
    }

    pub(super) fn expand_into(&self, pieces: &[Piece], place: Place, chain: usize, out: &mut Vec<Piece>) {
        for piece in pieces {
            let known = if chain == 0 || out.len() > MAX_PIECES { None } else { self.variable(piece, place) };
            match known {
                Some(Known::Assignment(index, assignment)) => {
                    let place = Place { block: assignment.block, position: assignment.position, assignments: index };
                    let before = std::slice::from_ref(piece);
                    match &assignment.value {
                        Assigned::Word(value) => self.expand_into(&value.pieces, place, chain - 1, out),
                        Assigned::Added(more) => match &**more {
                            Assigned::Word(value) => {
                                self.expand_into(before, place, chain - 1, out);
                                self.expand_into(&value.pieces, place, chain - 1, out);
                            }
                            // An object stays what it is when one of its members is set.
                            Assigned::Table(_) => self.expand_into(before, place, chain - 1, out),
                            _ => out.push(piece.clone()),
                        },
                        _ => out.push(piece.clone()),
                    }
                }
                Some(Known::Environment(variable)) => {
                    let place = Place { block: 0, position: 0, assignments: 0 };
                    self.expand_into(&variable.value.pieces, place, chain - 1, out);
                }
                None => out.push(piece.clone()),
            }
        }
    }

    /// Where the variable that `piece` is has its value from.
    fn variable(&self, piece: &Piece, place: Place) -> Option<Known<'_>> {
        match &piece.kind {
            PieceKind::Variable(name) => self.known(name, place),
            PieceKind::Opaque(Opaque::Macro, name) => self.environment(|variable| variable.eq_ignore_ascii_case(name)),
            PieceKind::Opaque(Opaque::Template, expression) => {
                let plain = expression.strip_prefix("env.").or_else(|| expression.strip_prefix("variables."));
                let name = plain.map_or_else(|| name_of(expression), str::to_owned);
                self.environment(|variable| variable.eq_ignore_ascii_case(&name))
            }
            _ => None,
        }
    }

    fn environment(&self, is_named: impl Fn(&str) -> bool) -> Option<Known<'_>> {
        self.environment.iter().rev().find(|variable| is_named(&variable.name)).map(Known::Environment)
    }

    fn known(&self, name: &str, place: Place) -> Option<Known<'_>> {
        match self.last_assignment(name, place) {
            Ok(Some((index, assignment))) => Some(Known::Assignment(index, assignment)),
            Ok(None) => {
                let name = match self.dialect {
                    Dialect::PowerShell => name.strip_prefix("env:")?,
                    _ => name,
                };
                self.environment(|variable| match (self.origin, self.dialect) {
                    // Pipelines make `storage.name` the variable `STORAGE_NAME` of the environment.
                    (Origin::Pipeline, _) => variable.replace('.', "_").eq_ignore_ascii_case(name),
                    (_, Dialect::PowerShell | Dialect::Batch) => variable.eq_ignore_ascii_case(name),
                    _ => variable == name,
                })
            }
            Err(Unknown) => None,
        }
    }

    /// The assignments of `name`, those aside that are made in a process that `place` has no part in.
    pub(super) fn assignments_of(&self, name: &str, place: Place) -> Vec<(usize, &Assignment)> {
        let is_named = |assignment: &Assignment| match self.dialect {
            Dialect::Batch => assignment.name.eq_ignore_ascii_case(name),
            _ => assignment.name == name,
        };
        let named = self.assigned.get(&name.to_ascii_lowercase()).into_iter().flatten();
        let all = named.filter_map(|at| Some((*at, self.program.assignments.get(*at)?)));
        all.filter(|(_, assignment)| is_named(assignment) && !self.is_apart(assignment, place)).collect()
    }

    /// The assignment that counts at `place`; nothing when there is none, so that the environment counts.
    pub(super) fn last_assignment(&self, name: &str, place: Place) -> Result<Option<(usize, &Assignment)>, Unknown> {
        let program = &self.program;
        let all = self.assignments_of(name, place);
        let is_before = |(index, assignment): &&(usize, &Assignment)| place.follows(*index, assignment);
        let function = self.enclosing(place.block, BlockKind::Function);
        let found = all.iter().rev().find(is_before);
        let Some(found) = found else {
            // A function that uses what is set before it is called.
            return match (function, all.as_slice()) {
                (_, []) => Ok(None),
                (Some(function), [only]) if only.1.block == 0 && function != 0 => Ok(Some(*only)),
                (None, _) if self.enclosing(place.block, BlockKind::Loop).is_none() => Ok(None),
                _ => Err(Unknown),
            };
        };
        if !program.is_within(place.block, found.1.block) {
            return Err(Unknown);
        }
        // Within a loop or function, what follows may have run before.
        for kind in [BlockKind::Loop, BlockKind::Function] {
            let Some(around) = self.enclosing(place.block, kind) else { continue };
            if program.is_within(found.1.block, around) {
                continue;
            }
            let others = all.iter().filter(|other| other.0 != found.0);
            let is_within =
                |other: &(usize, &Assignment)| kind == BlockKind::Function || program.is_within(other.1.block, around);
            if others.into_iter().any(is_within) {
                return Err(Unknown);
            }
        }
        Ok(Some(*found))
    }

    /// Whether an assignment is made in a process that `place` has no part in.
    fn is_apart(&self, assignment: &Assignment, place: Place) -> bool {
        let mut block = assignment.block;
        while block != 0 && !self.program.is_within(place.block, block) {
            let Some(found) = self.program.blocks.get(block) else { return false };
            if found.kind == BlockKind::Subshell && self.dialect != Dialect::PowerShell {
                return true;
            }
            block = found.parent;
        }
        false
    }

    /// The innermost block of this kind around `block`.
    pub(super) fn enclosing(&self, block: usize, kind: BlockKind) -> Option<usize> {
        let mut block = block;
        while block != 0 {
            let found = self.program.blocks.get(block)?;
            if found.kind == kind {
                return Some(block);
            }
            block = found.parent;
        }
        None
    }
}

/// The value depends on what ran.
pub(super) struct Unknown;
