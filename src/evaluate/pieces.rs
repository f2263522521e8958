//! Partly known strings: `concat`, `format` and interpolation with unknown arguments, seen as a row of pieces.

use super::term::Term;
use super::value::{Kind, Origin, Text, Value};

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

/// A piece and where it was written.
#[derive(Debug, Clone, PartialEq)]
pub struct Stretch {
    /// What it is.
    pub piece: Piece,
    /// Where the value that it is taken from was written; without a place for one that has none of its own.
    pub origin: Origin,
}

/// The pieces of a string in order, neighbouring known ones joined. `None` for what is not a string.
pub fn pieces(value: &Value) -> Option<Vec<Piece>> {
    Some(merged(stretches(value)?.into_iter().map(|stretch| stretch.piece)))
}

/// The pieces with neighbouring known ones joined and empty ones left out.
fn merged(row: impl IntoIterator<Item = Piece>) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    for piece in row {
        match (piece, pieces.last_mut()) {
            (Piece::Text(text), _) if text.is_empty() => {}
            (Piece::Text(text), Some(Piece::Text(last))) => last.push_str(&text),
            (piece, _) => pieces.push(piece),
        }
    }
    pieces
}

/// The pieces of a string in order, each with its own origin. `None` for what is not a string.
pub fn stretches(value: &Value) -> Option<Vec<Stretch>> {
    let mut stretches = Vec::new();
    match collect(value, &mut stretches, 0) {
        Some(()) => Some(stretches),
        None if value.is_unknown() && stretches.len() >= MAX_PIECES => {
            Some(vec![Stretch { piece: Piece::Unknown(value.clone()), origin: value.origin.clone() }])
        }
        None => None,
    }
}

/// Joins pieces to a value: a string when all is known, else a canonical term.
pub fn join(row: Vec<Piece>) -> Value {
    let mut pieces = merged(row);
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
                template.extend(["{", &(args.len() - 1).to_string(), "}"]);
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

fn collect(value: &Value, stretches: &mut Vec<Stretch>, depth: usize) -> Option<()> {
    if stretches.len() >= MAX_PIECES {
        return None;
    }
    match &value.kind {
        Kind::String(text) => collect_text(text, &value.origin, stretches, depth),
        Kind::Integer(number) => push_text(stretches, &number.to_string(), &value.origin),
        Kind::Unknown(term) => match term.as_ref() {
            Term::Call { name, args } if name.eq_ignore_ascii_case("concat") && depth < MAX_DEPTH => {
                for arg in args {
                    collect(arg, stretches, depth + 1)?;
                }
            }
            Term::Call { name, args } if name.eq_ignore_ascii_case("format") && depth < MAX_DEPTH => {
                let start = stretches.len();
                if collect_format(args, stretches, depth).is_none() {
                    stretches.truncate(start);
                    push_unknown(stretches, value);
                }
            }
            _ => push_unknown(stretches, value),
        },
        Kind::Undecidable(_) => push_unknown(stretches, value),
        _ => return None,
    }
    Some(())
}

/// Deepest nesting of `concat` and `format` that is taken apart.
const MAX_DEPTH: usize = 16;

/// A known string, part by part. A part whose value is not a string (a number, or a call that is known only for now)
/// has the origin of that value all the same.
fn collect_text(text: &Text, origin: &Origin, stretches: &mut Vec<Stretch>, depth: usize) {
    let Some(parts) = text.parts.as_deref().filter(|_| depth < MAX_DEPTH) else {
        return push_text(stretches, &text.value, origin);
    };
    let mut start = 0;
    for part in parts {
        let slice = text.value.get(start..part.end).unwrap_or_default();
        start = part.end;
        match &part.value.kind {
            Kind::String(inner) if *inner.value == *slice => {
                collect_text(inner, &part.value.origin, stretches, depth + 1);
            }
            _ => push_text(stretches, slice, &part.value.origin),
        }
    }
}

/// The pieces of a `format` whose items are plain (`{0}`).
fn collect_format(args: &[Value], stretches: &mut Vec<Stretch>, depth: usize) -> Option<()> {
    let (template, args) = args.split_first()?;
    let whole = template.as_str()?;
    let mut rest = whole;
    while let Some(at) = rest.find(['{', '}']) {
        push_text(stretches, &rest[..at], origin_at(template, whole.len() - rest.len()));
        let brace = &rest[at..=at];
        rest = &rest[at + 1..];
        if let Some(after) = rest.strip_prefix(brace) {
            push_text(stretches, brace, origin_at(template, whole.len() - rest.len()));
            rest = after;
        } else {
            let (index, after) = rest.split_once('}')?;
            collect(args.get(index.parse::<usize>().ok()?)?, stretches, depth + 1)?;
            rest = after;
        }
    }
    push_text(stretches, rest, origin_at(template, whole.len() - rest.len()));
    Some(())
}

/// Where the byte at `offset` of a string was written: the origin of the part that holds it, or of the whole.
fn origin_at(value: &Value, offset: usize) -> &Origin {
    let parts = match &value.kind {
        Kind::String(Text { parts: Some(parts), .. }) => &**parts,
        _ => &[],
    };
    let part = parts.get(parts.partition_point(|part| part.end <= offset));
    part.map_or(&value.origin, |part| &part.value.origin)
}

fn push_text(stretches: &mut Vec<Stretch>, text: &str, origin: &Origin) {
    if !text.is_empty() {
        stretches.push(Stretch { piece: Piece::Text(text.to_owned()), origin: origin.clone() });
    }
}

fn push_unknown(stretches: &mut Vec<Stretch>, value: &Value) {
    stretches.push(Stretch { piece: Piece::Unknown(value.clone()), origin: value.origin.clone() });
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
