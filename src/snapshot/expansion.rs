//! The order of a prediction: each resource after what it depends on, and in the place of a deployment what that deploys.

use serde_json::Value as Json;

use super::dependencies::Addresses;
use super::render;
use super::short_circuit::short_circuit;
use crate::evaluate::term::Term;
use crate::evaluate::value::Value;
use crate::evaluate::world::Bound;
use crate::evaluate::{DeploymentId, Evaluator, Inputs, Instance};
use crate::source::Span;
use crate::source::limits::{MAX_DEPLOYMENT_DEPTH, MAX_INSTANCES};
use crate::syntax::expression::{Expr, ExprKind, Member};
use crate::template::walk::walk_expr;
use crate::template::{Looped, Output, Resource, Template};

/// Follows a deployment and those nested in it.
pub(super) struct Expansion<'t> {
    /// Knows what is deployed already.
    pub evaluator: Evaluator<'t>,
    /// Answers no reference, so that what reads what can be seen.
    reader: Evaluator<'t>,
    /// What is deployed.
    pub resources: Vec<Json>,
    /// What extensions deploy.
    pub extensible: Vec<Json>,
    /// Deployments whose resources nobody can tell, and why.
    pub left_out: Vec<(Span, &'static str)>,
    /// The condition of the deployment that is followed.
    around: Value,
    seen: usize,
}

/// A deployment as both evaluators know it; one of them may not see it.
type Place = (DeploymentId, Option<DeploymentId>);

/// A resource on whose dependencies others wait.
struct Waiting {
    resource: usize,
    before: std::vec::IntoIter<usize>,
}

impl<'t> Expansion<'t> {
    /// All that the deployment of `inputs` makes.
    pub(super) fn of(inputs: Inputs<'t>) -> Self {
        let mut expansion = Self {
            evaluator: Evaluator::predicting(inputs),
            reader: Evaluator::predicting(inputs),
            resources: Vec::new(),
            extensible: Vec::new(),
            left_out: Vec::new(),
            around: Value::from(true),
            seen: 0,
        };
        expansion.deploy((DeploymentId::ROOT, Some(DeploymentId::ROOT)), 0);
        expansion
    }

    fn deploy(&mut self, place: Place, depth: usize) {
        let resources = flattened(&mut self.evaluator, place.0);
        let has_symbols = has_symbols(&mut self.evaluator, place.0, &resources);
        let addresses = Addresses::of(&mut self.evaluator, &resources, has_symbols);
        let mut is_met = vec![false; resources.len()];
        for start in 0..resources.len() {
            let mut waiting = Vec::new();
            let mut next = Some(start);
            loop {
                if let Some(resource) = next.filter(|at| !std::mem::replace(&mut is_met[*at], true)) {
                    let before = self.before(&addresses, &resources[resource], place).into_iter();
                    waiting.push(Waiting { resource, before });
                }
                let Some(last) = waiting.last_mut() else { break };
                next = last.before.next();
                if next.is_none() {
                    let done = last.resource;
                    waiting.pop();
                    if self.seen == MAX_INSTANCES {
                        return self.evaluator.worlds.leave_out(resources[done].resource.ty.span, Bound::Instances);
                    }
                    self.seen += 1;
                    self.finish(&resources[done], place, depth);
                }
            }
        }
    }

    /// What is deployed before a resource. The properties of what is not deployed are not looked at.
    fn before(&mut self, addresses: &Addresses, instance: &Instance<'t>, place: Place) -> Vec<usize> {
        let reads = self.evaluator.condition(instance).as_bool() != Some(false);
        match self.read(instance, place) {
            Some(read) => addresses.before(&mut self.reader, &read, reads),
            None => addresses.before(&mut self.evaluator, instance, false),
        }
    }

    /// The same resource, as the one sees it who answers no reference.
    fn read(&mut self, instance: &Instance<'t>, place: Place) -> Option<Instance<'t>> {
        let (_, index, copy) = instance.key();
        self.reader.instances_of(place.1?, index).into_iter().find(|other| other.key().2 == copy)
    }

    /// What a resource is deployed on: its own condition, and those of the deployments that it is part of.
    fn condition(&mut self, instance: &Instance<'t>) -> Value {
        let own = self.evaluator.condition(instance);
        match (self.around.as_bool(), own.as_bool()) {
            (Some(true), _) => own,
            (_, Some(true)) => self.around.clone(),
            _ => Value::unknown(Term::Call { name: "and".into(), args: vec![self.around.clone(), own] }),
        }
    }

    fn render(&mut self, instance: &Instance<'t>) {
        if instance.resource.is_extensible() {
            return self.extensible.push(render::extensible(&mut self.evaluator, instance));
        }
        let condition = self.condition(instance);
        let (resource, properties) = render::resource(&mut self.evaluator, instance, &condition);
        self.resources.push(resource);
        // One that may be missing answers nothing.
        let is_certain = condition.as_bool() == Some(true);
        self.evaluator.deploy(instance, properties.filter(|_| is_certain));
    }

    fn finish(&mut self, instance: &Instance<'t>, place: Place, depth: usize) {
        if instance.resource.existing || self.evaluator.condition(instance).as_bool() == Some(false) {
            return;
        }
        let Some(deployment) = &instance.resource.deployment else {
            return self.render(instance);
        };
        let span = instance.resource.ty.span;
        if instance.resource.ty.is_stack() {
            return;
        }
        if depth == MAX_DEPLOYMENT_DEPTH {
            return self.evaluator.worlds.leave_out(span, Bound::Depth);
        }
        let read = self.read(instance, place).and_then(|read| self.reader.nested(&read));
        match short_circuit(&mut self.evaluator, &mut self.reader, instance, deployment, read) {
            Err(reason) => self.left_out.push((span, reason)),
            Ok(nested) => {
                let inner = self.condition(instance);
                let around = std::mem::replace(&mut self.around, inner);
                self.deploy((nested, read), depth + 1);
                self.around = around;
                self.evaluator.deploy(instance, None);
            }
        }
    }
}

/// All iterations of all resources that a deployment declares, in the order of its template.
fn flattened<'t>(evaluator: &mut Evaluator<'t>, deployment: DeploymentId) -> Vec<Instance<'t>> {
    let template = evaluator.template_of(deployment);
    let resources = &template.resources;
    let all: Vec<Vec<Instance<'t>>> =
        (0..resources.len()).map(|index| evaluator.instances_of(deployment, index)).collect();
    let holder = |index: usize| resources[index].parent.filter(|_| resources[index].parent_reference.is_none());
    let mut inside = vec![Vec::new(); resources.len()];
    let mut tops = Vec::new();
    for index in 0..resources.len() {
        holder(index).map_or(&mut tops, |holder| &mut inside[holder]).push(index);
    }
    if is_compiled(template) {
        return compiled(resources, &inside, tops).into_iter().flat_map(|index| all[index].iter().cloned()).collect();
    }
    // What is written in a resource follows it, and in a loop each of its iterations.
    let mut flat = Vec::new();
    for top in tops {
        for instance in &all[top] {
            let copy = instance.key().2;
            flat.push(instance.clone());
            let mut left: Vec<usize> = inside[top].iter().rev().copied().collect();
            while let Some(index) = left.pop() {
                let is_part =
                    |part: &&Instance<'t>| resources[index].copy.is_some() || copy.is_none() || part.key().2 == copy;
                flat.extend(all[index].iter().filter(is_part).cloned());
                left.extend(inside[index].iter().rev().copied());
            }
        }
    }
    flat
}

/// Whether a template is written in Bicep: no object spells it out.
fn is_compiled(template: &Template) -> bool {
    template.span.start == template.span.end
}

/// Whether the resources of a deployment are called by symbolic names. The compiler of Bicep writes them where something
/// can't be said without: besides what the file itself asks for, secure outputs, of modules, too, and loops that are read
/// as a whole.
fn has_symbols<'t>(evaluator: &mut Evaluator<'t>, deployment: DeploymentId, resources: &[Instance<'t>]) -> bool {
    let template = evaluator.template_of(deployment);
    if !is_compiled(template) || template.asks_for_symbols() {
        return template.is_symbolic();
    }
    let is_secret = |template: &Template| template.outputs.iter().any(Output::is_secure);
    let mut modules = resources.iter().filter(|instance| instance.resource.is_module());
    is_secret(template)
        || reads_loop(template)
        || modules.any(|module| evaluator.nested(module).is_some_and(|nested| is_secret(evaluator.template_of(nested))))
}

/// Whether all that a loop makes is read at once.
fn reads_loop(template: &Template) -> bool {
    let is_loop = |declared: usize| {
        template.resources.get(declared).is_some_and(|resource| resource.copy.is_some() && !resource.is_module())
    };
    let mut is_read = false;
    let mut look = |expr: &Expr| {
        walk_expr(expr, &mut |part| {
            is_read |= matches!(part.kind, ExprKind::Resource { declared, iteration: None, .. } if is_loop(declared));
        });
    };
    let definitions = template.variables.iter().map(|variable| &variable.value);
    for value in definitions.chain(template.outputs.iter().filter_map(|output| output.value.as_ref())) {
        let (Looped::Once(value) | Looped::Each { input: value, .. }) = value;
        look(value);
    }
    for resource in &template.resources {
        // What is waited for is not read.
        let is_read = |member: &&Member| member.key.as_str() != Some("dependsOn");
        resource.body.members().iter().filter(is_read).for_each(|member| look(&member.value));
        resource.deployment.iter().filter_map(|it| it.parameters.as_ref()).for_each(&mut look);
    }
    is_read
}

/// The order that the compiler of Bicep writes resources in: those inside of others, the innermost first, then the others,
/// then the modules.
fn compiled(resources: &[Resource], inside: &[Vec<usize>], tops: Vec<usize>) -> Vec<usize> {
    let mut order = Vec::with_capacity(resources.len());
    // Of each list, the resources that are still to be looked into, and the list.
    let mut lists = vec![(0, tops)];
    while let Some((at, list)) = lists.last_mut() {
        match list.get(*at) {
            Some(index) => {
                *at += 1;
                let inner = inside[*index].clone();
                lists.push((0, inner));
            }
            None => order.extend(lists.pop().map(|(_, list)| list).unwrap_or_default()),
        }
    }
    order.sort_by_key(|index| resources[*index].is_module());
    order
}
