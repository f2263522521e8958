//! `plimsoll snapshot` as it is called: what it refuses, writes and compares.

use crate::command::{Folder, HEAD, PARAMETERS_HEAD, Ran};

/// A template with a parameter `size` and an output that reads as many elements.
fn template() -> String {
    format!(
        r#"{HEAD}, "parameters": {{"size": {{"type": "int"}}, "tier": {{"type": "string", "defaultValue": "a"}}}},
"variables": {{"letters": ["a", "b"]}},
"resources": [],
"outputs": {{"last": {{"type": "string", "value": "[variables('letters')[parameters('size')]]"}}}}}}"#
    )
}

fn parameters(values: &str) -> String {
    format!("{PARAMETERS_HEAD}, \"parameters\": {values}}}")
}

fn snapshot(folder: &Folder, arguments: &[&str]) -> Ran {
    folder.run(&[&["snapshot"], arguments].concat(), &[])
}

/// Asserts that a snapshot ends as `check` of the `template` with the same parameters does, and prints the same.
fn assert_refused(folder: &Folder, file: &str, template: &str, parameters: &[&str], rules: &[&str]) {
    let refused = snapshot(folder, &[&[file], parameters].concat());
    let file = if file == template { vec![] } else { vec!["--parameters", file] };
    let checked = folder.check(&[&["--allow-unparsed", template][..], &file, parameters].concat());
    assert_eq!((refused.code, &*refused.stdout), (Some(1), ""), "{}", refused.stderr);
    assert_eq!(refused.stderr, checked.stdout);
    let found = refused.stderr.lines().filter_map(|line| line.strip_prefix("error[")?.split(']').next());
    assert_eq!(found.collect::<Vec<_>>(), rules, "{}", refused.stderr);
}

#[test]
fn what_check_refuses_has_no_snapshot() {
    let folder = Folder::new("snapshot-refused")
        .with("main.json", template())
        .with("alone.json", template())
        .with("main.parameters.json", parameters(r#"{"size": {"value": 2}, "teir": {"value": "a"}}"#))
        .with("net.bicep", "@maxLength(2)\nparam names array\nparam more string\noutput a string = names[1]\n")
        .with("net.bicepparam", "using 'net.bicep'\nparam names = ['a', 'b', 'c']\n")
        .with("comma.json", template().replace("},\n\"variables\"", "}\n\"variables\""))
        .with("bare.json", template().replace("\"resources\": [],", "\"resources\": [{}],"));
    assert_refused(&folder, "main.parameters.json", "main.json", &[], &["index-out-of-range", "parameter-unknown"]);
    assert_refused(&folder, "alone.json", "alone.json", &["--parameters", "size=2"], &["index-out-of-range"]);
    assert_refused(&folder, "net.bicepparam", "net.bicep", &[], &["parameter-missing", "parameter-value"]);
    assert_refused(&folder, "comma.json", "comma.json", &[], &["json-syntax"]);
    assert_refused(&folder, "bare.json", "bare.json", &["--parameters", "size=0"], &["template-shape"]);
    let ran = snapshot(&folder, &["main.json", "--parameters", "size=1"]);
    assert_eq!((ran.code, &*ran.stderr), (Some(0), ""));
    assert!(ran.stdout.contains("\"last\": \"b\""), "{}", ran.stdout);
}

#[test]
fn what_may_be_refused_with_other_values_or_is_advice_has_a_snapshot() {
    let registry = r#""resources": [{"type": "Microsoft.ContainerRegistry/registries/exportPipelines", "apiVersion": "2025-06-01-preview", "name": "r/e", "properties": {"target": {"type": "AzureStorageBlobContainer", "uri": "http://x", "keyVaultUri": "nothing"}}}],"#;
    let folder = Folder::new("snapshot-not-refused")
        .with("main.json", template().replace("\"type\": \"int\"", "\"type\": \"int\", \"allowedValues\": [1, 2]"))
        .with("main.parameters.json", parameters("{}"))
        .with("advice.json", template().replace("\"resources\": [],", registry))
        .with("broken.json", "{ \"$schema\": ")
        .with("bare.parameters.json", "{ \"size\": ");
    for arguments in [&["main.json"][..], &["main.parameters.json"], &["advice.json", "--parameters", "size=0"]] {
        let ran = snapshot(&folder, arguments);
        assert_eq!((ran.code, &*ran.stderr), (Some(0), ""), "{arguments:?}");
        assert!(ran.stdout.contains("\"outputs\""), "{}", ran.stdout);
    }
    assert_eq!(folder.check(&["advice.json", "--parameters", "size=0"]).code, Some(1));
    assert_eq!(folder.check(&["main.json"]).code, Some(1));
}

#[test]
fn a_refusal_shows_no_secret() {
    let folder = Folder::new("snapshot-refused-secret")
        .with("main.bicep", "@secure()\n@maxLength(3)\nparam key string\noutput o string = substring(key, 0, 99)\n");
    let folder = folder.with("main.bicepparam", "using 'main.bicep'\nparam key = 'Zx81-hidden'\n");
    let ran = snapshot(&folder, &["main.bicepparam"]);
    assert_eq!((ran.code, &*ran.stdout), (Some(1), ""), "{}", ran.stderr);
    assert!(!ran.stderr.contains("hidden") && ran.stderr.contains("parameter-value"), "{}", ran.stderr);
    let ran = snapshot(&folder, &["nothing.bicepparam"]);
    assert_eq!((ran.code, &*ran.stdout), (Some(2), ""), "{}", ran.stderr);
}
