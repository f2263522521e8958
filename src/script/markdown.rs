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

/// The script of a code block in the making.
struct Block {
    dialect: Option<Dialect>,
    /// Whether commands stand after prompts, among what they print.
    is_console: bool,
    /// Whether the line before goes on.
    goes_on: bool,
    text: MappedText<'static>,
}

impl Block {
    fn new(fence: &Fence<'_>, file: FileId) -> Self {
        let (dialect, is_console) = match fence.language.to_ascii_lowercase().as_str() {
            "bash" | "sh" | "shell" | "zsh" | "azurecli" | "azurecli-interactive" | "azcli" => {
                (Some(Dialect::Posix), false)
            }
            "console" | "shell-session" | "shellsession" | "terminal" => (Some(Dialect::Posix), true),
            "powershell"
            | "powershell-interactive"
            | "pwsh"
            | "azurepowershell"
            | "azurepowershell-interactive"
            | "ps1" => (Some(Dialect::PowerShell), false),
            "cmd" | "bat" | "batch" | "dos" => (Some(Dialect::Batch), false),
            _ => (None, false),
        };
        Self { dialect, is_console, goes_on: false, text: MappedText::empty(file, 0) }
    }

    fn line(&mut self, line: &str, start: usize) {
        if self.dialect.is_none() {
            return;
        }
        let prompt = ["$ ", "# ", "PS> ", "> "].iter().find(|prompt| line.starts_with(**prompt));
        let (line, start) = match prompt {
            // A comment looks like the prompt of root.
            Some(prompt) if self.is_console || *prompt == "$ " || *prompt == "PS> " => {
                (&line[prompt.len()..], start + prompt.len())
            }
            _ if self.is_console && !self.goes_on => return,
            _ => (line, start),
        };
        self.goes_on = line.trim_end().ends_with('\\');
        self.text.push(line, start);
    }

    fn finish(self) -> Option<(MappedText<'static>, Dialect)> {
        self.dialect.filter(|_| !self.text.text().trim().is_empty()).map(|dialect| (self.text, dialect))
    }
}
