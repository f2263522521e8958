//! Numeric functions: integers of 64 bits whose overflow fails the deployment.

use std::cmp::Ordering;

use super::{Arguments, Evaluated, Function, MANY, Stop, function};
use crate::evaluate::value::{Kind, Value};

pub(super) const FUNCTIONS: &[Function] = &[
    function("add", 2, 2, |args| arithmetic(args, i64::checked_add)),
    function("div", 2, 2, |args| arithmetic(args, i64::checked_div)),
    function("float", 1, 1, float),
    function("int", 1, 1, int),
    function("max", 1, MANY, |args| extreme(args, Ordering::Greater)),
    function("min", 1, MANY, |args| extreme(args, Ordering::Less)),
    function("mod", 2, 2, |args| arithmetic(args, i64::checked_rem)),
    function("mul", 2, 2, |args| arithmetic(args, i64::checked_mul)),
    function("sub", 2, 2, |args| arithmetic(args, i64::checked_sub)),
];

fn arithmetic(args: &Arguments<'_>, compute: fn(i64, i64) -> Option<i64>) -> Evaluated {
    let (a, b) = (args.integer(0)?, args.integer(1)?);
    let message = if b == 0 { "division by zero" } else { "the result is not an integer of 64 bits" };
    compute(a, b).map(Value::from).ok_or_else(|| args.invalid(message))
}

fn float(args: &Arguments<'_>) -> Evaluated {
    let value = args.value(0)?;
    match &value.kind {
        Kind::Float(_) => Ok(value.clone()),
        // A double is what the service computes with as well.
        Kind::Integer(number) => number.to_string().parse().map(|n: f64| Value::from(n)).map_err(|_| Stop::Unknown),
        // Commas between digits are of no account.
        Kind::String(text) => match text.value.trim().replace(',', "").parse::<f64>() {
            Ok(number) if number.is_finite() => Ok(Value::from(number)),
            _ => Err(args.invalid("the string is not a number")),
        },
        _ => Err(args.mismatch(0, "a number or a string")),
    }
}

fn int(args: &Arguments<'_>) -> Evaluated {
    let value = args.value(0)?;
    match &value.kind {
        Kind::Integer(_) => Ok(value.clone()),
        Kind::String(text) => text
            .value
            .trim()
            .parse()
            .map(|n: i64| Value::from(n))
            .map_err(|_| args.invalid("the string is not an integer")),
        // How the service rounds is not documented.
        Kind::Float(number) if number.fract() != 0.0 => Err(Stop::Unknown),
        Kind::Float(number) => {
            format!("{number:.0}").parse().map(|n: i64| Value::from(n)).map_err(|_| args.mismatch(0, "an integer"))
        }
        _ => Err(args.mismatch(0, "an integer or a string")),
    }
}

/// `min` and `max`: of the arguments, or of the elements of the only one.
fn extreme(args: &Arguments<'_>, wanted: Ordering) -> Evaluated {
    let items = match args.all() {
        [Value { kind: Kind::Array(items), .. }] => items.as_slice(),
        all => all,
    };
    let mut best: Option<&Value> = None;
    for item in items {
        let is_better = match (&item.kind, best.map(|best| &best.kind)) {
            (Kind::Unknown(_) | Kind::Undecidable(_), _) => return Err(Stop::Unknown),
            (Kind::Integer(_) | Kind::Float(_), None) => true,
            (Kind::Integer(number), Some(Kind::Integer(best))) => number.cmp(best) == wanted,
            (Kind::Integer(_) | Kind::Float(_), Some(best)) => {
                real(&item.kind).partial_cmp(&real(best)).ok_or(Stop::Unknown)? == wanted
            }
            _ => return Err(args.invalid("every value must be a number")),
        };
        if is_better {
            best = Some(item);
        }
    }
    best.map(|best| Value::new(best.kind.clone())).ok_or_else(|| args.invalid("the array is empty"))
}

fn real(kind: &Kind) -> Option<f64> {
    match kind {
        Kind::Integer(number) => number.to_string().parse().ok(),
        Kind::Float(number) => Some(*number),
        _ => None,
    }
}
