//! `acr-transfer-deployer-role`: the role to deploy transfer pipelines, assigned on less than the subscription.

use super::pipeline::reference_span;
use super::script_grants::{Access as ScriptedAccess, Scope, ScriptGrant};
use crate::checks::FileCheck;
use crate::engine::check::Check;
use crate::engine::finding::Finding;
use crate::engine::grants::Grant;
use crate::engine::role::definition_id;
use crate::evaluate::Instance;
use crate::evaluate::resource_id::IdScope;

const TRANSFER_CONTRIBUTOR: &str = "bf94e731-3a51-4a7c-8c54-a1ab9971dfc1";
const HELP: &str = "assign the role on the registry's subscription";

pub(super) fn check<'t>(check: &mut Check<'_, 't>, assignment: &Instance<'t>) {
    let definition = check.find(assignment, &["properties", "roleDefinitionId"]);
    let Some(value) = definition.value() else { return };
    if definition_id(value).as_deref() != Some(TRANSFER_CONTRIBUTOR) {
        return;
    }
    let grant = Grant::of_assignment(check.evaluator, assignment.clone());
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
    check.report(at.map(|span| Finding::new(span, message(on)).help(HELP)));
}

pub(super) fn check_commands(check: &mut FileCheck<'_>) {
    let grants: Vec<_> = check.invocations().filter_map(|call| ScriptGrant::new(call, 0)).collect();
    for grant in &grants {
        let is_deployer =
            matches!(&grant.access, ScriptedAccess::Role(Some(role), _) if role.id == TRANSFER_CONTRIBUTOR);
        let on = match grant.on {
            Scope::Group => "a resource group",
            Scope::Resource(..) => "a resource",
            Scope::Subscription | Scope::Unknown => continue,
        };
        if is_deployer {
            let finding = match &grant.on_at {
                Some(scope) => scope.finding(message(on)),
                None => Finding::new(grant.invocation.path_span(), message(on)),
            };
            check.report(finding.help(HELP));
        }
    }
}

fn message(on: &str) -> String {
    format!("`Container Registry Transfer Pipeline Contributor` is assigned on {on}, not on the subscription")
}
