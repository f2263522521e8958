//! Partly known strings: `concat`, `format` and interpolation with unknown arguments, seen as a row of pieces.

use super::term::Term;
use super::value::{Kind, Value};

/// A stretch of a string.
#[derive(Debug, Clone, PartialEq)]
pub enum Piece {
    /// Known characters.
    Text(String),
    /// Something that is not known.
    Unknown(Value),
}

/// Most pieces that a string is taken apart into; past that it is one unknown piece.
const MAX_PIECES: usize = 1024;

/// The pieces of a string in order, neighbouring known ones joined. `None` for what is not a string.
pub fn pieces(value: &Value) -> Option<Vec<Piece>> {
    let mut pieces = Vec::new();
    match collect(value, &mut pieces, 0) {
        Some(()) => Some(pieces),
        None if value.is_unknown() && pieces.len() >= MAX_PIECES => Some(vec![Piece::Unknown(value.clone())]),
        None => None,
    }
}

/// Joins pieces to a value: a string when all is known, else a canonical term.
pub fn join(mut pieces: Vec<Piece>) -> Value {
    if pieces.len() <= 1 {
        return match pieces.pop() {
            None => Value::from(""),
            Some(Piece::Text(text)) => Value::from(text),
            Some(Piece::Unknown(value)) => value,
        };
    }
    let (mut template, mut args) = (String::new(), vec![Value::null()]);
    for piece in pieces {
        match piece {
            Piece::Text(text) => template.push_str(&text.replace('{', "{{").replace('}', "}}")),
            Piece::Unknown(value) => {
                template.push_str(&format!("{{{}}}", args.len() - 1));
                args.push(value);
            }
        }
    }
    args[0] = Value::from(template);
    Value::unknown(Term::Call { name: "format".into(), args })
}

/// Splits pieces at every `separator` that is known to be there.
pub fn split(pieces: Vec<Piece>, separator: char) -> Vec<Vec<Piece>> {
    let mut rows = vec![Vec::new()];
    for piece in pieces {
        match piece {
            Piece::Text(text) => {
                for (index, part) in text.split(separator).enumerate() {
                    if index > 0 {
                        rows.push(Vec::new());
                    }
                    if let (false, Some(row)) = (part.is_empty(), rows.last_mut()) {
                        row.push(Piece::Text(part.to_owned()));
                    }
                }
            }
            Piece::Unknown(_) => {
                if let Some(row) = rows.last_mut() {
                    row.push(piece);
                }
            }
        }
    }
    rows
}

fn collect(value: &Value, pieces: &mut Vec<Piece>, depth: usize) -> Option<()> {
    if pieces.len() >= MAX_PIECES {
        return None;
    }
    match &value.kind {
        Kind::String(text) => push_text(pieces, &text.value),
        Kind::Integer(number) => push_text(pieces, &number.to_string()),
        Kind::Unknown(term) => match term.as_ref() {
            Term::Call { name, args } if name.eq_ignore_ascii_case("concat") && depth < 16 => {
                for arg in args {
                    collect(arg, pieces, depth + 1)?;
                }
            }
            Term::Call { name, args } if name.eq_ignore_ascii_case("format") && depth < 16 => {
                let start = pieces.len();
                if collect_format(args, pieces, depth).is_none() {
                    pieces.truncate(start);
                    pieces.push(Piece::Unknown(value.clone()));
                }
            }
            _ => pieces.push(Piece::Unknown(value.clone())),
        },
        _ => return None,
    }
    Some(())
}

/// The pieces of a `format` whose items are plain (`{0}`).
fn collect_format(args: &[Value], pieces: &mut Vec<Piece>, depth: usize) -> Option<()> {
    let (template, args) = args.split_first()?;
    let mut rest = template.as_str()?;
    while let Some(at) = rest.find(['{', '}']) {
        push_text(pieces, &rest[..at]);
        let brace = &rest[at..=at];
        rest = &rest[at + 1..];
        if let Some(after) = rest.strip_prefix(brace) {
            push_text(pieces, brace);
            rest = after;
        } else {
            let (index, after) = rest.split_once('}')?;
            collect(args.get(index.parse::<usize>().ok()?)?, pieces, depth + 1)?;
            rest = after;
        }
    }
    push_text(pieces, rest);
    Some(())
}

fn push_text(pieces: &mut Vec<Piece>, text: &str) {
    match pieces.last_mut() {
        _ if text.is_empty() => {}
        Some(Piece::Text(last)) => last.push_str(text),
        _ => pieces.push(Piece::Text(text.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(name: &str, args: Vec<Value>) -> Value {
        Value::unknown(Term::Call { name: name.into(), args })
    }

    #[test]
    fn format_and_concat_of_the_same_parts_have_the_same_pieces() {
        let account = call("parameters", vec![Value::from("account")]);
        let format = call("format", vec![Value::from("https://{0}.blob{1}"), account.clone(), Value::from(".x")]);
        let concat = call("concat", vec![Value::from("https://"), account.clone(), Value::from(".blob.x")]);
        let expected = vec![Piece::Text("https://".into()), Piece::Unknown(account), Piece::Text(".blob.x".into())];
        assert_eq!(pieces(&format), Some(expected.clone()));
        assert_eq!(pieces(&concat), Some(expected));
    }

    #[test]
    fn a_format_with_alignment_is_one_unknown_piece() {
        let format = call("format", vec![Value::from("{0,5}"), call("newGuid", vec![])]);
        assert_eq!(pieces(&format), Some(vec![Piece::Unknown(format.clone())]));
    }

    #[test]
    fn pieces_split_at_known_separators_only() {
        let name = call("parameters", vec![Value::from("n")]);
        let rows = split(vec![Piece::Text("a/b".into()), Piece::Unknown(name.clone()), Piece::Text("/".into())], '/');
        assert_eq!(rows, [vec![Piece::Text("a".into())], vec![Piece::Text("b".into()), Piece::Unknown(name)], vec![]]);
    }
}
