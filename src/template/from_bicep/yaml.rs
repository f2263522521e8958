//! YAML that is loaded as a value.

use std::sync::Arc;

use super::string;
use crate::source::FileId;
use crate::source::limits::MAX_NESTING;
use crate::syntax::expression::{Expr, ExprKind, Member};
use crate::syntax::yaml::{Kind, Node, Style, parse};

/// Most values that a file may hold once its aliases are written out.
const MAX_VALUES: usize = 100_000;

/// The value of the first document of `text`, the file `file`; `None` for what is not YAML or has no value in JSON.
pub(super) fn lower_yaml(file: FileId, text: &str) -> Option<Expr> {
    let (stream, errors) = parse(file, text);
    let root = stream.documents().next().filter(|_| errors.is_empty())?;
    lower(file, root, 0, &mut 0)
}

fn lower(file: FileId, node: Node<'_>, depth: usize, values: &mut usize) -> Option<Expr> {
    *values += 1;
    if depth > MAX_NESTING || *values > MAX_VALUES {
        return None;
    }
    let span = node.span(file);
    let kind = match node.kind() {
        Kind::Scalar => {
            let scalar = node.scalar()?;
            match scalar.style {
                Style::Plain => plain(scalar.text.text()),
                _ => ExprKind::String(scalar.text.text().into()),
            }
        }
        Kind::Sequence => {
            let items = node.elements().map(|item| lower(file, item, depth + 1, values));
            ExprKind::Array(items.collect::<Option<_>>()?)
        }
        Kind::Mapping => {
            let members = node.members().map(|member| {
                let key = string(member.key.as_str()?, member.key.span(file));
                Some(Member { key, value: lower(file, member.value, depth + 1, values)? })
            });
            ExprKind::Object(members.collect::<Option<_>>()?)
        }
        Kind::Dangling => return None,
    };
    Some(Expr::new(kind, span))
}

/// What a scalar without quotes is, by the core schema of YAML 1.2.
fn plain(text: &str) -> ExprKind {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return ExprKind::Null,
        "true" | "True" | "TRUE" => return ExprKind::Bool(true),
        "false" | "False" | "FALSE" => return ExprKind::Bool(false),
        _ => {}
    }
    let integer = match (text.strip_prefix("0x"), text.strip_prefix("0o")) {
        (Some(digits), _) => i64::from_str_radix(digits, 16).ok(),
        (_, Some(digits)) => i64::from_str_radix(digits, 8).ok(),
        _ => text.parse().ok(),
    };
    if let Some(integer) = integer {
        return ExprKind::Integer(integer);
    }
    // Rust also reads words such as `inf` and `nan` as numbers.
    let is_decimal = text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E'));
    match text.parse() {
        Ok(number) if is_decimal => ExprKind::Float(number),
        _ => ExprKind::String(Arc::from(text)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> Option<ExprKind> {
        lower_yaml(FileId(0), text)?.get("a").map(|value| value.kind.clone())
    }

    #[test]
    fn a_plain_scalar_is_what_it_looks_like() {
        assert!(matches!(value("a: 0x1f"), Some(ExprKind::Integer(31))));
        assert!(matches!(value("a: -12"), Some(ExprKind::Integer(-12))));
        assert!(matches!(value("a: 1e3"), Some(ExprKind::Float(number)) if (number - 1000.0).abs() < 1e-9));
        assert!(matches!(value("a: True"), Some(ExprKind::Bool(true))));
        assert!(matches!(value("a:"), Some(ExprKind::Null)));
        for text in ["a: '12'", "a: \"12\"", "a: |-\n  12"] {
            assert!(matches!(value(text), Some(ExprKind::String(found)) if &*found == "12"), "{text}");
        }
        assert!(matches!(value("a: inf"), Some(ExprKind::String(found)) if &*found == "inf"));
    }

    #[test]
    fn aliases_that_multiply_have_no_value() {
        let lines = (1..30).map(|at| format!("a{at}: &a{at} [*a{0}, *a{0}]\n", at - 1));
        let text: String = ["a0: &a0 [x, x]\n".to_owned()].into_iter().chain(lines).collect();
        assert!(lower_yaml(FileId(0), &text).is_none());
        let twice = lower_yaml(FileId(0), "x: &x {y: 1}\na: *x").unwrap();
        assert!(matches!(twice.get("a").and_then(|a| a.get("y")).unwrap().kind, ExprKind::Integer(1)));
    }
}
