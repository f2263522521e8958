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

/// A template with a store and a secure parameter.
const STORE: &str = "param tier string
@secure()
param key string
resource store 'Microsoft.Storage/storageAccounts@2023-01-01' = {
  name: 'store01'
  sku: { name: tier }
  kind: 'StorageV2'
  location: 'westeurope'
  properties: { minimumTlsVersion: 'TLS1_2', note: key, adminPassword: 'Zx81-written' }
}
output tier string = tier
";

const STORE_ID: &str = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/myRg/providers/Microsoft.Storage/storageAccounts/store01";

fn store(name: &str) -> Folder {
    Folder::new(name)
        .with("infra/main.bicep", STORE)
        .with("infra/prod.bicepparam", "using 'main.bicep'\nparam tier = 'Standard_LRS'\nparam key = 'Zx81-given'\n")
}

#[test]
fn a_snapshot_is_kept_and_compared() {
    let folder = store("snapshot-kept");
    let printed = snapshot(&folder, &["infra/prod.bicepparam"]);
    let ran = snapshot(&folder, &["infra/prod.bicepparam", "--mode", "overwrite"]);
    let written = Ran { code: Some(0), stdout: "infra/prod.snapshot.json is written\n".into(), stderr: String::new() };
    assert_eq!(ran, written);
    let kept = std::fs::read_to_string(folder.path("infra/prod.snapshot.json")).unwrap();
    assert_eq!(kept, printed.stdout);
    let validate = ["infra/prod.bicepparam", "--mode", "validate"];
    let same = "infra/prod.snapshot.json is what would be deployed\n";
    assert_eq!(snapshot(&folder, &validate), Ran { stdout: same.into(), ..written });
    // The parameter file that is named for a template is the one that it is kept beside.
    let named = ["infra/main.bicep", "--parameters", "infra/prod.bicepparam", "--mode", "validate"];
    assert_eq!(snapshot(&folder, &named).stdout, same);
    let folder = folder
        .with("infra/main.bicep", STORE.replace("TLS1_2", "TLS1_0").replace("output tier", "output size"))
        .with("infra/prod.snapshot.json", kept.replace("\"StorageV2\",", "\"StorageV2\", \"zones\": [\"1\"],"));
    let ran = snapshot(&folder, &validate);
    let told = format!(
        "infra/prod.snapshot.json is not what would be deployed now:
~ {STORE_ID}
    zones: expected [\"1\"], found nothing
    properties.minimumTlsVersion: expected \"TLS1_2\", found \"TLS1_0\"
~ outputs
    tier: expected \"Standard_LRS\", found nothing
    size: expected nothing, found \"Standard_LRS\"
"
    );
    assert_eq!(ran, Ran { code: Some(1), stdout: told, stderr: String::new() });
}

#[test]
fn a_snapshot_of_another_tool_shows_no_secret() {
    let folder = store("snapshot-foreign");
    let kept = snapshot(&folder, &["infra/prod.bicepparam"]).stdout;
    assert!(!kept.contains("Zx81"), "{kept}");
    // Bicep writes secrets out.
    let foreign = kept
        .replace("[parameters('key')]", "Zx81-earlier")
        .replace("\"***\"", "\"Zx81-written\"")
        .replace("\"kind\": \"StorageV2\"", "\"kind\": \"Zx81-given\"");
    assert_eq!(foreign.matches("Zx81").count(), 3, "{foreign}");
    let folder = folder.with("infra/prod.snapshot.json", foreign);
    let ran = snapshot(&folder, &["infra/prod.bicepparam", "--mode", "validate"]);
    assert!(!ran.stdout.contains("Zx81") && ran.stderr.is_empty(), "{ran:?}");
}

#[test]
fn without_a_snapshot_nothing_is_compared() {
    let folder = store("snapshot-absent").with("infra/main.snapshot.json", "[]").with("infra/cut.snapshot.json", "{");
    let folder = folder.with("infra/cut.bicepparam", "using 'main.bicep'\nparam tier = 'x'\nparam key = ''\n");
    for (file, message) in [
        ("infra/prod.bicepparam", "`infra/prod.snapshot.json` is not there; `--mode overwrite` makes it"),
        ("infra/main.bicep", "`infra/main.snapshot.json` is no snapshot"),
        ("infra/cut.bicepparam", "`infra/cut.snapshot.json` is no snapshot"),
    ] {
        let stderr = format!("plimsoll: error: {message}\n");
        let ran = snapshot(&folder, &[file, "--mode", "validate"]);
        assert_eq!(ran, Ran { code: Some(2), stdout: String::new(), stderr });
    }
    // What is refused is neither written nor compared.
    let folder = folder.with("infra/prod.bicepparam", "using 'main.bicep'\nparam tier = 1\nparam key = ''\n");
    for mode in ["overwrite", "validate"] {
        let ran = snapshot(&folder, &["infra/prod.bicepparam", "--mode", mode]);
        assert_eq!((ran.code, &*ran.stdout), (Some(1), ""));
        assert!(ran.stderr.contains("error[parameter-value]"), "{}", ran.stderr);
        assert!(!folder.path("infra/prod.snapshot.json").exists());
    }
}

#[test]
fn a_snapshot_is_no_template() {
    let text = format!("{{\"predictedResources\": [], \"outputs\": {{\"t\": {}}}}}", template());
    let folder = Folder::new("snapshot-no-template")
        .with("main.snapshot.json", &text)
        .with("main.json", format!("{HEAD}, \"resources\": []}}"))
        // What they hold says that they are templates, or nothing.
        .with("other.snapshot.json", template())
        .with("broken.snapshot.json", "{ \"contentVersion\": ");
    let all = folder.check(&[]);
    assert_eq!((all.code, &*all.stdout), (Some(0), "no findings in 1 file (0 resources)\n"));
    for file in ["main.snapshot.json", "other.snapshot.json", "broken.snapshot.json"] {
        let named = folder.check(&[file]);
        assert_eq!((named.code, &*named.stdout), (Some(0), "no findings in 0 files (0 resources)\n"), "{file}");
    }
}
