//! L7. From the text of an error to what it comes from. No input or output.

mod errors;
mod knowledge;
pub mod spec;
mod support;

pub use knowledge::Knowledge;
pub use support::SupportIds;

use crate::engine::catalogue::Catalogue;
use crate::source::{bare_keys, blot, named_credentials};
use knowledge::expression;
use spec::{CheckSpec, DiagnosisSpec};

/// What is known about an input.
#[derive(Debug, Default)]
pub struct Findings {
    /// The diagnoses, in the order in which their errors stand in the input; none when the input is not understood.
    pub diagnoses: Vec<Diagnosis>,
    /// What to hand to support.
    pub ids: SupportIds,
    /// Whether the input holds more errors than were looked at.
    pub truncated: bool,
}

impl Findings {
    /// Ids of the rules that find one of the causes before deployment, each once.
    pub fn rules(&self) -> Vec<&'static str> {
        let mut rules = Vec::new();
        for rule in self.diagnoses.iter().flat_map(|diagnosis| &diagnosis.causes).flat_map(|cause| &cause.rules) {
            if !rules.contains(rule) {
                rules.push(*rule);
            }
        }
        rules
    }
}

/// What is known about an error.
#[derive(Debug)]
pub struct Diagnosis {
    /// Its id, stable.
    pub id: &'static str,
    /// What has happened.
    pub title: &'static str,
    /// The words that it was recognised by, free of secrets.
    pub recognised_by: String,
    /// What brings it about, the likeliest first.
    pub causes: Vec<Cause>,
    /// How to find out which cause it is.
    pub checks: &'static [CheckSpec],
    /// Where the facts come from.
    pub links: &'static [String],
}

/// What brings an error about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cause {
    /// One sentence, lower case, no full stop.
    pub text: &'static str,
    /// Ids of the built-in rules that find it before deployment.
    pub rules: Vec<&'static str>,
}

/// Says what the errors in `text` come from.
pub fn diagnose(text: &str) -> Findings {
    let knowledge = Knowledge::built_in();
    let errors = errors::errors(text);
    let mut found: Vec<(&DiagnosisSpec, String, String)> = Vec::new();
    for error in errors.texts.iter().map(|text| without_secrets(text)) {
        let known: Vec<&str> = found.iter().map(|(spec, ..)| &*spec.id).collect();
        let new = knowledge.recognise(&error, &known);
        found.extend(new.into_iter().map(|(spec, quoted)| (spec, quoted, error.clone())));
    }
    let outdone = |spec: &DiagnosisSpec| {
        found.iter().any(|(other, ..)| other.overrides.contains(&spec.id) || (spec.fallback && !other.fallback))
    };
    let diagnoses = found.iter().filter(|(spec, ..)| !outdone(spec));
    let diagnoses = diagnoses.map(|(spec, quoted, error)| diagnosis(spec, quoted, error)).collect();
    Findings { diagnoses, ids: support::support_ids(text), truncated: errors.truncated }
}

fn diagnosis(spec: &'static DiagnosisSpec, quoted: &str, error: &str) -> Diagnosis {
    let speaks_of = |when: &Option<String>| {
        when.as_ref().and_then(|when| expression(when)).is_some_and(|expression| expression.is_match(error))
    };
    let (named, others): (Vec<_>, Vec<_>) = spec.causes.iter().partition(|cause| speaks_of(&cause.when));
    let catalogue = Catalogue::built_in();
    let is_there = |id: &&str| catalogue.rule(id).is_some();
    let causes = named.into_iter().chain(others).map(|cause| Cause {
        text: &cause.text,
        rules: cause.rules.iter().map(String::as_str).filter(is_there).collect(),
    });
    Diagnosis {
        id: &spec.id,
        title: &spec.title,
        recognised_by: quoted.to_owned(),
        causes: causes.collect(),
        checks: &spec.checks,
        links: &spec.links,
    }
}

/// `text` with signatures, keys and tokens as asterisks.
fn without_secrets(text: &str) -> String {
    let mut secrets = named_credentials(text);
    secrets.extend(bare_keys(text));
    blot(text, &secrets)
}
