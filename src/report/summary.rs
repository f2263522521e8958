//! How much was found and how much was analysed, in numbers and in one line.

use std::fmt::Write;

use super::Options;
use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::{Coverage, Omission, Omitted};

/// Number of findings of a severity.
pub(super) fn count(diagnostics: &[Diagnostic], severity: Severity) -> usize {
    diagnostics.iter().filter(|diagnostic| diagnostic.severity == severity).count()
}

/// `2 errors, 1 warning in 3 files (7 resources); 1 suppressed; 4 questions undecided (--show-unknown lists them); 1 file not analysed`.
pub(super) fn line(diagnostics: &[Diagnostic], coverage: &Coverage, options: Options) -> String {
    let found: Vec<String> = Severity::ALL
        .into_iter()
        .map(|severity| (count(diagnostics, severity), severity.name()))
        .filter(|(count, _)| *count > 0)
        .map(|(count, name)| plural(count, name))
        .collect();
    let found = if found.is_empty() { "no findings".to_owned() } else { found.join(", ") };
    let (files, resources) = (plural(coverage.files, "file"), plural(coverage.resources, "resource"));
    // Writing to a string cannot fail.
    let mut line = format!("{found} in {files} ({resources})");
    if coverage.suppressed > 0 {
        let _ = write!(line, "; {} suppressed", coverage.suppressed);
    }
    if coverage.filled_later > 0 {
        let _ = write!(line, "; {} filled in later", plural(coverage.filled_later, "value"));
    }
    if !coverage.undecided.is_empty() {
        let hint = if options.show_unknown { "" } else { " (--show-unknown lists them)" };
        let _ = write!(line, "; {} undecided{hint}", plural(coverage.undecided.len(), "question"));
    }
    if coverage.unparsed > 0 {
        let _ = write!(line, "; {} not fully analysed", plural(coverage.unparsed, "file"));
    }
    for (kind, omitted) in by_kind(&coverage.omitted) {
        let _ = write!(line, "; {} {}", omitted.len(), kind.words(omitted.len()));
    }
    line
}

/// What was not looked into, kind by kind.
pub(super) fn by_kind(omitted: &[Omitted]) -> impl Iterator<Item = (Omission, &[Omitted])> {
    omitted.chunk_by(|one, next| one.kind == next.kind).filter_map(|group| Some((group.first()?.kind, group)))
}

fn plural(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Label;
    use crate::lint::Undecided;
    use crate::source::{FileId, Span};

    #[test]
    fn numbers_agree_with_their_nouns() {
        let options = Options::default();
        let clean = Coverage { files: 1, resources: 0, ..Coverage::default() };
        assert_eq!(line(&[], &clean, options), "no findings in 1 file (0 resources)");

        let span = Span::new(FileId(0), 0, 0);
        let finding = |severity| Diagnostic::new("a", severity, "b", Label::new(span, ""));
        let findings = [finding(Severity::Error), finding(Severity::Error), finding(Severity::Info)];
        let undecided = vec![Undecided { span, rule: "a".into(), reason: String::new() }];
        let named = |kind| Omitted { kind, name: "a".to_owned(), place: None };
        let coverage = Coverage {
            files: 2,
            resources: 1,
            filled_later: 3,
            unparsed: 1,
            suppressed: 2,
            undecided,
            omitted: vec![named(Omission::Module), named(Omission::Script), named(Omission::Script)],
        };
        assert_eq!(
            line(&findings, &coverage, options),
            "2 errors, 1 info in 2 files (1 resource); 2 suppressed; 3 values filled in later; 1 question undecided (--show-unknown lists them); \
             1 file not fully analysed; 1 module not in view; 2 scripts not in view"
        );
    }
}
