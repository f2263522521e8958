//! What a run found.

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

use crate::diagnostic::Diagnostic;
use crate::project::Omitted;
use crate::source::{FileId, Secret, Sources, Span};

/// What a run found.
#[derive(Debug, Default)]
pub struct Outcome {
    /// The texts that the findings point into.
    pub sources: Sources,
    /// The findings, sorted by path, position and rule.
    pub diagnostics: Vec<Diagnostic>,
    /// What is never shown: values of secure parameters and the like.
    pub secrets: Vec<Secret>,
    /// What is called like one of the secrets, in lower case: the word alone does not show that it is one.
    pub names: HashSet<String>,
    /// How much was analysed.
    pub coverage: Coverage,
}

impl Outcome {
    /// The files that it speaks of.
    pub(super) fn shown(&self) -> BTreeSet<FileId> {
        let of_diagnostic = |found: &Diagnostic| {
            let labels = std::iter::once(&found.primary).chain(&found.related).map(|label| label.span.file);
            let edits = found.fix.iter().flat_map(|fix| &fix.edits).map(|edit| edit.span.file);
            labels.chain(edits).collect::<Vec<_>>()
        };
        let omitted = self.coverage.omitted.iter().filter_map(|omitted| omitted.place);
        let others = omitted.chain(self.coverage.undecided.iter().map(|undecided| undecided.span));
        self.diagnostics.iter().flat_map(of_diagnostic).chain(others.map(|span| span.file)).collect()
    }
}

/// How much of the input was analysed.
#[derive(Debug, Default)]
pub struct Coverage {
    /// Files that were analysed: templates, parameter files, and others that tell about transfers.
    pub files: usize,
    /// Files that could not be read or parsed; each has a finding that says why.
    pub unparsed: usize,
    /// Values that another tool, or the reader, fills in before the deployment, of those that were asked for.
    pub filled_later: usize,
    /// Resources that were checked, those of nested deployments included.
    pub resources: usize,
    /// Findings that are not shown, because their author silenced them where they are.
    pub suppressed: usize,
    /// What was not looked into; sorted, each once.
    pub omitted: Vec<Omitted>,
    /// Questions of rules that no one can answer before deployment.
    pub undecided: Vec<Undecided>,
}

/// A question that a rule could not decide.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Undecided {
    /// Where the value that decides it is written.
    pub span: Span,
    /// The rule.
    pub rule: Arc<str>,
    /// Why, such as "depends on `reference(…)`"; free of secrets.
    pub reason: String,
}
