//! L1. What a run produces: plain data, no rendering and no serialisation.

mod fix;
mod severity;

use std::sync::Arc;

pub use fix::{Edit, Fix, Safety};
pub use severity::Severity;

use crate::source::Span;

/// A place and what it has to do with the finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// Where.
    pub span: Span,
    /// Why this place; lower case, no full stop. May be empty on a primary label.
    pub text: String,
}

impl Label {
    /// A label that says `text` about `span`.
    pub fn new(span: Span, text: impl Into<String>) -> Self {
        Self { span, text: text.into() }
    }
}

/// One finding. It cannot be made without a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Id of the rule, such as `acr-transfer-api-version`.
    pub rule: Arc<str>,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong here: one sentence, lower case, no full stop, `backticks` for words from the source.
    pub message: String,
    /// Where the offending text is.
    pub primary: Label,
    /// Other places that explain it, in any file.
    pub related: Vec<Label>,
    /// The condition under which it holds: "when `mode` is 'ManagedIdentity'". `None` when it always holds.
    pub witness: Option<String>,
    /// What to do about it.
    pub help: Option<String>,
    /// A change that mends it.
    pub fix: Option<Fix>,
    /// Whether it tells of a value that is a secret, or is made of one.
    pub of_secret: bool,
}

impl Diagnostic {
    /// A finding of `rule` at `primary`.
    pub fn new(rule: impl Into<Arc<str>>, severity: Severity, message: impl Into<String>, primary: Label) -> Self {
        Self {
            rule: rule.into(),
            severity,
            message: message.into(),
            primary,
            related: Vec::new(),
            witness: None,
            help: None,
            fix: None,
            of_secret: false,
        }
    }

    /// Adds another place.
    #[must_use]
    pub fn with_related(mut self, label: Label) -> Self {
        self.related.push(label);
        self
    }

    /// Says what to do.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The message with its witness, as one line.
    pub fn headline(&self) -> String {
        match &self.witness {
            Some(witness) => format!("{} ({witness})", self.message),
            None => self.message.clone(),
        }
    }
}
