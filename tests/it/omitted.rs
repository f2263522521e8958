//! What was not looked into is named, in every format that has a place for it.

use std::fmt::Write;

use serde_json::{Value, json};

use crate::command::{Folder, HEAD};

/// Modules of two registries, a template spec, and a template that is filled in later.
fn folder(name: &str) -> Folder {
    let mut main = String::new();
    for at in 0..12 {
        write!(main, "module m{at} 'br:r.io/m{at:02}:1' = {{\n  name: 'm{at}'\n}}\n").unwrap();
    }
    main += "module s 'ts:s/g/spec:v1' = {\n  name: 's'\n}\n";
    let linked = "{\"type\": \"Microsoft.Resources/deployments\", \"apiVersion\": \"2022-09-01\", \"name\": \"d\", \
                  \"properties\": {\"mode\": \"Incremental\", \"templateLink\": {\"uri\": \"[concat('https://x/', \
                  'a\u{202e}##vso[x]')]\"}}}";
    Folder::new(name)
        .with("main.bicep", main)
        .with("linked.json", format!("{HEAD}, \"resources\": [{linked}]}}"))
        .with("chart.yaml", "a: {{- if .x }}\n  run: az acr import-pipeline create -n x\n{{- end }}\n")
}

#[test]
fn people_see_the_first_ten_of_each_kind_and_a_count() {
    let ran = folder("omitted_text").check(&[]);
    let groups = "not analysed: 12 modules not in view
  main.bicep:1:11: br:r.io/m00:1
  main.bicep:4:11: br:r.io/m01:1
  main.bicep:7:11: br:r.io/m02:1
  main.bicep:10:11: br:r.io/m03:1
  main.bicep:13:11: br:r.io/m04:1
  main.bicep:16:11: br:r.io/m05:1
  main.bicep:19:11: br:r.io/m06:1
  main.bicep:22:11: br:r.io/m07:1
  main.bicep:25:11: br:r.io/m08:1
  main.bicep:28:11: br:r.io/m09:1
  and 2 more
  = help: `bicep restore FILE` fetches what a Bicep file names
not analysed: 1 template spec not in view
  main.bicep:37:10: ts:s/g/spec:v1
  = help: `bicep restore FILE` fetches what a Bicep file names
not analysed: 1 linked template not in view
";
    assert!(ran.stdout.contains(groups), "{}", ran.stdout);
    let later = "not analysed: 1 template that is filled in later (Helm, Jinja)\n  chart.yaml\n\n";
    assert!(ran.stdout.contains(later), "{}", ran.stdout);
    let line = "; 12 modules not in view; 1 template spec not in view; 1 linked template not in view; \
                1 template that is filled in later (Helm, Jinja)\n";
    assert!(ran.stdout.ends_with(line), "{}", ran.stdout);
    assert!(!ran.stdout.contains('\u{202e}'), "{}", ran.stdout);
}

#[test]
fn programs_see_them_all_with_their_places() {
    let folder = folder("omitted_json");
    let parsed = |format: &str| -> Value { serde_json::from_str(&folder.check(&["--format", format]).stdout).unwrap() };
    let printed = parsed("json");
    let omitted = printed["summary"]["omitted"].as_array().unwrap();
    let first = json!({
        "kind": "module", "name": "br:r.io/m00:1", "path": "main.bicep",
        "range": {
            "start": {"line": 1, "column": 11, "offset": 10}, "end": {"line": 1, "column": 26, "offset": 25},
        },
    });
    assert_eq!((omitted.len(), &omitted[0]), (15, &first));
    let kinds: Vec<&str> = omitted[11..].iter().map(|it| it["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["module", "templateSpec", "linkedTemplate", "unfilled"]);

    let sarif = parsed("sarif");
    let notifications = sarif["runs"][0]["invocations"][0]["toolExecutionNotifications"].as_array().unwrap();
    assert_eq!(notifications.len(), 15);
    assert_eq!(notifications[12]["level"], "note");
    assert_eq!(notifications[12]["message"]["text"], "not analysed: template spec not in view: ts:s/g/spec:v1");
    let place = &notifications[12]["locations"][0]["physicalLocation"];
    assert_eq!((&place["artifactLocation"]["uri"], &place["region"]["startLine"]), (&json!("main.bicep"), &json!(37)));
}
