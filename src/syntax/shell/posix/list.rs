//! Lists of commands, and the compound commands around them.

use super::command::{self, Pending};
use super::word::{arithmetic, arithmetic_end, is_meta, skip_blanks, word};
use crate::source::limits::MAX_NESTING;
use crate::syntax::shell::cursor::Cursor;
use crate::syntax::shell::rounds::{self, Rounds};
use crate::syntax::shell::tree::BlockKind;

/// Where a list ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Until {
    /// At the end of the text.
    End,
    /// At `)`.
    Bracket,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum FrameKind {
    If,
    Loop,
    Case,
    Brace,
}

/// The words that make and join compound commands, where a command may stand.
const KEYWORDS: [&str; 19] = [
    "if", "then", "else", "elif", "fi", "while", "until", "for", "select", "do", "done", "case", "esac", "{", "}", "!",
    "time", "function", "[[",
];

/// A compound command that is not closed yet.
struct Frame {
    kind: FrameKind,
    /// The block around it, and the one to go back to when the list that it stands in ends.
    outer: usize,
    back_to: Option<usize>,
    /// Whether a pattern of `case` comes next.
    patterns: bool,
    /// Of a loop over values that are written out: those that are still to come.
    rounds: Option<Rounds>,
}

/// What is known in the middle of a list.
struct List {
    frames: Vec<Frame>,
    /// Since `||`, or `&&` after a test: the block to go back to.
    back_to: Option<usize>,
    pipeline: Option<usize>,
    /// Whether what was read last is a test, after which `&&` is a choice.
    tested: bool,
    /// Whether the head of a function was read, so that its body comes next.
    function: bool,
    pending: Vec<Pending>,
}

/// Reads commands up to where the list ends, and past its bracket.
pub(super) fn list(cursor: &mut Cursor<'_>, until: Until) {
    let pending = Vec::new();
    let mut list = List { frames: Vec::new(), back_to: None, pipeline: None, tested: false, function: false, pending };
    let block = cursor.block;
    loop {
        skip_blanks(cursor);
        let Some(byte) = cursor.peek() else { break };
        if list.frames.last().is_some_and(|frame| frame.patterns) {
            list.pattern(cursor);
            continue;
        }
        match byte {
            b'\n' => {
                cursor.at += 1;
                command::documents(cursor, &mut list.pending);
                list.end(cursor);
            }
            b'#' => cursor.skip_line(),
            b';' if cursor.starts_with(";;") || cursor.starts_with(";&") => {
                cursor.skip_while(|byte| byte == b';' || byte == b'&');
                list.end(cursor);
                list.next_pattern(cursor);
            }
            b';' => {
                cursor.at += 1;
                list.end(cursor);
            }
            b'&' if cursor.eat("&&") => list.and(cursor),
            b'&' if cursor.peek_at(1) != Some(b'>') => {
                cursor.at += 1;
                list.end(cursor);
            }
            b'|' if cursor.eat("||") => list.or(cursor),
            b'|' => {
                cursor.at += 1;
                cursor.eat("&");
                list.skip_line_breaks(cursor);
            }
            b'(' => list.bracket(cursor),
            b')' => {
                cursor.at += 1;
                if until == Until::Bracket {
                    break;
                }
                list.end(cursor);
            }
            _ => list.command(cursor),
        }
    }
    command::documents(cursor, &mut list.pending);
    cursor.block = block;
}

impl List {
    /// Ends a list of commands that `&&`, `||` and `|` join.
    fn end(&mut self, cursor: &mut Cursor<'_>) {
        self.pipeline = None;
        self.tested = false;
        if let Some(block) = self.back_to.take() {
            cursor.block = block;
        }
    }

    /// After an operator, the list goes on in the next line.
    fn skip_line_breaks(&mut self, cursor: &mut Cursor<'_>) {
        loop {
            skip_blanks(cursor);
            match cursor.peek() {
                Some(b'\n') => {
                    cursor.at += 1;
                    command::documents(cursor, &mut self.pending);
                }
                Some(b'#') => cursor.skip_line(),
                _ => return,
            }
        }
    }

    fn and(&mut self, cursor: &mut Cursor<'_>) {
        // What follows a command that does its work is meant to run; what follows a test is a choice.
        if self.tested {
            self.choice(cursor);
        }
        self.next_in_list(cursor);
    }

    fn or(&mut self, cursor: &mut Cursor<'_>) {
        self.choice(cursor);
        self.next_in_list(cursor);
    }

    fn next_in_list(&mut self, cursor: &mut Cursor<'_>) {
        self.pipeline = None;
        self.tested = false;
        self.skip_line_breaks(cursor);
    }

    fn choice(&mut self, cursor: &mut Cursor<'_>) {
        let outer = *self.back_to.get_or_insert(cursor.block);
        cursor.open_block(BlockKind::Branch, outer);
    }

    /// Opens a compound command; whether it is not too deep in others.
    fn open(&mut self, cursor: &mut Cursor<'_>, kind: FrameKind) -> bool {
        let is_open = self.frames.len() < MAX_NESTING;
        if is_open {
            let (patterns, rounds) = (false, None);
            self.frames.push(Frame { kind, outer: cursor.block, back_to: self.back_to.take(), patterns, rounds });
        }
        is_open
    }

    /// Starts another branch of the innermost compound command.
    fn branch(&mut self, cursor: &mut Cursor<'_>, kind: FrameKind, block: BlockKind) {
        self.back_to = None;
        if let Some(frame) = self.frames.last().filter(|frame| frame.kind == kind) {
            cursor.open_block(block, frame.outer);
        }
    }

    fn close(&mut self, cursor: &mut Cursor<'_>, kind: FrameKind) {
        if let Some(frame) = self.frames.last_mut().filter(|frame| frame.kind == kind)
            && let Some(rounds) = &mut frame.rounds
        {
            // The body is read again, for the next value.
            cursor.block = frame.outer;
            // A here-document in the line of `done` is there once.
            if self.pending.is_empty() && rounds.next(cursor) {
                (self.pipeline, self.back_to, self.tested) = (None, None, false);
                return;
            }
        }
        if let Some(frame) = self.frames.pop_if(|frame| frame.kind == kind) {
            cursor.block = frame.outer;
            self.back_to = frame.back_to;
        }
        self.tested = false;
        command::redirections(cursor, &mut self.pending);
    }

    /// `((…))`, or commands in a process of their own.
    fn bracket(&mut self, cursor: &mut Cursor<'_>) {
        if let Some(end) = arithmetic_end(cursor, cursor.at) {
            cursor.at += 2;
            arithmetic(cursor, end);
            self.tested = true;
            return;
        }
        cursor.at += 1;
        let block = cursor.block;
        if std::mem::take(&mut self.function) {
            cursor.open_block(BlockKind::Function, block);
        }
        if cursor.substitution(|cursor| list(cursor, Until::Bracket)).is_none() {
            cursor.skip_brackets(b'(', b')', b'\\');
        }
        cursor.block = block;
        command::redirections(cursor, &mut self.pending);
    }

    /// A compound command's word, or a simple command.
    fn command(&mut self, cursor: &mut Cursor<'_>) {
        let start = cursor.at;
        let rest = cursor.rest();
        let length = rest.bytes().position(is_meta).unwrap_or(rest.len());
        let name = &rest[..length];
        if KEYWORDS.contains(&name) {
            cursor.at += length;
        }
        match name {
            "if" => {
                self.open(cursor, FrameKind::If);
            }
            "then" | "else" | "elif" => self.branch(cursor, FrameKind::If, BlockKind::Branch),
            "fi" => self.close(cursor, FrameKind::If),
            "while" | "until" => {
                self.open(cursor, FrameKind::Loop);
                cursor.open_block(BlockKind::Loop, cursor.block);
            }
            "for" | "select" => self.each(cursor),
            "do" => {}
            "done" => self.close(cursor, FrameKind::Loop),
            "case" => {
                self.open(cursor, FrameKind::Case);
                skip_blanks(cursor);
                word(cursor);
                self.skip_line_breaks(cursor);
                cursor.eat("in");
                self.next_pattern(cursor);
            }
            "esac" => self.close(cursor, FrameKind::Case),
            "{" => {
                self.open(cursor, FrameKind::Brace);
                if std::mem::take(&mut self.function) {
                    cursor.open_block(BlockKind::Function, cursor.block);
                }
            }
            "}" => self.close(cursor, FrameKind::Brace),
            "!" => {
                self.tested = true;
            }
            "time" => {
                skip_blanks(cursor);
                cursor.eat("-p ");
            }
            "function" => {
                skip_blanks(cursor);
                word(cursor);
                skip_blanks(cursor);
                cursor.eat("()");
                self.function = true;
                self.skip_line_breaks(cursor);
            }
            "[[" => {
                test(cursor);
                self.tested = true;
            }
            name if is_function_head(name, &rest[length..]) => {
                let after = rest[length..].find(')').map_or(0, |bracket| bracket + 1);
                cursor.at += length + after;
                self.function = true;
                self.skip_line_breaks(cursor);
            }
            _ => {
                let pipeline = *self.pipeline.get_or_insert_with(|| cursor.next_pipeline());
                self.tested |= command::simple(cursor, pipeline, &mut self.pending);
                if cursor.at == start {
                    cursor.skip_char();
                }
            }
        }
    }

    /// The head of `for` or `select`: its variable takes one value after another.
    fn each(&mut self, cursor: &mut Cursor<'_>) {
        let is_open = self.open(cursor, FrameKind::Loop);
        skip_blanks(cursor);
        if let Some(end) = arithmetic_end(cursor, cursor.at) {
            cursor.at += 2;
            arithmetic(cursor, end);
            cursor.open_block(BlockKind::Loop, cursor.block);
            return;
        }
        let start = cursor.at;
        cursor.skip_while(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        let (name, span) = (cursor.text[start..cursor.at].to_owned(), cursor.span(start..cursor.at));
        self.skip_line_breaks(cursor);
        let mut values = Vec::new();
        if cursor.eat("in") {
            loop {
                skip_blanks(cursor);
                match word(cursor) {
                    Some(word) => values.extend(rounds::values(cursor, word)),
                    None => break,
                }
            }
        }
        let mut rounds = Rounds::new(cursor, vec![(name, span)], values);
        rounds.next(cursor);
        if let Some(frame) = self.frames.last_mut().filter(|_| is_open) {
            frame.rounds = Some(rounds);
        }
    }

    fn next_pattern(&mut self, cursor: &mut Cursor<'_>) {
        if let Some(frame) = self.frames.last_mut().filter(|frame| frame.kind == FrameKind::Case) {
            frame.patterns = true;
            cursor.block = frame.outer;
            self.back_to = None;
        }
    }

    /// A pattern of `case`, or its end.
    fn pattern(&mut self, cursor: &mut Cursor<'_>) {
        self.skip_line_breaks(cursor);
        let Some(frame) = self.frames.last_mut() else { return };
        let outer = frame.outer;
        let rest = cursor.rest();
        if rest.starts_with("esac") && rest[4..].bytes().next().is_none_or(is_meta) {
            frame.patterns = false;
            return;
        }
        cursor.eat("(");
        loop {
            skip_blanks(cursor);
            match cursor.peek() {
                None => break,
                Some(b')') => {
                    cursor.at += 1;
                    break;
                }
                Some(_) if word(cursor).is_some() => {}
                Some(_) => cursor.skip_char(),
            }
        }
        frame.patterns = false;
        cursor.open_block(BlockKind::Branch, outer);
    }
}

/// Whether `name`, with `rest` after it, is the head of a function.
fn is_function_head(name: &str, rest: &str) -> bool {
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b':');
    let brackets = rest.trim_start_matches([' ', '\t']);
    !name.is_empty()
        && name.bytes().all(is_name)
        && brackets.strip_prefix('(').is_some_and(|rest| rest.trim_start_matches([' ', '\t']).starts_with(')'))
}

/// Passes `[[ … ]]`, of which `[[` has been passed; commands in it are found.
fn test(cursor: &mut Cursor<'_>) {
    loop {
        skip_blanks(cursor);
        if cursor.eat("]]") || cursor.peek().is_none() {
            return;
        }
        if word(cursor).is_none() {
            cursor.skip_char();
        }
    }
}
