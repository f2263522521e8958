//! Deployments that a prediction can't look into: the template is somewhere else, or depends on what only the deployment
//! will tell.

use crate::evaluate::term::Term;
use crate::evaluate::value::{Kind, Text, Value};
use crate::evaluate::{DeploymentId, Env, Evaluator, Instance};
use crate::source::limits::MAX_DEPLOYMENT_DEPTH;
use crate::syntax::expression::{Expr, ExprKind};
use crate::template::{EvaluationScope, Looped, NestedDeployment, NestedTemplate};

const ELSEWHERE: &str = "its template is not at hand";
const OPEN_LOOP: &str = "how often a loop in it runs is known at deployment only";
const OPEN_TEMPLATE: &str =
    "its template is evaluated by the template around it and holds what is known at deployment only";

/// The deployment that `instance` makes, or why its resources can't be told. `read` is the same deployment to `reader`,
/// who answers no reference.
pub(super) fn short_circuit<'t>(
    evaluator: &mut Evaluator<'t>,
    reader: &mut Evaluator<'t>,
    instance: &Instance<'t>,
    deployment: &NestedDeployment,
    read: Option<DeploymentId>,
) -> Result<DeploymentId, &'static str> {
    let link = instance.resource.body.get("properties").and_then(|properties| properties.get("templateLink"));
    if link.is_some_and(|link| link.get("uri").or_else(|| link.get("id")).is_some()) {
        return Err(ELSEWHERE);
    }
    let nested = evaluator.nested(instance).ok_or(ELSEWHERE)?;
    if has_open_loop(evaluator, nested) {
        return Err(OPEN_LOOP);
    }
    let is_outer =
        deployment.evaluation == EvaluationScope::Outer && matches!(deployment.template, NestedTemplate::Inline(_));
    if is_outer && read.is_none_or(|read| is_open_template(reader, read, 0)) {
        return Err(OPEN_TEMPLATE);
    }
    Ok(nested)
}

/// Whether nobody knows how many resources a loop makes.
fn has_open_loop(evaluator: &mut Evaluator<'_>, deployment: DeploymentId) -> bool {
    let resources = &evaluator.template_of(deployment).resources;
    let loops = (0..resources.len()).filter(|index| resources[*index].copy.is_some());
    let mut instances =
        loops.flat_map(|index| evaluator.instances_of(deployment, index)).collect::<Vec<_>>().into_iter();
    instances.any(|instance| !instance.is_iteration())
}

/// Whether something in a template is known at deployment only.
fn is_open_template(reader: &mut Evaluator<'_>, deployment: DeploymentId, depth: usize) -> bool {
    if depth == MAX_DEPLOYMENT_DEPTH || has_open_loop(reader, deployment) {
        return true;
    }
    let template = reader.template_of(deployment);
    for index in 0..template.resources.len() {
        for instance in reader.instances_of(deployment, index) {
            if is_open_expr(reader, &instance.resource.body, &instance.env) {
                return true;
            }
            if instance.resource.deployment.is_some()
                && let Some(nested) = reader.nested(&instance)
                && is_open_template(reader, nested, depth + 1)
            {
                return true;
            }
        }
    }
    let env = reader.env_of(deployment);
    template.outputs.iter().any(|output| is_open_output(reader, output.value.as_ref(), &env))
}

fn is_open_output<'t>(reader: &mut Evaluator<'t>, value: Option<&'t Looped>, env: &Env) -> bool {
    match value {
        Some(Looped::Once(value)) => is_open_expr(reader, value, env),
        Some(value) => is_open(&reader.looped(value, env)),
        None => false,
    }
}

/// Whether what is evaluated around a template yields something that is known at deployment only. What it leaves to the
/// template itself is of no account.
fn is_open_expr<'t>(reader: &mut Evaluator<'t>, expr: &'t Expr, env: &Env) -> bool {
    match &expr.kind {
        ExprKind::Deferred(_) => false,
        ExprKind::Array(items) => items.iter().any(|item| is_open_expr(reader, item, env)),
        ExprKind::Object(members) if expr.get("copy").is_none() => members
            .iter()
            .any(|member| is_open_expr(reader, &member.key, env) || is_open_expr(reader, &member.value, env)),
        _ => is_open(&reader.evaluate(expr, env)),
    }
}

/// Whether a value holds what is known at deployment only. The values of parameters are known, be they secrets.
fn is_open(value: &Value) -> bool {
    match &value.kind {
        Kind::Array(items) => items.iter().any(is_open),
        Kind::Object(object) => {
            object.entries().any(|(key, member)| key.open().is_some_and(is_open) || is_open(&member.value))
        }
        Kind::Unknown(term) => match term.as_ref() {
            Term::Call { name, args } => is_of_deployment(name) || args.iter().any(is_open),
            Term::Property { base, .. } => is_open(base),
            Term::Index { base, index } => is_open(base) || is_open(index),
            Term::Placeholder(_) => false,
        },
        Kind::Undecidable(_) => true,
        Kind::String(Text { parts, .. }) => {
            parts.as_deref().is_some_and(|parts| parts.iter().any(|part| is_open(&part.value)))
        }
        Kind::Null | Kind::Bool(_) | Kind::Integer(_) | Kind::Float(_) => false,
    }
}

/// Functions whose values are those of a deployment.
const OF_DEPLOYMENT: [&str; 17] = [
    "deployer",
    "deployment",
    "environment",
    "externalInput",
    "getSecret",
    "managementGroup",
    "newGuid",
    "pickZones",
    "providers",
    "reference",
    "references",
    "resourceGroup",
    "resourceInfo",
    "subscription",
    "tenant",
    "toLogicalZone",
    "utcNow",
];

fn is_of_deployment(function: &str) -> bool {
    OF_DEPLOYMENT.iter().any(|known| known.eq_ignore_ascii_case(function))
        || function.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("list"))
}
