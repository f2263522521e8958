//! The tree of Bicep.
//!
//! Spans are exact: a node's span starts with its first token and ends with its last. Strings include their quotes.

mod expression;
mod literal;
mod statement;
mod types;

use std::sync::Arc;

pub use expression::{
    ArrayItem, BinaryOperator, Expr, ExprKind, For, If, Lambda, Layers, ObjectItem, Property, Spread, UnaryOperator,
};
pub use literal::{Part, Segment, StringLiteral};
pub use statement::{
    Decorator, DefaultValue, ExtensionSource, Import, ImportItem, Imported, Program, Statement, StatementKind,
    UsingTarget, WithClause,
};
pub use types::{TupleItem, Type, TypeKind, TypeProperty, TypedLambda, TypedParameter};

use crate::source::Span;

/// An identifier and where it is written. Bicep compares identifiers exactly.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    /// The identifier; empty where one is missing.
    pub text: Arc<str>,
    /// Where; for a missing name the text that stands in its place, or the place where it belongs.
    pub span: Span,
}

impl Name {
    /// Whether there is no identifier where one belongs.
    pub fn is_missing(&self) -> bool {
        self.text.is_empty()
    }
}

/// The key of a property, of an object or of an object type.
#[derive(Debug, Clone, PartialEq)]
pub enum Key {
    /// `name`.
    Name(Name),
    /// `'name'`, or `'a${b}'` in an object.
    String(StringLiteral),
    /// `*`, in an object type: any further property.
    Wildcard(Span),
    /// No key; the text in its place.
    Invalid(Span),
}

impl Key {
    /// Where the key is written.
    pub fn span(&self) -> Span {
        match self {
            Self::Name(name) => name.span,
            Self::String(string) => string.span,
            Self::Wildcard(span) | Self::Invalid(span) => *span,
        }
    }

    /// The key, when it is an identifier or a string without holes.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::Name(name) => Some(&name.text),
            Self::String(string) => string.as_str(),
            Self::Wildcard(_) | Self::Invalid(_) => None,
        }
    }
}
