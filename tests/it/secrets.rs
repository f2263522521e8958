//! Nothing secret and nothing that acts on a terminal is printed, whatever the format.

use crate::command::{Folder, HEAD, PARAMETERS_HEAD, Ran};

/// No secrets of anyone; assembled here so that no scanner takes this file for a leak.
fn signature() -> String {
    format!("{}%2B{}%3D", "Zq3".repeat(9), "x7".repeat(7))
}

fn account_key() -> String {
    format!("{}==", "Kq7+z/Y2".repeat(11).split_at(86).0)
}

const PASSWORD: &str = "correct-horse-battery";

/// All formats, with everything that they can show.
fn all_formats(folder: &Folder, arguments: &[&str]) -> Vec<Ran> {
    ["text", "concise", "json", "sarif"]
        .iter()
        .flat_map(|format| {
            let common = ["--format", format, "--show-unknown"];
            [&["--color", "never"], &["--color", "always"]]
                .map(|color| folder.check(&[&common[..], &color[..], arguments].concat()))
        })
        .collect()
}

/// Checks that no run shows any of `secrets`, though each found at least `findings` and masked something.
fn assert_hidden(runs: &[Ran], secrets: &[&str], findings: usize) {
    for ran in runs {
        let printed = format!("{}{}", ran.stdout, ran.stderr);
        for (at, secret) in secrets.iter().enumerate() {
            assert!(!printed.contains(secret), "secret {at} is shown");
        }
        let found = printed.matches("unknown-").count();
        assert!(found >= findings, "{found} findings: {}", printed.len());
        assert!(!printed.contains("\u{1b}]") && !printed.contains('\u{202e}') && !printed.contains('\u{7}'));
    }
    assert!(runs[0].stdout.contains("***"), "nothing is masked");
}

#[test]
fn signatures_and_keys_are_shown_nowhere() {
    let (signature, key) = (signature(), account_key());
    assert_eq!(key.len(), 88);
    let lines = [
        // In the line of a finding, in its message, between two marked lines.
        format!("\"a\": \"[f1('https://a.blob.core.windows.net/c?sv=2024&sig={signature}&se=2026')]\","),
        format!("\"b\": \"[variables('x?sig={signature}')]\","),
        format!("\"c\": \"https%3A%2F%2Fa%3Fsv%3D2024%26sig%3D{}\", \"d\": \"[f2()]\",", signature.replace('%', "%25")),
        format!("\"e\": \"[f3('DefaultEndpointsProtocol=https;AccountKey={key};EndpointSuffix=x')]\","),
        format!("\"f\": \"[f4('{key}', concat('?sig=', '{signature}'))]\","),
        format!("\"sig={signature}\": 1,"),
        format!("\"SIG={signature}\": 2,"),
        "\"g\": \"[f5()]\"".to_owned(),
    ];
    let text = format!("{HEAD},\n\"variables\": {{\n{}\n}}, \"resources\": []}}", lines.join("\n"));
    let folder = Folder::new("signatures").with("main.json", text);
    let encoded = signature.replace('%', "%25");
    assert_hidden(&all_formats(&folder, &[]), &[&signature, &encoded, &key, &signature[..12], &key[..12]], 6);
}

#[test]
fn a_file_name_keeps_its_secret() {
    let signature = signature();
    let name = format!("export&sig={signature}.json");
    let folder = Folder::new("file_name")
        .with(&name, format!("{HEAD}, \"variables\": {{\"a\": \"[f()]\"}}, \"resources\": []}}"))
        .with(
            "z\u{1b}]0;x\u{7}\u{202e}.json",
            format!("{HEAD}, \"variables\": {{\"a\": \"[f()]\"}}, \"resources\": []}}"),
        );
    assert_hidden(&all_formats(&folder, &[]), &[&signature], 2);
}

#[test]
fn defaults_of_secure_parameters_are_hidden_with_what_they_are_made_of() {
    let text = format!(
        "{HEAD},
\"parameters\": {{
  \"pw\": {{\"type\": \"SecureString\", \"defaultValue\": \"{PASSWORD}-1\"}}, \"a\": {{\"type\": \"string\", \"defaultValue\": \"[f1()]\"}},
  \"made\": {{\"type\": \"securestring\", \"defaultValue\": \"[concat(variables('part').x, f2('y'))]\"}},
  \"object\": {{\"type\": \"secureObject\", \"defaultValue\": {{
    \"user\": \"joe\",
    \"list\": [\"{PASSWORD}-2\", \"[f3()]\"]
  }}}}
}},
\"variables\": {{
  \"part\": {{\"x\": \"{PASSWORD}-3\", \"y\": \"[f4()]\", \"shown\": \"plainly-visible\"}},
  \"again\": \"[variables('{PASSWORD}-1')]\"
}},
\"resources\": []}}"
    );
    let folder = Folder::new("secure_defaults").with("main.json", text);
    let runs = all_formats(&folder, &[]);
    assert_hidden(&runs, &[PASSWORD], 5);
    assert!(runs[0].stdout.contains("plainly-visible"), "{}", runs[0].stdout);
}

#[test]
fn values_given_to_secure_parameters_are_hidden() {
    let template = format!(
        "{HEAD}, \"parameters\": {{\"pin\": {{\"type\": \"securestring\"}}}},
\"variables\": {{\"a\": \"[variables('{PASSWORD}-1')]\", \"b\": \"[variables('{PASSWORD}-2')]\", \"c\": \"[variables('{PASSWORD}-3')]\"}},
\"resources\": []}}"
    );
    let file = |value: &str| {
        format!("{PARAMETERS_HEAD},\n\"parameters\": {{\"pin\": {{\"value\": \"{value}\"}}, \"x\": 1}}}}")
    };
    let folder = Folder::new("secure_values")
        .with("main.json", template)
        .with("main.parameters.json", file(&format!("{PASSWORD}-1")))
        .with("elsewhere/other.json", file(&format!("{PASSWORD}-2")));
    let given = format!("pin={PASSWORD}-3");
    assert_hidden(&all_formats(&folder, &["--parameters", &given, "."]), &[PASSWORD], 3);
}

#[test]
fn what_is_computed_from_secrets_is_hidden() {
    let encoded = "Y29ycmVjdC1ob3JzZS1iYXR0ZXJ5";
    let module = "@secure()\nparam pw string\n@secure()\noutput made string = base64(toLower(pw))\n@secure()\n\
                  output own string = 'staple-of-module'\n";
    let options = "[base64(pw), base64('x${pw}'), substring(pw, 0, 13), split(pw, '-')[0], m.outputs.made, m.outputs.own, \
                   take(m.outputs.own, 6), base64(json(text).k)]";
    let main = format!(
        "@secure()\nparam pw string = '{PASSWORD}'\n@secure()\nparam text string = '{{\"k\": \"{PASSWORD}\"}}'\n\
         module m 'm.bicep' = {{\n  name: 'm'\n  params: {{ pw: pw }}\n}}\n\
         resource p 'Microsoft.ContainerRegistry/registries/exportPipelines@2023-01-01-preview' = {{\n  name: 'r/pipeline'\n  \
         location: 'x'\n  properties: {{\n    options: {options}\n  }}\n}}\noutput a string = unknownF(pw)\n"
    );
    let folder = Folder::new("computed_secrets").with("main.bicep", main).with("m.bicep", module);
    let runs = all_formats(&folder, &[]);
    let hidden = [PASSWORD, encoded, &encoded[..16], "correct-", "`correct`", "eGNvcnJlY3Q", "staple"];
    assert_hidden(&runs, &hidden, 1);
    assert!(runs[2].stdout.contains("an export pipeline has no option `****************`"), "{}", runs[2].stdout);
    let snapshot = folder.run(&["snapshot", "main.bicep"], &[]);
    assert!(!hidden.iter().any(|secret| snapshot.stdout.contains(secret)), "a snapshot shows a secret");
}

#[test]
fn secret_properties_of_parameters_are_hidden() {
    let bicep = format!(
        "type login = {{\n  @secure()\n  pw: string\n  next: login?\n}}\nparam cfg {{\n  login: login\n  name: string\n}} = {{\n  \
         login: {{\n    pw: '{PASSWORD}'\n  }}\n  name: 'visible'\n}}\n\
         resource p 'Microsoft.ContainerRegistry/registries/exportPipelines@2023-01-01-preview' = {{\n  name: 'r/pipeline'\n  \
         location: 'x'\n  properties: {{\n    options: [cfg.login.pw, base64(cfg.login.pw), cfg.name]\n  }}\n}}\n\
         output a string = unknownF()\n"
    );
    let expressions =
        r#"["[parameters('cfg').login.pw]", "[base64(parameters('cfg').login.pw)]", "[parameters('cfg').name]"]"#;
    let json = format!(
        "{HEAD}, \"languageVersion\": \"2.0\", \"definitions\": {{\"login\": {{\"type\": \"object\", \"properties\": {{\"pw\": \
         {{\"type\": \"secureString\"}}, \"next\": {{\"$ref\": \"#/definitions/login\", \"nullable\": true}}}}}}}}, \"parameters\": {{\"cfg\": {{\"type\": \"object\", \"properties\": \
         {{\"login\": {{\"$ref\": \"#/definitions/login\"}}}}, \"defaultValue\": {{\"login\": {{\"pw\": \"{PASSWORD}\"}}, \"name\": \
         \"visible\"}}}}}}, \"resources\": [{{\"type\": \"Microsoft.ContainerRegistry/registries/exportPipelines\", \"apiVersion\": \
         \"2023-01-01-preview\", \"name\": \"r/pipeline\", \"location\": \"x\", \"properties\": {{\"options\": {expressions}}}}}], \
         \"outputs\": {{\"a\": {{\"type\": \"string\", \"value\": \"[unknownF()]\"}}}}}}"
    );
    for (file, text) in [("main.bicep", bicep), ("main.json", json)] {
        let deployable = text.replace("unknownF()", "'a'").replace("\"resources\": [{", "\"resources\": {\"r\": {");
        let deployable = deployable.replace("}], \"outputs\"", "}}, \"outputs\"");
        let folder = Folder::new("secret_properties").with(file, text);
        let hidden = [PASSWORD, "Y29ycmVjdC1ob3JzZS1iYXR0ZXJ5"];
        let runs = all_formats(&folder, &[file]);
        assert_hidden(&runs, &hidden, 1);
        assert!(runs[2].stdout.contains("no option `visible`"), "{}", runs[2].stdout);
        let snapshot = folder.with(file, deployable).run(&["snapshot", file], &[]).stdout;
        let options = ["parameters('cfg').login.pw", "base64(parameters('cfg').login.pw)"].map(|it| format!("[{it}]"));
        let predicted: serde_json::Value = serde_json::from_str(&snapshot).unwrap();
        let expected = serde_json::json!([options[0], options[1], "visible"]);
        assert_eq!(predicted["predictedResources"][0]["properties"]["options"], expected);
    }
}

#[test]
fn values_given_to_nested_deployments_are_hidden() {
    let inner = "{\"$schema\": \"https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#\",
      \"contentVersion\": \"1.0.0.0\", \"parameters\": {\"pin\": {\"type\": \"securestring\"}}, \"resources\": []}";
    let nested = |link: &str, value: &str| {
        format!(
            "{{\"type\": \"Microsoft.Resources/deployments\", \"apiVersion\": \"2024-03-01\", \"name\": \"n\",
  \"properties\": {{\"mode\": \"Incremental\", {link},
    \"parameters\": {{\"pin\": {{\"value\": \"{value}\"}}, \"q\": {{\"value\": \"[f()]\"}}}}}}}}"
        )
    };
    let inline = nested(&format!("\"template\": {inner}"), &format!("{PASSWORD}-1"));
    let linked = nested("\"templateLink\": {\"relativePath\": \"inner.json\"}", &format!("{PASSWORD}-2"));
    let text = format!("{HEAD}, \"resources\": [\n{inline},\n{linked}\n]}}");
    let folder = Folder::new("nested_values").with("main.json", text).with("inner.json", inner);
    assert_hidden(&all_formats(&folder, &["main.json"]), &[PASSWORD], 2);
}

#[test]
fn a_secret_that_is_not_json_is_hidden() {
    let text = format!(
        "{HEAD}, \"parameters\": {{\n\"a\": {{\"type\": \"securestring\", \"defaultValue\": {PASSWORD}}},
\"b\": {{\"type\": \"securestring\", \"defaultValue\": \"{PASSWORD}\n\"x\": 1 }} }}, \"variables\": {{\"v\": \"[f()]\"}}, \"resources\": []}}"
    );
    let folder = Folder::new("not_json").with("main.json", text);
    assert_hidden(&all_formats(&folder, &[]), &[PASSWORD], 1);
}

#[test]
fn nothing_reaches_the_terminal_raw() {
    let text = format!(
        "{HEAD}, \"variables\": {{\"a\": \"[\u{202e}f('\u{1b}]0;x\u{7}\u{9b}')]\",
\"b\": \"[variables('\u{1b}]0;y\\u001b\\u0007\u{202e}')]\", \"c***\": 1}}, \"resources\": []}}"
    );
    let folder = Folder::new("raw").with("main.json", text);
    let runs = all_formats(&folder, &[]);
    assert_hidden(&runs, &["\u{1b}]0", "\u{9b}"], 1);
    assert!(!runs[0].stdout.contains('\u{1b}'));
    let unknown = folder.run(&["explain", "\u{1b}]0;x\u{7}"], &[]);
    assert!(unknown.stderr.contains("\\u{1b}") && !unknown.stderr.contains('\u{1b}'), "{unknown:?}");
}

#[test]
fn secrets_in_scripts_are_hidden() {
    let sas = format!("?sv=2022-11-02&sr=c&sp=rl&se=2026-01-01&sig={}", signature());
    let script = format!(
        "export DB_PASSWORD=Shortly-Kept\nexport IMPORT_SAS='{PASSWORD}'\naz keyvault secret set --vault-name kv -n acrimportsas --value '{sas}'\n\
         az keyvault secret set --vault-name kv -n acrexportsas --value {PASSWORD} # {PASSWORD}\n\
         az storage blob list --account-key \"{PASSWORD}\" && echo {PASSWORD} $IMPORT_SAS\n\
         az acr import-pipeline create -g rg -r r -n p -s https://kv.vault.azure.net/secrets/acrimportsas\n\
         az acr export-pipeline create -g rg -r r -n q -c https://abc.blob.core.windows.net/$DB_PASSWORD\n"
    );
    let folder = Folder::new("script-secrets").with("deploy.sh", script);
    for ran in all_formats(&folder, &[]) {
        let printed = format!("{}{}", ran.stdout, ran.stderr);
        assert!(printed.contains("acr-transfer-sas-expired"), "nothing is found");
        assert!(!printed.contains(PASSWORD) && !printed.contains(&signature()), "a secret is shown");
        assert!(!printed.contains("Shortly") && printed.contains("container-uri"), "a short secret is shown");
    }
}

#[test]
fn secret_properties_of_elements_are_hidden() {
    let bicep = format!(
        "type secret = {{\n  name: string\n  @secure()\n  value: string?\n}}\nparam list secret[]? = [{{ name: 'shown', value: '{PASSWORD}' }}, {{ name: \
         'bare' }}]\noutput o array = map(list ?? [], it => '${{it.name}}=${{it.?value}}')\noutput p array = list ?? []\n"
    );
    let json = format!(
        "{HEAD}, \"languageVersion\": \"2.0\", \"parameters\": {{\"list\": {{\"type\": \"array\", \"items\": {{\"type\": \"object\", \"properties\": \
         {{\"name\": {{\"type\": \"string\"}}, \"value\": {{\"type\": \"securestring\", \"nullable\": true}}}}}}, \"defaultValue\": [{{\"name\": \
         \"shown\", \"value\": \"{PASSWORD}\"}}, {{\"name\": \"bare\"}}]}}}}, \"resources\": {{}}, \"outputs\": {{\"p\": {{\"type\": \"array\", \
         \"value\": \"[parameters('list')]\"}}}}}}"
    );
    for (file, text) in [("main.bicep", bicep), ("main.json", json)] {
        let folder = Folder::new("secret_elements").with(file, text);
        let snapshot = folder.run(&["snapshot", file], &[]).stdout;
        assert!(!snapshot.contains(PASSWORD) && !snapshot.contains("****"), "{snapshot}");
        let predicted: serde_json::Value = serde_json::from_str(&snapshot).unwrap();
        let hidden = "createArray(createObject('name', 'shown', 'value', parameters('list')[0].value), createObject('name', 'bare'))";
        assert_eq!(predicted["outputs"]["p"], format!("[{hidden}]"), "{file}");
    }
}

#[test]
fn what_stands_for_a_secret_is_none() {
    let resource = r#"{"type": "Microsoft.Compute/virtualMachines/extensions", "apiVersion": "2024-03-01", "name": "v/e", "location": "x",
        "properties": {"settings": {"adminPassword": "PrivateSettingsRef:adminPassword", "key": "[[parameters('key')]"}, "note": "[[parameters('other')]"}}"#;
    let folder = Folder::new("no_secret").with("main.json", format!("{HEAD}, \"resources\": [{resource}]}}"));
    let snapshot = folder.run(&["snapshot", "main.json"], &[]).stdout;
    let predicted: serde_json::Value = serde_json::from_str(&snapshot).unwrap();
    let properties = &predicted["predictedResources"][0]["properties"];
    assert_eq!(properties["settings"]["adminPassword"], "PrivateSettingsRef:adminPassword");
    assert_eq!(properties["note"], "[parameters('other')]");
    // What a text of JSON holds is taken out of it.
    let parameter = r#""p": {"type": "securestring", "defaultValue": "[{\"pw\": \"Zx81-hidden\"}]"}"#;
    let output = r#""o": {"type": "string", "value": "Zx81-hidden"}"#;
    let text = format!("{HEAD}, \"parameters\": {{{parameter}}}, \"resources\": [], \"outputs\": {{{output}}}}}");
    let folder = folder.with("json.json", text);
    assert!(!folder.run(&["snapshot", "json.json"], &[]).stdout.contains("Zx81"));
}
