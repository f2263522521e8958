//! `json`: values from text, read as leniently as the service reads it.

use std::fmt::Write;

use super::{Arguments, Evaluated, Function, Stop, function};
use crate::evaluate::pieces::{Piece, Stretch, join, stretches};
use crate::evaluate::term::Term;
use crate::evaluate::value::{Key, Kind, Member, Object, Origin, Value};
use crate::source::FileId;
use crate::syntax::json::{self, Node, Number, quote};

pub(super) const FUNCTIONS: &[Function] = &[function("json", 1, 1, |args| {
    let Some(given) = args.get(0) else { return Err(Stop::Unknown) };
    if let Some(term) = given.as_term() {
        return match term.call("string") {
            // What was written as JSON before.
            Some([whole]) if matches!(whole.kind, Kind::Array(_) | Kind::Object(_)) => Ok(whole.clone()),
            _ => parse_partly(args, given),
        };
    }
    let found = parse(args, args.string(0)?)?;
    // Where its parts are written, when it was put together from several.
    Ok(placed(given).unwrap_or(found))
})];

/// The value that `text` spells.
pub(super) fn parse(args: &Arguments<'_>, text: &str) -> Evaluated {
    args.text_room(0, text.len())?;
    let is_before_element = |byte: &u8| matches!(byte, b',' | b'[' | b'{');
    args.element_room(0, text.bytes().filter(is_before_element).count())?;
    if let Some(found) = read(text).or_else(|| read(&strict(text))) {
        return Ok(found);
    }
    // The service knows words of JavaScript, other ways to write numbers, and stops after the first value.
    let is_lenient = |word: &str| matches!(word, "NaN" | "Infinity" | "-Infinity" | "undefined");
    match text.trim() {
        word if is_lenient(word) => Ok(Value::from(word)),
        number => match number.get(..2).filter(|start| start.eq_ignore_ascii_case("0x")).and(number.get(2..)) {
            Some(digits) => i64::from_str_radix(digits, 16).map(Value::from).map_err(|_| Stop::Unknown),
            None => first_of_several(text).ok_or_else(|| args.invalid("the string is not JSON")),
        },
    }
}

/// The first of several numbers or words.
fn first_of_several(text: &str) -> Option<Value> {
    let (first, rest) = text.trim().split_once(char::is_whitespace)?;
    let is_scalar = first.starts_with(|c: char| c.is_ascii_digit() || c == '-') && !rest.trim_start().starts_with(',');
    read(first).filter(|_| is_scalar)
}

fn read(text: &str) -> Option<Value> {
    // The spans of this text mean nothing outside of it, so any file will do.
    let (document, errors) = json::parse(FileId(0), text);
    let root = document.root(text)?;
    errors.is_empty().then(|| value(root, &Parts::default()))
}

/// The value of a known text that was put together from several, whose strings are written where these are.
fn placed(whole: &Value) -> Option<Value> {
    let row = stretches(whole).filter(|row| row.len() > 1)?;
    let (text, mut parts) = (whole.as_str()?, Parts::default());
    let mut end = 0;
    for stretch in row {
        let Piece::Text(known) = &stretch.piece else { return None };
        end += known.len();
        parts.places.push((end, stretch.origin));
    }
    let (document, errors) = json::parse(FileId(0), text);
    let root = document.root(text)?;
    (errors.is_empty() && end == text.len()).then(|| value(root, &parts))
}

/// What a text was put together from.
#[derive(Default)]
struct Parts {
    /// The parts that are not known, each with whether it is inside of a string.
    unknown: Vec<(Value, bool)>,
    /// Where each stretch of the text was written, with its end.
    places: Vec<(usize, Origin)>,
}

impl Parts {
    /// Where the contents of a string were written, when that is one place.
    fn place(&self, node: Node<'_>) -> Option<&Origin> {
        let quoted = node.span(FileId(0));
        let (start, end) = (quoted.start as usize + 1, (quoted.end as usize).checked_sub(1)?);
        let at = self.places.partition_point(|(to, _)| *to <= start);
        self.places.get(at).filter(|(to, origin)| end <= *to && origin.span.is_some()).map(|(_, origin)| origin)
    }
}

/// What stands for the parts that are not known, before and after their number.
const MARKS: (char, char) = ('\u{e000}', '\u{e001}');

/// The value of a text with parts that are not known: in strings they are parts of these, elsewhere values by themselves.
fn parse_partly(args: &Arguments<'_>, whole: &Value) -> Evaluated {
    let row = stretches(whole).filter(|row| row.len() > 1).ok_or(Stop::Unknown)?;
    let (mut text, mut parts, mut inside) = (String::new(), Parts::default(), false);
    for Stretch { piece, origin } in row {
        match piece {
            Piece::Text(known) => {
                if known.contains([MARKS.0, MARKS.1, '\'']) {
                    return Err(Stop::Unknown);
                }
                let mut escaped = false;
                for c in known.chars() {
                    inside ^= c == '"' && !escaped;
                    escaped = c == '\\' && !escaped;
                }
                text.push_str(&known);
            }
            Piece::Unknown(value) => {
                let quote = if inside { "" } else { "\"" };
                // Writing to a string cannot fail.
                let _ = write!(text, "{quote}{}{}{}{quote}", MARKS.0, parts.unknown.len(), MARKS.1);
                parts.unknown.push((value, inside));
            }
        }
        parts.places.push((text.len(), origin));
        args.text_room(0, text.len())?;
    }
    let (document, errors) = json::parse(FileId(0), &text);
    match document.root(&text) {
        Some(root) if errors.is_empty() && root.as_str().is_none() => Ok(value(root, &parts)),
        _ => Err(Stop::Unknown),
    }
}

/// A string, with what stands for its marks.
fn filled(text: &str, unknown: &[(Value, bool)]) -> Value {
    if unknown.is_empty() || !text.contains(MARKS.0) {
        return Value::from(text);
    }
    let mut row = Vec::new();
    for (index, part) in text.split(MARKS.0).enumerate() {
        let (number, rest) = part.split_once(MARKS.1).unwrap_or(("", part));
        if index > 0
            && let Some((value, is_inside)) = number.parse::<usize>().ok().and_then(|number| unknown.get(number))
        {
            if !is_inside {
                return Value::unknown(Term::Call { name: "json".into(), args: vec![value.clone()] });
            }
            row.push(Piece::Unknown(value.clone()));
        }
        row.push(Piece::Text(rest.to_owned()));
    }
    join(row)
}

/// The parser bounds the depth of the tree.
fn value(node: Node<'_>, parts: &Parts) -> Value {
    match node.kind() {
        json::Kind::Null | json::Kind::Invalid => Value::null(),
        json::Kind::Bool(value) => Value::from(value),
        json::Kind::Number => match node.as_number() {
            Some(Number::Integer(number)) => Value::from(number),
            Some(Number::Float(number)) => Value::from(number),
            None => Value::null(),
        },
        json::Kind::String => {
            let mut found = filled(node.as_str().unwrap_or_default().as_ref(), &parts.unknown);
            if let Some(origin) = parts.place(node) {
                found.origin = origin.clone();
            }
            found
        }
        json::Kind::Array => Value::from(node.elements().map(|element| value(element, parts)).collect::<Vec<_>>()),
        json::Kind::Object => {
            let mut object = Object::default();
            for member in node.members() {
                let value = value(member.value, parts);
                if let Some(key) = Key::new(&filled(member.key.as_str().unwrap_or_default().as_ref(), &parts.unknown)) {
                    object.insert_key(key, Member { key_span: None, value });
                }
            }
            Value::new(Kind::Object(object.into()))
        }
    }
}

/// The same text with strings in single quotes, and keys without quotes, in double quotes.
fn strict(text: &str) -> String {
    let mut strict = String::with_capacity(text.len() + 16);
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let end = match c {
            '"' | '\'' => {
                let end = string_end(rest, c).unwrap_or(rest.len());
                match rest[..end].strip_prefix('\'').and_then(|text| text.strip_suffix('\'')) {
                    Some(contents) => strict.push_str(&requoted(&contents.replace("\\'", "'"))),
                    None => strict.push_str(&rest[..end]),
                }
                end
            }
            _ if c.is_alphabetic() || c == '_' || c == '$' => {
                let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$' | '-');
                let end = rest.find(|c: char| !is_part(c)).unwrap_or(rest.len());
                let is_key = rest[end..].trim_start().starts_with(':');
                strict.push_str(&if is_key { quote(&rest[..end]) } else { rest[..end].to_owned() });
                end
            }
            _ => {
                strict.push(c);
                c.len_utf8()
            }
        };
        rest = &rest[end..];
    }
    strict
}

/// Offset just past the string that `text` starts with; `None` when it does not end.
fn string_end(text: &str, quote: char) -> Option<usize> {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        if c == quote && !escaped {
            return Some(at + 1);
        }
        escaped = c == '\\' && !escaped;
    }
    None
}

/// A JSON string with these contents, whose escapes stay as they are.
fn requoted(contents: &str) -> String {
    let mut text = String::from("\"");
    let mut escaped = false;
    for c in contents.chars() {
        if c == '"' && !escaped {
            text.push('\\');
        }
        escaped = c == '\\' && !escaped;
        text.push(c);
    }
    text.push('"');
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::budget::Budget;

    #[test]
    fn single_quotes_and_bare_keys_become_double_quotes() {
        assert_eq!(strict(r#"{'a': 'it\'s "x"', b: true, "c'": ''}"#), r#"{"a": "it's \"x\"", "b": true, "c'": ""}"#);
        assert_eq!(strict(r"['\\\'']"), r#"["\\'"]"#);
        assert_eq!(strict("'open"), "'open");
    }

    #[test]
    fn what_is_no_json_is_invalid() {
        for text in ["", "{", "[1,,]", "nope", "{'a'}"] {
            let values = [Value::from(text)];
            assert!(
                matches!(parse(&Arguments::new("json", &values, &Budget::default()), text), Err(Stop::Invalid { .. })),
                "{text}"
            );
        }
    }
}
