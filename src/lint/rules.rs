//! The rules of a run, by what their logic is called with.

use super::Settings;
use crate::checks::{FileRule, file_check, resource_check, template_check};
use crate::engine::catalogue::Catalogue;
use crate::engine::rule::Rule;
use crate::engine::run::{RuleSet, Runnable};

/// The rules of a run.
#[derive(Debug)]
pub(super) struct Rules {
    /// Those about resources.
    pub resources: RuleSet<'static>,
    /// Those about a template alone.
    pub templates: Vec<(&'static Rule, FileRule)>,
    /// Those about whole files.
    pub files: Vec<(&'static Rule, FileRule)>,
}

impl Rules {
    /// The rules that run with these settings.
    pub(super) fn of(settings: &Settings) -> Self {
        let all = Catalogue::built_in().rules().iter();
        let rules: Vec<&Rule> = all.filter(|rule| settings.runs(&rule.metadata)).collect();
        let resources = rules.iter().map(|rule| Runnable { rule, native: resource_check(&rule.metadata.id) });
        Self {
            resources: RuleSet::new(resources.collect()),
            templates: rules.iter().filter_map(|rule| Some((*rule, template_check(&rule.metadata.id)?))).collect(),
            files: rules.iter().filter_map(|rule| Some((*rule, file_check(&rule.metadata.id)?))).collect(),
        }
    }
}
