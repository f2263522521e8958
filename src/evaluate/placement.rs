//! Where the record of a nested deployment is kept: beside a resource group it needs a location, and in one it has none.

use super::deployment::DeploymentId;
use super::refusal::Refusal;
use super::resource_id::IdScope;
use super::value::Value;
use super::{Evaluator, Instance};
use crate::syntax::expression::{Expr, ExprKind};
use crate::template::{Resource, TargetScope, Template};

/// Whether the text leaves open that a resource is a nested deployment whose location is missing or too much.
pub(super) fn may_be_misplaced(template: &Template, resource: &Resource) -> bool {
    if resource.deployment.is_none() || resource.is_module() || resource.ty.is_stack() || resource.existing {
        return false;
    }
    let has = |key: &str| resource.body.get(key).is_some();
    relative_path(resource).is_some()
        || has("location")
        || has("scope")
        || !has("resourceGroup") && (has("subscriptionId") || !is_group(template.scope))
}

/// The path to a template where nothing else leads to it.
fn relative_path(resource: &Resource) -> Option<&Expr> {
    let link = resource.body.get("properties")?.get("templateLink")?;
    link.get("relativePath").filter(|_| ["uri", "id"].iter().all(|key| link.get(key).is_none()))
}

impl<'t> Evaluator<'t> {
    /// Notes that a nested deployment lacks a location that it needs, or has one that it must not have.
    pub(super) fn check_placement(&mut self, instance: &Instance<'t>) {
        if let Some(path) = relative_path(instance.resource)
            && instance.deployment == DeploymentId::ROOT
            && self.is_sent_as_text(instance.deployment)
        {
            let message = "a relative path leads on from the link to this template, which is sent without one";
            self.refuse(Refusal::Shape, path.span, message);
        }
        let body = &instance.resource.body;
        let location = body.member("location");
        let value = location.map(|location| self.evaluate(&location.value, &instance.env));
        // What a condition decides may be null.
        let is_open = value.as_ref().is_some_and(|value| {
            value.is_unknown()
                && value.as_term().is_none_or(|term| ["if", "coalesce"].iter().any(|it| term.call(it).is_some()))
        });
        if is_open {
            return;
        }
        let location = location.filter(|_| value.is_some_and(|value| !value.is_null()));
        match (self.record_scope(instance), location) {
            (Some(TargetScope::ResourceGroup), Some(location)) => {
                let message = "a deployment to a resource group has no `location`: it is kept where the group is";
                self.refuse(Refusal::Placement, location.key.span, message);
            }
            (Some(scope), None) if !is_group(scope) => {
                let target = match scope {
                    TargetScope::ResourceGroup | TargetScope::Subscription => "a subscription",
                    TargetScope::ManagementGroup => "a management group",
                    TargetScope::Tenant => "the tenant",
                };
                let message = format!("a deployment to {target} needs a `location`, where its data is kept");
                self.refuse(Refusal::Placement, instance.resource.ty.span, message);
            }
            _ => {}
        }
    }

    /// What a nested deployment is deployed to; `None` where that is not certain.
    fn record_scope(&mut self, instance: &Instance<'t>) -> Option<TargetScope> {
        let body = &instance.resource.body;
        if let Written::Given(scope) = self.written(body.get("scope"), instance)? {
            let text = scope.as_str();
            if text.is_some_and(|text| !text.starts_with('/')) {
                return match self.own_scope(instance.deployment)? {
                    TargetScope::ResourceGroup => Some(TargetScope::ResourceGroup),
                    TargetScope::Subscription => None,
                    TargetScope::ManagementGroup | TargetScope::Tenant => {
                        let is_group = |text: &str| text.to_ascii_lowercase().starts_with("microsoft.management/");
                        text.is_some_and(is_group).then_some(TargetScope::ManagementGroup)
                    }
                };
            }
            return match IdScope::parse(&scope) {
                IdScope::Tenant => (text == Some("/")).then_some(TargetScope::Tenant),
                IdScope::ManagementGroup(_) => Some(TargetScope::ManagementGroup),
                IdScope::Subscription(_) => Some(TargetScope::Subscription),
                IdScope::ResourceGroup { .. } => Some(TargetScope::ResourceGroup),
                IdScope::Resource(_) | IdScope::Other(_) => None,
            };
        }
        if let Written::Given(_) = self.written(body.get("resourceGroup"), instance)? {
            return Some(TargetScope::ResourceGroup);
        }
        if let Written::Given(_) = self.written(body.get("subscriptionId"), instance)? {
            return Some(TargetScope::Subscription);
        }
        self.own_scope(instance.deployment)
    }

    /// What a deployment is deployed to itself; `None` where its template may be linked to from elsewhere.
    fn own_scope(&mut self, id: DeploymentId) -> Option<TargetScope> {
        let scope = self.scope(id).kind;
        (!is_group(scope) || self.is_surely_of_group(id)).then_some(scope)
    }

    /// What a member says that names a place; `None` where that is not certain.
    fn written(&mut self, member: Option<&'t Expr>, instance: &Instance<'t>) -> Option<Written> {
        let Some(member) = member.filter(|member| !matches!(member.kind, ExprKind::Null)) else {
            return Some(Written::Nothing);
        };
        let value = self.evaluate(member, &instance.env);
        match value.as_str() {
            Some("") => Some(Written::Nothing),
            Some(_) => Some(Written::Given(value)),
            // What a condition decides may be empty.
            None if value.as_term().is_some_and(|term| term.call("if").is_none()) => Some(Written::Given(value)),
            None => None,
        }
    }
}

/// What a resource says of a place.
enum Written {
    Nothing,
    Given(Value),
}

fn is_group(scope: TargetScope) -> bool {
    scope == TargetScope::ResourceGroup
}
