//! Resources, outputs and values as JSON.

use serde_json::{Map, Value as Json};

use crate::evaluate::term::{Term, expression};
use crate::evaluate::value::{Kind, Value};
use crate::evaluate::{Env, Evaluator, Instance};
use crate::source::names_secret;

/// Members of a resource that say how it is deployed, not what it is.
const NOT_SHOWN: [&str; 15] = [
    "@options",
    "@scope",
    "apiVersion",
    "asserts",
    "comments",
    "condition",
    "copy",
    "dependsOn",
    "existing",
    "extension",
    "import",
    "metadata",
    "name",
    "scope",
    "type",
];

/// Members that come first, in this order; the others follow as they are written.
const FIRST: [&str; 5] = ["location", "sku", "kind", "tags", "properties"];

/// What stands in place of a secret.
const MASK: &str = "***";

/// A resource of Azure Resource Manager.
pub(super) fn resource<'t>(evaluator: &mut Evaluator<'t>, instance: &Instance<'t>) -> Json {
    let mut object = Map::new();
    let name = evaluator.name(instance);
    let ty = instance.resource.ty.to_string();
    let id = evaluator.id(instance).map_or_else(
        // Which part of the name belongs to which part of the type is not known.
        || Value::unknown(Term::Call { name: "resourceId".into(), args: vec![ty.as_str().into(), name.clone()] }),
        |id| id.to_value(),
    );
    object.insert("id".to_owned(), value(&id));
    object.insert("type".to_owned(), ty.into());
    object.insert("name".to_owned(), value(&name));
    if let Some(version) = instance.resource.api_version() {
        object.insert("apiVersion".to_owned(), value(&evaluator.evaluate(version, &instance.env)));
    }
    let members = members(evaluator, instance);
    object.extend(members);
    object.into()
}

/// A resource that an extension manages, such as one of Microsoft Graph or Kubernetes.
pub(super) fn extensible<'t>(evaluator: &mut Evaluator<'t>, instance: &Instance<'t>) -> Json {
    let mut object: Map<String, Json> = members(evaluator, instance).into_iter().collect();
    object.insert("type".to_owned(), instance.resource.ty.to_string().into());
    if let Some(version) = instance.resource.api_version() {
        object.insert("apiVersion".to_owned(), value(&evaluator.evaluate(version, &instance.env)));
    }
    object.into()
}

fn members<'t>(evaluator: &mut Evaluator<'t>, instance: &Instance<'t>) -> Vec<(String, Json)> {
    let mut members: Vec<(String, Json)> = Vec::new();
    for member in instance.resource.body.members() {
        let Some(key) = member.key.as_str() else { continue };
        if NOT_SHOWN.iter().any(|hidden| hidden.eq_ignore_ascii_case(key)) {
            continue;
        }
        let predicted = value(&evaluator.evaluate(&member.value, &instance.env));
        match members.iter_mut().find(|(known, _)| known.eq_ignore_ascii_case(key)) {
            Some((_, earlier)) => *earlier = predicted,
            None => members.push((key.to_owned(), predicted)),
        }
    }
    let rank = |key: &str| FIRST.iter().position(|first| first.eq_ignore_ascii_case(key)).unwrap_or(FIRST.len());
    members.sort_by_key(|(key, _)| rank(key));
    members
}

/// The outputs of a deployment, without those whose condition is known to be false.
pub(super) fn outputs(evaluator: &mut Evaluator<'_>, env: &Env) -> Json {
    let mut object = Map::new();
    for (index, output) in evaluator.template().outputs.iter().enumerate() {
        let exists = output.condition.as_ref().is_none_or(|it| evaluator.evaluate(it, env).as_bool() != Some(false));
        if !exists {
            continue;
        }
        let found = evaluator.output(env.deployment, index).unwrap_or_default();
        let predicted = match found.is_known() {
            true if output.is_secure() && !found.is_null() => MASK.into(),
            true => member(&output.name.text, &found),
            // An output that is not known as a whole is one expression.
            false => format!("[{}]", expression(&found)).into(),
        };
        object.insert(output.name.text.to_string(), predicted);
    }
    object.into()
}

/// A value: what is known as JSON, what is not as an expression in brackets.
fn value(found: &Value) -> Json {
    match &found.kind {
        Kind::Null => Json::Null,
        Kind::Bool(it) => (*it).into(),
        Kind::Integer(it) => (*it).into(),
        Kind::Float(it) => (*it).into(),
        Kind::String(text) => (&*text.value).into(),
        Kind::Array(items) => items.iter().map(value).collect(),
        Kind::Object(object) => {
            object.iter().map(|(key, found)| (key.to_string(), member(key, &found.value))).collect()
        }
        Kind::Unknown(_) | Kind::Undecidable(_) => format!("[{}]", expression(found)).into(),
    }
}

/// The value of a member, which its name may call a secret. A SAS token says what it is for; its signature alone is secret.
fn member(key: &str, found: &Value) -> Json {
    match found.as_str() {
        Some(text) if names_secret(key) && !text.is_empty() && !text.contains("sig=") && !text.contains("sv=") => {
            MASK.into()
        }
        _ => value(found),
    }
}
