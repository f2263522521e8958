//! Deployments: the template that is deployed and those nested in it, each with its scope and its arguments.

use std::collections::BTreeSet;

use super::call::{signature, term};
use super::expression::Env;
use super::instance::Instance;
use super::pieces::{join, pieces, split};
use super::resource_id::{
    IdScope, ResourceId, current_group, current_management_group, current_subscription, property_of_call, same_name,
    split_arguments,
};
use super::term::Term;
use super::value::Value;
use super::world::Bound;
use super::{Evaluator, Inputs};
use crate::source::FileId;
use crate::source::limits::MAX_DEPLOYMENTS;
use crate::syntax::expression::Expr;
use crate::template::{EvaluationScope, NestedTemplate, TargetScope, Template};

/// Which deployment: the outermost one or one nested in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DeploymentId(pub(super) u32);

impl DeploymentId {
    /// The outermost deployment.
    pub const ROOT: Self = Self(0);
}

/// A template that is being deployed.
#[derive(Debug, Clone)]
pub(super) struct Deployment<'t> {
    pub template: &'t Template,
    /// The resource that deploys this one.
    pub within: Option<Instance<'t>>,
    pub arguments: Arguments<'t>,
    /// Where its resources' expressions are evaluated, when not in itself.
    pub outer: Option<Env>,
    /// Whether something was found to exist in it, in some world.
    pub is_met: bool,
}

/// Where the values of a deployment's parameters come from.
#[derive(Debug, Clone)]
pub(super) enum Arguments<'t> {
    /// From outside: files, overrides, defaults.
    Root,
    /// From the resource that deploys it.
    Nested { values: Option<&'t Expr>, env: Env },
}

/// Where a deployment puts its resources.
#[derive(Debug, Clone)]
pub(super) struct Scope {
    pub kind: TargetScope,
    pub subscription: Value,
    pub group: Value,
    pub management_group: Value,
}

impl Scope {
    /// The scope that resource ids in this deployment start with.
    pub(super) fn id(&self) -> IdScope {
        match self.kind {
            TargetScope::ResourceGroup => {
                IdScope::ResourceGroup { subscription: self.subscription.clone(), group: self.group.clone() }
            }
            TargetScope::Subscription => IdScope::Subscription(self.subscription.clone()),
            TargetScope::ManagementGroup => IdScope::ManagementGroup(self.management_group.clone()),
            TargetScope::Tenant => IdScope::Tenant,
        }
    }
}

impl<'t> Deployment<'t> {
    pub(super) fn root(inputs: Inputs<'t>) -> Self {
        Self { template: inputs.template, within: None, arguments: Arguments::Root, outer: None, is_met: false }
    }
}

impl<'t> Evaluator<'t> {
    pub(super) fn deployment(&self, id: DeploymentId) -> &Deployment<'t> {
        &self.deployments[id.0 as usize]
    }

    /// The template that a deployment deploys.
    pub fn template_of(&self, deployment: DeploymentId) -> &'t Template {
        self.deployment(deployment).template
    }

    /// Where the variables and outputs of a deployment's template are evaluated.
    pub fn env_of(&self, deployment: DeploymentId) -> Env {
        self.deployment(deployment).outer.clone().unwrap_or_else(|| Env::top(deployment))
    }

    /// The deployment that a resource deploys; `None` when its template is not in view.
    pub fn nested(&mut self, instance: &Instance<'t>) -> Option<DeploymentId> {
        let key = instance.key();
        if let Some(&known) = self.nested.get(&key) {
            return Some(known);
        }
        let nested = instance.resource.deployment.as_ref()?;
        let template = match &nested.template {
            NestedTemplate::Inline(template) => template,
            NestedTemplate::File(link) => self.inputs.links.get(&link.key()).copied()?,
            NestedTemplate::Elsewhere(_) => return None,
        };
        // A template that leads back to itself would never end.
        let enclosing = |id: &DeploymentId| Some(self.deployment(*id).within.as_ref()?.deployment);
        let mut around = std::iter::successors(Some(instance.deployment), enclosing);
        if around.any(|id| std::ptr::eq(self.deployment(id).template, template)) {
            return None;
        }
        if self.deployments.len() >= MAX_DEPLOYMENTS {
            self.worlds.leave_out(instance.resource.ty.span, Bound::Deployments);
            return None;
        }
        let outer = (nested.evaluation == EvaluationScope::Outer
            && matches!(nested.template, NestedTemplate::Inline(_)))
        .then(|| {
            let mut env = instance.env.clone();
            env.inner.get_or_insert(DeploymentId(self.deployments.len() as u32));
            env
        });
        let deployment = Deployment {
            template,
            within: Some(instance.clone()),
            arguments: Arguments::Nested { values: nested.parameters.as_ref(), env: instance.env.clone() },
            outer,
            is_met: false,
        };
        let id = self.add_deployment(deployment);
        self.nested.insert(key, id);
        Some(id)
    }

    pub(super) fn add_deployment(&mut self, deployment: Deployment<'t>) -> DeploymentId {
        self.deployments.push(deployment);
        DeploymentId(self.deployments.len() as u32 - 1)
    }

    /// The template, and those in other files that its deployments lead to.
    pub fn templates(&self) -> Vec<&'t Template> {
        let mut found = vec![self.template()];
        let mut at = 0;
        while let Some(template) = found.get(at).copied() {
            self.follow(template, &mut found);
            at += 1;
        }
        found
    }

    /// The files of all templates that were met as deployed so far, in whatever world.
    pub fn deployed_files(&self) -> BTreeSet<FileId> {
        let met = self.deployments.iter().filter(|deployment| deployment.is_met);
        met.map(|deployment| deployment.template.span.file).chain([self.template().span.file]).collect()
    }

    /// Notes that something exists in a deployment.
    pub(super) fn meet(&mut self, deployment: DeploymentId) {
        self.deployments[deployment.0 as usize].is_met = true;
    }

    fn follow(&self, template: &'t Template, found: &mut Vec<&'t Template>) {
        for nested in template.resources.iter().filter_map(|resource| resource.deployment.as_ref()) {
            match &nested.template {
                NestedTemplate::Inline(inner) => self.follow(inner, found),
                NestedTemplate::File(link) => {
                    let linked = self.inputs.links.get(&link.key()).copied();
                    if let Some(linked) =
                        linked.filter(|linked| !found.iter().any(|known| std::ptr::eq(*known, *linked)))
                    {
                        found.push(linked);
                    }
                }
                NestedTemplate::Elsewhere(_) => {}
            }
        }
    }

    /// Where a deployment puts its resources, in the present world.
    pub(super) fn scope(&mut self, id: DeploymentId) -> Scope {
        let deployment = self.deployment(id);
        let kind = deployment.template.scope;
        let Some(instance) = deployment.within.clone() else {
            let context = self.context();
            let known = |text: &Option<String>, otherwise: Value| text.as_deref().map_or(otherwise, Value::from);
            return Scope {
                kind,
                subscription: known(&context.subscription_id, current_subscription()),
                group: known(&context.resource_group, current_group()),
                management_group: known(&context.management_group, current_management_group()),
            };
        };
        if let Some(known) = self.scopes.recall(&id, &mut self.worlds) {
            return known;
        }
        let mark = self.worlds.mark();
        let scope = self.target_scope(&instance, kind);
        self.scopes.keep(id, &self.worlds.reads_since(mark), scope.clone());
        scope
    }

    /// The name of a deployment, in the present world.
    fn deployment_name(&mut self, id: DeploymentId) -> Value {
        match (self.deployment(id).within.clone(), &self.context().deployment_name) {
            (Some(instance), _) => self.name(&instance),
            (None, Some(name)) => Value::from(name.as_str()),
            (None, None) => property_of_call("deployment", "name"),
        }
    }

    /// Where a deployment resource puts what it deploys: where it says, else where it is itself. `written` is what the
    /// schema of the template says, for when nobody can read the rest.
    pub(super) fn target_scope(&mut self, instance: &Instance<'t>, written: TargetScope) -> Scope {
        let mut scope = self.scope(instance.deployment);
        let body = &instance.resource.body;
        if let Some(subscription) = body.get("subscriptionId") {
            scope.kind = TargetScope::Subscription;
            scope.subscription = self.apart(|this| this.evaluate(subscription, &instance.env));
        }
        if let Some(group) = body.get("resourceGroup") {
            scope.kind = TargetScope::ResourceGroup;
            scope.group = named_or(self.apart(|this| this.evaluate(group, &instance.env)), scope.group);
        }
        let properties = body.get("properties").filter(|_| instance.resource.ty.is_stack());
        let stacked = properties.and_then(|properties| properties.get("deploymentScope"));
        if let Some(target) = stacked.or_else(|| body.get("scope")) {
            match IdScope::parse_in(&self.apart(|this| this.evaluate(target, &instance.env)), &IdScope::Tenant) {
                IdScope::Tenant => scope.kind = TargetScope::Tenant,
                IdScope::ManagementGroup(group) => {
                    scope.kind = TargetScope::ManagementGroup;
                    scope.management_group = group;
                }
                IdScope::Subscription(subscription) => {
                    scope.kind = TargetScope::Subscription;
                    scope.subscription = subscription;
                }
                IdScope::ResourceGroup { subscription, group } => {
                    scope.kind = TargetScope::ResourceGroup;
                    scope.subscription = named_or(subscription, scope.subscription);
                    scope.group = named_or(group, scope.group);
                }
                IdScope::Resource(_) | IdScope::Other(_) => scope.kind = written,
            }
        }
        scope
    }

    /// What is known of a property of `resourceGroup()`, `subscription()` and the like.
    pub(super) fn scope_property(&mut self, term: &Term, name: &str, env: &Env) -> Option<Value> {
        let Term::Call { name: function, args } = term else { return None };
        if !args.is_empty() {
            return None;
        }
        let context = self.context();
        let scope = self.scope(env.deployment);
        let value = match (function.to_ascii_lowercase().as_str(), name.to_ascii_lowercase().as_str()) {
            ("resourcegroup", "name") => scope.group.clone(),
            ("resourcegroup", "id") => {
                let id =
                    IdScope::ResourceGroup { subscription: scope.subscription.clone(), group: scope.group.clone() };
                id.to_value()
            }
            ("resourcegroup", "location") if scope.group.as_str() == context.resource_group.as_deref() => {
                Value::from(context.location.as_deref()?)
            }
            ("resourcegroup", "location") => match self.location_of_group(env.deployment, &scope.group) {
                Some(location) => location,
                None => self.location_of_deployed(&scope.id().to_value())?,
            },
            ("deployment", "location") => Value::from(context.location.as_deref()?),
            ("deployment", "name") => self.deployment_name(env.deployment),
            ("subscription", "subscriptionid") => scope.subscription.clone(),
            ("subscription", "id") => IdScope::Subscription(scope.subscription.clone()).to_value(),
            ("subscription" | "tenant", "tenantid") => match &context.tenant_id {
                Some(tenant) => Value::from(tenant.as_str()),
                None => property_of_call("tenant", "tenantId"),
            },
            ("managementgroup", "name") => scope.management_group.clone(),
            ("managementgroup", "id") => IdScope::ManagementGroup(scope.management_group.clone()).to_value(),
            _ => return None,
        };
        Some(value)
    }

    /// The location of a resource group that a template around a deployment declares.
    fn location_of_group(&mut self, deployment: DeploymentId, group: &Value) -> Option<Value> {
        let mut at = deployment;
        while let Some(instance) = self.deployment(at).within.clone() {
            at = instance.deployment;
            let template = self.template_of(at);
            for (index, resource) in template.resources.iter().enumerate() {
                if !resource.ty.is("Microsoft.Resources/resourceGroups") || resource.existing {
                    continue;
                }
                for declared in self.instances_of(at, index) {
                    if same_name(&self.name(&declared), group) == Some(true) {
                        return Some(self.evaluate(resource.body.get("location")?, &declared.env));
                    }
                }
            }
        }
        None
    }

    /// `resourceId` and its kin, seen from the deployment that evaluates them.
    pub(super) fn resource_id_call(&mut self, function: &str, args: Vec<Value>, env: &Env) -> Value {
        let scope = self.scope(env.deployment);
        let spelling = signature(function).map_or("resourceId", |(name, ..)| name);
        let extended = (function == "extensionresourceid").then(|| IdScope::parse(&args[0]));
        let Some((leading, ty, names)) = split_arguments(if extended.is_some() { &args[1..] } else { &args }) else {
            return term(spelling, args);
        };
        let subscription = |index: usize| leading.get(index).cloned().unwrap_or_else(|| scope.subscription.clone());
        let id_scope = match (extended, function, leading.len()) {
            (Some(extended), ..) => extended,
            (_, "tenantresourceid", _) => IdScope::Tenant,
            (_, "managementgroupresourceid", _) => {
                IdScope::ManagementGroup(leading.first().cloned().unwrap_or(scope.management_group))
            }
            (_, "subscriptionresourceid", _) => IdScope::Subscription(subscription(0)),
            // Management groups are none of each other's.
            (_, _, 0) if ty.eq_ignore_ascii_case("Microsoft.Management/managementGroups") => IdScope::Tenant,
            // The service resolves a bare `resourceId` to an id of the scope that is deployed to.
            (_, _, 0) => scope.id(),
            (_, _, 1) => IdScope::ResourceGroup { subscription: scope.subscription.clone(), group: leading[0].clone() },
            _ => IdScope::ResourceGroup { subscription: subscription(0), group: leading[1].clone() },
        };
        ResourceId { scope: id_scope, ty, names: whole_names(names) }.to_value()
    }
}

/// A name, or where it is empty the one of the present scope.
fn named_or(name: Value, present: Value) -> Value {
    if name.as_str() == Some("") { present } else { name }
}

/// Names that are taken, one after the other, out of one string of all of them, `split(…, '/')[n]`, as the parts of that
/// string: a name holds no slash.
pub(super) fn whole_names(names: Vec<Value>) -> Vec<Value> {
    let taken = |name: &Value| {
        let Term::Index { base, index } = name.as_term()? else { return None };
        let [_, separator] = base.as_term()?.call("split")? else { return None };
        Some((base.clone(), index.as_integer().filter(|_| separator.as_str() == Some("/"))?))
    };
    let all: Vec<Option<(Value, i64)>> = names.iter().map(taken).collect();
    if all.iter().all(Option::is_none) {
        return names;
    }
    let part = |(base, at): &(Value, i64)| {
        let parts = split(pieces(base.as_term()?.call("split")?.first()?)?, '/');
        let of_this = all.iter().flatten().filter(|(other, _)| other == base).count();
        (of_this == parts.len()).then(|| parts.get(usize::try_from(*at).ok()?).cloned().map(join)).flatten()
    };
    let parts: Vec<Option<Value>> = all.iter().map(|taken| taken.as_ref().and_then(part)).collect();
    names.into_iter().zip(parts).map(|(name, part)| part.unwrap_or(name)).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;
    use crate::evaluate::Context;
    use crate::source::FileId;
    use crate::syntax::json;
    use crate::template::lower_template;

    #[test]
    fn a_nested_deployment_goes_where_each_world_puts_it() {
        let text = r#"{
            "parameters": { "group": { "type": "string", "allowedValues": ["a", "b"] } },
            "resources": [{
                "type": "Microsoft.Resources/deployments", "apiVersion": "1", "name": "n",
                "resourceGroup": "[parameters('group')]",
                "properties": { "template": { "resources": [{ "type": "A.B/c", "apiVersion": "1", "name": "x" }] } }
            }]
        }"#;
        let (document, _) = json::parse(FileId(0), text);
        let template = lower_template(FileId(0), document.root(text).unwrap());
        let context = Context { subscription_id: Some("s".to_owned()), ..Context::unknown() };
        let links = HashMap::new();
        let inputs =
            Inputs { template: &template, parameter_files: &[], overrides: None, links: &links, context: &context };
        let mut evaluator = Evaluator::new(inputs);
        let (worlds, _) = evaluator.explore(|evaluator| {
            let found = evaluator.instances(&|resource| resource.ty.is("A.B/c"));
            found.iter().filter_map(|instance| evaluator.id(instance)).map(|id| id.to_value()).collect::<Vec<_>>()
        });
        let ids: Vec<Value> = worlds.into_iter().flat_map(|world| world.answer).collect();
        assert_eq!(
            ids,
            ["a", "b"].map(|g| Value::from(format!("/subscriptions/s/resourceGroups/{g}/providers/A.B/c/x")))
        );
    }
}
