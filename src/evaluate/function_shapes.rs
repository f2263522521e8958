//! What functions take and return, as far as that is told without trying them.

use std::collections::HashMap;
use std::sync::LazyLock;

use foldhash::fast::RandomState;

use super::shape::Shape;
use crate::syntax::expression::{Expr, ExprKind};

/// What the arguments of a function have to be for none of them to be refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Takes {
    Anything,
    Texts,
    Booleans,
    Integers,
    /// Texts, integers and booleans; or arrays.
    Scalars,
    /// A text, array or object each.
    Sized,
    /// Anything but null.
    Something,
    /// Only what is tried tells.
    Untold,
}

/// What each function takes and returns, in its documented spelling. A call of another one is tried.
const FUNCTIONS: [(&str, Takes, Shape<'static>); 73] = [
    ("add", Takes::Untold, Shape::Integer),
    ("and", Takes::Booleans, Shape::Bool),
    ("array", Takes::Anything, Shape::Array(None)),
    ("base64", Takes::Texts, Shape::Text),
    ("base64ToString", Takes::Untold, Shape::Text),
    ("bool", Takes::Untold, Shape::Bool),
    ("coalesce", Takes::Anything, Shape::Any),
    ("concat", Takes::Scalars, Shape::Text),
    ("contains", Takes::Untold, Shape::Bool),
    ("createArray", Takes::Anything, Shape::Array(None)),
    ("createObject", Takes::Untold, Shape::Object(None)),
    ("deployer", Takes::Anything, Shape::Later),
    ("deployment", Takes::Anything, Shape::Later),
    ("div", Takes::Untold, Shape::Integer),
    ("empty", Takes::Sized, Shape::Bool),
    ("endsWith", Takes::Texts, Shape::Bool),
    ("environment", Takes::Anything, Shape::Later),
    ("equals", Takes::Anything, Shape::Bool),
    ("extensionResourceId", Takes::Untold, Shape::Text),
    ("false", Takes::Anything, Shape::Bool),
    ("first", Takes::Untold, Shape::Any),
    ("format", Takes::Untold, Shape::Text),
    ("greater", Takes::Integers, Shape::Bool),
    ("greaterOrEquals", Takes::Integers, Shape::Bool),
    ("guid", Takes::Texts, Shape::Text),
    ("indexOf", Takes::Texts, Shape::Integer),
    ("int", Takes::Untold, Shape::Integer),
    ("items", Takes::Untold, Shape::Array(None)),
    ("join", Takes::Untold, Shape::Text),
    ("last", Takes::Untold, Shape::Any),
    ("lastIndexOf", Takes::Texts, Shape::Integer),
    ("length", Takes::Sized, Shape::Integer),
    ("less", Takes::Integers, Shape::Bool),
    ("lessOrEquals", Takes::Integers, Shape::Bool),
    ("managementGroup", Takes::Anything, Shape::Later),
    ("managementGroupResourceId", Takes::Untold, Shape::Text),
    ("mod", Takes::Untold, Shape::Integer),
    ("mul", Takes::Untold, Shape::Integer),
    ("newGuid", Takes::Anything, Shape::Later),
    ("not", Takes::Booleans, Shape::Bool),
    ("null", Takes::Anything, Shape::Any),
    ("objectKeys", Takes::Untold, Shape::Array(None)),
    ("or", Takes::Booleans, Shape::Bool),
    ("padLeft", Takes::Untold, Shape::Text),
    ("pickZones", Takes::Untold, Shape::Any),
    ("providers", Takes::Anything, Shape::Later),
    ("range", Takes::Untold, Shape::Array(None)),
    ("reference", Takes::Anything, Shape::Later),
    ("references", Takes::Anything, Shape::Later),
    ("replace", Takes::Untold, Shape::Text),
    ("resourceGroup", Takes::Anything, Shape::Later),
    ("resourceId", Takes::Untold, Shape::Text),
    ("skip", Takes::Untold, Shape::Any),
    ("split", Takes::Texts, Shape::Array(None)),
    ("startsWith", Takes::Texts, Shape::Bool),
    ("string", Takes::Something, Shape::Text),
    ("sub", Takes::Untold, Shape::Integer),
    ("subscription", Takes::Anything, Shape::Later),
    ("subscriptionResourceId", Takes::Untold, Shape::Text),
    ("substring", Takes::Untold, Shape::Text),
    ("take", Takes::Untold, Shape::Any),
    ("tenant", Takes::Anything, Shape::Later),
    ("tenantResourceId", Takes::Untold, Shape::Text),
    ("toLower", Takes::Texts, Shape::Text),
    ("toUpper", Takes::Texts, Shape::Text),
    ("trim", Takes::Texts, Shape::Text),
    ("true", Takes::Anything, Shape::Bool),
    ("tryGet", Takes::Untold, Shape::Any),
    ("uniqueString", Takes::Texts, Shape::Text),
    ("uri", Takes::Untold, Shape::Text),
    ("uriComponent", Takes::Texts, Shape::Text),
    ("uriComponentToString", Takes::Texts, Shape::Text),
    ("utcNow", Takes::Anything, Shape::Later),
];

/// The same by name.
static BY_NAME: LazyLock<HashMap<&'static str, (Takes, Shape<'static>), RandomState>> =
    LazyLock::new(|| FUNCTIONS.iter().map(|(name, takes, gives)| (*name, (*takes, *gives))).collect());
/// What a call returns, and whether its arguments are certainly not refused.
pub(super) fn returned<'t>(name: &str, args: &[Expr], shapes: &[Shape<'t>]) -> (Shape<'t>, bool) {
    if name.starts_with("list") {
        return (Shape::Later, true);
    }
    let Some((takes, gives)) = BY_NAME.get(name) else { return (Shape::Any, false) };
    // A call with an argument that is not known stays as it is.
    if shapes.iter().any(|shape| matches!(shape, Shape::Later)) {
        let is_made_anyway = *takes == Takes::Anything || name == "createObject";
        return (if is_made_anyway { *gives } else { Shape::Later }, true);
    }
    let all = |fits: &dyn Fn(Shape<'t>) -> bool| shapes.iter().all(|shape| fits(*shape));
    let are_texts = || all(&|shape| matches!(shape, Shape::Text));
    let is_fine = match takes {
        Takes::Anything => true,
        Takes::Texts => are_texts(),
        Takes::Booleans => all(&|shape| matches!(shape, Shape::Bool)),
        Takes::Integers => all(&|shape| matches!(shape, Shape::Integer)),
        Takes::Scalars if !args.is_empty() && all(&|shape| matches!(shape, Shape::Array(_))) => {
            return (Shape::Array(None), true);
        }
        Takes::Scalars => all(&|shape| matches!(shape, Shape::Text | Shape::Integer | Shape::Bool)),
        Takes::Sized => all(&|shape| matches!(shape, Shape::Text | Shape::Array(_) | Shape::Object(_))),
        Takes::Something => all(&|shape| !matches!(shape, Shape::Any)),
        Takes::Untold => match name {
            "createObject" => has_plain_keys(args),
            "first" | "last" => matches!(shapes, [Shape::Text | Shape::Array(_)]),
            "format" => is_plain(args) && all(&|shape| !matches!(shape, Shape::Any)),
            "replace" => are_texts() && args.get(1).and_then(Expr::as_str).is_some_and(|text| !text.is_empty()),
            "substring" => is_within_a_hash(args),
            "take" | "skip" => {
                let is_count = matches!(args.get(1), Some(Expr { kind: ExprKind::Integer(0..), .. }));
                is_count && matches!(shapes.first(), Some(Shape::Text | Shape::Array(_)))
            }
            "tryGet" => is_plain_access(shapes, args),
            _ if name.ends_with("esourceId") => are_texts() && has_right_segments(args),
            _ => false,
        },
    };
    (*gives, is_fine)
}

/// Whether nothing is refused of reading a member that need not be there.
fn is_plain_access(shapes: &[Shape<'_>], args: &[Expr]) -> bool {
    let [_, Expr { kind: wanted, .. }] = args else { return false };
    matches!(
        (shapes.first(), wanted),
        (Some(Shape::Object(_) | Shape::Any), ExprKind::String(_)) | (Some(Shape::Array(_)), ExprKind::Integer(_))
    )
}

/// How many pieces a text certainly has that is split at a literal.
pub(super) fn least_pieces(split: &Expr) -> usize {
    let ExprKind::Call { name, args } = &split.kind else { return 0 };
    let [text, Expr { kind: ExprKind::String(at), .. }] = args.as_slice() else { return 0 };
    if !name.is("split") || at.chars().count() != 1 {
        return 0;
    }
    let written = match &text.kind {
        ExprKind::String(text) => text.matches(&**at).count(),
        ExprKind::Interpolation { segments, .. } => {
            segments.iter().map(|segment| segment.text.matches(&**at).count()).sum()
        }
        ExprKind::Call { name, args } if name.is("format") => {
            let text = args.first().and_then(Expr::as_str).unwrap_or_default();
            if text.contains("{{") || text.contains(':') { 0 } else { text.matches(&**at).count() }
        }
        _ => 0,
    };
    written + 1
}

/// How many letters what `uniqueString` returns has.
const HASH_LETTERS: i64 = 13;

/// Whether what is cut out of a hash is part of it.
fn is_within_a_hash(args: &[Expr]) -> bool {
    let [hash, Expr { kind: ExprKind::Integer(start @ 0..), .. }, rest @ ..] = args else { return false };
    let count = match rest {
        [Expr { kind: ExprKind::Integer(count @ 0..), .. }] => *count,
        [] => 0,
        _ => return false,
    };
    let ExprKind::Call { name, .. } = &hash.kind else { return false };
    (name.is("uniqueString") || name.is("guid")) && start.saturating_add(count) <= HASH_LETTERS
}

/// Whether the arguments are different texts and values in turn.
fn has_plain_keys(args: &[Expr]) -> bool {
    let keys: Vec<Option<&str>> = args.iter().step_by(2).map(Expr::as_str).collect();
    let is_new = |at: usize| keys[at].is_some_and(|key| !keys[..at].contains(&Some(key)));
    args.len().is_multiple_of(2) && (0..keys.len()).all(is_new)
}

/// Whether the first text with a `/` is a type with as many parts as there are names after it.
fn has_right_segments(args: &[Expr]) -> bool {
    let is_type = |arg: &Expr| arg.as_str().is_some_and(|text| !text.starts_with('/') && text.contains('/'));
    let Some(at) = args.iter().position(is_type) else { return false };
    let Some(ty) = args[at].as_str() else { return false };
    let names = &args[at + 1..];
    let is_name = |name: &Expr| name.as_str().is_none_or(|text| !text.is_empty() && !text.contains('/'));
    // What a literal before the type says has to be looked at, and what may be a subscription.
    at < 2
        && args[..at].iter().all(|arg| arg.as_str().is_none())
        && ty.split('/').all(|part| !part.is_empty())
        && ty.matches('/').count() == names.len()
        && names.iter().all(is_name)
}

/// Whether the first argument is a text whose braces are `{0}`, `{1}`, …, each of an argument.
fn is_plain(args: &[Expr]) -> bool {
    let Some(text) = args.first().and_then(Expr::as_str) else { return false };
    let mut pieces = text.split('{');
    let head = pieces.next().unwrap_or_default();
    !head.contains('}')
        && pieces.all(|piece| {
            let hole = piece.split_once('}').filter(|(_, rest)| !rest.contains('}'));
            hole.and_then(|(number, _)| number.parse::<usize>().ok()).is_some_and(|number| number + 1 < args.len())
        })
}
