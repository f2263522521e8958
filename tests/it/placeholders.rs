//! What another tool fills in before the deployment is not judged by its letters; what stands around it is.

use crate::command::{Folder, HEAD, PARAMETERS_HEAD};

const PARAMETERS: [&str; 5] = ["registry", "pipe", "uri", "secret", "mode"];

/// A template whose parameters are all judged by some rule.
fn template() -> String {
    let declared: Vec<String> = PARAMETERS.iter().map(|name| format!("param {name} string\n")).collect();
    format!(
        "{}resource exporter 'Microsoft.ContainerRegistry/registries/exportPipelines@2025-06-01-preview' = {{\n\
         \x20 name: '${{registry}}/${{pipe}}'\n  identity: {{ type: 'SystemAssigned' }}\n  properties: {{\n\
         \x20   target: {{ type: 'AzureStorageBlobContainer', uri: uri, keyVaultUri: secret, storageAccessMode: mode }}\n\
         \x20   options: [ 'OverwriteBlobs' ]\n  }}\n}}\n",
        declared.concat()
    )
}

/// A parameter file that gives each parameter the value that `value` makes of its name, one in each line.
fn parameter_file(value: impl Fn(&str) -> String) -> String {
    let given: Vec<String> =
        PARAMETERS.iter().map(|name| format!("\"{name}\": {{\"value\": \"{}\"}}", value(name))).collect();
    format!("{PARAMETERS_HEAD}, \"parameters\": {{\n{}}}}}\n", given.join(",\n"))
}

#[test]
fn no_spelling_of_a_placeholder_is_judged_in_a_parameter_file() {
    let spellings = [
        "${X}",
        "#{X}#",
        "#{X}",
        "__X__",
        "$(X)",
        "{{X}}",
        "{{ X }}",
        "<X>",
        "<the X>",
        "%X%",
        "${{ vars.X }}",
        "{X}",
        "[[X]]",
        "@@X@@",
        "~X~",
        "$X",
        "GEN-UNIQUE",
        "REPLACE_ME",
        "REPLACE_WITH_X",
        "changeme",
        "your-X",
        "TODO",
        "xxxx",
    ];
    for spelling in spellings {
        let file = parameter_file(|name| spelling.replace('X', &name.to_uppercase()));
        let folder = Folder::new("placeholders").with("main.bicep", template()).with("main.parameters.json", file);
        let ran = folder.check(&["--format", "concise"]);
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(0), ""), "{spelling}");
        let summary = folder.check(&[]).stdout;
        assert!(summary.contains("; 5 values filled in later; "), "{spelling}: {summary}");
    }
}

#[test]
fn what_stands_around_placeholders_is_judged() {
    let file = "using 'main.bicep'\n\
        param registry = '#{REGISTRY}#'\n\
        param pipe = '#{PREFIX}#-pipe'\n\
        param uri = 'https://#{ACCOUNT}#.blob.core.windows.net/#{CONTAINER}#/blob'\n\
        param secret = 'https://$(VAULT).vault.azure.net/keys/$(SECRET)'\n\
        param mode = '__MODE__'\n";
    let folder = Folder::new("placeholders_around").with("main.bicep", template()).with("main.bicepparam", file);
    let ran = folder.check(&["--format", "concise"]);
    let places: Vec<String> = ran.stdout.lines().map(|line| line.split(']').next().unwrap().to_owned()).collect();
    assert_eq!(
        places,
        [
            "main.bicepparam:3:25: error[acr-transfer-resource-name",
            "main.bicepparam:4:69: error[acr-transfer-container-uri",
            "main.bicepparam:5:33: error[acr-transfer-key-vault-uri-malformed",
        ],
        "{}",
        ran.stdout
    );
}

#[test]
fn the_default_of_a_placeholder_is_one_of_two_ways() {
    let file = parameter_file(|name| match name {
        "mode" => "${MODE=Sas}".to_owned(),
        "pipe" => "${PIPE=exportPipeline}".to_owned(),
        name => format!("${{{name}}}"),
    });
    let folder = Folder::new("placeholders_default").with("main.bicep", template()).with("main.parameters.json", file);
    let ran = folder.check(&["--format", "concise"]);
    let found: Vec<&str> = ran.stdout.lines().collect();
    let [only] = found.as_slice() else { panic!("{}", ran.stdout) };
    assert!(only.starts_with("main.parameters.json:6:27: error[acr-transfer-access-mode-invalid]"), "{only}");
    assert!(only.ends_with(" (when `MODE` is its default)"), "{only}");
}

#[test]
fn a_template_and_a_script_with_placeholders_are_not_judged_by_them() {
    let resource = "{\"type\": \"Microsoft.ContainerRegistry/registries/exportPipelines\", \
        \"apiVersion\": \"2025-06-01-preview\", \"name\": \"[concat('#{REGISTRY}#', '/', '__PIPE__')]\", \
        \"identity\": {\"type\": \"SystemAssigned\"}, \"properties\": {\"target\": {\"type\": \
        \"AzureStorageBlobContainer\", \"uri\": \"https://<account>.blob.core.windows.net/<container>\", \
        \"storageAccessMode\": \"{{MODE}}\"}, \"options\": [\"#{OPTION}#\", \"OverwriteBlobs\"]}}";
    let script = "az acr pipeline-run create -g rg -r '#{REGISTRY}#' -p __PIPE__ -n \"<run>\" -t export -b '{{BLOB}}' \
        -a \"REPLACE_ME\" --force-redeploy\n";
    let folder = Folder::new("placeholders_elsewhere")
        .with("main.json", format!("{HEAD}, \"resources\": [{resource}]}}"))
        .with("run.sh", script);
    let ran = folder.check(&["--format", "concise"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(0), ""));
}

#[test]
fn a_template_that_fills_in_by_itself_knows_the_value() {
    let main = "param registry string\nvar text = '__REGISTRY__/{{PIPE}}'\n\
        resource exporter 'Microsoft.ContainerRegistry/registries/exportPipelines@2025-06-01-preview' = {\n\
        \x20 name: replace(replace(text, '__REGISTRY__', 'contoso'), '{{PIPE}}', 'my-pipe')\n\
        \x20 identity: { type: 'SystemAssigned' }\n  properties: { target: { type: 'AzureStorageBlobContainer' } }\n}\n";
    let folder = Folder::new("placeholders_replaced").with("main.bicep", main);
    let ran = folder.check(&["--format", "concise", "--select", "acr-transfer-resource-name"]);
    assert!(ran.stdout.starts_with("main.bicep:4:"), "{}", ran.stdout);
}
