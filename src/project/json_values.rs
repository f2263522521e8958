//! Values of parameters that a command or task is given as JSON: `{"name": {"value": …}}`, as in a parameter file, or
//! the values alone.

use crate::source::{MappedText, Span};
use crate::syntax::expression::{Expr, ExprKind, Member};
use crate::syntax::json::{self, Kind, Node, Number};
use crate::syntax::shell::Piece;

/// Stands for a part of a text that is not known.
const HOLE: char = '\u{1}';

/// A value that is given.
#[derive(Debug)]
pub(super) struct Given {
    /// The parameter.
    pub name: String,
    /// Where its name is written.
    pub name_at: Span,
    /// Its value, if it is known.
    pub value: Option<Expr>,
    /// Where that is written.
    pub span: Span,
}

/// The text of a word, with a hole for each part that is not known.
pub(super) fn text_of(pieces: &[Piece], written: Span) -> MappedText<'static> {
    let mut text = MappedText::empty(written.file, pieces.first().map_or(written, |piece| piece.span).start as usize);
    for piece in pieces {
        if let Some(literal) = piece.literal() {
            text.push_part(literal, 0..literal.text().len());
        } else {
            text.push_escape(&HOLE.to_string(), piece.span.start as usize..piece.span.end as usize);
        }
    }
    text
}

/// What an object gives; nothing when the text is none.
pub(super) fn values(text: &MappedText<'_>) -> Vec<Given> {
    if !text.text().trim_start().starts_with('{') {
        return Vec::new();
    }
    let (document, _) = json::parse(text.file(), text.text());
    let Some(root) = document.root(text.text()) else { return Vec::new() };
    // A whole parameter file.
    let root = root.get("parameters").filter(|inner| inner.kind() == Kind::Object).unwrap_or(root);
    let given = |member: json::Member<'_>| {
        let value = if member.value.kind() == Kind::Object { member.value.get("value") } else { None };
        let has_other = member.value.get("reference").is_some();
        let value = value.unwrap_or(member.value);
        Some(Given {
            name: member.key.as_str()?.into_owned(),
            name_at: place(member.key, text),
            value: if has_other { None } else { expression(value, text) },
            span: place(value, text),
        })
    };
    root.members().filter_map(given).collect()
}

fn place(node: Node<'_>, text: &MappedText<'_>) -> Span {
    let span = node.span(text.file());
    text.span(span.start as usize..span.end as usize)
}

fn expression(node: Node<'_>, text: &MappedText<'_>) -> Option<Expr> {
    let kind = match node.kind() {
        Kind::Null => ExprKind::Null,
        Kind::Bool(value) => ExprKind::Bool(value),
        Kind::Number => match node.as_number()? {
            Number::Integer(number) => ExprKind::Integer(number),
            Number::Float(number) => ExprKind::Float(number),
        },
        Kind::String => ExprKind::String(node.as_str().filter(|text| !text.contains(HOLE))?.as_ref().into()),
        Kind::Array => ExprKind::Array(node.elements().map(|item| expression(item, text)).collect::<Option<_>>()?),
        Kind::Object => {
            let member = |member: json::Member<'_>| {
                let key = ExprKind::String(member.key.as_str()?.as_ref().into());
                let key = Expr::new(key, place(member.key, text));
                Some(Member { key, value: expression(member.value, text)? })
            };
            ExprKind::Object(node.members().map(member).collect::<Option<_>>()?)
        }
        Kind::Invalid => return None,
    };
    Some(Expr::new(kind, place(node, text)))
}
