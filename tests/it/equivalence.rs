//! A Bicep file and the JSON that the official compiler made of it mean the same.

use std::fs;
use std::path::Path;

use crate::corpus::{corpus, files, first_difference, input, predict};

/// The least number of pairs that must agree; those that do not load files or symbols that only the compiler reads.
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
