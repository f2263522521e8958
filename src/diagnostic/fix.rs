//! Changes to source text that mend a finding.

use crate::source::Span;

/// Replace the bytes of `span` by `replacement`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edit {
    /// What to replace; empty for an insertion.
    pub span: Span,
    /// The new text; empty for a deletion.
    pub replacement: String,
}

/// Whether a fix may be applied without asking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Safety {
    /// May change what is deployed in ways the author has to judge.
    Unsafe,
    /// Keeps the author's intent.
    Safe,
}

/// Edits that together mend one finding. They do not overlap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// What the fix does, as an instruction: "replace by 'SasToken'".
    pub title: String,
    /// Whether it may be applied without asking.
    pub safety: Safety,
    /// The edits, at least one.
    pub edits: Vec<Edit>,
}
