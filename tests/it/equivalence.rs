//! A Bicep file and the JSON that the official compiler made of it mean the same.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use plimsoll::evaluate::term::expression;
use plimsoll::evaluate::value::Value;
use plimsoll::evaluate::{Evaluator, Inputs, Instance};
use plimsoll::project;

use crate::corpus::{corpus, files, first_difference, input, predict, settled};

/// The least number of pairs that must agree: all.
const AGREE: usize = 461;

#[test]
fn bicep_and_its_compiled_form_deploy_the_same() {
    let Some(root) = corpus("pairs") else { return };
    let (mut agree, mut wrong) = (0, Vec::new());
    for bicep in files(&root, "main.bicep") {
        let json = bicep.with_file_name("main.json");
        if !json.is_file() {
            continue;
        }
        let [bicep_snapshot, json] = [&bicep, &json].map(|file| sorted(folded(predict(vec![input(file)], file))));
        match difference(&json, &bicep_snapshot) {
            None => agree += 1,
            Some(at) => wrong.push(format!("{}{at}", bicep.strip_prefix(&root).unwrap().display())),
        }
    }
    println!("{agree} of {} pairs agree", agree + wrong.len());
    assert!(agree >= AGREE, "{agree} agree\n{}", wrong.join("\n"));
}

/// The least number of pairs whose resources wait for the same others.
const AGREE_ON_ORDER: usize = 461;

#[test]
fn bicep_and_its_compiled_form_deploy_in_the_same_order() {
    let Some(root) = corpus("pairs") else { return };
    let (mut agree, mut wrong) = (0, Vec::new());
    for bicep in files(&root, "main.bicep") {
        let json = bicep.with_file_name("main.json");
        if !json.is_file() {
            continue;
        }
        let [bicep_edges, json] = [&bicep, &json].map(|file| edges(file));
        if bicep_edges == json {
            agree += 1;
        } else {
            let more: Vec<_> = bicep_edges.difference(&json).take(3).collect();
            let less: Vec<_> = json.difference(&bicep_edges).take(3).collect();
            let file = bicep.strip_prefix(&root).unwrap().display();
            wrong.push(format!("{file}\n  more {more:#?}\n  less {less:#?}"));
        }
    }
    println!("{agree} of {} pairs agree on the order", agree + wrong.len());
    assert!(agree >= AGREE_ON_ORDER, "{agree} agree\n{}", wrong.join("\n"));
}

/// Which resource waits for which, by `dependsOn`: by what they are called in the deployment that they are part of.
fn edges(file: &Path) -> BTreeSet<[String; 2]> {
    let project = project::read(vec![input(file)], &load);
    let context = settled();
    let links = project.links();
    let template = &project.templates[0].template;
    let mut evaluator =
        Evaluator::new(Inputs { template, parameter_files: &[], overrides: None, links: &links, context: &context });
    let all = evaluator.instances(&|resource| !resource.existing);
    let ids: Vec<String> = all.iter().map(|instance| id(&mut evaluator, instance)).collect();
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

fn id<'t>(evaluator: &mut Evaluator<'t>, instance: &Instance<'t>) -> String {
    match evaluator.id(instance) {
        Some(id) => shown(&id.to_value()),
        None => format!("{} {}", instance.resource.ty, shown(&evaluator.name(instance))).to_lowercase(),
    }
}

fn shown(value: &Value) -> String {
    value.as_str().map_or_else(|| expression(value).to_string(), str::to_owned).to_lowercase()
}

pub(crate) fn load(path: &str) -> Option<Result<Vec<u8>, String>> {
    Path::new(path).is_file().then(|| fs::read(path).map_err(|error| error.to_string()))
}

/// Like [`first_difference`], of resources paired by their ids.
fn difference(json: &serde_json::Value, bicep: &serde_json::Value) -> Option<String> {
    let resources = |snapshot: &serde_json::Value| snapshot["predictedresources"].as_array().unwrap().clone();
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

/// The snapshot with ids, types and expressions in lower case: the compiler corrects how types are spelled.
fn folded(value: serde_json::Value) -> serde_json::Value {
    use serde_json::Value::{Array, Object, String};
    match value {
        String(text) if text.starts_with(['[', '/']) || text.to_lowercase().starts_with("microsoft.") => {
            text.to_lowercase().into()
        }
        Array(items) => items.into_iter().map(folded).collect(),
        Object(members) => members.into_iter().map(|(key, value)| (key.to_lowercase(), folded(value))).collect(),
        other => other,
    }
}

/// The snapshot with its resources in an order that does not depend on that of the template.
fn sorted(mut predicted: serde_json::Value) -> serde_json::Value {
    let resources = predicted["predictedresources"].as_array_mut().unwrap();
    resources.sort_by_cached_key(ToString::to_string);
    predicted
}
