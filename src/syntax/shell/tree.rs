//! What a script is made of. Commands stand in one row, those in a substitution before the command that uses them.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

use crate::source::{MappedText, Span};

/// A parsed script.
#[derive(Debug, Default)]
pub struct Program {
    /// All commands, in the order in which they would run if every branch ran once.
    pub commands: Vec<Command>,
    /// All assignments of variables, in the same order.
    pub assignments: Vec<Assignment>,
    /// The blocks; the first is the script itself.
    pub blocks: Vec<Block>,
    /// Of PowerShell: the end of a word and the start of the next one where a comma makes them one argument.
    pub commas: BTreeSet<(u32, u32)>,
    /// Whether the body of some loop stands here once for each value that its variable takes.
    pub is_unrolled: bool,
    /// The values of loops for which the body does not stand here, since there are too many.
    pub passed_over: usize,
}

/// A part of a script whose commands run, or run with consequences, only under some condition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Block {
    /// What it is.
    pub kind: BlockKind,
    /// Index of the block around it; the script itself is its own.
    pub parent: usize,
}

/// Why a block is one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BlockKind {
    /// The script.
    Script,
    /// Runs or not: a branch, or what follows `||`.
    Branch,
    /// Runs any number of times.
    Loop,
    /// Runs when it is called.
    Function,
    /// Runs in a process of its own, which keeps its assignments to itself.
    Subshell,
}

/// A command with its arguments.
#[derive(Debug)]
pub struct Command {
    /// From its first word to its last one.
    pub span: Span,
    /// The words, the first of which is the program. Redirections are none of them.
    pub words: Vec<Word>,
    /// Variables set for this command alone: `X=1 az …`.
    pub environment: Vec<Assignment>,
    /// What it reads from the script: here-documents and here-strings.
    pub input: Vec<Word>,
    /// Index of its block.
    pub block: usize,
    /// The same for all commands that are joined by `|`.
    pub pipeline: usize,
}

/// A variable that is given a value.
#[derive(Debug)]
pub struct Assignment {
    /// The variable; in PowerShell in lower case, with `env:` where it is one of the environment.
    pub name: String,
    /// Where the variable's name stands.
    pub span: Span,
    /// The value.
    pub value: Assigned,
    /// Index of its block.
    pub block: usize,
    /// How many of the script's commands stand before it.
    pub position: usize,
}

/// A variable's value.
#[derive(Debug)]
pub enum Assigned {
    /// One word.
    Word(Word),
    /// The elements of an array.
    Array(Vec<Word>),
    /// The entries of a hash table: names without quotes, and values.
    Table(Vec<(Word, Word)>),
    /// What is added to the value that the variable has had: text to a text, elements to an array, entries to a table.
    Added(Box<Assigned>),
    /// Something else: read from a file, counted up, one element after another.
    Unknown,
}

/// A word: what a shell passes as one argument, as far as it does not split what it puts in place of variables.
#[derive(Debug, Clone)]
pub struct Word {
    /// With its quotes.
    pub span: Span,
    /// What stands beside each other in it; none for `''`.
    pub pieces: Arc<[Piece]>,
}

/// A part of a word.
#[derive(Debug, Clone)]
pub struct Piece {
    /// Without quotes.
    pub span: Span,
    /// What it is.
    pub kind: PieceKind,
    /// What surrounds it.
    pub quoting: Quoting,
}

/// Which quotes surround a part of a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quoting {
    /// None: the shell may split the part and look for files of that name.
    Bare,
    /// `'…'` or what works like it.
    Single,
    /// `"…"` or what works like it.
    Double,
}

/// What a part of a word is.
#[derive(Debug, Clone)]
pub enum PieceKind {
    /// Text, without escapes.
    Literal(MappedText<'static>),
    /// The value of a variable, by its name; PowerShell's in lower case, as in [`Assignment::name`].
    Variable(String),
    /// The elements of an array: `"${x[@]}"`, `@x`.
    Elements(String),
    /// The output of commands: indexes of [`Program::commands`], with those in substitutions of their own.
    Substitution(Range<usize>),
    /// Something whose value is not known from here.
    Opaque(Opaque, String),
}

/// A part of a word that is not followed further. The text beside it is what stands between its brackets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opaque {
    /// `${{ … }}` of a workflow or pipeline.
    Template,
    /// `$(name)` of Azure Pipelines.
    Macro,
    /// `<name>` and the like, for the reader to fill in; `{{name}}` of a template; `{}` of `xargs`.
    Placeholder,
    /// Anything that the shell computes: `${x:-y}`, `$((1 + 2))`, a script block.
    Computed,
}

impl Program {
    /// Whether block `inner` is `outer` or stands in it.
    pub fn is_within(&self, inner: usize, outer: usize) -> bool {
        let mut block = inner;
        // Blocks follow their parents, so that this ends.
        while block > outer {
            block = self.blocks.get(block).map_or(0, |block| block.parent);
        }
        block == outer
    }
}

impl Word {
    /// The text of a word that is nothing but text.
    pub fn literal(&self) -> Option<String> {
        match &*self.pieces {
            [] => Some(String::new()),
            [Piece { kind: PieceKind::Literal(text), .. }] => Some(text.text().to_owned()),
            pieces => pieces.iter().map(|piece| piece.literal().map(MappedText::text)).collect(),
        }
    }

    /// Whether the word is this text.
    pub fn is(&self, text: &str) -> bool {
        let mut rest = text;
        for piece in &*self.pieces {
            let Some(after) = piece.literal().and_then(|piece| rest.strip_prefix(piece.text())) else { return false };
            rest = after;
        }
        rest.is_empty()
    }

    /// The text that the word starts with, up to its first part that is not text.
    pub fn prefix(&self) -> Cow<'_, str> {
        let mut texts = self.pieces.iter().map_while(|piece| piece.literal().map(MappedText::text)).fuse();
        match (texts.next(), texts.next()) {
            (first, None) => Cow::Borrowed(first.unwrap_or_default()),
            (first, second) => Cow::Owned(first.into_iter().chain(second).chain(texts).collect()),
        }
    }

    /// Whether the word is not quoted anywhere.
    pub fn is_bare(&self) -> bool {
        !self.pieces.is_empty() && self.pieces.iter().all(|piece| piece.quoting == Quoting::Bare)
    }

    /// The rest of the word after its first `length` bytes of text; empty where the word ends there.
    #[must_use]
    pub fn after(&self, length: usize) -> Self {
        let mut skip = length;
        let mut pieces = Vec::new();
        let mut start = self.span.start;
        for piece in &*self.pieces {
            match piece.literal().filter(|_| skip > 0) {
                Some(text) if text.text().len() <= skip => {
                    skip -= text.text().len();
                    start = piece.span.end;
                }
                Some(text) => {
                    let part = text.part(skip..text.text().len());
                    skip = 0;
                    start = part.whole().start;
                    let piece = Piece { span: part.whole(), kind: PieceKind::Literal(part), quoting: piece.quoting };
                    pieces.push(piece);
                }
                None => pieces.push(piece.clone()),
            }
        }
        Self { span: Span { start: start.min(self.span.end), ..self.span }, pieces: pieces.into() }
    }
}

impl Piece {
    /// The text, when the piece is text.
    pub fn literal(&self) -> Option<&MappedText<'static>> {
        match &self.kind {
            PieceKind::Literal(text) => Some(text),
            _ => None,
        }
    }
}
