//! Whose principal id a value is.

use std::sync::Arc;

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

/// Whom the value of a `principalId` or `objectId` names.
#[derive(Debug, Clone)]
pub enum Holder {
    /// The principal of an identity.
    Principal(Principal),
    /// The same identity, by its client id, which is no principal id.
    Client(Principal),
    /// Whoever deploys the template.
    Deployer,
}

/// Reads `reference(<resource>, …, 'Full').identity.principalId`, `reference(<identity>).principalId` and the like.
/// `None` for a literal, and for what has another shape.
pub fn principal(value: &Value) -> Option<Principal> {
    match holder(value)? {
        Holder::Principal(principal) => Some(principal),
        Holder::Client(_) | Holder::Deployer => None,
    }
}

/// Reads what [`principal`] reads, a client id in place of a principal id, and `deployer().objectId`.
pub fn holder(value: &Value) -> Option<Holder> {
    let value = plain(value, 0);
    let Term::Property { base, name } = value.as_term()? else { return None };
    let base = base.as_term()?;
    match name.to_ascii_lowercase().as_str() {
        "principalid" => owner(base).map(Holder::Principal),
        "clientid" | "appid" => owner(base).map(Holder::Client),
        "objectid" if base.call("deployer").is_some() => Some(Holder::Deployer),
        _ => None,
    }
}

/// How deep a value is looked into for safe accesses.
const MAX_SAFE: usize = 8;

/// What is read where it is there: `a.?b ?? ''` and `on ? a : null` mean `a.b` and `a`.
fn plain(value: &Value, depth: usize) -> Value {
    let is_nothing = |value: &Value| value.is_null() || value.as_str() == Some("");
    let Some(term) = value.as_term().filter(|_| depth < MAX_SAFE) else { return value.clone() };
    let inside = |value: &Value| plain(value, depth + 1);
    match term {
        Term::Call { name, args } => match (name.to_ascii_lowercase().as_str(), args.as_slice()) {
            ("coalesce", [first, rest @ ..]) if rest.iter().all(is_nothing) => inside(first),
            ("if", [_, yes, no]) if is_nothing(no) => inside(yes),
            ("tryget", [base, keys @ ..]) if keys.iter().all(|key| key.as_str().is_some()) => keys
                .iter()
                .filter_map(Value::as_str)
                .fold(inside(base), |base, key| Value::unknown(Term::Property { base, name: key.into() })),
            _ => value.clone(),
        },
        Term::Property { base, name } => Value::unknown(Term::Property { base: inside(base), name: Arc::clone(name) }),
        Term::Index { .. } | Term::Placeholder(_) => value.clone(),
    }
}

/// Whose identity the object is that holds a principal id.
fn owner(base: &Term) -> Option<Principal> {
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
        // reference(<identity>, …, 'Full').properties.principalId
        Term::Property { base, name } if name.eq_ignore_ascii_case("properties") => {
            owner(base.as_term()?).filter(|owner| !matches!(owner, Principal::SystemOf(_)))
        }
        // ….identity.userAssignedIdentities[<id>].principalId
        Term::Index { base, index } => map_entry(base, index),
        Term::Property { base, name } => map_entry(base, &Value::from(name.as_ref())),
        Term::Call { .. } | Term::Placeholder(_) => None,
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
            Some(map) => map.as_object().map(|map| map.keys().collect()),
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
        match (self.means(principal, own), principal) {
            (Some(true), Principal::SystemOf(_)) => self.system,
            (answer, _) => answer,
        }
    }

    /// Like [`is`](Self::is), and also for the resource's own identity when it has none: what the author means.
    pub fn means(&self, principal: &Principal, own: &ResourceId) -> Option<bool> {
        match principal {
            Principal::SystemOf(id) => id.same(own),
            Principal::UserAssigned(id) => {
                let Some(keys) = &self.user_assigned else { return None };
                let same = |key: &Value| match ResourceId::parse(key) {
                    Some(key) => key.same(id),
                    // No id at all: whichever identity the author means, it is not known.
                    None if key.as_str().is_some() => None,
                    None => same_name(key, &id.to_value()),
                };
                any_same(keys.iter().map(same))
            }
            // A name: which resource of the template it means is not looked up.
            Principal::UserAssignedValue(value) if value.as_str().is_some() => None,
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

/// Whether `value` names an identity that `instance` has, or that its author means it to have; through every branch of
/// an `if` that is still open. `None` when that can't be known.
pub fn is_identity_of<'t>(
    evaluator: &mut Evaluator<'t>,
    instance: &Instance<'t>,
    value: &Value,
    matching: fn(&Identity, &Principal, &ResourceId) -> Option<bool>,
) -> Option<bool> {
    Owner::new(instance).has(evaluator, value, matching)
}

/// A resource that is asked about many principals: its identities are looked up when they first matter.
#[derive(Debug)]
pub struct Owner<'a, 't> {
    instance: &'a Instance<'t>,
    identity: Option<Identity>,
}

impl<'a, 't> Owner<'a, 't> {
    /// The resource `instance`, in the present world.
    pub fn new(instance: &'a Instance<'t>) -> Self {
        Self { instance, identity: None }
    }

    /// What [`is_identity_of`] tells.
    pub fn has(
        &mut self,
        evaluator: &mut Evaluator<'t>,
        value: &Value,
        matching: fn(&Identity, &Principal, &ResourceId) -> Option<bool>,
    ) -> Option<bool> {
        if let Some([_, yes, no]) = value.as_term()?.call("if") {
            return match (self.has(evaluator, yes, matching), self.has(evaluator, no, matching)) {
                (Some(true), _) | (_, Some(true)) => Some(true),
                (Some(false), Some(false)) => Some(false),
                _ => None,
            };
        }
        match holder(value)? {
            Holder::Principal(principal) => {
                let instance = self.instance;
                let own = evaluator.id(instance)?;
                if matches!(&principal, Principal::SystemOf(id) if id.same(&own) == Some(false)) {
                    return Some(false);
                }
                let identity = self.identity.get_or_insert_with(|| Identity::of(evaluator, instance));
                matching(identity, &principal, &own)
            }
            Holder::Client(_) | Holder::Deployer => Some(false),
        }
    }
}
