//! The built-in rules, embedded by `build.rs`.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use serde::Deserialize;

use super::rule::Rule;
use super::spec::{DefinitionsSpec, RuleSpec};

/// All rules by id.
#[derive(Debug)]
pub struct Catalogue {
    rules: Vec<Rule>,
    by_id: BTreeMap<String, usize>,
}

#[derive(Deserialize)]
struct Embedded {
    definitions: BTreeMap<String, DefinitionsSpec>,
    rules: Vec<EmbeddedRule>,
}

#[derive(Deserialize)]
struct EmbeddedRule {
    pack: String,
    rule: RuleSpec,
}

const EMBEDDED: &str = include_str!(concat!(env!("OUT_DIR"), "/rules.json"));

impl Catalogue {
    /// The built-in rules.
    ///
    /// # Panics
    /// When the embedded rules are not what `build.rs` wrote, which no input can cause.
    #[expect(clippy::expect_used, reason = "build.rs wrote the text from this very type")]
    pub fn built_in() -> &'static Self {
        static BUILT_IN: OnceLock<Catalogue> = OnceLock::new();
        BUILT_IN.get_or_init(|| {
            let Embedded { definitions, rules } = serde_json::from_str(EMBEDDED).expect("embedded rules");
            let definitions: BTreeMap<String, Arc<DefinitionsSpec>> =
                definitions.into_iter().map(|(pack, definitions)| (pack, Arc::new(definitions))).collect();
            let rule = |EmbeddedRule { pack, rule }| {
                Rule::new(&pack, rule, definitions.get(&pack).cloned().unwrap_or_default())
            };
            Self::new(rules.into_iter().map(rule).collect())
        })
    }

    /// A catalogue of `rules`.
    pub fn new(mut rules: Vec<Rule>) -> Self {
        rules.sort_by(|a, b| a.metadata.id.cmp(&b.metadata.id));
        let by_id = rules.iter().enumerate().map(|(at, rule)| (rule.metadata.id.to_string(), at)).collect();
        Self { rules, by_id }
    }

    /// All rules, sorted by id.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// The rule with this id.
    pub fn rule(&self, id: &str) -> Option<&Rule> {
        self.by_id.get(id).map(|&at| &self.rules[at])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_compiles() {
        for rule in Catalogue::built_in().rules() {
            let types = rule.select.iter().flat_map(|select| &select.types).filter(|_| !rule.native);
            for ty in types {
                if let Err(error) = rule.clauses(ty) {
                    panic!("{}: {error}", rule.metadata.id);
                }
            }
        }
    }
}
