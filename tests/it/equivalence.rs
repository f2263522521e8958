//! A Bicep file and the JSON that the official compiler made of it mean the same.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;
use std::fs;
use std::path::Path;

use plimsoll::evaluate::term::expression;
use plimsoll::evaluate::value::Value;
use plimsoll::evaluate::{DeploymentId, Evaluator, Inputs, Instance};
use plimsoll::project;
use plimsoll::syntax::expression::Name;

use crate::corpus::{corpus, files, first_difference, input, predict, settled, sorted};

/// The least number of pairs that must agree: all.
const AGREE: usize = 461;

#[test]
fn bicep_and_its_compiled_form_deploy_the_same() {
    agree(AGREE, |bicep, json| {
        let [bicep, json] = [bicep, json].map(|file| predict(vec![input(file)], file));
        let types = type_segments(&json);
        let [bicep, json] = [bicep, json].map(|predicted| sorted(respelled(predicted, &types)));
        difference(&json, &bicep)
    });
}

#[test]
fn bicep_and_its_compiled_form_deploy_on_the_same_conditions_to_the_same_scopes() {
    agree(AGREE, |bicep, json| missing_and_extra(&deployed(bicep, placements), &deployed(json, placements)));
}

/// Of two files, one lists folders, which the loader of these tests does not, and the other has a loop that is none.
#[test]
fn bicep_and_its_compiled_form_declare_the_same_values() {
    agree(AGREE - 2, |bicep, json| {
        let [bicep, json] = [bicep, json].map(|file| deployed(file, values));
        // The compiler writes some variables in place, and adds others.
        let wrong = json.iter().find(|(name, value)| bicep.get(*name).is_some_and(|other| other != *value));
        wrong.map(|(name, value)| format!(":\n  {name}\n  {value}\n  {}", bicep[name]))
    });
}

#[test]
fn bicep_and_its_compiled_form_deploy_in_the_same_order() {
    agree(AGREE, |bicep, json| missing_and_extra(&deployed(bicep, edges), &deployed(json, edges)));
}

/// Compares each `main.bicep` with its `main.json`, prints how many agree, and fails below `least`.
#[expect(clippy::print_stdout, reason = "the share that agrees is shown")]
fn agree(least: usize, compare: impl Fn(&Path, &Path) -> Option<String>) {
    let Some(root) = corpus("pairs") else { return };
    let (mut agree, mut wrong) = (0, Vec::new());
    for bicep in files(&root, "main.bicep") {
        let json = bicep.with_file_name("main.json");
        if !json.is_file() {
            continue;
        }
        match compare(&bicep, &json) {
            None => agree += 1,
            Some(at) => wrong.push(format!("{}{at}", bicep.strip_prefix(&root).unwrap().display())),
        }
    }
    println!("{agree} of {} pairs agree", agree + wrong.len());
    assert!(agree >= least, "{agree} agree\n{}", wrong.join("\n"));
}

fn missing_and_extra<T: Ord + Debug>(bicep: &BTreeSet<T>, json: &BTreeSet<T>) -> Option<String> {
    let more: Vec<_> = bicep.difference(json).take(3).collect();
    let less: Vec<_> = json.difference(bicep).take(3).collect();
    (bicep != json).then(|| format!("\n  more {more:#?}\n  less {less:#?}"))
}

/// What `read` tells of the resources and nested deployments that a file deploys.
fn deployed<T>(file: &Path, read: impl for<'t> FnOnce(&mut Evaluator<'t>, &[Instance<'t>]) -> T) -> T {
    let project = project::read(vec![input(file)], &load);
    let context = settled();
    let links = project.links();
    // What a file imports from may come before it.
    let mut entries = project.templates.iter().filter(|entry| project.path(entry.file) == file.to_string_lossy());
    let template = &entries.next().unwrap().template;
    let mut evaluator =
        Evaluator::new(Inputs { template, parameter_files: &[], overrides: None, links: &links, context: &context });
    let all = evaluator.instances(&|resource| !resource.existing);
    read(&mut evaluator, &all)
}

/// Each resource and nested deployment: what it is called and where it goes, and on which condition.
fn placements<'t>(evaluator: &mut Evaluator<'t>, all: &[Instance<'t>]) -> BTreeSet<[String; 2]> {
    let placement = |instance: &Instance<'t>| {
        let condition = evaluator.condition(instance);
        [id(evaluator, instance), expression(&condition).to_string()]
    };
    all.iter().map(placement).collect()
}

/// The variables and outputs of each deployment, with their values, and its parameters with what they are without any.
fn values<'t>(evaluator: &mut Evaluator<'t>, all: &[Instance<'t>]) -> BTreeMap<String, String> {
    let mut deployments = vec![(String::new(), DeploymentId::ROOT)];
    for instance in all {
        if let Some(nested) = evaluator.nested(instance) {
            deployments.push((id(evaluator, instance), nested));
        }
    }
    let mut values = BTreeMap::new();
    for (within, deployment) in deployments {
        let template = evaluator.template_of(deployment);
        let mut add = |kind: &str, name: &Name, value: &Value| {
            values.insert(format!("{kind} {} in {within}", name.text), ordered(value));
        };
        for (index, parameter) in template.parameters.iter().enumerate() {
            add("parameter", &parameter.name, &evaluator.parameter(deployment, index));
        }
        for (index, variable) in template.variables.iter().enumerate() {
            add("variable", &variable.name, &evaluator.variable(deployment, index));
        }
        for (index, output) in template.outputs.iter().enumerate() {
            add("output", &output.name, &evaluator.output(deployment, index).unwrap_or_default());
        }
    }
    values
}

/// A value whose members are in order.
fn ordered(value: &Value) -> String {
    if let Some(items) = value.as_array() {
        return format!("[{}]", items.iter().map(ordered).collect::<Vec<_>>().join(", "));
    }
    match value.as_object() {
        Some(object) => {
            let members: BTreeMap<_, _> = object.iter().map(|(key, member)| (key, ordered(&member.value))).collect();
            format!("{members:?}")
        }
        None => shown(value),
    }
}

/// Which resource waits for which, by `dependsOn`: by what they are called in the deployment that they are part of.
fn edges<'t>(evaluator: &mut Evaluator<'t>, all: &[Instance<'t>]) -> BTreeSet<[String; 2]> {
    let ids: Vec<String> = all.iter().map(|instance| id(evaluator, instance)).collect();
    let mut edges = BTreeSet::new();
    for (instance, own) in all.iter().zip(&ids) {
        for expr in instance.resource.depends_on() {
            let target = shown(&evaluator.evaluate(expr, &instance.env));
            for (at, candidate) in all.iter().enumerate().filter(|(_, other)| other.deployment == instance.deployment) {
                let resource = candidate.resource;
                let before = all[..at]
                    .iter()
                    .filter(|other| other.deployment == candidate.deployment && std::ptr::eq(other.resource, resource));
                let copy = resource.copy.as_ref().and_then(|copy| copy.name.as_ref());
                let iteration = before.count();
                let is_named = [resource.symbol.as_ref(), copy].into_iter().flatten().any(|name| {
                    let name = name.text.to_lowercase();
                    target == name || target == format!("{name}[{iteration}]")
                });
                if target == ids[at] || is_named {
                    edges.insert([own.clone(), ids[at].clone()]);
                }
            }
        }
    }
    edges
}

/// The id of a resource; where its names can't be told apart, what is known of it and of the deployment around it.
fn id<'t>(evaluator: &mut Evaluator<'t>, instance: &Instance<'t>) -> String {
    if let Some(id) = evaluator.id(instance) {
        return shown(&id.to_value());
    }
    let scope = instance.resource.body.get("scope").map(|scope| evaluator.evaluate(scope, &instance.env));
    let enclosing = instance.enclosing().map(|enclosing| id(evaluator, enclosing)).unwrap_or_default();
    let name = shown(&evaluator.name(instance));
    format!("{} {name} on {} in {enclosing}", instance.resource.ty, shown(&scope.unwrap_or_default())).to_lowercase()
}

fn shown(value: &Value) -> String {
    value.as_str().map_or_else(|| expression(value).to_string(), str::to_owned).to_lowercase()
}

pub(crate) fn load(path: &str) -> Option<Result<Vec<u8>, String>> {
    Path::new(path).is_file().then(|| fs::read(path).map_err(|error| error.to_string()))
}

/// Like [`first_difference`], of resources paired by their ids.
fn difference(json: &serde_json::Value, bicep: &serde_json::Value) -> Option<String> {
    let resources = |snapshot: &serde_json::Value| snapshot["predictedResources"].as_array().unwrap().clone();
    let (expected, found) = (resources(json), resources(bicep));
    let id = |resource: &serde_json::Value| format!("{} {}", resource["type"], resource["id"]);
    let other = |all: &[serde_json::Value], wanted: &serde_json::Value| all.iter().any(|one| id(one) == id(wanted));
    if let Some(missing) = expected.iter().find(|one| !other(&found, one)) {
        let like = found.iter().find(|one| one["type"] == missing["type"] && !other(&expected, one));
        return Some(format!(" misses\n  {}\n  {}", id(missing), like.map(id).unwrap_or_default()));
    }
    if let Some(extra) = found.iter().find(|one| !other(&expected, one)) {
        return Some(format!(" has more\n  {}\n", id(extra)));
    }
    first_difference(json, bicep)
}

/// The segments of the resource types of a snapshot, such as `Microsoft.Web` and `serverFarms`, by their lower case.
fn type_segments(predicted: &serde_json::Value) -> BTreeSet<String> {
    let types = predicted["predictedResources"].as_array().unwrap().iter().filter_map(|one| one["type"].as_str());
    types.flat_map(|ty| ty.split('/')).map(str::to_lowercase).collect()
}

/// The snapshot with the words of `types` in lower case where a type or an id can stand: in types, ids and expressions.
/// The compiler corrects how types are spelled.
fn respelled(value: serde_json::Value, types: &BTreeSet<String>) -> serde_json::Value {
    use serde_json::Value::{Array, Object, String};
    match value {
        String(text) => respelled_text(text, types).into(),
        Array(items) => items.into_iter().map(|item| respelled(item, types)).collect(),
        Object(members) => {
            members.into_iter().map(|(key, value)| (respelled_text(key, types), respelled(value, types))).collect()
        }
        other => other,
    }
}

fn respelled_text(text: String, types: &BTreeSet<String>) -> String {
    if !text.starts_with(['[', '/']) && !text.to_lowercase().starts_with("microsoft.") {
        return text;
    }
    let is_part = |char: char| char.is_alphanumeric() || char == '.';
    let words = text.split_inclusive(|char: char| !is_part(char));
    let respell = |word: &str| match word.to_lowercase() {
        lower if types.contains(lower.trim_end_matches(|char| !is_part(char))) => lower,
        _ => word.to_owned(),
    };
    words.map(respell).collect()
}
