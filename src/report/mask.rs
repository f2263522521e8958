//! The view of an outcome that formats print: without secrets, and with every text of bounded length.

use std::cell::OnceCell;
use std::ops::Range;

use aho_corasick::{AhoCorasick, MatchKind};

use crate::diagnostic::{Diagnostic, Edit};
use crate::lint::{Coverage, Omitted, Outcome, Undecided};
use crate::source::{FileId, Position, SourceFile, Span, bare_keys, blot, named_credentials};
use crate::syntax::json::{self, Kind, Node};

/// Longest message, label or help that is printed, in characters: a message may quote a value of any length.
const MAX_TEXT: usize = 500;

/// A secret this long in bytes is masked wherever it stands; a shorter one only where it stands as a word.
const UNMISTAKABLE: usize = 8;

/// A secret shorter than this is masked only where it is written: it would take ordinary words with it.
const MIN_WORD: usize = 3;

/// An outcome in which everything secret is masked. Formats see nothing else.
#[derive(Debug)]
pub(super) struct Masked<'a> {
    outcome: &'a Outcome,
    secrets: Secrets,
    paths: Vec<OnceCell<String>>,
    texts: Vec<OnceCell<Option<String>>>,
    /// The findings.
    pub diagnostics: Vec<Diagnostic>,
    /// The questions that could not be decided.
    pub undecided: Vec<Undecided>,
    /// What was not looked into.
    pub omitted: Vec<Omitted>,
}

impl<'a> Masked<'a> {
    pub(super) fn new(outcome: &'a Outcome) -> Self {
        let secrets = Secrets::of(outcome);
        let texts = outcome.sources.iter().map(|_| OnceCell::new()).collect();
        let paths = outcome.sources.iter().map(|_| OnceCell::new()).collect();
        let diagnostics = outcome.diagnostics.iter().map(|diagnostic| secrets.mask_diagnostic(diagnostic)).collect();
        let undecided = &outcome.coverage.undecided;
        let undecided = undecided
            .iter()
            .map(|undecided| Undecided { reason: secrets.mask_text(&undecided.reason), ..undecided.clone() })
            .collect();
        let omitted = &outcome.coverage.omitted;
        let omitted = omitted.iter().map(|it| Omitted { name: secrets.mask_text(&it.name), ..it.clone() }).collect();
        Self { outcome, secrets, paths, texts, diagnostics, undecided, omitted }
    }

    /// How much was analysed.
    pub(super) fn coverage(&self) -> &'a Coverage {
        &self.outcome.coverage
    }

    /// The file's path.
    pub(super) fn path(&self, file: FileId) -> &str {
        self.paths[file.0 as usize].get_or_init(|| self.secrets.mask_path(self.source(file).path()))
    }

    /// The file's text. Every secret byte is a `*`, so that spans hold.
    pub(super) fn text(&self, file: FileId) -> &str {
        let source = self.source(file);
        let masked = self.texts[file.0 as usize].get_or_init(|| {
            let own = self.outcome.secrets.iter().filter(|span| span.file == file);
            let ranges = own.filter_map(|span| inside(source.text(), span.range())).collect();
            self.secrets.mask(source.text(), ranges, 0)
        });
        masked.as_deref().unwrap_or(source.text())
    }

    /// The file as it is: for positions, not for printing.
    pub(super) fn source(&self, file: FileId) -> &'a SourceFile {
        self.outcome.sources.file(file)
    }

    /// Line and column of the first byte of a span and of the byte behind it.
    pub(super) fn positions(&self, span: Span) -> [Position; 2] {
        let file = self.source(span.file);
        [span.start, span.end].map(|offset| file.lines().position(file.text(), offset))
    }
}

/// The secrets of an outcome, and what secrets look like.
#[derive(Debug)]
struct Secrets {
    known: Option<AhoCorasick>,
}

impl Secrets {
    fn of(outcome: &Outcome) -> Self {
        let mut words = Vec::new();
        for span in &outcome.secrets {
            collect_words(outcome.sources.text(*span), &mut words);
        }
        words.retain(|word: &String| word.chars().count() >= MIN_WORD);
        words.sort_unstable();
        words.dedup();
        let known = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostLongest)
            // What `toUpper` makes of a secret is one.
            .ascii_case_insensitive(true)
            .build(words);
        Self { known: known.ok().filter(|known| known.patterns_len() > 0) }
    }

    fn mask_diagnostic(&self, diagnostic: &Diagnostic) -> Diagnostic {
        let mut masked = diagnostic.clone();
        let texts = [&mut masked.message, &mut masked.primary.text].into_iter();
        let related = masked.related.iter_mut().map(|label| &mut label.text);
        for text in texts.chain(related).chain(&mut masked.help).chain(&mut masked.witness) {
            *text = self.mask_text(text);
        }
        // An edit that would write asterisks is no fix.
        masked.fix.take_if(|fix| fix.edits.iter().any(|edit: &Edit| self.is_secret(&edit.replacement)));
        if let Some(fix) = &mut masked.fix {
            fix.title = self.mask_text(&fix.title);
        }
        masked
    }

    fn mask_text(&self, text: &str) -> String {
        let masked = self.mask(text, Vec::new(), 0).unwrap_or_else(|| text.to_owned());
        match masked.char_indices().nth(MAX_TEXT) {
            Some((end, _)) => format!("{}…", &masked[..end]),
            None => masked,
        }
    }

    /// A short secret may be the ordinary name of a file.
    fn mask_path(&self, path: &str) -> String {
        self.mask(path, Vec::new(), UNMISTAKABLE).unwrap_or_else(|| path.to_owned())
    }

    fn is_secret(&self, text: &str) -> bool {
        self.mask(text, Vec::new(), 0).is_some()
    }

    /// `text` with everything secret of at least `min` bytes, and all of `ranges`, as asterisks; `None` when nothing is.
    fn mask(&self, text: &str, mut ranges: Vec<Range<usize>>, min: usize) -> Option<String> {
        ranges.extend(named_credentials(text));
        ranges.extend(bare_keys(text));
        if let Some(known) = &self.known {
            let found = known.find_iter(text).map(|found| found.range());
            ranges.extend(found.filter(|range| range.len() >= min && is_word(text, range)));
        }
        (!ranges.is_empty()).then(|| blot(text, &ranges))
    }
}

/// Whether what is at `range` is unmistakable, or stands as a word of its own.
fn is_word(text: &str, range: &Range<usize>) -> bool {
    let joins = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    range.len() >= UNMISTAKABLE
        || !(joins(text[..range.start].chars().next_back()) || joins(text[range.end..].chars().next()))
}

/// What of a secret value is masked: not the quotes or brackets around it.
fn inside(text: &str, range: Range<usize>) -> Option<Range<usize>> {
    let written = text.get(range.clone())?;
    let enclosed = written.len() >= 2 && written.starts_with(['"', '\'', '{', '[']);
    Some(if enclosed { range.start + 1..range.end - 1 } else { range })
}

/// The strings in the text of a secret value, as they are written and as they are meant.
fn collect_words(written: &str, words: &mut Vec<String>) {
    if let Some(contents) = written.strip_prefix('\'') {
        let contents = contents.strip_suffix('\'').unwrap_or(contents);
        words.extend([contents.to_owned(), contents.replace("''", "'")]);
        words.extend([json::decode(contents), json::decode(contents).replace("''", "'")]);
        return;
    }
    let (document, errors) = json::parse(FileId(0), written);
    // In a script it may stand without quotes.
    if !errors.is_empty() {
        words.push(written.to_owned());
    }
    let mut pending: Vec<Node<'_>> = document.root(written).into_iter().collect();
    while let Some(node) = pending.pop() {
        match node.kind() {
            Kind::String => {
                words.push(node.raw_contents().to_owned());
                words.extend(node.as_str().map(String::from));
            }
            Kind::Array => pending.extend(node.elements()),
            Kind::Object => pending.extend(node.members().map(|member| member.value)),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "abcdefghijklmnopqrstuvwxyz0123456789+/ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789abcdefgh+/AB==";

    fn mask(text: &str) -> String {
        Secrets { known: None }.mask(text, Vec::new(), 0).unwrap_or_else(|| text.to_owned())
    }

    #[test]
    fn signatures_are_masked_however_they_are_written() {
        assert_eq!(mask("a?sv=2020&sig=aB%2Bc%3D&se=1"), "a?sv=2020&sig=*********&se=1");
        assert_eq!(mask("x%26sig%3Dabc"), "x%26sig%3D***");
        assert_eq!(mask("x%2526sig%253Dabc"), "x%2526sig%253D***");
        assert_eq!(mask("concat('&sig=', 'abc')"), "concat('&sig=', '***')");
        assert_eq!(mask(r"\u0026sig\u003dab\u002bc\/d"), r"\u0026sig\u003d************");
        assert_eq!(mask("concat('&sig=', parameters('s'))"), "concat('&sig=', parameters('s'))");
    }

    #[test]
    fn keys_are_masked_with_and_without_their_name() {
        assert_eq!(KEY.len(), 88);
        assert_eq!(mask(KEY), "*".repeat(88));
        assert_eq!(mask(&format!("AccountKey={KEY};x")), format!("AccountKey={};x", "*".repeat(88)));
        assert_eq!(mask("SharedAccessKey=short;x"), "SharedAccessKey=*****;x");
        assert_eq!(mask("password=${token}"), "password=${token}");
    }

    #[test]
    fn short_secrets_are_words_and_long_ones_are_anywhere() {
        let text = "abc abcd xhunter2hunter2y";
        let known = AhoCorasick::new(["abc", "hunter2hunter2"]).ok();
        let masked = Secrets { known }.mask(text, Vec::new(), 0);
        assert_eq!(masked.as_deref(), Some("*** abcd x**************y"));
    }

    #[test]
    fn a_value_gives_its_strings() {
        let mut words = Vec::new();
        collect_words(r#"{"user": "joe", "list": ["a\"b", 1]}"#, &mut words);
        words.sort();
        assert_eq!(words, ["a\"b", "a\\\"b", "joe", "joe"]);
    }
}
