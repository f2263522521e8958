//! Secrets that show by their form, whatever holds them.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

/// The group is what is secret. `sig` is the signature of a SAS token, also encoded for a URL (once or more often), with
/// JSON escapes, or split by a `concat`.
static NAMED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r#"(?ix)
        sig (?: = | %(?:25)*3d | \\u003d ) (?: ' \s* , \s* ' )?
            ( (?: (?: ' \s* , \s* ' )? (?: [a-z0-9+/=_~.%-] | \\u00(?:2b|2f|3d) | \\/ ) )+ )
        | (?: account_?key | shared_?access_?key | password | pwd ) (?: = | %(?:25)*3d | \\u003d )
            (?: ' \s* , \s* ' )? ( [^\s;&"'<>$@(\[{,\\`] (?: [^\s;&"'<>,\\`] | \\u00(?:2b|2f|3d) | \\/ )* )
        "#,
    )
    .ok()
});

/// Long base64: a signature or a key, but also a certificate or a public key. And the JSON web tokens of a login.
static BARE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?ix)
        (?: [a-z0-9+/] | %(?:25)*2[bf] | \\u002[bf] | \\/ ){43,} (?: = | %(?:25)*3d | \\u003d ){1,2}
        | \b (?-i:eyJ) [a-z0-9_-]{8,} \. (?-i:eyJ) [a-z0-9_-]{8,} (?: \. [a-z0-9_-]* )?
        ",
    )
    .ok()
});

/// Where `text` holds the values of credentials that are named: SAS signatures, account keys, passwords.
pub fn named_credentials(text: &str) -> Vec<Range<usize>> {
    // Cheap to tell, and true of most texts.
    if !text.contains('=') && !text.contains("%3") && !text.contains("%25") && !text.contains("u003") {
        return Vec::new();
    }
    let found = NAMED.iter().flat_map(|pattern| pattern.captures_iter(text));
    found.filter_map(|found| found.iter().skip(1).flatten().next().map(|group| group.range())).collect()
}

/// Where `text` holds what looks like a key that nothing names.
pub fn bare_keys(text: &str) -> Vec<Range<usize>> {
    BARE.iter().flat_map(|pattern| pattern.find_iter(text)).map(|found| found.range()).collect()
}

/// The text with the bytes of `ranges` replaced, other than line breaks. What a range holds of a character counts for all
/// of it.
pub fn blot(text: &str, ranges: &[Range<usize>]) -> String {
    let mut bytes = text.as_bytes().to_vec();
    for range in ranges {
        let (start, end) = (text.floor_char_boundary(range.start), text.ceil_char_boundary(range.end));
        for byte in bytes.get_mut(start..end).into_iter().flatten().filter(|byte| !matches!(byte, b'\n' | b'\r')) {
            *byte = b'*';
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// What the names of parameters and properties end with that hold secrets, in lower case and without `-` and `_`.
const TELLING: [&str; 23] = [
    "accesskey",
    "accountkey",
    "adminpass",
    "apikey",
    "authkey",
    "connectionstring",
    "encryptionkey",
    "functionkey",
    "masterkey",
    "passphrase",
    "password",
    "passwd",
    "primarykey",
    "privatekey",
    "pw",
    "pwd",
    "sas",
    "secondarykey",
    "secret",
    "securevalue",
    "sharedkey",
    "storagekey",
    "token",
];

/// Whether a text stands for a secret that is given elsewhere: the extension for PowerShell DSC takes it from the
/// protected settings.
pub fn stands_for_secret(text: &str) -> bool {
    const REFERENCE: &str = "PrivateSettingsRef:";
    text.get(..REFERENCE.len()).is_some_and(|start| start.eq_ignore_ascii_case(REFERENCE))
}

/// Whether the name of a parameter or a property says that its value is a secret.
pub fn names_secret(name: &str) -> bool {
    // Every key of every file is asked, and nearly all end in some other way.
    let letters = name.trim_end_matches(['-', '_']).as_bytes();
    let mut letters = letters.iter().rev().filter(|byte| !matches!(byte, b'-' | b'_')).map(u8::to_ascii_lowercase);
    let (Some(last), Some(before)) = (letters.next(), letters.next()) else { return false };
    if !matches!(&[before, last], b"ey" | b"ss" | b"ng" | b"se" | b"rd" | b"wd" | b"pw" | b"as" | b"et" | b"ue" | b"en")
    {
        return false;
    }
    let ends_with = |end: &str| {
        let mut rest = name.bytes().rev().filter(|byte| !matches!(byte, b'-' | b'_'));
        end.bytes().rev().all(|byte| rest.next().is_some_and(|other| other.eq_ignore_ascii_case(&byte)))
    };
    TELLING.iter().any(|end| ends_with(end))
}

/// What the names of secrets, or of their names and places, end with, in lower case.
const AMBIGUOUS: [&str; 3] = ["sas", "secret", "token"];

/// Whether a name that [`names_secret`] may as well be that of a secret's name.
pub fn may_name_name(name: &str) -> bool {
    AMBIGUOUS.iter().any(|end| name.to_ascii_lowercase().ends_with(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_telling_end_is_found_however_it_is_spelled() {
        for end in TELLING {
            let spelled = format!("the-{}_", end.to_ascii_uppercase());
            assert!(names_secret(end) && names_secret(&spelled), "{end}");
        }
        assert!(!["name", "value", "type", "e", "", "_-"].into_iter().any(names_secret));
    }

    #[test]
    fn the_patterns_compile_and_find_their_part() {
        let found = |text: &str| blot(text, &named_credentials(text));
        assert_eq!(found("a?sv=1&sig=aB%2Bc%3D&se=1"), "a?sv=1&sig=*********&se=1");
        assert_eq!(found("AccountName=a;AccountKey=x+/y;End"), "AccountName=a;AccountKey=****;End");
        assert_eq!(found("format('AccountKey={0}', x)"), "format('AccountKey={0}', x)");
        assert_eq!(bare_keys(&format!("x {}=", "a".repeat(43))).first(), Some(&(2..46)));
        assert_eq!(bare_keys("Bearer eyJhbGciOiJI.eyJhdWQiOiIx.a-_b, c").first(), Some(&(7..37)));
    }
}
