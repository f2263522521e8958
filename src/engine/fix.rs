//! From a rule's fix to edits of the text. Only what is written out can be edited: what an expression computes is left to
//! the author.

use std::collections::BTreeMap;

use super::check::Check;
use super::query::{Found, Path, Start};
use super::rule::{Change, Fix};
use super::test::similar;
use crate::diagnostic::{self, Edit, Safety};
use crate::evaluate::Instance;
use crate::evaluate::value::Value;
use crate::source::{Language, Sources, Span};
use crate::syntax::expression::{Expr, ExprKind, Member};
use crate::syntax::{bicep, edit, json};

/// The edits that make `fix` with this safety, or `None` when the text there is not a literal that can be edited.
pub fn build<'t>(
    check: &mut Check<'_, 't>,
    instance: &Instance<'t>,
    fix: &Fix,
    safety: Safety,
    at: &Found,
) -> Option<diagnostic::Fix> {
    let body = &instance.resource.body;
    match &fix.change {
        Change::Replace(_) | Change::Spelling(_) | Change::Similar(_) => {
            replace_value(check.sources, at, &right(fix, at)?, safety)
        }
        Change::Part(parts) => replace_part(check.sources, at.value()?.origin.span?, parts, safety),
        Change::RemoveElement => remove_element(check.sources, at.value()?, safety),
        Change::Set(path, value) => {
            let found = path.find(check.evaluator, &Start::Resource(instance)).into_iter().next()?;
            match &found {
                Found::Value { .. } => replace_value(check.sources, &found, value, safety),
                Found::Absent { .. } => insert_property(check.sources, body, path, value, safety),
                Found::Hidden { .. } => None,
            }
        }
        Change::Remove(path) if path.is_relative() => {
            let key = at.key()?;
            remove_member(check.sources, member_with_key(body, key)?, safety)
        }
        Change::Remove(path) => remove_property(check.sources, body, path, safety),
    }
}

/// What a fix puts in the place of the value where the finding is.
pub fn right(fix: &Fix, at: &Found) -> Option<serde_json::Value> {
    match &fix.change {
        Change::Replace(value) => Some(value.clone()),
        Change::Spelling(spellings) => {
            let text = at.value()?.as_str()?;
            spellings.iter().find(|(wrong, _)| wrong.eq_ignore_ascii_case(text)).map(|(_, right)| right.as_str().into())
        }
        Change::Similar(names) => similar(at.value()?.as_str()?, names).map(Into::into),
        _ => None,
    }
}

/// Replaces the first of these parts that the text at `span` has.
fn replace_part(
    sources: &Sources,
    span: Span,
    parts: &BTreeMap<String, String>,
    safety: Safety,
) -> Option<diagnostic::Fix> {
    let text = sources.text(span).to_ascii_lowercase();
    let found = parts.iter().find_map(|(old, new)| Some((text.find(&old.to_ascii_lowercase())?, old, new)));
    let (at, old, new) = found?;
    let start = span.start as usize + at;
    let edits = vec![Edit { span: Span::new(span.file, start, start + old.len()), replacement: new.clone() }];
    Some(diagnostic::Fix { title: format!("replace `{old}` by `{new}`"), safety, edits })
}

/// Replaces a literal by another value.
pub fn replace_value(
    sources: &Sources,
    at: &Found,
    value: &serde_json::Value,
    safety: Safety,
) -> Option<diagnostic::Fix> {
    let found = at.value()?;
    let span = found.origin.span?;
    let written = sources.text(span);
    if found.as_str().is_some_and(|text| is_cut_out(written, text)) {
        return None;
    }
    let replacement = match sources.file(span.file).language() {
        Language::Json => literal_like(written, value)?,
        Language::Bicep => bicep::indented(sources.before(span), &bicep_like(sources.before(span), written, value)?),
        _ => return None,
    };
    let title = format!("replace by {}", shown(value));
    Some(diagnostic::Fix { title, safety, edits: vec![Edit { span, replacement }] })
}

/// Whether `text` is only a part of the literal `written`, as an element of a split string is.
fn is_cut_out(written: &str, text: &str) -> bool {
    let bare = written.trim_matches(['"', '\'']);
    bare.len() > text.len() && bare.contains(text) && !bare.starts_with("[[")
}

/// Adds a property, if the object that should hold it is written out.
pub fn insert_property(
    sources: &Sources,
    body: &Expr,
    path: &Path,
    value: &serde_json::Value,
    safety: Safety,
) -> Option<diagnostic::Fix> {
    let (last, parents) = path.names()?.split_last()?;
    let object = match member_at(body, parents) {
        Some(member) => &member.value,
        None if parents.is_empty() => body,
        None => return None,
    };
    let (ExprKind::Object(_), [key]) = (&object.kind, last.as_slice()) else { return None };
    if let Some(member) = object.member(key) {
        // What an expression makes null is left to the author.
        let span = member.value.span;
        let replacement = match sources.file(span.file).language() {
            Language::Json => value.to_string(),
            Language::Bicep => bicep::indented(sources.before(span), &bicep::literal(value)),
            _ => return None,
        };
        let edits = vec![Edit { span, replacement }];
        let title = format!("set `{key}` to {}", shown(value));
        return matches!(member.value.kind, ExprKind::Null).then_some(diagnostic::Fix { title, safety, edits });
    }
    let written = edit::literal(sources.file(object.span.file).language(), value)?;
    let title = format!("add `{key}` with the value {}", shown(value));
    Some(diagnostic::Fix { title, safety, edits: vec![insert_member(sources, object.span, key, &written)?] })
}

/// Adds a member to the object literal at `object`, if one is written there; `value` is written in the language of its
/// file.
pub fn insert_member(sources: &Sources, object: Span, key: &str, value: &str) -> Option<Edit> {
    let file = sources.file(object.file);
    let (at, replacement) = edit::insert_member(file.language(), file.text(), object.range(), key, value)?;
    Some(Edit { span: Span::new(object.file, at, at), replacement })
}

/// Adds an element to the array literal at `array`, if one is written there; `element` is written in the language of
/// its file.
pub fn insert_element(sources: &Sources, array: Span, element: &str) -> Option<Edit> {
    let file = sources.file(array.file);
    let (at, replacement) = edit::insert_element(file.language(), file.text(), array.range(), element)?;
    Some(Edit { span: Span::new(array.file, at, at), replacement })
}

/// Removes a property, if it is written out.
pub fn remove_property(sources: &Sources, body: &Expr, path: &Path, safety: Safety) -> Option<diagnostic::Fix> {
    remove_member(sources, member_at(body, path.names()?)?, safety)
}

fn remove_member(sources: &Sources, member: &Member, safety: Safety) -> Option<diagnostic::Fix> {
    let source = sources.file(member.key.span.file);
    let range = member.key.span.cover(member.value.span).range();
    let range = edit::remove_member(source.language(), source.text(), range)?;
    let span = Span::new(member.key.span.file, range.start, range.end);
    let title = format!("remove `{}`", member.key.as_str()?);
    Some(diagnostic::Fix { title, safety, edits: vec![Edit { span, replacement: String::new() }] })
}

/// Removes an element of an array, if both are written out.
pub fn remove_element(sources: &Sources, element: &Value, safety: Safety) -> Option<diagnostic::Fix> {
    let span = element.origin.span?;
    let source = sources.file(span.file);
    let range = edit::remove_element(source.language(), source.text(), span.range())?;
    let title = format!("remove `{}`", element.as_str()?);
    let span = Span::new(span.file, range.start, range.end);
    Some(diagnostic::Fix { title, safety, edits: vec![Edit { span, replacement: String::new() }] })
}

/// Replaces the first `old` in the string literal at `span` by `new`; `None` when it does not stand there as it is.
pub fn replace_in_literal(
    sources: &Sources,
    span: Span,
    old: &str,
    new: &str,
    safety: Safety,
) -> Option<diagnostic::Fix> {
    let written = sources.text(span);
    if written.starts_with("\"[") && !written.starts_with("\"[[") {
        return None;
    }
    let at = written.find(old)?;
    if sources.file(span.file).language() == Language::Bicep && has_hole(&written[..at]) {
        return None;
    }
    let start = span.start as usize + at;
    let title = if new.is_empty() { format!("remove `{old}`") } else { format!("replace `{old}` by `{new}`") };
    let span = Span::new(span.file, start, start + old.len());
    Some(diagnostic::Fix { title, safety, edits: vec![Edit { span, replacement: new.to_owned() }] })
}

/// The member, at any depth of nested object literals, whose key is written at `key`.
fn member_with_key(body: &Expr, key: Span) -> Option<&Member> {
    let ExprKind::Object(members) = &body.kind else { return None };
    members
        .iter()
        .find_map(|member| if member.key.span == key { Some(member) } else { member_with_key(&member.value, key) })
}

/// The member of nested object literals that a path of names leads to.
fn member_at<'t>(body: &'t Expr, names: &[Vec<String>]) -> Option<&'t Member> {
    let (last, parents) = names.split_last()?;
    let holder = if parents.is_empty() { body } else { &member_at(body, parents)?.value };
    last.iter().find_map(|name| holder.member(name))
}

/// `value` as a literal of the kind that `written` is: JSON, or a string inside an expression.
fn literal_like(written: &str, value: &serde_json::Value) -> Option<String> {
    match written.as_bytes().first()? {
        b'"' if written.starts_with("\"[") && !written.starts_with("\"[[") && written.ends_with("]\"") => None,
        b'\'' => {
            let quoted = json::quote(&value.as_str()?.replace('\'', "''"));
            Some(format!("'{}'", &quoted[1..quoted.len() - 1]))
        }
        b'"' | b'0'..=b'9' | b'-' => Some(value.to_string()),
        // Not a call such as `take(…)`, `format(…)` or `newGuid()`.
        _ => matches!(written, "true" | "false" | "null").then(|| value.to_string()),
    }
}

/// `value` as Bicep text of the kind that `written` after `before` is: a literal, or a part of the text of one.
fn bicep_like(before: &str, written: &str, value: &serde_json::Value) -> Option<String> {
    match written.as_bytes().first()? {
        b'\'' => (!has_hole(written)).then(|| bicep::literal(value)),
        _ if before.ends_with(['\'', '@', '}']) => value.as_str().map(bicep::escape),
        b'0'..=b'9' | b'-' => Some(bicep::literal(value)),
        _ => matches!(written, "true" | "false" | "null").then(|| bicep::literal(value)),
    }
}

/// Whether a string of Bicep holds `${…}`.
fn has_hole(written: &str) -> bool {
    written.match_indices("${").any(|(at, _)| !written[..at].ends_with('\\'))
}

fn shown(value: &serde_json::Value) -> String {
    match value.as_str() {
        Some(text) => format!("'{text}'"),
        None => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::{is_cut_out, literal_like};

    #[test]
    fn a_part_of_a_literal_is_not_replaced_for_the_whole() {
        assert!(is_cut_out("\"app:1;Web:2\"", "Web:2"));
        for (written, text) in [("\"Web:2\"", "Web:2"), ("'it''s'", "it's"), ("\"[[x]\"", "[x]"), ("\"\"", "")] {
            assert!(!is_cut_out(written, text), "{written}");
        }
    }

    #[test]
    fn a_literal_is_replaced_by_one_of_its_kind() {
        let value = serde_json::json!("it's");
        assert_eq!(literal_like("\"x\"", &value).as_deref(), Some("\"it's\""));
        assert_eq!(literal_like("'x'", &value).as_deref(), Some("'it''s'"));
        assert_eq!(literal_like("\"[concat('x')]\"", &value), None);
        assert_eq!(literal_like("concat('x')", &value), None);
        assert_eq!(literal_like("format('x')", &value), None);
        assert_eq!(literal_like("null", &value).as_deref(), Some("\"it's\""));
    }
}
