//! String functions that take nothing but strings; `format` is in a file of its own.

use super::sequence::{fold, number};
use super::text::{self, compose, scalar};
use super::{Arguments, Evaluated, Function, Stop, function};
use crate::evaluate::pieces::{self, Piece, pieces};
use crate::evaluate::term::Term;
use crate::evaluate::value::{Kind, Part, Value};
use crate::evaluate::varies;

pub(super) const FUNCTIONS: &[Function] = &[
    function("endsWith", 2, 2, ends_with),
    function("join", 2, 2, join),
    function("like", 2, 2, like),
    function("padLeft", 2, 3, pad_left),
    function("replace", 3, 3, replace),
    function("split", 2, 2, split),
    function("startsWith", 2, 2, starts_with),
    function("string", 1, 1, string),
    function("substring", 2, 3, substring),
    function("toLower", 1, 1, |args| mapped(args, text::lower)),
    function("toUpper", 1, 1, |args| mapped(args, text::upper)),
    function("trim", 1, 1, |args| changed(args, args.string(0)?.trim())),
];

/// The text that the first argument becomes; where nothing changes it stays what it is, with its origin and parts.
fn changed(args: &Arguments<'_>, text: &str) -> Evaluated {
    if args.string(0)? == text { args.value(0).cloned() } else { Ok(Value::from(text)) }
}

/// The first argument with each of its characters mapped; of a partly known string, what is known of it.
fn mapped(args: &Arguments<'_>, map: fn(&str) -> String) -> Evaluated {
    let row = args.get(0).filter(|value| value.is_unknown()).and_then(pieces).filter(|row| row.len() > 1);
    let Some(row) = row else { return changed(args, &map(args.string(0)?)) };
    let map = |piece| match piece {
        Piece::Text(text) => Piece::Text(map(&text)),
        Piece::Unknown(value) if value.as_term().is_some_and(|term| term.call(args.name()).is_some()) => {
            Piece::Unknown(value)
        }
        Piece::Unknown(value) => {
            Piece::Unknown(Value::unknown(Term::Call { name: args.name().into(), args: vec![value] }))
        }
    };
    Ok(pieces::join(row.into_iter().map(map).collect()))
}

fn starts_with(args: &Arguments<'_>) -> Evaluated {
    let wanted = fold(args.string(1)?);
    match known_end(args, <[Piece]>::first)? {
        Known::Whole(text) => Ok(Value::from(fold(text).starts_with(&wanted))),
        Known::Part(start) => {
            let start = fold(&start);
            decide(start.starts_with(&wanted), wanted.starts_with(&start))
        }
    }
}

fn ends_with(args: &Arguments<'_>) -> Evaluated {
    let wanted = fold(args.string(1)?);
    match known_end(args, <[Piece]>::last)? {
        Known::Whole(text) => Ok(Value::from(fold(text).ends_with(&wanted))),
        Known::Part(end) => {
            let end = fold(&end);
            decide(end.ends_with(&wanted), wanted.ends_with(&end))
        }
    }
}

/// What is known of the string that is looked at.
enum Known<'a> {
    Whole(&'a str),
    Part(String),
}

/// The first argument, or what is known at one end of it.
fn known_end<'a>(args: &Arguments<'a>, end: fn(&[Piece]) -> Option<&Piece>) -> Result<Known<'a>, Stop> {
    match args.get(0) {
        Some(value) if value.is_unknown() => match pieces(value).as_deref().and_then(end) {
            Some(Piece::Text(text)) => Ok(Known::Part(text.clone())),
            _ => Err(Stop::Unknown),
        },
        _ => Ok(Known::Whole(args.string(0)?)),
    }
}

fn decide(found: bool, open: bool) -> Evaluated {
    match (found, open) {
        (true, _) => Ok(Value::from(true)),
        (false, true) => Err(Stop::Unknown),
        (false, false) => Ok(Value::from(false)),
    }
}

fn join(args: &Arguments<'_>) -> Evaluated {
    let (items, separator) = (args.array(0)?, args.string(1)?);
    if items.iter().any(Value::is_unknown) {
        return joined(args, items, separator);
    }
    let mut text = String::new();
    let mut parts = Vec::with_capacity(items.len() * 2);
    for (index, item) in items.iter().enumerate() {
        if let (true, Some(value)) = (index > 0, args.get(1)) {
            args.part_room(text.len(), separator.len())?;
            text.push_str(separator);
            parts.push(Part { end: text.len(), value: value.clone() });
        }
        let piece = scalar(item).ok_or_else(|| args.invalid("every element must be a string"))?;
        args.part_room(text.len(), piece.len())?;
        text.push_str(&piece);
        parts.push(Part { end: text.len(), value: item.clone() });
    }
    Ok(compose(text, parts))
}

/// Strings of which some are unknown, joined to what is known of the whole.
fn joined(args: &Arguments<'_>, items: &[Value], separator: &str) -> Evaluated {
    args.element_room(0, items.len().saturating_mul(2))?;
    let mut row = Vec::with_capacity(items.len() * 2);
    for (index, item) in items.iter().enumerate() {
        args.text_room(0, separator.len())?;
        if index > 0 {
            row.push(Piece::Text(separator.to_owned()));
        }
        row.extend(pieces(item).ok_or(Stop::Unknown)?);
    }
    Ok(pieces::join(row))
}

/// `*` in the pattern stands for any characters.
fn like(args: &Arguments<'_>) -> Evaluated {
    let (text, pattern) = (args.string(0)?, args.string(1)?);
    let exactly = matches(text, pattern);
    // Whether case matters is not documented.
    if exactly == matches(&fold(text), &fold(pattern)) { Ok(Value::from(exactly)) } else { Err(Stop::Unknown) }
}

fn matches(text: &str, pattern: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else { return text == pattern };
    let (middle, end) = rest.rsplit_once('*').unwrap_or(("", rest));
    let Some(inner) = text.strip_prefix(start).and_then(|text| text.strip_suffix(end)) else { return false };
    // The earliest place for each part leaves the most room for the next.
    let mut parts = middle.split('*').filter(|part| !part.is_empty());
    parts.try_fold(inner, |left, part| left.split_once(part).map(|(_, left)| left)).is_some()
}

fn pad_left(args: &Arguments<'_>) -> Evaluated {
    let value = args.value(0)?;
    let text = match &value.kind {
        Kind::String(_) | Kind::Integer(_) => scalar(value).unwrap_or_default(),
        _ => return Err(args.mismatch(0, "a string or an integer")),
    };
    let wanted = usize::try_from(args.integer(1)?).map_err(|_| args.invalid("the length is negative"))?;
    let pad = if args.len() > 2 { args.string(2)? } else { " " };
    if text::length(pad) != 1 {
        return Err(args.invalid("the padding must be one character"));
    }
    let missing = wanted.saturating_sub(text::length(&text));
    args.text_room(text.len(), missing.saturating_mul(pad.len()))?;
    Ok(Value::from(pad.repeat(missing) + &text))
}

fn replace(args: &Arguments<'_>) -> Evaluated {
    let (text, old, new) = (args.string(0)?, args.string(1)?, args.string(2)?);
    if old.is_empty() {
        return Err(args.invalid("the string to replace is empty"));
    }
    args.text_room(text.len(), text.matches(old).count().saturating_mul(new.len()))?;
    changed(args, &text.replace(old, new))
}

fn split(args: &Arguments<'_>) -> Evaluated {
    let text = args.string(0)?;
    let separators = match &args.value(1)?.kind {
        Kind::String(text) => vec![text.value.as_ref()],
        Kind::Array(items) => {
            let mut separators = Vec::with_capacity(items.len());
            for item in items.iter() {
                if item.is_unknown() {
                    return Err(Stop::Unknown);
                }
                separators.push(item.as_str().ok_or_else(|| args.mismatch(1, "a string or an array of strings"))?);
            }
            separators
        }
        _ => return Err(args.mismatch(1, "a string or an array of strings")),
    };
    let changing = args.all().iter().any(varies);
    let origin = args.get(0).map(|whole| whole.origin.clone()).unwrap_or_default();
    let part = |index: usize, part: &str| {
        if !changing {
            // A part is written where the whole is.
            return Value { origin: origin.clone(), ..Value::from(part) };
        }
        // A part of what differs from one deployment to the next does so too.
        let base = Value::unknown(Term::Call { name: "split".into(), args: args.all().to_vec() });
        let value = Value::unknown(Term::Index { base, index: number(index) });
        Value::composed(part.to_owned(), vec![Part { end: part.len(), value }])
    };
    let mut parts = Vec::new();
    let (mut start, mut at) = (0, 0);
    while at < text.len() {
        // An empty separator separates nothing.
        let found = separators.iter().find(|separator| !separator.is_empty() && text[at..].starts_with(*separator));
        match found {
            Some(separator) => {
                args.element_room(parts.len(), 1)?;
                parts.push(part(parts.len(), &text[start..at]));
                at += separator.len();
                start = at;
            }
            None => at += text[at..].chars().next().map_or(1, char::len_utf8),
        }
    }
    parts.push(part(parts.len(), &text[start..]));
    Ok(Value::from(parts))
}

fn string(args: &Arguments<'_>) -> Evaluated {
    let value = args.value(0)?;
    match &value.kind {
        Kind::String(_) => Ok(value.clone()),
        Kind::Null | Kind::Float(_) => Err(args.mismatch(0, "a string, an integer, a boolean, an array or an object")),
        Kind::Array(_) | Kind::Object(_) => Ok(Value::from(text::json(args, args.known(0)?)?)),
        _ => scalar(value).map(Value::from).ok_or(Stop::Unknown),
    }
}

fn substring(args: &Arguments<'_>) -> Evaluated {
    let text = args.string(0)?;
    let length = text::length(text);
    let start = usize::try_from(args.integer(1)?).map_err(|_| args.invalid("the start is negative"))?;
    let rest = length.checked_sub(start).ok_or_else(|| args.invalid("the start lies behind the end of the string"))?;
    let count = match args.get(2) {
        Some(_) => usize::try_from(args.integer(2)?).map_err(|_| args.invalid("the length is negative"))?,
        None => rest,
    };
    if count > rest {
        return Err(args.invalid("the start and the length reach behind the end of the string"));
    }
    text::slice(text, start, count).map(Value::from)
}
