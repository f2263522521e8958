//! Fenced code blocks of Markdown.

use super::{Dialect, Found, Origin, Script, is_relevant, python, steps};
use crate::source::{FileId, MappedText};
use crate::syntax::yaml;

/// The scripts and tasks of a document.
pub(super) fn find(file: FileId, text: &str) -> Found {
    let mut found = Found::default();
    let mut lines = Lines { text, at: 0 };
    while let Some((start, line)) = lines.next() {
        if let Some(end) = comment_end(text, start, line) {
            lines.at = end;
            continue;
        }
        let Some(fence) = fence(line) else { continue };
        let mut block = Block::new(&fence, file);
        for (start, line) in lines.by_ref() {
            if closes(line, &fence) {
                break;
            }
            let line = contents(line, &fence);
            block.line(line.0, start + line.1, start);
        }
        block.finish(&mut found);
    }
    found
}

/// Where the comment ends that is open at the end of the line that starts at `start`; its lines are no code.
fn comment_end(text: &str, start: usize, line: &str) -> Option<usize> {
    let opened = line.rfind("<!--").filter(|at| !line[..*at].ends_with('`') && !line[*at..].contains("-->"))?;
    match text[start + opened..].find("-->") {
        Some(length) => {
            let end = start + opened + length;
            Some(text[end..].find('\n').map_or(text.len(), |newline| end + newline + 1))
        }
        // One that is never closed holds the rest, if it is no part of a text.
        None => line[..opened].trim().is_empty().then_some(text.len()),
    }
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

/// The length of the prompt that marks a line of a console as typed. The prompt of root is rarer than a comment, which
/// looks like it.
fn prompt(line: &str, is_script: bool) -> Option<usize> {
    let indent = line.len() - line.trim_start_matches([' ', '\t']).len();
    let line = &line[indent..];
    let plain = |mark: &str| line.starts_with(mark).then_some(mark.len());
    // `PS C:\repo>`, `C:\repo>`, `PS /home/me>`
    let of_windows = || {
        let (path, rest) = line.strip_prefix("PS").unwrap_or(line).split_once('>')?;
        let is_path = path.is_empty() || path.starts_with([' ', '/', '~']) || path.get(1..3) == Some(":\\");
        let is_shown =
            line.starts_with("PS") && path.trim_start().len() + 1 >= path.len() || path.get(1..3) == Some(":\\");
        let length = line.len() - rest.len();
        let blank = rest.len() - rest.trim_start_matches(' ').len();
        (is_path && is_shown && !path.contains(['<', '|', '$', '"', '\''])).then_some(length + blank)
    };
    // `me@host:~$`, `[me@host dir]$`, `~/dir$`
    let of_user = || {
        let end = line.find("$ ")?;
        let who = &line[..end];
        let is_one = who.starts_with('[') && who.ends_with(']') || !who.contains(' ');
        let is_user = who.contains('@') && !who.contains(['=', '"', '\'', '(']);
        ((is_user && is_one) || (who.starts_with('~') && !who.contains(' '))).then_some(end + 2)
    };
    let found = plain("$ ").or_else(of_windows).or_else(of_user).or_else(|| plain("> ").filter(|_| !is_script));
    found.map(|length| indent + length)
}

/// The script of a code block in the making.
struct Block {
    language: Language,
    file: FileId,
    /// Where the block starts, and its lines as they are but for the marks of quotations.
    start: Option<usize>,
    lines: String,
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
    /// Workflows and pipelines.
    Yaml,
    /// A program in Python.
    Python,
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
            "yaml" | "yml" => Self::Yaml,
            "python" | "py" | "python3" => Self::Python,
            "" => Self::Unsaid,
            _ => Self::Other,
        }
    }
}

impl Block {
    fn new(fence: &Fence<'_>, file: FileId) -> Self {
        let empty = || MappedText::empty(file, 0);
        let language = Language::of(fence.language);
        let lines = String::new();
        Self { language, file, start: None, lines, goes_on: false, is_prompted: false, typed: empty(), plain: empty() }
    }

    fn line(&mut self, line: &str, start: usize, line_start: usize) {
        if self.language == Language::Other {
            return;
        }
        self.plain.push(line, start);
        if self.language == Language::Yaml {
            // What is not part of the block in its lines becomes blank, so that each byte keeps its place.
            let from = *self.start.get_or_insert(line_start);
            let blanks = start.saturating_sub(from + self.lines.len());
            self.lines.extend(std::iter::repeat_n(' ', blanks));
            self.lines.push_str(line);
            return;
        }
        let is_script = matches!(self.language, Language::Script(_));
        let typed = prompt(line, is_script);
        if let Some(length) = typed {
            self.is_prompted = true;
            self.typed.push(&line[length..], start + length);
        } else if is_script || self.goes_on {
            // The shell shows that it waits for more.
            let marks = [">> ", "> "].into_iter().filter(|_| self.goes_on);
            let length = marks.filter(|mark| line.starts_with(mark)).map(str::len).next().unwrap_or(0);
            self.typed.push(&line[length..], start + length);
        }
        self.goes_on = (typed.is_some() || self.goes_on) && line.trim_end().ends_with(['\\', '`', '^']);
    }

    fn finish(self, found: &mut Found) {
        match self.language {
            Language::Yaml if is_relevant(&self.lines) => {
                let (stream, _) = yaml::parse_at(self.file, &self.lines, self.start.unwrap_or_default());
                for document in stream.documents() {
                    steps::find_in_document(document, self.file, found);
                }
            }
            Language::Python => found.scripts.extend(python::scripts(&self.plain, Origin::Document)),
            _ => {
                let read = |(text, dialect)| Script::new(&text, dialect, Origin::Document);
                found.scripts.extend(self.script().map(read));
            }
        }
    }

    /// The script that the block is.
    fn script(self) -> Option<(MappedText<'static>, Dialect)> {
        let text =
            if self.is_prompted || matches!(self.language, Language::Script(_)) { self.typed } else { self.plain };
        let dialect = match self.language {
            Language::Script(dialect) => dialect,
            Language::Console => Dialect::Posix,
            Language::Unsaid => guessed(text.text())?,
            Language::Yaml | Language::Python | Language::Other => return None,
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
