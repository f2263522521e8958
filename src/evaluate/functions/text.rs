//! Values as text: what `string` makes of them, and what string functions make of arguments that are not strings.

use std::fmt::Write;

use super::{Arguments, Stop};
use crate::evaluate::budget::Budget;
use crate::evaluate::value::{Kind, Part, Value};
use crate::source::limits::MAX_EVALUATION_DEPTH;
use crate::syntax::json::quote;

/// A string put together from `parts`; when all of it comes from one string, that string with its own origin.
pub(super) fn compose(text: String, mut parts: Vec<Part>) -> Value {
    let mut start = 0;
    parts.retain(|part| std::mem::replace(&mut start, part.end) < part.end);
    match parts.as_slice() {
        [only] if only.value.as_str() == Some(&text) => only.value.clone(),
        _ => Value::composed(text, parts),
    }
}

/// A scalar as it is put into a string; `None` for anything else.
pub(in crate::evaluate) fn scalar(value: &Value) -> Option<String> {
    match &value.kind {
        Kind::String(text) => Some(text.value.as_ref().to_owned()),
        Kind::Integer(number) => Some(number.to_string()),
        Kind::Float(number) => Some(float(*number)),
        Kind::Bool(true) => Some("True".to_owned()),
        Kind::Bool(false) => Some("False".to_owned()),
        Kind::Null | Kind::Array(_) | Kind::Object(_) | Kind::Unknown(_) | Kind::Undecidable(_) => None,
    }
}

/// The shortest text that reads back as the same number, as .NET writes it.
pub(super) fn float(number: f64) -> String {
    let magnitude = number.abs();
    if magnitude != 0.0 && !(1e-5..1e15).contains(&magnitude) && number.is_finite() {
        let text = format!("{number:e}");
        let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        let (sign, exponent) = exponent.strip_prefix('-').map_or(('+', exponent), |exponent| ('-', exponent));
        return format!("{digits}E{sign}{exponent:0>2}");
    }
    number.to_string()
}

/// What a number, or what holds an array or object together, takes in text.
const SCALAR: usize = 8;

/// JSON without blanks.
pub(super) fn json(args: &Arguments<'_>, value: &Value) -> Result<String, Stop> {
    let mut text = String::new();
    write_json(args.budget(), &mut text, value, &quote, 0)?;
    Ok(text)
}

/// An array or object as it is put into a string: JSON with single quotes. `None` when not all of it is known, or
/// `budget` does not pay for it.
pub(in crate::evaluate) fn embedded(budget: &Budget, value: &Value) -> Option<String> {
    let mut text = String::new();
    write_json(budget, &mut text, value, &|text| single_quote(&quote(text)), 0).ok()?;
    Some(text)
}

/// A JSON string in single quotes instead of double ones.
fn single_quote(quoted: &str) -> String {
    let inner = quoted.get(1..quoted.len().saturating_sub(1)).unwrap_or_default();
    let mut text = String::from("'");
    let mut escaped = false;
    for c in inner.chars() {
        match c {
            '"' if escaped => {
                text.pop();
            }
            '\'' => text.push('\\'),
            _ => {}
        }
        escaped = c == '\\' && !escaped;
        text.push(c);
    }
    text + "'"
}

fn write_json(
    budget: &Budget,
    text: &mut String,
    value: &Value,
    quote: &dyn Fn(&str) -> String,
    depth: usize,
) -> Result<(), Stop> {
    let room = |length: usize, more: usize| if budget.take_text(length, more) { Ok(()) } else { Err(Stop::Unknown) };
    // Shared parts make a small value a huge text.
    room(text.len(), SCALAR)?;
    if depth > MAX_EVALUATION_DEPTH {
        return Err(Stop::Unknown);
    }
    match &value.kind {
        Kind::Unknown(_) | Kind::Undecidable(_) => return Err(Stop::Unknown),
        Kind::Null => text.push_str("null"),
        Kind::Bool(value) => text.push_str(if *value { "true" } else { "false" }),
        Kind::Integer(number) => {
            let _ = write!(text, "{number}");
        }
        Kind::Float(number) => {
            let digits = float(*number);
            let is_whole = !digits.contains(['.', 'E']);
            text.push_str(&digits);
            text.push_str(if is_whole { ".0" } else { "" });
        }
        Kind::String(string) => {
            room(text.len(), string.value.len())?;
            text.push_str(&quote(&string.value));
        }
        Kind::Array(items) => {
            text.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    text.push(',');
                }
                write_json(budget, text, item, quote, depth + 1)?;
            }
            text.push(']');
        }
        Kind::Object(object) => {
            text.push('{');
            for (index, (key, member)) in object.iter().enumerate() {
                if index > 0 {
                    text.push(',');
                }
                room(text.len(), key.len())?;
                text.push_str(&quote(key));
                text.push(':');
                write_json(budget, text, &member.value, quote, depth + 1)?;
            }
            text.push('}');
        }
    }
    Ok(())
}

/// A string in capitals, every character by itself and of the same length, as no culture in particular has it.
pub(super) fn upper(text: &str) -> String {
    text.chars().map(|c| if c == 'ı' { c } else { single(c, c.to_uppercase()) }).collect()
}

/// A string in small letters, every character by itself and of the same length, as no culture in particular has it.
pub(super) fn lower(text: &str) -> String {
    text.chars().map(|c| if c == 'İ' { c } else { single(c, c.to_lowercase()) }).collect()
}

/// What a character is mapped to, if that is one of the same length.
fn single(c: char, mut mapped: impl Iterator<Item = char>) -> char {
    match (mapped.next(), mapped.next()) {
        (Some(other), None) if other.len_utf16() == c.len_utf16() => other,
        _ => c,
    }
}

/// Length of a string in the units that the service counts: those of UTF-16.
pub(super) fn length(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.encode_utf16().count() }
}

/// The `count` units of a string from `start` on, which are there.
pub(super) fn slice(text: &str, start: usize, count: usize) -> Result<String, Stop> {
    if text.is_ascii() {
        return Ok(text.get(start..start.saturating_add(count).min(text.len())).unwrap_or_default().to_owned());
    }
    let units: Vec<u16> = text.encode_utf16().skip(start).take(count).collect();
    String::from_utf16(&units).map_err(|_| {
        let message = "half of a character is no text".to_owned();
        Stop::Invalid { argument: None, message }
    })
}
