//! Where to change Bicep text so that it stays Bicep, and keeps its author's layout.

use std::ops::Range;

use serde_json::Value;

/// The bytes to delete to remove the property or array item that stands at `item`: its whole line where it has lines of
/// its own, else the item with one comma next to it.
pub fn remove_item(text: &str, item: Range<usize>) -> Range<usize> {
    let start = line_start(text, item.start);
    let after = &text[item.end..];
    let blanks = after.len() - after.trim_start_matches([' ', '\t']).len();
    let rest = &after[blanks..];
    let line = item.end + after.find('\n').map_or(after.len(), |at| at + 1);
    if text[start..item.start].trim().is_empty()
        && (rest.is_empty() || rest.starts_with(['\n', '\r']) || rest.starts_with("//"))
    {
        return start..line;
    }
    if let Some(rest) = rest.strip_prefix(',') {
        let gap = rest.len() - rest.trim_start_matches([' ', '\t']).len();
        return item.start..item.end + blanks + 1 + gap;
    }
    let before = text[..item.start].trim_end_matches([' ', '\t']);
    match before.strip_suffix(',') {
        Some(kept) => kept.len()..item.end,
        None => before.len()..item.end + blanks,
    }
}

/// A property as it stands in an object; `value` is Bicep text.
pub fn property(name: &str, value: &str) -> String {
    format!("{}: {value}", key(name))
}

/// The offset and the text to insert there, to add `item` to the object or array at `holder`.
pub fn insert_item(text: &str, holder: Range<usize>, item: &str) -> (usize, String) {
    let (open, close) = (holder.start + 1, holder.end - 1);
    let inside = &text[open..close];
    if !inside.contains('\n') && !inside.trim().is_empty() {
        let comma = if inside.trim_end().ends_with(',') { "" } else { "," };
        return (open + inside.trim_end().len(), format!("{comma} {item}"));
    }
    let end_of_line = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let outer = indentation(text, line_start(text, holder.start));
    let own = line_start(text, close);
    // What is alone on its line tells how deep the siblings stand.
    let first = inside.len() - inside.trim_start().len();
    let sibling = inside[..first].rfind('\n').map(|at| &inside[at + 1..first]);
    let deeper = format!("{outer}  ");
    let indent = if inside.trim().is_empty() { &deeper } else { sibling.unwrap_or(&deeper) };
    let item = format!("{indent}{}", item.replace('\n', &format!("{end_of_line}{indent}")));
    if own > holder.start && text[own..close].trim().is_empty() {
        return (own, format!("{item}{end_of_line}"));
    }
    let at = open + inside.trim_end_matches([' ', '\t']).len();
    (at, format!("{end_of_line}{item}{end_of_line}{outer}"))
}

/// `value` as Bicep text; an object that is not empty takes several lines, the first without indentation.
pub fn literal(value: &Value) -> String {
    match value {
        Value::String(text) => quote(text),
        Value::Array(items) => several('[', items.iter().map(literal), ']'),
        Value::Object(members) => {
            several('{', members.iter().map(|(name, value)| property(name, &literal(value))), '}')
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => value.to_string(),
    }
}

/// `lines` after `before`: the second and later lines are indented like the line that they begin in.
pub fn indented(before: &str, lines: &str) -> String {
    let indent = indentation(before, line_start(before, before.len()));
    lines.replace('\n', &format!("\n{indent}"))
}

fn several(open: char, lines: impl Iterator<Item = String>, close: char) -> String {
    let lines: Vec<String> = lines.map(|line| line.replace('\n', "\n  ")).collect();
    if lines.is_empty() { format!("{open}{close}") } else { format!("{open}\n  {}\n{close}", lines.join("\n  ")) }
}

/// A property's name, in quotes where it is no identifier.
fn key(name: &str) -> String {
    let is_word = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if is_word && name.starts_with(|c: char| !c.is_ascii_digit()) { name.to_owned() } else { quote(name) }
}

/// `text` as a string literal.
pub fn quote(text: &str) -> String {
    format!("'{}'", escape(text))
}

/// `text` as it stands between the quotes of a string literal.
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\\' => escaped.push_str("\\\\"),
            '\'' => escaped.push_str("\\'"),
            '\n' => escaped.push_str("\\n"),
            '\r' => escaped.push_str("\\r"),
            '\t' => escaped.push_str("\\t"),
            '$' if chars.peek() == Some(&'{') => escaped.push_str("\\$"),
            c => escaped.push(c),
        }
    }
    escaped
}

fn line_start(text: &str, at: usize) -> usize {
    text[..at].rfind('\n').map_or(0, |newline| newline + 1)
}

fn indentation(text: &str, line: usize) -> &str {
    let rest = &text[line..];
    &rest[..rest.len() - rest.trim_start_matches([' ', '\t']).len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn removed(text: &str, item: &str) -> String {
        let start = text.find(item).unwrap();
        let range = remove_item(text, start..start + item.len());
        format!("{}{}", &text[..range.start], &text[range.end..])
    }

    #[test]
    fn an_item_goes_with_its_line_or_its_comma() {
        assert_eq!(removed("{\n  a: 1\n  b: 2\n}", "a: 1"), "{\n  b: 2\n}");
        assert_eq!(removed("{\r\n  a: 1 // why\r\n  b: 2\r\n}", "a: 1"), "{\r\n  b: 2\r\n}");
        assert_eq!(removed("{ a: 1, b: 2 }", "a: 1"), "{ b: 2 }");
        assert_eq!(removed("{ a: 1, b: 2 }", "b: 2"), "{ a: 1 }");
        assert_eq!(removed("['a']", "'a'"), "[]");
    }

    fn inserted(text: &str, object: &str, value: &str) -> String {
        let start = text.find(object).unwrap();
        let (at, new) = insert_item(text, start..start + object.len(), &property("k", value));
        format!("{}{new}{}", &text[..at], &text[at..])
    }

    #[test]
    fn a_new_property_is_laid_out_like_the_others() {
        assert_eq!(inserted("{ a: 1 }", "{ a: 1 }", "true"), "{ a: 1, k: true }");
        assert_eq!(inserted("{\n  a: 1 // why\n}", "{\n  a: 1 // why\n}", "true"), "{\n  a: 1 // why\n  k: true\n}");
        assert_eq!(inserted("  x: {}", "{}", "true"), "  x: {\n    k: true\n  }");
        assert_eq!(
            inserted("{\r\n  a: 1\r\n}", "{\r\n  a: 1\r\n}", "{\n  b: 2\n}"),
            "{\r\n  a: 1\r\n  k: {\r\n    b: 2\r\n  }\r\n}"
        );
        assert_eq!(inserted("{\n}", "{\n}", "true"), "{\n  k: true\n}");
    }

    #[test]
    fn a_value_is_spelt_as_bicep_spells_it() {
        assert_eq!(literal(&serde_json::json!("it's ${a} \\")), r"'it\'s \${a} \\'");
        assert_eq!(
            literal(&serde_json::json!({"a-b": [1, null], "c": {}})),
            "{\n  'a-b': [\n    1\n    null\n  ]\n  c: {}\n}"
        );
    }
}
