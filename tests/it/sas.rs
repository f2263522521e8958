//! All rules about SAS at once: each mistake gives one finding, and none shows a signature.

use plimsoll::lint::{Input, Settings, lint};

use crate::command::{HEAD, PARAMETERS_HEAD};

/// Made for the tests.
fn signature() -> String {
    ["q7RtZ0vXc2LpWm4NsYb9", "KdHf3GjUe8TiOaQx1PzCwEk"].concat()
}

/// What the rules about SAS find in files: the rule, without the prefix of all, and the text that it points at.
fn found(files: &[(&str, String)]) -> Vec<(String, String)> {
    let inputs =
        files.iter().map(|(path, text)| Input { path: (*path).to_owned(), text: Ok(text.clone()), explicit: true });
    let settings = Settings::at(crate::examples::NOW.parse().unwrap());
    let outcome = lint(inputs.collect(), &settings, &|_: &str| None);
    let prefix = "acr-transfer-sas-";
    let sas = outcome.diagnostics.iter().filter(|diagnostic| diagnostic.rule.starts_with(prefix));
    for diagnostic in sas.clone() {
        let shown = format!("{diagnostic:?}");
        assert!(!shown.contains(&signature()[..12]), "{} shows a signature", diagnostic.rule);
    }
    sas.map(|diagnostic| {
        let text = outcome.sources.text(diagnostic.primary.span);
        let text = if text.contains(&signature()) { "(signature)" } else { text };
        (diagnostic.rule[prefix.len()..].to_owned(), text.to_owned())
    })
    .collect()
}

fn expected(findings: &[(&str, &str)]) -> Vec<(String, String)> {
    findings.iter().map(|(rule, text)| ((*rule).to_owned(), (*text).to_owned())).collect()
}

/// An export pipeline and the secret with its SAS, whose value is `value`.
fn template(parts: &str, value: &str) -> String {
    format!(
        r#"{HEAD}, {parts}, "resources": [
  {{
    "type": "Microsoft.ContainerRegistry/registries/exportPipelines",
    "apiVersion": "2025-06-01-preview",
    "name": "contoso/exportPipe",
    "identity": {{"type": "SystemAssigned"}},
    "properties": {{
      "target": {{
        "type": "AzureStorageBlobContainer",
        "uri": "https://contoso.blob.core.windows.net/transfer",
        "storageAccessMode": "SasToken",
        "keyVaultUri": "https://vault01.vault.azure.net/secrets/token"
      }}
    }}
  }},
  {{
    "type": "Microsoft.KeyVault/vaults/secrets",
    "apiVersion": "2023-07-01",
    "name": "vault01/token",
    "properties": {{"value": "{value}"}}
  }}
]}}"#
    )
}

fn account_call(arguments: &str) -> String {
    let parts = format!(r#""variables": {{"sas": {arguments}}}"#);
    let id = "resourceId('Microsoft.Storage/storageAccounts', 'contoso')";
    template(&parts, &format!("[concat('?', listAccountSas({id}, '2023-01-01', variables('sas')).accountSasToken)]"))
}

#[test]
fn each_mistake_in_the_arguments_is_reported_once() {
    let text = account_call(
        r#"{"signedServices": "q", "signedResourceTypes": "o", "signedPermission": "rl",
            "signedStart": "2026-12-01", "signedExpiry": "2026-12-10", "signedIp": "10.0.0.1"}"#,
    );
    let mistakes = [
        ("https-only", "\"sas\""),
        ("services", "\"q\""),
        ("resource-types", "\"o\""),
        ("permissions", "\"rl\""),
        ("not-yet-valid", "\"2026-12-01\""),
        ("expires-soon", "\"2026-12-10\""),
        ("ip-range", "\"10.0.0.1\""),
    ];
    assert_eq!(found(&[("main.json", text)]), expected(&mistakes));
}

#[test]
fn words_for_letters_are_one_mistake() {
    let text = account_call(
        r#"{"signedServices": "b", "signedResourceTypes": "service,container,object", "signedPermission": "Read,Write",
            "signedExpirey": "2027-12-10", "signedProtocol": "https"}"#,
    );
    let mistakes = [
        ("arguments", "\"service,container,object\""),
        ("arguments", "\"Read,Write\""),
        ("arguments", "\"signedExpirey\""),
    ];
    assert_eq!(found(&[("main.json", text)]), expected(&mistakes));
}

#[test]
fn each_mistake_in_a_token_of_a_parameter_file_is_reported_once_and_there() {
    let main = template(r#""parameters": {"token": {"type": "securestring"}}"#, "[parameters('token')]");
    let token = format!("?sv=2022-11-02&sr=b&sp=lr&se=2026-10-01T00%3A00%3A00Z&sig={}%3D", signature());
    let parameters = format!(r#"{PARAMETERS_HEAD}, "parameters": {{"token": {{"value": "{token}"}}}}}}"#);
    let mistakes = [
        ("https-only", "(signature)"),
        ("resource", "b"),
        ("permission-order", "lr"),
        ("permissions", "lr"),
        ("expired", "2026-10-01T00%3A00%3A00Z"),
        ("in-source", "(signature)"),
    ];
    assert_eq!(found(&[("main.json", main), ("main.parameters.json", parameters)]), expected(&mistakes));
}

#[test]
fn a_sound_sas_gives_no_finding() {
    let text = account_call(
        r#"{"signedServices": "b", "signedResourceTypes": "sco", "signedPermission": "rwla",
            "signedExpiry": "2027-12-10", "signedProtocol": "https"}"#,
    );
    assert_eq!(found(&[("main.json", text)]), []);
}
