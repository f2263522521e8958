//! What another tool, or the reader, fills in before the deployment: `#{name}#` and `__name__` of tasks that replace
//! tokens, `#_name_#` of Azure Verified Modules, `${name}` of azd, `$(name)` of pipelines, `{{name}}` of templates, `<name>`, `REPLACE_ME`, `GEN-UNIQUE`.

use std::ops::Range;

/// A stretch of a text that is filled in later.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placeholder {
    /// Where it stands in the text, with its brackets.
    pub range: Range<usize>,
    /// Where the text stands that takes its place when nothing else does: `default` in `${name=default}`.
    pub default: Option<Range<usize>>,
}

/// Where a text stands, which tells what may be filled in there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Site {
    /// A value of a parameter file: it means nothing else by brackets.
    Value,
    /// A string of a template.
    Template,
    /// A string within an expression, where `{{` is the brace of a format.
    Expression,
    /// A word of a script, where `$` and `%` are the shell's own.
    Script,
}

/// Longest name of a placeholder.
const MAX_NAME: usize = 128;

/// Longest text that is looked at: longer ones are scripts, policies and the like.
const MAX_TEXT: usize = 2048;

/// What the tokens begin with that the tests of Azure Verified Modules are deployed with: by a pipeline, which fills them
/// in, and without parameter files.
pub const VERIFIED_MODULES: &str = "#_";

/// What stands before and after a name, and where it does.
type Brackets = (&'static str, &'static str, fn(Site) -> bool);

/// The brackets around names. Those of one site stand before the shorter ones that they start with.
const BRACKETS: [Brackets; 10] = [
    ("${{", "}}", |_| true),
    (VERIFIED_MODULES, "_#", |_| true),
    ("#{", "}#", |_| true),
    ("#{", "}", |site| site != Site::Script),
    ("${", "}", |site| site != Site::Script),
    ("$(", ")", |site| site != Site::Script),
    ("{{", "}}", |site| site != Site::Expression),
    ("__", "__", |_| true),
    ("<", ">", |site| site != Site::Script),
    ("@@", "@@", |site| site == Site::Value),
];

/// Brackets that are some only around the whole of a text.
const BRACKETS_OF_ALL: [Brackets; 6] = [
    ("<", ">", |_| true),
    ("%", "%", |site| site != Site::Script),
    ("[[", "]]", |site| site == Site::Value),
    ("{", "}", |site| site == Site::Value),
    ("~", "~", |site| site == Site::Value),
    ("$", "$", |site| site == Site::Value),
];

/// Words that start what somebody is to write in their place.
const STARTS: [&str; 8] =
    ["your-", "your_", "replace-", "replace_", "insert-your", "insert_your", "enter-your", "enter_your"];

/// Words that stand for another one.
const WORDS: [&str; 8] = ["replaceme", "changeme", "change-me", "change_me", "placeholder", "todo", "tbd", "fixme"];

/// The placeholders in `text`, in order. A text with blanks between them is prose or a program, and has none.
pub fn placeholders(text: &str, site: Site) -> Vec<Placeholder> {
    if !may_have(text, site) {
        return Vec::new();
    }
    if let Some(whole) = whole(text, site) {
        return vec![whole];
    }
    let mut found: Vec<Placeholder> = Vec::new();
    let (mut at, mut is_start) = (0, true);
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        if let Some((length, default)) = bracketed(rest, site) {
            let default = default.map(|range| at + range.start..at + range.end);
            found.push(Placeholder { range: at..at + length, default });
            (at, is_start) = (at + length, false);
            continue;
        }
        let run = if is_start { word(rest) } else { 0 };
        if is_to_replace(&rest[..run]) {
            found.push(Placeholder { range: at..at + run, default: None });
            (at, is_start) = (at + run, false);
            continue;
        }
        let Some(next) = rest.chars().next() else { break };
        if next.is_whitespace() {
            return Vec::new();
        }
        is_start = next == '/';
        at += next.len_utf8();
    }
    found
}

/// Whether a look at the bytes leaves it open that something is filled in: nearly no text gets any further.
fn may_have(text: &str, site: Site) -> bool {
    let bytes = text.as_bytes();
    let is_short = (2..=MAX_TEXT).contains(&bytes.len());
    // What `STARTS`, `WORDS` and the others begin with.
    let may_start_word = || {
        let pair = [bytes[0], bytes[1]].map(|byte| byte.to_ascii_lowercase());
        let pairs = [b"yo", b"re", b"in", b"en", b"ch", b"pl", b"to", b"tb", b"fi", b"ge", b"xx"];
        pairs.contains(&&pair)
    };
    // The braces and brackets of formats and calls are most of all.
    let is_mark = |at: usize| {
        let before = at.checked_sub(1).map(|before| bytes[before]);
        match bytes[at] {
            b'{' if site == Site::Value => true,
            b'{' => matches!(before, Some(b'#' | b'$')) || (before == Some(b'{') && site != Site::Expression),
            b'(' => before == Some(b'$'),
            _ => true,
        }
    };
    let has_pair = |byte: u8| memchr::memchr_iter(byte, bytes).any(|at| bytes.get(at + 1) == Some(&byte));
    let has_token = || memchr::memchr_iter(b'#', bytes).any(|at| bytes[at..].starts_with(VERIFIED_MODULES.as_bytes()));
    let has_mark = || memchr::memchr3_iter(b'{', b'<', b'(', bytes).any(is_mark) || has_pair(b'_') || has_token();
    let has_rare =
        || matches!(bytes.first(), Some(b'%' | b'[' | b'~' | b'$' | b'@')) || (site == Site::Value && has_pair(b'@'));
    let has_word = || may_start_word() && is_to_replace(&text[..word(text)]);
    let is_uri = || memchr::memchr_iter(b':', bytes).any(|at| bytes[at..].starts_with(b"://"));
    let has_word_below =
        || memchr::memchr_iter(b'/', bytes).any(|at| is_to_replace(&text[at + 1..][..word(&text[at + 1..])]));
    let has_any = || bytes.iter().any(|byte| IS_MARK[usize::from(*byte)]);
    let has_some = || has_mark() || is_uri() && has_word_below();
    let is_id = text.starts_with("/subscriptions/");
    is_short && (has_word() || has_rare() || has_any() && has_some() || is_id && has_word_below())
}

/// The bytes of which a placeholder has one, when it is no word that a text begins with.
const IS_MARK: [bool; 256] = {
    let mut marks = [false; 256];
    let bytes = b"{<(_#:";
    let mut at = 0;
    while at < bytes.len() {
        marks[bytes[at] as usize] = true;
        at += 1;
    }
    marks
};

/// The placeholder that all of `text` is.
fn whole(text: &str, site: Site) -> Option<Placeholder> {
    let is_whole = |(open, close, applies): &Brackets| {
        let inside = text.strip_prefix(open).and_then(|rest| rest.strip_suffix(close));
        applies(site) && inside.is_some_and(|inside| is_name(inside.trim()) || (*open == "<" && is_hint(inside)))
    };
    // As `envsubst` has it; `$root` and `$web` are containers.
    let variable = text.strip_prefix('$').filter(|name| site != Site::Script && is_name(name));
    let is_variable = variable.is_some_and(|name| !name.bytes().any(|byte| byte.is_ascii_lowercase()));
    (is_variable || BRACKETS_OF_ALL.iter().any(is_whole)).then_some(Placeholder { range: 0..text.len(), default: None })
}

/// The length of the placeholder in brackets that `text` starts with, and where its default stands.
fn bracketed(text: &str, site: Site) -> Option<(usize, Option<Range<usize>>)> {
    if !matches!(text.as_bytes().first(), Some(b'$' | b'#' | b'{' | b'_' | b'<' | b'@')) {
        return None;
    }
    BRACKETS.iter().filter(|(open, _, applies)| applies(site) && text.starts_with(open)).find_map(|(open, close, _)| {
        let inside = &text[open.len()..];
        let length = inside.find(close).filter(|length| *length <= MAX_NAME)?;
        let written = &inside[..length];
        let end = open.len() + length + close.len();
        if let ("${", Some((name, default))) = (*open, written.split_once('=')) {
            let start = open.len() + name.len() + 1;
            return is_name(name).then_some((end, Some(start..start + default.len())));
        }
        let is_found = match *open {
            // An expression of a workflow: `secrets.NAME`, `matrix.name || 'x'`.
            "${{" => !written.trim().is_empty(),
            "{{" => is_name(written.trim().trim_start_matches(['$', '.'])),
            "__" => is_name(written) && !written.starts_with('_'),
            "<" => is_hint(written) && !text[end..].contains("</") && !written.starts_with('/'),
            _ => is_name(written.trim()),
        };
        is_found.then_some((end, None))
    })
}

/// Whether `text` is the name of a variable.
fn is_name(text: &str) -> bool {
    text.len() <= MAX_NAME
        && text.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b':'))
}

/// Whether `text` tells the reader what to write: a name, or several words.
fn is_hint(text: &str) -> bool {
    text.len() <= MAX_NAME
        && text.starts_with(|first: char| first.is_alphabetic())
        && text
            .chars()
            .all(|char| char.is_alphanumeric() || matches!(char, '_' | '-' | '.' | ' ' | ':' | '\'' | '/' | '@'))
}

/// The length of the word that `text` starts with.
fn word(text: &str) -> usize {
    text.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')).count()
}

/// Whether a word stands for another one that somebody is to write.
fn is_to_replace(word: &str) -> bool {
    let starts = |start: &&str| word.get(..start.len()).is_some_and(|begun| begun.eq_ignore_ascii_case(start));
    let is_generated = word.starts_with("GEN-") || word.starts_with("GET-PREREQ-");
    is_generated
        || STARTS.iter().any(starts)
        || WORDS.iter().any(|known| known.eq_ignore_ascii_case(word))
        || (word.len() >= 3
            && word.starts_with(['x', 'X'])
            && word.bytes().all(|byte| matches!(byte, b'x' | b'X' | b'-')))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &'static str, site: Site) -> Vec<&'static str> {
        placeholders(text, site).into_iter().map(|placeholder| &text[placeholder.range]).collect()
    }

    #[test]
    fn what_is_filled_in_is_found_with_its_brackets() {
        let uri = "https://#{ACCOUNT}#.blob.core.windows.net/__CONTAINER__";
        for site in [Site::Value, Site::Template, Site::Expression, Site::Script] {
            assert_eq!(found(uri, site), ["#{ACCOUNT}#", "__CONTAINER__"]);
            assert_eq!(found("${{ secrets.REGISTRY }}/x", site), ["${{ secrets.REGISTRY }}"]);
            assert_eq!(found("<name of the registry>", site), ["<name of the registry>"]);
            assert_eq!(found("https://YOUR_ACCOUNT.blob.core.windows.net/c", site), ["YOUR_ACCOUNT"]);
            assert_eq!(found("GEN-UNIQUE-8", site), ["GEN-UNIQUE-8"]);
            assert_eq!(found("https://h/xxxxxxxx-xxxx-xxxx/y", site), ["xxxxxxxx-xxxx-xxxx"]);
            assert_eq!(
                found("/subscriptions/xxxxxxxx-xxxx/resourceGroups/YOUR-GROUP", site),
                ["xxxxxxxx-xxxx", "YOUR-GROUP"]
            );
            assert_eq!(found("changeme", site), ["changeme"]);
        }
        for site in [Site::Value, Site::Template, Site::Expression] {
            assert_eq!(found("$(rg)-${NAME}#{x}", site), ["$(rg)", "${NAME}", "#{x}"]);
            assert_eq!(found("https://<account>.x/<container>", site), ["<account>", "<container>"]);
            assert_eq!(found("%NAME%", site), ["%NAME%"]);
            assert_eq!(found("$NAME", site), ["$NAME"]);
        }
        assert_eq!(found("{{ .Values.name }}-x", Site::Template), ["{{ .Values.name }}"]);
        for text in ["[[NAME]]", "{NAME}", "~NAME~", "@@NAME@@", "$NAME$"] {
            assert_eq!(found(text, Site::Value), [text]);
        }
    }

    #[test]
    fn a_default_is_found_too() {
        let text = "a-${NAME=b}";
        assert_eq!(placeholders(text, Site::Value), [Placeholder { range: 2..11, default: Some(9..10) }]);
        assert_eq!(&text[9..10], "b");
    }

    #[test]
    fn other_texts_have_none() {
        for text in [
            "",
            "a",
            "a_b__c",
            "____",
            "__",
            "{0}-{1}",
            "{\"a\": 1}",
            "a < b > c",
            "<div>x</div>",
            "100%",
            "$root",
            "echo $(date) and more",
            "yours",
            "change-feed",
            "regenerate",
            "general",
            "Todos",
            "x",
            "xx",
            "[concat('a')]",
            "${",
            "#{}#",
            "$()",
            "é{é}",
        ] {
            for site in [Site::Value, Site::Template, Site::Expression, Site::Script] {
                assert_eq!(found(text, site), [""; 0], "{text}");
            }
        }
        assert_eq!(found("{{name}}-{0}", Site::Expression), [""; 0]);
        assert_eq!(found("{name}", Site::Template), [""; 0]);
    }
}
