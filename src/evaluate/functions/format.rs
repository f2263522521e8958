//! `format`: composite format strings as .NET reads them.

use super::number_format::{self, Number};
use super::text::{compose, embedded, length, scalar};
use super::{Arguments, Evaluated, Function, MANY, Stop, function};
use crate::evaluate::value::{Kind, Part, Value};

pub(super) const FUNCTIONS: &[Function] = &[function("format", 1, MANY, format)];

/// `{index,alignment:format}`.
struct Item<'a> {
    index: usize,
    alignment: i64,
    format: &'a str,
}

fn format(args: &Arguments<'_>) -> Evaluated {
    let mut rest = args.string(0)?;
    let mut text = String::new();
    let mut parts = Vec::new();
    while let Some(at) = rest.find(['{', '}']) {
        args.part_room(text.len(), at)?;
        text.push_str(&rest[..at]);
        let (brace, after) = rest[at..].split_at(1);
        if let Some(after) = after.strip_prefix(brace) {
            text.push_str(brace);
            rest = after;
            continue;
        }
        let item = after.split_once('}').filter(|_| brace == "{");
        let Some((item, after)) = item.and_then(|(item, after)| Some((Item::parse(item)?, after))) else {
            return Err(args.invalid("the format string has a brace that is no `{0}`; write `{{` for a brace itself"));
        };
        rest = after;
        parts.push(Part { end: text.len(), value: args.value(0)?.clone() });
        // The format string itself is argument 0.
        let Some(value) = item.index.checked_add(1).and_then(|index| args.get(index)) else {
            return Err(args.invalid("the format string refers to an argument that is not given"));
        };
        let formatted = item.format(args, value)?;
        args.part_room(text.len(), formatted.len())?;
        text.push_str(&formatted);
        parts.push(Part { end: text.len(), value: value.clone() });
    }
    args.part_room(text.len(), rest.len())?;
    text.push_str(rest);
    parts.push(Part { end: text.len(), value: args.value(0)?.clone() });
    Ok(compose(text, parts))
}

impl<'a> Item<'a> {
    fn parse(item: &'a str) -> Option<Self> {
        let (place, format) = item.split_once(':').unwrap_or((item, ""));
        let (index, alignment) = place.split_once(',').unwrap_or((place, "0"));
        let is_number = index.starts_with(|c: char| c.is_ascii_digit());
        Some(Self {
            index: index.trim_end_matches(' ').parse().ok().filter(|_| is_number)?,
            alignment: alignment.trim_matches(' ').parse().ok()?,
            format,
        })
    }

    fn format(&self, args: &Arguments<'_>, value: &Value) -> Result<String, Stop> {
        let invalid = || args.invalid("a number has no such format");
        let text = match &value.kind {
            Kind::Unknown(_) | Kind::Undecidable(_) => return Err(Stop::Unknown),
            Kind::Array(_) | Kind::Object(_) => embedded(args.budget(), value).ok_or(Stop::Unknown)?,
            Kind::Null => String::new(),
            Kind::Integer(number) if !self.format.is_empty() => {
                number_format::format(Number::Integer(*number), self.format)?.ok_or_else(invalid)?
            }
            Kind::Float(number) if !self.format.is_empty() => {
                number_format::format(Number::Float(*number), self.format)?.ok_or_else(invalid)?
            }
            _ => scalar(value).unwrap_or_default(),
        };
        let width = usize::try_from(self.alignment.unsigned_abs()).unwrap_or(usize::MAX);
        args.text_room(0, width)?;
        let blanks = " ".repeat(width.saturating_sub(length(&text)));
        Ok(if self.alignment < 0 { text + &blanks } else { blanks + &text })
    }
}
