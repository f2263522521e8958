//! What an expression evaluates to: a value, as far as it is known, and where it was written.

use std::fmt;
use std::sync::Arc;

pub use super::object::{Key, Member, Object, may_be};
use super::pieces::pieces;
use super::term::Term;
use crate::source::limits::MAX_EVALUATION_DEPTH;
use crate::source::{Span, may_name_name, names_secret};

/// A value and its origin. Comparison looks at the value only.
#[derive(Debug, Clone, Default)]
pub struct Value {
    /// What it is.
    pub kind: Kind,
    /// Where it was written and how it came here.
    pub origin: Origin,
}

/// What a value is.
#[derive(Debug, Clone, Default)]
pub enum Kind {
    /// `null`.
    #[default]
    Null,
    /// A boolean.
    Bool(bool),
    /// A whole number.
    Integer(i64),
    /// Any other number.
    Float(f64),
    /// A string.
    String(Text),
    /// An array; its elements may be unknown.
    Array(Arc<Vec<Value>>),
    /// An object; its values may be unknown.
    Object(Arc<Object>),
    /// Something that cannot be known before deployment, as the term that would compute it.
    Unknown(Arc<Term>),
    /// Something that nobody can say anything of. It is equal to nothing, itself included.
    Undecidable(Undecidable),
}

/// Why a value can't be computed, and where that is written.
#[derive(Debug, Clone, Copy)]
pub struct Undecidable {
    /// Why.
    pub reason: Reason,
    /// The expression that can't be computed.
    pub span: Span,
}

/// Why nobody can say anything of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// It is broken or missing in the source, or loaded from a file that is not there.
    Invalid,
    /// It is defined by itself.
    Circular,
    /// It is beyond the bounds on evaluation.
    TooComplex,
    /// It belongs to a resource of which too little is known.
    Resource,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Invalid => "what can't be read",
            Self::Circular => "what is defined by itself",
            Self::TooComplex => "what is too complex to compute",
            Self::Resource => "a resource of which too little is known",
        })
    }
}

/// A known string. One that was put together remembers from what.
#[derive(Debug, Clone)]
pub struct Text {
    /// The characters.
    pub value: Arc<str>,
    /// The parts in order, when the string was put together from several; they cover it without gaps.
    pub parts: Option<Arc<[Part]>>,
}

/// One stretch of a composed string.
#[derive(Debug, Clone)]
pub struct Part {
    /// Offset just past its last byte in the whole string; it starts where the part before ends.
    pub end: usize,
    /// The value that it came from, whole: a string, or what was formatted into one.
    pub value: Value,
}

/// Where a value was written, and the way from its use to there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Origin {
    /// Where the value itself is written; `None` for one that no text spells out.
    pub span: Option<Span>,
    /// For an array or object that a variable, a parameter or a property of one of them holds: the name it has there.
    pub key: Option<Span>,
    /// The uses that led to it, outermost first.
    pub trail: Option<Arc<Step>>,
}

/// One step from a use of a value towards the place where it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The expression that uses the variable, parameter, …
    pub span: Span,
    /// What it uses.
    pub via: Via,
    /// The next use on the way.
    pub next: Option<Arc<Step>>,
}

/// How a use reaches the value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Via {
    /// Through the variable of this name.
    Variable(Arc<str>),
    /// Through the parameter of this name.
    Parameter(Arc<str>),
    /// Through an output of a nested deployment.
    Output(Arc<str>),
    /// Through a secure parameter, a secure property of one, or a secure output.
    Secret,
}

impl Via {
    fn is_secret(&self) -> bool {
        match self {
            Self::Secret => true,
            Self::Variable(name) | Self::Parameter(name) | Self::Output(name) => {
                names_secret(name) && !may_name_name(name)
            }
        }
    }

    fn may_be_secret(&self) -> bool {
        match self {
            Self::Secret => true,
            Self::Variable(name) | Self::Parameter(name) | Self::Output(name) => names_secret(name),
        }
    }
}

impl Value {
    /// A value that no text spells out.
    pub fn new(kind: Kind) -> Self {
        Self { kind, origin: Origin::default() }
    }

    /// A value written at `span`.
    pub fn at(kind: Kind, span: Span) -> Self {
        Self { kind, origin: Origin { span: Some(span), ..Origin::default() } }
    }

    /// `null`.
    pub fn null() -> Self {
        Self::new(Kind::Null)
    }

    /// An object.
    pub fn object(object: Object) -> Self {
        Self::new(Kind::Object(Arc::new(object)))
    }

    /// What cannot be known, as the term that would compute it.
    pub fn unknown(term: Term) -> Self {
        Self::new(Kind::Unknown(Arc::new(term)))
    }

    /// What nobody can say anything of, because of what is written at `span`.
    pub fn undecidable(reason: Reason, span: Span) -> Self {
        Self::at(Kind::Undecidable(Undecidable { reason, span }), span)
    }

    /// A string put together from `parts`, all of which are known scalars.
    pub fn composed(value: String, parts: Vec<Part>) -> Self {
        Self::new(Kind::String(Text { value: value.into(), parts: Some(parts.into()) }))
    }

    /// The same value, written at `span` if no place is known yet.
    #[must_use]
    pub fn or_at(mut self, span: Span) -> Self {
        self.origin.span.get_or_insert(span);
        self
    }

    /// The same value; an array or object that has no name yet is called by the one at `key`.
    #[must_use]
    pub fn named(mut self, key: Span) -> Self {
        if matches!(self.kind, Kind::Array(_) | Kind::Object(_)) {
            self.origin.key.get_or_insert(key);
        }
        self
    }

    /// The same value, reached by one more use.
    #[must_use]
    pub fn via(mut self, span: Span, via: Via) -> Self {
        self.origin.trail = Some(Arc::new(Step { span, via, next: self.origin.trail.take() }));
        self
    }

    /// The characters of a known string.
    pub fn as_str(&self) -> Option<&str> {
        match &self.kind {
            Kind::String(text) => Some(&text.value),
            _ => None,
        }
    }

    /// A known boolean.
    pub fn as_bool(&self) -> Option<bool> {
        match self.kind {
            Kind::Bool(value) => Some(value),
            _ => None,
        }
    }

    /// A known whole number.
    pub fn as_integer(&self) -> Option<i64> {
        match self.kind {
            Kind::Integer(value) => Some(value),
            _ => None,
        }
    }

    /// The elements of an array.
    pub fn as_array(&self) -> Option<&[Self]> {
        match &self.kind {
            Kind::Array(items) => Some(items),
            _ => None,
        }
    }

    /// The members of an object.
    pub fn as_object(&self) -> Option<&Object> {
        match &self.kind {
            Kind::Object(object) => Some(object),
            _ => None,
        }
    }

    /// The term of an unknown value.
    pub fn as_term(&self) -> Option<&Term> {
        match &self.kind {
            Kind::Unknown(term) => Some(term),
            _ => None,
        }
    }

    /// How many values it is, those inside counted wherever they show up; `None` for more than `most`, or when it nests
    /// deeper than [`MAX_EVALUATION_DEPTH`]. That is too much for whoever walks through all of it.
    pub fn size_within(&self, most: usize) -> Option<usize> {
        let (mut seen, mut left) = (0, vec![(self, 0)]);
        while let Some((value, depth)) = left.pop() {
            seen += 1;
            if seen + left.len() > most || depth > MAX_EVALUATION_DEPTH {
                return None;
            }
            let below = depth + 1;
            match &value.kind {
                Kind::Array(items) => left.extend(items.iter().map(|item| (item, below))),
                Kind::Object(object) => left.extend(object.iter().map(|(_, member)| (&member.value, below))),
                Kind::String(text) => {
                    left.extend(text.parts.iter().flat_map(|it| it.iter()).map(|it| (&it.value, below)));
                }
                Kind::Unknown(term) => match term.as_ref() {
                    Term::Call { args, .. } => left.extend(args.iter().map(|arg| (arg, below))),
                    Term::Property { base, .. } => left.push((base, below)),
                    Term::Index { base, index } => left.extend([(base, below), (index, below)]),
                    Term::Placeholder(_) => {}
                },
                Kind::Null | Kind::Bool(_) | Kind::Integer(_) | Kind::Float(_) | Kind::Undecidable(_) => {}
            }
        }
        Some(seen)
    }

    /// The way to the secret that the value is: it came through a secure parameter or output or what is called a password,
    /// or is a text with such a part.
    pub fn secret(&self) -> Option<&Arc<Step>> {
        self.reached_by(Via::is_secret)
    }

    /// The way to the first secret in the value, itself included.
    pub fn secret_inside(&self) -> Option<&Arc<Step>> {
        self.reached_inside_by(Via::is_secret)
    }

    /// Whether the value may hold a secret, or what is only called like one.
    pub fn may_hold_secret(&self) -> bool {
        self.reached_inside_by(Via::may_be_secret).is_some()
    }

    fn reached_by(&self, is_meant: fn(&Via) -> bool) -> Option<&Arc<Step>> {
        let trail = self.origin.trail.as_ref();
        let mut steps = std::iter::successors(trail.map(|step| &**step), |step| step.next.as_deref());
        if steps.any(|step| is_meant(&step.via)) {
            return trail;
        }
        match &self.kind {
            Kind::String(Text { parts: Some(parts), .. }) => {
                parts.iter().find_map(|part| part.value.reached_inside_by(is_meant))
            }
            _ => None,
        }
    }

    fn reached_inside_by(&self, is_meant: fn(&Via) -> bool) -> Option<&Arc<Step>> {
        self.reached_by(is_meant).or_else(|| match &self.kind {
            Kind::Array(items) => items.iter().find_map(|item| item.reached_inside_by(is_meant)),
            Kind::Object(object) => object.iter().find_map(|(_, member)| member.value.reached_inside_by(is_meant)),
            _ => None,
        })
    }

    /// Whether this is `null`.
    pub fn is_null(&self) -> bool {
        matches!(self.kind, Kind::Null)
    }

    /// Whether the value is unknown as a whole; an array or object with unknown parts is not.
    pub fn is_unknown(&self) -> bool {
        matches!(self.kind, Kind::Unknown(_) | Kind::Undecidable(_))
    }

    /// Whether the value and everything in it is known.
    pub fn is_known(&self) -> bool {
        match &self.kind {
            Kind::Unknown(_) | Kind::Undecidable(_) => false,
            Kind::Array(items) => items.iter().all(Self::is_known),
            Kind::Object(object) => !object.is_open() && object.iter().all(|(_, member)| member.value.is_known()),
            Kind::Null | Kind::Bool(_) | Kind::Integer(_) | Kind::Float(_) | Kind::String(_) => true,
        }
    }
}

/// Whether two terms put the same text together from the same pieces, such as one by `concat` and one by `format`.
fn same_text(a: &Value, b: &Value) -> bool {
    let composed = |value| pieces(value).filter(|row| row.len() > 1);
    composed(a).is_some_and(|row| Some(row) == composed(b))
}

/// Known values are equal when the language's `equals` says so: strings and keys by case, and 1 is not 1.0. Unknown ones
/// are equal when their terms are; two unequal terms may still turn out equal when deployed. An undecidable one equals nothing.
impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        match (&self.kind, &other.kind) {
            (Kind::Null, Kind::Null) => true,
            (Kind::Bool(a), Kind::Bool(b)) => a == b,
            (Kind::Integer(a), Kind::Integer(b)) => a == b,
            (Kind::Float(a), Kind::Float(b)) => a.to_bits() == b.to_bits(),
            (Kind::String(a), Kind::String(b)) => a.value == b.value,
            (Kind::Array(a), Kind::Array(b)) => Arc::ptr_eq(a, b) || a == b,
            (Kind::Object(a), Kind::Object(b)) => {
                Arc::ptr_eq(a, b)
                    || a.len() == b.len() && a.iter().all(|(key, member)| b.get_exact(key) == Some(&member.value))
            }
            (Kind::Unknown(a), Kind::Unknown(b)) => Arc::ptr_eq(a, b) || a == b || same_text(self, other),
            _ => false,
        }
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::new(Kind::Bool(value))
    }
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::new(Kind::Integer(value))
    }
}

impl From<f64> for Value {
    fn from(value: f64) -> Self {
        Self::new(Kind::Float(value))
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::from(Arc::<str>::from(value))
    }
}

impl From<String> for Value {
    fn from(value: String) -> Self {
        Self::from(Arc::<str>::from(value))
    }
}

impl From<Arc<str>> for Value {
    fn from(value: Arc<str>) -> Self {
        Self::new(Kind::String(Text { value, parts: None }))
    }
}

impl From<Vec<Self>> for Value {
    fn from(items: Vec<Self>) -> Self {
        Self::new(Kind::Array(Arc::new(items)))
    }
}
