//! Expressions.

use super::{Key, Name, Statement, StringLiteral};
use crate::source::Span;

/// An expression and where it is written.
#[derive(Debug, Clone, PartialEq)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Where it is written.
    pub span: Span,
}

/// The kinds of expression.
#[derive(Debug, Clone, PartialEq)]
pub enum ExprKind {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number; with a minus before it, the operand of [`UnaryOperator::Minus`].
    Integer(u64),
    /// A string, with or without holes.
    String(Box<StringLiteral>),
    /// `[…]`.
    Array(Vec<ArrayItem>),
    /// `{…}`.
    Object(Vec<ObjectItem>),
    /// `[for …: …]`.
    For(Box<For>),
    /// `if (…) {…}`, as the body of a resource or module or of a loop over these.
    If(Box<If>),
    /// A symbol: a parameter, variable, resource, module, loop variable, namespace.
    Symbol(Name),
    /// `name(args…)`.
    Call {
        /// The function.
        name: Name,
        /// The arguments.
        args: Box<[Expr]>,
    },
    /// `base.name(args…)`; `base` may be a namespace.
    MethodCall {
        /// What the function is called on.
        base: Box<Expr>,
        /// The function.
        name: Name,
        /// The arguments.
        args: Box<[Expr]>,
    },
    /// `base.name`.
    Property {
        /// What the property is taken of.
        base: Box<Expr>,
        /// The property.
        name: Name,
        /// Whether it is `base.?name`.
        is_safe: bool,
    },
    /// `base[index]`.
    Index {
        /// What the element is taken of.
        base: Box<Expr>,
        /// A number or a property name.
        index: Box<Expr>,
        /// Whether it is `base[?index]`.
        is_safe: bool,
        /// Whether it is `base[^index]`, counted from the end, from 1.
        is_from_end: bool,
    },
    /// `base::name`, a nested resource.
    Nested {
        /// The resource that encloses it.
        base: Box<Expr>,
        /// The nested resource.
        name: Name,
    },
    /// `base!`, which asserts that it is not null.
    NonNull(Box<Expr>),
    /// `x => …` or `(x, y) => …`.
    Lambda(Box<Lambda>),
    /// `-x` or `!x`.
    Unary {
        /// The operator.
        operator: UnaryOperator,
        /// The operand.
        operand: Box<Expr>,
    },
    /// `a + b` and its kind.
    Binary {
        /// The operator.
        operator: BinaryOperator,
        /// Where the operator is written.
        operator_span: Span,
        /// The left operand.
        left: Box<Expr>,
        /// The right operand.
        right: Box<Expr>,
    },
    /// `condition ? then : otherwise`.
    Ternary {
        /// What is tested.
        condition: Box<Expr>,
        /// The value when it is true.
        then: Box<Expr>,
        /// The value when it is false.
        otherwise: Box<Expr>,
    },
    /// `(…)`.
    Parenthesized(Box<Expr>),
    /// Text that is no expression, or the place where one is missing. Its error has been reported.
    Invalid,
}

/// An element of an array.
#[derive(Debug, Clone, PartialEq)]
pub enum ArrayItem {
    /// One element.
    Item(Expr),
    /// The elements of another array.
    Spread(Spread),
}

/// What stands between the braces of an object.
#[derive(Debug, Clone, PartialEq)]
pub enum ObjectItem {
    /// `key: value`.
    Property(Property),
    /// The properties of another object.
    Spread(Spread),
    /// A nested resource, in the body of a resource.
    Resource(Box<Statement>),
}

/// `key: value` in an object.
#[derive(Debug, Clone, PartialEq)]
pub struct Property {
    /// The key.
    pub key: Key,
    /// The value.
    pub value: Expr,
    /// From the key to the end of the value.
    pub span: Span,
}

/// `...value`.
#[derive(Debug, Clone, PartialEq)]
pub struct Spread {
    /// What is spread.
    pub value: Expr,
    /// From the dots to the end of the value.
    pub span: Span,
}

/// `[for item in source: body]` or `[for (item, index) in source: body]`.
#[derive(Debug, Clone, PartialEq)]
pub struct For {
    /// The variable that holds the element.
    pub item: Name,
    /// The variable that holds the element's number.
    pub index: Option<Name>,
    /// The variables: the name alone, or `(…)` with its parentheses.
    pub variables_span: Span,
    /// What is iterated.
    pub source: Expr,
    /// The body of each iteration: an object or [`ExprKind::If`] in a resource or module, else any expression.
    pub body: Expr,
}

/// `if (condition) body`.
#[derive(Debug, Clone, PartialEq)]
pub struct If {
    /// What is tested: [`ExprKind::Parenthesized`], or invalid.
    pub condition: Expr,
    /// An object, or invalid.
    pub body: Expr,
}

/// `parameters => body`.
#[derive(Debug, Clone, PartialEq)]
pub struct Lambda {
    /// The parameters.
    pub parameters: Vec<Name>,
    /// The parameters: the name alone, or `(…)` with its parentheses.
    pub parameters_span: Span,
    /// What it yields.
    pub body: Expr,
}

/// An operator before its operand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnaryOperator {
    /// `-`.
    Minus,
    /// `!`.
    Not,
}

/// An operator between its operands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BinaryOperator {
    /// `*`.
    Multiply,
    /// `/`.
    Divide,
    /// `%`.
    Modulo,
    /// `+`.
    Add,
    /// `-`.
    Subtract,
    /// `>`.
    Greater,
    /// `>=`.
    GreaterOrEqual,
    /// `<`.
    Less,
    /// `<=`.
    LessOrEqual,
    /// `==`.
    Equal,
    /// `!=`.
    NotEqual,
    /// `=~`: equal without regard to case.
    EqualInsensitive,
    /// `!~`.
    NotEqualInsensitive,
    /// `&&`.
    And,
    /// `||`.
    Or,
    /// `??`: the left operand, or the right one when that is null.
    Coalesce,
}

/// The body of a resource or module, taken apart.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Layers<'a> {
    /// The loop around it.
    pub repeat: Option<&'a For>,
    /// The condition, in its parentheses.
    pub condition: Option<&'a Expr>,
    /// What stands between the braces; `None` where there is no object.
    pub object: Option<&'a [ObjectItem]>,
}

impl Expr {
    /// An expression of this kind at this place.
    pub fn new(kind: ExprKind, span: Span) -> Self {
        Self { kind, span }
    }

    /// Whether there is nothing where an expression belongs.
    pub fn is_missing(&self) -> bool {
        self.kind == ExprKind::Invalid && self.span.is_empty()
    }

    /// The text of a string without holes.
    pub fn as_str(&self) -> Option<&str> {
        match &self.kind {
            ExprKind::String(string) => string.as_str(),
            _ => None,
        }
    }

    /// What an object literal holds; of anything else, nothing.
    pub fn items(&self) -> &[ObjectItem] {
        match &self.kind {
            ExprKind::Object(items) => items,
            _ => &[],
        }
    }

    /// The first property of an object literal with this key, compared exactly.
    pub fn property(&self, key: &str) -> Option<&Property> {
        self.items().iter().find_map(|item| match item {
            ObjectItem::Property(property) if property.key.as_str() == Some(key) => Some(property),
            _ => None,
        })
    }

    /// The expression within any parentheses around it.
    pub fn without_parentheses(&self) -> &Self {
        let mut expr = self;
        while let ExprKind::Parenthesized(inner) = &expr.kind {
            expr = inner;
        }
        expr
    }

    /// Takes the body of a resource or module apart: loop, condition and object.
    pub fn layers(&self) -> Layers<'_> {
        let (repeat, body) = match &self.kind {
            ExprKind::For(repeat) => (Some(&**repeat), &repeat.body),
            _ => (None, self),
        };
        let (condition, body) = match &body.kind {
            ExprKind::If(check) => (Some(&check.condition), &check.body),
            _ => (None, body),
        };
        let object = match &body.kind {
            ExprKind::Object(items) => Some(&**items),
            _ => None,
        };
        Layers { repeat, condition, object }
    }
}
