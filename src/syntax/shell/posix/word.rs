//! Words of POSIX shells: quotes, escapes, variables and substitutions.

use std::ops::Range;

use super::list::{Until, list};
use crate::syntax::shell::cursor::{Cursor, WordBuilder};
use crate::syntax::shell::tree::{PieceKind, Quoting, Word};

/// Whether `byte` ends a word that is not quoted.
pub(super) fn is_meta(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | b';' | b'&' | b'|' | b'<' | b'>' | b'(' | b')')
}

/// Passes blanks and escaped line breaks.
pub(super) fn skip_blanks(cursor: &mut Cursor<'_>) {
    loop {
        cursor.skip_while(|byte| matches!(byte, b' ' | b'\t' | b'\r'));
        if !cursor.eat("\\\n") && !cursor.eat("\\\r\n") {
            return;
        }
    }
}

/// The word that starts here; `None` when none does.
pub(super) fn word(cursor: &mut Cursor<'_>) -> Option<Word> {
    let start = cursor.at;
    let mut builder = WordBuilder::new(start);
    while let Some(byte) = cursor.peek() {
        let from = cursor.at;
        match byte {
            b'<' | b'>' if from == start && cursor.peek_at(1) == Some(b'(') => {
                cursor.at += 2;
                commands(cursor, &mut builder, from, Quoting::Bare);
            }
            b'<' => match cursor.surrounding() {
                Some(kind) => builder.push(cursor, kind, from, Quoting::Bare),
                None => break,
            },
            b'\'' => single(cursor, &mut builder),
            b'"' => double(cursor, &mut builder),
            b'$' => dollar(cursor, &mut builder, Quoting::Bare),
            b'`' => backtick(cursor, &mut builder, Quoting::Bare),
            b'\\' => {
                if cursor.eat("\\\n") || cursor.eat("\\\r\n") {
                    continue;
                }
                cursor.at += 1;
                cursor.skip_char();
                builder.escape(cursor, &cursor.text[from + 1..cursor.at], from..cursor.at, Quoting::Bare);
            }
            byte if is_meta(byte) => break,
            _ => {
                cursor.skip_while(|byte| !is_meta(byte) && !matches!(byte, b'\'' | b'"' | b'$' | b'`' | b'\\'));
                builder.plain(cursor, from..cursor.at, Quoting::Bare);
            }
        }
    }
    (cursor.at > start).then(|| builder.finish(cursor))
}

/// A word of the text up to `end`, where only `$`, `` ` `` and `\` mean anything: a here-document.
pub(in crate::syntax::shell) fn document(cursor: &mut Cursor<'_>, end: usize, is_raw: bool) -> Word {
    let mut builder = WordBuilder::new(cursor.at);
    cursor.bounded(end, |cursor| {
        if is_raw {
            raw(cursor, &mut builder, None);
        } else {
            while cursor.peek().is_some() {
                double_part(cursor, &mut builder, |byte| byte == b'\\' || byte == b'$' || byte == b'`');
            }
        }
    });
    builder.finish(cursor)
}

/// Text up to `quote` in which nothing means anything to the shell.
fn raw(cursor: &mut Cursor<'_>, builder: &mut WordBuilder, quote: Option<u8>) {
    while cursor.peek().is_some_and(|byte| Some(byte) != quote) {
        let from = cursor.at;
        if let Some(kind) = cursor.surrounding() {
            builder.push(cursor, kind, from, Quoting::Single);
        } else {
            cursor.skip_char();
            cursor.skip_while(|byte| byte != b'$' && byte != b'<' && Some(byte) != quote);
            builder.plain(cursor, from..cursor.at, Quoting::Single);
        }
    }
}

fn single(cursor: &mut Cursor<'_>, builder: &mut WordBuilder) {
    cursor.at += 1;
    raw(cursor, builder, Some(b'\''));
    cursor.eat("'");
}

fn double(cursor: &mut Cursor<'_>, builder: &mut WordBuilder) {
    cursor.at += 1;
    let is_read = cursor.nested(|cursor| {
        while cursor.peek().is_some_and(|byte| byte != b'"') {
            double_part(cursor, builder, |byte| matches!(byte, b'"' | b'\\' | b'$' | b'`'));
        }
    });
    if !is_read {
        let from = cursor.at;
        cursor.skip_while(|byte| byte != b'"');
        builder.plain(cursor, from..cursor.at, Quoting::Double);
    }
    cursor.eat("\"");
}

/// The next part of what works like `"…"`; `special` starts another part.
fn double_part(cursor: &mut Cursor<'_>, builder: &mut WordBuilder, special: impl Fn(u8) -> bool) {
    let from = cursor.at;
    match cursor.peek() {
        Some(b'\\') => match cursor.peek_at(1) {
            Some(b'\n') => cursor.at += 2,
            Some(b'\r') if cursor.peek_at(2) == Some(b'\n') => cursor.at += 3,
            Some(escaped) if escaped != b'\\' && !special(escaped) => {
                cursor.at += 1;
                builder.plain(cursor, from..cursor.at, Quoting::Double);
            }
            Some(_) => {
                cursor.at += 2;
                builder.escape(cursor, &cursor.text[from + 1..cursor.at], from..cursor.at, Quoting::Double);
            }
            None => {
                cursor.at += 1;
                builder.plain(cursor, from..cursor.at, Quoting::Double);
            }
        },
        Some(b'$') => dollar(cursor, builder, Quoting::Double),
        Some(b'`') => backtick(cursor, builder, Quoting::Double),
        Some(b'<')
            if cursor
                .text
                .as_bytes()
                .get(from + 1)
                .is_some_and(|first| first.is_ascii_alphabetic() || !first.is_ascii()) =>
        {
            if let Some(kind) = cursor.surrounding() {
                builder.push(cursor, kind, from, Quoting::Double);
            } else {
                cursor.at += 1;
                builder.plain(cursor, from..cursor.at, Quoting::Double);
            }
        }
        _ => {
            cursor.skip_char();
            cursor.skip_while(|byte| byte != b'<' && !special(byte));
            builder.plain(cursor, from..cursor.at, Quoting::Double);
        }
    }
}

/// What `$` starts.
fn dollar(cursor: &mut Cursor<'_>, builder: &mut WordBuilder, quoting: Quoting) {
    let from = cursor.at;
    if let Some(kind) = cursor.surrounding() {
        return builder.push(cursor, kind, from, quoting);
    }
    match cursor.peek_at(1) {
        Some(b'(') => {
            if let Some(end) = arithmetic_end(cursor, from + 1) {
                cursor.at += 3;
                arithmetic(cursor, end);
                builder.computed(cursor, from, quoting);
            } else {
                cursor.at += 2;
                commands(cursor, builder, from, quoting);
            }
        }
        Some(b'{') => braces(cursor, builder, quoting),
        Some(b'\'') if quoting == Quoting::Bare => ansi_c(cursor, builder),
        Some(b'"') if quoting == Quoting::Bare => {
            cursor.at += 1;
            double(cursor, builder);
        }
        Some(first) if first.is_ascii_alphabetic() || first == b'_' => {
            cursor.at += 1;
            cursor.skip_while(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
            let name = cursor.text[from + 1..cursor.at].to_owned();
            builder.push(cursor, PieceKind::Variable(name), from, quoting);
        }
        Some(b'0'..=b'9' | b'@' | b'*' | b'#' | b'?' | b'-' | b'$' | b'!') => {
            cursor.at += 2;
            builder.computed(cursor, from, quoting);
        }
        _ => {
            cursor.at += 1;
            builder.plain(cursor, from..cursor.at, quoting);
        }
    }
}

/// Commands up to `)`, the opening bracket of which has been passed.
fn commands(cursor: &mut Cursor<'_>, builder: &mut WordBuilder, from: usize, quoting: Quoting) {
    if let Some(kind) = cursor.substitution(|cursor| list(cursor, Until::Bracket)) {
        builder.push(cursor, kind, from, quoting);
    } else {
        cursor.skip_brackets(b'(', b')', b'\\');
        builder.computed(cursor, from, quoting);
    }
}

fn backtick(cursor: &mut Cursor<'_>, builder: &mut WordBuilder, quoting: Quoting) {
    let from = cursor.at;
    cursor.at += 1;
    let mut close = cursor.at;
    let bytes = cursor.text.as_bytes();
    while close < cursor.end && bytes[close] != b'`' {
        close += 1 + usize::from(bytes[close] == b'\\');
    }
    let close = close.min(cursor.end);
    let kind = cursor.substitution(|cursor| cursor.bounded(close, |cursor| list(cursor, Until::End)));
    cursor.at = close;
    cursor.eat("`");
    match kind {
        Some(kind) => builder.push(cursor, kind, from, quoting),
        None => builder.computed(cursor, from, quoting),
    }
}

/// `${…}`.
fn braces(cursor: &mut Cursor<'_>, builder: &mut WordBuilder, quoting: Quoting) {
    let from = cursor.at;
    cursor.at += 2;
    let start = cursor.at;
    cursor.skip_while(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let name = &cursor.text[start..cursor.at];
    let is_name = name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_');
    let rest = cursor.rest();
    if is_name && cursor.eat("}") {
        return builder.push(cursor, PieceKind::Variable(name.to_owned()), from, quoting);
    }
    if is_name && (cursor.eat("[@]}") || cursor.eat("[*]}")) {
        return builder.push(cursor, PieceKind::Elements(name.to_owned()), from, quoting);
    }
    // `${x:?message}` is the value of the variable, or the end of the script.
    let is_value = is_name && (rest.starts_with(":?") || rest.starts_with('?'));
    let is_read = cursor.nested(|cursor| {
        // Commands in here may run; what they make of the word is not followed.
        let mut inner = WordBuilder::new(cursor.at);
        while let Some(byte) = cursor.peek().filter(|byte| *byte != b'}') {
            match byte {
                b'\\' => {
                    cursor.at += 1;
                    cursor.skip_char();
                }
                b'\'' if quoting == Quoting::Bare => single(cursor, &mut inner),
                b'"' => double(cursor, &mut inner),
                b'$' => dollar(cursor, &mut inner, quoting),
                b'`' => backtick(cursor, &mut inner, quoting),
                _ => cursor.skip_char(),
            }
        }
        cursor.eat("}");
    });
    if !is_read {
        cursor.skip_brackets(b'{', b'}', b'\\');
    }
    if is_value {
        builder.push(cursor, PieceKind::Variable(name.to_owned()), from, quoting);
    } else {
        builder.computed(cursor, from, quoting);
    }
}

/// Where the `))` of an arithmetic expression ends whose `((` is at `start`; `None` when it is something else.
pub(super) fn arithmetic_end(cursor: &mut Cursor<'_>, start: usize) -> Option<usize> {
    if cursor.text.as_bytes().get(start..start + 2) != Some(b"((") || start + 2 > cursor.end {
        return None;
    }
    let at = std::mem::replace(&mut cursor.at, start + 2);
    cursor.skip_brackets(b'(', b')', b'\\');
    let inner = std::mem::replace(&mut cursor.at, at);
    let is_closed = inner < cursor.end && cursor.text.as_bytes()[inner] == b')';
    (is_closed && cursor.text.as_bytes()[inner - 1] == b')').then_some(inner + 1)
}

/// Passes an arithmetic expression that ends at `end`; commands in it are found.
pub(super) fn arithmetic(cursor: &mut Cursor<'_>, end: usize) {
    let mut inner = WordBuilder::new(cursor.at);
    cursor.nested(|cursor| {
        cursor.bounded(end, |cursor| {
            while let Some(byte) = cursor.peek() {
                match byte {
                    b'$' => dollar(cursor, &mut inner, Quoting::Double),
                    b'`' => backtick(cursor, &mut inner, Quoting::Double),
                    _ => cursor.skip_char(),
                }
            }
        });
    });
    cursor.at = end;
}

/// `$'…'`.
fn ansi_c(cursor: &mut Cursor<'_>, builder: &mut WordBuilder) {
    cursor.at += 2;
    while let Some(byte) = cursor.peek().filter(|byte| *byte != b'\'') {
        let from = cursor.at;
        if byte != b'\\' {
            cursor.skip_while(|byte| byte != b'\'' && byte != b'\\');
            builder.plain(cursor, from..cursor.at, Quoting::Single);
            continue;
        }
        cursor.at += 1;
        let escaped = cursor.peek();
        cursor.skip_char();
        let value = match escaped {
            Some(b'n') => '\n',
            Some(b't') => '\t',
            Some(b'r') => '\r',
            Some(b'a') => '\u{7}',
            Some(b'b') => '\u{8}',
            Some(b'e' | b'E') => '\u{1b}',
            Some(b'f') => '\u{c}',
            Some(b'v') => '\u{b}',
            Some(b'x') => digits(cursor, 16, 2),
            Some(b'u') => digits(cursor, 16, 4),
            Some(b'U') => digits(cursor, 16, 8),
            Some(b'0'..=b'7') => {
                cursor.at -= 1;
                digits(cursor, 8, 3)
            }
            _ => cursor.text[from + 1..cursor.at].chars().next().unwrap_or('\\'),
        };
        builder.escape(cursor, value.encode_utf8(&mut [0; 4]), from..cursor.at, Quoting::Single);
    }
    cursor.eat("'");
}

/// The character that up to `most` digits stand for.
fn digits(cursor: &mut Cursor<'_>, radix: u32, most: usize) -> char {
    let length = cursor.rest().bytes().take(most).take_while(|byte| char::from(*byte).is_digit(radix)).count();
    let Range { start, end } = cursor.at..cursor.at + length;
    cursor.at = end;
    u32::from_str_radix(&cursor.text[start..end], radix).ok().and_then(char::from_u32).unwrap_or('\u{fffd}')
}
