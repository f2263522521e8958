//! Reads of what is not there: of resources and modules whose conditions are false while their readers are deployed.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use super::deployment::DeploymentId;
use super::expression::Env;
use super::{Evaluator, Instance};
use crate::source::Span;
use crate::syntax::expression::{Expr, ExprKind};
use crate::template::walk::walk_expr;
use crate::template::{Looped, Resource, Template};

/// The reads that are met while somebody watches.
#[derive(Debug, Default)]
pub(super) struct Watch {
    is_on: bool,
    /// How many expressions are around that may not be evaluated at all.
    unsure: usize,
    found: Reads,
}

/// Where something is read that is not there, and what it is called.
pub type Reads = BTreeMap<Span, Arc<str>>;

/// The expressions of a run that read what only a deployed resource has, of resources with conditions.
#[derive(Debug, Default)]
pub struct Readers<'t> {
    resources: HashSet<*const Resource>,
    outputs: Vec<(*const Template, &'t Looped)>,
}

impl Readers<'_> {
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.resources.is_empty() && self.outputs.is_empty()
    }
}

impl<'t> Evaluator<'t> {
    /// The expressions to look at with [`undeployed_reads`](Self::undeployed_reads).
    pub fn readers(&self) -> Readers<'t> {
        let mut readers = Readers::default();
        for template in self.templates() {
            if template.resources.iter().any(is_conditional) {
                let found = template.resources.iter().filter(|it| it.parts().any(|part| reads(part, template)));
                readers.resources.extend(found.map(std::ptr::from_ref));
                let values = template.outputs.iter().filter_map(|output| output.value.as_ref());
                let values = values.filter(|value| reads(value_of(value), template));
                readers.outputs.extend(values.map(|value| (std::ptr::from_ref(template), value)));
            }
        }
        readers
    }

    /// What is read in the present world although it is not deployed there.
    pub fn undeployed_reads(&mut self, readers: &Readers<'t>) -> Reads {
        self.watch = Watch { is_on: true, ..Watch::default() };
        for instance in self.instances(&|resource| readers.resources.contains(&std::ptr::from_ref(resource))) {
            if self.is_certain(&instance) {
                let template = self.template_of(instance.deployment);
                let mut leaves = Vec::new();
                instance.resource.parts().for_each(|part| collect(part, template, &mut leaves));
                for leaf in leaves {
                    self.evaluate(leaf, &instance.env);
                }
            }
        }
        let mut deployments = vec![DeploymentId::ROOT];
        for instance in self.instances(&|resource| resource.deployment.is_some()) {
            if self.is_certain(&instance) {
                deployments.extend(self.nested(&instance));
            }
        }
        for deployment in deployments {
            let template = std::ptr::from_ref(self.template_of(deployment));
            for (_, value) in readers.outputs.iter().filter(|(of, _)| *of == template) {
                self.looped(value, &Env::top(deployment));
            }
        }
        std::mem::take(&mut self.watch).found
    }

    /// Whether the resource is certainly deployed in the present world.
    fn is_certain(&mut self, instance: &Instance<'t>) -> bool {
        instance.enclosing().is_none_or(|enclosing| self.is_certain(enclosing))
            && self.condition(instance).as_bool() == Some(true)
    }

    /// Notes that something of a resource is read which it has only when it is deployed.
    pub(super) fn note_read(&mut self, instance: &Instance<'t>, span: Span) {
        if self.watch.is_on
            && self.watch.unsure == 0
            && is_conditional(instance.resource)
            && self.condition(instance).as_bool() == Some(false)
            && let Some(symbol) = &instance.resource.symbol
        {
            self.watch.found.insert(span, Arc::clone(&symbol.text));
        }
    }

    /// Runs `compute` on what may not be evaluated at all.
    pub(super) fn perhaps<T>(&mut self, compute: impl FnOnce(&mut Self) -> T) -> T {
        self.watch.unsure += 1;
        let computed = compute(self);
        self.watch.unsure -= 1;
        computed
    }
}

fn is_conditional(resource: &Resource) -> bool {
    resource.condition().is_some() && !resource.existing
}

fn value_of(looped: &Looped) -> &Expr {
    match looped {
        Looped::Once(value) | Looped::Each { input: value, .. } => value,
    }
}

/// Whether an expression reads what only a deployed resource has, of one with a condition.
fn reads(expr: &Expr, template: &Template) -> bool {
    let mut found = false;
    walk_expr(expr, &mut |expr| {
        if let ExprKind::Property { base, .. } = &expr.kind
            && let ExprKind::Resource { declared, .. } = &base.kind
        {
            found |= template.resources.get(*declared).is_some_and(is_conditional);
        }
    });
    found
}

/// Adds the largest parts of `expr` that are no objects or arrays and read such a thing.
fn collect<'t>(expr: &'t Expr, template: &Template, leaves: &mut Vec<&'t Expr>) {
    match &expr.kind {
        // The loops of an object are evaluated with it.
        ExprKind::Object(members) if expr.get("copy").is_none() => {
            for member in members {
                collect(&member.value, template, leaves);
            }
        }
        ExprKind::Array(items) => items.iter().for_each(|item| collect(item, template, leaves)),
        _ if reads(expr, template) => leaves.push(expr),
        _ => {}
    }
}
