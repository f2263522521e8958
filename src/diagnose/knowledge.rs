//! The built-in diagnoses, embedded by `build.rs`.

use std::cmp::Reverse;
use std::ops::Range;
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
    /// The expressions of which the longest match is quoted.
    quoted: Vec<String>,
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
            quoted: if spec.any.is_empty() { &spec.all } else { &spec.any }.clone(),
        };
        let patterns = diagnoses.iter().map(|spec| spec.patterns.iter().map(&mut compile).collect()).collect();
        let set = RegexSetBuilder::new(&expressions)
            .case_insensitive(true)
            .size_limit(MAX_COMPILED_BYTES)
            // With less, a text as long as a log is matched without the automaton, ten times slower.
            .dfa_size_limit(MAX_COMPILED_BYTES)
            .build()?;
        Ok(Self { diagnoses, patterns, set })
    }

    /// All diagnoses, sorted by id.
    pub fn diagnoses(&self) -> &[DiagnosisSpec] {
        &self.diagnoses
    }

    /// The diagnoses of one error except those that are `known` already, each with what it was recognised by.
    pub(super) fn recognise(&self, error: &str, known: &[&str]) -> Vec<(&DiagnosisSpec, String)> {
        // The automaton knows the borders of words in ASCII only, and no expression has other letters.
        let ascii = error.replace(|c: char| !c.is_ascii(), "?");
        let matched = self.set.matches(&ascii);
        let holds = |at: &usize| matched.matched(*at);
        let mut found: Vec<(usize, &DiagnosisSpec, String)> = Vec::new();
        for (spec, patterns) in self.diagnoses.iter().zip(&self.patterns) {
            let pattern = patterns.iter().find(|pattern| {
                pattern.all.iter().all(holds)
                    && (pattern.any.is_empty() || pattern.any.iter().any(holds))
                    && !pattern.not.iter().any(holds)
            });
            // What is quoted is searched for once, since that costs more than to recognise it.
            let pattern = pattern.filter(|_| !known.contains(&&*spec.id));
            if let Some(range) = pattern.and_then(|pattern| pattern.longest_match(error)) {
                found.push((range.start, spec, error[range].to_owned()));
            }
        }
        found.sort_by_key(|(start, ..)| *start);
        found.into_iter().map(|(_, spec, quoted)| (spec, quoted)).collect()
    }
}

impl Pattern {
    fn longest_match(&self, error: &str) -> Option<Range<usize>> {
        let matches = self.quoted.iter().filter_map(|part| Some(expression(part)?.find(error)?.range()));
        matches.max_by_key(|range| (range.len(), Reverse(range.start)))
    }
}

/// An expression as all of them are read.
pub(super) fn expression(text: &str) -> Option<Regex> {
    RegexBuilder::new(text).case_insensitive(true).build().ok()
}

const MAX_COMPILED_BYTES: usize = 64 * 1024 * 1024;
