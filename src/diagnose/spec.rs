//! The format of a diagnosis file. Shared with `build.rs`, which validates every file and embeds it; depends on serde alone.

use serde::{Deserialize, Serialize};

/// A diagnosis file, `rules/diagnose/<id>.yaml`: how an error shows, where it comes from, what to look at.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct DiagnosisSpec {
    /// Id in kebab-case; also the file's name.
    pub id: String,
    /// What has happened, in one line.
    pub title: String,
    /// The ways in which the error shows; one of them is enough.
    pub patterns: Vec<PatternSpec>,
    /// Ids of more general diagnoses, which are left out when this one is made.
    #[serde(default)]
    pub overrides: Vec<String>,
    /// Whether the diagnosis is made only when no other is.
    #[serde(default)]
    pub fallback: bool,
    /// Ids of the entries of `rules/troubleshooting.yaml` that it answers.
    #[serde(default)]
    pub troubleshooting: Vec<String>,
    /// What brings it about, the likeliest first.
    pub causes: Vec<CauseSpec>,
    /// How to find out which cause it is.
    pub checks: Vec<CheckSpec>,
    /// Where the facts come from.
    pub links: Vec<String>,
    /// Inputs that draw this diagnosis first: the tests.
    pub examples: Vec<String>,
}

/// What one error says: all of `all`, at least one of `any` (when there are some) and none of `not`. Each is a regular
/// expression without regard to case. It is matched against the text of the error with every run of white space as one
/// blank and without the backslashes of JSON; in JSON, a member is `name: value`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct PatternSpec {
    /// All of these match.
    #[serde(default)]
    pub all: Vec<String>,
    /// One of these matches.
    #[serde(default)]
    pub any: Vec<String>,
    /// None of these matches.
    #[serde(default)]
    pub not: Vec<String>,
}

/// What brings an error about.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct CauseSpec {
    /// One sentence, lower case, no full stop.
    pub text: String,
    /// Ids of the rules that find it before deployment.
    #[serde(default)]
    pub rules: Vec<String>,
    /// A regular expression: an error that it matches has this cause sooner than the ones without.
    #[serde(default)]
    pub when: Option<String>,
}

/// How to find out which cause it is.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct CheckSpec {
    /// What to look for in the answer.
    pub text: String,
    /// The command that shows it; `<name>` stands for what the reader fills in.
    #[serde(default)]
    pub command: Option<String>,
}
