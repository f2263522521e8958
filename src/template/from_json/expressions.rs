//! JSON values as expressions.

use std::ops::Range;

use super::Lowering;
use crate::source::Span;
use crate::syntax::expression::{self, Expr, ExprKind, Member, Name};
use crate::syntax::json::{Kind, Node, Number, OffsetMap};
use crate::syntax::placeholder::Site;
use crate::template::{Copy, TemplateError, TemplateErrorKind};

/// What the strings of a value are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Strings {
    /// Expressions when they stand in brackets.
    Expressions,
    /// Those of a resource: expressions, save in what the service does not evaluate.
    OfResource,
    /// Themselves.
    Literal,
    /// Themselves, but for what is filled in later.
    Given,
}

/// Members of a resource that are for people and tools, in which brackets mean nothing.
const NOT_EVALUATED: [&str; 2] = ["comments", "metadata"];

/// Most characters of an expression; the service refuses longer ones.
const MAX_EXPRESSION: usize = 24_576;

impl Lowering {
    /// A value in which strings in brackets are expressions.
    pub(super) fn expr(&mut self, node: Node<'_>) -> Expr {
        self.value(node, Strings::Expressions, &[])
    }

    /// A value in which every string is itself.
    pub(super) fn literal(&mut self, node: Node<'_>) -> Expr {
        self.value(node, Strings::Literal, &[])
    }

    /// A value of a parameter: every string is itself, but for what is filled in later.
    pub(super) fn given(&mut self, node: Node<'_>) -> Expr {
        self.value(node, Strings::Given, &[])
    }

    /// What a resource says, without the members at `except`: each a path of keys in lower case.
    pub(super) fn resource_body(&mut self, node: Node<'_>, except: &[&[&str]]) -> Expr {
        self.value(node, Strings::OfResource, except)
    }

    fn value(&mut self, node: Node<'_>, strings: Strings, except: &[&[&str]]) -> Expr {
        let span = node.span(self.file);
        let kind = match node.kind() {
            Kind::Null => ExprKind::Null,
            Kind::Bool(value) => ExprKind::Bool(value),
            Kind::Number => match node.as_number() {
                Some(Number::Integer(value)) => ExprKind::Integer(value),
                Some(Number::Float(value)) => ExprKind::Float(value),
                None => ExprKind::Invalid,
            },
            Kind::String => return self.string(node, strings),
            Kind::Array => {
                let mut items = Vec::with_capacity(node.elements().count());
                items.extend(node.elements().map(|item| self.value(item, strings, &[])));
                ExprKind::Array(items)
            }
            Kind::Object => {
                let mut members = Vec::with_capacity(node.members().count());
                let of_members = if strings == Strings::OfResource { Strings::Expressions } else { strings };
                for member in node.members() {
                    let key = self.string(member.key, of_members);
                    let below: Vec<&[&str]> = except
                        .iter()
                        .filter(|path| key.as_str().is_some_and(|key| key.eq_ignore_ascii_case(path[0])))
                        .map(|path| &path[1..])
                        .collect();
                    if below.iter().any(|path| path.is_empty()) {
                        continue;
                    }
                    let is_plain = || {
                        NOT_EVALUATED.iter().any(|name| key.as_str().is_some_and(|key| key.eq_ignore_ascii_case(name)))
                    };
                    let of_value =
                        if strings == Strings::OfResource && is_plain() { Strings::Literal } else { of_members };
                    members.push(Member { value: self.value(member.value, of_value, &below), key });
                }
                ExprKind::Object(members)
            }
            Kind::Invalid => ExprKind::Invalid,
        };
        Expr::new(kind, span)
    }

    fn string(&mut self, node: Node<'_>, strings: Strings) -> Expr {
        let span = node.span(self.file);
        let Some(text) = node.as_str() else { return Expr::new(ExprKind::Invalid, span) };
        if strings == Strings::Literal {
            return Expr::new(ExprKind::String(self.names.intern(&text)), span);
        }
        let is_long = strings == Strings::Expressions && text.len() > MAX_EXPRESSION;
        if is_long && text.starts_with('[') && !text.starts_with("[[") && text.ends_with(']') {
            let length = text.chars().count();
            if length > MAX_EXPRESSION {
                let message = format!("an expression has at most {MAX_EXPRESSION} characters; this one has {length}");
                self.errors.push(TemplateError { span, kind: TemplateErrorKind::Expression(message) });
            }
        }
        let contents = span.start + 1;
        let map = node.has_escapes().then(|| OffsetMap::new(node.raw_contents()));
        let offset = |offset: usize| contents + map.as_ref().map_or(offset, |map| map.source_offset(offset)) as u32;
        // What the template around makes of it is read once more, and may be wrong for other reasons then.
        if self.passes_on && strings == Strings::Expressions && text.starts_with("[[") {
            let (later, mut errors) = (|at: usize| offset(at + 1), Vec::new());
            let deferred = expression::parse_string(self.file, &text[1..], span, &later, &mut self.names, &mut errors);
            return match deferred.kind {
                ExprKind::String(_) => deferred,
                _ => Expr::new(ExprKind::Deferred(Box::new(deferred)), span),
            };
        }
        self.text(&text, span, strings, &offset)
    }

    /// The string `text`, each byte of which is written at the offset that `offsets` tells.
    fn text(&mut self, text: &str, span: Span, strings: Strings, offsets: &dyn Fn(usize) -> u32) -> Expr {
        if strings == Strings::Given {
            let part = |range: Range<usize>| Span { start: offsets(range.start), end: offsets(range.end), ..span };
            return expression::text(text, Site::Value, span, &part, &mut self.names);
        }
        let mut errors = Vec::new();
        let expr = expression::parse_string(self.file, text, span, offsets, &mut self.names, &mut errors);
        self.errors.extend(
            errors
                .into_iter()
                .map(|error| TemplateError { span: error.span, kind: TemplateErrorKind::Expression(error.message) }),
        );
        expr
    }

    /// The name that a string spells; `None` for anything else.
    pub(super) fn name(&mut self, node: Node<'_>) -> Option<Name> {
        Some(Name { text: self.names.intern(&node.as_str()?), span: node.span(self.file) })
    }

    /// The loop that a `copy` object describes.
    pub(super) fn copy(&mut self, node: Node<'_>) -> Option<Copy> {
        let count = node.get("count")?;
        Some(Copy { name: node.get("name").and_then(|name| self.name(name)), count: self.expr(count) })
    }
}
