//! What a rule says about itself, whoever runs it.

use std::sync::Arc;

use crate::diagnostic::Severity;

/// Whether a rule runs unasked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Runs by default.
    Stable,
    /// Runs by default, but rests on a fact that nobody has confirmed yet.
    Preview,
    /// Runs only when selected.
    Off,
}

/// The description of a rule: the source of `plimsoll explain`, of the documentation and of SARIF metadata.
#[derive(Debug, Clone)]
pub struct Metadata {
    /// Id, such as `acr-transfer-api-version`.
    pub id: Arc<str>,
    /// The pack it belongs to, such as `acr-transfer`.
    pub pack: Arc<str>,
    /// The severity of its findings, unless a case says otherwise.
    pub severity: Severity,
    /// The version of plimsoll that introduced it.
    pub since: String,
    /// Whether it runs unasked.
    pub status: Status,
    /// Whether Azure refuses what its errors say before it deploys anything, so that there is nothing to predict.
    pub refused: bool,
    /// One line.
    pub summary: String,
    /// Why it matters; Markdown.
    pub why: String,
    /// What to do; Markdown.
    pub how_to_fix: String,
    /// Where the facts come from.
    pub links: Vec<String>,
}
