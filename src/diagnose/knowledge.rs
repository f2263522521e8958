//! The built-in diagnoses, embedded by `build.rs`.

use std::sync::OnceLock;

use regex::{Regex, RegexBuilder, RegexSet, RegexSetBuilder};

use super::spec::{DiagnosisSpec, PatternSpec};

/// All diagnoses, and what they are recognised by.
#[derive(Debug)]
pub struct Knowledge {
    diagnoses: Vec<DiagnosisSpec>,
    /// The patterns of each diagnosis.
    patterns: Vec<Vec<Pattern>>,
    /// Every regular expression, tried at once.
    set: RegexSet,
}

/// A [`PatternSpec`] as indexes into the set.
#[derive(Debug)]
struct Pattern {
    all: Vec<usize>,
    any: Vec<usize>,
    not: Vec<usize>,
    /// The expression whose match is quoted.
    quoted: String,
}

const EMBEDDED: &str = include_str!(concat!(env!("OUT_DIR"), "/diagnoses.json"));

impl Knowledge {
    /// The built-in diagnoses.
    ///
    /// # Panics
    /// When what is embedded is not what `build.rs` wrote, which no input can cause.
    #[expect(clippy::expect_used, reason = "build.rs wrote the text from this very type, and a test compiles it")]
    pub fn built_in() -> &'static Self {
        static BUILT_IN: OnceLock<Knowledge> = OnceLock::new();
        BUILT_IN.get_or_init(|| {
            let diagnoses = serde_json::from_str(EMBEDDED).expect("embedded diagnoses");
            Self::new(diagnoses).expect("expressions of the embedded diagnoses")
        })
    }

    /// The knowledge of `diagnoses`; an expression that is none is an error.
    pub fn new(diagnoses: Vec<DiagnosisSpec>) -> Result<Self, regex::Error> {
        let mut expressions = Vec::new();
        let mut indexes = |list: &[String]| -> Vec<usize> {
            let start = expressions.len();
            expressions.extend(list.iter().cloned());
            (start..expressions.len()).collect()
        };
        let mut compile = |spec: &PatternSpec| Pattern {
            all: indexes(&spec.all),
            any: indexes(&spec.any),
            not: indexes(&spec.not),
            quoted: spec.any.iter().chain(&spec.all).map(|part| format!("(?:{part})")).collect::<Vec<_>>().join("|"),
        };
        let patterns = diagnoses.iter().map(|spec| spec.patterns.iter().map(&mut compile).collect()).collect();
        let set = RegexSetBuilder::new(&expressions).case_insensitive(true).size_limit(MAX_COMPILED_BYTES).build()?;
        Ok(Self { diagnoses, patterns, set })
    }

    /// All diagnoses, sorted by id.
    pub fn diagnoses(&self) -> &[DiagnosisSpec] {
        &self.diagnoses
    }

    /// The diagnoses of one error, each with what it was recognised by.
    pub(super) fn recognise(&self, error: &str) -> Vec<(&DiagnosisSpec, String)> {
        let matched = self.set.matches(error);
        if !matched.matched_any() {
            return Vec::new();
        }
        let holds = |at: &usize| matched.matched(*at);
        let mut found: Vec<(usize, &DiagnosisSpec, String)> = Vec::new();
        for (spec, patterns) in self.diagnoses.iter().zip(&self.patterns) {
            let pattern = patterns.iter().find(|pattern| {
                pattern.all.iter().all(holds)
                    && (pattern.any.is_empty() || pattern.any.iter().any(holds))
                    && !pattern.not.iter().any(holds)
            });
            let range = pattern.and_then(|pattern| expression(&pattern.quoted)?.find(error));
            if let Some(range) = range {
                found.push((range.start(), spec, range.as_str().to_owned()));
            }
        }
        found.sort_by_key(|(start, ..)| *start);
        found.into_iter().map(|(_, spec, quoted)| (spec, quoted)).collect()
    }
}

/// An expression as all of them are read.
pub(super) fn expression(text: &str) -> Option<Regex> {
    RegexBuilder::new(text).case_insensitive(true).build().ok()
}

const MAX_COMPILED_BYTES: usize = 64 * 1024 * 1024;
