//! Whose principal id a value is.

use crate::evaluate::resource_id::{ResourceId, same_name};
use crate::evaluate::term::Term;
use crate::evaluate::value::Value;
use crate::evaluate::{Evaluator, Instance};

/// Whose identity a principal id belongs to, as far as its spelling tells.
#[derive(Debug, Clone)]
pub enum Principal {
    /// The identity that belongs to the resource with this id.
    SystemOf(ResourceId),
    /// The user-assigned identity with this id.
    UserAssigned(ResourceId),
    /// A user-assigned identity whose id is this unknown value.
    UserAssignedValue(Value),
}

/// Reads `reference(<resource>, …, 'Full').identity.principalId`, `reference(<identity>).principalId` and the like.
/// `None` for a literal, and for what has another shape.
pub fn principal(value: &Value) -> Option<Principal> {
    let Term::Property { base, name } = value.as_term()? else { return None };
    if !name.eq_ignore_ascii_case("principalId") {
        return None;
    }
    let base = base.as_term()?;
    if let Some(id) = referenced(base) {
        return Some(match ResourceId::parse(id) {
            Some(id) if is_identity(&id) => Principal::UserAssigned(id),
            Some(id) => Principal::SystemOf(id),
            None => Principal::UserAssignedValue(id.clone()),
        });
    }
    match base {
        // reference(<resource>, …, 'Full').identity.principalId
        Term::Property { base, name } if name.eq_ignore_ascii_case("identity") => {
            Some(Principal::SystemOf(ResourceId::parse(referenced(base.as_term()?)?)?))
        }
        // ….identity.userAssignedIdentities[<id>].principalId
        Term::Index { base, index } => map_entry(base, index),
        Term::Property { base, name } => map_entry(base, &Value::from(name.as_ref())),
        Term::Call { .. } => None,
    }
}

fn map_entry(map: &Value, key: &Value) -> Option<Principal> {
    let Term::Property { name, .. } = map.as_term()? else { return None };
    name.eq_ignore_ascii_case("userAssignedIdentities").then(|| match ResourceId::parse(key) {
        Some(id) => Principal::UserAssigned(id),
        None => Principal::UserAssignedValue(key.clone()),
    })
}

fn referenced(term: &Term) -> Option<&Value> {
    term.call("reference")?.first()
}

fn is_identity(id: &ResourceId) -> bool {
    id.ty.eq_ignore_ascii_case("Microsoft.ManagedIdentity/userAssignedIdentities")
}

/// The identities of a resource.
#[derive(Debug, Clone)]
pub struct Identity {
    /// Whether it has one of its own; `None` when unknown.
    pub system: Option<bool>,
    /// The ids of its user-assigned identities; `None` when unknown.
    pub user_assigned: Option<Vec<Value>>,
}

impl Identity {
    /// The identities that `instance` declares.
    pub fn of<'t>(evaluator: &mut Evaluator<'t>, instance: &Instance<'t>) -> Self {
        let Some(identity) = instance.resource.body.get("identity") else {
            return Self { system: Some(false), user_assigned: Some(Vec::new()) };
        };
        let identity = evaluator.evaluate(identity, &instance.env);
        if identity.is_null() {
            return Self { system: Some(false), user_assigned: Some(Vec::new()) };
        }
        let Some(object) = identity.as_object() else { return Self { system: None, user_assigned: None } };
        let ty = object.get("type").and_then(Value::as_str).map(str::to_ascii_lowercase);
        let keys = match object.get("userAssignedIdentities") {
            None => Some(Vec::new()),
            Some(map) if map.is_null() => Some(Vec::new()),
            Some(map) => map.as_object().map(|map| map.iter().map(|(key, _)| key_value(key)).collect()),
        };
        Self {
            system: ty.as_ref().map(|ty| ty.contains("systemassigned")),
            user_assigned: match &ty {
                Some(ty) if !ty.contains("userassigned") => Some(Vec::new()),
                _ => keys,
            },
        }
    }

    /// Whether `principal` is an identity of the resource with the id `own`; `None` when that can't be known.
    pub fn is(&self, principal: &Principal, own: &ResourceId) -> Option<bool> {
        match principal {
            Principal::SystemOf(id) => match id.same(own) {
                Some(true) => self.system,
                other => other,
            },
            Principal::UserAssigned(id) => {
                let Some(keys) = &self.user_assigned else { return None };
                let same = |key: &Value| match ResourceId::parse(key) {
                    Some(key) => key.same(id),
                    None => same_name(key, &id.to_value()),
                };
                any_same(keys.iter().map(same))
            }
            Principal::UserAssignedValue(value) => {
                let Some(keys) = &self.user_assigned else { return None };
                any_same(keys.iter().map(|key| same_name(key, value)))
            }
        }
    }
}

fn any_same(answers: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut any = Some(false);
    for answer in answers {
        match answer {
            Some(true) => return Some(true),
            None => any = None,
            Some(false) => {}
        }
    }
    any
}

/// The value of an object key; a key that is an unknown expression stands as `[expression]`.
fn key_value(key: &str) -> Value {
    Value::from(key)
}
