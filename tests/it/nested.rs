//! Templates that other templates deploy: wherever they are written, they are looked into, and what is not in view may
//! deploy anything.

use plimsoll::lint::{Input, Load, Settings, lint};

use crate::examples::NOW;

/// The findings of `rules` in `files`, each as the path, the text that it points at, and the message.
fn findings(files: &[(&str, &str)], rules: &[&str]) -> Vec<String> {
    findings_with(files, rules, &|_: &str| None)
}

fn findings_with(files: &[(&str, &str)], rules: &[&str], load: &dyn Load) -> Vec<String> {
    let input =
        |(path, text): &(&str, &str)| Input { path: (*path).to_owned(), text: Ok((*text).to_owned()), explicit: false };
    let mut settings = Settings::at(NOW.parse().unwrap());
    settings.select = rules.iter().map(|&rule| rule.to_owned()).collect();
    let outcome = lint(files.iter().map(input).collect(), &settings, load);
    let shown = |finding: &plimsoll::diagnostic::Diagnostic| {
        let span = finding.primary.span;
        let path = outcome.sources.file(span.file).path();
        let witness = finding.witness.as_ref().map_or_else(String::new, |witness| format!(" {witness}"));
        format!("{path} {}: {}{witness}", outcome.sources.text(span), finding.message)
    };
    outcome.diagnostics.iter().map(shown).collect()
}

/// An ARM template.
fn arm(parts: &str) -> String {
    format!(
        r#"{{ "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#", "contentVersion": "1.0.0.0", {parts} }}"#
    )
}

/// A template with one pipeline, whose name is `name`.
fn pipeline(more: &str, name: &str) -> String {
    arm(&format!(
        r#"{more} "resources": [ {{ "type": "Microsoft.ContainerRegistry/registries/exportPipelines",
           "apiVersion": "2025-06-01-preview", "name": "{name}" }} ]"#
    ))
}

/// A template that deploys another with these properties.
fn deploying(parts: &str, properties: &str) -> String {
    arm(&format!(
        r#"{parts} "resources": [ {{ "type": "Microsoft.Resources/deployments", "apiVersion": "2024-03-01",
           "name": "inner", "properties": {{ "mode": "Incremental", {properties} }} }} ]"#
    ))
}

const NAME: [&str; 1] = ["acr-transfer-resource-name"];

const WRONG: &str = "the pipeline name `no-hyphen` must be 5 to 50 letters and digits";

#[test]
fn a_template_in_a_variable_is_deployed() {
    let inner = pipeline("", "fabrikam/no-hyphen");
    let plain = deploying(&format!(r#""variables": {{ "inner": {inner} }},"#), r#""template": "[variables('inner')]""#);
    let part = deploying(
        &format!(r#""variables": {{ "all": {{ "one": {inner} }} }},"#),
        r#""template": "[variables('all').one]""#,
    );
    for text in [plain, part] {
        let expected = format!("a.json \"fabrikam/no-hyphen\": {WRONG}");
        assert_eq!(findings(&[("a.json", &text)], &NAME), [expected], "{text}");
    }
}

#[test]
fn templates_in_variables_that_deploy_each_other_end() {
    let deploys = |name: &str| deploying("", &format!(r#""template": "[variables('{name}')]""#));
    let mut variables: Vec<String> = (0..20)
        .map(|at| {
            let next = deploys(&format!("v{}", at + 1));
            let twice = next.replacen("\"resources\": [", &format!("\"resources\": [ {},", resource(&next)), 1);
            format!(r#""v{at}": {twice}"#)
        })
        .collect();
    variables.push(format!(r#""v20": {}"#, deploys("v0")));
    let parts = format!(r#""variables": {{ {} }},"#, variables.join(", "));
    let text = deploying(&parts, r#""template": "[variables('v0')]""#);
    assert_eq!(findings(&[("a.json", &text)], &NAME), Vec::<String>::new());
}

/// The only resource of a template, as text.
fn resource(template: &str) -> &str {
    let start = template.find("\"resources\": [").unwrap() + "\"resources\": [".len();
    &template[start..template.rfind(']').unwrap()]
}

#[test]
fn bicep_deploys_what_it_spells_out_or_loads() {
    let wrong = pipeline("", "fabrikam/no-hyphen");
    let given =
        pipeline(r#""parameters": { "pipe": { "type": "string" } },"#, "[concat('fabrikam/', parameters('pipe'))]");
    let literal = "{\n resources: [\n { type: 'Microsoft.ContainerRegistry/registries/exportPipelines'\n \
                   apiVersion: '2025-06-01-preview'\n name: 'fabrikam/no-hyphen' } ] }";
    for (declared, template, expected) in [
        ("", literal, format!("a.bicep 'fabrikam/no-hyphen': {WRONG}")),
        (&*format!("var inner = {literal}"), "inner", format!("a.bicep 'fabrikam/no-hyphen': {WRONG}")),
        ("", "loadJsonContent('b/inner.json')", format!("b/inner.json \"fabrikam/no-hyphen\": {WRONG}")),
        (
            "var inner = loadJsonContent('b/inner.json')",
            "inner",
            format!("b/inner.json \"fabrikam/no-hyphen\": {WRONG}"),
        ),
        ("", "json(loadTextContent('b/inner.json'))", format!("b/inner.json \"fabrikam/no-hyphen\": {WRONG}")),
        ("", "loadJsonContent('b/given.json')", format!("a.bicep 'no-hyphen': {WRONG}")),
    ] {
        for ty in ["deployments", "deploymentStacks"] {
            let text = format!(
                "{declared}\nresource d 'Microsoft.Resources/{ty}@2024-03-01' = {{\n name: 'inner'\n properties: {{\n \
                 template: {template}\n parameters: {{ pipe: {{ value: 'no-hyphen' }} }} }} }}\n"
            );
            let load = |path: &str| match path {
                "b/inner.json" => Some(Ok(wrong.clone().into_bytes())),
                "b/given.json" => Some(Ok(given.clone().into_bytes())),
                _ => None,
            };
            let found = findings_with(&[("a.bicep", &text)], &NAME, &load);
            assert_eq!(found, std::slice::from_ref(&expected), "{text}");
        }
    }
}

#[test]
fn a_link_by_the_uri_of_the_template_leads_to_the_file_beside_it() {
    let inner =
        pipeline(r#""parameters": { "pipe": { "type": "string" } },"#, "[concat('fabrikam/', parameters('pipe'))]");
    let parameters = r#""parameters": {
        "_artifactsLocation": { "type": "string", "defaultValue": "[deployment().properties.templateLink.uri]" },
        "_artifactsLocationSasToken": { "type": "securestring", "defaultValue": "" } },"#;
    for (uri, is_local) in [
        ("[uri(deployment().properties.templateLink.uri, 'linked/inner.json')]", true),
        (
            "[concat(parameters('_artifactsLocation'), '/linked/inner.json', parameters('_artifactsLocationSasToken'))]",
            true,
        ),
        ("https://example.com/linked/inner.json", false),
        // There is no such file: it may lie beside the template where that is published.
        ("[uri(parameters('_artifactsLocation'), 'linked/other.json')]", false),
    ] {
        let given = r#""parameters": { "pipe": { "value": "no-hyphen" } }"#;
        let text = deploying(parameters, &format!(r#""templateLink": {{ "uri": "{uri}" }}, {given}"#));
        let rules = ["acr-transfer-resource-name", "missing-linked-template"];
        let found = findings(&[("a.json", &text), ("linked/inner.json", &inner)], &rules);
        let expected = if is_local { vec![format!("a.json \"no-hyphen\": {WRONG}")] } else { Vec::new() };
        assert_eq!(found, expected, "{uri}");
    }
}

/// A pipeline that needs a role, and a deployment with these properties that may give it one.
fn needy(ty: &str, properties: &str) -> String {
    arm(&format!(
        r#""variables": {{ "role": {{ "one": 1 }} }}, "resources": [
        {{ "type": "Microsoft.Storage/storageAccounts", "apiVersion": "2024-01-01", "name": "fabrikamxfer", "location": "westeurope",
           "kind": "StorageV2", "sku": {{ "name": "Standard_LRS" }} }},
        {{ "type": "Microsoft.ContainerRegistry/registries/exportPipelines", "apiVersion": "2025-06-01-preview",
           "name": "fabrikam/exporter", "location": "westeurope", "identity": {{ "type": "SystemAssigned" }},
           "properties": {{ "target": {{ "type": "AzureStorageBlobContainer", "storageAccessMode": "ManagedIdentity",
             "uri": "https://fabrikamxfer.blob.core.windows.net/outbox" }} }} }},
        {{ "type": "Microsoft.Resources/{ty}", "apiVersion": "2024-03-01", "name": "grant",
           "properties": {{ "mode": "Incremental", {properties} }} }} ]"#
    ))
}

#[test]
fn a_deployment_that_is_not_in_view_may_give_any_role() {
    let rules = ["acr-transfer-storage-role-missing"];
    for ty in ["deployments", "deploymentStacks"] {
        for properties in [
            r#""template": "[parameters('anything')]""#,
            r#""template": "[json(variables('text'))]""#,
            r#""templateLink": { "uri": "https://example.com/grant.json" }"#,
            r#""templateLink": { "id": "/subscriptions/s/resourceGroups/g/providers/Microsoft.Resources/templateSpecs/t/versions/1" }"#,
        ] {
            let text = needy(ty, properties);
            assert_eq!(findings(&[("a.json", &text)], &rules), Vec::<String>::new(), "{ty} {properties}");
        }
        let text = needy(ty, r#""template": { "resources": [] }"#);
        assert_eq!(findings(&[("a.json", &text)], &rules).len(), 1, "{ty}");
    }
}

#[test]
fn what_a_template_passes_on_is_evaluated_where_it_is_deployed() {
    let nested = |options: &str, name: &str| {
        let inner = pipeline(r#""variables": { "pipe": "no-hyphen", "good": "exporter" },"#, name);
        deploying(r#""variables": { "pipe": "goodOne" },"#, &format!(r#"{options} "template": {inner}"#))
    };
    for (name, expected) in [
        ("[[concat('fabrikam/', variables('good'))]", vec![]),
        ("[[concat('fabrikam/', variables('pipe'))]", vec![format!("a.json \"no-hyphen\": {WRONG}")]),
        ("[concat('fabrikam/', variables('pipe'))]", vec![]),
        ("[[concat('fabrikam/', parameters('nothing'))]", vec![]),
    ] {
        assert_eq!(findings(&[("a.json", &nested("", name))], &NAME), expected, "{name}");
    }
    // Where the nested template is evaluated once, the name is what it says.
    let inner = nested(r#""expressionEvaluationOptions": { "scope": "inner" },"#, "[[fabrikam/good]");
    assert_eq!(findings(&[("a.json", &inner)], &NAME).len(), 1);
}

/// A module with a pipeline of this name, whose registry is a parameter.
fn module(name: &str) -> String {
    format!(
        "param registry string\n\nresource acr 'Microsoft.ContainerRegistry/registries@2025-04-01' existing = {{ name: registry }}\n\n\
         resource pipe 'Microsoft.ContainerRegistry/registries/exportPipelines@2025-06-01-preview' = {{\n  parent: acr\n  \
         name: '{name}'\n}}\n"
    )
}

#[test]
fn what_an_empty_parameter_switches_off_is_looked_at() {
    let wrong = [format!("m.bicep 'no-hyphen': {WRONG}")];
    for (declared, condition) in [
        ("param other string = ''", "!empty(other)"),
        ("param other string?", "other != null"),
        ("param other array = []\nvar asked = length(other) > 0", "asked"),
        ("param other string = ''", "other == 'yes'"),
        // Nobody can make it true: the module is looked at by itself.
        ("param other string = ''", "false"),
    ] {
        let main = format!(
            "{declared}\nmodule m 'm.bicep' = if ({condition}) {{\n  name: 'm'\n  params: {{ registry: 'fabrikam' }}\n}}\n"
        );
        let found = findings(&[("main.bicep", &main), ("m.bicep", &module("no-hyphen"))], &NAME);
        assert_eq!(found, wrong, "{main}");
    }
    // What is there only as long as it is empty is not there otherwise.
    let main = "param other string = ''\nmodule m 'm.bicep' = if (empty(other)) {\n  name: 'm'\n  params: { registry: other }\n}\n";
    let found = findings(&[("main.bicep", main), ("m.bicep", &module("no-hyphen"))], &NAME);
    assert_eq!(found, wrong);
}

#[test]
fn a_parameter_file_decides_what_is_switched_on() {
    let main = "param other string = ''\nmodule m 'm.bicep' = if (!empty(other)) {\n  name: 'm'\n  params: { registry: other }\n}\n";
    let nested = module("goodOne").replace("'goodOne'", "'p${length(registry)}-x'");
    let file = |value: &str| format!("using 'main.bicep'\nparam other = '{value}'\n");
    let names = ["main.bicep", "m.bicep", "main.bicepparam"];
    for (value, expected) in [("fabrikam", "p8-x"), ("contoso", "p7-x")] {
        let file = file(value);
        let found = findings(&[(names[0], main), (names[1], &nested), (names[2], &file)], &NAME);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].contains(&format!("`{expected}`")), "{found:?}");
    }
    // With nothing given, the module is looked at by itself, and nobody knows its name.
    let file = file("");
    let found = findings(&[(names[0], main), (names[1], &nested), (names[2], &file)], &NAME);
    assert_eq!(found.len(), 1, "{found:?}");
}

#[test]
fn an_array_that_a_module_is_given_switches_it_on() {
    let main =
        "param other string = ''\nmodule m 'm.bicep' = { name: 'm', params: { registry: 'fabrikam', inner: other } }\n";
    let main = main.replace(", params", "\n params").replace("', inner", "'\n inner");
    let nested = module("no-hyphen").replace("= {\n  parent", "= if (!empty(inner)) {\n  parent");
    let nested = format!("param inner string\n{nested}");
    let found = findings(&[("main.bicep", &main), ("m.bicep", &nested)], &NAME);
    assert_eq!(found, [format!("m.bicep 'no-hyphen': {WRONG}")]);
}

#[test]
fn an_output_is_wrong_where_it_is_used() {
    let identity = "param name string\nresource id 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {\n  name: name\n  \
                    location: 'westeurope'\n}\noutput id string = id.id\noutput client string = id.properties.clientId\n";
    let main = "module me 'identity.bicep' = {\n  name: 'me'\n  params: { name: 'me' }\n}\n\
        resource acr 'Microsoft.ContainerRegistry/registries@2025-04-01' existing = { name: 'fabrikam' }\n\
        resource pipe 'Microsoft.ContainerRegistry/registries/exportPipelines@2025-06-01-preview' = {\n  parent: acr\n  \
        name: 'exporter'\n  identity: {\n    type: 'UserAssigned'\n    userAssignedIdentities: { '${me.outputs.id}': {} }\n  }\n  \
        properties: { target: {\n    type: 'AzureStorageBlobContainer'\n    uri: 'https://fabrikamxfer.blob.core.windows.net/outbox'\n    \
        storageAccessMode: 'ManagedIdentity'\n  } }\n}\n\
        resource account 'Microsoft.Storage/storageAccounts@2024-01-01' existing = { name: 'fabrikamxfer' }\n\
        resource role 'Microsoft.Authorization/roleAssignments@2022-04-01' = {\n  name: guid(account.id)\n  scope: account\n  \
        properties: {\n    principalId: me.outputs.client\n    roleDefinitionId: subscriptionResourceId(\
        'Microsoft.Authorization/roleDefinitions', 'ba92f5b4-2d11-453d-a403-e96b0029c9fe')\n  }\n}\n";
    let rules = ["acr-transfer-grant-to-wrong-principal"];
    let found = findings(&[("main.bicep", main), ("identity.bicep", identity)], &rules);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].starts_with("main.bicep me.outputs.client: "), "{found:?}");
}

#[test]
fn an_expression_is_no_longer_than_the_service_reads() {
    let text = |length: usize| {
        let filling = "x".repeat(length - "[concat('')]".len());
        arm(&format!(
            r#""resources": [], "outputs": {{ "o": {{ "type": "string", "value": "[concat('{filling}')]" }} }}"#
        ))
    };
    let rules = ["expression-syntax"];
    assert_eq!(findings(&[("a.json", &text(24_576))], &rules), Vec::<String>::new());
    assert_eq!(findings(&[("a.json", &text(24_577))], &rules).len(), 1);
}

#[test]
fn a_text_that_is_read_as_json_stays_written_where_it_is() {
    let secret = r#""resources": [
        { "type": "Microsoft.KeyVault/vaults/secrets", "apiVersion": "2026-02-01", "name": "fabrikamkv/acrexportsas",
          "properties": { "value": "[listAccountSas(resourceId('Microsoft.Storage/storageAccounts', parameters('account')), '2024-01-01',
            json(concat('{\"signedServices\":\"b\",\"signedResourceTypes\":\"sco\",\"signedProtocol\":\"https\",\"signedPermission\":\"', parameters('letters'), '\",\"signedExpiry\":\"', parameters('end'), '\"}'))).accountSasToken]" } } ]"#;
    let secret = secret.replace("\n            json(", " json(");
    for end in ["\"type\": \"string\", \"defaultValue\": \"2027-10-01T00:00:00Z\"", "\"type\": \"string\""] {
        let parameters = format!(
            r#""parameters": {{ "account": {{ "type": "string" }}, "end": {{ {end} }},
               "letters": {{ "type": "string", "defaultValue": "rla" }} }},"#
        );
        let text = arm(&format!("{parameters} {secret}"));
        let found = findings(&[("a.json", &text)], &["acr-transfer-sas-permissions"]);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].starts_with("a.json \"rla\": "), "{found:?}");
    }
}
