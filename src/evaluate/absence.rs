//! Reads of what is not there: of resources and modules whose conditions are false while their readers are deployed.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use super::deployment::DeploymentId;
use super::expression::Env;
use super::refusal::Refusals;
use super::unseen::Unseen;
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
    /// How many values are around that are evaluated for themselves, too.
    elsewhere: usize,
    found: Reads,
    pub(super) refused: Refusals,
}

impl Watch {
    /// A watch that has seen nothing yet.
    pub(super) fn begun() -> Self {
        Self { is_on: true, ..Self::default() }
    }

    /// Whether somebody watches, and what is evaluated now is evaluated for certain.
    fn is_certain(&self) -> bool {
        self.is_on && self.unsure == 0
    }

    /// Whether what is refused now is to be told.
    pub(super) fn tells_refusals(&self) -> bool {
        self.is_certain() && self.elsewhere == 0
    }
}

/// Where something is read that is not there, and what it is called.
pub type Reads = BTreeMap<Span, Arc<str>>;

/// An expression that reads what only a deployed resource has, of one with a condition.
#[derive(Debug)]
pub struct Reader<'t> {
    /// The resource that it is a part of, or the deployment that has it as an output; `None` for the outermost.
    holder: Option<Instance<'t>>,
    part: Part<'t>,
}

#[derive(Debug, Clone, Copy)]
enum Part<'t> {
    OfResource(&'t Expr),
    Output(DeploymentId, &'t Looped),
}

impl Reader<'_> {
    /// Where it stands.
    pub fn span(&self) -> Span {
        match self.part {
            Part::OfResource(part) => part.span,
            Part::Output(_, value) => value_of(value).span,
        }
    }
}

impl<'t> Evaluator<'t> {
    /// The expressions to look at with [`undeployed_reads`](Self::undeployed_reads), and the worlds in which there may be
    /// others.
    pub fn readers(&mut self) -> (Vec<Reader<'t>>, Unseen) {
        let mut resources: HashSet<*const Resource> = HashSet::new();
        let mut outputs: HashMap<*const Template, Vec<&'t Looped>> = HashMap::new();
        for template in self.templates() {
            if template.resources.iter().any(is_conditional) {
                let found = template.resources.iter().filter(|it| it.parts().any(|part| reads(part, template)));
                resources.extend(found.map(std::ptr::from_ref));
                let values = template.outputs.iter().filter_map(|output| output.value.as_ref());
                let values: Vec<_> = values.filter(|value| reads(value_of(value), template)).collect();
                outputs.extend((!values.is_empty()).then_some((std::ptr::from_ref(template), values)));
            }
        }
        if resources.is_empty() && outputs.is_empty() {
            return (Vec::new(), Unseen::default());
        }
        let (worlds, unseen) = self.explore(|this| {
            let holders = this.candidates(&|resource| resources.contains(&std::ptr::from_ref(resource)));
            let mut deployments = vec![(DeploymentId::ROOT, None)];
            if !outputs.is_empty() {
                for instance in this.candidates(&|resource| resource.deployment.is_some()) {
                    deployments.extend(this.nested(&instance).map(|nested| (nested, Some(instance))));
                }
            }
            (holders, deployments)
        });
        let (mut readers, mut instances, mut met) = (Vec::new(), HashSet::new(), HashSet::new());
        for (holders, deployments) in worlds.into_iter().map(|guarded| guarded.answer) {
            for holder in holders.into_iter().filter(|holder| instances.insert(holder.key())) {
                let mut parts = Vec::new();
                let template = self.template_of(holder.deployment);
                holder.resource.parts().for_each(|part| collect(part, template, &mut parts));
                let reader = |part| Reader { holder: Some(holder.clone()), part: Part::OfResource(part) };
                readers.extend(parts.into_iter().map(reader));
            }
            for (deployment, holder) in deployments.into_iter().filter(|(deployment, _)| met.insert(*deployment)) {
                let values = outputs.get(&std::ptr::from_ref(self.template_of(deployment)));
                let reader = |value| Reader { holder: holder.clone(), part: Part::Output(deployment, value) };
                readers.extend(values.into_iter().flatten().copied().map(reader));
            }
        }
        (readers, unseen)
    }

    /// What an expression reads in the present world although it is not deployed there.
    pub fn undeployed_reads(&mut self, reader: &Reader<'t>) -> Reads {
        if reader.holder.as_ref().is_some_and(|holder| !self.is_deployed(holder)) {
            return Reads::new();
        }
        self.watch = Watch::begun();
        match (reader.part, &reader.holder) {
            (Part::OfResource(part), Some(holder)) => _ = self.evaluate(part, &holder.env),
            (Part::OfResource(_), None) => {}
            (Part::Output(deployment, value), _) => _ = self.looped(value, &Env::top(deployment)),
        }
        std::mem::take(&mut self.watch).found
    }

    /// Whether the resource is certainly deployed in the present world.
    pub(super) fn is_deployed(&mut self, instance: &Instance<'t>) -> bool {
        self.is_within_deployed(instance)
            && self.is_made(instance) == Some(true)
            && self.condition(instance).as_bool() == Some(true)
    }

    /// Whether the deployment that the resource is part of is certainly deployed in the present world.
    pub(super) fn is_within_deployed(&mut self, instance: &Instance<'t>) -> bool {
        instance.enclosing().is_none_or(|enclosing| self.is_deployed(enclosing))
    }

    /// Notes that something of a resource is read which it has only when it is deployed.
    pub(super) fn note_read(&mut self, instance: &Instance<'t>, span: Span) {
        if self.watch.is_certain()
            && is_conditional(instance.resource)
            && self.condition(instance).as_bool() == Some(false)
            && let Some(symbol) = &instance.resource.symbol
        {
            self.watch.found.insert(span, Arc::clone(&symbol.text));
        }
    }

    /// Runs `compute` on what is evaluated for itself, too: what is refused in it is told there.
    pub(super) fn apart<T>(&mut self, compute: impl FnOnce(&mut Self) -> T) -> T {
        self.watch.elsewhere += 1;
        let computed = compute(self);
        self.watch.elsewhere -= 1;
        computed
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

pub(super) fn value_of(looped: &Looped) -> &Expr {
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
