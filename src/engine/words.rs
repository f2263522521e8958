//! The definitions of a rule, as its clauses and texts are compiled with them for one type of resource.

use std::cell::Cell;
use std::collections::BTreeMap;

use super::spec::{self, DefinitionsSpec, TermSpec};

/// Definitions, those of the pack first, for one type of resource.
#[derive(Debug)]
pub(super) struct Words<'a> {
    leaf: &'a str,
    definitions: [&'a DefinitionsSpec; 2],
    used: Cell<bool>,
    depth: Cell<usize>,
}

/// Most conditions inside one another.
const MAX_DEPTH: usize = 16;

impl<'a> Words<'a> {
    /// The words for resources of the type `ty`; what the rule defines goes before what the pack does.
    pub(super) fn new(ty: &'a str, pack: &'a DefinitionsSpec, own: &'a DefinitionsSpec) -> Self {
        let leaf = ty.rsplit('/').next().unwrap_or(ty);
        Self { leaf, definitions: [own, pack], used: Cell::new(false), depth: Cell::new(0) }
    }

    /// Whether what was compiled depends on the type.
    pub(super) fn used(&self) -> bool {
        self.used.get()
    }

    fn term(&self, name: &str) -> Result<Option<&'a TermSpec>, String> {
        let Some(by_type) = self.definitions.iter().find_map(|own| own.terms.get(name)) else { return Ok(None) };
        self.used.set(true);
        let found = by_type.iter().find(|(leaf, _)| leaf.eq_ignore_ascii_case(self.leaf));
        match found {
            Some((_, term)) => Ok(Some(term)),
            None => Err(format!("the term `{name}` says nothing for `{}`", self.leaf)),
        }
    }

    /// `text` with the words in place of the terms; other `{{…}}` places stay.
    pub(super) fn fill(&self, text: &str) -> Result<String, String> {
        let mut filled = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("{{") {
            let (place, after) = after.split_once("}}").ok_or("`{{` without `}}`")?;
            filled.push_str(before);
            match self.term(place)? {
                Some(TermSpec::Word(word)) => filled.push_str(word),
                Some(TermSpec::List(words)) => {
                    filled.push_str(&words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", "));
                }
                None => filled.extend(["{{", place, "}}"]),
            }
            rest = after;
        }
        filled.push_str(rest);
        Ok(filled)
    }

    /// `texts` with the words in place of the terms.
    pub(super) fn list(&self, texts: &[String]) -> Result<Vec<String>, String> {
        let mut words = Vec::new();
        for text in texts {
            let name = text.strip_prefix("{{").and_then(|text| text.strip_suffix("}}"));
            match name.map(|name| self.term(name)).transpose()?.flatten() {
                Some(TermSpec::List(list)) => words.extend(list.iter().cloned()),
                _ => words.push(self.known(text)?),
            }
        }
        Ok(words)
    }

    /// Values with the words in place of the terms.
    pub(super) fn values(&self, values: &[serde_json::Value]) -> Result<Vec<serde_json::Value>, String> {
        let mut filled = Vec::new();
        for value in values {
            match value {
                serde_json::Value::String(text) => {
                    filled.extend(self.list(std::slice::from_ref(text))?.into_iter().map(serde_json::Value::String));
                }
                other => filled.push(other.clone()),
            }
        }
        Ok(filled)
    }

    /// `text` with the words in place of the terms, where nothing else may stand between braces.
    pub(super) fn known(&self, text: &str) -> Result<String, String> {
        let filled = self.fill(text)?;
        match filled.split_once("{{").and_then(|(_, rest)| rest.split_once("}}")) {
            Some((name, _)) => Err(format!("there is no term `{name}`")),
            None => Ok(filled),
        }
    }

    /// Compiles the condition `name` with `compile`.
    pub(super) fn condition<T>(
        &self,
        name: &str,
        compile: impl FnOnce(&spec::Clause) -> Result<T, String>,
    ) -> Result<T, String> {
        let conditions: [&BTreeMap<String, spec::Clause>; 2] = self.definitions.map(|own| &own.conditions);
        let Some(clause) = conditions.iter().find_map(|own| own.get(name)) else {
            let names = conditions.iter().flat_map(|own| own.keys());
            return Err(format!("there is no condition `{name}`{}", did_you_mean(name, names)));
        };
        if self.depth.get() >= MAX_DEPTH {
            return Err(format!("the condition `{name}` is defined by itself"));
        }
        self.depth.set(self.depth.get() + 1);
        let compiled = compile(clause);
        self.depth.set(self.depth.get() - 1);
        compiled
    }
}

/// `: did you mean …?` for the name that is spelt much like `wrong`, or nothing.
pub(super) fn did_you_mean<'n>(wrong: &str, names: impl IntoIterator<Item = &'n String>) -> String {
    match nearest(wrong, names.into_iter().map(String::as_str), 0.8) {
        Some(name) => format!("; did you mean `{name}`?"),
        None => String::new(),
    }
}

/// The one of `names` that is spelt most like `text`, if it is more alike than `least`, between 0 and 1.
pub(super) fn nearest<'n>(text: &str, names: impl Iterator<Item = &'n str>, least: f64) -> Option<&'n str> {
    let text = text.to_ascii_lowercase();
    let likeness = |name: &str| strsim::jaro_winkler(&name.to_ascii_lowercase(), &text);
    let close = names.map(|name| (likeness(name), name)).filter(|(likeness, _)| *likeness > least);
    close.max_by(|(a, _), (b, _)| a.total_cmp(b)).map(|(_, name)| name)
}
