//! Where to change JSON text so that it stays JSON, and keeps its author's layout.

use std::ops::Range;

/// The bytes to delete to remove the member of an object that stands at `member`, key to value: the member, one comma
/// next to it and the blanks between.
pub fn remove_member(text: &str, member: Range<usize>) -> Range<usize> {
    remove_element(text, member)
}

/// The bytes to delete to remove the element of an array that stands at `element`.
pub fn remove_element(text: &str, element: Range<usize>) -> Range<usize> {
    let before = text[..element.start].trim_end();
    let after = &text[element.end..];
    let blanks = after.len() - after.trim_start().len();
    if let Some(rest) = after.trim_start().strip_prefix(',') {
        // What follows moves up to where this one stood.
        let gap = rest.len() - rest.trim_start().len();
        return element.start..element.end + blanks + 1 + gap;
    }
    if before.ends_with(',') {
        return before.len() - 1..element.end;
    }
    before.len()..element.end + blanks
}

/// The offset and the text to insert there, to add a member to the object at `object`; `value` is JSON text.
pub fn insert_member(text: &str, object: Range<usize>, key: &str, value: &str) -> (usize, String) {
    insert_element(text, object, &format!("{}: {value}", super::quote(key)))
}

/// The offset and the text to insert there, to add `element`, which is JSON text, to the array at `array`.
pub fn insert_element(text: &str, array: Range<usize>, element: &str) -> (usize, String) {
    let inside = &text[array.start + 1..array.end - 1];
    let last = array.start + 1 + inside.trim_end().len();
    if inside.trim().is_empty() {
        return (array.start + 1, element.to_owned());
    }
    let comma = if inside.trim_end().ends_with(',') { "" } else { "," };
    let first = inside.len() - inside.trim_start().len();
    let layout = if inside[..first].contains('\n') { &inside[..first] } else { " " };
    (last, format!("{comma}{layout}{element}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn removed(text: &str, element: &str) -> String {
        let start = text.find(element).unwrap();
        let range = remove_member(text, start..start + element.len());
        format!("{}{}", &text[..range.start], &text[range.end..])
    }

    #[test]
    fn a_comma_goes_with_the_member() {
        assert_eq!(removed("{\"a\": 1, \"b\": 2}", "\"a\": 1"), "{\"b\": 2}");
        assert_eq!(removed("{\"a\": 1, \"b\": 2}", "\"b\": 2"), "{\"a\": 1}");
        assert_eq!(removed("{ \"a\": 1 }", "\"a\": 1"), "{}");
        assert_eq!(removed("{\n  \"a\": 1,\n  \"b\": 2\n}", "\"b\": 2"), "{\n  \"a\": 1\n}");
        assert_eq!(removed("{\n  \"a\": 1,\n  \"b\": 2\n}", "\"a\": 1"), "{\n  \"b\": 2\n}");
    }

    fn inserted(text: &str) -> String {
        let (at, new) = insert_member(text, 0..text.len(), "k", "true");
        format!("{}{new}{}", &text[..at], &text[at..])
    }

    #[test]
    fn a_new_member_is_laid_out_like_the_others() {
        assert_eq!(inserted("{}"), "{\"k\": true}");
        assert_eq!(inserted("{\"a\": 1}"), "{\"a\": 1, \"k\": true}");
        assert_eq!(inserted("{\n  \"a\": 1\n}"), "{\n  \"a\": 1,\n  \"k\": true\n}");
        assert_eq!(inserted("{\n  \"a\": 1,\n}"), "{\n  \"a\": 1,\n  \"k\": true\n}");
    }
}
