//! Who is given access to what in a deployment: its role assignments and key vault access policies, in one shape.

use std::collections::HashMap;

use super::identity::{Principal, principal};
use super::query::{Found, Path, Start};
use crate::evaluate::resource_id::{IdScope, ResourceId};
use crate::evaluate::value::{Kind, Value};
use crate::evaluate::{Evaluator, Instance};
use crate::template::Resource;

const ROLE_ASSIGNMENT: &str = "Microsoft.Authorization/roleAssignments";
const VAULT: &str = "Microsoft.KeyVault/vaults";
const ACCESS_POLICIES: &str = "Microsoft.KeyVault/vaults/accessPolicies";
const SCRIPT: &str = "Microsoft.Resources/deploymentScripts";

/// What a script that gives access to somebody contains, in lower case.
const GRANTING_COMMANDS: &[&str] = &["role assignment", "roleassignment", "set-policy", "accesspolicy"];

/// One thing that somebody is given.
#[derive(Debug, Clone)]
pub struct Grant<'t> {
    /// The resource that gives it.
    pub instance: Instance<'t>,
    /// To whom: the principal id.
    pub holder: Found,
    /// What.
    pub access: Access,
    /// On what.
    pub on: IdScope,
    /// Where that is written.
    pub on_at: Found,
}

/// What a grant allows.
#[derive(Debug, Clone)]
pub enum Access {
    /// What a role allows; its role definition.
    Role(Found),
    /// What an access policy of a key vault allows.
    Policy {
        /// The tenant of the holder.
        tenant: Found,
        /// The permissions on secrets.
        secrets: Found,
    },
}

/// The grants of a deployment, whether or not they are made in the present world: see [`Evaluator::exists`].
#[derive(Debug, Clone, Default)]
pub struct Grants<'t> {
    /// Those in view.
    pub all: Vec<Grant<'t>>,
    /// What may make more: deployments of a template that is not in view, and scripts.
    unseen: Vec<Instance<'t>>,
    /// Those to the identity of a resource, by its own name in lower case.
    by_owner: HashMap<String, Vec<usize>>,
    /// The others.
    to_others: Vec<usize>,
}

impl<'t> Grant<'t> {
    /// What a role assignment gives, in the present world.
    pub fn of_assignment(evaluator: &mut Evaluator<'t>, instance: Instance<'t>) -> Self {
        let holder = find(evaluator, &instance, &["properties", "principalId"]);
        let role = find(evaluator, &instance, &["properties", "roleDefinitionId"]);
        let place = if instance.resource.ty.extends().is_some() { "name" } else { "scope" };
        let on_at = find(evaluator, &instance, &[place]);
        let on = match evaluator.id(&instance) {
            Some(id) => id.scope,
            None => IdScope::Other(on_at.value().cloned().unwrap_or_default()),
        };
        Self { instance, holder, access: Access::Role(role), on, on_at }
    }
}

impl<'t> Grants<'t> {
    /// Whether there may be more in the present world.
    pub fn are_open(&self, evaluator: &mut Evaluator<'t>) -> bool {
        self.unseen.iter().any(|instance| evaluator.exists(instance))
    }

    /// Those that may be to the identity of the resource with this id, in order: all others are to that of a resource
    /// which is known to be another.
    pub fn to(&self, own: Option<&ResourceId>) -> Vec<&Grant<'t>> {
        let Some(name) = own.and_then(own_name) else { return self.all.iter().collect() };
        let mut found: Vec<usize> =
            self.by_owner.get(&name).into_iter().flatten().chain(&self.to_others).copied().collect();
        found.sort_unstable();
        found.into_iter().filter_map(|at| self.all.get(at)).collect()
    }

    /// The grants of the template.
    pub fn of(evaluator: &mut Evaluator<'t>) -> Self {
        let relevant = |resource: &Resource| {
            let ty = &resource.ty;
            !resource.existing
                && (ty.is(ROLE_ASSIGNMENT)
                    || ty.is(VAULT)
                    || ty.is(ACCESS_POLICIES)
                    || ty.is(SCRIPT)
                    || resource.deployment.is_some())
        };
        let mut grants = Self::default();
        for instance in evaluator.known_candidates("grants", &relevant).iter().cloned() {
            let ty = &instance.resource.ty;
            if ty.is(ROLE_ASSIGNMENT) {
                grants.all.push(Grant::of_assignment(evaluator, instance));
            } else if ty.is(SCRIPT) {
                if may_grant(evaluator, &instance) {
                    grants.unseen.push(instance);
                }
            } else if instance.resource.deployment.is_some() {
                if evaluator.nested(&instance).is_none() {
                    grants.unseen.push(instance);
                }
            } else {
                policies(evaluator, &instance, &mut grants.all);
            }
        }
        for (at, grant) in grants.all.iter().enumerate() {
            let owner = match grant.holder.value().and_then(principal) {
                Some(Principal::SystemOf(id)) => own_name(&id),
                _ => None,
            };
            match owner {
                Some(name) => grants.by_owner.entry(name).or_default().push(at),
                None => grants.to_others.push(at),
            }
        }
        grants
    }
}

/// The last of the names in an id in lower case, when it is known.
fn own_name(id: &ResourceId) -> Option<String> {
    Some(id.name()?.as_str()?.to_ascii_lowercase())
}

/// The access policies that a vault comes with, or that are added to one.
fn policies<'t>(evaluator: &mut Evaluator<'t>, instance: &Instance<'t>, all: &mut Vec<Grant<'t>>) {
    let list = find(evaluator, instance, &["properties", "accessPolicies"]);
    let Some(value) = list.value() else { return };
    let added = instance.resource.ty.is(ACCESS_POLICIES);
    let operation = evaluator.names(instance).and_then(|names| names.last().cloned());
    if added && operation.as_ref().and_then(Value::as_str).is_some_and(|name| name.eq_ignore_ascii_case("remove")) {
        return;
    }
    let id = evaluator.id(instance);
    let on = match if added { id.and_then(|id| id.parent()) } else { id } {
        Some(vault) => IdScope::Resource(Box::new(vault)),
        None => IdScope::Other(evaluator.name(instance)),
    };
    let on_at = find(evaluator, instance, &["name"]);
    let entries = value.as_array().map_or_else(|| vec![value.clone()], <[Value]>::to_vec);
    for entry in entries {
        // An entry that nobody can see into may be for anybody.
        let known = matches!(entry.kind, Kind::Object(_));
        let start = Start::Found(Found::Value { value: entry.clone(), key: list.key() });
        let mut part = |names: &[&str]| {
            let found = Path::of_names(names).find(evaluator, &start).into_iter().next();
            match found {
                Some(found) if known => found,
                _ => Found::Value { value: entry.clone(), key: list.key() },
            }
        };
        all.push(Grant {
            instance: instance.clone(),
            holder: part(&["objectId"]),
            access: Access::Policy { tenant: part(&["tenantId"]), secrets: part(&["permissions", "secrets"]) },
            on: on.clone(),
            on_at: on_at.clone(),
        });
    }
}

/// Whether a deployment script may give access to somebody.
fn may_grant<'t>(evaluator: &mut Evaluator<'t>, script: &Instance<'t>) -> bool {
    match find(evaluator, script, &["properties", "scriptContent"]).value().map(|content| content.as_str()) {
        Some(Some(content)) => {
            let content = content.to_ascii_lowercase();
            GRANTING_COMMANDS.iter().any(|command| content.contains(command))
        }
        // The script is an expression, or a file somewhere else.
        Some(None) | None => true,
    }
}

fn find<'t>(evaluator: &mut Evaluator<'t>, instance: &Instance<'t>, names: &[&str]) -> Found {
    let found = Path::of_names(names).find(evaluator, &Start::Resource(instance)).into_iter().next();
    found.unwrap_or(Found::Absent { holder: instance.resource.ty.span })
}
