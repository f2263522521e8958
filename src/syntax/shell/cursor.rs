//! What the dialects share: a place in the text, the program so far, and words in the making.

use std::ops::Range;

use super::Surroundings;
use super::placeholder::placeholders;
use super::tree::{Block, BlockKind, Command, Opaque, Piece, PieceKind, Program, Quoting, Word};
use crate::source::limits::MAX_NESTING;
use crate::source::{MappedText, Span};

/// Longest name that a reader is asked to fill in.
const MAX_PLACEHOLDER: usize = 128;

/// A place in a script.
pub(super) struct Cursor<'t> {
    source: &'t MappedText<'t>,
    pub text: &'t str,
    bytes: &'t [u8],
    pub at: usize,
    /// Nothing from here on is read.
    pub end: usize,
    /// How many brackets are open around the place.
    pub depth: usize,
    /// The block that commands stand in.
    pub block: usize,
    /// The values that the command to come runs its block for.
    pub piped: Option<Vec<Option<Word>>>,
    /// How many times a body has been read again.
    pub repeats: usize,
    /// How many bytes have been read more than once.
    pub reread: usize,
    pipelines: usize,
    surroundings: Surroundings,
    /// No `}}` follows this place.
    last_template: usize,
    pub program: Program,
}

impl<'t> Cursor<'t> {
    pub(super) fn new(source: &'t MappedText<'_>, surroundings: Surroundings) -> Self {
        let text = source.text();
        let blocks = vec![Block { kind: BlockKind::Script, parent: 0 }];
        let last_template = memchr::memmem::rfind(text.as_bytes(), b"}}").unwrap_or(0);
        Self {
            source,
            text,
            bytes: text.as_bytes(),
            at: 0,
            end: text.len(),
            depth: 0,
            block: 0,
            piped: None,
            repeats: 0,
            reread: 0,
            pipelines: 0,
            surroundings,
            last_template,
            program: Program { blocks, ..Program::default() },
        }
    }

    pub(super) fn into_program(self) -> Program {
        self.program
    }

    /// The byte here.
    pub(super) fn peek(&self) -> Option<u8> {
        self.peek_at(0)
    }

    /// The byte `ahead` of here.
    pub(super) fn peek_at(&self, ahead: usize) -> Option<u8> {
        self.bytes.get(self.at + ahead).copied().filter(|_| self.at + ahead < self.end)
    }

    /// What is not read yet.
    pub(super) fn rest(&self) -> &'t str {
        &self.text[self.at..self.end]
    }

    pub(super) fn starts_with(&self, text: &str) -> bool {
        self.rest().starts_with(text)
    }

    /// Whether `text` stands here, in whatever case.
    pub(super) fn starts_with_ignoring_case(&self, text: &str) -> bool {
        self.rest().as_bytes().get(..text.len()).is_some_and(|here| here.eq_ignore_ascii_case(text.as_bytes()))
    }

    /// Passes `text` when it stands here.
    pub(super) fn eat(&mut self, text: &str) -> bool {
        let found = self.starts_with(text);
        if found {
            self.at += text.len();
        }
        found
    }

    /// Passes one character.
    pub(super) fn skip_char(&mut self) {
        self.at += self.rest().chars().next().map_or(0, char::len_utf8);
    }

    /// Passes bytes as long as they are wanted. They are whole characters when all that is not ASCII is wanted, or none.
    pub(super) fn skip_while(&mut self, wanted: impl Fn(u8) -> bool) {
        let rest = &self.bytes[self.at..self.end];
        self.at += rest.iter().position(|byte| !wanted(*byte)).unwrap_or(rest.len());
    }

    /// Passes the rest of the line, without the line break.
    pub(super) fn skip_line(&mut self) {
        self.at += memchr::memchr(b'\n', self.rest().as_bytes()).unwrap_or(self.end - self.at);
    }

    pub(super) fn span(&self, range: Range<usize>) -> Span {
        self.source.span(range)
    }

    /// Opens a block in the present one and makes it the present one. Very deep ones are not told apart.
    pub(super) fn open_block(&mut self, kind: BlockKind, parent: usize) -> usize {
        self.program.blocks.push(Block { kind, parent });
        self.block = self.program.blocks.len() - 1;
        self.block
    }

    /// The number of another pipeline.
    pub(super) fn next_pipeline(&mut self) -> usize {
        self.pipelines += 1;
        self.pipelines
    }

    /// Runs `parse` one bracket deeper; past the limit it does not, and says so.
    pub(super) fn nested(&mut self, parse: impl FnOnce(&mut Self)) -> bool {
        if self.depth >= MAX_NESTING {
            return false;
        }
        self.depth += 1;
        parse(self);
        self.depth -= 1;
        true
    }

    /// Runs `parse` on the text up to `end`, and goes there.
    pub(super) fn bounded(&mut self, end: usize, parse: impl FnOnce(&mut Self)) {
        let outer = self.end;
        self.end = end.min(outer);
        parse(self);
        self.at = self.end;
        self.end = outer;
    }

    /// Runs `parse` for commands whose output is used; `None` past the limit of nesting.
    pub(super) fn substitution(&mut self, parse: impl FnOnce(&mut Self)) -> Option<PieceKind> {
        let (first, block) = (self.program.commands.len(), self.block);
        let is_read = self.nested(|cursor| {
            cursor.open_block(BlockKind::Subshell, block);
            parse(cursor);
        });
        self.block = block;
        is_read.then_some(PieceKind::Substitution(first..self.program.commands.len()))
    }

    /// Passes what is in brackets, the opening one of which has been passed, without looking into it.
    pub(super) fn skip_brackets(&mut self, open: u8, close: u8, escape: u8) {
        let mut depth = 1;
        let mut quote = None;
        while let Some(byte) = self.peek() {
            self.skip_char();
            if byte == escape && quote != Some(b'\'') {
                self.skip_char();
            } else if quote.is_some() {
                quote = quote.filter(|quote| *quote != byte);
            } else if byte == b'\'' || byte == b'"' {
                quote = Some(byte);
            } else if byte == open {
                depth += 1;
            } else if byte == close {
                depth -= 1;
                if depth == 0 {
                    return;
                }
            }
        }
    }

    /// Passes what the surroundings of the script put something in place of, and tells what it is.
    pub(super) fn surrounding(&mut self) -> Option<PieceKind> {
        let start = self.at;
        let (kind, inner, end) = match self.peek()? {
            b'$' if self.starts_with("${{") && start < self.last_template => {
                let length = memchr::memmem::find(self.rest().as_bytes(), b"}}")?;
                (Opaque::Template, start + 3..start + length, start + length + 2)
            }
            b'$' if self.surroundings.macros && self.starts_with("$(") => {
                let inner = self.name_until(2, ')', usize::MAX, |byte| matches!(byte, b'.' | b'-' | b'_'))?;
                (Opaque::Macro, inner.clone(), inner.end + 1)
            }
            b'<' if self.surroundings.placeholders => {
                // In whatever language the document is.
                let in_name = |byte: u8| !byte.is_ascii() || b".-_ /:'(),@=".contains(&byte);
                let inner = self.name_until(1, '>', MAX_PLACEHOLDER, in_name)?;
                (Opaque::Placeholder, inner.clone(), inner.end + 1)
            }
            _ => return None,
        };
        self.at = end;
        Some(PieceKind::Opaque(kind, self.text[inner].trim().to_owned()))
    }

    /// The range of a name that starts `ahead` and that `close` follows.
    fn name_until(&self, ahead: usize, close: char, most: usize, in_name: impl Fn(u8) -> bool) -> Option<Range<usize>> {
        let rest = self.rest().get(ahead..)?;
        if !rest.starts_with(|first: char| first.is_alphabetic() || first == '_') {
            return None;
        }
        let length = rest.bytes().take(most).position(|byte| !byte.is_ascii_alphanumeric() && !in_name(byte))?;
        let start = self.at + ahead;
        rest[length..].starts_with(close).then_some(start..start + length)
    }

    /// Adds a command whose words are known; the number it has.
    pub(super) fn push_command(&mut self, words: Vec<Word>, pipeline: usize) -> Option<usize> {
        let span = words.first()?.span.cover(words.last()?.span);
        let (environment, input, block) = (Vec::new(), Vec::new(), self.block);
        self.program.commands.push(Command { span, words, environment, input, block, pipeline });
        Some(self.program.commands.len() - 1)
    }
}

/// A word in the making.
pub(super) struct WordBuilder {
    start: usize,
    pieces: Vec<Piece>,
    text: Option<(MappedText<'static>, Quoting)>,
}

impl WordBuilder {
    pub(super) fn new(start: usize) -> Self {
        Self { start, pieces: Vec::new(), text: None }
    }

    fn text(&mut self, quoting: Quoting, cursor: &Cursor<'_>) -> &mut MappedText<'static> {
        if self.text.as_ref().is_some_and(|(_, before)| *before != quoting) {
            self.flush(cursor);
        }
        &mut self.text.get_or_insert_with(|| (MappedText::empty(cursor.source.file(), 0), quoting)).0
    }

    /// Adds text that stands for itself.
    pub(super) fn plain(&mut self, cursor: &Cursor<'_>, range: Range<usize>, quoting: Quoting) {
        if !range.is_empty() {
            self.text(quoting, cursor).push_part(cursor.source, range);
        }
    }

    /// Adds text that something else stands for.
    pub(super) fn escape(&mut self, cursor: &Cursor<'_>, text: &str, range: Range<usize>, quoting: Quoting) {
        // An escape of nothing ends the text.
        if text.is_empty() {
            return;
        }
        let source = cursor.source.span(range).range();
        self.text(quoting, cursor).push_escape(text, source);
    }

    /// Adds a part that is not text, from `start` to where the cursor is.
    pub(super) fn push(&mut self, cursor: &Cursor<'_>, kind: PieceKind, start: usize, quoting: Quoting) {
        self.flush(cursor);
        self.pieces.push(Piece { span: cursor.span(start..cursor.at), kind, quoting });
    }

    /// Adds a part that the shell computes.
    pub(super) fn computed(&mut self, cursor: &Cursor<'_>, start: usize, quoting: Quoting) {
        let text = cursor.text[start..cursor.at].to_owned();
        self.push(cursor, PieceKind::Opaque(Opaque::Computed, text), start, quoting);
    }

    fn flush(&mut self, cursor: &Cursor<'_>) {
        let Some((text, quoting)) = self.text.take() else { return };
        let mut at = 0;
        for range in placeholders(text.text(), quoting, cursor.surroundings.placeholders) {
            if at < range.start {
                self.literal(text.part(at..range.start), quoting);
            }
            let name = text.text()[range.clone()].trim_matches(['{', '}', '[', ']', ' ']).to_owned();
            let kind = PieceKind::Opaque(Opaque::Placeholder, name);
            self.pieces.push(Piece { span: text.span(range.clone()), kind, quoting });
            at = range.end;
        }
        match at {
            0 => self.literal(text, quoting),
            _ if at < text.text().len() => self.literal(text.part(at..text.text().len()), quoting),
            _ => {}
        }
    }

    fn literal(&mut self, text: MappedText<'static>, quoting: Quoting) {
        self.pieces.push(Piece { span: text.whole(), kind: PieceKind::Literal(text), quoting });
    }

    /// The word, which ends where the cursor is.
    pub(super) fn finish(mut self, cursor: &Cursor<'_>) -> Word {
        self.flush(cursor);
        Word { span: cursor.span(self.start..cursor.at), pieces: self.pieces.into() }
    }
}
