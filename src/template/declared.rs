//! What a declaration says of its value beyond the kind: bounds, and the types of what is inside.

use std::sync::Arc;

use super::ParameterType;
use crate::source::Span;
use crate::syntax::expression::Expr;

/// The types inside of the types that a template declares. They refer to each other by number, since a type may hold
/// itself.
#[derive(Debug, Default)]
pub struct Types(Vec<Type>);

/// The number of a type among [`Types`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TypeId(u32);

/// What a declaration says of a value.
#[derive(Debug)]
pub struct Type {
    /// Where it is written.
    pub span: Span,
    /// What kind of value it is.
    pub kind: ParameterType,
    /// Whether null is one, too, and whether what has this type may be left out.
    pub nullable: bool,
    /// Whether the value is a secret.
    pub secure: bool,
    /// The values that are allowed, or those of the elements of an array; empty when any is.
    pub allowed: Vec<Expr>,
    /// What else is asked; most declarations ask nothing.
    pub constraints: Option<Box<Constraints>>,
}

/// What is asked of a value beside its kind.
#[derive(Debug, Default)]
pub struct Constraints {
    /// The bounds.
    pub bounds: Vec<Bound>,
    /// What is asked of the parts.
    pub shape: Shape,
}

/// A bound on a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bound {
    /// What is bounded.
    pub kind: BoundKind,
    /// The last value that is within it.
    pub limit: i64,
    /// Where the limit is written.
    pub span: Span,
}

/// What a bound is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BoundKind {
    /// The number of characters or elements is at least so much.
    MinLength,
    /// The number of characters or elements is at most so much.
    MaxLength,
    /// The number is at least so much.
    MinValue,
    /// The number is at most so much.
    MaxValue,
}

/// What is asked of the parts of a value.
#[derive(Debug, Default)]
pub enum Shape {
    /// Nothing.
    #[default]
    Any,
    /// An object with these properties.
    Object {
        /// The properties by their names.
        properties: Vec<(Arc<str>, TypeId)>,
        /// Those that are not named.
        others: Others,
    },
    /// An array.
    Array {
        /// The first elements.
        first: Vec<TypeId>,
        /// All elements after these.
        others: Others,
    },
    /// An object of the type that one of its properties names.
    Tagged {
        /// The property.
        property: Arc<str>,
        /// The types by the values of the property.
        variants: Vec<(Arc<str>, TypeId)>,
    },
}

/// What is asked of the properties or elements that have no type of their own.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub enum Others {
    /// Nothing.
    #[default]
    Any,
    /// There are none.
    None,
    /// They are of this type.
    Of(TypeId),
}

impl Types {
    /// The type with this number.
    pub fn get(&self, id: TypeId) -> Option<&Type> {
        self.0.get(id.0 as usize)
    }

    /// Makes room for a type that may be spoken of before it is known.
    pub(super) fn reserve(&mut self, span: Span) -> TypeId {
        self.0.push(Type::unknown(span));
        TypeId(self.0.len() as u32 - 1)
    }

    /// Says what a type is.
    pub(super) fn set(&mut self, id: TypeId, ty: Type) {
        if let Some(known) = self.0.get_mut(id.0 as usize) {
            *known = ty;
        }
    }

    /// Number of types.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }
}

impl Type {
    /// A type that says nothing.
    pub(super) fn unknown(span: Span) -> Self {
        let kind = ParameterType::Unknown;
        Self { span, kind, nullable: true, secure: false, allowed: Vec::new(), constraints: None }
    }
}

impl BoundKind {
    /// Whether the bound is about values of this kind.
    pub(super) fn is_of(self, kind: ParameterType) -> bool {
        match self {
            Self::MinLength | Self::MaxLength => matches!(kind, ParameterType::String | ParameterType::Array),
            Self::MinValue | Self::MaxValue => kind == ParameterType::Integer,
        }
    }
}

impl Constraints {
    /// These, if they ask for anything.
    pub(super) fn boxed(bounds: Vec<Bound>, shape: Shape) -> Option<Box<Self>> {
        let is_free = bounds.is_empty() && matches!(shape, Shape::Any);
        (!is_free).then(|| Box::new(Self { bounds, shape }))
    }
}
