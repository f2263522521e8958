//! What Azure evaluates of a template, whoever uses it: parameters without values, variables, outputs, and of each resource
//! what it says.

use std::collections::HashSet;

use super::deployment::DeploymentId;
use super::expression::Env;
use super::refusal::Refusals;
use super::sound::is_sound;
use super::unseen::Unseen;
use super::{Evaluator, Instance, absence, functions};
use crate::source::Span;
use crate::syntax::expression::{Expr, ExprKind};
use crate::template::walk::walk_expr;
use crate::template::{Looped, Resource, Template};

/// An expression that Azure evaluates by itself.
#[derive(Debug)]
pub struct Root<'t> {
    /// The resource that it is part of, or the deployment of whose template; `None` in the outermost template.
    holder: Option<Instance<'t>>,
    place: Place,
    value: Value<'t>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// The default of a parameter, by its index.
    Default(DeploymentId, usize),
    /// A variable.
    Variable(DeploymentId),
    /// An output, by its index.
    Output(DeploymentId, usize),
    /// The name, which is evaluated whatever a condition that is not known says.
    Name,
    /// Another part of a resource.
    Resource,
}

#[derive(Debug, Clone, Copy)]
enum Value<'t> {
    Expr(&'t Expr),
    Looped(&'t Looped),
}

impl Root<'_> {
    /// Where it stands.
    pub fn span(&self) -> Span {
        match self.value {
            Value::Expr(expr) => expr.span,
            Value::Looped(looped) => absence::value_of(looped).span,
        }
    }
}

impl<'t> Evaluator<'t> {
    /// The expressions that Azure evaluates and may refuse, and the worlds in which there may be others.
    pub fn roots(&mut self) -> (Vec<Root<'t>>, Unseen) {
        let (worlds, unseen) = self.explore(|this| {
            let mut deployments = vec![(DeploymentId::ROOT, None)];
            for instance in this.candidates(&|resource| resource.deployment.is_some()) {
                deployments.extend(this.nested(&instance).map(|nested| (nested, Some(instance))));
            }
            let says_something = |resource: &Resource| !resource.existing && resource.parts().any(may_be_refused);
            (deployments, this.candidates(&says_something))
        });
        let (mut roots, mut met, mut instances) = (Vec::new(), HashSet::new(), HashSet::new());
        for (deployments, resources) in worlds.into_iter().map(|guarded| guarded.answer) {
            for (deployment, holder) in deployments.into_iter().filter(|(deployment, _)| met.insert(*deployment)) {
                self.add_template(deployment, holder.as_ref(), &mut roots);
            }
            for instance in resources.into_iter().filter(|instance| instances.insert(instance.key())) {
                add_resource(&instance, self.names_of_template(instance.deployment), &mut roots);
            }
        }
        (roots, unseen)
    }

    fn add_template(&self, deployment: DeploymentId, holder: Option<&Instance<'t>>, roots: &mut Vec<Root<'t>>) {
        let (template, names) = (self.template_of(deployment), self.names_of_template(deployment));
        let mut add = |place, value| {
            let root = Root { holder: holder.cloned(), place, value };
            let expr = match value {
                Value::Expr(expr) => expr,
                Value::Looped(looped) => absence::value_of(looped),
            };
            roots.extend((may_be_refused(expr) && !is_sound(expr, names)).then_some(root));
        };
        for (index, parameter) in template.parameters.iter().enumerate() {
            if let Some(default) = &parameter.default {
                add(Place::Default(deployment, index), Value::Expr(default));
            }
        }
        for variable in &template.variables {
            add(Place::Variable(deployment), Value::Looped(&variable.value));
        }
        for (index, output) in template.outputs.iter().enumerate() {
            if let Some(value) = &output.value {
                add(Place::Output(deployment, index), Value::Looped(value));
            }
        }
    }

    /// The template whose parameters and variables the expressions of a deployment's template mean.
    fn names_of_template(&self, deployment: DeploymentId) -> &'t Template {
        let outer = self.deployment(deployment).outer.as_ref();
        self.template_of(outer.map_or(deployment, |env| env.deployment))
    }

    /// Where the variables and outputs of a deployment's template are evaluated.
    fn around(&self, deployment: DeploymentId) -> Env {
        self.deployment(deployment).outer.clone().unwrap_or_else(|| Env::top(deployment))
    }

    /// What Azure refuses of an expression in the present world.
    pub fn refusals(&mut self, root: &Root<'t>) -> Refusals {
        if !self.is_evaluated(root) {
            return Refusals::new();
        }
        self.watch = absence::Watch::begun();
        match (root.place, root.value, &root.holder) {
            (Place::Name | Place::Resource, Value::Expr(expr), Some(holder)) => _ = self.evaluate(expr, &holder.env),
            (Place::Default(deployment, _), Value::Expr(expr), _) => _ = self.evaluate(expr, &Env::top(deployment)),
            (Place::Variable(deployment) | Place::Output(deployment, _), Value::Looped(looped), _) => {
                _ = self.looped(looped, &self.around(deployment));
            }
            _ => {}
        }
        std::mem::take(&mut self.watch).refused
    }

    /// Whether Azure evaluates it for certain in the present world.
    fn is_evaluated(&mut self, root: &Root<'t>) -> bool {
        let is_asked = match root.place {
            Place::Default(deployment, index) => self.takes_default(deployment, index),
            Place::Output(deployment, index) => {
                let condition = self.template_of(deployment).outputs[index].condition.as_ref();
                condition
                    .is_none_or(|condition| self.evaluate(condition, &self.around(deployment)).as_bool() != Some(false))
            }
            _ => true,
        };
        is_asked
            && match (&root.holder, root.place) {
                (None, _) => true,
                (Some(holder), Place::Name) => {
                    holder.enclosing().is_none_or(|enclosing| self.is_deployed(enclosing))
                        && self.condition(holder).as_bool() != Some(false)
                }
                (Some(holder), _) => self.is_deployed(holder),
            }
    }
}

/// Adds what a resource says; the name first.
fn add_resource<'t>(instance: &Instance<'t>, names: &Template, roots: &mut Vec<Root<'t>>) {
    let mut leaves = Vec::new();
    if let ExprKind::Object(members) = &instance.resource.body.kind {
        for member in members {
            let place = match member.key.as_str() {
                Some(key) if NOT_EVALUATED.iter().any(|name| key.eq_ignore_ascii_case(name)) => continue,
                Some(key) if key.eq_ignore_ascii_case("name") => Place::Name,
                _ => Place::Resource,
            };
            let mut parts = Vec::new();
            collect(&member.value, &mut parts);
            leaves.extend(parts.into_iter().map(|part| (place, part)));
        }
    }
    let given = instance.resource.deployment.as_ref().and_then(|deployment| deployment.parameters.as_ref());
    let given = given.filter(|given| !instance.resource.body.span.contains(given.span) || leaves.is_empty());
    let mut parts = Vec::new();
    given.into_iter().for_each(|given| collect(given, &mut parts));
    leaves.extend(parts.into_iter().map(|part| (Place::Resource, part)));
    leaves.retain(|(_, part)| !is_sound(part, names));
    leaves.sort_by_key(|(_, part)| part.span);
    leaves.dedup_by_key(|(_, part)| std::ptr::from_ref(*part));
    let root = |(place, expr)| Root { holder: Some(instance.clone()), place, value: Value::Expr(expr) };
    roots.extend(leaves.into_iter().map(root));
}

/// Members of a resource that are no part of what is evaluated with it.
const NOT_EVALUATED: [&str; 6] = ["comments", "condition", "copy", "metadata", "resources", "type"];

/// Adds the largest parts of `expr` that are no objects or arrays and may be refused.
fn collect<'t>(expr: &'t Expr, leaves: &mut Vec<&'t Expr>) {
    match &expr.kind {
        ExprKind::Object(members) if expr.get("copy").is_none() => {
            members.iter().for_each(|member| collect(&member.value, leaves));
        }
        ExprKind::Array(items) => items.iter().for_each(|item| collect(item, leaves)),
        _ if may_be_refused(expr) => leaves.push(expr),
        _ => {}
    }
}

/// Whether an expression calls a function or reads a part of something.
fn may_be_refused(expr: &Expr) -> bool {
    let mut may = false;
    walk_expr(expr, &mut |part| {
        may |= match &part.kind {
            ExprKind::Call { name, .. } => functions::lookup(&name.text).is_some() || name.text.contains('.'),
            ExprKind::Property { base, .. } => !matches!(base.kind, ExprKind::Resource { .. }),
            ExprKind::Index { .. } => true,
            _ => false,
        };
    });
    may
}
