//! Batch files of `cmd`, line by line.

use super::cursor::{Cursor, WordBuilder};
use super::tree::{Assigned, Assignment, BlockKind, PieceKind, Quoting, Word};

/// Reads a whole script.
pub(super) fn script(cursor: &mut Cursor<'_>) {
    let mut outer = Vec::new();
    let mut pipeline = cursor.next_pipeline();
    while let Some(byte) = cursor.peek() {
        let start = cursor.at;
        match byte {
            b'\n' | b'&' => {
                cursor.at += 1;
                pipeline = cursor.next_pipeline();
                if byte == b'\n' {
                    cursor.block = outer.last().copied().unwrap_or(0);
                }
            }
            b'|' => {
                if cursor.eat("||") {
                    pipeline = cursor.next_pipeline();
                    cursor.open_block(BlockKind::Branch, cursor.block);
                } else {
                    cursor.at += 1;
                }
            }
            b'(' => {
                cursor.at += 1;
                outer.push(cursor.block);
            }
            b')' => {
                cursor.at += 1;
                outer.pop();
                cursor.block = outer.last().copied().unwrap_or(0);
            }
            b' ' | b'\t' | b'\r' | b'@' | b',' => cursor.at += 1,
            b':' => cursor.skip_line(),
            _ => command(cursor, pipeline),
        }
        if cursor.at == start {
            cursor.skip_char();
        }
    }
}

fn command(cursor: &mut Cursor<'_>, pipeline: usize) {
    let start = cursor.at;
    let Some(first) = word(cursor) else { return };
    match first.literal().unwrap_or_default().to_ascii_lowercase().as_str() {
        "rem" => cursor.skip_line(),
        "set" => assignment(cursor),
        "if" => {
            condition(cursor);
            cursor.open_block(BlockKind::Branch, cursor.block);
        }
        "else" => {
            cursor.open_block(BlockKind::Branch, cursor.block);
        }
        "for" => {
            let line = cursor.rest().split('\n').next().unwrap_or_default().to_ascii_lowercase();
            let head = line.find(") do").map_or(line.len(), |head| head + 4);
            // Lower case has as many bytes in ASCII only.
            cursor.at += if line.is_ascii() { head } else { 0 };
            cursor.open_block(BlockKind::Loop, cursor.block);
        }
        _ => {
            cursor.at = start;
            let mut words = Vec::new();
            loop {
                skip_blanks(cursor);
                if let Some(b'>' | b'<') = cursor.peek() {
                    cursor.skip_while(|byte| matches!(byte, b'>' | b'<'));
                    cursor.eat("&");
                    skip_blanks(cursor);
                    word(cursor);
                    continue;
                }
                match word(cursor) {
                    Some(word) => words.push(word),
                    None => break,
                }
            }
            cursor.push_command(words, pipeline);
        }
    }
}

fn skip_blanks(cursor: &mut Cursor<'_>) {
    loop {
        cursor.skip_while(|byte| matches!(byte, b' ' | b'\t' | b'\r'));
        if !cursor.eat("^\n") && !cursor.eat("^\r\n") {
            return;
        }
    }
}

/// Passes what `if` asks.
fn condition(cursor: &mut Cursor<'_>) {
    loop {
        skip_blanks(cursor);
        let Some(asked) = word(cursor) else { return };
        match asked.literal().unwrap_or_default().to_ascii_lowercase().as_str() {
            "/i" | "not" => {}
            "exist" | "defined" | "errorlevel" => {
                skip_blanks(cursor);
                word(cursor);
                return;
            }
            _ => {
                let is_whole =
                    asked.pieces.iter().any(|piece| piece.literal().is_some_and(|text| text.text().contains("==")));
                for _ in 0..if is_whole { 0 } else { 2 } {
                    skip_blanks(cursor);
                    word(cursor);
                }
                return;
            }
        }
    }
}

/// `set NAME=value` or `set "NAME=value"`.
fn assignment(cursor: &mut Cursor<'_>) {
    skip_blanks(cursor);
    let is_quoted = cursor.eat("\"");
    let start = cursor.at;
    cursor.skip_while(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let name = start..cursor.at;
    let is_known = cursor.eat("=") && !name.is_empty();
    let mut builder = WordBuilder::new(cursor.at);
    let ends =
        |byte: u8| byte == b'\n' || byte == b'\r' || if is_quoted { byte == b'"' } else { b"&|)".contains(&byte) };
    contents(cursor, &mut builder, Quoting::Double, &ends);
    let value = Assigned::Word(builder.finish(cursor));
    if is_quoted {
        cursor.eat("\"");
    }
    if is_known {
        let (block, position) = (cursor.block, cursor.program.commands.len());
        let span = cursor.span(name.clone());
        let name = cursor.text[name].to_owned();
        cursor.program.assignments.push(Assignment { name, span, value, block, position });
    }
}

fn word(cursor: &mut Cursor<'_>) -> Option<Word> {
    let start = cursor.at;
    let mut builder = WordBuilder::new(start);
    while let Some(byte) = cursor.peek() {
        if byte == b'"' {
            cursor.at += 1;
            contents(cursor, &mut builder, Quoting::Double, &|byte| matches!(byte, b'"' | b'\n'));
            cursor.eat("\"");
            continue;
        }
        let before = cursor.at;
        let ends = |byte: u8| b" \t\r\n&|<>()\"".contains(&byte);
        contents(cursor, &mut builder, Quoting::Bare, &ends);
        if cursor.at == before {
            break;
        }
    }
    (cursor.at > start).then(|| builder.finish(cursor))
}

/// Text and variables up to a byte that ends them.
fn contents(cursor: &mut Cursor<'_>, builder: &mut WordBuilder, quoting: Quoting, ends: &dyn Fn(u8) -> bool) {
    while let Some(byte) = cursor.peek().filter(|byte| !ends(*byte)) {
        let from = cursor.at;
        match byte {
            b'^' if quoting == Quoting::Bare => {
                cursor.at += 1;
                if !cursor.eat("\n") && !cursor.eat("\r\n") {
                    cursor.skip_char();
                    builder.escape(cursor, &cursor.text[from + 1..cursor.at], from..cursor.at, quoting);
                }
            }
            b'%' | b'!' if variable(cursor, byte) => {
                let name = cursor.text[from + 1..cursor.at - 1].to_owned();
                builder.push(cursor, PieceKind::Variable(name), from, quoting);
            }
            b'$' => match cursor.surrounding() {
                Some(kind) => builder.push(cursor, kind, from, quoting),
                None => {
                    cursor.at += 1;
                    builder.plain(cursor, from..cursor.at, quoting);
                }
            },
            b'%' => {
                cursor.at += 1;
                cursor.skip_while(|byte| matches!(byte, b'%' | b'~' | b'*') || byte.is_ascii_alphanumeric());
                builder.computed(cursor, from, quoting);
            }
            _ => {
                cursor.skip_char();
                cursor.skip_while(|byte| !ends(byte) && !b"^%!$".contains(&byte));
                builder.plain(cursor, from..cursor.at, quoting);
            }
        }
    }
}

/// Passes `%NAME%` or `!NAME!`; whether it is there.
fn variable(cursor: &mut Cursor<'_>, mark: u8) -> bool {
    let start = cursor.at;
    cursor.at += 1;
    cursor.skip_while(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if cursor.at > start + 1 && cursor.peek() == Some(mark) {
        cursor.at += 1;
        return true;
    }
    cursor.at = start;
    false
}
