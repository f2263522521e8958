//! Logical functions, other than those that evaluate their arguments by need.

use super::{Arguments, Evaluated, Function, function};
use crate::evaluate::value::{Kind, Value};

pub(super) const FUNCTIONS: &[Function] = &[
    function("bool", 1, 1, bool),
    function("false", 0, 0, |_| Ok(Value::from(false))),
    function("not", 1, 1, not),
    function("true", 0, 0, |_| Ok(Value::from(true))),
];

fn bool(args: &Arguments<'_>) -> Evaluated {
    let value = args.value(0)?;
    match &value.kind {
        Kind::Bool(_) => Ok(value.clone()),
        Kind::Integer(number) => Ok(Value::from(*number != 0)),
        Kind::Float(number) => Ok(Value::from(*number != 0.0)),
        Kind::String(text) if text.value.trim().eq_ignore_ascii_case("true") => Ok(Value::from(true)),
        Kind::String(text) if text.value.trim().eq_ignore_ascii_case("false") => Ok(Value::from(false)),
        _ => Err(args.mismatch(0, "`true`, `false` or an integer")),
    }
}

fn not(args: &Arguments<'_>) -> Evaluated {
    // The negation of a negation is worth knowing even of what is unknown.
    if let Some([inner]) = args.get(0).and_then(Value::as_term).and_then(|term| term.call("not")) {
        return Ok(inner.clone());
    }
    Ok(Value::from(!args.bool(0)?))
}
