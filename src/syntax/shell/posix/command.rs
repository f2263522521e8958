//! Simple commands: assignments, words, redirections and here-documents.

use super::word::{document, skip_blanks, word};
use crate::syntax::shell::cursor::Cursor;
use crate::syntax::shell::tree::{Assigned, Assignment, Word};

/// A here-document whose text follows the line.
pub(super) struct Pending {
    delimiter: String,
    /// Whether the delimiter is quoted, so that nothing in the text is special.
    is_raw: bool,
    /// Whether tabs before the delimiter are passed.
    tabs: bool,
    /// The command that reads it.
    command: Option<usize>,
}

/// Commands whose arguments may be assignments.
const DECLARATIONS: [&str; 5] = ["export", "declare", "local", "readonly", "typeset"];

/// Commands that give a value to the variables that they name.
const READERS: [&str; 4] = ["read", "mapfile", "readarray", "unset"];

/// Longest index of an array's element, in bytes.
const MAX_INDEX: usize = 256;

/// Reads a simple command; whether it only tests something.
pub(super) fn simple(cursor: &mut Cursor<'_>, pipeline: usize, pending: &mut Vec<Pending>) -> bool {
    let mut words: Vec<Word> = Vec::new();
    let (mut assignments, mut declared, mut input) = (Vec::new(), Vec::new(), Vec::new());
    let first_pending = pending.len();
    loop {
        skip_blanks(cursor);
        if redirection(cursor, pending, &mut input) {
            continue;
        }
        match cursor.peek() {
            None | Some(b'\n' | b';' | b'&' | b'|' | b'(' | b')') => break,
            Some(b'#') => {
                cursor.skip_line();
                break;
            }
            Some(_) => {}
        }
        let declares = words.first().and_then(Word::literal).is_some_and(|name| DECLARATIONS.contains(&name.as_str()));
        if (words.is_empty() || declares)
            && let Some(assignment) = assignment(cursor)
        {
            if declares { &mut declared } else { &mut assignments }.push(assignment);
            continue;
        }
        let before = cursor.at;
        words.extend(word(cursor));
        if cursor.at == before {
            break;
        }
    }
    let mut tests = false;
    if let Some(program) = words.first().and_then(Word::literal) {
        tests = matches!(program.as_str(), "[" | "test" | "grep" | "command" | "which" | "type");
        if READERS.contains(&program.as_str()) {
            declared.extend(words[1..].iter().filter_map(|word| unknown(cursor, word)));
        }
    }
    if words.is_empty() {
        declared.extend(assignments);
    } else if let Some(command) = cursor.push_command(words, pipeline) {
        let added = &mut cursor.program.commands[command];
        (added.environment, added.input) = (assignments, input);
        for document in &mut pending[first_pending..] {
            document.command = Some(command);
        }
    }
    cursor.program.assignments.extend(declared);
    tests
}

/// The variable that `word` names gets a value that is not known.
fn unknown(cursor: &Cursor<'_>, word: &Word) -> Option<Assignment> {
    let name =
        word.literal().filter(|name| name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_'))?;
    let position = cursor.program.commands.len();
    Some(Assignment { name, span: word.span, value: Assigned::Unknown, block: cursor.block, position })
}

/// The assignment that stands here.
fn assignment(cursor: &mut Cursor<'_>) -> Option<Assignment> {
    let start = cursor.at;
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    if cursor.peek().is_none_or(|first| !is_name(first) || first.is_ascii_digit()) {
        return None;
    }
    cursor.skip_while(is_name);
    let name = start..cursor.at;
    let index = index_length(cursor.rest());
    let is_element = index > 0;
    cursor.at += index;
    let appends = cursor.eat("+");
    if !cursor.eat("=") {
        cursor.at = start;
        return None;
    }
    let value = if cursor.eat("(") {
        Assigned::Array(array(cursor))
    } else {
        let start = cursor.at;
        Assigned::Word(word(cursor).unwrap_or_else(|| Word { span: cursor.span(start..start), pieces: [].into() }))
    };
    let value = match value {
        _ if is_element => Assigned::Unknown,
        value if appends => Assigned::Added(Box::new(value)),
        value => value,
    };
    let (block, position) = (cursor.block, cursor.program.commands.len());
    let span = cursor.span(name.clone());
    Some(Assignment { name: cursor.text[name].to_owned(), span, value, block, position })
}

/// Length of the `[…]` that `text` starts with; 0 without one.
fn index_length(text: &str) -> usize {
    let (mut depth, mut quote) = (0, None);
    for (at, byte) in text.bytes().enumerate().take(MAX_INDEX) {
        match byte {
            b'\n' => break,
            _ if quote.is_some() => quote = quote.filter(|quote| *quote != byte),
            b'"' | b'\'' => quote = Some(byte),
            b'[' => depth += 1,
            b']' if depth == 1 => return at + 1,
            b']' => depth -= 1,
            _ if depth == 0 => break,
            _ => {}
        }
    }
    0
}

/// The elements of an array, the opening bracket of which has been passed.
fn array(cursor: &mut Cursor<'_>) -> Vec<Word> {
    let mut words = Vec::new();
    loop {
        skip_blanks(cursor);
        match cursor.peek() {
            None => return words,
            Some(b')') => {
                cursor.at += 1;
                return words;
            }
            Some(b'#') => cursor.skip_line(),
            Some(_) => match word(cursor) {
                Some(word) => words.push(word),
                None => cursor.skip_char(),
            },
        }
    }
}

/// Passes the redirections that follow a compound command.
pub(super) fn redirections(cursor: &mut Cursor<'_>, pending: &mut Vec<Pending>) {
    let mut input = Vec::new();
    skip_blanks(cursor);
    while redirection(cursor, pending, &mut input) {
        skip_blanks(cursor);
    }
}

/// Passes a redirection; whether there is one.
fn redirection(cursor: &mut Cursor<'_>, pending: &mut Vec<Pending>, input: &mut Vec<Word>) -> bool {
    let rest = cursor.rest();
    let number = rest.len() - rest.trim_start_matches(|byte: char| byte.is_ascii_digit()).len();
    let operator = &rest[number..];
    let is_both = number == 0 && operator.starts_with("&>");
    if !is_both && !operator.starts_with(['<', '>']) {
        return false;
    }
    // `<(…)` is a word, and `<name>` may be one.
    if operator.starts_with("<(") || operator.starts_with(">(") {
        return false;
    }
    let at = cursor.at;
    if cursor.surrounding().is_some() {
        cursor.at = at;
        return false;
    }
    cursor.at += number;
    if cursor.eat("<<<") {
        skip_blanks(cursor);
        input.extend(word(cursor));
    } else if cursor.eat("<<") {
        let tabs = cursor.eat("-");
        skip_blanks(cursor);
        let start = cursor.at;
        if let Some(delimiter) = word(cursor) {
            let is_raw = cursor.text[start..cursor.at].contains(['\'', '"', '\\']);
            let delimiter = delimiter.literal().unwrap_or_default();
            pending.push(Pending { delimiter, is_raw, tabs, command: None });
        }
    } else {
        cursor.eat("&");
        cursor.skip_while(|byte| matches!(byte, b'<' | b'>' | b'&' | b'|'));
        skip_blanks(cursor);
        word(cursor);
    }
    true
}

/// Reads the here-documents that start in this line.
pub(super) fn documents(cursor: &mut Cursor<'_>, pending: &mut Vec<Pending>) {
    for Pending { delimiter, is_raw, tabs, command } in pending.drain(..) {
        let (mut line, mut end) = (cursor.at, cursor.end);
        let mut after = end;
        while line < cursor.end {
            let rest = &cursor.text[line..cursor.end];
            let length = rest.find('\n').unwrap_or(rest.len());
            let content = rest[..length].trim_end_matches('\r');
            let content = if tabs { content.trim_start_matches('\t') } else { content };
            if content == delimiter {
                (end, after) = (line, line + length);
                break;
            }
            line += length + 1;
        }
        let word = document(cursor, end, is_raw);
        cursor.at = (after + 1).min(cursor.end);
        if let Some(command) = command.and_then(|command| cursor.program.commands.get_mut(command)) {
            command.input.push(word);
        }
    }
}
