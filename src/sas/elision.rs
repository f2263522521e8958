//! What the author of a guide leaves out of a token, or leaves to the reader: `sig=...`, `se=<expiry>`, `***`.

use std::borrow::Cow;
use std::ops::Range;

use super::token::HOLE;

/// Longest name in brackets.
const MAX_NAME: usize = 64;

/// Fewest letters `x` in a row that stand for something else.
const LEAST_CROSSES: usize = 3;

/// `text` with [`HOLE`]s, as many bytes, in place of what is left out, and whether that may be several fields: dots stand
/// for anything, a name in brackets for one value.
pub(super) fn without_elisions(text: &str) -> (Cow<'_, str>, bool) {
    let mut holes: Vec<Range<usize>> = Vec::new();
    let mut is_abridged = false;
    let mut at = 0;
    while at < text.len() {
        let length = match text.as_bytes()[at] {
            b'.' => dots(&text[at..]).inspect(|_| is_abridged = true),
            b'*' => Some(run(&text[at..], b'*')),
            b'x' | b'X' => crosses(text, at),
            b'<' => bracketed(&text[at..], '>'),
            b'{' => bracketed(&text[at..], '}'),
            b'[' => bracketed(&text[at..], ']'),
            0xE2 if text[at..].starts_with('…') => Some('…'.len_utf8()).inspect(|_| is_abridged = true),
            _ => None,
        };
        if let Some(length) = length {
            holes.push(at..at + length);
        }
        at += length.unwrap_or(1);
    }
    if holes.is_empty() {
        return (Cow::Borrowed(text), false);
    }
    let mut filled = String::with_capacity(text.len());
    let mut end = 0;
    for hole in holes {
        filled.push_str(&text[end..hole.start]);
        filled.extend(hole.clone().map(|_| HOLE));
        end = hole.end;
    }
    filled.push_str(&text[end..]);
    (Cow::Owned(filled), is_abridged)
}

/// How many bytes `byte` at the start of `text` takes.
fn run(text: &str, byte: u8) -> usize {
    text.bytes().take_while(|other| *other == byte).count()
}

fn dots(text: &str) -> Option<usize> {
    Some(run(text, b'.')).filter(|length| *length >= 3)
}

/// `xxx` for all of a value; a signature may have such letters in a row.
fn crosses(text: &str, at: usize) -> Option<usize> {
    let length = text[at..].bytes().take_while(|byte| byte.eq_ignore_ascii_case(&b'x')).count();
    let is_value =
        text[..at].ends_with('=') && matches!(text.as_bytes().get(at + length), None | Some(b'&' | b'"' | b'\''));
    (length >= LEAST_CROSSES && is_value).then_some(length)
}

/// A name with its brackets. No token has such brackets.
fn bracketed(text: &str, close: char) -> Option<usize> {
    let inner = text.get(1..)?;
    let end = inner.char_indices().take(MAX_NAME).find(|(_, letter)| *letter == close || *letter == '&')?;
    (end.1 == close).then_some(end.0 + 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> (String, bool) {
        let (text, is_abridged) = without_elisions(text);
        (text.replace(HOLE, "_"), is_abridged)
    }

    #[test]
    fn what_is_left_out_becomes_holes_of_its_length() {
        for (text, expected, is_abridged) in [
            ("sv=2019-02-02&...", "sv=2019-02-02&___", true),
            ("se=…&sp=r", "se=___&sp=r", true),
            ("sig=a1b2....", "sig=a1b2____", true),
            ("se=<the expiry>&sig=***", "se=____________&sig=___", false),
            ("se={expiry}&sig=[signature]", "se=________&sig=___________", false),
            ("sig=xxxxx&sp=XXX", "sig=_____&sp=___", false),
        ] {
            assert_eq!(shown(text), (expected.to_owned(), is_abridged), "{text}");
        }
    }

    #[test]
    fn what_a_token_says_stays() {
        for text in ["", "é", "sp=x&sip=10.0.0.1", "sp=xx&sig=axxxxb%3D", "sig=a<b&c>d", "a[b", "1..2"] {
            assert_eq!(shown(text), (text.to_owned(), false), "{text}");
        }
    }
}
