//! Types.

use super::{Decorator, Expr, Key, Name, StringLiteral, UnaryOperator};
use crate::source::Span;

/// A type and where it is written.
#[derive(Debug, Clone, PartialEq)]
pub struct Type {
    /// What it is.
    pub kind: TypeKind,
    /// Where it is written.
    pub span: Span,
}

/// The kinds of type.
#[derive(Debug, Clone, PartialEq)]
pub enum TypeKind {
    /// `name`: a built-in type, a user's type, or an import.
    Name(Name),
    /// `name<args…>`, such as `resourceInput<'…'>`.
    Generic {
        /// The parameterized type.
        name: Name,
        /// What stands between the brackets.
        args: Vec<Type>,
    },
    /// `base.name`; `base` may be a namespace.
    Property {
        /// What the type is taken of.
        base: Box<Type>,
        /// The property.
        name: Name,
    },
    /// `base.name<args…>`.
    MemberGeneric {
        /// The namespace.
        base: Box<Type>,
        /// The parameterized type.
        name: Name,
        /// What stands between the brackets.
        args: Vec<Type>,
    },
    /// `base.*`: the type of the further properties.
    AdditionalProperties(Box<Type>),
    /// `base[*]`: the type of the elements.
    Items(Box<Type>),
    /// `base[index]`: the type of one element of a tuple.
    Element {
        /// What the type is taken of.
        base: Box<Type>,
        /// The element's number.
        index: Box<Expr>,
    },
    /// `item[]`.
    Array(Box<Type>),
    /// `base?`.
    Nullable(Box<Type>),
    /// `base!`.
    NonNullable(Box<Type>),
    /// `-1` or `!true`.
    Unary {
        /// The operator.
        operator: UnaryOperator,
        /// The operand.
        operand: Box<Type>,
    },
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Integer(u64),
    /// A string.
    String(Box<StringLiteral>),
    /// `{…}`.
    Object(Vec<TypeProperty>),
    /// `[…]`.
    Tuple(Vec<TupleItem>),
    /// `(…)`.
    Parenthesized(Box<Type>),
    /// `a | b`, perhaps with a `|` before the first.
    Union(Vec<Type>),
    /// `resource 'type@version'`; an output may leave the string out.
    Resource(Option<Box<Expr>>),
    /// Text that is no type, or the place where one is missing. Its error has been reported.
    Invalid,
}

/// A property of an object type.
#[derive(Debug, Clone, PartialEq)]
pub struct TypeProperty {
    /// The decorators before it.
    pub decorators: Vec<Decorator>,
    /// The key; [`Key::Wildcard`] stands for every property that is not named.
    pub key: Key,
    /// The type of the property.
    pub value: Type,
    /// From the first decorator, or the key, to the end of the type.
    pub span: Span,
}

/// An element of a tuple type.
#[derive(Debug, Clone, PartialEq)]
pub struct TupleItem {
    /// The decorators before it.
    pub decorators: Vec<Decorator>,
    /// The type of the element.
    pub value: Type,
    /// From the first decorator, or the type, to the end of the type.
    pub span: Span,
}

/// `(parameters…) returns => body`, what `func` declares.
#[derive(Debug, Clone, PartialEq)]
pub struct TypedLambda {
    /// The parameters.
    pub parameters: Vec<TypedParameter>,
    /// The parameters with their parentheses.
    pub parameters_span: Span,
    /// The type of the result.
    pub returns: Type,
    /// The result.
    pub body: Expr,
    /// All of it.
    pub span: Span,
}

/// A parameter of a user's function.
#[derive(Debug, Clone, PartialEq)]
pub struct TypedParameter {
    /// The name.
    pub name: Name,
    /// The type.
    pub value_type: Type,
    /// From the name to the end of the type.
    pub span: Span,
}

impl Type {
    /// A type of this kind at this place.
    pub fn new(kind: TypeKind, span: Span) -> Self {
        Self { kind, span }
    }

    /// Whether there is nothing where a type belongs.
    pub fn is_missing(&self) -> bool {
        self.kind == TypeKind::Invalid && self.span.is_empty()
    }
}
