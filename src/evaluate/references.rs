//! `reference()` and `resourceInfo()`: from symbolic names to ids, and from a nested deployment to its outputs.

use std::sync::Arc;

use super::call::term;
use super::deployment::DeploymentId;
use super::expression::Env;
use super::instance::Instance;
use super::resource_id::ResourceId;
use super::term::Term;
use super::value::{Object, Value, Via};
use super::{Evaluator, Slot};
use crate::source::Span;

/// `reference(…)`: never known, but its id and API version may be.
pub(super) fn reference(evaluator: &mut Evaluator<'_>, mut args: Vec<Value>, env: &Env) -> Value {
    if let Some(instance) = args.first().and_then(|symbol| by_symbol(evaluator, symbol, env)) {
        if let Some(id) = evaluator.id(&instance) {
            args[0] = id.to_value();
        }
        if args.len() == 1
            && let Some(version) = instance.resource.api_version()
        {
            args.push(evaluator.evaluate(version, &instance.env));
        }
    }
    term("reference", args)
}

/// `references('loop')`: one `reference(…)` for each resource that the loop makes.
pub(super) fn references(evaluator: &mut Evaluator<'_>, args: Vec<Value>, env: &Env) -> Value {
    let template = evaluator.deployment(env.deployment).template;
    let Some(declared) = args.first().and_then(Value::as_str).and_then(|symbol| template.symbol(symbol)) else {
        return term("references", args);
    };
    let instances = evaluator.instances_of(env.deployment, declared);
    if instances.iter().any(|instance| instance.resource.copy.is_none() || !instance.is_iteration()) {
        return term("references", args);
    }
    let symbol = args[0].as_str().unwrap_or_default().to_owned();
    let one = |index: usize| {
        let mut args = args.clone();
        args[0] = Value::from(format!("{symbol}[{index}]"));
        args
    };
    let each: Vec<Value> = (0..instances.len()).map(|index| reference(evaluator, one(index), env)).collect();
    Value::from(each)
}

/// `resourceInfo('symbol')`: id, name, type and API version of a declared resource.
pub(super) fn resource_info(evaluator: &mut Evaluator<'_>, args: Vec<Value>, env: &Env) -> Value {
    let Some(instance) = args.first().and_then(|symbol| by_symbol(evaluator, symbol, env)) else {
        return term("resourceInfo", args);
    };
    let id = evaluator.id(&instance).map_or_else(|| term("resourceInfo", args), |id| id.to_value());
    let name = evaluator.name(&instance);
    let version = instance.resource.api_version().map_or_else(Value::null, |v| evaluator.evaluate(v, &instance.env));
    let ty = Value::from(instance.resource.ty.to_string());
    Value::object(Object::from_iter([("id", id), ("name", name), ("type", ty), ("apiVersion", version)]))
}

/// `reference(<deployment>).outputs.x`: the output of a nested deployment in view.
pub(super) fn output_property(evaluator: &mut Evaluator<'_>, base: &Term, name: &str, env: &Env) -> Option<Value> {
    let Term::Property { base: reference, name: outputs } = base else { return None };
    if !outputs.eq_ignore_ascii_case("outputs") {
        return None;
    }
    let id = ResourceId::parse(reference.as_term()?.call("reference")?.first()?)?;
    if !id.ty.eq_ignore_ascii_case("Microsoft.Resources/deployments") {
        return None;
    }
    let template = evaluator.deployment(env.deployment).template;
    for (index, resource) in template.resources.iter().enumerate() {
        if resource.deployment.is_none() {
            continue;
        }
        for instance in evaluator.instances_of(env.deployment, index) {
            if evaluator.id(&instance).and_then(|other| other.same(&id)) == Some(true) {
                let nested = evaluator.nested(&instance)?;
                return output(evaluator, nested, name, resource.ty.span);
            }
        }
    }
    None
}

/// An output as `reference` shows it: `{type, value}`.
fn output(evaluator: &mut Evaluator<'_>, deployment: DeploymentId, name: &str, span: Span) -> Option<Value> {
    let index = evaluator.deployment(deployment).template.output(name)?;
    let output = &evaluator.deployment(deployment).template.outputs[index];
    let ty = Value::from(output.ty.as_deref().unwrap_or_default());
    let via = Via::Output(Arc::clone(&output.name.text));
    let value = evaluator.output(deployment, index)?.via(span, via);
    Some(Value::object(Object::from_iter([("type", ty), ("value", value)])))
}

impl Evaluator<'_> {
    /// The value of an output; `None` for one that declares none.
    pub fn output(&mut self, deployment: DeploymentId, index: usize) -> Option<Value> {
        let current = self.deployment(deployment);
        let output = &current.template.outputs[index];
        let env = current.outer.clone().unwrap_or_else(|| Env::top(deployment));
        let value = output.value.as_ref()?;
        Some(self.memoised(Slot::Output(deployment, index), output.name.span, |this| this.looped(value, &env)))
    }
}

/// The resource that a symbolic name or `name[index]` means.
fn by_symbol<'t>(evaluator: &mut Evaluator<'t>, symbol: &Value, env: &Env) -> Option<Instance<'t>> {
    let text = symbol.as_str()?;
    let (name, index) = match text.strip_suffix(']').and_then(|text| text.split_once('[')) {
        Some((name, index)) => (name, index.parse::<usize>().ok()?),
        None => (text, 0),
    };
    let declared = evaluator.deployment(env.deployment).template.symbol(name)?;
    let instance = evaluator.instances_of(env.deployment, declared).into_iter().nth(index);
    instance.filter(|instance| !instance.resource.is_extensible())
}
