//! Texts without the secrets that are known of a run, and without what looks like one.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};
use std::ops::Range;
use std::sync::Arc;

use aho_corasick::{AhoCorasick, AhoCorasickKind, Input, MatchKind};

use super::{FileId, Sources, Span, bare_keys, blot, is_ordinary, named_credentials};

/// A text that is secret, or a part of one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Secret {
    /// Where it is written, with the quotes around it.
    pub span: Span,
    /// What it says; `None` when that is what is written.
    pub value: Option<Arc<str>>,
    /// The file that it is a secret of: its own, or the template that it is given to.
    pub of: FileId,
}

impl Secret {
    /// A secret that says what is written at `span`.
    pub fn written(span: Span) -> Self {
        Self { span, value: None, of: span.file }
    }
}

/// What is masked.
#[derive(Debug, Default)]
pub struct Mask {
    /// What is secret wherever it stands.
    everywhere: Words,
    /// What is secret only in what is said of a file.
    nearby: BTreeMap<FileId, Words>,
}

/// A secret this long in bytes is masked wherever it stands. A shorter one, or one that is an ordinary word, is masked
/// where it is written, and as a word in what is said of the files that it is a secret of.
const UNMISTAKABLE: usize = 8;

/// A secret shorter than this is masked only where it is written.
const MIN_WORD: usize = 3;

/// How much of a secret is searched for, in bytes; what follows is compared.
const MAX_PATTERN: usize = 64;

impl Mask {
    /// The mask of `secrets`, whose places are in `sources`. `names`, in lower case, are what other things are called:
    /// such a word is a secret only where it is written.
    pub fn new(secrets: &[Secret], names: &HashSet<String>, sources: &Sources) -> Self {
        let mut everywhere = Vec::new();
        let mut nearby: BTreeMap<FileId, Vec<String>> = BTreeMap::new();
        for Secret { span, value, of } in secrets {
            let written = sources.text(*span);
            let as_written = &written[inside(written)];
            // An escape has at most six times the bytes of what it stands for; what is longer says more than the value.
            let is_literal = value.as_ref().is_none_or(|value| {
                as_written.len() < written.len() && as_written.len() <= value.len().saturating_mul(6)
            });
            let spelled = value.as_deref().map(spellings).unwrap_or_default();
            let words = value.as_deref().into_iter().chain(is_literal.then_some(as_written));
            for word in words.chain(spelled.iter().map(String::as_str)) {
                let (word, lower) = (word.trim(), word.trim().to_ascii_lowercase());
                if !word.contains(char::is_alphanumeric) || names.contains(&lower) {
                    continue;
                }
                if word.len() >= UNMISTAKABLE && !is_ordinary(word) {
                    everywhere.push(lower);
                } else if word.chars().count() >= MIN_WORD {
                    nearby.entry(span.file).or_default().push(lower.clone());
                    nearby.entry(*of).or_default().push(lower);
                }
            }
        }
        let nearby = nearby.into_iter().map(|(file, words)| (file, Words::new(words))).collect();
        Self { everywhere: Words::new(everywhere), nearby }
    }

    /// `text`, which is about the files `near`, with everything secret as asterisks.
    pub fn hide<'t>(&self, text: &'t str, near: &[FileId]) -> Cow<'t, str> {
        let ranges = self.find(text, near);
        if ranges.is_empty() { Cow::Borrowed(text) } else { Cow::Owned(blot(text, &ranges)) }
    }

    /// Where `text`, which is about the files `near`, holds something secret.
    pub fn find(&self, text: &str, near: &[FileId]) -> Vec<Range<usize>> {
        let mut ranges = named_credentials(text);
        ranges.extend(bare_keys(text));
        self.everywhere.find(text, &mut ranges);
        for words in near.iter().filter_map(|file| self.nearby.get(file)) {
            let from = ranges.len();
            words.find(text, &mut ranges);
            let mut at = from;
            while at < ranges.len() {
                if is_word(text, &ranges[at]) { at += 1 } else { _ = ranges.swap_remove(at) }
            }
        }
        ranges
    }
}

/// How a text with quotes or `\` in it is written in other places: in JSON, in an expression, in one in JSON, in Bicep.
fn spellings(value: &str) -> Vec<String> {
    if !value.contains(['\'', '"', '\\']) {
        return Vec::new();
    }
    let json = |text: &str| text.replace('\\', "\\\\").replace('"', "\\\"");
    let doubled = value.replace('\'', "''");
    vec![json(value), json(&doubled), doubled, value.replace('\\', "\\\\").replace('\'', "\\'")]
}

/// What of a written text is its value: not the quotes around it.
pub fn inside(written: &str) -> Range<usize> {
    let Some(quote) = written.chars().next().filter(|c| matches!(c, '"' | '\'')) else { return 0..written.len() };
    let start = written.len() - written.trim_start_matches(quote).len();
    // Several lines of Bicep stand between three quotes each.
    let start = if start >= 3 && quote == '\'' { 3 } else { 1 };
    let count = |text: &str| text.len() - text.trim_end_matches(quote).len();
    start..written.len() - count(&written[start..]).min(start)
}

/// Whether what is at `range` stands as a word of its own.
fn is_word(text: &str, range: &Range<usize>) -> bool {
    let joins = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    !joins(text[..range.start].chars().next_back()) && !joins(text[range.end..].chars().next())
}

/// Words to search for, without regard to ASCII case: what `toUpper` makes of a secret is one.
#[derive(Debug, Default)]
struct Words {
    /// In lower case, sorted, each once.
    sorted: Vec<String>,
    /// Their beginnings, each once. Secrets can have any length, and an automaton costs a multiple of it.
    beginnings: Option<AhoCorasick>,
    /// For each beginning, which of the words start with it.
    groups: Vec<Range<usize>>,
}

impl Words {
    fn new(mut words: Vec<String>) -> Self {
        words.sort_unstable();
        words.dedup();
        let beginning = |word: &'_ str| word.floor_char_boundary(MAX_PATTERN);
        let mut groups: Vec<Range<usize>> = Vec::new();
        for (at, word) in words.iter().enumerate() {
            match groups.last_mut() {
                Some(group) if words[group.start][..beginning(&words[group.start])] == word[..beginning(word)] => {
                    group.end = at + 1;
                }
                _ => groups.push(at..at + 1),
            }
        }
        let patterns = groups.iter().map(|group| &words[group.start][..beginning(&words[group.start])]);
        let beginnings = AhoCorasick::builder()
            .kind(Some(AhoCorasickKind::ContiguousNFA))
            .match_kind(MatchKind::LeftmostLongest)
            .ascii_case_insensitive(true)
            .build(patterns);
        let beginnings = beginnings.ok().filter(|found| found.patterns_len() > 0);
        Self { sorted: words, beginnings, groups }
    }

    /// Adds the places in `text` where a word stands, or as much of a long one as does.
    fn find(&self, text: &str, ranges: &mut Vec<Range<usize>>) {
        let Some(beginnings) = &self.beginnings else { return };
        let mut at = 0;
        while let Some(found) = beginnings.find(Input::new(text).range(at..)) {
            let group = &self.sorted[self.groups[found.pattern().as_usize()].clone()];
            let end = found.start() + longest_common(group, &text[found.start()..]).max(found.len());
            ranges.push(found.start()..end);
            at = end;
        }
    }
}

/// How much of `text`, in bytes, is the beginning of one of the sorted `words`, which are in lower case.
fn longest_common(words: &[String], text: &str) -> usize {
    let lower = || text.bytes().map(|byte| byte.to_ascii_lowercase());
    let after = words.partition_point(|word| word.bytes().lt(lower()));
    let neighbours = words[..after].last().into_iter().chain(words.get(after));
    let common = |word: &String| word.bytes().zip(lower()).take_while(|(one, other)| one == other).count();
    neighbours.map(common).max().map_or(0, |end| text.floor_char_boundary(end))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::SourceFile;

    const KEY: &str = "abcdefghijklmnopqrstuvwxyz0123456789+/ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789abcdefgh+/AB==";

    fn hide(text: &str) -> Cow<'_, str> {
        Mask::default().hide(text, &[])
    }

    /// The mask of the values in `written`, which are the lines of a file.
    fn mask_of(written: &str) -> (Mask, FileId) {
        let mut sources = Sources::default();
        let file = sources.add(SourceFile::new("a", written));
        let mut at = 0;
        let mut secrets = Vec::new();
        for line in written.lines() {
            secrets.push(Secret::written(Span::new(file, at, at + line.len())));
            at += line.len() + 1;
        }
        (Mask::new(&secrets, &HashSet::new(), &sources), file)
    }

    #[test]
    fn signatures_are_masked_however_they_are_written() {
        assert_eq!(hide("a?sv=2020&sig=aB%2Bc%3D&se=1"), "a?sv=2020&sig=*********&se=1");
        assert_eq!(hide("x%26sig%3Dabc"), "x%26sig%3D***");
        assert_eq!(hide("x%2526sig%253Dabc"), "x%2526sig%253D***");
        assert_eq!(hide("concat('&sig=', 'abc')"), "concat('&sig=', '***')");
        assert_eq!(hide(r"\u0026sig\u003dab\u002bc\/d"), r"\u0026sig\u003d************");
        assert_eq!(hide("concat('&sig=', parameters('s'))"), "concat('&sig=', parameters('s'))");
        assert_eq!(hide("concat('&sig=ab','cd' , 'e=', f)"), "concat('&sig=**************', f)");
    }

    #[test]
    fn keys_are_masked_with_and_without_their_name() {
        assert_eq!(KEY.len(), 88);
        assert_eq!(hide(KEY), "*".repeat(88));
        assert_eq!(hide(&format!("AccountKey={KEY};x")), format!("AccountKey={};x", "*".repeat(88)));
        assert_eq!(hide("SharedAccessKey=short;x"), "SharedAccessKey=*****;x");
        assert_eq!(hide("password=${token}"), "password=${token}");
    }

    #[test]
    fn short_secrets_are_words_nearby_and_long_ones_are_anywhere() {
        let (mask, file) = mask_of("'abc'\nhunter2hunter2");
        let text = "abc abcd xhunter2hunter2y xHUNTER2hunter2 hunter2hunter";
        assert_eq!(mask.hide(text, &[file]), "*** abcd x**************y x************** hunter2hunter");
        assert_eq!(mask.hide(text, &[]), "abc abcd x**************y x************** hunter2hunter");
    }

    #[test]
    fn of_a_long_secret_its_beginning_is_one_too() {
        let (one, other) = (format!("{}one", "aé".repeat(40)), format!("{}other", "aé".repeat(50)));
        let (mask, _) = mask_of(&format!("{one}\n{other}"));
        let hidden = |text: &str| mask.hide(text, &[]).into_owned();
        assert_eq!(hidden(&format!("x{one}y{other}z")), format!("x{}y{}z", "*".repeat(123), "*".repeat(155)));
        assert_eq!(hidden(&format!("{}y", "aé".repeat(30))), format!("{}y", "*".repeat(90)));
        assert_eq!(hidden(&"aé".repeat(20)), "aé".repeat(20));
    }

    #[test]
    fn quotes_around_a_value_are_none_of_it() {
        for (written, value) in [
            ("'a'", "a"),
            ("\"a'\"", "a'"),
            ("'''a'b'''", "a'b"),
            ("'''a''''", "a'"),
            ("''", ""),
            ("'", ""),
            ("\"é", "é"),
            ("é", "é"),
            ("", ""),
        ] {
            assert_eq!(&written[inside(written)], value, "{written}");
        }
    }

    #[test]
    fn megabytes_of_one_letter_are_masked_in_no_time() {
        let secret = "a".repeat(1 << 20);
        let (mask, _) = mask_of(&secret);
        assert_eq!(mask.hide(&format!("{secret} b"), &[]), format!("{} b", "*".repeat(1 << 20)));
        let many: Vec<String> = (0..1000).map(|at| format!("{}{at}\n", "a".repeat(1000))).collect();
        let (mask, _) = mask_of(&many.concat());
        assert_eq!(mask.hide(&secret, &[]), "*".repeat(1 << 20));
    }
}
