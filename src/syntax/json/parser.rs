//! The parser: one pass, no recursion, and a tree whatever the text is.
//!
//! It accepts what Azure Resource Manager accepts beyond JSON: comments, trailing commas, line breaks in strings.

use std::borrow::Cow;
use std::collections::HashMap;
use std::collections::hash_map::Entry;

use foldhash::fast::RandomState;

use super::string::{decode, escape};
use super::tree::{Document, Duplicate, Record, RecordKind};
use crate::source::limits::{MAX_NESTING, MAX_SYNTAX_ERRORS};
use crate::source::{FileId, LineIndex, Span};
use crate::syntax::SyntaxError;

/// Parses `text`. The tree is whole even where the text is not: what is missing is an invalid node.
pub fn parse(file: FileId, text: &str) -> (Document, Vec<SyntaxError>) {
    let nodes = Vec::with_capacity(text.len() / 16);
    let document = Document { nodes, duplicates: Vec::new() };
    let (stack, errors) = (Vec::new(), Vec::new());
    let mut parser = Parser { file, text, bytes: text.as_bytes(), at: 0, document, stack, errors, swallowed: false };
    parser.run();
    (parser.document, parser.errors)
}

struct Parser<'a> {
    file: FileId,
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    document: Document,
    stack: Vec<Frame>,
    errors: Vec<SyntaxError>,
    /// Whether a string or comment that is never closed has taken the rest of the text: what is missing then is known.
    swallowed: bool,
}

/// A container that is not closed yet.
#[derive(Debug, Clone, Copy)]
struct Frame {
    index: u32,
    object: bool,
    /// Whether a value has just ended, so that a comma belongs next.
    after_value: bool,
}

impl Parser<'_> {
    fn run(&mut self) {
        self.blanks();
        if self.peek().is_none() {
            self.error(0, self.at, "the file is empty".to_owned());
            return;
        }
        self.value("a value");
        while let Some(frame) = self.stack.last().copied() {
            self.blanks();
            self.step(frame);
        }
        self.blanks();
        let is_value = self.document.nodes.first().is_some_and(|root| root.kind != RecordKind::Invalid);
        if self.peek().is_some() && is_value {
            let end = self.word_end();
            self.error(self.at, end, "expected the end of the file after the outermost value".to_owned());
        }
    }

    /// One step inside the innermost container: a comma, a closing bracket, or a value.
    fn step(&mut self, frame: Frame) {
        let close = if frame.object { b'}' } else { b']' };
        match self.peek() {
            None => self.end_of_file(frame),
            Some(byte) if byte == close => {
                self.at += 1;
                self.close(frame);
            }
            Some(byte @ (b'}' | b']')) => {
                let message = format!("expected `{}` or `,`, found `{}`", close as char, byte as char);
                self.error(self.at, self.at + 1, message);
                // When a container around this one is closed here, this one's bracket is what is missing.
                if self.stack.iter().any(|outer| outer.object == (byte == b'}')) {
                    self.close(frame);
                } else {
                    self.at += 1;
                }
            }
            Some(b',') if frame.after_value => {
                self.at += 1;
                self.set_after_value(false);
            }
            Some(b',') => {
                self.error(self.at, self.at + 1, "expected a value before `,`".to_owned());
                self.at += 1;
            }
            Some(_) => {
                if frame.after_value {
                    let end = self.word_end();
                    self.error(self.at, end, format!("expected `,` or `{}`", close as char));
                }
                self.set_after_value(true);
                if frame.object {
                    self.member();
                } else {
                    self.value("a value");
                }
            }
        }
    }

    fn set_after_value(&mut self, after_value: bool) {
        if let Some(frame) = self.stack.last_mut() {
            frame.after_value = after_value;
        }
    }

    fn end_of_file(&mut self, frame: Frame) {
        let start = self.document.nodes[frame.index as usize].start;
        let line = LineIndex::new(self.text).line_at(start) + 1;
        let kind = if frame.object { "object" } else { "array" };
        let end = self.text.trim_end().len();
        let last = self.text[..end].char_indices().next_back().map_or(0, |(at, _)| at);
        if !self.swallowed {
            self.error(last, end, format!("the file ends inside the {kind} that starts in line {line}"));
        }
        while let Some(frame) = self.stack.last().copied() {
            if frame.object {
                // Any other members that it was to have.
                self.push(RecordKind::Invalid, self.at, self.at);
                self.push(RecordKind::Invalid, self.at, self.at);
            }
            self.close(frame);
        }
    }

    /// A key, a colon and a value.
    fn member(&mut self) {
        if self.peek() == Some(b'"') {
            self.string();
        } else {
            let start = self.at;
            let end = self.word_end();
            self.error(start, end, "expected a key in double quotes".to_owned());
            // Kept as a key without a name, so that its value is in the tree.
            self.push(RecordKind::Invalid, start, end);
            self.at = end;
        }
        self.blanks();
        match self.peek() {
            Some(b':') => {
                self.at += 1;
                self.blanks();
            }
            found @ (Some(b',' | b'}' | b']') | None) => {
                let at = self.key_end();
                if found.is_some() {
                    self.error(at, at, "expected `:` and a value after this key".to_owned());
                }
                return self.push(RecordKind::Invalid, at, at);
            }
            Some(_) => {
                let end = self.word_end();
                self.error(self.at, end, "expected `:` before the value".to_owned());
            }
        }
        match self.peek() {
            found @ (Some(b',' | b'}' | b']') | None) => {
                if found.is_some() {
                    self.error(self.at, self.at + 1, "expected a value after `:`".to_owned());
                }
                self.push(RecordKind::Invalid, self.at, self.at);
            }
            Some(_) => self.value("a value after `:`"),
        }
    }

    fn key_end(&self) -> usize {
        self.document.nodes.last().map_or(self.at, |key| key.end as usize)
    }

    fn value(&mut self, expected: &str) {
        let start = self.at;
        match self.bytes[start] {
            b'"' => self.string(),
            bracket @ (b'{' | b'[') => self.open(bracket == b'{'),
            _ => {
                let end = self.word_end();
                let word = &self.text[start..end];
                let kind = match word {
                    "null" => RecordKind::Null,
                    "true" => RecordKind::True,
                    "false" => RecordKind::False,
                    _ if is_number(word) => RecordKind::Number,
                    _ => {
                        let found = if word.starts_with('\'') { "a string in single quotes" } else { "something else" };
                        self.error(start, end, format!("expected {expected}, found {found}"));
                        RecordKind::Invalid
                    }
                };
                self.push(kind, start, end);
                self.at = end;
            }
        }
    }

    fn open(&mut self, object: bool) {
        let start = self.at;
        if self.stack.len() >= MAX_NESTING {
            self.skip_container();
            self.error(start, start + 1, format!("nested deeper than {MAX_NESTING}; what is inside was not read"));
            return self.push(RecordKind::Invalid, start, self.at);
        }
        self.at += 1;
        let index = self.document.nodes.len() as u32;
        self.push(if object { RecordKind::Object } else { RecordKind::Array }, start, start + 1);
        self.stack.push(Frame { index, object, after_value: false });
    }

    /// Skips a container without reading it.
    fn skip_container(&mut self) {
        let mut depth = 0_usize;
        while let Some(byte) = self.peek() {
            match byte {
                b'{' | b'[' => depth += 1,
                b'}' | b']' => depth -= 1,
                b'"' => {
                    self.at = self.quote_end(self.at + 1).unwrap_or(self.bytes.len());
                    continue;
                }
                _ => {}
            }
            self.at += 1;
            if depth == 0 {
                return;
            }
        }
    }

    fn close(&mut self, frame: Frame) {
        let next = self.document.nodes.len() as u32;
        let record = &mut self.document.nodes[frame.index as usize];
        record.end = self.at as u32;
        record.next = next;
        self.stack.pop();
        if frame.object {
            self.find_duplicates(frame.index, next);
        }
    }

    fn push(&mut self, kind: RecordKind, start: usize, end: usize) {
        let next = self.document.nodes.len() as u32 + 1;
        self.document.nodes.push(Record { kind, start: start as u32, end: end as u32, next });
    }

    fn string(&mut self) {
        let start = self.at;
        let mut at = start + 1;
        let (mut escaped, mut broken_line) = (false, None);
        let end = loop {
            match memchr::memchr3(b'"', b'\\', b'\n', &self.bytes[at..]) {
                None => break None,
                Some(found) => match self.bytes[at + found] {
                    b'"' => break Some(at + found),
                    b'\n' => {
                        broken_line.get_or_insert(at + found);
                        at += found + 1;
                    }
                    _ => {
                        escaped = true;
                        at = self.escape(at + found);
                    }
                },
            }
        };
        let swallowed = |end: usize| broken_line.is_some() && self.starts_a_key(end);
        match (end, broken_line) {
            (Some(end), _) if !swallowed(end) => {
                self.at = end + 1;
                self.push(RecordKind::String { escaped }, start, end + 1);
            }
            // The quote that was found opens the next key: this string was never closed on its line.
            (_, line) => {
                let end = line.unwrap_or(self.bytes.len());
                self.swallowed |= end == self.bytes.len();
                let end = start + self.text[start..end].trim_end().trim_end_matches(',').len();
                self.error(start, end, "this string is never closed".to_owned());
                self.at = end;
                self.push(RecordKind::Invalid, start, end.max(start + 1));
            }
        }
    }

    /// Whether the quote at `at` is the first thing in its line and opens a key.
    fn starts_a_key(&self, at: usize) -> bool {
        let line = memchr::memrchr(b'\n', &self.bytes[..at]).map_or(0, |newline| newline + 1);
        let key_end = memchr::memchr2(b'"', b'\n', &self.bytes[at + 1..]).map(|found| at + 1 + found);
        self.text[line..at].trim().is_empty()
            && key_end.is_some_and(|end| {
                self.bytes[end] == b'"' && self.text[end + 1..].trim_start_matches([' ', '\t']).starts_with(':')
            })
    }

    /// Checks the escape at `at` and returns the offset behind it.
    fn escape(&mut self, at: usize) -> usize {
        match escape(&self.text[at..]) {
            Some((length, '\u{fffd}')) if length == 6 && !self.text[at..at + 6].eq_ignore_ascii_case("\\ufffd") => {
                self.error(at, at + length, "this is half of a surrogate pair".to_owned());
                at + length
            }
            Some((length, _)) => at + length,
            None => {
                let length = 1 + self.text[at + 1..].chars().next().map_or(0, char::len_utf8);
                self.error(at, at + length, "this is not an escape; a backslash is written `\\\\`".to_owned());
                at + length
            }
        }
    }

    /// The offset behind the quote that closes the string whose contents start at `at`.
    fn quote_end(&self, mut at: usize) -> Option<usize> {
        loop {
            let found = at + memchr::memchr2(b'"', b'\\', self.bytes.get(at..)?)?;
            if self.bytes[found] == b'"' {
                return Some(found + 1);
            }
            at = found + 2;
        }
    }

    /// Leaves blanks and comments behind.
    #[inline]
    fn blanks(&mut self) {
        // Many tokens follow each other closely.
        if self.peek().is_some_and(|byte| byte <= b' ' || byte == b'/') {
            self.all_blanks();
        }
    }

    fn all_blanks(&mut self) {
        while let Some(byte) = self.peek() {
            match byte {
                b' ' => self.indentation(),
                b'\t' | b'\n' | b'\r' => self.at += 1,
                b'/' if self.bytes.get(self.at + 1) == Some(&b'/') => {
                    let rest = &self.bytes[self.at..];
                    self.at += memchr::memchr(b'\n', rest).unwrap_or(rest.len());
                }
                b'/' if self.bytes.get(self.at + 1) == Some(&b'*') => {
                    let start = self.at;
                    let end = memchr::memmem::find(&self.bytes[start + 2..], b"*/");
                    if let Some(end) = end {
                        self.at = start + 2 + end + 2;
                    } else {
                        self.error(start, start + 2, "this comment is never closed".to_owned());
                        self.at = self.bytes.len();
                        self.swallowed = true;
                    }
                }
                _ => return,
            }
        }
    }

    /// Leaves spaces behind, eight at a time: most of them indent a line.
    fn indentation(&mut self) {
        const SPACES: u64 = u64::from_le_bytes([b' '; 8]);
        while let Some(next) = self.bytes.get(self.at..).and_then(|rest| rest.first_chunk()) {
            let others = u64::from_le_bytes(*next) ^ SPACES;
            self.at += others.trailing_zeros() as usize / 8;
            if others != 0 {
                return;
            }
        }
        while self.peek() == Some(b' ') {
            self.at += 1;
        }
    }

    /// The end of the word at the present place; at least one character.
    fn word_end(&self) -> usize {
        let rest = &self.text[self.at..];
        let is_end = |c: char| matches!(c, ',' | ']' | '}' | '[' | '{' | ':' | '"') || c.is_whitespace();
        let length = rest.find(is_end).filter(|length| *length > 0);
        length.map_or_else(
            || self.at + rest.chars().next().map_or(0, char::len_utf8).max(rest.find(is_end).unwrap_or(rest.len())),
            |length| self.at + length,
        )
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn error(&mut self, start: usize, end: usize, message: String) {
        if self.errors.len() < MAX_SYNTAX_ERRORS {
            self.errors.push(SyntaxError { span: Span::new(self.file, start, end), message });
        }
    }

    /// Notes the keys that stand twice in the object at `index`, whose nodes end before `end`.
    fn find_duplicates(&mut self, index: u32, end: u32) {
        let nodes = &self.document.nodes;
        let mut seen = [Record { kind: RecordKind::Invalid, start: 0, end: 0, next: 0 }; FEW_KEYS];
        let mut found = Vec::new();
        let (mut at, mut count) = (index + 1, 0);
        while at + 1 < end {
            let key = nodes[at as usize];
            if count == FEW_KEYS || key.kind != (RecordKind::String { escaped: false }) {
                found = self.duplicates_by_hash(index, end);
                break;
            }
            if let Some(first) = seen[..count].iter().find(|first| self.is_spelled_alike(first, &key)) {
                found.push((*first, key));
            } else {
                seen[count] = key;
                count += 1;
            }
            at = nodes[key.next as usize].next;
        }
        let span = |key: Record| Span { file: self.file, start: key.start, end: key.end };
        let duplicates =
            found.into_iter().map(|(first, second)| Duplicate { first: span(first), second: span(second) });
        self.document.duplicates.extend(duplicates);
    }

    /// The same for many keys, and for keys that escapes may spell in several ways.
    fn duplicates_by_hash(&self, index: u32, end: u32) -> Vec<(Record, Record)> {
        let nodes = &self.document.nodes;
        let mut seen: HashMap<Cow<'_, str>, Record, RandomState> = HashMap::default();
        let mut found = Vec::new();
        let mut at = index + 1;
        while at + 1 < end {
            let key = nodes[at as usize];
            at = nodes[key.next as usize].next;
            let RecordKind::String { escaped } = key.kind else { continue };
            // What the end of the file cuts off may be no more than a quote.
            if key.end <= key.start + 1 {
                continue;
            }
            let raw = self.key_text(&key);
            let text = if escaped { Cow::Owned(decode(raw)) } else { Cow::Borrowed(raw) };
            let has_capitals = text.bytes().any(|byte| byte.is_ascii_uppercase());
            let folded = if has_capitals { Cow::Owned(text.to_ascii_lowercase()) } else { text };
            match seen.entry(folded) {
                Entry::Occupied(first) => found.push((*first.get(), key)),
                Entry::Vacant(vacant) => {
                    vacant.insert(key);
                }
            }
        }
        found
    }

    /// Whether two keys without escapes are the same one, without regard to ASCII case.
    fn is_spelled_alike(&self, one: &Record, other: &Record) -> bool {
        one.end - one.start == other.end - other.start && self.key_text(one).eq_ignore_ascii_case(self.key_text(other))
    }

    /// What stands between the quotes of a key.
    fn key_text(&self, key: &Record) -> &str {
        self.text.get(key.start as usize + 1..key.end as usize - 1).unwrap_or_default()
    }
}

/// Up to so many keys are compared with each other; more are hashed.
const FEW_KEYS: usize = 8;

fn is_number(word: &str) -> bool {
    let digits = word.strip_prefix('-').unwrap_or(word);
    digits.starts_with(|c: char| c.is_ascii_digit())
        && digits.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'e' | b'E' | b'+' | b'-'))
        && word.parse::<f64>().is_ok_and(f64::is_finite)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::json::{Kind, Node};

    const FILE: FileId = FileId(0);

    /// The errors of `text` as the marked text and the message.
    fn errors(text: &str) -> Vec<(&str, String)> {
        let (_, errors) = parse(FILE, text);
        errors.into_iter().map(|error| (&text[error.span.range()], error.message)).collect()
    }

    fn places(text: &str) -> Vec<&str> {
        errors(text).into_iter().map(|(place, _)| place).collect()
    }

    #[test]
    fn several_errors_are_found_and_the_rest_is_read() {
        let text = "{\"a\":tru,\n\"b\":[1,,2],\n\"c\":{\"d\" 5},\n\"e\":\"ok\"}";
        assert_eq!(places(text), ["tru", ",", "5"]);
        let (document, _) = parse(FILE, text);
        let root = document.root(text).unwrap();
        assert_eq!(root.get("E").and_then(Node::as_str).as_deref(), Some("ok"));
        assert_eq!(root.get("c").and_then(|c| c.get("d")).map(Node::kind), Some(Kind::Number));
        assert_eq!(root.get("a").map(Node::kind), Some(Kind::Invalid));
    }

    #[test]
    fn comments_trailing_commas_and_line_breaks_in_strings_are_fine() {
        assert_eq!(places("// x\n{\"a\": [1, 2,], /* y */ \"b\": \"two\r\nlines\",}\n"), Vec::<&str>::new());
    }

    #[test]
    fn an_unclosed_string_does_not_swallow_the_next_member() {
        let text = "{\n  \"a\": \"one,\n  \"b\": 2,\n  \"c\": \"x\"\n}";
        assert_eq!(places(text), ["\"one"]);
        let (document, _) = parse(FILE, text);
        assert_eq!(document.root(text).unwrap().get("b").map(Node::kind), Some(Kind::Number));
    }

    #[test]
    fn broken_brackets() {
        assert_eq!(errors("{\"a\": [1, {\"b\": 2}")[0].1, "the file ends inside the array that starts in line 1");
        assert_eq!(places("{\"a\": [1}"), ["}"]);
        assert_eq!(places("[1]]"), ["]"]);
        assert_eq!(places("{'a': 1, b: 2}"), ["'a'", "b"]);
        assert_eq!(places("{\"a\": \"\\q\\ud83d\"}"), ["\\q", "\\ud83d"]);
        assert_eq!(errors("")[0].1, "the file is empty");
    }

    #[test]
    fn nesting_is_bounded() {
        for open in ["[", "{\"a\":"] {
            let text = open.repeat(100_000);
            let (_, errors) = parse(FILE, &text);
            assert_eq!(errors[0].message, "nested deeper than 256; what is inside was not read");
            assert!(errors.len() <= 2, "{errors:?}");
        }
    }

    #[test]
    fn keys_that_differ_in_case_are_the_same_key() {
        for filler in ["", "\"1\":0,\"2\":0,\"3\":0,\"4\":0,\"5\":0,\"6\":0,\"7\":0,\"8\":0,"] {
            let text = format!("{{{filler}\"name\": 1, \"Name\": {{}}, \"x\": 2}}");
            let (document, errors) = parse(FILE, &text);
            assert_eq!(errors, []);
            let [duplicate] = document.duplicate_keys() else { panic!("{document:?}") };
            assert_eq!((&text[duplicate.first.range()], &text[duplicate.second.range()]), ("\"name\"", "\"Name\""));
        }
    }

    #[test]
    fn every_prefix_is_parsed_with_spans_inside() {
        let text = "{\"ä\": [1, -2.5e3, \"\\u00e9\\\"\", {\"b\": null}], \"c\": \"x\\ny\", // z\n \"d\": true}";
        for end in (0..=text.len()).filter(|end| text.is_char_boundary(*end)) {
            let prefix = &text[..end];
            let (document, errors) = parse(FILE, prefix);
            for error in errors {
                assert!(prefix.get(error.span.range()).is_some(), "{prefix}: {error:?}");
            }
            for node in &document.nodes {
                assert!(prefix.get(node.start as usize..node.end as usize).is_some(), "{prefix}: {node:?}");
            }
        }
    }
}
