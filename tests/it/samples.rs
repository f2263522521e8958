//! The samples: the good ones have no finding, and each broken one has the same findings in ARM JSON and in Bicep.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use plimsoll::lint::{Input, Settings, lint};

use crate::examples::NOW;

/// The findings of each sample of a folder, without their places.
fn findings(folder: &str, extensions: [&str; 2]) -> BTreeMap<String, Vec<String>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/acr-transfer").join(folder);
    let mut found = BTreeMap::new();
    let [template, parameters] = extensions;
    for entry in fs::read_dir(&root).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let Some(stem) = name.strip_suffix(template).filter(|stem| !stem.contains('.')) else { continue };
        let files = [name.clone(), format!("{stem}{parameters}")];
        let read = |name: &String| Some((name.clone(), fs::read_to_string(root.join(name)).ok()?));
        let inputs = files.iter().filter_map(read).map(|(path, text)| Input { path, text: Ok(text), explicit: true });
        let outcome = lint(inputs.collect(), &Settings::at(NOW.parse().unwrap()), &|_: &str| None);
        let mut lines: Vec<String> = outcome
            .diagnostics
            .iter()
            .map(|diagnostic| format!("{}[{}] {}", diagnostic.severity, diagnostic.rule, diagnostic.headline()))
            .collect();
        lines.sort();
        found.insert(stem.to_owned(), lines);
    }
    found
}

#[test]
fn samples_are_judged_alike_in_both_languages() {
    for folder in ["good", "broken"] {
        let arm = findings(folder, [".json", ".parameters.json"]);
        let bicep = findings(folder, [".bicep", ".bicepparam"]);
        assert_eq!(arm, bicep);
        assert!(!arm.is_empty());
        assert!(arm.values().all(|lines| lines.is_empty() == (folder == "good")), "{folder}: {arm:#?}");
    }
}
