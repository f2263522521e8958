//! Changes to text, in the language of the file that it stands in.

use std::ops::Range;

use serde_json::Value;

use super::{bicep, json};
use crate::source::Language;

/// The offset and the text to insert there, to add a member to the object at `object`; `None` when no whole object is
/// written there. `value` is text of `language`.
pub fn insert_member(
    language: Language,
    text: &str,
    object: Range<usize>,
    key: &str,
    value: &str,
) -> Option<(usize, String)> {
    let is_whole = is_enclosed(text.get(object.clone())?, '{', '}');
    match language {
        Language::Json => is_whole.then(|| json::insert_member(text, object, key, value)),
        Language::Bicep => is_whole.then(|| bicep::insert_item(text, object, &bicep::property(key, value))),
        _ => None,
    }
}

/// The offset and the text to insert there, to add an element to the array at `array`; `None` when no whole array is
/// written there. `element` is text of `language`.
pub fn insert_element(language: Language, text: &str, array: Range<usize>, element: &str) -> Option<(usize, String)> {
    let is_whole = is_enclosed(text.get(array.clone())?, '[', ']');
    match language {
        Language::Json => is_whole.then(|| json::insert_element(text, array, element)),
        Language::Bicep => is_whole.then(|| bicep::insert_item(text, array, element)),
        _ => None,
    }
}

fn is_enclosed(text: &str, open: char, close: char) -> bool {
    text.strip_prefix(open).is_some_and(|rest| rest.ends_with(close))
}

/// The bytes to delete to remove the member of an object that stands at `member`, key to value; `None` in a language
/// that has no objects.
pub fn remove_member(language: Language, text: &str, member: Range<usize>) -> Option<Range<usize>> {
    match language {
        Language::Json => Some(json::remove_member(text, member)),
        Language::Bicep => Some(bicep::remove_item(text, member)),
        _ => None,
    }
}

/// The bytes to delete to remove the element at `element`; `None` when no array is written around it.
pub fn remove_element(language: Language, text: &str, element: Range<usize>) -> Option<Range<usize>> {
    let before = text.get(..element.start)?.trim_end();
    match language {
        Language::Json => {
            let is_literal = text.get(element.clone())?.starts_with('"');
            (is_literal && before.ends_with(['[', ','])).then(|| json::remove_element(text, element))
        }
        Language::Bicep => {
            if !text.get(element.clone())?.starts_with('\'') {
                return None;
            }
            let line = &text[text[..element.start].rfind('\n').map_or(0, |at| at + 1)..element.start];
            let rest = text[element.end..].trim_start_matches([' ', '\t']);
            let ends_line = rest.is_empty() || rest.starts_with(['\n', '\r']) || rest.starts_with("//");
            let is_item = if line.trim().is_empty() {
                ends_line && !before.ends_with(['(', ',', '?', ':', '='])
            } else {
                // Between the brackets of an array, not between those of a call.
                before.ends_with(['[', ',']) && line.rfind('[') > line.rfind(['(', ']'])
            };
            is_item.then(|| bicep::remove_item(text, element))
        }
        _ => None,
    }
}

/// `value` as text of `language`; `None` in a language of which none is written.
pub fn literal(language: Language, value: &Value) -> Option<String> {
    match language {
        Language::Json => Some(value.to_string()),
        Language::Bicep => Some(bicep::literal(value)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_added_to_what_is_broken() {
        let added = |text: &str| {
            [Language::Json, Language::Bicep].map(|language| insert_member(language, text, 0..text.len(), "k", "1"))
        };
        assert!(added("{}").iter().all(Option::is_some));
        for text in ["", "{", "}", "{ \"a\": 1", "[]", "x", "é"] {
            assert_eq!(added(text), [None, None], "{text}");
        }
        assert_eq!(insert_element(Language::Bicep, "['a'", 0..4, "'b'"), None);
    }

    #[test]
    fn only_what_stands_in_an_array_is_an_element() {
        let removed = |text: &str| {
            let start = text.find("'a'").unwrap();
            remove_element(Language::Bicep, text, start..start + 3).map(|range| text[range].to_owned())
        };
        assert_eq!(removed("x: [\n  'b'\n  'a'\n]").as_deref(), Some("  'a'\n"));
        assert_eq!(removed("x: ['b', 'a']").as_deref(), Some(", 'a'"));
        assert_eq!(removed("x: union(b, 'a')"), None);
        assert_eq!(removed("x: concat(['b'], 'a')"), None);
        assert_eq!(removed("x: c\n  ? 'b'\n  : 'a'\n"), None);
        assert_eq!(removed("x: union(\n  b,\n  'a'\n)"), None);
    }
}
