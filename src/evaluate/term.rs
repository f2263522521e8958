//! Symbolic terms: the expressions that stay when their values cannot be known, with all that is known filled in.

use std::fmt::{self, Write};
use std::sync::Arc;

use super::pieces::{join, pieces};
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
    /// What another tool fills in before the deployment, as it is written: `#{name}#`.
    Placeholder(Arc<str>),
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
            (Self::Placeholder(a), Self::Placeholder(b)) => a == b,
            _ => false,
        }
    }
}

/// For messages, in which a secret is not told from other text: asterisks stand for one.
impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        bounded(f, |out| write_term(out, self, Secrets::Hidden))
    }
}

/// A value as the template language spells it: `createObject(…)` for an object, `'it''s'` for a string.
pub fn expression(value: &Value) -> impl fmt::Display + '_ {
    Expression(value)
}

struct Expression<'a>(&'a Value);

impl fmt::Display for Expression<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        bounded(f, |out| write_expression(out, self.0, Secrets::Shown))
    }
}

/// Whether texts that came through a secure parameter or output are written out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Secrets {
    Shown,
    Hidden,
}

/// Longest expression that is written out. A few variables that each use the one before twice make one beyond all bounds.
const MAX_WRITTEN: usize = 256 * 1024;

/// Takes text until there is too much.
struct Bounded<'a, 'f> {
    f: &'a mut fmt::Formatter<'f>,
    left: usize,
    full: bool,
}

impl Write for Bounded<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let Some(left) = self.left.checked_sub(text.len()) else {
            self.full = true;
            return Err(fmt::Error);
        };
        self.left = left;
        self.f.write_str(text)
    }
}

/// Writes what `write` writes, and `…` for what goes beyond the bound.
fn bounded(f: &mut fmt::Formatter<'_>, write: impl FnOnce(&mut dyn Write) -> fmt::Result) -> fmt::Result {
    let mut out = Bounded { f, left: MAX_WRITTEN, full: false };
    match write(&mut out) {
        Err(_) if out.full => f.write_str("…"),
        result => result,
    }
}

fn write_term(out: &mut dyn Write, term: &Term, secrets: Secrets) -> fmt::Result {
    match term {
        // What is joined of pieces no longer tells which of them are secret.
        Term::Call { name, args } if secrets == Secrets::Shown && name.to_ascii_lowercase().ends_with("resourceid") => {
            // A name that is written in the template and one that is split from an id read alike.
            let canonical: Vec<Value> = args.iter().map(|arg| pieces(arg).map_or_else(|| arg.clone(), join)).collect();
            write_call(out, name, canonical.iter(), secrets)
        }
        Term::Call { name, args } => write_call(out, name, args.iter(), secrets),
        Term::Property { base, name } => {
            write_expression(out, base, secrets)?;
            if is_identifier(name) { write!(out, ".{name}") } else { write!(out, "[{}]", Quoted(name)) }
        }
        Term::Index { base, index } => {
            write_expression(out, base, secrets)?;
            out.write_str("[")?;
            write_expression(out, index, secrets)?;
            out.write_str("]")
        }
        Term::Placeholder(text) => write!(out, "{}", Quoted(text)),
    }
}

fn is_identifier(name: &str) -> bool {
    let mut chars = name.chars();
    chars.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
        && chars.all(|c| c.is_ascii_alphanumeric() || c == '_')
}

fn write_call<'a>(
    out: &mut dyn Write,
    name: &str,
    args: impl Iterator<Item = &'a Value>,
    secrets: Secrets,
) -> fmt::Result {
    write!(out, "{name}(")?;
    for (index, arg) in args.enumerate() {
        if index > 0 {
            out.write_str(", ")?;
        }
        write_expression(out, arg, secrets)?;
    }
    out.write_str(")")
}

fn write_expression(out: &mut dyn Write, value: &Value, secrets: Secrets) -> fmt::Result {
    match &value.kind {
        Kind::Null => out.write_str("null()"),
        Kind::Bool(value) => write!(out, "{value}()"),
        Kind::Integer(value) => write!(out, "{value}"),
        Kind::Float(value) => write!(out, "json('{value}')"),
        Kind::String(text) if secrets == Secrets::Hidden && value.secret().is_some() => {
            write!(out, "'{}'", "*".repeat(text.value.chars().count()))
        }
        Kind::String(text) => write!(out, "{}", Quoted(&text.value)),
        Kind::Array(items) => write_call(out, "createArray", items.iter(), secrets),
        Kind::Object(object) => {
            out.write_str("createObject(")?;
            for (index, (key, member)) in object.entries().enumerate() {
                if index > 0 {
                    out.write_str(", ")?;
                }
                match key.open() {
                    Some(open) => write_expression(out, open, secrets)?,
                    None => write!(out, "{}", Quoted(key.text()))?,
                }
                out.write_str(", ")?;
                write_expression(out, &member.value, secrets)?;
            }
            out.write_str(")")
        }
        Kind::Unknown(term) => write_term(out, term, secrets),
        // As the deployment engine writes what it can't predict.
        Kind::Undecidable(_) => out.write_str("unknown()"),
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
