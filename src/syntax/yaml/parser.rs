//! From the events of `granit-parser` to the tree.

use std::collections::HashMap;
use std::ops::Range;

use granit_parser::{Event, Parser, ScalarStyle, StructureStyle};

use super::scalar;
use super::tree::{Record, RecordKind, Scalar, Stream, Style};
use crate::source::{FileId, Span};
use crate::syntax::SyntaxError;

/// Parses `text`. After an error nothing more is read, and the tree holds what stands before it.
pub fn parse(file: FileId, text: &str) -> (Stream<'_>, Vec<SyntaxError>) {
    parse_at(file, text, 0)
}

/// [`parse`] of a text that starts at `base` in the file.
pub fn parse_at(file: FileId, text: &str, base: usize) -> (Stream<'_>, Vec<SyntaxError>) {
    let mut options = granit_parser::Options::default();
    options.emit_unresolved_aliases = true;
    options.block_scalar_eof_without_line_feed = true;
    let mut builder = Builder {
        file,
        text,
        base,
        stream: Stream::default(),
        open: Vec::new(),
        last: 0,
        anchors: HashMap::new(),
        errors: Vec::new(),
    };
    for event in Parser::new_from_str_with_options(text, options) {
        match event {
            Ok((event, span)) => {
                let range = span.byte_range().unwrap_or(text.len()..text.len());
                builder.event(event, range.start..range.end.max(range.start));
            }
            Err(error) => {
                let at = error.marker().byte_offset().unwrap_or(text.len()).min(text.len());
                let at = (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
                let message = format!("this is not YAML: {}", error.info());
                builder.errors.push(SyntaxError { span: Span::new(file, base + at, base + at), message });
                break;
            }
        }
    }
    while !builder.open.is_empty() {
        builder.close(0);
    }
    (builder.stream, builder.errors)
}

struct Builder<'a> {
    file: FileId,
    text: &'a str,
    /// Where the text starts in the file.
    base: usize,
    stream: Stream<'a>,
    /// The containers that are not closed yet.
    open: Vec<Open>,
    /// Where what was read last ends.
    last: u32,
    anchors: HashMap<usize, u32>,
    errors: Vec<SyntaxError>,
}

struct Open {
    index: u32,
    is_flow: bool,
}

impl<'a> Builder<'a> {
    fn event(&mut self, event: Event<'a>, range: Range<usize>) {
        match event {
            Event::Scalar(value, style, anchor, _) => {
                let style = match style {
                    ScalarStyle::Plain => Style::Plain,
                    ScalarStyle::SingleQuoted => Style::SingleQuoted,
                    ScalarStyle::DoubleQuoted => Style::DoubleQuoted,
                    ScalarStyle::Literal => Style::Literal,
                    ScalarStyle::Folded => Style::Folded,
                };
                let (text, range) = scalar::map(self.file, self.text, range, &value, style);
                let text = text.moved(self.base);
                self.push(RecordKind::Scalar(Scalar { text, style }), range, anchor);
            }
            Event::SequenceStart(style, anchor, _) => self.start(RecordKind::Sequence, style, range, anchor),
            Event::MappingStart(style, anchor, _) => self.start(RecordKind::Mapping, style, range, anchor),
            Event::SequenceEnd | Event::MappingEnd => self.close((self.base + range.end) as u32),
            Event::Alias(anchor) => {
                let target = self.anchors.get(&anchor).copied();
                // A node that holds itself has no end.
                let target = target.filter(|target| self.open.iter().all(|open| open.index != *target));
                self.push(RecordKind::Alias(target), range, 0);
            }
            Event::UnresolvedAlias(_) => self.push(RecordKind::Alias(None), range, 0),
            _ => {}
        }
    }

    fn push(&mut self, kind: RecordKind<'a>, range: Range<usize>, anchor: usize) {
        let index = self.stream.nodes.len() as u32;
        if self.open.is_empty() {
            self.stream.roots.push(index);
        }
        if anchor != 0 {
            self.anchors.insert(anchor, index);
        }
        let (start, end) = ((self.base + range.start) as u32, (self.base + range.end) as u32);
        self.last = self.last.max(end);
        self.stream.nodes.push(Record { kind, start, end, next: index + 1 });
    }

    fn start(&mut self, kind: RecordKind<'a>, style: StructureStyle, range: Range<usize>, anchor: usize) {
        let index = self.stream.nodes.len() as u32;
        self.push(kind, range, anchor);
        self.open.push(Open { index, is_flow: style == StructureStyle::Flow });
    }

    /// Ends the innermost container: a flow one at its bracket, a block one with what is last in it.
    fn close(&mut self, bracket: u32) {
        let Some(Open { index, is_flow }) = self.open.pop() else { return };
        if is_flow {
            self.last = self.last.max(bracket);
        }
        let next = self.stream.nodes.len() as u32;
        let record = &mut self.stream.nodes[index as usize];
        (record.next, record.end) = (next, self.last.max(record.start));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::yaml::{Kind, Node};

    const FILE: FileId = FileId(0);

    /// The tree in one line: each node's text in the source.
    fn show(node: Node<'_>, text: &str) -> String {
        match node.kind() {
            Kind::Scalar => text[node.span(FILE).range()].to_owned(),
            Kind::Sequence => {
                format!("[{}]", node.elements().map(|node| show(node, text)).collect::<Vec<_>>().join(" "))
            }
            Kind::Mapping => {
                let show = |member: crate::syntax::yaml::Member<'_>| {
                    format!("{}={}", show(member.key, text), show(member.value, text))
                };
                format!("{{{}}}", node.members().map(show).collect::<Vec<_>>().join(" "))
            }
            Kind::Dangling => "?".to_owned(),
        }
    }

    fn parsed(text: &str) -> (Vec<String>, usize) {
        let (stream, errors) = parse(FILE, text);
        (stream.documents().map(|node| show(node, text)).collect(), errors.len())
    }

    #[test]
    fn nodes_stand_where_they_are_written() {
        let text = "a: 'x' # c\nb:\n  - {c: [1, \"2\"]}\n  - d: |\n      e\nb: dup\n---\n- f\n";
        let (trees, errors) = parsed(text);
        assert_eq!(trees, ["{a='x' b=[{c=[1 \"2\"]} {d=e}] b=dup}", "[f]"]);
        assert_eq!(errors, 0);
        let (stream, _) = parse(FILE, text);
        let root = stream.documents().next().unwrap();
        let sequence = root.get("b").unwrap();
        assert_eq!(&text[sequence.span(FILE).range()], "- {c: [1, \"2\"]}\n  - d: |\n      e");
        assert_eq!(
            root.get("b").unwrap().elements().next().map(|node| &text[node.span(FILE).range()]),
            Some("{c: [1, \"2\"]}")
        );
    }

    #[test]
    fn aliases_are_followed_but_not_expanded() {
        let text = "a: &x [1, 2]\nb: *x\nc: *nope\nd: &y {e: *y}\n";
        assert_eq!(parsed(text), (vec!["{a=[1 2] b=[1 2] c=? d={e=?}}".to_owned()], 0));
        let (stream, _) = parse(FILE, text);
        let alias = stream.documents().next().unwrap().get("b").unwrap();
        assert!(alias.is_alias());
        assert_eq!(&text[alias.span(FILE).range()], "*x");
        assert_eq!(stream.nodes.len(), 13);
    }

    #[test]
    fn a_bomb_does_not_grow() {
        let levels = (1..60).map(|level| format!("a{level}: &a{level} [*a{0}, *a{0}]\n", level - 1));
        let text = "a0: &a0 [x, x]\n".to_owned() + &levels.collect::<String>();
        let (stream, errors) = parse(FILE, &text);
        assert_eq!((stream.nodes.len(), errors.len()), (1 + 60 * 4, 0));
    }

    #[test]
    fn what_precedes_an_error_is_there() {
        assert_eq!(parsed("a: 1\nb: [2, {c: 3\n"), (vec!["{a=1 b=[2]}".to_owned()], 1));
        assert_eq!(parsed(&"[".repeat(100_000)).1, 1);
        assert_eq!(parsed(""), (vec![], 0));
    }
}
