//! Text that a terminal, the runner of a pipeline, or a reader's eye, cannot take for something else.

use std::borrow::Cow;
use std::fmt::Write;

/// Whether a character acts on a terminal or on the order or visibility of the text around it: controls, bidirectional
/// formatting, invisible spaces and separators. Joiners stay, since scripts and emoji need them.
pub(super) fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// `text` on one line, with every character that acts on a terminal or begins a command as an escape: `\n`, `\u{1b}`.
pub fn escaped(text: &str) -> Cow<'_, str> {
    // A line that begins so is a command to GitHub's runner.
    let first = text.len() - text.trim_start().len();
    let leads = text[first..].starts_with("::");
    let mut commands = commands(text).peekable();
    if !text.contains(is_unsafe) && !leads && commands.peek().is_none() {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 8);
    for (at, c) in text.char_indices() {
        if commands.next_if_eq(&at).is_some() || (leads && at == first) {
            safe.extend(c.escape_unicode());
        } else if is_unsafe(c) {
            safe.extend(c.escape_default());
        } else {
            safe.push(c);
        }
    }
    Cow::Owned(safe)
}

/// `text` with what is unsafe as question marks, as many as it has bytes; tabs stay.
pub(super) fn blanked(text: &str) -> Cow<'_, str> {
    let is_unsafe = |c: char| c != '\t' && is_unsafe(c);
    let mut commands = commands(text).peekable();
    if !text.contains(is_unsafe) && commands.peek().is_none() {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        let begins_command = commands.next_if_eq(&at).is_some();
        if begins_command || is_unsafe(c) {
            safe.extend(std::iter::repeat_n('?', c.len_utf8()));
        } else {
            safe.push(c);
        }
    }
    Cow::Owned(safe)
}

/// Longest name of a command of a runner, in bytes.
const MAX_COMMAND: usize = 16;

/// The last `#` of each `##name[` in `text`, which the runners of Azure Pipelines, of GitHub and of TeamCity take for a
/// command wherever it stands.
fn commands(text: &str) -> impl Iterator<Item = usize> {
    let bytes = text.as_bytes();
    memchr::memchr_iter(b'#', bytes).filter(move |at| {
        let name = bytes[at + 1..].iter().take(MAX_COMMAND).take_while(|byte| byte.is_ascii_alphabetic()).count();
        *at > 0 && bytes[at - 1] == b'#' && bytes.get(at + 1 + name) == Some(&b'[')
    })
}

/// The JSON text `json` with what is unsafe, which can only stand in its strings, as JSON escapes. Line breaks between its
/// values stay.
pub fn escaped_json(json: &str) -> Cow<'_, str> {
    let is_unsafe = |c: char| c != '\n' && is_unsafe(c);
    let mut commands = commands(json).peekable();
    if !json.contains(is_unsafe) && commands.peek().is_none() {
        return Cow::Borrowed(json);
    }
    let mut safe = String::with_capacity(json.len() + 16);
    for (at, c) in json.char_indices() {
        if commands.next_if_eq(&at).is_some() || is_unsafe(c) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                // Writing to a string cannot fail.
                let _ = write!(safe, "\\u{unit:04x}");
            }
        } else {
            safe.push(c);
        }
    }
    Cow::Owned(safe)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_unsafe_is_left() {
        let text = "a\u{1b}[31m\u{202e}\tb\u{e0001}é\n";
        assert_eq!(escaped(text), r"a\u{1b}[31m\u{202e}\tb\u{e0001}é\n");
        assert_eq!(blanked(text), "a?[31m???\tb????é?");
        assert_eq!(blanked(text).len(), text.len());
        let json = serde_json::Value::from(text).to_string();
        let safe = escaped_json(&json);
        assert!(!safe.contains(is_unsafe));
        assert_eq!(serde_json::from_str::<String>(&safe).ok().as_deref(), Some(text));
    }

    #[test]
    fn nothing_is_a_command_to_the_runner_of_a_pipeline() {
        let text = "é##vso[a]b ###[c] ##[d ## [e #[f ##1[g";
        assert_eq!(escaped(text), r"é#\u{23}vso[a]b ##\u{23}[c] #\u{23}[d ## [e #[f ##1[g");
        assert_eq!(blanked(text), "é#?vso[a]b ##?[c] #?[d ## [e #[f ##1[g");
        let json = serde_json::Value::from(text).to_string();
        assert!(!escaped_json(&json).contains("##vso[") && !escaped_json(&json).contains("##["));
        assert_eq!(serde_json::from_str::<String>(&escaped_json(&json)).ok().as_deref(), Some(text));
        assert_eq!(escaped("::error::x"), r"\u{3a}:error::x");
        assert_eq!(escaped(" \t::error::x"), r" \t\u{3a}:error::x");
        assert_eq!(escaped("a::b"), "a::b");
    }
}
