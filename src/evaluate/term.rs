//! Symbolic terms: the expressions that stay when their values cannot be known, with all that is known filled in.

use std::fmt;
use std::sync::Arc;

use super::value::{Kind, Value};

/// What would compute an unknown value.
#[derive(Debug, Clone)]
pub enum Term {
    /// `name(args…)`.
    Call {
        /// The function's name in its documented spelling, with its namespace if it has one.
        name: Arc<str>,
        /// The arguments, reduced as far as they are known.
        args: Vec<Value>,
    },
    /// `base.name`.
    Property {
        /// What the property is taken of.
        base: Value,
        /// The property.
        name: Arc<str>,
    },
    /// `base[index]`.
    Index {
        /// What the element is taken of.
        base: Value,
        /// Which element.
        index: Value,
    },
}

impl Term {
    /// The arguments, if this is a call of the function `name`.
    pub fn call(&self, name: &str) -> Option<&[Value]> {
        match self {
            Self::Call { name: called, args } if called.eq_ignore_ascii_case(name) => Some(args),
            _ => None,
        }
    }
}

/// Terms are equal when they are the same expression, without regard to the case of function and property names.
impl PartialEq for Term {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Call { name: a, args: x }, Self::Call { name: b, args: y }) => a.eq_ignore_ascii_case(b) && x == y,
            (Self::Property { base: a, name: x }, Self::Property { base: b, name: y }) => {
                x.eq_ignore_ascii_case(y) && a == b
            }
            (Self::Index { base: a, index: x }, Self::Index { base: b, index: y }) => x == y && a == b,
            _ => false,
        }
    }
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Call { name, args } => write_call(f, name, args.iter()),
            Self::Property { base, name } => {
                write_expression(f, base)?;
                if is_identifier(name) { write!(f, ".{name}") } else { write!(f, "[{}]", Quoted(name)) }
            }
            Self::Index { base, index } => {
                write_expression(f, base)?;
                f.write_str("[")?;
                write_expression(f, index)?;
                f.write_str("]")
            }
        }
    }
}

fn is_identifier(name: &str) -> bool {
    let mut chars = name.chars();
    chars.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
        && chars.all(|c| c.is_ascii_alphanumeric() || c == '_')
}

fn write_call<'a>(f: &mut fmt::Formatter<'_>, name: &str, args: impl Iterator<Item = &'a Value>) -> fmt::Result {
    write!(f, "{name}(")?;
    for (index, arg) in args.enumerate() {
        if index > 0 {
            f.write_str(", ")?;
        }
        write_expression(f, arg)?;
    }
    f.write_str(")")
}

/// A value as the template language spells it.
pub fn expression(value: &Value) -> impl fmt::Display + '_ {
    Expression(value)
}

struct Expression<'a>(&'a Value);

impl fmt::Display for Expression<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_expression(f, self.0)
    }
}

/// Writes a value as the template language spells it: `createObject(…)` for an object, `'it''s'` for a string.
fn write_expression(f: &mut fmt::Formatter<'_>, value: &Value) -> fmt::Result {
    match &value.kind {
        Kind::Null => f.write_str("null()"),
        Kind::Bool(value) => write!(f, "{value}()"),
        Kind::Integer(value) => write!(f, "{value}"),
        Kind::Float(value) => write!(f, "json('{value}')"),
        Kind::String(text) => write!(f, "{}", Quoted(&text.value)),
        Kind::Array(items) => write_call(f, "createArray", items.iter()),
        Kind::Object(object) => {
            f.write_str("createObject(")?;
            for (index, (key, member)) in object.iter().enumerate() {
                if index > 0 {
                    f.write_str(", ")?;
                }
                write!(f, "{}, ", Quoted(key))?;
                write_expression(f, &member.value)?;
            }
            f.write_str(")")
        }
        Kind::Unknown(term) => write!(f, "{term}"),
    }
}

/// A string literal of the template language.
struct Quoted<'a>(&'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "'{}'", self.0.replace('\'', "''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_term_is_printed_as_the_expression_that_it_is() {
        let id = Value::from("it's");
        let reference = Value::unknown(Term::Call { name: "reference".into(), args: vec![id, Value::from(true)] });
        let property = Value::unknown(Term::Property { base: reference, name: "a b".into() });
        let term = Term::Index { base: property, index: Value::from(2) };
        assert_eq!(term.to_string(), "reference('it''s', true())['a b'][2]");
    }
}
