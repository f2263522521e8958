//! What somebody fills in before the shell reads a word: as in other files, and `{name}` and `[name]` in documents,
//! `{{name}}` in templates of scripts, and the `{}` of `xargs` and `find`. Cursors read a bare `<name>`, which is no word for
//! a shell.

use std::ops::Range;

use super::tree::Quoting;
use crate::syntax::placeholder::{self, Site};

/// Longest name in brackets.
const MAX_NAME: usize = 64;

/// Where such names stand in `text`, a part of a word, in order and with their brackets. Shells, JSON and JMESPath write
/// other things in brackets than one name: `{a,b}`, `{1..3}`, `{"a":1}`, `{a:b}`, `keys[0]`.
pub(super) fn placeholders(text: &str, quoting: Quoting, is_document: bool) -> Vec<Range<usize>> {
    let elsewhere = placeholder::placeholders(text, Site::Script);
    if !elsewhere.is_empty() {
        return elsewhere.into_iter().map(|placeholder| placeholder.range).collect();
    }
    let mut found = Vec::new();
    // Both are asked of the whole text, which may hold many brackets: once is enough.
    let (has_quote, is_address) = (text.contains('"'), text.contains("://"));
    let mut at = 0;
    while let Some(open) = memchr::memchr2(b'{', b'[', &text.as_bytes()[at..]).map(|offset| at + offset) {
        let (depth, close) = match &text[open..] {
            rest if rest.starts_with("{{") => (2, "}}"),
            rest if rest.starts_with('{') => (1, "}"),
            _ => (1, "]"),
        };
        let inner = &text[open + depth..];
        let length = inner.bytes().take(MAX_NAME).take_while(|byte| is_in_name(*byte)).count();
        let end = open + depth + length + depth;
        let name = inner[..length].trim();
        let is_wanted = match close {
            // `[system]` is the identity of a pipeline itself.
            "]" => {
                let is_alone = end - open == text.len() && name != "system";
                is_document && starts_name(name) && (is_alone || is_address)
            }
            "}" if length == 0 => !has_quote && (quoting == Quoting::Bare || end - open < text.len()),
            "}" => is_document && starts_name(name),
            _ => starts_name(name.trim_start_matches(['$', '.'])),
        };
        if is_wanted && inner[length..].starts_with(close) {
            found.push(open..end);
            at = end;
        } else {
            at = open + depth;
        }
    }
    found
}

fn is_in_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b' ' | b'$')
}

fn starts_name(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &'static str, is_document: bool) -> Vec<&'static str> {
        placeholders(text, Quoting::Bare, is_document).into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn names_to_be_filled_in_are_found() {
        assert_eq!(found("https://{my-vault}.x/{secret name}", true), ["{my-vault}", "{secret name}"]);
        assert_eq!(found("https://[account].x/[container]", true), ["[account]", "[container]"]);
        assert_eq!(found("[pipeline-name]", true), ["[pipeline-name]"]);
        assert_eq!(found("YOUR_PIPELINE", true), ["YOUR_PIPELINE"]);
        assert_eq!(
            found("{{ cookiecutter.vault }}-{{.Values.name}}-{x", false),
            ["{{ cookiecutter.vault }}", "{{.Values.name}}"]
        );
        assert_eq!(found("app:{}", false), ["{}"]);
        assert_eq!(placeholders("{}:v1", Quoting::Single, true), [0..2; 1]);
    }

    #[test]
    fn other_brackets_are_text() {
        for text in ["https://{my-vault}.x", "[x]"] {
            assert_eq!(found(text, false), [""; 0], "{text}");
        }
        for text in [
            "{a,b}",
            "{1..3}",
            "{\"a\":1}",
            "{a:b}",
            "{",
            "{{",
            "}",
            "{ }",
            "{{}}",
            "é{é}",
            "{a",
            "x={\"a\":{}}",
            "[system]",
            "keys[name].id",
            "[0]",
            "[?name]",
            "[",
            "yours",
        ] {
            assert_eq!(found(text, true), [""; 0], "{text}");
        }
        assert_eq!(placeholders("{}", Quoting::Single, true), [0..0; 0]);
    }
}
