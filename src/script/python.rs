//! Commands in programs in Python: lists of arguments, and texts that are handed to a shell.

use std::ops::Range;

use super::{Dialect, Origin, Script, Variable, is_relevant};
use crate::source::MappedText;
use crate::syntax::shell;

/// Programs whose calls are looked for.
const PROGRAMS: [&str; 4] = ["az", "azcopy", "az.cmd", "azcopy.exe"];

/// What the text of a command starts with.
const STARTS: [&str; 3] = ["az ", "azcopy ", "sudo az "];

/// The scripts of a program, one for each command.
pub(super) fn scripts(text: &MappedText<'_>, origin: Origin) -> Vec<Script> {
    let mut scanner = Scanner { source: text, text: text.text(), at: 0 };
    let (mut found, mut variables) = (Vec::new(), Vec::new());
    // What stands before the token here.
    let mut before = Before::Other;
    let mut name = 0..0;
    while let Some(byte) = scanner.peek() {
        let start = scanner.at;
        if let Some(string) = scanner.string() {
            if before == Before::Equals {
                variables.push((name.clone(), string.clone()));
            }
            if before != Before::Other && STARTS.iter().any(|start| string.text().starts_with(start)) {
                found.push((scanner.changed(string), false));
            }
            before = Before::Other;
        } else if matches!(byte, b'[' | b'(') {
            scanner.at += 1;
            let first = scanner.at;
            if let Some(command) = scanner.list(byte) {
                found.push((scanner.open(command, &name, before), true));
                before = Before::Other;
            } else {
                scanner.at = first;
                before = if byte == b'(' { Before::Bracket } else { Before::Other };
            }
        } else if byte == b'#' {
            scanner.skip_while(|byte| byte != b'\n');
        } else if byte.is_ascii_alphabetic() || byte == b'_' {
            scanner.skip_while(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'.');
            let word = start..scanner.at;
            before = if &scanner.text[word.clone()] == "return" { Before::Bracket } else { Before::Other };
            name = word;
        } else {
            scanner.skip();
            before = match byte {
                b'=' if scanner.peek() != Some(b'=') => Before::Equals,
                b' ' | b'\t' | b'\r' => before,
                // Within brackets, a line break means nothing.
                b'\n' if before == Before::Bracket => before,
                b',' => Before::Bracket,
                _ => Before::Other,
            };
        }
    }
    let environment = environment(text, &variables);
    let read = |(text, is_list): (MappedText<'static>, bool)| {
        let mut script = Script::new(&text, Dialect::Posix, origin);
        script.environment.clone_from(&environment);
        script.is_list = is_list;
        script
    };
    found.into_iter().filter(|(text, _)| is_relevant(text.text())).map(read).collect()
}

/// The variables that are given a text once.
fn environment(text: &MappedText<'_>, all: &[(Range<usize>, MappedText<'static>)]) -> Vec<Variable> {
    let named = |range: &Range<usize>| text.text()[range.clone()].to_owned();
    let names: Vec<String> = all.iter().map(|(name, _)| named(name)).collect();
    let is_once = |name: &String| names.iter().filter(|other| *other == name).count() == 1;
    let held = all.iter().zip(&names).filter(|(_, name)| !name.is_empty() && is_once(name));
    held.map(|((range, value), name)| {
        let value = shell::raw(value, shell::Surroundings::default());
        Variable { name: format!("python {name}"), span: text.span(range.clone()), value }
    })
    .collect()
}

/// What the tokens before a text or list say of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Before {
    /// It is an argument, or one of several things.
    Bracket,
    /// It is what something is set to.
    Equals,
    Other,
}

struct Scanner<'t> {
    source: &'t MappedText<'t>,
    text: &'t str,
    at: usize,
}

impl Scanner<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn skip(&mut self) {
        self.at += self.text[self.at..].chars().next().map_or(0, char::len_utf8);
    }

    fn skip_while(&mut self, wanted: impl Fn(u8) -> bool) {
        let rest = &self.text.as_bytes()[self.at..];
        self.at += rest.iter().position(|byte| !wanted(*byte)).unwrap_or(rest.len());
    }

    fn skip_blanks(&mut self) {
        loop {
            self.skip_while(|byte| byte.is_ascii_whitespace() || byte == b'\\');
            if self.peek() != Some(b'#') {
                return;
            }
            self.skip_while(|byte| byte != b'\n');
        }
    }

    /// Adds what stands for something that is not known.
    fn hole(&self, into: &mut MappedText<'static>, start: usize) {
        let written = self.text[start..self.at].trim();
        let is_name = !written.is_empty() && written.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        let name = if is_name { format!("python.{written}") } else { format!("(python {start})") };
        into.push_escape(&format!("${{{{ {name} }}}}"), self.source.span(start..self.at).range());
    }

    /// The text of the string that starts here, with what stands beside it; `None` and nothing passed without one.
    fn string(&mut self) -> Option<MappedText<'static>> {
        let mut whole: Option<MappedText<'static>> = None;
        loop {
            let start = self.at;
            self.skip_while(|byte| matches!(byte.to_ascii_lowercase(), b'r' | b'b' | b'f' | b'u'));
            let prefix = self.text[start..self.at].to_ascii_lowercase();
            let Some(quote @ (b'"' | b'\'')) = self.peek().filter(|_| prefix.len() < 3) else {
                self.at = start;
                return whole;
            };
            let own = self.source.span(self.at..self.at).start as usize;
            let text = whole.get_or_insert_with(|| MappedText::empty(self.source.file(), own));
            self.contents(quote, &prefix, text);
            // Texts beside each other are one; those that `+` joins are not.
            let end = self.at;
            self.skip_blanks();
            if !matches!(self.peek(), Some(b'"' | b'\'' | b'f' | b'r' | b'F' | b'R')) {
                self.at = end;
                return whole;
            }
        }
    }

    /// Passes a string and adds what it says.
    fn contents(&mut self, quote: u8, prefix: &str, into: &mut MappedText<'static>) {
        let triple = [quote; 3];
        let is_long = self.text.as_bytes()[self.at..].starts_with(&triple);
        let length = if is_long { 3 } else { 1 };
        let (is_raw, is_formatted) = (prefix.contains('r'), prefix.contains('f'));
        self.at += length;
        while let Some(byte) = self.peek() {
            let start = self.at;
            let rest = &self.text.as_bytes()[self.at..];
            if rest.starts_with(&triple[..length]) {
                self.at += length;
                return;
            }
            match byte {
                b'\n' if !is_long => return,
                b'\\' if !is_raw => {
                    self.at += 1;
                    self.skip();
                    let shown = match &self.text[start + 1..self.at] {
                        "n" => "\n",
                        "t" => "\t",
                        "\n" => "",
                        other => other,
                    };
                    into.push_escape(shown, self.source.span(start..self.at).range());
                }
                b'{' if is_formatted && rest.get(1) != Some(&b'{') => {
                    self.at += 1;
                    let inner = self.at;
                    self.skip_while(|byte| byte != b'}' && byte != b'\n' && byte != quote);
                    self.hole(into, inner);
                    self.at += usize::from(self.peek() == Some(b'}'));
                }
                b'{' | b'}' if is_formatted => {
                    self.at += 1 + usize::from(rest.get(1) == Some(&byte));
                    let shown = if byte == b'{' { "{" } else { "}" };
                    into.push_escape(shown, self.source.span(start..self.at).range());
                }
                _ => {
                    self.skip();
                    self.skip_while(|byte| !matches!(byte, b'\\' | b'{' | b'}' | b'\n' | b'"' | b'\''));
                    into.push_part(self.source, start..self.at);
                }
            }
        }
    }

    /// The command that the list is whose bracket has been passed; `None` when it is something else.
    fn list(&mut self, open: u8) -> Option<MappedText<'static>> {
        let mut command = MappedText::empty(self.source.file(), 0);
        let close = if open == b'[' { b']' } else { b')' };
        let mut is_first = true;
        loop {
            self.skip_blanks();
            let start = self.at;
            match self.peek()? {
                byte if byte == close => {
                    self.at += 1;
                    return (!is_first).then_some(command);
                }
                b',' => {
                    self.at += 1;
                    continue;
                }
                b']' | b')' | b'}' => return None,
                b'*' => {
                    self.element_end();
                    let span = self.source.span(start..self.at).range();
                    command.push_escape("\"${rest[@]}\" ", span);
                    continue;
                }
                _ => {}
            }
            match self.string() {
                Some(text) => {
                    if is_first && !PROGRAMS.contains(&text.text()) {
                        return None;
                    }
                    let end = self.at;
                    self.skip_blanks();
                    let is_whole = self.peek().is_some_and(|byte| byte == b',' || byte == close);
                    self.at = end;
                    if is_whole { argument(&text, &mut command) } else { self.computed(start, &mut command) }
                }
                None if is_first => return None,
                None => self.computed(start, &mut command),
            }
            // A tuple of one is no tuple.
            is_first = false;
        }
    }

    /// Adds the element that starts at `start`, which is computed.
    fn computed(&mut self, start: usize, command: &mut MappedText<'static>) {
        self.element_end();
        let span = self.source.span(start..start).range();
        command.push_escape("\"", span);
        self.hole(command, start);
        let end = self.source.span(self.at..self.at).range();
        command.push_escape("\" ", end);
    }

    /// Goes to where an element of a list ends.
    fn element_end(&mut self) {
        let mut depth = 0;
        while let Some(byte) = self.peek() {
            match byte {
                b'[' | b'(' | b'{' => depth += 1,
                b']' | b')' | b'}' | b',' if depth == 0 => return,
                b']' | b')' | b'}' => depth -= 1,
                b'"' | b'\'' => {
                    self.string();
                    continue;
                }
                _ => {}
            }
            self.skip();
        }
    }

    /// The text of a command with what its program does to it before it runs it.
    fn changed(&mut self, text: MappedText<'static>) -> MappedText<'static> {
        let end = self.at;
        self.skip_blanks();
        let rest = &self.text[self.at..];
        let fills = rest.starts_with(".format(") || rest.starts_with('%');
        let after_split = rest.strip_prefix(".split(").and_then(|rest| rest.split_once(')')).map(|(_, rest)| rest);
        let adds = rest.starts_with('+') || after_split.is_some_and(|rest| rest.trim_start().starts_with('+'));
        let place = self.source.span(self.at..self.at).range();
        self.at = end;
        let mut text = if fills { filled(&text) } else { text };
        if rest.starts_with('+') {
            text.push_escape("${{ (python) }}", place.clone());
        }
        if adds {
            text.push_escape(" \"${rest[@]}\"", place);
        }
        text
    }

    /// `command`, which may have more arguments where something is added to the list that the variable `name` is.
    fn open(&mut self, command: MappedText<'static>, name: &Range<usize>, before: Before) -> MappedText<'static> {
        let at = self.at;
        self.skip_blanks();
        let is_joined = self.peek() == Some(b'+');
        self.at = at;
        let name = &self.text[name.clone()];
        let is_changed = before == Before::Equals && {
            let marks = [" +", ".extend", ".append", ".insert", "+="].map(|mark| format!("{name}{mark}"));
            marks.iter().chain([&format!("*{name}")]).any(|mark| self.text.contains(mark.as_str()))
        };
        let mut command = command;
        if is_joined || is_changed {
            command.push_escape("\"${rest[@]}\"", self.source.span(at..at).range());
        }
        command
    }
}

/// A text in which `{…}` and `%s` are to be filled in.
fn filled(text: &MappedText<'static>) -> MappedText<'static> {
    let mut out = MappedText::empty(text.file(), text.whole().start as usize);
    let mut at = 0;
    while let Some(open) = text.text()[at..].find(['{', '%']).map(|offset| at + offset) {
        out.push_part(text, at..open);
        let rest = &text.text()[open..];
        let end =
            if rest.starts_with('{') { rest.find('}').map_or(rest.len(), |end| end + 1) } else { rest.len().min(2) };
        let end = (open + 1..=open + end).rev().find(|end| text.text().is_char_boundary(*end)).unwrap_or(open + 1);
        out.push_escape("${{ (python) }}", text.span(open..end).range());
        at = end;
    }
    out.push_part(text, at..text.text().len());
    out
}

/// Adds an argument as a POSIX shell quotes it; its quotes are nowhere in the file.
fn argument(text: &MappedText<'static>, command: &mut MappedText<'static>) {
    let whole = text.whole().range();
    command.push_escape("'", whole.start..whole.start);
    let mut at = 0;
    while let Some(quote) = text.text()[at..].find('\'').map(|offset| at + offset) {
        command.push_part(text, at..quote);
        command.push_escape("'\\''", text.span(quote..quote + 1).range());
        at = quote + 1;
    }
    command.push_part(text, at..text.text().len());
    command.push_escape("' ", whole.end..whole.end);
}
