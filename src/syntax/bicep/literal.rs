//! What the tokens of strings stand for.

use std::sync::Arc;

use super::token::TokenKind;
use crate::source::{FileId, MappedText};

/// The quotes of a string: `dollars` before `'''`, or one quote.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Quotes {
    pub(super) is_multi_line: bool,
    pub(super) dollars: usize,
}

impl Quotes {
    /// The quotes of a string whose first token is `token`.
    pub(super) fn of(token: &str) -> Self {
        let dollars = token.len() - token.trim_start_matches('$').len();
        Self { is_multi_line: token[dollars..].starts_with("'''"), dollars }
    }

    /// How many bytes of a token stand before and after its text.
    pub(super) fn margins(self, kind: TokenKind) -> (usize, usize) {
        let quotes = if self.is_multi_line { 3 } else { 1 };
        let hole = if self.is_multi_line { self.dollars + 1 } else { 2 };
        match kind {
            TokenKind::StringLeft => (self.dollars + quotes, hole),
            TokenKind::StringMiddle => (1, hole),
            TokenKind::StringRight => (1, quotes),
            _ => (self.dollars + quotes, quotes),
        }
    }
}

/// The text between the margins of a token and what it stands for; `None` when the token is malformed.
pub(super) fn cook(token: &str, kind: TokenKind, quotes: Quotes) -> Option<Arc<str>> {
    let (before, after) = quotes.margins(kind);
    let closes = match kind {
        TokenKind::StringLeft | TokenKind::StringMiddle => token.ends_with('{'),
        _ if quotes.is_multi_line => token.ends_with("'''"),
        _ => token.ends_with('\''),
    };
    if !closes {
        return None;
    }
    let raw = token.get(before..token.len().checked_sub(after)?)?;
    if !quotes.is_multi_line {
        return unescape(raw);
    }
    let is_first = matches!(kind, TokenKind::StringLeft | TokenKind::StringComplete);
    let text = if is_first { raw.strip_prefix("\r\n").or(raw.strip_prefix('\n')).unwrap_or(raw) } else { raw };
    Some(text.into())
}

/// `text` with its places, where it is what the literal `written` at `start`, which has no holes, stands for.
pub fn decode_mapped(file: FileId, written: &str, start: usize, text: &str) -> Option<MappedText<'static>> {
    let (before, after) = Quotes::of(written).margins(TokenKind::StringComplete);
    let raw = written.get(before..written.len().checked_sub(after)?)?;
    decode_segment(file, raw, start + before, text)
}

/// `text` with its places, where it is what `raw`, at `start` between quotes and holes of a string, stands for.
pub fn decode_segment(file: FileId, raw: &str, start: usize, text: &str) -> Option<MappedText<'static>> {
    // A string of several lines has no escapes, and starts after the first line break.
    let verbatim = raw.strip_suffix(text).filter(|skipped| matches!(*skipped, "" | "\n" | "\r\n"));
    if let Some(skipped) = verbatim {
        return Some(MappedText::plain(file, text, start + skipped.len()).into_owned());
    }
    let mut mapped = MappedText::empty(file, start);
    let mut at = 0;
    while let Some(plain) = memchr::memchr(b'\\', &raw.as_bytes()[at..]) {
        mapped.push(&raw[at..at + plain], start + at);
        at += plain;
        let (value, length) = escape(&raw[at..]).ok()?;
        mapped.push_escape(value.encode_utf8(&mut [0; 4]), start + at..start + at + length);
        at += length;
    }
    mapped.push(&raw[at..], start + at);
    (mapped.text() == text).then_some(mapped)
}

fn unescape(raw: &str) -> Option<Arc<str>> {
    let Some(mut found) = memchr::memchr(b'\\', raw.as_bytes()) else { return Some(raw.into()) };
    let mut text = String::with_capacity(raw.len());
    let mut rest = raw;
    loop {
        text.push_str(&rest[..found]);
        let (value, length) = escape(&rest[found..]).ok()?;
        text.push(value);
        rest = &rest[found + length..];
        match memchr::memchr(b'\\', rest.as_bytes()) {
            Some(next) => found = next,
            None => break,
        }
    }
    text.push_str(rest);
    Some(text.into())
}

/// The character that the escape at the start of `text` stands for and the escape's length; or the length of what is
/// none.
pub(super) fn escape(text: &str) -> Result<(char, usize), usize> {
    let mut chars = text.chars();
    chars.next();
    match chars.next() {
        Some('n') => Ok(('\n', 2)),
        Some('r') => Ok(('\r', 2)),
        Some('t') => Ok(('\t', 2)),
        Some(same @ ('\\' | '\'' | '$')) => Ok((same, 2)),
        Some('u') => {
            let Some(rest) = text[2..].strip_prefix('{') else { return Err(2) };
            let digits = rest.bytes().take_while(u8::is_ascii_hexdigit).count();
            if digits == 0 || rest.as_bytes().get(digits) != Some(&b'}') {
                return Err(3 + digits);
            }
            let length = digits + 4;
            let value = u32::from_str_radix(&rest[..digits], 16).ok().filter(|&value| value <= 0x10_FFFF);
            match value {
                Some(value @ 0xD800..=0xDBFF) => Ok(match low_surrogate(&text[length..]) {
                    Some((low, more)) => (paired(value, low), length + more),
                    None => (char::REPLACEMENT_CHARACTER, length),
                }),
                Some(value) => Ok((char::from_u32(value).unwrap_or(char::REPLACEMENT_CHARACTER), length)),
                None => Err(length),
            }
        }
        Some('\n' | '\r') | None => Err(1),
        Some(other) => Err(1 + other.len_utf8()),
    }
}

/// The second half of a surrogate pair, written as an escape at the start of `text`, and the escape's length. Half of a
/// pair is a character in UTF-16 but none in UTF-8.
fn low_surrogate(text: &str) -> Option<(u32, usize)> {
    let rest = text.strip_prefix("\\u{")?;
    let (digits, after) = rest.split_at(rest.bytes().take_while(u8::is_ascii_hexdigit).count());
    let value = u32::from_str_radix(digits, 16).ok()?;
    (after.starts_with('}') && (0xDC00..=0xDFFF).contains(&value)).then_some((value, digits.len() + 4))
}

fn paired(high: u32, low: u32) -> char {
    let value = 0x1_0000 + ((high & 0x3FF) << 10) + (low & 0x3FF);
    char::from_u32(value).unwrap_or(char::REPLACEMENT_CHARACTER)
}

#[cfg(test)]
mod tests {
    use super::decode_mapped;
    use crate::source::FileId;
    use crate::syntax::bicep::{Dialect, ExprKind, StatementKind, StringLiteral, parse};

    fn string(text: &str) -> StringLiteral {
        let (program, errors) = parse(FileId(0), text, Dialect::Template);
        assert_eq!(errors, [], "{text}");
        let StatementKind::Variable { value, .. } = &program.statements[0].kind else { panic!("{text}") };
        let ExprKind::String(string) = &value.kind else { panic!("{text}") };
        (**string).clone()
    }

    fn texts(text: &str) -> Vec<String> {
        string(text).segments.iter().map(|segment| segment.text.to_string()).collect()
    }

    #[test]
    fn escapes_are_resolved() {
        assert_eq!(
            texts(r"var a = 'it\'s \\ \$\{b} $c \u{1F600}\n'".replace(r"\$\{", r"\${").as_str()),
            ["it's \\ ${b} $c \u{1F600}\n"]
        );
        assert_eq!(texts("var a = ''"), [""]);
    }

    #[test]
    fn two_escapes_may_be_the_halves_of_one_character() {
        assert_eq!(texts(r"var a = 'x\u{D83D}\u{de00}y'"), ["x\u{1F600}y"]);
        assert_eq!(texts(r"var a = '\u{D83D}-\u{DE00}'"), ["\u{FFFD}-\u{FFFD}"]);
        let (_, errors) = parse(FileId(0), r"var a = '\u{D83D}\u{+DE00}'", Dialect::Template);
        assert_eq!(errors.len(), 1);
    }

    #[test]
    fn pieces_have_their_own_spans() {
        let text = "var a = 'x${b}\\n${'y${c}'}'";
        let found = string(text);
        let spans: Vec<_> = found.segments.iter().map(|segment| &text[segment.span.range()]).collect();
        assert_eq!(spans, ["x", "\\n", ""]);
        assert_eq!(texts(text), ["x", "\n", ""]);
        let holes: Vec<_> = found.holes.iter().map(|hole| &text[hole.span.range()]).collect();
        assert_eq!((holes, &text[found.span.range()]), (vec!["b", "'y${c}'"], &text[8..]));
    }

    #[test]
    fn the_text_of_a_string_stands_where_it_is_written() {
        let places = |text: &str, wanted: &str| {
            let found = string(text);
            let written = &text[found.span.range()];
            let mapped = decode_mapped(FileId(0), written, found.span.start as usize, found.as_str().unwrap()).unwrap();
            let at = mapped.text().find(wanted).unwrap();
            text[mapped.span(at..at + wanted.len()).range()].to_owned()
        };
        assert_eq!(places(r"var a = 'az\n\'x\u{e9}y'", "\n'"), r"\n\'");
        assert_eq!(places(r"var a = 'az\n\'x\u{e9}y'", "\u{e9}y"), r"\u{e9}y");
        assert_eq!(places("var a = '''\naz \\n\nacr'''", "az \\n\nacr"), "az \\n\nacr");
        assert_eq!(places("var a = '''\r\naz\r\n'''", "az\r"), "az\r");
        assert_eq!(places("var a = $'''az'''", "az"), "az");
        assert_eq!(decode_mapped(FileId(0), "'az'", 0, "acr"), None);
        assert_eq!(decode_mapped(FileId(0), "'", 0, ""), None);
        assert_eq!(decode_mapped(FileId(0), "loadTextContent('x')", 0, "az"), None);
    }

    #[test]
    fn multi_line_strings_are_verbatim() {
        assert_eq!(texts("var a = '''\na\\n${b}\n'''"), ["a\\n${b}\n"]);
        assert_eq!(texts("var a = '''\r\na\r\n'''"), ["a\r\n"]);
        assert_eq!(texts("var a = '''a'''''"), ["a''"]);
        assert_eq!(texts("var a = $'''\n${b} $c $${d}'''"), ["", " $c $", ""]);
        assert_eq!(texts("var a = $$'''${b} $$${c}'''"), ["${b} $", ""]);
    }
}
