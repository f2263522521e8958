//! `reference()` and `resourceInfo()`: from symbolic names to ids, and from a nested deployment to its outputs.

use std::sync::Arc;

use super::call::term;
use super::deployment::DeploymentId;
use super::expression::Env;
use super::instance::Instance;
use super::pieces::{Piece, pieces};
use super::resource_id::{ResourceId, same_name};
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
    match args.first().and_then(Value::as_str).and_then(|symbol| template.symbol(symbol)) {
        Some(declared) => {
            let mut modes = args.iter().skip(1).filter_map(Value::as_str);
            let full = modes.next_back().is_some_and(|mode| mode.eq_ignore_ascii_case("full"));
            references_to(evaluator, declared, full, env).unwrap_or_else(|| term("references", args))
        }
        None => term("references", args),
    }
}

/// One `reference(…)` for each resource that the loop at `declared` makes; `None` when it is not known how many it makes.
pub(super) fn references_to(evaluator: &mut Evaluator<'_>, declared: usize, full: bool, env: &Env) -> Option<Value> {
    let instances = evaluator.instances_of(env.deployment, declared);
    if instances.iter().any(|instance| instance.resource.copy.is_none() || !instance.is_iteration()) {
        return None;
    }
    let each = instances.iter().map(|instance| {
        let reference = evaluator.referred(instance, full);
        evaluator.dereferenced(reference, env)
    });
    Some(Value::from(each.collect::<Vec<_>>()))
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

/// What `reference(<id>, <version>, 'full')` says of a resource that its id and version tell already.
pub(super) fn declared_property(base: &Term, name: &str) -> Option<Value> {
    let [id, version, mode] = base.call("reference")? else { return None };
    if !mode.as_str()?.eq_ignore_ascii_case("full") {
        return None;
    }
    match &*name.to_ascii_lowercase() {
        "id" => Some(id.clone()),
        "apiversion" => Some(version.clone()),
        "type" => Some(Value::from(ResourceId::parse(id)?.ty)),
        // How much of the names of its parents the name of a child says depends on its declaration.
        "name" => <[Value; 1]>::try_from(ResourceId::parse(id)?.names).ok().map(|[name]| name),
        _ => None,
    }
}

/// `reference(<deployment>).outputs.x`: the output of a nested deployment in view; of
/// `listOutputsWithSecureValues(<deployment>, …).x`, its value alone.
pub(super) fn output_property(
    evaluator: &mut Evaluator<'_>,
    base: &Term,
    name: &str,
    span: Span,
    env: &Env,
) -> Option<Value> {
    let (instance, part) = match base {
        Term::Property { base, name: outputs } if outputs.eq_ignore_ascii_case("outputs") => {
            (deployment_of(evaluator, base.as_term()?.call("reference")?, env)?, Part::Output)
        }
        _ => (deployment_of(evaluator, base.call(SECURE_OUTPUTS)?, env)?, Part::Value),
    };
    // Where it is not deployed, the deployment fails here.
    if evaluator.condition(&instance).as_bool() == Some(false) {
        return None;
    }
    let nested = shown(evaluator, &instance)?;
    if is_hidden(evaluator, nested, name) {
        return None;
    }
    output(evaluator, nested, name, part, span)
}

/// `tryGet(reference(<deployment>), 'outputs', 'x', …)`: the output, or null where it is known that there is none. The
/// first value is what is found, the others are the keys left to follow.
pub(super) fn try_get(evaluator: &mut Evaluator<'_>, args: &[Value], env: &Env) -> Option<Vec<Value>> {
    if let Some(found) = own_identity(evaluator, args, env) {
        return Some(found);
    }
    let (base, keys) = args.split_first()?;
    let term = base.as_term()?;
    let (deployment, keys, part) = match (term, keys) {
        (Term::Property { base, name }, keys) if name.eq_ignore_ascii_case("outputs") => {
            (base.as_term()?.call("reference")?, keys, Part::Output)
        }
        (_, [outputs, keys @ ..]) if outputs.as_str()?.eq_ignore_ascii_case("outputs") => {
            (term.call("reference")?, keys, Part::Output)
        }
        // `deployment.?outputs.?x` asks in two calls.
        (Term::Call { name, args }, keys) if evaluator.is_predicting() && name.eq_ignore_ascii_case("tryGet") => {
            let [base, outputs] = args.as_slice() else { return None };
            outputs.as_str().filter(|outputs| outputs.eq_ignore_ascii_case("outputs"))?;
            (base.as_term()?.call("reference")?, keys, Part::Output)
        }
        _ => (term.call(SECURE_OUTPUTS)?, keys, Part::Value),
    };
    let instance = deployment_of(evaluator, deployment, env)?;
    let (key, rest) = keys.split_first()?;
    let found = if evaluator.condition(&instance).as_bool()? {
        let nested = shown(evaluator, &instance)?;
        if is_hidden(evaluator, nested, key.as_str()?) {
            return None;
        }
        let span = key.origin.span.unwrap_or(instance.resource.ty.span);
        output(evaluator, nested, key.as_str()?, part, span)
    } else {
        None
    };
    Some(std::iter::once(found.unwrap_or_default()).chain(rest.iter().cloned()).collect())
}

/// `tryGet(reference(<resource>, …, 'full'), 'identity', 'principalId')` of a resource that declares an identity of its
/// own: there is one, so it is as good as the property itself.
fn own_identity(evaluator: &mut Evaluator<'_>, args: &[Value], env: &Env) -> Option<Vec<Value>> {
    let (base, keys) = args.split_first()?;
    let (reference, inside) = match base.as_term()? {
        Term::Property { base, name } if name.eq_ignore_ascii_case("identity") => (base, true),
        _ => (base, false),
    };
    let [id, _, full] = reference.as_term()?.call("reference")? else { return None };
    if !full.as_str()?.eq_ignore_ascii_case("full") {
        return None;
    }
    let (wanted, rest) =
        if inside { (keys.first(), keys.get(1..)?) } else { (keys.get(1), keys.get(2..).unwrap_or_default()) };
    if !inside && !keys.first()?.as_str()?.eq_ignore_ascii_case("identity") {
        return None;
    }
    let ty = identity_type(evaluator, &ResourceId::parse(id)?, env)?;
    let property = |base: &Value, name: &str| Value::unknown(Term::Property { base: base.clone(), name: name.into() });
    let identity = if inside { base.clone() } else { property(reference, "identity") };
    let found = match wanted.map(Value::as_str) {
        None => identity,
        Some(Some(name @ ("principalId" | "tenantId"))) if ty.contains("systemassigned") => property(&identity, name),
        _ => return None,
    };
    Some(std::iter::once(found).chain(rest.iter().cloned()).collect())
}

/// The type, in lower case, of the identity that the resource beside `env` with this id declares.
fn identity_type(evaluator: &mut Evaluator<'_>, id: &ResourceId, env: &Env) -> Option<String> {
    let template = evaluator.deployment(env.deployment).template;
    for (index, resource) in template.resources.iter().enumerate() {
        if resource.existing || !resource.ty.folded().eq_ignore_ascii_case(&id.ty) {
            continue;
        }
        for instance in evaluator.instances_of(env.deployment, index) {
            if evaluator.id(&instance).and_then(|other| other.same(id)) == Some(true) {
                let identity = evaluator.evaluate(resource.body.get("identity")?, &instance.env);
                return identity.as_object()?.get("type")?.as_str().map(str::to_ascii_lowercase);
            }
        }
    }
    None
}

/// The function that shows the outputs of a deployment with those that are secrets, each its value alone.
const SECURE_OUTPUTS: &str = "listOutputsWithSecureValues";

/// What is asked of an output.
#[derive(Clone, Copy)]
enum Part {
    /// `{type, value}`.
    Output,
    /// The value.
    Value,
}

/// The deployment beside `env` whose id is the first of the arguments of a call.
fn deployment_of<'t>(evaluator: &mut Evaluator<'t>, args: &[Value], env: &Env) -> Option<Instance<'t>> {
    let id = ResourceId::parse(args.first()?)?;
    if !id.ty.eq_ignore_ascii_case("Microsoft.Resources/deployments") {
        return None;
    }
    let name = id.name()?;
    let names = evaluator.names_in(env.deployment);
    let mut like = names.like(name).iter().filter(|instance| instance.resource.deployment.is_some());
    let is_it = |instance: &&Instance<'t>| evaluator.id(instance).and_then(|other| other.same(&id)) == Some(true);
    like.find(is_it).cloned()
}

/// The deployment that a reference leads to, and whether its template declares an output of this name.
pub(super) fn is_output<'t>(
    evaluator: &mut Evaluator<'t>,
    base: &Term,
    name: &str,
    env: &Env,
) -> Option<(Instance<'t>, bool)> {
    let instance = deployment_of(evaluator, base.call("reference")?, env)?;
    let nested = evaluator.nested(&instance)?;
    let has_output = evaluator.template_of(nested).output(name).is_some();
    Some((instance, has_output))
}

/// The deployment that a resource makes, if it shows its outputs.
fn shown<'t>(evaluator: &mut Evaluator<'t>, instance: &Instance<'t>) -> Option<DeploymentId> {
    if evaluator.is_predicting() {
        let id = evaluator.id(instance)?.to_value();
        if !evaluator.shows_outputs(&id) {
            return None;
        }
    }
    evaluator.nested(instance)
}

/// Whether an output is a secret that is not to be shown.
fn is_hidden(evaluator: &Evaluator<'_>, deployment: DeploymentId, name: &str) -> bool {
    let template = evaluator.deployment(deployment).template;
    evaluator.context().hide_secrets && template.output(name).is_some_and(|index| template.outputs[index].is_secure())
}

/// An output as `reference` shows it, or what is asked of it.
fn output(
    evaluator: &mut Evaluator<'_>,
    deployment: DeploymentId,
    name: &str,
    part: Part,
    span: Span,
) -> Option<Value> {
    let index = evaluator.deployment(deployment).template.output(name)?;
    let output = &evaluator.deployment(deployment).template.outputs[index];
    let ty = Value::from(output.ty.as_deref().unwrap_or_default());
    let name = Arc::clone(&output.name.text);
    let via = if output.is_secure() { Via::Secret } else { Via::Output(name) };
    let value = evaluator.output(deployment, index)?.via(span, via);
    if matches!(part, Part::Value) {
        return Some(value);
    }
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

/// The id of the resource that a symbolic name means, for a function that takes either.
pub(super) fn id_of_symbol(evaluator: &mut Evaluator<'_>, symbol: &Value, env: &Env) -> Option<Value> {
    let instance = by_symbol(evaluator, symbol, env)?;
    Some(evaluator.id(&instance)?.to_value())
}

/// The only resource of this name: a template without symbolic names may refer to its resources by their own.
fn by_name<'t>(evaluator: &mut Evaluator<'t>, name: &Value, env: &Env) -> Option<Instance<'t>> {
    let typed = name.as_str().and_then(typed_name);
    let (ty, name) = match &typed {
        Some((ty, name)) => (Some(ty.as_str()), name),
        None => (None, name),
    };
    let mut found = None;
    for instance in evaluator.names_in(env.deployment).like(name) {
        let is_it = ty.is_none_or(|ty| instance.resource.ty.is(ty));
        if is_it
            && same_name(&evaluator.name(instance), name) == Some(true)
            && found.replace(instance.clone()).is_some()
        {
            return None;
        }
    }
    found
}

/// Type and name in a path such as `Microsoft.Web/sites/a`, which has them as an id does.
fn typed_name(text: &str) -> Option<(String, Value)> {
    let (provider, path) = text.split_once('/').filter(|(provider, _)| provider.contains('.'))?;
    let parts: Vec<&str> = path.split('/').collect();
    let every_other = |from: usize| parts.iter().skip(from).step_by(2).copied().collect::<Vec<_>>().join("/");
    parts.len().is_multiple_of(2).then(|| (format!("{provider}/{}", every_other(0)), Value::from(every_other(1))))
}

/// The resource that a symbolic name or `name[index]` means.
fn by_symbol<'t>(evaluator: &mut Evaluator<'t>, symbol: &Value, env: &Env) -> Option<Instance<'t>> {
    let (name, index) = match pieces(symbol)?.as_slice() {
        [Piece::Text(id), ..] if id.starts_with('/') => return None,
        [Piece::Text(text)] => match text.strip_suffix(']').and_then(|text| text.split_once('[')) {
            Some((name, index)) => (name.to_owned(), Some(Value::from(index.parse::<i64>().ok()?))),
            None => (text.clone(), None),
        },
        [Piece::Text(name), Piece::Unknown(index), Piece::Text(end)] if end == "]" => {
            (name.strip_suffix('[')?.to_owned(), Some(index.clone()))
        }
        _ => (String::new(), None),
    };
    let template = evaluator.deployment(env.deployment).template;
    let Some(declared) = template.symbol(&name) else {
        let may_be_name = !template.is_symbolic() && ResourceId::parse(symbol).is_none();
        return if may_be_name { by_name(evaluator, symbol, env) } else { None };
    };
    let instance = match index {
        Some(index) => evaluator.iteration(env.deployment, declared, index),
        None => evaluator.instances_of(env.deployment, declared).into_iter().next(),
    };
    instance.filter(|instance| !instance.resource.is_extensible())
}
