//! Resources, outputs and values as JSON.

use serde_json::{Map, Value as Json};

use crate::evaluate::term::{Term, expression};
use crate::evaluate::value::{Kind, Value};
use crate::evaluate::{Env, Evaluator, Instance};
use crate::source::{names_secret, stands_for_secret};
use crate::syntax::expression::{Expr, ExprKind};

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

/// The order of the members, after those that say what and where a resource is.
const ORDER: [&str; 10] =
    ["location", "extendedLocation", "sku", "kind", "managedBy", "plan", "identity", "tags", "zones", "properties"];

/// What stands in place of a secret.
const MASK: &str = "***";

/// A resource of Azure Resource Manager that is deployed on a `condition`, and its properties.
pub(super) fn resource<'t>(
    evaluator: &mut Evaluator<'t>,
    instance: &Instance<'t>,
    condition: &Value,
) -> (Json, Option<Value>) {
    let mut object = Map::new();
    let name = evaluator.name(instance);
    let ty = instance.resource.ty.to_string();
    let id = evaluator.id(instance).map_or_else(
        // Which part of the name belongs to which part of the type is not known.
        || Value::unknown(Term::Call { name: "resourceId".into(), args: vec![ty.as_str().into(), name.clone()] }),
        |id| id.to_value(),
    );
    object.insert("id".to_owned(), value(&id));
    object.insert("type".to_owned(), written_type(instance).into());
    if condition.as_bool() != Some(true) {
        object.insert("condition".to_owned(), value(condition));
    }
    object.insert("name".to_owned(), text(&name));
    let version = match instance.resource.api_version() {
        Some(version) => text(&evaluator.evaluate(version, &instance.env)),
        // A profile of versions says which.
        None => "[defaultApiVersion()]".into(),
    };
    object.insert("apiVersion".to_owned(), version);
    let members = members(evaluator, instance);
    object.extend(members.iter().map(|(key, found)| (key.clone(), value(found))));
    let properties = members.into_iter().find(|(key, _)| key.eq_ignore_ascii_case("properties"));
    (object.into(), properties.map(|(_, properties)| properties))
}

/// A resource that an extension manages, such as one of Microsoft Graph or Kubernetes.
pub(super) fn extensible<'t>(evaluator: &mut Evaluator<'t>, instance: &Instance<'t>) -> Json {
    let members = members(evaluator, instance);
    let mut object: Map<String, Json> = members.into_iter().map(|(key, found)| (key, value(&found))).collect();
    object.insert("type".to_owned(), instance.resource.ty.to_string().into());
    if let Some(version) = instance.resource.api_version() {
        object.insert("apiVersion".to_owned(), value(&evaluator.evaluate(version, &instance.env)));
    }
    object.into()
}

/// The type as it is written, which may end in a slash; below a parent it is joined to that of the parent.
fn written_type(instance: &Instance<'_>) -> String {
    let written = instance.resource.body.get("type").and_then(Expr::as_str).unwrap_or_default();
    let joined = instance.resource.ty.to_string();
    match written.trim_end_matches('/') {
        trimmed if trimmed == joined => written.to_owned(),
        _ => joined,
    }
}

/// The members that a resource is deployed with; one that is null is not there.
fn members<'t>(evaluator: &mut Evaluator<'t>, instance: &Instance<'t>) -> Vec<(String, Value)> {
    let mut members: Vec<(String, Value)> = Vec::new();
    for member in instance.resource.body.members() {
        let Some(key) = member.key.as_str() else { continue };
        if NOT_SHOWN.iter().any(|hidden| hidden.eq_ignore_ascii_case(key)) {
            continue;
        }
        let predicted = evaluator.evaluate(&member.value, &instance.env);
        // Properties alone stay there when they turn out to be null.
        if predicted.is_null()
            && (!key.eq_ignore_ascii_case("properties") || matches!(member.value.kind, ExprKind::Null))
        {
            continue;
        }
        match members.iter_mut().find(|(known, _)| known.eq_ignore_ascii_case(key)) {
            Some((_, earlier)) => *earlier = predicted,
            None => members.push((key.to_owned(), predicted)),
        }
    }
    let rank = |key: &str| ORDER.iter().position(|known| known.eq_ignore_ascii_case(key)).unwrap_or(ORDER.len());
    members.sort_by_key(|(key, _)| rank(key));
    members
}

/// What is a text in any case: a number or a boolean counts as one.
fn text(found: &Value) -> Json {
    match &found.kind {
        Kind::Integer(number) => number.to_string().into(),
        Kind::Bool(true) => "True".into(),
        Kind::Bool(false) => "False".into(),
        _ => value(found),
    }
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

/// The value of a member, which its name may call a secret.
fn member(key: &str, found: &Value) -> Json {
    match found.as_str() {
        Some(text) if is_secret(key, text) => MASK.into(),
        _ => value(found),
    }
}

/// Whether the name of a member calls its value a secret. A SAS token says what it is for; its signature alone is secret.
fn is_secret(key: &str, text: &str) -> bool {
    let is_said = text.contains("sig=") || text.contains("sv=") || stands_for_secret(text);
    names_secret(key) && !text.is_empty() && !is_said
}

/// JSON from elsewhere, with the same members hidden.
pub(super) fn without_secrets(json: Json) -> Json {
    let member = |(key, json): (String, Json)| match json {
        Json::String(text) if !text.starts_with('[') && is_secret(&key, &text) => (key, MASK.into()),
        json => (key, without_secrets(json)),
    };
    match json {
        Json::Array(items) => items.into_iter().map(without_secrets).collect(),
        Json::Object(members) => members.into_iter().map(member).collect(),
        other => other,
    }
}
