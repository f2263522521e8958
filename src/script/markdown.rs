//! Fenced code blocks of Markdown.

use super::{Dialect, Origin, Script};
use crate::source::{FileId, MappedText};

/// The scripts of a document.
pub(super) fn scripts(file: FileId, text: &str) -> Vec<Script> {
    let mut scripts = Vec::new();
    let mut lines = Lines { text, at: 0 };
    while let Some((_, line)) = lines.next() {
        let Some(fence) = fence(line) else { continue };
        let mut block = Block::new(&fence, file);
        for (start, line) in lines.by_ref() {
            if closes(line, &fence) {
                break;
            }
            let line = contents(line, &fence);
            block.line(line.0, start + line.1);
        }
        if let Some((text, dialect)) = block.finish() {
            scripts.push(Script::new(&text, dialect, Origin::Document));
        }
    }
    scripts
}

/// The lines of a text with where they start, and with their line breaks.
struct Lines<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Iterator for Lines<'t> {
    type Item = (usize, &'t str);

    fn next(&mut self) -> Option<Self::Item> {
        let rest = &self.text[self.at..];
        let length = rest.find('\n').map_or(rest.len(), |newline| newline + 1);
        let start = self.at;
        self.at += length;
        (length > 0).then(|| (start, &rest[..length]))
    }
}

/// The line that opens a code block.
struct Fence<'t> {
    mark: char,
    length: usize,
    /// Columns before it.
    indent: usize,
    /// Marks of quotations before it.
    quotes: usize,
    language: &'t str,
}

fn fence(line: &str) -> Option<Fence<'_>> {
    let mut rest = line;
    let mut quotes = 0;
    loop {
        let trimmed = rest.trim_start_matches([' ', '\t']);
        let Some(quoted) = trimmed.strip_prefix('>') else { break };
        rest = quoted.strip_prefix(' ').unwrap_or(quoted);
        quotes += 1;
    }
    let mut trimmed = rest.trim_start_matches([' ', '\t']);
    // A list item may begin with its code block.
    for marker in ["- ", "* ", "+ "] {
        trimmed = trimmed.strip_prefix(marker).unwrap_or(trimmed).trim_start_matches(' ');
    }
    let mark = trimmed.chars().next().filter(|mark| matches!(mark, '`' | '~'))?;
    let info = trimmed.trim_start_matches(mark);
    let length = trimmed.len() - info.len();
    if length < 3 || (mark == '`' && info.contains('`')) {
        return None;
    }
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let info = info.trim_start().trim_start_matches(['{', '.']);
    let language = info.split(|c: char| !is_word(c)).next().unwrap_or_default();
    Some(Fence { mark, length, indent: rest.len() - trimmed.len(), quotes, language })
}

fn closes(line: &str, fence: &Fence<'_>) -> bool {
    let line = line.trim_start_matches([' ', '\t', '>']).trim_end();
    line.len() >= fence.length && line.chars().all(|c| c == fence.mark)
}

/// A line of a block without what the surroundings of the block put before it, and how much that is.
fn contents<'t>(line: &'t str, fence: &Fence<'_>) -> (&'t str, usize) {
    let mut rest = line;
    for _ in 0..fence.quotes {
        let trimmed = rest.trim_start_matches([' ', '\t']);
        let Some(quoted) = trimmed.strip_prefix('>') else { break };
        rest = quoted.strip_prefix(' ').unwrap_or(quoted);
    }
    let blanks = rest.len() - rest.trim_start_matches([' ', '\t']).len();
    rest = &rest[blanks.min(fence.indent)..];
    (rest, line.len() - rest.len())
}

/// What marks the lines of a console that were typed. The prompt of root is rarer than a comment, which looks like it.
const PROMPTS: [&str; 3] = ["$ ", "PS> ", "> "];

/// The script of a code block in the making.
struct Block {
    language: Language,
    /// Whether the line before goes on.
    goes_on: bool,
    /// Whether some line shows a prompt.
    is_prompted: bool,
    /// What was typed.
    typed: MappedText<'static>,
    /// All lines, for blocks without prompts.
    plain: MappedText<'static>,
}

/// What a fence says of its block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Language {
    /// A script.
    Script(Dialect),
    /// Commands, perhaps after prompts and among what they print.
    Console,
    /// Nothing.
    Unsaid,
    /// Something else.
    Other,
}

impl Language {
    fn of(name: &str) -> Self {
        match name.to_ascii_lowercase().as_str() {
            "bash" | "sh" | "shell" | "zsh" | "azurecli" | "azurecli-interactive" | "azcli" | "azcopy" => {
                Self::Script(Dialect::Posix)
            }
            "console" | "shell-session" | "shellsession" | "terminal" => Self::Console,
            "powershell"
            | "powershell-interactive"
            | "pwsh"
            | "azurepowershell"
            | "azurepowershell-interactive"
            | "ps"
            | "ps1" => Self::Script(Dialect::PowerShell),
            "cmd" | "bat" | "batch" | "dos" => Self::Script(Dialect::Batch),
            "" => Self::Unsaid,
            _ => Self::Other,
        }
    }
}

impl Block {
    fn new(fence: &Fence<'_>, file: FileId) -> Self {
        let empty = || MappedText::empty(file, 0);
        let language = Language::of(fence.language);
        Self { language, goes_on: false, is_prompted: false, typed: empty(), plain: empty() }
    }

    fn line(&mut self, line: &str, start: usize) {
        if self.language == Language::Other {
            return;
        }
        let is_script = matches!(self.language, Language::Script(_));
        let prompt = PROMPTS.iter().find(|prompt| line.starts_with(**prompt));
        let prompt = prompt.filter(|prompt| !is_script || **prompt != "> ");
        self.plain.push(line, start);
        if let Some(prompt) = prompt {
            self.is_prompted = true;
            self.typed.push(&line[prompt.len()..], start + prompt.len());
        } else if is_script || self.goes_on {
            self.typed.push(line, start);
        }
        self.goes_on = (prompt.is_some() || self.goes_on) && line.trim_end().ends_with('\\');
    }

    fn finish(self) -> Option<(MappedText<'static>, Dialect)> {
        let text =
            if self.is_prompted || matches!(self.language, Language::Script(_)) { self.typed } else { self.plain };
        let dialect = match self.language {
            Language::Script(dialect) => dialect,
            Language::Console => Dialect::Posix,
            Language::Unsaid => guessed(text.text())?,
            Language::Other => return None,
        };
        (!text.text().trim().is_empty()).then_some((text, dialect))
    }
}

/// The language of a block that does not say its own, when it begins with a call of something of Azure, and does not
/// only show which options there are.
fn guessed(text: &str) -> Option<Dialect> {
    let mut lines = text.lines().filter(|line| !line.trim().is_empty() && !line.trim_start().starts_with('#'));
    let first = lines.next()?.trim();
    let mut goes_on = first.ends_with(['\\', '`', '^']);
    for line in lines {
        if !goes_on && line.trim_start().starts_with(['-', '[']) {
            return None;
        }
        goes_on = line.trim_end().ends_with(['\\', '`', '^']);
    }
    if text.contains("[-") {
        return None;
    }
    let is_cmdlet = first.split([' ', '(']).next().is_some_and(|word| word.contains("-Az"));
    let is_posix = is_call(first) || ["=$(az ", "=\"$(az ", "=`az "].iter().any(|start| first.contains(start));
    if is_cmdlet { Some(Dialect::PowerShell) } else { is_posix.then_some(Dialect::Posix) }
}

/// Whether a line calls the Azure CLI or AzCopy.
fn is_call(line: &str) -> bool {
    ["az ", "azcopy ", "./azcopy ", "sudo az "].iter().any(|start| line.starts_with(start))
}
