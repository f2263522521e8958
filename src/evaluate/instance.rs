//! The resources that a template deploys: loops expanded, nested deployments entered, names and ids computed.

use std::collections::HashMap;
use std::sync::Arc;

use super::Evaluator;
use super::call::term;
use super::deployment::{DeploymentId, whole_names};
use super::expression::{Env, FrameKind};
use super::pieces::{join, pieces, split};
use super::resource_id::{IdScope, ResourceId};
use super::value::Value;
use super::world::Bound;
use crate::source::limits::{MAX_COPIES, MAX_DEPLOYMENT_DEPTH, MAX_INSTANCES};
use crate::syntax::expression::Expr;
use crate::template::{Copy, NestedTemplate, Output, Resource, TargetScope, Template};

/// One resource as it is deployed.
#[derive(Debug, Clone)]
pub struct Instance<'t> {
    /// Its declaration.
    pub resource: &'t Resource,
    /// The deployment that it is part of.
    pub deployment: DeploymentId,
    /// Where its expressions are evaluated.
    pub env: Env,
    index: usize,
    copy: Option<i64>,
    enclosing: Option<Arc<Instance<'t>>>,
}

/// What makes an instance the same in every world: deployment, declaration, iteration.
pub(super) type Key = (DeploymentId, usize, Option<i64>);

impl Instance<'_> {
    /// What tells it from every other.
    pub fn key(&self) -> Key {
        (self.deployment, self.index, self.copy)
    }

    /// Whether it is one of several that a loop makes.
    pub fn is_iteration(&self) -> bool {
        self.copy.is_some() || self.enclosing.as_ref().is_some_and(|enclosing| enclosing.is_iteration())
    }

    /// The deployment that it is part of; `None` for the outermost.
    pub fn enclosing(&self) -> Option<&Self> {
        self.enclosing.as_deref()
    }

    /// Whether both are the same resource.
    pub fn is(&self, other: &Self) -> bool {
        self.deployment == other.deployment && self.index == other.index && self.copy == other.copy
    }
}

/// A search for resources.
struct Walk<'w, 't> {
    wanted: &'w dyn Fn(&Resource) -> bool,
    /// Whether those that are not deployed in the present world are left out.
    deployed: bool,
    found: Vec<Instance<'t>>,
    /// How many were looked at.
    seen: usize,
    /// Whether the templates in other files, and what they lead to, declare what is searched for.
    linked: HashMap<*const Template, bool>,
}

impl<'t> Evaluator<'t> {
    /// The resources that `wanted` picks by their declarations, in the present world: without those whose condition, or
    /// that of a deployment around them, is known to be false. What is left out beyond [`MAX_INSTANCES`] is noted.
    pub fn instances(&mut self, wanted: &dyn Fn(&Resource) -> bool) -> Vec<Instance<'t>> {
        self.walk(wanted, true)
    }

    /// Like [`instances`](Self::instances), whatever conditions say: which of these [`exists`](Self::exists) is to be
    /// asked of those alone that matter, so that nothing depends on the conditions of the others.
    pub fn candidates(&mut self, wanted: &dyn Fn(&Resource) -> bool) -> Vec<Instance<'t>> {
        self.walk(wanted, false)
    }

    fn walk(&mut self, wanted: &dyn Fn(&Resource) -> bool, deployed: bool) -> Vec<Instance<'t>> {
        let mut walk = Walk { wanted, deployed, found: Vec::new(), seen: 0, linked: HashMap::new() };
        self.collect(DeploymentId::ROOT, None, &mut walk, 0);
        walk.found
    }

    /// Like [`instances`](Self::instances), for a question that rules ask again and again: `question` names what
    /// `wanted` picks.
    pub fn known_instances(&mut self, question: &str, wanted: &dyn Fn(&Resource) -> bool) -> Arc<[Instance<'t>]> {
        self.known_walk(question, wanted, true)
    }

    /// Like [`candidates`](Self::candidates), for a question that rules ask again and again: `question` names what
    /// `wanted` picks, and is another one than that for [`known_instances`](Self::known_instances).
    pub fn known_candidates(&mut self, question: &str, wanted: &dyn Fn(&Resource) -> bool) -> Arc<[Instance<'t>]> {
        self.known_walk(question, wanted, false)
    }

    fn known_walk(
        &mut self,
        question: &str,
        wanted: &dyn Fn(&Resource) -> bool,
        deployed: bool,
    ) -> Arc<[Instance<'t>]> {
        if let Some(known) = self.selections.recall(question, &mut self.worlds) {
            return known;
        }
        let mark = self.worlds.mark();
        let instances: Arc<[Instance<'t>]> = self.walk(wanted, deployed).into();
        self.selections.keep(question.to_owned(), &self.worlds.reads_since(mark), Arc::clone(&instances));
        instances
    }

    fn collect(
        &mut self,
        deployment: DeploymentId,
        enclosing: Option<&Arc<Instance<'t>>>,
        walk: &mut Walk<'_, 't>,
        depth: usize,
    ) {
        let template = self.deployment(deployment).template;
        for (index, resource) in template.resources.iter().enumerate() {
            let (picked, entered) = ((walk.wanted)(resource), self.may_contain(resource, walk));
            if !picked && !entered {
                continue;
            }
            let instances = self.instances_of(deployment, index);
            for mut instance in instances {
                if walk.seen == MAX_INSTANCES {
                    return self.worlds.leave_out(resource.ty.span, Bound::Instances);
                }
                walk.seen += 1;
                instance.enclosing = enclosing.cloned();
                if walk.deployed && self.condition(&instance).as_bool() == Some(false) {
                    continue;
                }
                if entered && depth == MAX_DEPLOYMENT_DEPTH {
                    self.worlds.leave_out(resource.ty.span, Bound::Depth);
                } else if entered && let Some(nested) = self.nested(&instance) {
                    let enclosing = Arc::new(instance.clone());
                    self.collect(nested, Some(&enclosing), walk, depth + 1);
                }
                if picked {
                    walk.found.push(instance);
                }
            }
        }
    }

    fn contains(&self, template: &Template, walk: &mut Walk<'_, 't>) -> bool {
        template.resources.iter().any(|resource| (walk.wanted)(resource) || self.may_contain(resource, walk))
    }

    /// Whether the template that a resource deploys may declare a wanted one.
    fn may_contain(&self, resource: &Resource, walk: &mut Walk<'_, 't>) -> bool {
        match resource.deployment.as_ref().map(|deployment| &deployment.template) {
            Some(NestedTemplate::Inline(template)) => self.contains(template, walk),
            Some(NestedTemplate::File(link)) => {
                let Some(template) = self.inputs.links.get(&link.key()).copied() else { return false };
                if let Some(known) = walk.linked.get(&std::ptr::from_ref(template)) {
                    return *known;
                }
                // One that leads back to itself declares nothing more by that.
                walk.linked.insert(template, false);
                let found = self.contains(template, walk);
                walk.linked.insert(template, found);
                found
            }
            Some(NestedTemplate::Elsewhere(_)) | None => false,
        }
    }

    /// The outputs of the outermost deployment and of those nested in it, and where they are evaluated.
    pub fn outputs(&mut self) -> Vec<(&'t Output, Env)> {
        let mut deployments = vec![DeploymentId::ROOT];
        for instance in self.instances(&|resource| resource.deployment.is_some()) {
            deployments.extend(self.nested(&instance));
        }
        let mut outputs = Vec::new();
        for deployment in deployments {
            let current = self.deployment(deployment);
            let env = current.outer.clone().unwrap_or_else(|| Env::top(deployment));
            let template = current.template;
            for output in &template.outputs {
                let condition = output.condition.as_ref().map(|condition| self.evaluate(condition, &env));
                if condition.and_then(|condition| condition.as_bool()) != Some(false) {
                    outputs.push((output, env.clone()));
                }
            }
        }
        outputs
    }

    /// All iterations of one declaration, whatever its condition says.
    pub fn instances_of(&mut self, deployment: DeploymentId, index: usize) -> Vec<Instance<'t>> {
        let current = self.deployment(deployment);
        let resource = &current.template.resources[index];
        let env = current.outer.clone().unwrap_or_else(|| Env::top(deployment));
        let Some((looped, copy)) = loop_of(current.template, index) else {
            return vec![Instance { resource, deployment, env, index, copy: None, enclosing: None }];
        };
        let frame = |index: Value| iteration_env(copy, &env, index);
        if let Some(count) = self.count((deployment, looped), copy, &env) {
            (0..count)
                .map(|at| Instance {
                    resource,
                    deployment,
                    env: frame(Value::from(at)),
                    index,
                    copy: Some(at),
                    enclosing: None,
                })
                .collect()
        } else {
            let name = copy.name.iter().map(|name| Value::from(Arc::clone(&name.text))).collect();
            vec![Instance {
                resource,
                deployment,
                env: frame(term("copyIndex", name)),
                index,
                copy: None,
                enclosing: None,
            }]
        }
    }

    /// The iteration of a declaration's loop at an index, which may be unknown.
    pub(super) fn iteration(&mut self, deployment: DeploymentId, index: usize, at: Value) -> Option<Instance<'t>> {
        if at.as_integer().is_some() {
            let known = self.instances_of(deployment, index);
            if let Some(found) = known.into_iter().find(|instance| instance.copy == at.as_integer()) {
                return Some(found);
            }
        }
        let current = self.deployment(deployment);
        let resource = &current.template.resources[index];
        let env = current.outer.clone().unwrap_or_else(|| Env::top(deployment));
        let env = iteration_env(resource.copy.as_ref()?, &env, at);
        Some(Instance { resource, deployment, env, index, copy: None, enclosing: None })
    }

    /// How often the loop of the resource `looped` runs.
    fn count(&mut self, looped: (DeploymentId, usize), copy: &'t Copy, env: &Env) -> Option<i64> {
        if let Some(known) = self.counts.recall(&looped, &mut self.worlds) {
            return known;
        }
        let mark = self.worlds.mark();
        let count = self
            .apart(|this| this.evaluate(&copy.count, env))
            .as_integer()
            .filter(|count| (0..=MAX_COPIES).contains(count));
        self.counts.keep(looped, &self.worlds.reads_since(mark), count);
        count
    }

    /// Whether the resource may exist in the present world: no condition on the way to it is known to be false, and its
    /// loop goes that far.
    pub fn exists(&mut self, instance: &Instance<'t>) -> bool {
        if instance.enclosing.as_ref().is_some_and(|enclosing| !self.exists(enclosing)) {
            return false;
        }
        let exists = self.is_made(instance) != Some(false) && self.condition(instance).as_bool() != Some(false);
        if exists {
            self.meet(instance.deployment);
        }
        exists
    }

    /// Whether the loop that makes the resource goes that far in the present world; `None` when nobody knows.
    pub(super) fn is_made(&mut self, instance: &Instance<'t>) -> Option<bool> {
        let Some((looped, copy)) = loop_of(self.template_of(instance.deployment), instance.index) else {
            return Some(true);
        };
        let count = self.count((instance.deployment, looped), copy, &instance.env.outside())?;
        instance.copy.map(|at| at < count)
    }

    /// Whether a resource is deployed; `true` without a condition.
    pub fn condition(&mut self, instance: &Instance<'t>) -> Value {
        match instance.resource.condition() {
            Some(condition) => self.apart(|this| this.evaluate(condition, &instance.env)),
            None => Value::from(true),
        }
    }

    /// The resource's full name: the names of its parents and its own, joined by `/`.
    pub fn name(&mut self, instance: &Instance<'t>) -> Value {
        match self.names(instance) {
            Some(mut names) if names.len() == 1 => names.remove(0),
            Some(names) => {
                let mut row = Vec::new();
                for name in &names {
                    if !row.is_empty() {
                        row.push(super::pieces::Piece::Text("/".into()));
                    }
                    row.extend(pieces(name).unwrap_or_default());
                }
                join(row)
            }
            None => instance
                .resource
                .name()
                .map_or_else(Value::null, |name| self.apart(|this| this.evaluate(name, &instance.env))),
        }
    }

    /// The resource that this one is a child of.
    fn parent(&mut self, instance: &Instance<'t>) -> Option<Instance<'t>> {
        let parent = instance.resource.parent?;
        if let Some(iteration) = instance.resource.parent_iteration() {
            let at = self.evaluate(iteration, &instance.env);
            return self.iteration(instance.deployment, parent, at);
        }
        let template = self.deployment(instance.deployment).template;
        Some(Instance { resource: &template.resources[parent], index: parent, ..instance.clone() })
    }

    /// The resource that this one is written inside of, when it extends that one rather than being its child: a role
    /// assignment inside a vault.
    fn extended_parent(&mut self, instance: &Instance<'t>) -> Option<Instance<'t>> {
        let ty = &instance.resource.ty;
        self.parent(instance).filter(|parent| !ty.is_below(&parent.resource.ty) && ty.extends().is_none())
    }

    /// The resource's names, its parents' first; `None` when it can't be told where one ends.
    pub fn names(&mut self, instance: &Instance<'t>) -> Option<Vec<Value>> {
        let name = instance.resource.name()?;
        let own = self.apart(|this| this.evaluate(name, &instance.env));
        if let Some(parent) = self.parent(instance) {
            if says_type_in_full(instance.resource)
                && let Some(row) = pieces(&own)
                && let names = split(row, '/')
                && names.len() == instance.resource.ty.depth()
            {
                return Some(names.into_iter().map(join).collect());
            }
            let mut names = self.names(&parent)?;
            // An extension that is written inside what it extends has its provider in its own name.
            match instance.resource.ty.depth().checked_sub(names.len())? {
                1 => names.push(own),
                _ => names.extend(split(pieces(&own)?, '/').into_iter().map(join)),
            }
            return (names.len() == instance.resource.ty.depth()).then_some(names);
        }
        if instance.resource.ty.depth() == 1 {
            return Some(vec![own]);
        }
        let names: Vec<Value> = split(pieces(&own)?, '/').into_iter().map(join).collect();
        (names.len() == instance.resource.ty.depth()).then(|| whole_names(names))
    }

    /// The resource's id; `None` when its names can't be told apart.
    pub fn id(&mut self, instance: &Instance<'t>) -> Option<ResourceId> {
        if !self.spend(1, instance.resource.ty.span) {
            return None;
        }
        // An iteration at an unknown index has no key of its own.
        let frame = |env: &Env| env.frame.as_ref().map(Arc::as_ptr);
        let around = self.deployment(instance.deployment).outer.as_ref().and_then(frame);
        let has_key = instance.copy.is_some() || frame(&instance.env) == around;
        let key = instance.key();
        if has_key && let Some(known) = self.ids.recall(&key, &mut self.worlds) {
            return known;
        }
        let mark = self.worlds.mark();
        let id = self.apart(|this| this.compute_id(instance));
        if has_key {
            self.ids.keep(key, &self.worlds.reads_since(mark), id.clone());
        }
        id
    }

    fn compute_id(&mut self, instance: &Instance<'t>) -> Option<ResourceId> {
        let ty = instance.resource.ty.to_string();
        let mut names = self.names(instance)?;
        if let Some(parent) = self.parent(instance)
            && instance.resource.ty.is_below(&parent.resource.ty)
        {
            let scope = self.id(&parent)?.scope;
            return Some(ResourceId { scope, ty, names });
        }
        // A stack is where it is declared, whatever it is for.
        let nested = instance.resource.deployment.as_ref().filter(|_| !instance.resource.ty.is_stack());
        let deployment_scope = match nested.map(|nested| &nested.template) {
            Some(NestedTemplate::Inline(template)) => self.target_scope(instance, template.scope).id(),
            Some(_) => self.target_scope(instance, TargetScope::ResourceGroup).id(),
            // An existing resource says where it is as a deployment says where it deploys, save by its `scope`.
            None if instance.resource.existing && instance.resource.body.get("scope").is_none() => {
                self.target_scope(instance, TargetScope::ResourceGroup).id()
            }
            None => self.scope(instance.deployment).id(),
        };
        if let Some(parent) = self.extended_parent(instance) {
            let scope = self.id(&parent)?;
            let names = names.pop().into_iter().collect();
            return Some(ResourceId { scope: IdScope::Resource(Box::new(scope)), ty, names });
        }
        if let Some(base) = instance.resource.ty.extends() {
            let own = names.split_off(base.matches('/').count());
            let scope = ResourceId { scope: deployment_scope, ty: base.to_owned(), names };
            let names = own.into_iter().skip(1).collect();
            return Some(ResourceId { scope: IdScope::Resource(Box::new(scope)), ty, names });
        }
        let at = ty.to_ascii_lowercase().find("/providers/");
        if let Some((base, leaf)) = at.map(|at| (&ty[..at], &ty[at + "/providers/".len()..])) {
            let mut own = names.split_off(base.matches('/').count());
            let provider = own.remove(0);
            let scope = ResourceId { scope: deployment_scope, ty: base.to_owned(), names };
            let ty = format!("{}/{leaf}", provider.as_str()?);
            return Some(ResourceId { scope: IdScope::Resource(Box::new(scope)), ty, names: own });
        }
        // The scope of a deployment says where its template goes, not whose extension it is.
        let target = instance.resource.body.get("scope").filter(|_| instance.resource.deployment.is_none());
        let scope = match target {
            Some(target) => {
                let target = self.evaluate(target, &instance.env);
                IdScope::parse_in(&target, &deployment_scope)
            }
            None => deployment_scope,
        };
        Some(ResourceId { scope, ty, names })
    }
}

/// Whether a resource that is written inside of its parent says its whole type, with the provider: its name is whole, too.
fn says_type_in_full(resource: &Resource) -> bool {
    let written = resource.body.get("type").and_then(Expr::as_str);
    resource.parent_reference.is_none() && written.is_some_and(|written| written.contains('.'))
}

/// Where one iteration of a resource's loop is evaluated.
fn iteration_env(copy: &Copy, env: &Env, index: Value) -> Env {
    let name = copy.name.as_ref().map(|name| Arc::clone(&name.text));
    env.inside(FrameKind::Loop { name, of_resource: true, index })
}

/// The loop that makes a resource, by its index: its own, or that of the resource which it is written in.
fn loop_of(template: &Template, index: usize) -> Option<(usize, &Copy)> {
    let resource = &template.resources[index];
    let own = resource.copy.as_deref().map(|copy| (index, copy));
    own.or_else(|| {
        let parent = resource.parent.filter(|_| resource.parent_iteration().is_none())?;
        Some((parent, template.resources[parent].copy.as_deref()?))
    })
}
