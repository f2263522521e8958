//! Strings of JSON: their text, and the way back from a place in it to the source.

use crate::source::{FileId, MappedText};

/// The text that the contents of a JSON string stand for. What is not an escape stands for itself; half of a surrogate
/// pair becomes U+FFFD.
pub fn decode(contents: &str) -> String {
    let mut text = String::with_capacity(contents.len());
    for piece in pieces(contents) {
        match piece.decoded {
            Some(decoded) => text.push(decoded),
            None => text.push_str(&contents[piece.start..piece.end]),
        }
    }
    text
}

/// The text that the contents of a JSON string stand for, with its places; the contents start at `start`.
pub fn decode_mapped(file: FileId, contents: &str, start: usize) -> MappedText<'static> {
    let mut text = MappedText::empty(file, start);
    for piece in pieces(contents) {
        match piece.decoded {
            Some(decoded) => text.push_escape(decoded.encode_utf8(&mut [0; 4]), start + piece.start..start + piece.end),
            None => text.push(&contents[piece.start..piece.end], start + piece.start),
        }
    }
    text
}

/// A map from places in a string's text to places in its source.
#[derive(Debug)]
pub struct OffsetMap {
    /// For each escape: the offset in the text just past it, and in the source.
    escapes: Vec<(usize, usize)>,
}

impl OffsetMap {
    /// The map of a string with these contents.
    pub fn new(contents: &str) -> Self {
        let mut escapes = Vec::new();
        let mut offset = 0;
        for piece in pieces(contents) {
            match piece.decoded {
                Some(decoded) => {
                    offset += decoded.len_utf8();
                    escapes.push((offset, piece.end));
                }
                None => offset += piece.end - piece.start,
            }
        }
        Self { escapes }
    }

    /// The offset in the contents of what is at `offset` in the text.
    pub fn source_offset(&self, offset: usize) -> usize {
        let at = self.escapes.partition_point(|(text, _)| *text <= offset);
        match at.checked_sub(1).map(|at| self.escapes[at]) {
            Some((text, source)) => source + (offset - text),
            None => offset,
        }
    }
}

/// A run of plain characters, or one escape and the character that it stands for.
struct Piece {
    start: usize,
    end: usize,
    decoded: Option<char>,
}

fn pieces(contents: &str) -> impl Iterator<Item = Piece> + '_ {
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at;
        let rest = &contents[start..];
        if rest.is_empty() {
            return None;
        }
        let (length, decoded) = match rest.find('\\') {
            Some(0) => match escape(rest) {
                Some((length, decoded)) => (length, Some(decoded)),
                // Not an escape: the backslash stands for itself.
                None => (1, None),
            },
            Some(plain) => (plain, None),
            None => (rest.len(), None),
        };
        at = start + length;
        Some(Piece { start, end: at, decoded })
    })
}

/// Length and character of the escape that `text` starts with; `None` when it is not one.
pub(super) fn escape(text: &str) -> Option<(usize, char)> {
    let simple = |decoded| Some((2, decoded));
    match text.as_bytes().get(1)? {
        b'"' => simple('"'),
        b'\\' => simple('\\'),
        b'/' => simple('/'),
        b'b' => simple('\u{8}'),
        b'f' => simple('\u{c}'),
        b'n' => simple('\n'),
        b'r' => simple('\r'),
        b't' => simple('\t'),
        b'u' => {
            let high = hex(text, 2)?;
            if !(0xd800..0xdc00).contains(&high) {
                return Some((6, char::from_u32(high).unwrap_or('\u{fffd}')));
            }
            let low = text.get(6..8).filter(|next| *next == "\\u").and_then(|_| hex(text, 8));
            match low {
                Some(low) if (0xdc00..0xe000).contains(&low) => {
                    let code = 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
                    Some((12, char::from_u32(code).unwrap_or('\u{fffd}')))
                }
                _ => Some((6, '\u{fffd}')),
            }
        }
        _ => None,
    }
}

fn hex(text: &str, at: usize) -> Option<u32> {
    let digits = text.get(at..at + 4).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
    u32::from_str_radix(digits, 16).ok()
}

/// A JSON string literal of `text`.
pub fn quote(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_decoded() {
        assert_eq!(decode(r#"a\"\\\/\n\u00e9\ud83d\ude00\ud83dx\q"#), "a\"\\/\n\u{e9}\u{1f600}\u{fffd}x\\q");
    }

    #[test]
    fn places_are_found_behind_escapes() {
        let contents = r#"[concat('\u00e9\"x\n', foo)]"#;
        let text = decode(contents);
        let map = OffsetMap::new(contents);
        let at = text.find("foo").unwrap();
        assert_eq!(map.source_offset(at), contents.find("foo").unwrap());
        assert_eq!(map.source_offset(0), 0);
        assert_eq!(map.source_offset(text.len()), contents.len());
    }

    #[test]
    fn every_piece_of_a_mapped_text_stands_where_it_is_written() {
        let contents = r#"az\n\"\u00e9\ud83d\ude00x\q"#;
        let mapped = decode_mapped(FileId(0), contents, 10);
        assert_eq!(mapped.text(), decode(contents));
        let written = |text: &str| {
            let at = mapped.text().find(text).unwrap();
            let span = mapped.span(at..at + text.len());
            &contents[span.start as usize - 10..span.end as usize - 10]
        };
        assert_eq!(written("az"), "az");
        assert_eq!(written("\n\""), "\\n\\\"");
        assert_eq!(written("\u{e9}"), "\\u00e9");
        assert_eq!(written("\u{1f600}x"), "\\ud83d\\ude00x");
        assert_eq!(written("x\\q"), "x\\q");
    }

    #[test]
    fn every_place_is_on_a_character_boundary() {
        let contents = "é\\ud83d\\ude00x\\u0041\\n";
        let (text, map) = (decode(contents), OffsetMap::new(contents));
        for (at, _) in text.char_indices() {
            assert!(contents.is_char_boundary(map.source_offset(at)));
        }
    }
}
