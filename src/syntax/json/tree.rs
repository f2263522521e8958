//! The tree of a JSON text: a flat row of nodes in the order of the text, read through cursors.

use std::borrow::Cow;

use super::string::decode;
use crate::source::{FileId, Span};

/// A parsed text. Owns nothing of it.
#[derive(Debug, Default)]
pub struct Document {
    pub(super) nodes: Vec<Record>,
    pub(super) duplicates: Vec<Duplicate>,
}

/// One node: what it is, where it is, and where the next one beside it starts.
#[derive(Debug, Clone, Copy)]
pub(super) struct Record {
    pub kind: RecordKind,
    pub start: u32,
    pub end: u32,
    /// Index of the first node after this one and everything in it.
    pub next: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RecordKind {
    Null,
    True,
    False,
    Number,
    String { escaped: bool },
    Array,
    Object,
    Invalid,
}

/// A key that stands twice in one object, without regard to ASCII case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Duplicate {
    /// The first key.
    pub first: Span,
    /// The other one, whose value counts.
    pub second: Span,
}

/// A cursor at a node.
#[derive(Debug, Clone, Copy)]
pub struct Node<'a> {
    document: &'a Document,
    text: &'a str,
    index: u32,
}

/// Whether two texts may be the same without regard to ASCII case, told from what they begin with.
fn is_alike(one: &[u8], other: &[u8]) -> bool {
    one.first().map(u8::to_ascii_lowercase) == other.first().map(u8::to_ascii_lowercase)
}

/// What a node is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number.
    Number,
    /// A string.
    String,
    /// An array.
    Array,
    /// An object.
    Object,
    /// Text that is not JSON, or nothing where a value belongs.
    Invalid,
}

/// A number's value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Number {
    /// A whole number of 64 bits.
    Integer(i64),
    /// Any other.
    Float(f64),
}

/// A member of an object.
#[derive(Debug, Clone, Copy)]
pub struct Member<'a> {
    /// The key, a string.
    pub key: Node<'a>,
    /// The value.
    pub value: Node<'a>,
}

impl Document {
    /// The outermost value of the text that this document was parsed from; `None` when there is none.
    pub fn root<'a>(&'a self, text: &'a str) -> Option<Node<'a>> {
        (!self.nodes.is_empty()).then_some(Node { document: self, text, index: 0 })
    }

    /// The keys that stand twice in one object.
    pub fn duplicate_keys(&self) -> &[Duplicate] {
        &self.duplicates
    }
}

impl<'a> Node<'a> {
    fn record(self) -> Record {
        self.document.nodes[self.index as usize]
    }

    /// Where the node is; a string includes its quotes.
    pub fn span(self, file: FileId) -> Span {
        let record = self.record();
        Span { file, start: record.start, end: record.end }
    }

    /// What the node is.
    pub fn kind(self) -> Kind {
        match self.record().kind {
            RecordKind::Null => Kind::Null,
            RecordKind::True => Kind::Bool(true),
            RecordKind::False => Kind::Bool(false),
            RecordKind::Number => Kind::Number,
            RecordKind::String { .. } => Kind::String,
            RecordKind::Array => Kind::Array,
            RecordKind::Object => Kind::Object,
            RecordKind::Invalid => Kind::Invalid,
        }
    }

    fn children(self) -> impl Iterator<Item = Node<'a>> {
        let record = self.record();
        let is_container = matches!(record.kind, RecordKind::Array | RecordKind::Object);
        let end = if is_container { record.next } else { self.index };
        let mut index = self.index + 1;
        std::iter::from_fn(move || {
            if index >= end {
                return None;
            }
            let child = Node { index, ..self };
            index = child.record().next;
            Some(child)
        })
    }

    /// The elements of an array; none for anything else.
    pub fn elements(self) -> impl Iterator<Item = Node<'a>> {
        self.children().take_while(move |_| self.kind() == Kind::Array)
    }

    /// The members of an object; none for anything else.
    pub fn members(self) -> impl Iterator<Item = Member<'a>> {
        let mut children = self.children().take_while(move |_| self.kind() == Kind::Object);
        std::iter::from_fn(move || Some(Member { key: children.next()?, value: children.next()? }))
    }

    /// The value of the last member with this key, without regard to ASCII case.
    pub fn get(self, key: &str) -> Option<Node<'a>> {
        let [value] = self.get_each([key]);
        value
    }

    /// The values of the last members with these keys, in one look at all members.
    pub fn get_each<const N: usize>(self, keys: [&str; N]) -> [Option<Node<'a>>; N] {
        let mut values = [None; N];
        let record = self.record();
        if record.kind != RecordKind::Object {
            return values;
        }
        let nodes = &self.document.nodes;
        let mut index = self.index + 1;
        while index < record.next {
            let key = Node { index, ..self };
            let value = key.record().next;
            if value >= record.next {
                break;
            }
            if let Some(at) = keys.iter().position(|text| key.is_spelled(text)) {
                values[at] = Some(Node { index: value, ..self });
            }
            index = nodes[value as usize].next;
        }
        values
    }

    /// Whether it is a string that says `text`, without regard to ASCII case.
    fn is_spelled(self, text: &str) -> bool {
        let record = self.record();
        match record.kind {
            RecordKind::String { escaped: false } => {
                // Its length tells most strings to be another one; what is not terminated has one quote.
                let quotes = ((record.end - record.start) as usize).wrapping_sub(text.len());
                let (start, text) = (record.start as usize + 1, text.as_bytes());
                let contents = || self.text.as_bytes().get(start..start + text.len());
                // Nearly all are spelled as they are documented.
                matches!(quotes, 1 | 2)
                    && contents()
                        .is_some_and(|own| own == text || is_alike(own, text) && own.eq_ignore_ascii_case(text))
            }
            _ => self.as_str().is_some_and(|own| own.eq_ignore_ascii_case(text)),
        }
    }

    /// The text of a string, decoded.
    pub fn as_str(self) -> Option<Cow<'a, str>> {
        match self.record().kind {
            RecordKind::String { escaped: false } => Some(Cow::Borrowed(self.raw_contents())),
            RecordKind::String { escaped: true } => Some(Cow::Owned(decode(self.raw_contents()))),
            _ => None,
        }
    }

    /// Whether a string holds escapes, so that its text and its source differ.
    pub fn has_escapes(self) -> bool {
        self.record().kind == RecordKind::String { escaped: true }
    }

    /// What stands between the quotes of a string; of anything else, nothing.
    pub fn raw_contents(self) -> &'a str {
        let record = self.record();
        match record.kind {
            // An unterminated string has no closing quote to leave out.
            RecordKind::String { .. } => {
                let text = &self.text[record.start as usize + 1..record.end as usize];
                text.strip_suffix('"').unwrap_or(text)
            }
            _ => "",
        }
    }

    /// The value of a number.
    pub fn as_number(self) -> Option<Number> {
        let record = self.record();
        if record.kind != RecordKind::Number {
            return None;
        }
        let text = &self.text[record.start as usize..record.end as usize];
        match text.parse() {
            Ok(number) => Some(Number::Integer(number)),
            Err(_) => text.parse().ok().map(Number::Float),
        }
    }
}
