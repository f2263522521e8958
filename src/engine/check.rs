//! What a native rule sees: one resource in one world, the other resources, and where to report.

use std::sync::Arc;

use super::finding::Finding;
use super::grants::Grants;
use super::query::{Found, Path, Start};
use super::rule::Rule;
use super::view::ProjectView;
use crate::evaluate::memo::Memo;
use crate::evaluate::value::{Kind, Value};
use crate::evaluate::{Evaluator, Instance};
use crate::source::{FileId, Sources, Span};
use crate::template::Resource;

/// The logic of a native rule, run for each selected resource in each world.
pub type NativeCheck = for<'t> fn(&mut Check<'_, 't>, &Instance<'t>);

/// What rules ask of a whole template again and again.
#[derive(Debug, Default)]
pub struct Known<'t> {
    grants: Memo<(), Arc<Grants<'t>>>,
}

/// One run of a rule over one resource in one world.
#[derive(Debug)]
pub struct Check<'a, 't> {
    /// Evaluates the template in this world.
    pub evaluator: &'a mut Evaluator<'t>,
    /// The texts of all files.
    pub sources: &'a Sources,
    /// What the other files say.
    pub project: &'a ProjectView,
    /// The rule.
    pub rule: &'a Rule,
    known: &'a mut Known<'t>,
    pub(super) findings: Vec<Finding>,
    pub(super) undecided: Vec<(Span, String)>,
}

impl<'a, 't> Check<'a, 't> {
    /// A run of `rule` over the template that `known` is about.
    pub fn new(
        evaluator: &'a mut Evaluator<'t>,
        known: &'a mut Known<'t>,
        sources: &'a Sources,
        project: &'a ProjectView,
        rule: &'a Rule,
    ) -> Self {
        Self { evaluator, sources, project, rule, known, findings: Vec::new(), undecided: Vec::new() }
    }

    /// The template that is deployed.
    pub fn file(&self) -> FileId {
        self.evaluator.template().span.file
    }

    /// The grants of the template, some of which the present world may not make.
    pub fn grants(&mut self) -> Arc<Grants<'t>> {
        if let Some(known) = self.known.grants.recall(&(), &mut self.evaluator.worlds) {
            return known;
        }
        let mark = self.evaluator.worlds.mark();
        let grants = Arc::new(Grants::of(self.evaluator));
        self.known.grants.keep((), &self.evaluator.worlds.reads_since(mark), Arc::clone(&grants));
        grants
    }

    /// What the property `names` of a resource is, `["properties", "target", "uri"]`. A name with `|` between
    /// alternatives takes the first that is there.
    pub fn find(&mut self, instance: &Instance<'t>, names: &[&str]) -> Found {
        let found = Path::of_names(names).find(self.evaluator, &Start::Resource(instance));
        found.into_iter().next().unwrap_or(Found::Absent { holder: instance.resource.ty.span })
    }

    /// The value of the property `names` of a resource; `None` when it is absent.
    pub fn value(&mut self, instance: &Instance<'t>, names: &[&str]) -> Option<Value> {
        self.find(instance, names).value().cloned()
    }

    /// The known text of the property `names`. What is unknown is counted as undecided.
    pub fn text(&mut self, instance: &Instance<'t>, names: &[&str]) -> Option<String> {
        let found = self.find(instance, names);
        let value = found.value()?;
        if value.is_unknown() {
            self.undecided(&found);
        }
        value.as_str().map(str::to_owned)
    }

    /// The other resources of these types, given in any case, that are deployed in this world.
    pub fn resources(&mut self, types: &[&str]) -> Arc<[Instance<'t>]> {
        let question = format!("deployed {}", types.join(" "));
        let wanted = |resource: &Resource| !resource.existing && types.iter().any(|ty| resource.ty.is(ty));
        self.evaluator.known_instances(&question, &wanted)
    }

    /// Like [`resources`](Self::resources), with those that are only referred to.
    pub fn mentioned(&mut self, types: &[&str]) -> Arc<[Instance<'t>]> {
        let question = format!("mentioned {}", types.join(" "));
        self.evaluator.known_instances(&question, &|resource| types.iter().any(|ty| resource.ty.is(ty)))
    }

    /// Reports a finding.
    pub fn report(&mut self, finding: impl Into<Option<Finding>>) {
        self.findings.extend(finding.into());
    }

    /// Counts that the rule can't decide because of what was found.
    pub fn undecided(&mut self, found: &Found) {
        if let Some(span) = found.span() {
            let reason = match found.value().map(|value| &value.kind) {
                Some(Kind::Unknown(term)) => format!("depends on `{term}`"),
                Some(Kind::Undecidable(undecidable)) => format!("depends on {}", undecidable.reason),
                _ => "depends on what is not in view".to_owned(),
            };
            self.undecided.push((span, reason));
        }
    }
}
