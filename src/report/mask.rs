//! The view of an outcome that formats print: without secrets, and with every text of bounded length.

use std::cell::{Cell, OnceCell};
use std::collections::BTreeMap;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::diagnostic::{Diagnostic, Label, Severity};
use crate::lint::{Coverage, Omitted, Outcome, Undecided};
use crate::source::{FileId, Mask, Position, Secret, SourceFile, Span, blot, inside};

/// Longest message, label or help that is printed, in characters: a message may quote a value of any length.
const MAX_TEXT: usize = 500;

/// Most secrets that a finding is asked whether it is about one of them.
const MAX_NEAR: usize = 64;

/// Shortest part of a secret that counts as one where a finding is about the secret, in letters and digits.
const MIN_PART: usize = 3;

/// An outcome in which everything secret is masked. Formats see nothing else.
#[derive(Debug)]
pub(super) struct Masked<'a> {
    outcome: &'a Outcome,
    mask: Mask,
    /// The secrets of each file, in the order of their places.
    secrets: BTreeMap<FileId, Vec<&'a Secret>>,
    paths: Vec<OnceCell<String>>,
    texts: Vec<OnceCell<Option<String>>>,
    lost: Vec<OnceCell<Diagnostic>>,
    has_failed: Cell<bool>,
    /// The findings.
    pub diagnostics: Vec<Diagnostic>,
    /// The questions that could not be decided.
    pub undecided: Vec<Undecided>,
    /// What was not looked into.
    pub omitted: Vec<Omitted>,
}

impl<'a> Masked<'a> {
    pub(super) fn new(outcome: &'a Outcome) -> Self {
        let mask = Mask::new(&outcome.secrets, &outcome.names, &outcome.sources);
        let mut secrets: BTreeMap<FileId, Vec<&Secret>> = BTreeMap::new();
        for secret in &outcome.secrets {
            secrets.entry(secret.span.file).or_default().push(secret);
        }
        for secrets in secrets.values_mut() {
            secrets.sort_by_key(|secret| secret.span);
        }
        let mut masked = Self {
            outcome,
            mask,
            secrets,
            paths: outcome.sources.iter().map(|_| OnceCell::new()).collect(),
            texts: outcome.sources.iter().map(|_| OnceCell::new()).collect(),
            lost: outcome.sources.iter().map(|_| OnceCell::new()).collect(),
            has_failed: Cell::new(false),
            diagnostics: Vec::new(),
            undecided: Vec::new(),
            omitted: Vec::new(),
        };
        let shown = |it: &Diagnostic| masked.safely(it.primary.span.file, || masked.diagnostic(it), Diagnostic::clone);
        masked.diagnostics = outcome.diagnostics.iter().map(shown).collect();
        let coverage = &outcome.coverage;
        let reason = |it: &Undecided| masked.told(&it.reason, &[it.span.file]);
        masked.undecided = coverage.undecided.iter().map(|it| Undecided { reason: reason(it), ..it.clone() }).collect();
        let name = |it: &Omitted| masked.told(&it.name, it.place.map(|span| span.file).as_slice());
        masked.omitted = coverage.omitted.iter().map(|it| Omitted { name: name(it), ..it.clone() }).collect();
        masked
    }

    /// How much was analysed.
    pub(super) fn coverage(&self) -> &'a Coverage {
        &self.outcome.coverage
    }

    /// What `show` makes of each finding. A bug that it shows costs the finding, not the others.
    pub(super) fn each<'m, T>(&'m self, show: impl Fn(&'m Diagnostic) -> T) -> impl Iterator<Item = T> {
        self.diagnostics.iter().map(move |it| self.safely(it.primary.span.file, || show(it), &show))
    }

    /// Whether a bug cost a finding.
    pub(super) fn has_failed(&self) -> bool {
        self.has_failed.get()
    }

    /// What `work` returns; when a bug makes it panic, what `instead` makes of the finding that says so.
    fn safely<'m, T>(&'m self, file: FileId, work: impl FnOnce() -> T, instead: impl FnOnce(&'m Diagnostic) -> T) -> T {
        catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| {
            self.has_failed.set(true);
            instead(self.lost[file.0 as usize].get_or_init(|| {
                let message = "plimsoll failed to show a finding in this file; please report it";
                Diagnostic::new("internal-error", Severity::Error, message, Label::new(Span::new(file, 0, 0), ""))
            }))
        })
    }

    /// The file's path.
    pub(super) fn path(&self, file: FileId) -> &str {
        self.paths[file.0 as usize].get_or_init(|| self.mask.hide(self.source(file).path(), &[]).into_owned())
    }

    /// The file's text. Every secret byte is a `*`, so that spans hold.
    pub(super) fn text(&self, file: FileId) -> &str {
        let source = self.source(file);
        let masked = self.texts[file.0 as usize].get_or_init(|| {
            let own = self.secrets.get(&file).into_iter().flatten();
            let mut ranges: Vec<Range<usize>> = own.filter_map(|it| written(source.text(), it.span.range())).collect();
            ranges.extend(self.mask.find(source.text(), &[]));
            (!ranges.is_empty()).then(|| blot(source.text(), &ranges))
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

    fn diagnostic(&self, diagnostic: &Diagnostic) -> Diagnostic {
        let mut masked = diagnostic.clone();
        let places = std::iter::once(&diagnostic.primary).chain(&diagnostic.related).map(|label| label.span);
        let edits = diagnostic.fix.iter().flat_map(|fix| &fix.edits);
        let places: Vec<Span> = places.chain(edits.clone().map(|edit| edit.span)).collect();
        let mut near: Vec<FileId> = places.iter().map(|span| span.file).collect();
        near.sort_unstable();
        near.dedup();
        let about = self.about(&places);
        let made_of = if diagnostic.of_secret { self.secrets_of(&near) } else { Vec::new() };
        let show = |text: &str| self.told(&without_parts(text, &about, &made_of), &near);
        for text in [&mut masked.message, &mut masked.primary.text]
            .into_iter()
            .chain(masked.related.iter_mut().map(|label| &mut label.text))
            .chain(&mut masked.help)
            .chain(&mut masked.witness)
            .chain(masked.fix.iter_mut().map(|fix| &mut fix.title))
        {
            *text = show(text);
        }
        // An edit that would write asterisks is no fix, and one that rewrites a secret shows what is left of it.
        let writes = edits.clone().any(|edit| !edit.replacement.is_empty());
        let is_secret = |text: &str| !self.mask.find(text, &near).is_empty();
        let rewrites = |span: Span| {
            let source = self.source(span.file).text();
            self.text(span.file).get(span.range()) != source.get(span.range())
        };
        let shows = edits.clone().any(|edit| is_secret(&edit.replacement) || rewrites(edit.span));
        masked.fix.take_if(|_| writes && (shows || !about.is_empty() || diagnostic.of_secret));
        masked
    }

    /// The letters and digits, in lower case, of the secrets that one of `places` shows.
    fn about(&self, places: &[Span]) -> Vec<String> {
        let mut about = Vec::new();
        for place in places {
            let secrets = self.secrets.get(&place.file).map_or(&[][..], |secrets| secrets);
            let end = secrets.partition_point(|secret| secret.span.start < place.end.max(place.start + 1));
            let near = secrets[..end].iter().rev().take(MAX_NEAR).filter(|secret| secret.span.end > place.start);
            about.extend(near.map(|secret| self.letters(secret)));
        }
        about.retain(|secret| secret.len() >= MIN_PART);
        about
    }

    /// The letters and digits, in lower case, of the secrets of `files`.
    fn secrets_of(&self, files: &[FileId]) -> Vec<String> {
        let is_theirs = |secret: &&Secret| [secret.of, secret.span.file].iter().any(|file| files.contains(file));
        let own = self.outcome.secrets.iter().filter(is_theirs).map(|secret| self.letters(secret));
        own.filter(|secret| secret.len() >= MIN_PART).collect()
    }

    fn letters(&self, secret: &Secret) -> String {
        stripped(secret.value.as_deref().unwrap_or_else(|| self.outcome.sources.text(secret.span)))
    }

    fn told(&self, text: &str, near: &[FileId]) -> String {
        let masked = self.mask.hide(text, near);
        match masked.char_indices().nth(MAX_TEXT) {
            Some((end, _)) => format!("{}…", &masked[..end]),
            None => masked.into_owned(),
        }
    }
}

/// What of a secret value is masked where it is written: not the quotes around it.
fn written(text: &str, range: Range<usize>) -> Option<Range<usize>> {
    let inside = inside(text.get(range.clone())?);
    Some(range.start + inside.start..range.start + inside.end)
}

/// `text` without the words in backticks that are made of one of the secrets `about` or a part of one, or that hold one
/// of those in `made_of`.
fn without_parts(text: &str, about: &[String], made_of: &[String]) -> String {
    if about.is_empty() && made_of.is_empty() {
        return text.to_owned();
    }
    let shown = |(at, piece): (usize, &str)| {
        let word = stripped(piece);
        let is_part = |secret: &String| word.len() >= MIN_PART && secret.contains(&word);
        let holds = |secret: &String| word.contains(secret.as_str());
        let is_quoted = at % 2 == 1;
        let is_hidden = is_quoted && (about.iter().any(is_part) || about.iter().chain(made_of).any(holds));
        if is_hidden { piece.chars().map(|_| '*').collect() } else { piece.to_owned() }
    };
    text.split('`').enumerate().map(shown).collect::<Vec<_>>().join("`")
}

/// The letters and digits of a text, in lower case.
fn stripped(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_made_of_a_secret_is_hidden_where_the_secret_is_spoken_of() {
        let secrets = ["hunter2secret9".to_owned()];
        let hidden = |text: &str| without_parts(text, &secrets, &[]);
        assert_eq!(hidden("the name `Hunter2-Secret9_` is `a`"), "the name `****************` is `a`");
        assert_eq!(hidden("`Secret9` or hunter2"), "`*******` or hunter2");
        assert_eq!(without_parts("`Secret9`", &[], &[]), "`Secret9`");
        let made_of = |text: &str| without_parts(text, &[], &["tube".to_owned()]);
        assert_eq!(made_of("`xTube1` and `tub`"), "`******` and `tub`");
    }
}
