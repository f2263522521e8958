//! Expressions of PowerShell. They are not computed; commands in them are found, and plain values of variables kept.

use super::statement::{pipeline, script_block, starts_expression, statements};
use super::word::{ends_statement, skip_blanks, skip_lines, string, variable};
use crate::source::Span;
use crate::syntax::shell::cursor::{Cursor, WordBuilder};
use crate::syntax::shell::tree::{Assigned, Assignment, BlockKind, Piece, PieceKind, Quoting, Word};

/// An assignment, or any other expression; the values of one that is nothing but values.
pub(super) fn expression(cursor: &mut Cursor<'_>) -> Option<Vec<Word>> {
    let start = cursor.at;
    while cursor.eat("[") {
        cursor.skip_brackets(b'[', b']', b'`');
        skip_blanks(cursor);
    }
    let from = cursor.at;
    if let Some(name) = variable_name(cursor) {
        let span = cursor.span(from..cursor.at);
        if let Some(entry) = member_entry(cursor) {
            assign(cursor, name, span, Assigned::Added(Box::new(entry)));
            return None;
        }
        skip_blanks(cursor);
        let adds = cursor.eat("+=");
        let operator = !adds && ["-=", "*=", "/=", "??="].iter().any(|operator| cursor.eat(operator));
        if adds || operator || cursor.eat("=") {
            skip_lines(cursor);
            let value = match value(cursor) {
                _ if operator => Assigned::Unknown,
                value if adds => Assigned::Added(Box::new(value)),
                value => value,
            };
            assign(cursor, name, span, value);
            return None;
        }
    }
    cursor.at = start;
    values(cursor)
}

fn assign(cursor: &mut Cursor<'_>, name: String, span: Span, value: Assigned) {
    let (block, position) = (cursor.block, cursor.program.commands.len());
    cursor.program.assignments.push(Assignment { name, span, value, block, position });
}

/// The values that stand here; `None` for those that are computed.
pub(super) fn values(cursor: &mut Cursor<'_>) -> Option<Vec<Word>> {
    let first = cursor.program.commands.len();
    let (words, joined) = operands(cursor);
    (matches!(joined, Joined::Alone | Joined::Commas) && first == cursor.program.commands.len()).then_some(words)
}

/// What `.name = value`, `['name'] = value` or `.Add('name', value)` adds to the table whose name has been passed.
fn member_entry(cursor: &mut Cursor<'_>) -> Option<Assigned> {
    let at = cursor.at;
    let entry = member(cursor);
    if entry.is_none() {
        cursor.at = at;
    }
    entry.map(|entry| Assigned::Table(vec![entry]))
}

fn member(cursor: &mut Cursor<'_>) -> Option<(Word, Word)> {
    let is_method = cursor.starts_with_ignoring_case(".add(");
    let key = if is_method || cursor.starts_with("[") {
        cursor.at += if is_method { ".add(".len() } else { 1 };
        skip_blanks(cursor);
        if !matches!(cursor.peek(), Some(b'"' | b'\'')) {
            return None;
        }
        let mut builder = WordBuilder::new(cursor.at);
        string(cursor, &mut builder);
        let key = builder.finish(cursor);
        skip_blanks(cursor);
        // Commands must not be read here, and again as what they are.
        if key.literal().is_none() || !cursor.eat(if is_method { "," } else { "]" }) {
            return None;
        }
        key
    } else {
        let start = cursor.at + 1;
        if !cursor.eat(".") || !cursor.peek().is_some_and(|first| first.is_ascii_alphabetic()) {
            return None;
        }
        cursor.skip_while(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        let mut builder = WordBuilder::new(start);
        builder.plain(cursor, start..cursor.at, Quoting::Bare);
        builder.finish(cursor)
    };
    skip_blanks(cursor);
    if !is_method && (!cursor.eat("=") || cursor.peek() == Some(b'=')) {
        return None;
    }
    skip_lines(cursor);
    let start = cursor.at;
    let value = value(cursor);
    if is_method {
        cursor.eat(")");
    }
    let computed = || {
        let mut builder = WordBuilder::new(start);
        builder.computed(cursor, start, Quoting::Double);
        builder.finish(cursor)
    };
    Some((key, if let Assigned::Word(word) = value { word } else { computed() }))
}

/// The name of the variable that stands here.
pub(super) fn variable_name(cursor: &mut Cursor<'_>) -> Option<String> {
    let at = cursor.at;
    // Commands must not be read here, and again as what they are.
    if cursor.peek_at(1) == Some(b'(') {
        return None;
    }
    if let Some(PieceKind::Variable(name)) = variable(cursor) {
        Some(name)
    } else {
        cursor.at = at;
        None
    }
}

/// What is assigned.
fn value(cursor: &mut Cursor<'_>) -> Assigned {
    let start = cursor.at;
    let first = cursor.program.commands.len();
    if cursor.starts_with("@{") {
        return Assigned::Table(hash_table(cursor));
    }
    if !starts_expression(cursor) {
        let word = cursor.rest().split(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or_default();
        let is_choice =
            ["if", "switch", "foreach", "for", "while", "try"].iter().any(|name| word.eq_ignore_ascii_case(name));
        pipeline(cursor);
        if is_choice {
            return Assigned::Unknown;
        }
        return Assigned::Word(output(cursor, start, first));
    }
    let is_array = cursor.starts_with("@(");
    let (mut words, joined) = operands(cursor);
    skip_blanks(cursor);
    if cursor.peek() == Some(b'|') && !cursor.starts_with("||") {
        let first = cursor.program.commands.len();
        cursor.at += 1;
        skip_lines(cursor);
        pipeline(cursor);
        return Assigned::Word(output(cursor, start, first));
    }
    match joined {
        Joined::Alone if !is_array => words.pop().map_or(Assigned::Unknown, Assigned::Word),
        Joined::Commas => Assigned::Array(words),
        Joined::Alone if first == cursor.program.commands.len() => Assigned::Array(words),
        Joined::Alone => words.pop().map_or(Assigned::Unknown, Assigned::Word),
        Joined::Plus if words.iter().any(|word| word.pieces.iter().any(|piece| piece.quoting != Quoting::Bare)) => {
            let span = cursor.span(start..cursor.at);
            Assigned::Word(Word { span, pieces: words.into_iter().flat_map(|word| word.pieces.to_vec()).collect() })
        }
        _ => Assigned::Unknown,
    }
}

/// What commands since number `first` write.
fn output(cursor: &Cursor<'_>, start: usize, first: usize) -> Word {
    let span = cursor.span(start..cursor.at);
    let kind = PieceKind::Substitution(first..cursor.program.commands.len());
    Word { span, pieces: [Piece { span, kind, quoting: Quoting::Double }].into() }
}

/// What stands between the operands of an expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Joined {
    Alone,
    Plus,
    Commas,
    Otherwise,
}

/// The operands of an expression up to the end of the statement.
fn operands(cursor: &mut Cursor<'_>) -> (Vec<Word>, Joined) {
    let mut words = Vec::new();
    let mut joined = Joined::Alone;
    let mut join =
        |with: Joined| joined = if joined == Joined::Alone || joined == with { with } else { Joined::Otherwise };
    let mut after_operand = false;
    loop {
        if after_operand {
            skip_blanks(cursor);
        } else {
            skip_lines(cursor);
        }
        let before = cursor.at;
        match cursor.peek() {
            None => break,
            Some(b'@') if cursor.starts_with("@(") => {
                cursor.at += 2;
                let mut elements = Vec::new();
                if !cursor.nested(|cursor| elements = list(cursor)) {
                    cursor.skip_brackets(b'(', b')', b'`');
                }
                words.extend(elements);
                after_operand = true;
            }
            Some(b',') => {
                cursor.at += 1;
                join(Joined::Commas);
                after_operand = false;
            }
            // `$i++` ends; no operand follows.
            Some(b'+' | b'-') if after_operand && (cursor.starts_with("++") || cursor.starts_with("--")) => {
                cursor.at += 2;
                join(Joined::Otherwise);
            }
            Some(b'+') => {
                cursor.at += 1;
                join(Joined::Plus);
                after_operand = false;
            }
            Some(b'>' | b'<' | b'=') => {
                cursor.at += 1;
                join(Joined::Otherwise);
            }
            Some(byte) if ends_statement(byte) => break,
            Some(b'[') if !after_operand => {
                cursor.at += 1;
                cursor.skip_brackets(b'[', b']', b'`');
                if cursor.eat("::") {
                    cursor.skip_while(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
                    if cursor.eat("(") && !cursor.nested(|cursor| statements(cursor, Some(b')'))) {
                        cursor.skip_brackets(b'(', b')', b'`');
                    }
                    join(Joined::Otherwise);
                    after_operand = true;
                }
            }
            Some(byte) if matches!(byte, b'$' | b'"' | b'\'' | b'(' | b'{' | b'@') || byte.is_ascii_digit() => {
                if after_operand {
                    join(Joined::Otherwise);
                }
                words.push(operand(cursor));
                after_operand = true;
            }
            Some(_) => {
                // An operator such as `-eq`, or something that has no meaning for us.
                cursor.skip_char();
                cursor.skip_while(|byte| byte.is_ascii_alphanumeric());
                join(Joined::Otherwise);
                after_operand = false;
            }
        }
        if cursor.at == before {
            cursor.skip_char();
        }
    }
    (words, joined)
}

/// The elements of `@(…)`: one expression, or statements.
fn list(cursor: &mut Cursor<'_>) -> Vec<Word> {
    skip_lines(cursor);
    let mut words = Vec::new();
    while cursor.peek().is_some_and(|byte| byte != b')') {
        let before = cursor.at;
        if starts_expression(cursor) {
            words.extend(operands(cursor).0);
        } else {
            pipeline(cursor);
        }
        skip_lines(cursor);
        if cursor.at == before {
            cursor.skip_char();
        }
    }
    cursor.eat(")");
    words
}

/// One operand, with what is taken out of it.
fn operand(cursor: &mut Cursor<'_>) -> Word {
    let start = cursor.at;
    let mut builder = WordBuilder::new(start);
    match cursor.peek() {
        Some(b'"' | b'\'') => string(cursor, &mut builder),
        Some(b'@') if matches!(cursor.peek_at(1), Some(b'"' | b'\'')) => string(cursor, &mut builder),
        Some(b'@') if cursor.peek_at(1) == Some(b'{') => {
            hash_table(cursor);
            builder.computed(cursor, start, Quoting::Bare);
        }
        Some(b'{') => {
            cursor.at += 1;
            script_block(cursor, BlockKind::Function);
            builder.computed(cursor, start, Quoting::Bare);
        }
        Some(b'(') => {
            cursor.at += 1;
            brackets(cursor, &mut builder, start);
        }
        Some(b'$') => match variable(cursor) {
            Some(kind) => builder.push(cursor, kind, start, Quoting::Double),
            None => cursor.skip_char(),
        },
        _ => {
            cursor.skip_while(|byte| byte.is_ascii_alphanumeric() || byte == b'.');
            builder.plain(cursor, start..cursor.at, Quoting::Bare);
        }
    }
    members(cursor, &mut builder);
    builder.finish(cursor)
}

/// `(…)`, the opening bracket of which has been passed.
pub(super) fn brackets(cursor: &mut Cursor<'_>, builder: &mut WordBuilder, start: usize) {
    if let Some(kind) = cursor.substitution(|cursor| statements(cursor, Some(b')'))) {
        builder.push(cursor, kind, start, Quoting::Double);
    } else {
        cursor.skip_brackets(b'(', b')', b'`');
        builder.computed(cursor, start, Quoting::Double);
    }
}

/// Members and elements that are taken out of what has just been read.
pub(super) fn members(cursor: &mut Cursor<'_>, builder: &mut WordBuilder) {
    let start = cursor.at;
    loop {
        let is_name = |byte: Option<u8>| byte.is_some_and(|byte| byte.is_ascii_alphabetic() || byte == b'_');
        if cursor.peek() == Some(b'.') && is_name(cursor.peek_at(1)) {
            cursor.at += 1;
        } else if cursor.starts_with("::") && is_name(cursor.peek_at(2)) {
            cursor.at += 2;
        } else if cursor.eat("[") {
            cursor.skip_brackets(b'[', b']', b'`');
            continue;
        } else {
            break;
        }
        cursor.skip_while(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        if cursor.eat("(") && !cursor.nested(|cursor| statements(cursor, Some(b')'))) {
            cursor.skip_brackets(b'(', b')', b'`');
        }
    }
    if cursor.at > start {
        builder.computed(cursor, start, Quoting::Double);
    }
}

/// The entries of the hash table whose `@{` is here; none past the limit of nesting.
pub(super) fn hash_table(cursor: &mut Cursor<'_>) -> Vec<(Word, Word)> {
    cursor.at += 2;
    let mut entries = Vec::new();
    if !cursor.nested(|cursor| entries = table(cursor)) {
        cursor.skip_brackets(b'{', b'}', b'`');
    }
    entries
}

/// The entries of a hash table, the opening bracket of which has been passed.
fn table(cursor: &mut Cursor<'_>) -> Vec<(Word, Word)> {
    let mut entries = Vec::new();
    loop {
        skip_lines(cursor);
        let before = cursor.at;
        match cursor.peek() {
            None => return entries,
            Some(b'}') => {
                cursor.at += 1;
                return entries;
            }
            Some(b'"' | b'\'' | b'$') => {
                let key = operand(cursor);
                entry(cursor, key, &mut entries);
            }
            Some(_) => {
                cursor.skip_while(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-');
                let mut builder = WordBuilder::new(before);
                builder.plain(cursor, before..cursor.at, Quoting::Bare);
                let key = builder.finish(cursor);
                entry(cursor, key, &mut entries);
            }
        }
        if cursor.at == before {
            cursor.skip_char();
        }
    }
}

fn entry(cursor: &mut Cursor<'_>, key: Word, entries: &mut Vec<(Word, Word)>) {
    skip_blanks(cursor);
    if cursor.eat("=") {
        skip_lines(cursor);
        if let Assigned::Word(value) = value(cursor) {
            entries.push((key, value));
        }
    }
}
