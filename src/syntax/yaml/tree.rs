//! The tree of a YAML stream: a flat row of nodes in the order of the text, read through cursors.

use crate::source::{FileId, MappedText, Span};

/// The documents of a text.
#[derive(Debug, Default)]
pub struct Stream<'a> {
    pub(super) nodes: Vec<Record<'a>>,
    /// Indexes of the outermost nodes.
    pub(super) roots: Vec<u32>,
}

/// One node: what it is, where it is, and where the next one beside it starts.
#[derive(Debug)]
pub(super) struct Record<'a> {
    pub kind: RecordKind<'a>,
    pub start: u32,
    pub end: u32,
    /// Index of the first node after this one and everything in it.
    pub next: u32,
}

#[derive(Debug)]
pub(super) enum RecordKind<'a> {
    Scalar(Scalar<'a>),
    Sequence,
    Mapping,
    /// Index of the node that has the anchor; `None` when there is none.
    Alias(Option<u32>),
}

/// A scalar.
#[derive(Debug)]
pub struct Scalar<'a> {
    /// Its value and where each part of it is written.
    pub text: MappedText<'a>,
    /// How it is written.
    pub style: Style,
}

/// How a scalar is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// Without quotes; may be a number, a boolean or null.
    Plain,
    /// In `'…'`.
    SingleQuoted,
    /// In `"…"`.
    DoubleQuoted,
    /// After `|`.
    Literal,
    /// After `>`.
    Folded,
}

/// What a node is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A scalar.
    Scalar,
    /// A sequence.
    Sequence,
    /// A mapping.
    Mapping,
    /// An alias of a node that does not exist.
    Dangling,
}

/// A cursor at a node. At an alias it is at the node that the alias stands for, except for its [`span`](Node::span).
#[derive(Debug, Clone, Copy)]
pub struct Node<'a> {
    stream: &'a Stream<'a>,
    /// The node as written.
    index: u32,
    /// The node that it stands for.
    target: Option<u32>,
}

/// A key and its value.
#[derive(Debug, Clone, Copy)]
pub struct Member<'a> {
    /// The key.
    pub key: Node<'a>,
    /// The value.
    pub value: Node<'a>,
}

impl<'t> Stream<'t> {
    /// The outermost node of each document that has one.
    pub fn documents(&self) -> impl Iterator<Item = Node<'_>> {
        self.roots.iter().map(|root| self.node(*root))
    }

    fn node(&self, index: u32) -> Node<'_> {
        // An alias cannot stand for another alias: only nodes with content have anchors.
        let target = match self.nodes[index as usize].kind {
            RecordKind::Alias(target) => target,
            _ => Some(index),
        };
        Node { stream: self, index, target }
    }
}

impl<'a> Node<'a> {
    fn record(self) -> Option<&'a Record<'a>> {
        self.target.map(|target| &self.stream.nodes[target as usize])
    }

    /// Where the node is written: a scalar with its quotes, a block scalar without its header, an alias itself.
    pub fn span(self, file: FileId) -> Span {
        let record = &self.stream.nodes[self.index as usize];
        Span { file, start: record.start, end: record.end }
    }

    /// What the node is.
    pub fn kind(self) -> Kind {
        match self.record().map(|record| &record.kind) {
            Some(RecordKind::Scalar(_)) => Kind::Scalar,
            Some(RecordKind::Sequence) => Kind::Sequence,
            Some(RecordKind::Mapping) => Kind::Mapping,
            Some(RecordKind::Alias(_)) | None => Kind::Dangling,
        }
    }

    /// Whether the node is written as an alias; what is in it is then written elsewhere, and found there as well.
    pub fn is_alias(self) -> bool {
        self.target != Some(self.index)
    }

    /// The scalar.
    pub fn scalar(self) -> Option<&'a Scalar<'a>> {
        match self.record().map(|record| &record.kind) {
            Some(RecordKind::Scalar(scalar)) => Some(scalar),
            _ => None,
        }
    }

    /// The text of a scalar.
    pub fn as_str(self) -> Option<&'a str> {
        self.scalar().map(|scalar| scalar.text.text())
    }

    fn children(self, wanted: Kind) -> impl Iterator<Item = Node<'a>> {
        let is_wanted = self.kind() == wanted;
        let target = self.target.filter(|_| is_wanted);
        let mut index = target.map_or(0, |target| target + 1);
        let end = target.map_or(0, |target| self.stream.nodes[target as usize].next);
        std::iter::from_fn(move || {
            if index >= end {
                return None;
            }
            let child = self.stream.node(index);
            index = self.stream.nodes[index as usize].next;
            Some(child)
        })
    }

    /// The elements of a sequence; none for anything else.
    pub fn elements(self) -> impl Iterator<Item = Node<'a>> {
        self.children(Kind::Sequence)
    }

    /// The members of a mapping, also those whose key stands there before; none for anything else.
    pub fn members(self) -> impl Iterator<Item = Member<'a>> {
        let mut children = self.children(Kind::Mapping);
        std::iter::from_fn(move || Some(Member { key: children.next()?, value: children.next()? }))
    }

    /// The value of the first member with this key.
    pub fn get(self, key: &str) -> Option<Node<'a>> {
        self.members().find(|member| member.key.as_str() == Some(key)).map(|member| member.value)
    }

    /// The value at the end of a path of keys.
    pub fn at(self, path: &[&str]) -> Option<Node<'a>> {
        path.iter().try_fold(self, |node, key| node.get(key))
    }
}
