//! Comparison functions.

use std::cmp::Ordering;

use super::{Arguments, Evaluated, Function, MANY, Stop, collation, function};
use crate::evaluate::filled::{is_filled, is_never_null};
use crate::evaluate::pieces::{Piece, pieces};
use crate::evaluate::term::Term;
use crate::evaluate::value::{Kind, Value};
use crate::source::limits::MAX_EVALUATION_DEPTH;

pub(super) const FUNCTIONS: &[Function] = &[
    function("coalesce", 0, MANY, |args| Ok(coalesce(args))),
    function("equals", 2, 2, equals),
    function("greater", 2, 2, |args| ordered(args, Ordering::is_gt)),
    function("greaterOrEquals", 2, 2, |args| ordered(args, Ordering::is_ge)),
    function("less", 2, 2, |args| ordered(args, Ordering::is_lt)),
    function("lessOrEquals", 2, 2, |args| ordered(args, Ordering::is_le)),
];

fn coalesce(args: &Arguments<'_>) -> Value {
    let mut rest = args.all();
    while let [first, after @ ..] = rest {
        match &first.kind {
            Kind::Null if !after.is_empty() => rest = after,
            Kind::Unknown(_) if is_never_null(first) => return first.clone(),
            Kind::Unknown(_) | Kind::Undecidable(_) if !after.is_empty() => {
                // What follows a value that is known and not null is never looked at.
                let end = rest.iter().position(is_never_null);
                let args = rest[..end.map_or(rest.len(), |end| end + 1)].to_vec();
                return Value::unknown(Term::Call { name: "coalesce".into(), args });
            }
            _ => return first.clone(),
        }
    }
    Value::null()
}

fn equals(args: &Arguments<'_>) -> Evaluated {
    let [a, b] = args.all() else { return Err(Stop::Unknown) };
    same(a, b).map(Value::from).ok_or(Stop::Unknown)
}

/// Integers by value, strings by culture.
fn ordered(args: &Arguments<'_>, test: fn(Ordering) -> bool) -> Evaluated {
    let (a, b) = (args.value(0)?, args.value(1)?);
    let ordering = match (&a.kind, &b.kind) {
        (Kind::Integer(a), Kind::Integer(b)) => a.cmp(b),
        (Kind::String(a), Kind::String(b)) => collation::compare(&a.value, &b.value).ok_or(Stop::Unknown)?,
        (Kind::Integer(_) | Kind::Float(_), Kind::Integer(_) | Kind::Float(_)) => {
            number(a).partial_cmp(&number(b)).ok_or(Stop::Unknown)?
        }
        (Kind::Integer(_) | Kind::Float(_), _) => return Err(args.mismatch(1, "a number")),
        (Kind::String(_), _) => return Err(args.mismatch(1, "a string")),
        _ => return Err(args.mismatch(0, "an integer or a string")),
    };
    Ok(Value::from(test(ordering)))
}

fn number(value: &Value) -> Option<f64> {
    match value.kind {
        Kind::Integer(number) => number.to_string().parse().ok(),
        Kind::Float(number) => Some(number),
        _ => None,
    }
}

/// Whether two values are equal when deployed; `None` when that is not known.
pub(super) fn same(a: &Value, b: &Value) -> Option<bool> {
    same_at(a, b, 0)
}

fn same_at(a: &Value, b: &Value, depth: usize) -> Option<bool> {
    if depth > MAX_EVALUATION_DEPTH {
        return None;
    }
    match (&a.kind, &b.kind) {
        (Kind::Array(a), Kind::Array(b)) => {
            if a.len() != b.len() {
                return Some(false);
            }
            all(a.iter().zip(b.iter()).map(|(a, b)| same_at(a, b, depth + 1)))
        }
        (Kind::Object(x), Kind::Object(y)) => {
            if x.is_open() || y.is_open() {
                return (a == b && is_stable(a)).then_some(true);
            }
            if x.len() != y.len() {
                return Some(false);
            }
            all(x.iter().map(|(key, member)| match y.get_exact(key) {
                Some(other) => same_at(&member.value, other, depth + 1),
                None => Some(false),
            }))
        }
        (Kind::Unknown(_), Kind::Unknown(_)) => (a == b && is_stable(a)).then_some(true),
        (Kind::Unknown(_), Kind::String(text)) => differs(a, &text.value),
        (Kind::String(text), Kind::Unknown(_)) => differs(b, &text.value),
        (Kind::Unknown(_), Kind::Null) => is_never_null(a).then_some(false),
        (Kind::Null, Kind::Unknown(_)) => is_never_null(b).then_some(false),
        (Kind::Unknown(_) | Kind::Undecidable(_), _) | (_, Kind::Unknown(_) | Kind::Undecidable(_)) => None,
        _ => Some(a == b),
    }
}

/// `Some(false)` when the known start or end of a partly known string is not that of `text`.
fn differs(partly: &Value, text: &str) -> Option<bool> {
    if text.is_empty() && is_filled(partly) {
        return Some(false);
    }
    let pieces = pieces(partly)?;
    let starts = |piece: &Piece| matches!(piece, Piece::Text(start) if !text.starts_with(start.as_str()));
    let ends = |piece: &Piece| matches!(piece, Piece::Text(end) if !text.ends_with(end.as_str()));
    (pieces.first().is_some_and(starts) || pieces.last().is_some_and(ends)).then_some(false)
}

/// True when all are, false when one is false, else unknown.
fn all(answers: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut result = Some(true);
    for answer in answers {
        match answer {
            Some(true) => {}
            Some(false) => return Some(false),
            None => result = None,
        }
    }
    result
}

/// Whether two equal terms are bound to have equal values.
fn is_stable(value: &Value) -> bool {
    match &value.kind {
        Kind::Unknown(term) => match term.as_ref() {
            // Fresh at each use, or no term of the template at all.
            Term::Call { name, .. } if ["newGuid", "utcNow"].iter().any(|fresh| name.eq_ignore_ascii_case(fresh)) => {
                false
            }
            Term::Call { args, .. } => args.iter().all(is_stable),
            Term::Property { base, .. } => is_stable(base),
            Term::Index { base, index } => is_stable(base) && is_stable(index),
            Term::Placeholder(_) => true,
        },
        Kind::Undecidable(_) => false,
        Kind::Array(items) => items.iter().all(is_stable),
        Kind::Object(object) => object.iter().all(|(_, member)| is_stable(&member.value)),
        _ => true,
    }
}
