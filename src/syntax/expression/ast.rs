//! The tree of the template language: what JSON values and `[…]` strings denote, and what Bicep is lowered to.

use std::sync::Arc;

use crate::source::Span;

/// An expression and where it is written.
#[derive(Debug, Clone, PartialEq)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Where it is written. A JSON string that is a literal includes its quotes; a JSON string that holds an
    /// expression `"[…]"` includes quotes and brackets; parts inside the brackets have their own exact spans.
    pub span: Span,
}

/// The kinds of expression.
#[derive(Debug, Clone, PartialEq)]
pub enum ExprKind {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Integer(i64),
    /// Any other number.
    Float(f64),
    /// A string, decoded.
    String(Arc<str>),
    /// A JSON array.
    Array(Vec<Expr>),
    /// A JSON object.
    Object(Vec<Member>),
    /// `name(args…)` or `namespace.name(args…)`.
    Call {
        /// The function, with its namespace if it has one.
        name: Name,
        /// The arguments.
        args: Vec<Expr>,
    },
    /// `base.name`.
    Property {
        /// What the property is taken of.
        base: Box<Expr>,
        /// The property.
        name: Name,
    },
    /// `base[index]`.
    Index {
        /// What the element is taken of.
        base: Box<Expr>,
        /// A number or a property name.
        index: Box<Expr>,
    },
    /// A string with holes: text and expressions in turn. JSON writes it as `format`.
    Interpolation {
        /// The stretches of text, one more than there are holes.
        segments: Vec<Segment>,
        /// The expressions between them.
        holes: Vec<Expr>,
    },
    /// A stretch of a string that another tool, or the reader, fills in before the deployment.
    Placeholder {
        /// The stretch as it is written.
        text: Arc<str>,
        /// The text that takes its place when nothing else does.
        default: Option<Segment>,
    },
    /// A resource or module by its symbolic name. JSON has no such expression; there, functions take the name.
    Resource {
        /// The symbolic name, where it is used.
        name: Name,
        /// The declaration, as an index into the template's resources.
        declared: usize,
        /// Which iteration of its loop.
        iteration: Option<Box<Expr>>,
    },
    /// What a template passes on to one that it deploys, and that is evaluated there: `"[[…]"` of a nested template whose
    /// expressions are evaluated in the template around it.
    Deferred(Box<Expr>),
    /// Text that is not an expression. Its error has been reported; its value is never known.
    Invalid,
    /// More than is looked at.
    TooComplex,
}

/// A stretch of text in a string with holes.
#[derive(Debug, Clone, PartialEq)]
pub struct Segment {
    /// The text, decoded.
    pub text: Arc<str>,
    /// Where it is written, without quotes.
    pub span: Span,
}

/// One `"key": value` of an object.
#[derive(Debug, Clone, PartialEq)]
pub struct Member {
    /// The key: a string, or an expression that yields one.
    pub key: Expr,
    /// The value.
    pub value: Expr,
}

/// An identifier and where it is written.
#[derive(Debug, Clone, PartialEq)]
pub struct Name {
    /// The identifier as written; names compare without regard to ASCII case.
    pub text: Arc<str>,
    /// Where.
    pub span: Span,
}

impl Name {
    /// Whether this is `text`, without regard to ASCII case.
    pub fn is(&self, text: &str) -> bool {
        self.text.eq_ignore_ascii_case(text)
    }
}

impl Expr {
    /// An expression of this kind at this place.
    pub fn new(kind: ExprKind, span: Span) -> Self {
        Self { kind, span }
    }

    /// Whether it is a string, number, boolean or null, with nothing in it to look at.
    pub fn is_literal(&self) -> bool {
        use ExprKind::{Bool, Float, Integer, Invalid, Null, String};
        matches!(self.kind, Null | Bool(_) | Integer(_) | Float(_) | String(_) | Invalid)
    }

    /// The text of a string literal.
    pub fn as_str(&self) -> Option<&str> {
        match &self.kind {
            ExprKind::String(text) => Some(text),
            _ => None,
        }
    }

    /// The text of a string literal, or the stretches of text in a string with holes, each with its place.
    pub fn texts(&self) -> impl Iterator<Item = (&str, Span)> {
        let (literal, segments) = match &self.kind {
            ExprKind::String(text) => (Some((&**text, self.span)), &[][..]),
            ExprKind::Interpolation { segments, .. } => (None, &segments[..]),
            ExprKind::Placeholder { default, .. } => (None, default.as_slice()),
            _ => (None, &[][..]),
        };
        literal.into_iter().chain(segments.iter().map(|segment| (&*segment.text, segment.span)))
    }

    /// The members of an object literal; of anything else, none.
    pub fn members(&self) -> &[Member] {
        match &self.kind {
            ExprKind::Object(members) => members,
            _ => &[],
        }
    }

    /// The last member of an object literal with this key, without regard to ASCII case.
    pub fn member(&self, key: &str) -> Option<&Member> {
        self.members().iter().rev().find(|member| member.key.as_str().is_some_and(|k| k.eq_ignore_ascii_case(key)))
    }

    /// The value of [`member`](Self::member).
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.member(key).map(|member| &member.value)
    }
}
