//! Functions that take a string or an array, and some of them an object.

use super::comparison::same;
use super::object::may_have;
use super::text::{self, compose, scalar};
use super::{Arguments, Evaluated, Function, MANY, Stop, function};
use crate::evaluate::filled::is_filled;
use crate::evaluate::pieces::{Piece, pieces};
use crate::evaluate::value::{Kind, Part, Value};

pub(super) const FUNCTIONS: &[Function] = &[
    function("concat", 0, MANY, concat),
    function("contains", 2, 2, contains),
    function("empty", 1, 1, empty),
    function("first", 1, 1, first),
    function("indexOf", 2, 2, |args| index_of(args, false)),
    function("last", 1, 1, last),
    function("lastIndexOf", 2, 2, |args| index_of(args, true)),
    function("length", 1, 1, length),
    function("skip", 2, 2, skip),
    function("take", 2, 2, take),
];

fn concat(args: &Arguments<'_>) -> Evaluated {
    let values = args.all();
    if values.iter().any(|value| matches!(value.kind, Kind::Array(_))) {
        return concat_arrays(args);
    }
    let mut text = String::new();
    let mut parts = Vec::with_capacity(values.len());
    for (index, value) in values.iter().enumerate() {
        if value.is_unknown() {
            return Err(Stop::Unknown);
        }
        let piece = scalar(value).filter(|_| !matches!(value.kind, Kind::Float(_)));
        let piece = piece.ok_or_else(|| args.mismatch(index, "a string or an array"))?;
        args.part_room(text.len(), piece.len())?;
        text.push_str(&piece);
        parts.push(Part { end: text.len(), value: value.clone() });
    }
    Ok(compose(text, parts))
}

fn concat_arrays(args: &Arguments<'_>) -> Evaluated {
    let mut items = Vec::new();
    for index in 0..args.len() {
        let more = args.array(index)?;
        args.element_room(items.len(), more.len())?;
        items.extend_from_slice(more);
    }
    Ok(Value::from(items))
}

fn contains(args: &Arguments<'_>) -> Evaluated {
    let Some(container) = args.get(0) else { return Err(Stop::Unknown) };
    match &container.kind {
        Kind::Array(items) => {
            let wanted = args.get(1).ok_or(Stop::Unknown)?;
            let mut unsure = false;
            for item in items.iter() {
                match same(item, wanted) {
                    Some(true) => return Ok(Value::from(true)),
                    Some(false) => {}
                    None => unsure = true,
                }
            }
            if unsure { Err(Stop::Unknown) } else { Ok(Value::from(false)) }
        }
        Kind::Object(object) => {
            if args.get(1).is_some_and(|key| key.as_term().is_some() && !may_have(object, key)) {
                return Ok(Value::from(false));
            }
            let key = needle(args)?;
            match object.get(key) {
                Some(_) => Ok(Value::from(true)),
                None if object.may_have(key) => Err(Stop::Unknown),
                None => Ok(Value::from(false)),
            }
        }
        Kind::String(text) => Ok(Value::from(text.value.contains(needle(args)?))),
        Kind::Unknown(_) | Kind::Undecidable(_) => {
            let needle = needle(args)?;
            let known = |piece: &Piece| matches!(piece, Piece::Text(text) if text.contains(needle));
            let found = pieces(container).is_some_and(|pieces| pieces.iter().any(known));
            if found { Ok(Value::from(true)) } else { Err(Stop::Unknown) }
        }
        _ => Err(args.mismatch(0, "a string, an array or an object")),
    }
}

fn needle<'a>(args: &Arguments<'a>) -> Result<&'a str, Stop> {
    args.string(1)
}

fn empty(args: &Arguments<'_>) -> Evaluated {
    let Some(value) = args.get(0) else { return Err(Stop::Unknown) };
    match &value.kind {
        Kind::Null => Ok(Value::from(true)),
        Kind::String(text) => Ok(Value::from(text.value.is_empty())),
        Kind::Array(items) => Ok(Value::from(items.is_empty())),
        Kind::Object(object) => Ok(Value::from(object.is_empty())),
        Kind::Unknown(_) | Kind::Undecidable(_) => {
            if is_filled(value) {
                Ok(Value::from(false))
            } else {
                Err(Stop::Unknown)
            }
        }
        _ => Err(args.mismatch(0, "a string, an array or an object")),
    }
}

fn length(args: &Arguments<'_>) -> Evaluated {
    let length = match &args.value(0)?.kind {
        Kind::String(text) => text::length(&text.value),
        Kind::Array(items) => items.len(),
        // Two keys that are not known may turn out to be one.
        Kind::Object(object) if object.is_open() && object.len() > 1 => return Err(Stop::Unknown),
        Kind::Object(object) => object.len(),
        _ => return Err(args.mismatch(0, "a string, an array or an object")),
    };
    Ok(number(length))
}

pub(super) fn number(number: usize) -> Value {
    Value::from(i64::try_from(number).unwrap_or(i64::MAX))
}

fn first(args: &Arguments<'_>) -> Evaluated {
    match &args.value(0)?.kind {
        Kind::String(text) => text::slice(&text.value, 0, 1).map(Value::from),
        Kind::Array(items) => Ok(items.first().cloned().unwrap_or_default()),
        _ => Err(args.mismatch(0, "a string or an array")),
    }
}

fn last(args: &Arguments<'_>) -> Evaluated {
    match &args.value(0)?.kind {
        Kind::String(text) => {
            let length = text::length(&text.value);
            text::slice(&text.value, length.saturating_sub(1), 1).map(Value::from)
        }
        Kind::Array(items) => Ok(items.last().cloned().unwrap_or_default()),
        _ => Err(args.mismatch(0, "a string or an array")),
    }
}

/// Strings are searched without regard to case, arrays with.
fn index_of(args: &Arguments<'_>, from_end: bool) -> Evaluated {
    if let Kind::Array(items) = &args.value(0)?.kind {
        let wanted = args.get(1).ok_or(Stop::Unknown)?;
        let mut order: Vec<usize> = (0..items.len()).collect();
        if from_end {
            order.reverse();
        }
        for index in order {
            if same(&items[index], wanted).ok_or(Stop::Unknown)? {
                return Ok(number(index));
            }
        }
        return Ok(Value::from(-1));
    }
    let (text, wanted) = (args.string(0)?, args.string(1)?);
    if from_end && wanted.is_empty() {
        return Ok(number(text::length(text).saturating_sub(1)));
    }
    let (folded, wanted) = (fold(text), fold(wanted));
    let found = if from_end { folded.rfind(&wanted) } else { folded.find(&wanted) };
    Ok(found.map_or(Value::from(-1), |at| number(text::length(&folded[..at]))))
}

/// A string without its case, every character still one character of the same UTF-16 length.
pub(super) fn fold(text: &str) -> String {
    text::upper(text)
}

fn skip(args: &Arguments<'_>) -> Evaluated {
    let count = count(args)?;
    match &args.value(0)?.kind {
        Kind::String(text) => text::slice(&text.value, count, text.value.len()).map(Value::from),
        Kind::Array(items) => {
            args.element_room(0, items.len().saturating_sub(count))?;
            Ok(Value::from(items.iter().skip(count).cloned().collect::<Vec<_>>()))
        }
        _ => Err(args.mismatch(0, "a string or an array")),
    }
}

fn take(args: &Arguments<'_>) -> Evaluated {
    let count = count(args)?;
    match &args.value(0)?.kind {
        Kind::String(text) => text::slice(&text.value, 0, count).map(Value::from),
        Kind::Array(items) => {
            args.element_room(0, items.len().min(count))?;
            Ok(Value::from(items.iter().take(count).cloned().collect::<Vec<_>>()))
        }
        _ => Err(args.mismatch(0, "a string or an array")),
    }
}

/// How many to skip or take: a negative number counts as zero.
fn count(args: &Arguments<'_>) -> Result<usize, Stop> {
    Ok(usize::try_from(args.integer(1)?.max(0)).unwrap_or(usize::MAX))
}
