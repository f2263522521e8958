//! What a prediction knows to be deployed by now, and what `reference` shows of it then.

use std::collections::HashMap;
use std::sync::Arc;

use super::call::term;
use super::deployment::DeploymentId;
use super::expression::Env;
use super::instance::Instance;
use super::term::Term;
use super::value::{Key, Kind, Value};
use super::{Evaluator, functions};
use crate::syntax::expression::Expr;

/// The resources that are deployed by now, by their ids.
#[derive(Debug, Default)]
pub(super) struct Predicted {
    resources: HashMap<String, Deployed>,
    /// Where the resource groups among them are.
    groups: HashMap<String, Value>,
}

/// A resource that is deployed by now.
#[derive(Debug)]
struct Deployed {
    deployment: DeploymentId,
    version: Value,
    /// What it was deployed with; `None` when nobody can tell.
    properties: Option<Value>,
}

/// One step from a value to what is in it.
enum Step<'v> {
    Name(&'v str),
    Index(i64),
}

impl<'t> Evaluator<'t> {
    /// Notes that `instance` is deployed now, with these properties: whatever is evaluated from now on may refer to them.
    pub fn deploy(&mut self, instance: &Instance<'t>, properties: Option<Value>) {
        let Some(key) = self.id(instance).and_then(|id| key(&id.to_value())) else { return };
        let version =
            instance.resource.api_version().map_or_else(Value::null, |written| self.evaluate(written, &instance.env));
        let deployed = Deployed { deployment: instance.deployment, version, properties };
        let is_group = instance.resource.ty.is("Microsoft.Resources/resourceGroups")
            && self.condition(instance).as_bool() == Some(true);
        let location = instance.resource.body.get("location").filter(|_| is_group);
        let location = location.map(|written| self.evaluate(written, &instance.env));
        if let Some(predicted) = &mut self.predicted {
            predicted.groups.extend(location.map(|location| (key.clone(), location)));
            predicted.resources.insert(key, deployed);
        }
    }

    /// The location of the resource group with this id, if that is deployed by now.
    pub(super) fn location_of_deployed(&self, id: &Value) -> Option<Value> {
        self.predicted.as_ref()?.groups.get(&key(id)?).cloned()
    }

    /// Whether one deployment is followed.
    pub(super) fn is_predicting(&self) -> bool {
        self.predicted.is_some()
    }

    /// Whether a deployment shows its outputs in a prediction: those that are done do.
    pub(super) fn shows_outputs(&self, id: &Value) -> bool {
        let is_done = |predicted: &Predicted| key(id).is_some_and(|key| predicted.resources.contains_key(&key));
        self.predicted.as_ref().is_some_and(is_done)
    }

    /// The value, or what it refers to where that is known by now.
    pub(super) fn dereferenced(&self, value: Value, env: &Env) -> Value {
        let Some(predicted) = &self.predicted else { return value };
        match &value.kind {
            Kind::Unknown(term) => {
                let found = predicted.find(term, env.deployment).cloned();
                found.unwrap_or(value)
            }
            _ => value,
        }
    }
}

/// What the engine does not compute before all of it is known, though some of it could be told.
impl<'t> Evaluator<'t> {
    /// The value of what stands inside of an expression: of an object with a key that is not known, the call that makes it.
    pub(super) fn operand(&mut self, expr: &'t Expr, env: &Env) -> Value {
        let value = self.evaluate(expr, env);
        match &value.kind {
            Kind::Object(object) if self.predicted.is_some() && object.is_open() => {
                let key = |key: &Key| key.open().cloned().unwrap_or_else(|| Value::from(Arc::clone(key.text())));
                let args = object.entries().flat_map(|(name, member)| [key(name), member.value.clone()]);
                term("createObject", args.collect()).or_at(expr.span)
            }
            _ => value,
        }
    }

    /// Whether a function of values can't be computed before all of its arguments are known.
    pub(super) fn waits_for(&self, function: &str, args: &[Value]) -> bool {
        if self.predicted.is_none() || functions::lookup(function).is_none() {
            return false;
        }
        match function {
            "coalesce" | "createarray" | "createobject" | "equals" => false,
            // Elements are compared.
            "union" if args.iter().all(|arg| arg.as_array().is_some()) => !args.iter().all(Value::is_known),
            _ => args.iter().any(Value::is_unknown),
        }
    }
}

impl Predicted {
    /// What the path of a term leads to in the properties of a resource: something known, be it in parts.
    fn find(&self, term: &Term, from: DeploymentId) -> Option<&Value> {
        let mut path = Vec::new();
        let mut term = term;
        let args = loop {
            term = match term {
                Term::Property { base, name } => {
                    path.push(Step::Name(name));
                    base.as_term()?
                }
                Term::Index { base, index } => {
                    path.push(Step::Index(index.as_integer()?));
                    base.as_term()?
                }
                Term::Call { .. } => break term.call("reference")?,
                Term::Placeholder(_) => return None,
            }
        };
        let (id, version) = match args {
            [id] => (id, None),
            // The engine shows the properties, too, where all of the resource is asked for.
            [id, version, ..] => (id, Some(version)),
            [] => return None,
        };
        let deployed = self.resources.get(&key(id)?)?;
        let is_same = version.map_or(deployed.deployment == from, |version| *version == deployed.version);
        let mut found = deployed.properties.as_ref().filter(|_| is_same)?;
        for step in path.iter().rev() {
            found = match step {
                Step::Name(name) => found.as_object()?.get(name)?,
                Step::Index(index) => found.as_array()?.get(usize::try_from(*index).ok()?)?,
            };
        }
        (!found.is_unknown() && !found.is_null()).then_some(found)
    }
}

/// What a resource is looked up by; nothing refers to one whose id is not known.
fn key(id: &Value) -> Option<String> {
    id.as_str().map(str::to_ascii_lowercase)
}
