//! `acr-transfer-deployer-role`: the role to deploy transfer pipelines, assigned on less than the subscription.

use super::pipeline::reference_span;
use crate::engine::check::Check;
use crate::engine::finding::Finding;
use crate::engine::grants::{Access, Grant};
use crate::engine::role::definition_id;
use crate::evaluate::Instance;
use crate::evaluate::resource_id::IdScope;

const TRANSFER_CONTRIBUTOR: &str = "bf94e731-3a51-4a7c-8c54-a1ab9971dfc1";

pub(super) fn check<'t>(check: &mut Check<'_, 't>, assignment: &Instance<'t>) {
    let grant = Grant::of_assignment(check.evaluator, assignment.clone());
    let Access::Role(definition) = &grant.access else { return };
    let Some(value) = definition.value() else { return };
    if definition_id(value).as_deref() != Some(TRANSFER_CONTRIBUTOR) {
        return;
    }
    let on = match &grant.on {
        IdScope::ResourceGroup { .. } => "a resource group",
        IdScope::Resource(_) => "a resource",
        IdScope::Other(_) => return check.undecided(&grant.on_at),
        IdScope::Subscription(_) | IdScope::ManagementGroup(_) | IdScope::Tenant => return,
    };
    let at = match grant.on_at.value() {
        Some(_) => grant.on_at.span(),
        None => reference_span(check, value).or_else(|| definition.span()),
    };
    let message =
        format!("`Container Registry Transfer Pipeline Contributor` is assigned on {on}, not on the subscription");
    check.report(at.map(|span| Finding::new(span, message).help("assign the role on the registry's subscription")));
}
