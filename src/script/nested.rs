//! Scripts that other scripts hand to a shell as text: `bash -c '…'`, here-documents, `ssh host "…"`, `eval "…"`.

use super::invocation::program_name;
use super::{Dialect, Script, interpreter, is_relevant};
use crate::source::MappedText;
use crate::syntax::shell::{Command, Opaque, Piece, PieceKind, Quoting, Word};

/// How deep such scripts are looked for in each other.
const MAX_DEPTH: usize = 4;

/// How many words of a command may come before the shell that it runs.
const MAX_BEFORE: usize = 16;

/// Programs that run a shell that is named after them.
const RUNNERS: [&str; 18] = [
    "sudo", "command", "exec", "nohup", "env", "time", "xargs", "timeout", "retry", "watch", "ssh", "docker", "podman",
    "kubectl", "wsl", "nice", "find", "doas",
];

/// `script` and the scripts in it.
pub fn with_nested(script: Script) -> Vec<Script> {
    let mut found = vec![script];
    let (mut at, mut end) = (0, 1);
    for _ in 0..MAX_DEPTH {
        for outer in at..end {
            let inner = scripts(&found[outer]);
            found.extend(inner);
        }
        (at, end) = (end, found.len());
        if at == end {
            break;
        }
    }
    found
}

fn scripts(outer: &Script) -> Vec<Script> {
    let commands = outer.program.commands.iter().enumerate();
    let texts = commands.flat_map(|(number, command)| {
        let handed = handed(outer, number, command);
        handed.into_iter().map(move |(dialect, word)| (number, dialect, word))
    });
    let read = |(number, dialect, word): (usize, Dialect, &Word)| {
        let text = text(&outer.expand(word, number), dialect, word);
        is_relevant(text.text()).then(|| {
            let mut inner = Script::new(&text, dialect, outer.origin);
            inner.environment.clone_from(&outer.environment);
            inner
        })
    };
    texts.filter_map(read).collect()
}

/// The words that a command hands to a shell as scripts.
fn handed<'s>(outer: &'s Script, number: usize, command: &'s Command) -> Vec<(Dialect, &'s Word)> {
    let words = command.words.as_slice();
    let Some(first) = words.first().map(program_name) else { return Vec::new() };
    if matches!(first.as_str(), "eval" | "invoke-expression" | "iex") {
        let is_text = |word: &&Word| word.pieces.iter().any(|piece| piece.quoting != Quoting::Bare);
        return words[1..].iter().filter(is_text).map(|word| (outer.dialect, word)).collect();
    }
    let is_runner = RUNNERS.contains(&first.as_str());
    let last = if is_runner { MAX_BEFORE } else { 1 };
    let shell = words.iter().enumerate().take(last).find_map(|(at, word)| {
        let name = program_name(word);
        // `su -c` runs the shell of a user.
        let dialect = if name == "su" { Some(Dialect::Posix) } else { interpreter(&name) };
        dialect.map(|dialect| (at, dialect))
    });
    let Some((at, dialect)) = shell else {
        if first != "ssh" {
            return Vec::new();
        }
        let inputs = command.input.iter();
        let is_text = |word: &&Word| word.pieces.iter().any(|piece| piece.quoting != Quoting::Bare);
        let texts = words.iter().skip(2).filter(is_text);
        return inputs.chain(texts).chain(piped(outer, number, command)).map(|word| (Dialect::Posix, word)).collect();
    };
    let arguments = &words[at + 1..];
    match arguments.iter().position(|word| asks_for_text(word, dialect)) {
        Some(option) => arguments.get(option + 1).map(|word| (dialect, word)).into_iter().collect(),
        None if command.input.is_empty() => piped(outer, number, command).map(|word| (dialect, word)).collect(),
        None => command.input.iter().map(|word| (dialect, word)).collect(),
    }
}

/// Whether `option` says that a script comes next.
fn asks_for_text(option: &Word, dialect: Dialect) -> bool {
    let Some(text) = option.literal().map(|text| text.to_ascii_lowercase()) else { return false };
    match dialect {
        Dialect::Posix => {
            let letters = text.strip_prefix('-').unwrap_or_default();
            letters.ends_with('c') && letters.bytes().all(|byte| byte.is_ascii_alphabetic())
        }
        Dialect::PowerShell => text.len() > 1 && ["-command", "/command"].iter().any(|name| name.starts_with(&text)),
        Dialect::Batch => text == "/c" || text == "/k",
    }
}

/// What the command before `command` in its pipeline prints, as far as that is written out.
fn piped<'s>(outer: &'s Script, number: usize, command: &Command) -> impl Iterator<Item = &'s Word> {
    let before = number.checked_sub(1).and_then(|before| outer.program.commands.get(before));
    let before = before.filter(|before| before.pipeline == command.pipeline);
    let words = before.map_or(&[][..], |before| match before.words.first().map(program_name).as_deref() {
        Some("cat") => before.input.as_slice(),
        Some("echo" | "printf") => before.words.get(1..).unwrap_or_default(),
        _ => &[],
    });
    words.iter()
}

/// What the shell that a script starts reads. Of what is not known there stands a variable that nobody sets.
fn text(pieces: &[Piece], dialect: Dialect, word: &Word) -> MappedText<'static> {
    let mut text = MappedText::empty(word.span.file, word.span.start as usize);
    for piece in pieces {
        // A text has its places in one file.
        if let Some(literal) = piece.literal().filter(|_| piece.span.file == word.span.file) {
            text.push_part(literal, 0..literal.text().len());
            continue;
        }
        let span = if piece.span.file == word.span.file { piece.span } else { word.span };
        let shown = match (&piece.kind, piece.literal()) {
            (_, Some(literal)) => literal.text().to_owned(),
            (PieceKind::Variable(name), _) => variable(name, dialect),
            (PieceKind::Opaque(Opaque::Template, name), _) => format!("${{{{ {name} }}}}"),
            (PieceKind::Opaque(Opaque::Macro, name), _) => format!("$({name})"),
            (PieceKind::Opaque(Opaque::Placeholder, name), _) => format!("<{name}>"),
            _ => variable(&format!("_{}", piece.span.start), dialect),
        };
        text.push_escape(&shown, span.range());
    }
    text
}

fn variable(name: &str, dialect: Dialect) -> String {
    match dialect {
        Dialect::Batch => format!("%{name}%"),
        Dialect::Posix | Dialect::PowerShell => format!("${{{name}}}"),
    }
}
