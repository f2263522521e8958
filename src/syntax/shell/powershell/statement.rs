//! Statements of PowerShell: pipelines of commands, and the keywords that decide which of them run.

use super::expression::{self, expression, variable_name};
use super::word::{ends_statement, skip_blanks, skip_lines, word};
use crate::source::Span;
use crate::syntax::shell::cursor::Cursor;
use crate::syntax::shell::rounds::{self, Rounds};
use crate::syntax::shell::tree::{BlockKind, Word};

/// What follows a keyword.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Keyword {
    /// Perhaps a condition, then a block of this kind.
    Block(BlockKind),
    Each,
    Switch,
    Function,
    Parameters,
    /// A pipeline, or nothing.
    Value,
}

fn keyword(word: &str) -> Option<Keyword> {
    Some(match word.to_ascii_lowercase().as_str() {
        "if" | "elseif" | "else" | "catch" => Keyword::Block(BlockKind::Branch),
        "try" | "finally" | "begin" | "process" | "end" => Keyword::Block(BlockKind::Script),
        "while" | "until" | "do" | "for" => Keyword::Block(BlockKind::Loop),
        "foreach" => Keyword::Each,
        "switch" => Keyword::Switch,
        "function" | "filter" | "trap" | "class" | "enum" => Keyword::Function,
        "param" => Keyword::Parameters,
        "return" | "throw" | "exit" | "break" | "continue" => Keyword::Value,
        _ => return None,
    })
}

/// Reads statements up to `close`, and passes it.
pub(super) fn statements(cursor: &mut Cursor<'_>, close: Option<u8>) {
    loop {
        skip_lines(cursor);
        let start = cursor.at;
        match cursor.peek() {
            None => return,
            Some(byte @ (b')' | b'}')) => {
                cursor.at += 1;
                if close.is_none_or(|close| close == byte) {
                    return;
                }
            }
            Some(_) => {
                let block = cursor.block;
                pipelines(cursor);
                cursor.block = block;
            }
        }
        if cursor.at == start {
            cursor.skip_char();
        }
    }
}

/// Pipelines joined by `&&` and `||`.
fn pipelines(cursor: &mut Cursor<'_>) {
    loop {
        pipeline(cursor);
        if cursor.eat("||") {
            cursor.open_block(BlockKind::Branch, cursor.block);
        } else if !cursor.eat("&&") {
            cursor.eat("&");
            return;
        }
        skip_lines(cursor);
    }
}

/// Commands joined by `|`, the first of which may be an expression.
pub(super) fn pipeline(cursor: &mut Cursor<'_>) {
    let number = cursor.next_pipeline();
    let mut values = element(cursor, number);
    loop {
        skip_blanks(cursor);
        if cursor.peek() != Some(b'|') || cursor.starts_with("||") {
            return;
        }
        cursor.at += 1;
        skip_lines(cursor);
        let is_each = EACH.iter().any(|name| {
            cursor.starts_with_ignoring_case(name)
                && cursor.peek_at(name.len()).is_some_and(|after| matches!(after, b' ' | b'\t' | b'{'))
        });
        let values = values.take().filter(|_| is_each);
        cursor.piped = values.map(|words| rounds::elements(cursor, words));
        element(cursor, number);
        cursor.piped = None;
    }
}

/// Whether an expression starts with `byte`, and not a command.
pub(super) fn starts_expression(cursor: &Cursor<'_>) -> bool {
    cursor.peek().is_some_and(|byte| byte.is_ascii_digit() || b"$\"'(@[{+-!,".contains(&byte))
}

/// Commands that run a block for each value that comes through the pipeline.
const EACH: [&str; 3] = ["foreach-object", "foreach", "%"];

/// An element of a pipeline; the values of an expression that is nothing but values.
fn element(cursor: &mut Cursor<'_>, pipeline: usize) -> Option<Vec<Word>> {
    skip_blanks(cursor);
    let is_call = match cursor.peek() {
        Some(b'&') => cursor.peek_at(1) != Some(b'&'),
        Some(b'.') => {
            cursor.peek_at(1).is_some_and(|next| matches!(next, b' ' | b'\t' | b'"' | b'\'' | b'$' | b'(' | b'{'))
        }
        _ => false,
    };
    if is_call {
        cursor.at += 1;
        skip_blanks(cursor);
        command(cursor, pipeline);
        return None;
    }
    // `foreach` is a keyword only where a statement starts.
    if cursor.piped.is_some() {
        command(cursor, pipeline);
        return None;
    }
    if starts_expression(cursor) {
        return expression(cursor);
    }
    let rest = cursor.rest();
    let length = rest.bytes().position(|byte| !byte.is_ascii_alphabetic()).unwrap_or(rest.len());
    let is_word = rest[length..].bytes().next().is_none_or(|after| ends_statement(after) || b" \t{(".contains(&after));
    match keyword(&rest[..length]).filter(|_| is_word) {
        Some(keyword) => {
            cursor.at += length;
            compound(cursor, keyword);
        }
        None => command(cursor, pipeline),
    }
    None
}

/// Reads words as long as the statement goes on.
fn command(cursor: &mut Cursor<'_>, pipeline: usize) {
    let mut words: Vec<Word> = Vec::new();
    let mut comma = None;
    loop {
        skip_blanks(cursor);
        if redirection(cursor) {
            continue;
        }
        match cursor.peek() {
            None => break,
            // What a comma joins goes to one parameter; a program gets each as an argument.
            Some(b',') => {
                cursor.at += 1;
                comma = words.last().map(|word| word.span.end);
                skip_lines(cursor);
            }
            Some(byte) if ends_statement(byte) => break,
            Some(_) => {
                let Some(word) = word(cursor) else { break };
                if let Some(end) = comma.take() {
                    cursor.program.commas.insert((end, word.span.start));
                }
                words.push(word);
            }
        }
    }
    cursor.push_command(words, pipeline);
}

/// Passes a redirection; whether there is one.
fn redirection(cursor: &mut Cursor<'_>) -> bool {
    let stream = usize::from(cursor.peek().is_some_and(|byte| byte.is_ascii_digit() || byte == b'*'));
    if cursor.peek_at(stream) != Some(b'>') || cursor.starts_with("<") {
        return false;
    }
    cursor.at += stream;
    cursor.skip_while(|byte| byte == b'>');
    if cursor.eat("&") {
        cursor.skip_while(|byte| byte.is_ascii_digit());
        return true;
    }
    skip_blanks(cursor);
    word(cursor);
    true
}

fn compound(cursor: &mut Cursor<'_>, keyword: Keyword) {
    skip_blanks(cursor);
    match keyword {
        Keyword::Block(kind) => {
            let outer = cursor.block;
            if kind == BlockKind::Loop {
                cursor.open_block(kind, outer);
            }
            condition(cursor);
            block(cursor, kind);
        }
        Keyword::Each => {
            let (mut names, mut values) = (Vec::new(), Vec::new());
            if cursor.eat("(") {
                skip_lines(cursor);
                let start = cursor.at;
                names.extend(variable_name(cursor).map(|name| (name, cursor.span(start..cursor.at))));
                skip_lines(cursor);
                if cursor.starts_with_ignoring_case("in") {
                    cursor.at += 2;
                }
                skip_lines(cursor);
                if starts_expression(cursor) {
                    let found = expression::values(cursor).unwrap_or_default();
                    skip_lines(cursor);
                    values = if cursor.peek() == Some(b')') { rounds::elements(cursor, found) } else { Vec::new() };
                }
                bracketed(cursor);
            }
            skip_lines(cursor);
            if cursor.eat("{") {
                rounds(cursor, names, values);
            }
        }
        Keyword::Switch => {
            while cursor.peek() == Some(b'-') {
                word(cursor);
                skip_blanks(cursor);
            }
            condition(cursor);
            skip_lines(cursor);
            if cursor.eat("{") && !cursor.nested(cases) {
                cursor.skip_brackets(b'{', b'}', b'`');
            }
        }
        Keyword::Function => {
            while cursor.peek().is_some_and(|byte| !matches!(byte, b'{' | b'(' | b'\n' | b';' | b'}' | b')')) {
                cursor.skip_char();
            }
            cursor.open_block(BlockKind::Function, cursor.block);
            parameters(cursor);
            block(cursor, BlockKind::Script);
        }
        Keyword::Parameters => parameters(cursor),
        Keyword::Value => {
            if cursor.peek().is_some_and(|byte| !ends_statement(byte)) {
                let number = cursor.next_pipeline();
                cursor.nested(|cursor| {
                    element(cursor, number);
                });
            }
        }
    }
}

/// The `(…)` of a condition.
fn condition(cursor: &mut Cursor<'_>) {
    skip_lines(cursor);
    if cursor.eat("(") {
        bracketed(cursor);
    }
    // `catch [Type]`
    skip_lines(cursor);
    while cursor.eat("[") {
        cursor.skip_brackets(b'[', b']', b'`');
        skip_lines(cursor);
        cursor.eat(",");
        skip_lines(cursor);
    }
}

/// Statements up to `)`.
fn bracketed(cursor: &mut Cursor<'_>) {
    if !cursor.nested(|cursor| statements(cursor, Some(b')'))) {
        cursor.skip_brackets(b'(', b')', b'`');
    }
}

/// What callers may give: the values are no more than defaults.
fn parameters(cursor: &mut Cursor<'_>) {
    skip_lines(cursor);
    if cursor.eat("(") {
        let outer = cursor.block;
        cursor.open_block(BlockKind::Branch, outer);
        bracketed(cursor);
        cursor.block = outer;
        skip_lines(cursor);
    }
}

/// The `{…}` that comes next, as a block of its own unless it always runs.
fn block(cursor: &mut Cursor<'_>, kind: BlockKind) {
    skip_lines(cursor);
    if !cursor.eat("{") {
        return;
    }
    script_block(cursor, kind);
}

/// The body of a loop over values, the opening bracket of which has been passed.
pub(super) fn rounds(cursor: &mut Cursor<'_>, names: Vec<(String, Span)>, values: Vec<Option<Word>>) {
    let outer = cursor.block;
    let mut rounds = Rounds::new(cursor, names, values);
    while rounds.next(cursor) {
        if !cursor.nested(|cursor| statements(cursor, Some(b'}'))) {
            cursor.skip_brackets(b'{', b'}', b'`');
        }
        cursor.block = outer;
    }
}

/// Statements up to `}`, the opening bracket of which has been passed.
pub(super) fn script_block(cursor: &mut Cursor<'_>, kind: BlockKind) {
    let outer = cursor.block;
    if kind != BlockKind::Script {
        cursor.open_block(kind, outer);
    }
    if !cursor.nested(|cursor| statements(cursor, Some(b'}'))) {
        cursor.skip_brackets(b'{', b'}', b'`');
    }
    cursor.block = outer;
}

/// The cases of `switch`.
fn cases(cursor: &mut Cursor<'_>) {
    loop {
        skip_lines(cursor);
        match cursor.peek() {
            None => return,
            Some(b'}') => {
                cursor.at += 1;
                return;
            }
            Some(b'{') => block(cursor, BlockKind::Branch),
            Some(_) => {
                if word(cursor).is_none() {
                    cursor.skip_char();
                }
            }
        }
    }
}
