//! The rules of a run, by what their logic is called with.

use super::Settings;
use crate::checks::{ExpressionRule, FileRule, expression_check, file_check, resource_check};
use crate::engine::catalogue::Catalogue;
use crate::engine::rule::Rule;
use crate::engine::run::{RuleSet, Runnable};

/// The rules of a run.
#[derive(Debug)]
pub(super) struct Rules {
    /// Those about resources.
    pub resources: RuleSet<'static>,
    /// Those about whole files.
    pub files: Vec<(&'static Rule, FileRule)>,
    /// Those about expressions.
    pub expressions: Vec<(&'static Rule, ExpressionRule)>,
}

impl Rules {
    /// The rules that run with these settings.
    pub(super) fn of(settings: &Settings) -> Self {
        let all = Catalogue::built_in().rules().iter();
        let rules: Vec<&Rule> = all.filter(|rule| settings.runs(&rule.metadata)).collect();
        let resources = rules.iter().map(|rule| Runnable { rule, native: resource_check(&rule.metadata.id) });
        Self {
            resources: RuleSet::new(resources.collect()),
            files: rules.iter().filter_map(|rule| Some((*rule, file_check(&rule.metadata.id)?))).collect(),
            expressions: rules.iter().filter_map(|rule| Some((*rule, expression_check(&rule.metadata.id)?))).collect(),
        }
    }
}
