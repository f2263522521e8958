//! The errors in a text: of people, logs and command lines, and in JSON, whatever is nested in whatever.

use std::sync::LazyLock;

use regex::Regex;
use serde_json::{Deserializer, Map, Value};

use crate::source::limits::{MAX_ERROR_CONTEXT, MAX_ERROR_NESTING, MAX_ERRORS, MAX_JSON_SEARCH};

/// The errors that were found, each as one line of text.
#[derive(Debug, Default)]
pub(super) struct Errors {
    pub texts: Vec<String>,
    /// Whether there were more than [`MAX_ERRORS`].
    pub truncated: bool,
}

/// Finds the errors in `text`.
pub(super) fn errors(text: &str) -> Errors {
    let mut found = Errors::default();
    found.read_text(&without_escape_sequences(text), "", 0);
    found
}

/// Colours of a terminal, and the time with which CI systems start each line.
static DECORATION: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?m)\x1b\[[0-9;?]*[a-zA-Z]|^\u{feff}?\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z[ \t]").ok()
});

/// A line with which another error starts.
static START: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?i)^(?:(?:##\[)?(?:error|warning|err|fatal)\b|cli(?:internal)?error\b|\d{4}/\d\d/\d\d \d\d:\d\d:\d\d )",
    )
    .ok()
});

fn without_escape_sequences(text: &str) -> String {
    match &*DECORATION {
        Some(decoration) => decoration.replace_all(text, "").into_owned(),
        None => text.to_owned(),
    }
}

impl Errors {
    /// Reads the errors of `text`, which is part of an error that says `context`.
    fn read_text(&mut self, text: &str, context: &str, depth: usize) {
        let mut error = String::new();
        for part in parts(text) {
            match part {
                Part::Text(text) => {
                    for line in text.split_inclusive('\n') {
                        let starts = START.as_ref().is_some_and(|start| start.is_match(line.trim_start()));
                        if line.trim().is_empty() || starts {
                            self.add(context, &std::mem::take(&mut error));
                        }
                        error.push_str(line);
                    }
                }
                // What stands before a JSON value says what it is: `Response from the key vault: {…}`.
                Part::Value(value) => self.read_value(&value, &joined(context, &error), depth + 1),
            }
        }
        self.add(context, &error);
    }

    /// Reads the errors of a JSON value. An object says what its members say, after what the objects around it say; one
    /// within it is an error of its own.
    fn read_value(&mut self, value: &Value, context: &str, depth: usize) {
        if depth > MAX_ERROR_NESTING || self.truncated {
            return;
        }
        match value {
            Value::Array(elements) => elements.iter().for_each(|element| self.read_value(element, context, depth + 1)),
            Value::Object(members) => {
                let (said, inner) = own_words(members);
                let context = joined(context, &said);
                let before = self.texts.len();
                for (name, value) in inner {
                    let context =
                        if value.is_string() { joined(&context, &format!("{name}:")) } else { context.clone() };
                    self.read_value(value, &context, depth + 1);
                }
                if self.texts.len() == before {
                    self.add("", &context);
                }
            }
            Value::String(text) => self.read_text(text, context, depth + 1),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    fn add(&mut self, context: &str, text: &str) {
        let text = plain(text);
        if text.is_empty() {
            return;
        }
        if self.texts.len() == MAX_ERRORS {
            self.truncated = true;
            return;
        }
        let text = if context.is_empty() { text } else { format!("{context} {text}") };
        self.texts.push(text);
    }
}

/// What the members of an object say, and those of them that say it themselves. What is null or empty comes last: in an
/// error it says nothing, but an answer may be asked about it.
fn own_words(members: &Map<String, Value>) -> (String, Vec<(&String, &Value)>) {
    let (mut said, mut inner, mut nothing) = (String::new(), Vec::new(), String::new());
    for (name, value) in members {
        let scalar = match value {
            Value::Null => {
                nothing.extend([name, ": null "]);
                continue;
            }
            Value::String(text) if text.contains('{') => None,
            Value::String(text) if text.trim().is_empty() => {
                nothing.extend([name, ": \"\" "]);
                continue;
            }
            Value::String(text) => Some(text.clone()),
            Value::Object(_) | Value::Array(_) => None,
            Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
        };
        match scalar {
            Some(scalar) => said.extend([name, ": ", &scalar, " "]),
            None => inner.push((name, value)),
        }
    }
    (said + &nothing, inner)
}

/// A piece of a text.
enum Part<'t> {
    Text(&'t str),
    Value(Value),
}

/// The JSON values in `text` and what stands between them.
fn parts(text: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let (mut start, mut at, mut in_vain) = (0, 0, 0);
    while let Some(found) = text[at..].find(['{', '[']) {
        at += found;
        let mut values = Deserializer::from_str(&text[at..]).into_iter::<Value>();
        if let Some(Ok(value)) = values.next() {
            parts.extend([Part::Text(&text[start..at]), Part::Value(value)]);
            at += values.byte_offset();
            start = at;
            continue;
        }
        // A brace of text, or of JSON that was cut off, in which whole values may follow.
        in_vain += text.len() - at;
        if in_vain > MAX_JSON_SEARCH {
            break;
        }
        at += 1;
    }
    parts.push(Part::Text(&text[start..]));
    parts
}

/// What stands around an error, with what it says itself, of bounded length.
fn joined(context: &str, said: &str) -> String {
    let said = plain(said);
    let mut joined =
        if context.is_empty() || said.is_empty() { format!("{context}{said}") } else { format!("{context} {said}") };
    if joined.len() > MAX_ERROR_CONTEXT {
        let end = (0..=MAX_ERROR_CONTEXT).rev().find(|at| joined.is_char_boundary(*at)).unwrap_or_default();
        joined.truncate(end);
    }
    joined
}

/// `text` on one line: runs of white space are a blank, the escapes of a JSON string (in one that was cut off, say) are
/// what they stand for, and quotes are straight.
fn plain(text: &str) -> String {
    let mut plain = text.to_owned();
    if plain.contains('\\') {
        for (escape, meant) in [
            ("\\r", " "),
            ("\\n", " "),
            ("\\t", " "),
            ("\\u0027", "'"),
            ("\\u0022", "\""),
            ("\\u0026", "&"),
            ("\\", ""),
        ] {
            plain = plain.replace(escape, meant);
        }
    }
    let plain = plain.replace(['\u{2018}', '\u{2019}'], "'").replace(['\u{201c}', '\u{201d}'], "\"");
    let words: Vec<&str> = plain.split_whitespace().collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<String> {
        errors(text).texts
    }

    #[test]
    fn text_is_split_where_another_error_starts() {
        assert_eq!(texts("ERROR: one\n  of two\nlines\n\nnext"), ["ERROR: one of two lines", "next"]);
        assert_eq!(texts("WARNING: a\nERROR: b"), ["WARNING: a", "ERROR: b"]);
        assert_eq!(texts("2026/11/20 10:00:00 a\n   b\n2026/11/20 10:00:01 c").len(), 2);
        assert_eq!(
            texts("2026-11-20T10:00:00.1234567Z \u{1b}[31mred\u{1b}[0m\n2026-11-20T10:00:01Z more"),
            ["red more"]
        );
    }

    #[test]
    fn an_error_in_json_says_what_is_around_it() {
        let text = r#"ERROR: {"status": "Failed", "error": {"code": "A", "message": "a", "details": [{"code": "B"}, {"code": "C"}]}}"#;
        assert_eq!(
            texts(text),
            [
                "ERROR: status: Failed code: A message: a code: B",
                "ERROR: status: Failed code: A message: a code: C",
                "ERROR:"
            ]
        );
    }

    #[test]
    fn what_is_null_or_empty_is_said_last() {
        assert_eq!(texts(r#"{"a": null, "b": " ", "c": "d", "e": {"f": 1}}"#), [r#"c: d a: null b: "" f: 1"#]);
    }

    #[test]
    fn json_in_strings_is_read() {
        let text =
            r#"{"message": "{\"error\": {\"code\": \"A\", \"message\": \"from it: {\\\"code\\\": \\\"B\\\"} end\"}}"}"#;
        assert_eq!(
            texts(text),
            ["message: code: A message: from it: code: B", "message: code: A message: from it: end"]
        );
    }

    #[test]
    fn cut_off_json_is_text() {
        assert_eq!(texts(r#"{"code": "A\", \"message\": \"one\r\ntwo"#), [r#"{"code": "A", "message": "one two"#]);
    }

    #[test]
    fn depth_and_number_are_bounded() {
        let deep = format!("{}{}", "{\"a\":".repeat(100), "1".to_owned() + &"}".repeat(100));
        assert!(texts(&deep).len() <= 1);
        let wide = format!("[{}]", vec!["{\"a\":1}"; MAX_ERRORS + 1].join(","));
        assert!(errors(&wide).truncated);
        assert!(texts(&"[{".repeat(200_000)).len() <= 1);
    }
}
