//! Modules of registries: what they are given is checked where the cache holds them, and they are named where it does not.

use serde_json::{Value, json};

use crate::command::{Folder, HEAD};

/// A module that the cache of the folder holds, and one that it does not.
fn folder(name: &str) -> Folder {
    let module = format!(
        "{HEAD}, \"parameters\": {{\"name\": {{\"type\": \"string\", \"minLength\": 3}}, \"count\": {{\"type\": \"int\", \
         \"defaultValue\": 1}}}}, \"resources\": []}}"
    );
    let main = "module kept 'br/public:avm/res/a/b:1.0.0' = {\n  name: 'kept'\n  params: {\n    nam: 'x'\n    \
                count: 'two'\n  }\n}\nmodule gone 'br/public:avm/res/a/c:1.0.0' = {\n  name: 'gone'\n}\n";
    let path = "cache/br/mcr.microsoft.com/bicep$avm$res$a$b/1.0.0$/main.json";
    Folder::new(name).with("main.bicep", main).with(path, module)
}

fn checked(folder: &Folder, cache: &str) -> (Vec<Value>, Vec<Value>) {
    let cache = folder.path(cache);
    let environment = [("BICEP_CACHE_DIRECTORY", cache.to_str().unwrap())];
    let ran = folder.run(&["check", "--now", crate::examples::NOW, "--format", "json", "main.bicep"], &environment);
    let printed: Value = serde_json::from_str(&ran.stdout).unwrap();
    let found = printed["diagnostics"].as_array().unwrap().iter().map(|found| {
        let start = &found["range"]["start"];
        json!([found["rule"], start["line"], start["column"]])
    });
    let omitted = printed["summary"]["omitted"].as_array().unwrap().iter().map(|omitted| omitted["name"].clone());
    (found.collect(), omitted.collect())
}

#[test]
fn what_a_module_in_the_cache_is_given_is_checked() {
    let (found, omitted) = checked(&folder("registry_kept"), "cache");
    let wrong =
        [json!(["parameter-missing", 3, 3]), json!(["parameter-unknown", 4, 5]), json!(["parameter-value", 5, 12])];
    assert_eq!(found, wrong);
    assert_eq!(omitted, ["br/public:avm/res/a/c:1.0.0"]);
}

#[test]
fn without_the_cache_modules_are_named() {
    let (found, omitted) = checked(&folder("registry_gone"), "elsewhere");
    assert_eq!(found, Vec::<Value>::new());
    assert_eq!(omitted, ["br/public:avm/res/a/b:1.0.0", "br/public:avm/res/a/c:1.0.0"]);
}
