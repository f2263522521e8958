//! Words and strings of PowerShell.

use super::expression::{brackets, hash_table, members};
use super::statement::{rounds, script_block};
use crate::syntax::shell::cursor::{Cursor, WordBuilder};
use crate::syntax::shell::tree::{BlockKind, PieceKind, Quoting, Word};

/// Where a variable lives; `env` alone makes a difference.
const SCOPES: [&str; 7] = ["env", "script", "global", "local", "private", "using", "variable"];

/// Whether `byte` ends a statement or an element of a pipeline.
pub(super) fn ends_statement(byte: u8) -> bool {
    matches!(byte, b'\n' | b';' | b'|' | b'&' | b')' | b'}')
}

/// Passes blanks, comments and escaped line breaks.
pub(super) fn skip_blanks(cursor: &mut Cursor<'_>) {
    loop {
        cursor.skip_while(|byte| matches!(byte, b' ' | b'\t' | b'\r'));
        if cursor.starts_with("<#") {
            let length = memchr::memmem::find(cursor.rest().as_bytes(), b"#>").map(|length| length + 2);
            cursor.at += length.unwrap_or(cursor.end - cursor.at);
        } else if cursor.peek() == Some(b'#') {
            cursor.skip_line();
        } else if !cursor.eat("`\n") && !cursor.eat("`\r\n") {
            return;
        }
    }
}

/// Passes blanks and the ends of statements.
pub(super) fn skip_lines(cursor: &mut Cursor<'_>) {
    loop {
        skip_blanks(cursor);
        if !matches!(cursor.peek(), Some(b'\n' | b';')) {
            return;
        }
        cursor.at += 1;
    }
}

/// The argument that starts here; `None` when none does.
pub(super) fn word(cursor: &mut Cursor<'_>) -> Option<Word> {
    let start = cursor.at;
    let mut builder = WordBuilder::new(start);
    // What follows takes everything as it is.
    if cursor.starts_with("--% ") {
        cursor.at += 4;
        let from = cursor.at;
        cursor.skip_while(|byte| !matches!(byte, b'\n' | b'\r' | b'|'));
        builder.plain(cursor, from..cursor.at, Quoting::Single);
        return Some(builder.finish(cursor));
    }
    while let Some(byte) = cursor.peek() {
        let from = cursor.at;
        match byte {
            b'"' | b'\'' => string(cursor, &mut builder),
            b'@' if from == start => at_sign(cursor, &mut builder),
            b'{' if from == start => {
                cursor.at += 1;
                match cursor.piped.take() {
                    Some(values) => {
                        let span = cursor.span(from..cursor.at);
                        rounds(cursor, ["_", "psitem"].map(|name| (name.to_owned(), span)).into(), values);
                    }
                    None => script_block(cursor, BlockKind::Loop),
                }
                builder.computed(cursor, from, Quoting::Bare);
                break;
            }
            b'(' => {
                cursor.at += 1;
                brackets(cursor, &mut builder, from);
                members(cursor, &mut builder);
            }
            b'$' => {
                if let Some(kind) = variable(cursor) {
                    builder.push(cursor, kind, from, Quoting::Bare);
                    members(cursor, &mut builder);
                } else {
                    cursor.at += 1;
                    builder.plain(cursor, from..cursor.at, Quoting::Bare);
                }
            }
            b'<' => {
                if let Some(kind) = cursor.surrounding() {
                    builder.push(cursor, kind, from, Quoting::Bare);
                } else {
                    cursor.at += 1;
                    builder.plain(cursor, from..cursor.at, Quoting::Bare);
                }
            }
            b'`' => {
                if cursor.eat("`\n") || cursor.eat("`\r\n") {
                    continue;
                }
                escape(cursor, &mut builder, Quoting::Bare);
            }
            b' ' | b'\t' | b'\r' | b',' | b'>' => break,
            byte if ends_statement(byte) => break,
            _ => {
                cursor.skip_char();
                cursor.skip_while(|byte| !b" \t\r\"'@($<`,>".contains(&byte) && !ends_statement(byte));
                builder.plain(cursor, from..cursor.at, Quoting::Bare);
            }
        }
    }
    (cursor.at > start).then(|| builder.finish(cursor))
}

/// `@'…'@`, `@(…)`, `@{…}`, or the elements of a variable.
fn at_sign(cursor: &mut Cursor<'_>, builder: &mut WordBuilder) {
    let from = cursor.at;
    match cursor.peek_at(1) {
        Some(b'"' | b'\'') => string(cursor, builder),
        Some(b'(') => {
            cursor.at += 2;
            brackets(cursor, builder, from);
        }
        Some(b'{') => {
            hash_table(cursor);
            builder.computed(cursor, from, Quoting::Bare);
        }
        Some(first) if first.is_ascii_alphabetic() || first == b'_' => {
            cursor.at += 1;
            cursor.skip_while(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
            let name = cursor.text[from + 1..cursor.at].to_ascii_lowercase();
            builder.push(cursor, PieceKind::Elements(name), from, Quoting::Bare);
        }
        _ => {
            cursor.at += 1;
            builder.plain(cursor, from..cursor.at, Quoting::Bare);
        }
    }
}

/// The string that starts here, in any of its four forms.
pub(super) fn string(cursor: &mut Cursor<'_>, builder: &mut WordBuilder) {
    let here = cursor.peek() == Some(b'@');
    let quote = if here { cursor.peek_at(1) } else { cursor.peek() };
    let quoting = if quote == Some(b'"') { Quoting::Double } else { Quoting::Single };
    let (quote, doubled) = if quoting == Quoting::Double { (b'"', "\"\"") } else { (b'\'', "''") };
    if here {
        cursor.at += 2;
        cursor.skip_line();
        cursor.eat("\n");
        let close: &[u8] = if quoting == Quoting::Double { b"\n\"@" } else { b"\n'@" };
        // The line break before the closing quote is not part of the text.
        let rest = &cursor.text.as_bytes()[cursor.at - 1..cursor.end];
        let end = memchr::memmem::find(rest, close).map(|length| cursor.at - 1 + length);
        let contents = end.unwrap_or(cursor.end).max(cursor.at);
        let contents = contents - usize::from(cursor.text[cursor.at..contents].ends_with('\r'));
        cursor.bounded(contents, |cursor| contents_of(cursor, builder, quoting, |_| false));
        cursor.at = end.map_or(cursor.end, |end| end + 3);
        return;
    }
    cursor.at += 1;
    loop {
        let is_read = cursor.nested(|cursor| contents_of(cursor, builder, quoting, |byte| byte == quote));
        if !is_read {
            cursor.skip_while(|byte| byte != quote);
        }
        let from = cursor.at;
        if !cursor.eat(doubled) {
            break;
        }
        builder.escape(cursor, &doubled[1..], from..cursor.at, quoting);
    }
    cursor.skip_char();
}

/// What stands in a string, up to its end.
fn contents_of(cursor: &mut Cursor<'_>, builder: &mut WordBuilder, quoting: Quoting, ends: impl Fn(u8) -> bool) {
    while let Some(byte) = cursor.peek().filter(|byte| !ends(*byte)) {
        let from = cursor.at;
        if byte == b'`' && quoting == Quoting::Double {
            escape(cursor, builder, quoting);
            continue;
        }
        let special = match byte {
            b'$' if quoting == Quoting::Double => variable(cursor),
            b'$' | b'<' => cursor.surrounding(),
            _ => None,
        };
        if let Some(kind) = special {
            builder.push(cursor, kind, from, quoting);
            continue;
        }
        cursor.skip_char();
        cursor.skip_while(|byte| !ends(byte) && !b"`$<".contains(&byte));
        builder.plain(cursor, from..cursor.at, quoting);
    }
}

/// `` ` `` and the character after it.
fn escape(cursor: &mut Cursor<'_>, builder: &mut WordBuilder, quoting: Quoting) {
    let from = cursor.at;
    cursor.at += 1;
    let escaped = cursor.peek();
    cursor.skip_char();
    let text = match escaped {
        Some(b'n') => "\n",
        Some(b't') => "\t",
        Some(b'r') => "\r",
        Some(b'0') => "\0",
        _ => &cursor.text[from + 1..cursor.at],
    };
    builder.escape(cursor, text, from..cursor.at, quoting);
}

/// The variable or `$(…)` that starts here.
pub(super) fn variable(cursor: &mut Cursor<'_>) -> Option<PieceKind> {
    if cursor.peek() != Some(b'$') {
        return None;
    }
    if let Some(kind) = cursor.surrounding() {
        return Some(kind);
    }
    let from = cursor.at;
    let name = match cursor.peek_at(1)? {
        b'(' => {
            cursor.at += 2;
            let mut builder = WordBuilder::new(from);
            brackets(cursor, &mut builder, from);
            return builder.finish(cursor).pieces.last().map(|piece| piece.kind.clone());
        }
        b'{' => {
            cursor.at += 2;
            cursor.skip_while(|byte| byte != b'}' && byte != b'\n');
            let name = &cursor.text[from + 2..cursor.at];
            cursor.eat("}");
            name
        }
        first if first.is_ascii_alphanumeric() || first == b'_' => {
            cursor.at += 1;
            let is_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
            cursor.skip_while(is_name);
            let scope = &cursor.text[from + 1..cursor.at];
            let is_scope = SCOPES.iter().any(|known| known.eq_ignore_ascii_case(scope));
            if is_scope && cursor.peek() == Some(b':') && cursor.peek_at(1).is_some_and(is_name) {
                cursor.at += 1;
                cursor.skip_while(is_name);
            }
            &cursor.text[from + 1..cursor.at]
        }
        _ => return None,
    };
    let name = name.to_ascii_lowercase();
    let is_env = name.starts_with("env:");
    let plain = if is_env { None } else { name.split_once(':').map(|(_, plain)| plain.to_owned()) };
    Some(PieceKind::Variable(plain.unwrap_or(name)))
}
