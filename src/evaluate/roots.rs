//! What Azure evaluates of a template, whoever uses it: parameters without values, variables, outputs, and of each resource
//! what it says. Only what may be refused is asked for.

use std::collections::{HashMap, HashSet};

use foldhash::fast::RandomState;

use super::deployment::DeploymentId;
use super::doubts::{Doubt, Doubts, Loop};
use super::expression::Env;
use super::refusal::Refusals;
use super::unseen::Unseen;
use super::value::Value;
use super::wanted::Wanted;
use super::{Evaluator, Instance, absence};
use crate::source::Span;
use crate::template::{Resource, Template};

/// An expression that Azure evaluates by itself.
#[derive(Debug)]
pub struct Root<'t> {
    /// The resource that it is part of, or the deployment of whose template; `None` in the outermost template.
    holder: Option<Instance<'t>>,
    place: Place,
    doubt: Doubt<'t>,
}

/// What an expression is a part of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// The default of a parameter, by its index.
    Default(DeploymentId, usize),
    /// A variable.
    Variable(DeploymentId),
    /// An output, by its index.
    Output(DeploymentId, usize),
    /// The name, which is evaluated whatever a condition that is not known says.
    Name,
    /// The number of copies that a resource's loop makes, which decides whether there is any.
    Count,
    /// The condition of a resource.
    Condition,
    /// Another part of a resource.
    Resource,
}

/// The doubts about each template.
type AllDoubts<'t> = HashMap<*const Template, Doubts<'t>, RandomState>;

impl Root<'_> {
    /// Where it stands.
    pub fn span(&self) -> Span {
        self.doubt.expr.span
    }
}

impl<'t> Evaluator<'t> {
    /// The expressions that Azure evaluates and may refuse, and the worlds in which there may be others.
    pub fn roots(&mut self) -> (Vec<Root<'t>>, Unseen) {
        let doubts = self.doubts();
        if doubts.is_empty() {
            return (Vec::new(), Unseen::default());
        }
        let outermost = std::ptr::from_ref(self.template());
        let are_nested = doubts.iter().any(|(template, of)| *template != outermost && of.are_in_definitions());
        let resources: HashSet<*const Resource, RandomState> =
            self.templates().into_iter().flat_map(|template| doubted_resources(template, &doubts)).collect();
        let (worlds, unseen) = self.explore(|this| {
            let mut deployments = vec![(DeploymentId::ROOT, None)];
            if are_nested {
                for instance in this.candidates(&|resource| resource.deployment.is_some()) {
                    deployments.extend(this.nested(&instance).map(|nested| (nested, Some(instance))));
                }
            }
            let is_doubted = |resource: &Resource| resources.contains(&std::ptr::from_ref(resource));
            (deployments, if resources.is_empty() { Vec::new() } else { this.candidates(&is_doubted) })
        });
        let (mut roots, mut met, mut instances) = (Vec::new(), HashSet::new(), HashSet::new());
        for (deployments, resources) in worlds.into_iter().map(|guarded| guarded.answer) {
            for (deployment, holder) in deployments.into_iter().filter(|(deployment, _)| met.insert(*deployment)) {
                if let Some(doubts) = doubts.get(&std::ptr::from_ref(self.template_of(deployment))) {
                    add_definitions(doubts, deployment, holder.as_ref(), &mut roots);
                }
            }
            for instance in resources.into_iter().filter(|instance| instances.insert(instance.key())) {
                if let Some(doubts) = doubts.get(&std::ptr::from_ref(self.template_of(instance.deployment))) {
                    let (_, at, iteration) = instance.key();
                    let is_first = iteration.is_none_or(|iteration| iteration == 0);
                    let own = doubts
                        .of_resources()
                        .filter(|(place, (index, _))| *index == at && (*place != Place::Count || is_first));
                    roots.extend(own.map(|(place, (_, doubt))| Root {
                        holder: Some(instance.clone()),
                        place,
                        doubt: doubt.clone(),
                    }));
                }
            }
        }
        (roots, unseen)
    }

    /// What may be refused of the template and those that it deploys.
    fn doubts(&self) -> AllDoubts<'t> {
        let mut all = AllDoubts::default();
        self.templates().into_iter().for_each(|template| self.add_doubts(template, &mut all));
        all
    }

    /// Adds the doubts about `template` and the templates that are written within it.
    fn add_doubts(&self, template: &'t Template, all: &mut AllDoubts<'t>) {
        let doubts = Doubts::of(template, self.shapes(template));
        if !doubts.is_empty() {
            all.insert(std::ptr::from_ref(template), doubts);
        }
        template.inline().for_each(|inner| self.add_doubts(inner, all));
    }

    /// What Azure refuses of an expression in the present world.
    pub fn refusals(&mut self, root: &Root<'t>) -> Refusals {
        if !self.is_evaluated(root) {
            return Refusals::new();
        }
        self.watch = absence::Watch::begun();
        let env = match (root.place, &root.holder) {
            (Place::Count, Some(holder)) => holder.env.outside(),
            (Place::Name | Place::Condition | Place::Resource, Some(holder)) => holder.env.clone(),
            (Place::Default(deployment, _), _) => Env::top(deployment),
            (Place::Variable(deployment) | Place::Output(deployment, _), _) => self.env_of(deployment),
            (Place::Name | Place::Count | Place::Condition | Place::Resource, None) => return Refusals::new(),
        };
        match &root.holder {
            Some(holder) if root.doubt.wanted == Wanted::Placement => self.check_placement(holder),
            _ => self.evaluate_within(&root.doubt.loops, root, &env),
        }
        std::mem::take(&mut self.watch).refused
    }

    /// Evaluates an expression in each round of the loops around it.
    fn evaluate_within(&mut self, loops: &[Loop<'t>], root: &Root<'t>, env: &Env) {
        match loops.split_first() {
            None => {
                let Doubt { expr, wanted, .. } = root.doubt;
                let value = self.evaluate(expr, env);
                self.check_wanted(wanted, &value, expr.span);
            }
            Some((Loop { name, count }, inner)) => {
                self.evaluate_loop(count, name.as_ref(), env, |this, env| {
                    this.evaluate_within(inner, root, env);
                    Value::null()
                });
            }
        }
    }

    /// Whether Azure evaluates it for certain in the present world.
    fn is_evaluated(&mut self, root: &Root<'t>) -> bool {
        let is_asked = match root.place {
            Place::Default(deployment, index) => self.takes_default(deployment, index),
            Place::Output(deployment, index) => {
                let condition = self.template_of(deployment).outputs[index].condition.as_ref();
                condition
                    .is_none_or(|condition| self.evaluate(condition, &self.env_of(deployment)).as_bool() != Some(false))
            }
            _ => true,
        };
        is_asked
            && match (&root.holder, root.place) {
                (None, _) => true,
                (Some(holder), Place::Name) => {
                    self.is_within_deployed(holder)
                        && self.is_made(holder) == Some(true)
                        && self.condition(holder).as_bool() != Some(false)
                }
                (Some(holder), Place::Condition) => {
                    self.is_within_deployed(holder) && self.is_made(holder) == Some(true)
                }
                (Some(holder), Place::Count) => self.is_within_deployed(holder),
                (Some(holder), _) => self.is_deployed(holder),
            }
    }
}

/// The resources of `template`, and of those that are written within it, of which something is in doubt.
fn doubted_resources<'t>(template: &'t Template, doubts: &AllDoubts<'t>) -> Vec<*const Resource> {
    let doubts_here = doubts.get(&std::ptr::from_ref(template)).into_iter();
    let own = doubts_here.flat_map(Doubts::of_resources);
    let own = own.map(|(_, (index, _))| std::ptr::from_ref(&template.resources[*index]));
    own.chain(template.inline().flat_map(|inner| doubted_resources(inner, doubts))).collect()
}

/// Adds what may be refused of the definitions in a deployment's template.
fn add_definitions<'t>(
    doubts: &Doubts<'t>,
    deployment: DeploymentId,
    holder: Option<&Instance<'t>>,
    roots: &mut Vec<Root<'t>>,
) {
    let defaults = doubts.defaults.iter().map(|(index, doubt)| (Place::Default(deployment, *index), doubt));
    let variables = doubts.variables.iter().map(|doubt| (Place::Variable(deployment), doubt));
    let outputs = doubts.outputs.iter().map(|(index, doubt)| (Place::Output(deployment, *index), doubt));
    let all = defaults.chain(variables).chain(outputs);
    roots.extend(all.map(|(place, doubt)| Root { holder: holder.cloned(), place, doubt: doubt.clone() }));
}
