//! `json`: values from text, read as leniently as the service reads it.

use super::{Arguments, Evaluated, Function, function};
use crate::evaluate::value::{Kind, Member, Object, Value};
use crate::source::FileId;
use crate::syntax::json::{self, Node, Number, quote};

pub(super) const FUNCTIONS: &[Function] = &[function("json", 1, 1, |args| {
    if args.value(0)?.is_null() {
        return Ok(Value::null());
    }
    parse(args, args.string(0)?)
})];

/// The value that `text` spells.
pub(super) fn parse(args: &Arguments<'_>, text: &str) -> Evaluated {
    args.text_room(0, text.len())?;
    let is_before_element = |byte: &u8| matches!(byte, b',' | b'[' | b'{');
    args.element_room(0, text.bytes().filter(is_before_element).count())?;
    if let Some(value) = read(text) {
        return Ok(value);
    }
    read(&strict(text)).ok_or_else(|| args.invalid("the string is not JSON"))
}

fn read(text: &str) -> Option<Value> {
    // The spans of this text mean nothing outside of it, so any file will do.
    let (document, errors) = json::parse(FileId(0), text);
    let root = document.root(text)?;
    errors.is_empty().then(|| value(root))
}

/// The parser bounds the depth of the tree.
fn value(node: Node<'_>) -> Value {
    match node.kind() {
        json::Kind::Null | json::Kind::Invalid => Value::null(),
        json::Kind::Bool(value) => Value::from(value),
        json::Kind::Number => match node.as_number() {
            Some(Number::Integer(number)) => Value::from(number),
            Some(Number::Float(number)) => Value::from(number),
            None => Value::null(),
        },
        json::Kind::String => Value::from(node.as_str().unwrap_or_default().as_ref()),
        json::Kind::Array => Value::from(node.elements().map(value).collect::<Vec<_>>()),
        json::Kind::Object => {
            let mut object = Object::default();
            for member in node.members() {
                let key = member.key.as_str().unwrap_or_default();
                object.insert(key.as_ref(), Member { key_span: None, value: value(member.value) });
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
    use crate::evaluate::functions::Stop;

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
                matches!(parse(&Arguments::new("json", &values, &Budget::default()), text), Err(Stop::Invalid(_))),
                "{text}"
            );
        }
    }
}
