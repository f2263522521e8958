//! From the text of a token, or of a URL with one, to what it says and where it says it.

use std::collections::BTreeMap;
use std::ops::Range;

use super::elision::without_elisions;
use super::model::{Field, Sas};
use super::time::instant;

/// Stands in a text for a stretch that is not known.
pub const HOLE: char = '\0';

/// A token as written.
#[derive(Debug, Clone)]
pub struct Token {
    /// What it says.
    pub sas: Sas,
    /// Where the signature is, without its key.
    pub signature: Option<Range<usize>>,
    /// What is wrong with the way it is written.
    pub defects: Vec<Defect>,
    ranges: BTreeMap<Field, Range<usize>>,
}

/// Something wrong with the way a token is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Defect {
    /// Where, as a range of the text.
    pub range: Range<usize>,
    /// What.
    pub kind: DefectKind,
}

/// What is wrong with the way a token is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DefectKind {
    /// A quotation mark.
    Quote,
    /// A line break or another blank.
    Blank,
    /// `&amp;` where `&` belongs.
    EscapedAmpersand,
    /// `%25` or `%%` where `%` belongs.
    EscapedTwice,
    /// A whole URL.
    Url,
    /// No signature: the text is cut off, or the token was never signed.
    Unsigned,
    /// Neither permissions nor a stored policy that might hold them.
    NoPermissions,
    /// Neither an expiry nor a stored policy that might hold it.
    NoExpiry,
    /// An account SAS without its services.
    NoServices,
    /// An account SAS without its resource types.
    NoResourceTypes,
    /// Nothing says what it is for: neither a resource nor services.
    NoResource,
    /// A time in a form that the service does not read.
    Time,
}

impl Token {
    /// Reads a token, with or without `?`, or a URL with one. `None` for what isn't recognisably one. Stretches that are
    /// not known stand as [`HOLE`]; what its author left out or will fill in is not known either.
    pub fn parse(text: &str) -> Option<Self> {
        let (text, is_abridged) = without_elisions(text);
        let text: &str = &text;
        let start = match text.find('?') {
            Some(at) if text[..at].contains("://") || text[..at].trim_matches(is_wrapper).is_empty() => at + 1,
            Some(_) => return None,
            None => text.len() - text.trim_start_matches(is_wrapper).len(),
        };
        let end = text.trim_end_matches(is_wrapper).len().max(start);
        let mut token = Self { sas: Sas::default(), signature: None, defects: Vec::new(), ranges: BTreeMap::new() };
        if is_abridged {
            token.sas.set_open();
        }
        token.read_fields(text, start..end);
        token.is_recognisable().then(|| {
            token.find_defects(text, start);
            token
        })
    }

    /// Where the value of a field is, as a range of the text.
    pub fn range(&self, field: Field) -> Option<Range<usize>> {
        self.ranges.get(&field).cloned()
    }

    fn read_fields(&mut self, text: &str, query: Range<usize>) {
        let mut at = query.start;
        for piece in text[query].split('&') {
            let start = at;
            at += piece.len() + 1;
            let unescaped = piece.strip_prefix("amp;").unwrap_or(piece);
            let start = start + (piece.len() - unescaped.len());
            let Some((key, value)) = unescaped.split_once('=') else {
                if unescaped.contains(HOLE) {
                    self.sas.set_open();
                }
                continue;
            };
            let range = start + key.len() + 1..start + unescaped.len();
            if key == "sig" {
                self.signature = (!value.is_empty()).then_some(range);
                continue;
            }
            if key.contains(HOLE) {
                self.sas.set_open();
            } else if let Some(field) = Field::from_key(key) {
                self.sas.set(field, (!value.contains(HOLE)).then(|| percent_decoded(value)));
                self.ranges.insert(field, range);
            }
        }
    }

    fn is_recognisable(&self) -> bool {
        let count = self.ranges.len();
        let version = self.sas.known(Field::Version).is_some_and(|version| instant(version).is_some());
        (self.signature.is_some() && count > 0) || version || count >= 3
    }

    fn find_defects(&mut self, text: &str, start: usize) {
        let mut found = Vec::new();
        let mut add = |range: Range<usize>, kind| found.push(Defect { range, kind });
        if let Some(at) = text[..start].find("://") {
            let scheme = text[..at].trim_end_matches(|c: char| c.is_ascii_alphabetic()).len();
            add(scheme..start, DefectKind::Url);
        }
        if let Some(at) = text.find(['"', '\'']) {
            add(at..at + 1, DefectKind::Quote);
        }
        if let Some(at) = text.find(char::is_whitespace) {
            let length = text[at..].chars().next().map_or(0, char::len_utf8);
            add(at..at + length, DefectKind::Blank);
        }
        if let Some(at) = text.find("&amp;") {
            add(at..at + 5, DefectKind::EscapedAmpersand);
        }
        let twice = text.match_indices('%').find_map(|(at, _)| {
            let rest = &text[at + 1..];
            let is_escape =
                |rest: &str| rest.as_bytes().iter().take(2).filter(|byte| byte.is_ascii_hexdigit()).count() == 2;
            let doubled = rest.strip_prefix("25").or_else(|| rest.strip_prefix('%'));
            doubled.filter(|rest| is_escape(rest)).map(|after| at..text.len() - after.len() + 2)
        });
        if let Some(range) = twice {
            add(range, DefectKind::EscapedTwice);
        }
        let is_open = self.sas.get(Field::Addresses) == super::Content::Unknown && !self.sas.has(Field::Addresses);
        if self.signature.is_none() && !is_open {
            add(0..text.len(), DefectKind::Unsigned);
        } else if !is_open {
            let has = |field| self.sas.has(field);
            let is_account = has(Field::Services) || has(Field::ResourceTypes);
            for (is_missing, kind) in [
                (!has(Field::Permissions) && !has(Field::Policy), DefectKind::NoPermissions),
                (!has(Field::Expiry) && !has(Field::Policy), DefectKind::NoExpiry),
                (self.sas.kind().is_none(), DefectKind::NoResource),
                (is_account && !has(Field::Services), DefectKind::NoServices),
                (is_account && !has(Field::ResourceTypes), DefectKind::NoResourceTypes),
            ] {
                if is_missing {
                    add(0..text.len(), kind);
                }
            }
        }
        for field in [Field::Start, Field::Expiry] {
            if let (Some(time), Some(range)) = (self.sas.known(field), self.range(field))
                && instant(time).is_none()
                && !is_pattern(time)
            {
                add(range, DefectKind::Time);
            }
        }
        self.defects = found;
    }
}

/// What people leave around a token: quotes, blanks.
fn is_wrapper(c: char) -> bool {
    c.is_whitespace() || c == '"' || c == '\''
}

/// Whether this shows how to write a time, as `YYYY-MM-DD` does, and is none.
fn is_pattern(time: &str) -> bool {
    let time = time.to_ascii_lowercase();
    ["yy", "mm", "dd", "xx"].iter().any(|letters| time.contains(letters))
}

/// Decodes `%3A` and the like, twice where `%` itself was escaped; what is not an escape stands for itself.
fn percent_decoded(text: &str) -> String {
    let once = percent_decoded_once(&text.replace("%%", "%"));
    if once.contains('%') { percent_decoded_once(&once) } else { once }
}

fn percent_decoded_once(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let hex = after.get(..2).and_then(|hex| std::str::from_utf8(hex).ok());
        let decoded = hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()).filter(|_| byte == b'%');
        bytes.push(decoded.unwrap_or(byte));
        rest = if decoded.is_some() { &after[2..] } else { after };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::super::model::{Content, Kind};
    use super::*;

    /// A signature like those of the service; made for the tests.
    const SIG: &str = "Zm9vYmFyQmF6UXV4MDEyMzQ1Njc4OUFiQ2RFZkdoSWpLbA%3D%3D";

    fn parse(text: &str) -> Token {
        Token::parse(&text.replace("SIG", SIG)).expect("a token")
    }

    fn kinds(text: &str) -> Vec<DefectKind> {
        parse(text).defects.iter().map(|defect| defect.kind).collect()
    }

    #[test]
    fn the_three_kinds_are_told_apart() {
        let account = parse("?sv=2022-11-02&ss=b&srt=sco&sp=rwdlac&se=2027-01-01T00%3A00%3A00Z&spr=https&sig=SIG");
        assert_eq!(account.sas.kind(), Some(Kind::Account));
        assert_eq!(account.sas.known(Field::Expiry), Some("2027-01-01T00:00:00Z"));
        assert_eq!(account.range(Field::ResourceTypes), Some(24..27));
        let service = parse("sp=rl&se=2027-01-01&sv=2022-11-02&sr=c&sig=SIG");
        assert_eq!(service.sas.kind(), Some(Kind::Service));
        let user = parse(
            "skoid=a&sktid=b&skt=2026-11-01&ske=2026-11-08&sks=b&skv=2022-11-02&sr=c&sp=rl&se=2026-11-08&sig=SIG",
        );
        assert_eq!(user.sas.kind(), Some(Kind::UserDelegation));
        assert!(user.defects.is_empty());
    }

    #[test]
    fn a_signature_is_a_range_and_nothing_prints_it() {
        let token = parse("sv=2022-11-02&sp=rl&sr=c&sig=SIG");
        assert_eq!(token.signature, Some(29..29 + SIG.len()));
        assert!(!format!("{token:?}").contains(&SIG[..8]), "the signature is in the debug text");
    }

    #[test]
    fn what_is_wrong_with_the_writing_is_found() {
        const TOKEN: &str = "sv=2022-11-02&se=2027-01-01&sp=rl&sr=c&sig=SIG";
        let changed = |from: &str, to: &str| kinds(&TOKEN.replace(from, to));
        assert_eq!(kinds(&format!("?{TOKEN}")), []);
        assert_eq!(kinds(&format!("\"?{TOKEN}\"")), [DefectKind::Quote]);
        assert_eq!(kinds(&format!("?{TOKEN}\n")), [DefectKind::Blank]);
        assert_eq!(kinds(&format!("https://x.blob.core.windows.net/c?{TOKEN}")), [DefectKind::Url]);
        assert_eq!(changed("&", "&amp;"), [DefectKind::EscapedAmpersand]);
        assert_eq!(changed("SIG", "a%252Bb"), [DefectKind::EscapedTwice]);
        assert_eq!(changed("SIG", "ab%%3D"), [DefectKind::EscapedTwice]);
        assert_eq!(kinds("sv=2022-11-02"), [DefectKind::Unsigned]);
        assert_eq!(changed("&sp=rl", ""), [DefectKind::NoPermissions]);
        assert_eq!(changed("&se=2027-01-01", ""), [DefectKind::NoExpiry]);
        assert_eq!(changed("sp=rl&sr=c", "si=policy&sr=c"), []);
        assert_eq!(changed("&sr=c", ""), [DefectKind::NoResource]);
        assert_eq!(changed("sr=c", "ss=b"), [DefectKind::NoResourceTypes]);
        assert_eq!(changed("sr=c", "srt=sco"), [DefectKind::NoServices]);
        assert_eq!(changed("2027-01-01", "01%2F01%2F2027"), [DefectKind::Time]);
    }

    #[test]
    fn fields_are_read_through_wrong_escapes() {
        let token = parse("sv=2022-11-02&amp;se=2027-01-01T00%253A00Z&amp;sp=rl&amp;sig=SIG");
        assert_eq!(token.sas.known(Field::Expiry), Some("2027-01-01T00:00Z"));
        assert_eq!(token.sas.known(Field::Permissions), Some("rl"));
    }

    #[test]
    fn an_unknown_signature_leaves_the_other_fields_known() {
        let token = parse("sv=2022-11-02&se=\0&sp=rl&sr=c&sig=\0");
        assert_eq!(token.sas.get(Field::Expiry), Content::Unknown);
        assert_eq!(token.sas.get(Field::Protocol), Content::Absent);
        let token = parse("sv=2022-11-02&sp=rl\0&sr=c&\0");
        assert_eq!(token.sas.get(Field::Permissions), Content::Unknown);
        assert_eq!(token.sas.get(Field::Protocol), Content::Unknown);
        assert!(token.defects.is_empty());
    }

    #[test]
    fn what_an_author_leaves_out_is_neither_missing_nor_wrong() {
        for text in [
            "?sv=2019-02-02&...",
            "?sv=...&sig=...",
            "sv=2022-11-02&ss=b&srt=sco&sp=rl&se=…&sig=…",
            "sv=2022-11-02&ss=b&srt=sco&sp=rl&se=<an expiry>&spr=https&sig=***",
            "sv=2022-11-02&sr=c&sp=rl&se=YYYY-MM-DDTHH:MM:SSZ&spr=https&sig=xxxx",
        ] {
            let token = parse(text);
            assert_eq!((token.defects.as_slice(), token.sas.get(Field::Protocol) == Content::Absent), (&[][..], false));
        }
        let token = parse("sv=2022-11-02&sr=b&sp=r&se=...&sig=...");
        assert_eq!(token.sas.known(Field::Permissions), Some("r"));
        assert_eq!(kinds("https://<account>.blob.core.windows.net/c?sv=2022-11-02&sig=..."), [DefectKind::Url]);
    }

    #[test]
    fn other_texts_are_no_tokens() {
        for text in ["", "?", "secret", "https://x/y", "https://x/y?a=b&sr=c", "a=b&c=d", "is it? sv=2022-11-02"] {
            assert!(Token::parse(text).is_none(), "{text}");
        }
    }
}
