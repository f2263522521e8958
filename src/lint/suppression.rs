//! Findings that their author has silenced: `#disable-next-line`, and `#disable-diagnostics` up to
//! `#restore-diagnostics`.

use std::collections::HashMap;
use std::ops::Range;

use crate::diagnostic::Diagnostic;
use crate::engine::catalogue::Catalogue;
use crate::source::{FileId, Sources, Span};
use crate::syntax::bicep::{Pragma, PragmaKind};

use super::own_finding;

/// What no one can silence, nor leave out: it says why little or nothing is known of a file, and of the exit code 2.
pub(super) const ALWAYS_SHOWN: [&str; 5] =
    ["bicep-syntax", "json-syntax", "yaml-syntax", "unreadable-file", "internal-error"];

/// What our ids start with; other codes mean rules of the compiler.
const OUR_PREFIX: &str = "acr-transfer-";

/// The ids that are silenced, each with the zero-based lines where it is.
#[derive(Debug, Default)]
pub(super) struct Suppressions {
    by_file: HashMap<FileId, Vec<(String, Range<usize>)>>,
}

impl Suppressions {
    /// Reads pragmas; those of one file come in their order. `literals` are texts that no pragma can stand in: what
    /// silences the line in which one starts silences all of it.
    pub(super) fn new<'l>(pragmas: &[Pragma], literals: impl Iterator<Item = &'l Span>, sources: &Sources) -> Self {
        let mut suppressions = Self::default();
        let line = |file: FileId, at: u32| sources.file(file).lines().line_at(at);
        let ends: HashMap<(FileId, usize), usize> =
            literals.map(|Span { file, start, end }| ((*file, line(*file, *start)), line(*file, *end))).collect();
        for pragma in pragmas {
            let line = line(pragma.span.file, pragma.span.start);
            let silenced = suppressions.by_file.entry(pragma.span.file).or_default();
            for code in pragma.codes.iter().map(|code| sources.text(*code)) {
                match pragma.kind {
                    PragmaKind::DisableNextLine => {
                        let last = ends.get(&(pragma.span.file, line + 1)).copied().unwrap_or(line + 1);
                        silenced.push((code.to_owned(), line + 1..last + 1));
                    }
                    PragmaKind::Disable => silenced.push((code.to_owned(), line..usize::MAX)),
                    PragmaKind::Restore => {
                        let open = silenced.iter_mut().filter(|(id, lines)| id == code && lines.end == usize::MAX);
                        open.for_each(|(_, lines)| lines.end = line);
                    }
                }
            }
        }
        suppressions
    }

    /// Whether a finding is silenced where it starts.
    pub(super) fn silence(&self, diagnostic: &Diagnostic, sources: &Sources) -> bool {
        let span = diagnostic.primary.span;
        let Some(silenced) = self.by_file.get(&span.file).filter(|_| !ALWAYS_SHOWN.contains(&&*diagnostic.rule)) else {
            return false;
        };
        let line = sources.file(span.file).lines().line_at(span.start);
        silenced.iter().any(|(id, lines)| **id == *diagnostic.rule && lines.contains(&line))
    }
}

/// Ids that look like ours and are none of them.
pub(super) fn unknown(pragmas: &[Pragma], sources: &Sources) -> Vec<Diagnostic> {
    let catalogue = Catalogue::built_in();
    let ids = || catalogue.rules().iter().map(|rule| &*rule.metadata.id);
    let codes = pragmas.iter().flat_map(|pragma| &pragma.codes);
    let unknown = codes.filter(|code| {
        let id = sources.text(**code);
        id.starts_with(OUR_PREFIX) && catalogue.rule(id).is_none()
    });
    let finding = |code: &Span| {
        let id = sources.text(*code);
        let finding = own_finding("unknown-suppression", *code, format!("there is no rule `{id}`"));
        let likeness = ids().map(|known| (strsim::jaro_winkler(known, id), known));
        match likeness.filter(|(likeness, _)| *likeness > 0.9).max_by(|(a, _), (b, _)| a.total_cmp(b)) {
            Some((_, known)) => finding.with_help(format!("did you mean `{known}`?")),
            None => finding.with_help("`plimsoll rules` lists all ids"),
        }
    };
    unknown.map(finding).collect()
}
