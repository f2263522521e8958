//! Signatures and account keys in any text: what must not be committed, and must not be printed.

use std::ops::Range;

use memchr::memmem;

use super::model::Field;

/// A secret in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leak {
    /// Where the secret itself is.
    pub range: Range<usize>,
    /// What it is.
    pub kind: LeakKind,
}

/// What a secret in a text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeakKind {
    /// The signature of a shared access signature.
    Signature,
    /// A storage account key.
    AccountKey,
}

/// A SHA-256 signature has 43 base64 characters and a `=`.
const SIGNATURE_LENGTH: usize = 43;

/// No signature is longer, however often it is escaped.
const MAX_SIGNATURE: usize = 1024;

/// A key of 64 bytes has 86 base64 characters and `==`.
const KEY_LENGTH: usize = 86;

/// Bits for each character below which a text is no random base64 of that length, but something made up.
const LEAST_ENTROPY: f64 = 4.0;

/// The key of the storage emulator, which the documentation prints.
const EMULATOR_KEY: &str = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw";

/// The secrets in `text`, in order.
pub fn leaks(text: &str) -> Vec<Leak> {
    let mut found = Vec::new();
    for at in memmem::find_iter(text.as_bytes(), "sig") {
        let value = &text[at + "sig".len()..];
        // In a URL inside a URL, `=` is escaped.
        let Some(sign) = ["=", "%3D", "%3d"].iter().find(|sign| value.starts_with(**sign)) else { continue };
        let range = signature(text, at, at + "sig".len() + sign.len());
        found.extend(range.map(|range| Leak { range, kind: LeakKind::Signature }));
    }
    for at in memmem::find_iter(text.as_bytes(), "==") {
        found.extend(account_key(text, at).map(|range| Leak { range, kind: LeakKind::AccountKey }));
    }
    found.sort_by_key(|leak| leak.range.start);
    found
}

/// Whether a text is an account key, or a connection string with one.
pub fn is_account_key(text: &str) -> bool {
    text.starts_with("DefaultEndpointsProtocol=") || leaks(text).iter().any(|leak| leak.kind == LeakKind::AccountKey)
}

/// Fields of a token that say nothing secret, beside those of [`Field`].
const HARMLESS: [&str; 8] = ["sktid", "sks", "skv", "saoid", "suoid", "scid", "sdd", "ses"];

/// Longest value of a field that is taken for what the field says: a signature has more characters.
const LONGEST_VALUE: usize = SIGNATURE_LENGTH - 3;

/// What may be secret in a text that is meant to be a token or a URL with one: all but what it plainly says in fields
/// that hold no secret, and the URL.
pub fn unproven(text: &str) -> Vec<Range<usize>> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"%:.,+_-/$".contains(&byte);
    let is_around = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '?');
    let url = text.find('?').filter(|at| text[..*at].contains("://"));
    let url = url.filter(|at| text[..*at].trim_start_matches(is_around).bytes().all(is_plain));
    let mut at = url.map_or(0, |at| at + 1);
    let mut found = Vec::new();
    for piece in text[at..].split('&') {
        let end = at + piece.len();
        let field = piece.trim_matches(is_around);
        let field = field.strip_prefix("amp;").unwrap_or(field);
        match field.split_once('=') {
            Some(("sig", _)) => found.push(at + piece.find("sig=").map_or(0, |key| key + 4)..end),
            Some((key, value))
                if (Field::from_key(key).is_some() || HARMLESS.contains(&key))
                    && value.len() <= LONGEST_VALUE
                    && value.bytes().all(is_plain) => {}
            _ => found.push(at..end),
        }
        at = end + 1;
    }
    found.retain(|range| !range.is_empty());
    found
}

/// The signature from `start` on, whose key stands at `at`.
fn signature(text: &str, at: usize, start: usize) -> Option<Range<usize>> {
    let before = &text[..at];
    let is_word = before.bytes().next_back().is_some_and(|byte| byte.is_ascii_alphanumeric());
    if is_word && !["\\u0026", "%26", "%3F", "%3f"].iter().any(|separator| before.ends_with(separator)) {
        return None;
    }
    let value = &text[start..];
    // Nothing longer is read of what is too short anyway.
    if value.bytes().take(SIGNATURE_LENGTH).any(|byte| byte == b'=') {
        return None;
    }
    let is_part = |byte: &u8| is_base64(*byte) || matches!(byte, b'%' | b'=' | b'-' | b'_');
    let length = value.bytes().take(MAX_SIGNATURE).take_while(is_part).count();
    let digits = value[..length].split('=').next().unwrap_or_default();
    if digits.len() < SIGNATURE_LENGTH {
        return None;
    }
    let mut digits = digits.replace("%25", "%");
    for (escape, digit) in [("%2B", "+"), ("%2b", "+"), ("%2F", "/"), ("%2f", "/")] {
        digits = digits.replace(escape, digit);
    }
    let digits = digits.split('%').next().unwrap_or_default();
    is_random(digits, SIGNATURE_LENGTH).then_some(start..start + length)
}

/// The key that ends with the `==` at `at`.
fn account_key(text: &str, at: usize) -> Option<Range<usize>> {
    let bytes = text.as_bytes();
    let length = bytes[..at].iter().rev().take(KEY_LENGTH + 1).take_while(|byte| is_base64(**byte)).count();
    let start = at - length;
    let key = &text[start..at];
    let is_whole = length == KEY_LENGTH && bytes.get(at + 2).is_none_or(|byte| !is_base64(*byte) && *byte != b'=');
    // The digest of a package is as long.
    let is_digest = text[..start].ends_with("sha512-");
    (is_whole && !is_digest && key != EMULATOR_KEY && is_random(key, KEY_LENGTH)).then_some(start..at + 2)
}

fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/')
}

/// Whether `text` is long enough and its characters differ as those of random base64 do.
fn is_random(text: &str, length: usize) -> bool {
    if text.len() < length || text.to_ascii_lowercase().contains("redacted") {
        return false;
    }
    let mut counts = [0_u32; 128];
    let mut total = 0.0;
    for byte in text.bytes() {
        counts[usize::from(byte & 127)] += 1;
        total += 1.0;
    }
    let entropy: f64 = counts
        .iter()
        .filter(|count| **count > 0)
        .map(|count| f64::from(*count) / total)
        .map(|share: f64| -share * share.log2())
        .sum();
    let has = |class: fn(&u8) -> bool| text.as_bytes().iter().any(class);
    entropy >= LEAST_ENTROPY && has(u8::is_ascii_lowercase) && has(u8::is_ascii_uppercase) && has(u8::is_ascii_digit)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Made for the tests: no key of any account.
    const SIG: &str = "q7RtZ0vXc2LpWm4NsYb9KdHf3GjUe8TiOaQx1PzCwEk%3D";
    const KEY: &str = "q7RtZ0vXc2LpWm4NsYb9KdHf3GjUe8TiOaQx1PzCwEkV5yBn6MhSrJ+uFgDl/AoIq7RtZ0vXc2LpWm4NsYb9KA==";

    fn found(text: &str) -> Vec<(LeakKind, usize, usize)> {
        leaks(text).iter().map(|leak| (leak.kind, leak.range.start, leak.range.end)).collect()
    }

    #[test]
    fn signatures_and_keys_are_found_where_they_stand() {
        let text = format!("?sv=2022-11-02&sig={SIG}&sp=r");
        assert_eq!(found(&text), [(LeakKind::Signature, 19, 19 + SIG.len())]);
        let text = format!("\"sp=r\\u0026sig={SIG}\"");
        assert_eq!(found(&text), [(LeakKind::Signature, 15, 15 + SIG.len())]);
        let text = format!("https%3A%2F%2Fx%2Fc%3Fsv%3D2022%26sig%3D{}", SIG.replace('%', "%25"));
        assert_eq!(found(&text), [(LeakKind::Signature, 40, text.len())]);
        let text = format!("AccountKey={KEY};EndpointSuffix=core.windows.net");
        assert_eq!(found(&text), [(LeakKind::AccountKey, 11, 11 + KEY.len())]);
    }

    #[test]
    fn what_a_token_plainly_says_is_shown_and_the_rest_is_not() {
        let shown = |text: &str| crate::source::blot(text, &unproven(text));
        assert_eq!(shown("?sv=2022-11-02&sp=rl&sig=ab%3D&se=2027"), "?sv=2022-11-02&sp=rl&sig=*****&se=2027");
        assert_eq!(shown("\"sv=2022&amp;sig=ab\ncd\"\n"), "\"sv=2022&amp;sig=**\n***\n");
        assert_eq!(
            shown("https://x.blob.core.windows.net/c?sv=2022&sig=ab"),
            "https://x.blob.core.windows.net/c?sv=2022&sig=**"
        );
        assert_eq!(shown("abcd=="), "******");
        assert_eq!(shown("sp=rl sig=ab&x=y"), "************&***");
        assert_eq!(shown(&format!("sp=rl{SIG}")), "*".repeat(5 + SIG.len()));
    }

    #[test]
    fn placeholders_are_no_secrets() {
        for text in [
            "sig=***",
            "sig=<signature>",
            "sig=$SIG",
            "sig=REDACTED",
            "sig=REDACTEDredacted0123456789abcdefghijklmnopqrSTUV",
            "sig=xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
            "sig=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA%3D",
            "sig=[parameters('signature')]",
            "design=q7RtZ0vXc2LpWm4NsYb9KdHf3GjUe8TiOaQx1PzCwEk%3D",
        ] {
            assert_eq!(found(text), [], "{text}");
        }
        assert_eq!(found(&format!("AccountKey={EMULATOR_KEY}==")), []);
        assert_eq!(found(&format!("sha512-{KEY}")), []);
        assert_eq!(found(&format!("A{KEY}")), []);
    }
}
