//! Text that a terminal, or a reader's eye, cannot take for something else.

use std::borrow::Cow;
use std::fmt::Write;

/// Whether a character acts on a terminal or on the order or visibility of the text around it: controls, bidirectional
/// formatting, invisible spaces and separators. Joiners stay, since scripts and emoji need them.
pub(super) fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// `text` on one line, with every character that acts on a terminal as an escape: `\n`, `\u{1b}`.
pub fn escaped(text: &str) -> Cow<'_, str> {
    if !text.contains(is_unsafe) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        if is_unsafe(c) { safe.extend(c.escape_default()) } else { safe.push(c) }
    }
    Cow::Owned(safe)
}

/// `text` with unsafe characters as question marks, as many as they have bytes; tabs stay.
pub(super) fn blanked(text: &str) -> Cow<'_, str> {
    let is_unsafe = |c: char| c != '\t' && is_unsafe(c);
    if !text.contains(is_unsafe) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        if is_unsafe(c) { safe.extend(std::iter::repeat_n('?', c.len_utf8())) } else { safe.push(c) }
    }
    Cow::Owned(safe)
}

/// The JSON text `json` with unsafe characters, which can only stand in its strings, as JSON escapes. Line breaks between
/// its values stay.
pub(super) fn escaped_json(json: &str) -> Cow<'_, str> {
    let is_unsafe = |c: char| c != '\n' && is_unsafe(c);
    if !json.contains(is_unsafe) {
        return Cow::Borrowed(json);
    }
    let mut safe = String::with_capacity(json.len() + 16);
    for c in json.chars() {
        if is_unsafe(c) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                // Writing to a string cannot fail.
                let _ = write!(safe, "\\u{unit:04x}");
            }
        } else {
            safe.push(c);
        }
    }
    Cow::Owned(safe)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_unsafe_is_left() {
        let text = "a\u{1b}[31m\u{202e}\tb\u{e0001}é\n";
        assert_eq!(escaped(text), r"a\u{1b}[31m\u{202e}\tb\u{e0001}é\n");
        assert_eq!(blanked(text), "a?[31m???\tb????é?");
        assert_eq!(blanked(text).len(), text.len());
        let json = serde_json::Value::from(text).to_string();
        let safe = escaped_json(&json);
        assert!(!safe.contains(is_unsafe));
        assert_eq!(serde_json::from_str::<String>(&safe).ok().as_deref(), Some(text));
    }
}
