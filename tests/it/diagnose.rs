//! `plimsoll diagnose`: every example of every diagnosis, what is unknown, and what is printed.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::Stdio;

use plimsoll::diagnose::spec::DiagnosisSpec;
use plimsoll::diagnose::{Findings, Knowledge, diagnose};
use plimsoll::engine::catalogue::Catalogue;

use crate::command::{Folder, HEAD, Ran};

/// All diagnosis files.
pub(crate) fn diagnosis_files() -> Vec<DiagnosisSpec> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules/diagnose");
    let files = walkdir::WalkDir::new(folder).min_depth(1).sort_by_file_name();
    files
        .into_iter()
        .map(|file| serde_saphyr::from_str(&fs::read_to_string(file.unwrap().path()).unwrap()).unwrap())
        .collect()
}

fn ids(findings: &Findings) -> Vec<&'static str> {
    findings.diagnoses.iter().map(|diagnosis| diagnosis.id).collect()
}

#[test]
fn every_example_draws_its_diagnosis_alone() {
    let mut problems = Vec::new();
    for spec in diagnosis_files() {
        assert!(spec.examples.len() > 1, "{} needs two spellings", spec.id);
        for example in &spec.examples {
            let found = diagnose(example);
            if ids(&found) != [&*spec.id] {
                problems.push(format!("{}: {:?} for {example}", spec.id, ids(&found)));
            }
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

/// What a CI system writes before each line.
const TIME: &str = "2026-11-20T10:00:00.1234567Z ";

/// An error that stays the same in other clothes.
#[test]
fn the_format_of_an_error_does_not_matter() {
    // A deployment that failed is more than a run that has not ended, or than an answer that only looks odd.
    let modest = ["run-still-running", "key-vault-uri-null", "principal-id-null"];
    for spec in diagnosis_files().iter().filter(|spec| !modest.contains(&&*spec.id)) {
        for example in &spec.examples {
            let quoted = serde_json::to_string(example.trim()).unwrap();
            for text in [
                format!(
                    "{{\"error\": {{\"code\": \"DeploymentFailed\", \"details\": [{{\"code\": \"Conflict\", \"message\": {quoted}}}]}}}}"
                ),
                format!("ERROR: {{\"status\":\"Failed\",\"error\":{{\"message\":{quoted}}}}}\n"),
                format!("{TIME}{}", example.trim().replace('\n', &format!("\r\n{TIME}"))),
                example.to_uppercase().replace("\\R", "\\r").replace("\\N", "\\n"),
            ] {
                let found = diagnose(&text);
                assert_eq!(ids(&found).first(), Some(&&*spec.id), "{text}");
            }
        }
    }
}

#[test]
fn the_first_cause_fits_the_words() {
    for (text, first, rule) in [
        ("Signature not valid in the specified time frame", "the SAS token is expired", "acr-transfer-sas-expired"),
        (
            "AuthenticationFailed: sp is mandatory, says storage",
            "the letters of `sp`",
            "acr-transfer-sas-permission-order",
        ),
        ("AuthorizationSourceIPMismatch", "`sip`", "acr-transfer-sas-ip-range"),
        ("AuthorizationResourceTypeMismatch", "`srt`", "acr-transfer-sas-resource-types"),
        ("AuthorizationServiceMismatch", "`ss`", "acr-transfer-sas-services"),
        ("AuthorizationProtocolMismatch", "`spr`", "acr-transfer-sas-https-only"),
        ("AuthorizationPermissionMismatch", "mode `ManagedIdentity`", "acr-transfer-storage-role-missing"),
        ("AuthorizationPermissionMismatch ?sv=2024&sp=r", "mode `SasToken`", "acr-transfer-sas-permissions"),
        (
            "exportPipelines: unknown property 'storageAccessMode'",
            "`storageAccessMode` needs",
            "acr-transfer-access-mode-api-version",
        ),
    ] {
        let found = diagnose(text);
        let cause = &found.diagnoses[0].causes[0];
        assert!(cause.text.starts_with(first), "{text}: {}", cause.text);
        assert_eq!(cause.rules.first(), Some(&rule), "{text}");
    }
}

#[test]
fn several_errors_draw_several_diagnoses() {
    let text = r#"{"error": {"code": "DeploymentFailed", "details": [
        {"code": "Forbidden", "message": "Failed to access key vault. Status: 403"},
        {"code": "Conflict", "message": "{\"error\": {\"code\": \"ContainerNotFound\"}}"}]}}"#;
    assert_eq!(ids(&diagnose(text)), ["vault-forbidden", "container-not-found"]);
    let log = "2026/11/20 10:00:00 ERR: 403 This request is not authorized to perform this operation.\n\
               2026/11/20 10:00:01 ERR: 403 This request is not authorized to perform this operation using this permission.\n";
    assert_eq!(ids(&diagnose(log)), ["storage-authorization-failure", "storage-permission-mismatch"]);
}

#[test]
fn what_is_not_ours_is_unknown() {
    for text in [
        "fatal: not a git repository (or any of the parent directories): .git",
        "error: failed to push some refs to 'github.com:a/b.git'\nhint: Updates were rejected",
        "remote: Permission to a/b.git denied to joe.\nfatal: unable to access 'https://github.com/a/b/': The requested URL returned error: 403",
        "npm ERR! code E404\nnpm ERR! 404 Not Found - GET https://registry.npmjs.org/left-pad - Not found",
        "npm ERR! 403 403 Forbidden - PUT https://registry.npmjs.org/x",
        "error[E0308]: mismatched types\n --> src/main.rs:2:5\n  |\n2 |     \"a\"\n  |     ^^^ expected `()`, found `&str`",
        "error: failed to parse manifest at `/x/Cargo.toml`",
        "ERROR: AADSTS50076: Due to a configuration change made by your administrator, you must use multi-factor authentication.",
        "ERROR: Please run 'az login' to setup account.",
        "ERROR: (AuthenticationFailed) Authentication failed. The 'Authorization' header is missing.",
        "ERROR: (ExpiredAuthenticationToken) The access token expiry UTC time '1' is earlier than current UTC time '2'.",
        "(AuthorizationFailed) The client 'joe' does not have authorization to perform action 'Microsoft.Compute/virtualMachines/write' over scope '/subscriptions/s' or the scope is invalid.",
        "(NoRegisteredProviderFound) No registered resource provider found for location 'westeurope' and API version '2001-01-01' for type 'Microsoft.Compute/virtualMachines'.",
        "(ResourceNotFound) The Resource 'Microsoft.Network/virtualNetworks/v' under resource group 'g' was not found.",
        "(ResourceGroupNotFound) Resource group 'g' could not be found.",
        "(SkuNotAvailable) The requested VM size for resource 'Standard_D2' is currently not available in location 'westeurope'.",
        "(Forbidden) The user, group or application 'appid=1' does not have secrets set permission on key vault 'kv'.",
        "Artifact not found for name: build-output",
        "ImportError: cannot import name 'x' from 'y'",
        "SyntaxError: Cannot use import statement outside a module",
        "TypeError: Cannot read properties of undefined (reading 'map')",
        "OperationalError: FATAL: password authentication failed for user \"joe\"",
        "thread 'main' panicked at src/main.rs:1:1:\nindex out of bounds",
        "{\"name\": \"left-pad\", \"version\": \"1.0.0\", \"dependencies\": {\"a\": \"^1\"}, \"status\": \"Failed\"}",
        "{\"a\": [1, 2, {\"b\": null}], \"message\": \"hello\"}",
        "{\"error\": {\"code\": \"Forbidden\", \"message\": \"no\"}}",
        "Pipeline run failed: Operation on target Copy data failed",
        "{\"properties\": {\"provisioningState\": \"Succeeded\", \"response\": {\"status\": \"Succeeded\", \"pipelineRunErrorMessage\": null}}, \"type\": \"Microsoft.ContainerRegistry/registries/pipelineRuns\"}",
        "\"pipelineRunErrorMessage\": null,",
        "{\"target\": {\"keyVaultUri\": null, \"storageAccessMode\": \"SasToken\"}, \"type\": \"Microsoft.ContainerRegistry/registries/exportPipelines\"}",
        "{\"identity\": {\"principalId\": null, \"type\": \"systemAssigned\"}, \"type\": \"Microsoft.ContainerRegistry/registries/exportPipelines\"}",
        "{\"identity\": {\"principalId\": null, \"type\": \"UserAssigned\", \"userAssignedIdentities\": {\"i\": {\"clientId\": \"c\"}}}, \"type\": \"Microsoft.Compute/virtualMachines\"}",
        "{\"policies\": {\"exportPolicy\": null, \"quarantinePolicy\": {\"status\": \"disabled\"}}}",
        "ERROR: keyVaultUri must not be null",
        "NullPointerException: identity tenantId is null",
        "TypeError: blob was not created",
        "terraform import is still running",
        "pipelinerun.tekton.dev/build is still running",
        "failed to resolve reference \"mcr.microsoft.com/dotnet/sdk:0\": not found",
        "WARNING: The behavior of this command will change in next breaking change release(2.86.0) scheduled for May 2026",
        "(NoRegisteredProviderFound) No registered resource provider found for location 'westeurope' and API version '2001-01-01' for type 'workspaces'.",
        "(Forbidden) Caller is not authorized to perform action on resource of the key vault. Action: 'Microsoft.KeyVault/vaults/keys/sign/action'",
        "(SkuNotAvailable) The requested size is not available. This feature requires Premium tier subscription.",
        "googleapi: Error 403: Access denied to storage bucket gs://builds, forbidden",
        "the export run of the SQL database has not completed after 3 hours",
        "WARNING: breaking changes in the next release: tekton pipeline-run start is renamed",
        "System.ArgumentNullException: keyVaultUri is null",
        "{\"identity\": {\"principalId\": null, \"type\": \"UserAssigned\", \"userAssignedIdentities\": {\"i\": {}}}, \"type\": \"Microsoft.ContainerRegistry/registries\"}",
        "docker export failed: no blob was written",
        "git lfs import: the blob was not removed",
        "docker push: the 12 GB image failed: no space left on device",
        "failed to solve: failed to resolve source metadata for mcr.microsoft.com/dotnet/sdk:8.0: dial tcp: lookup mcr.microsoft.com: no such host",
        "lorem ipsum",
    ] {
        let found = diagnose(text);
        assert!(found.diagnoses.is_empty(), "{:?} for {text}", ids(&found));
    }
}

#[test]
fn only_rules_that_are_there_are_named() {
    let specs = diagnosis_files();
    let named: BTreeSet<&str> =
        specs.iter().flat_map(|spec| &spec.causes).flat_map(|cause| &cause.rules).map(String::as_str).collect();
    let catalogue = Catalogue::built_in();
    for rule in &named {
        assert!(catalogue.rule(rule).is_some(), "there is no rule `{rule}`");
    }
    for spec in &specs {
        for id in &spec.overrides {
            assert!(specs.iter().any(|other| other.id == *id), "{} overrides `{id}`, which is not there", spec.id);
        }
        for example in &spec.examples {
            let rules = diagnose(example).rules();
            assert!(rules.iter().all(|rule| catalogue.rule(rule).is_some()), "{rules:?}");
        }
    }
    assert_eq!(Knowledge::built_in().diagnoses().len(), specs.len());
}

/// Runs `plimsoll diagnose` on a standard input.
fn ran(folder: &Folder, arguments: &[&str], input: &[u8]) -> Ran {
    let mut command = folder.command(&[&["diagnose"], arguments].concat());
    let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = piped.spawn().unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    let output = child.wait_with_output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Ran { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
}

#[test]
fn an_error_is_read_from_a_file_or_from_standard_input() {
    let error = "ERROR CODE: AuthorizationPermissionMismatch\nCorrelation ID: 0b7e2c1d-1111-4a2b-8c3d-000000000001\n";
    let folder = Folder::new("diagnose_inputs").with("error.txt", error);
    let from_file = folder.run(&["diagnose", "error.txt"], &[]);
    assert_eq!(from_file.code, Some(0), "{from_file:?}");
    assert_eq!(from_file.stderr, "");
    assert!(from_file.stdout.starts_with("diagnosis[storage-permission-mismatch]: "), "{}", from_file.stdout);
    assert!(from_file.stdout.ends_with("\ncorrelation id for support: 0b7e2c1d-1111-4a2b-8c3d-000000000001\n"));
    assert_eq!(ran(&folder, &["-"], error.as_bytes()), from_file);
    assert_eq!(ran(&folder, &[], error.as_bytes()), from_file);

    let units =
        |bytes: fn(u16) -> [u8; 2]| format!("\u{feff}{error}").encode_utf16().flat_map(bytes).collect::<Vec<u8>>();
    assert_eq!(ran(&folder, &[], &units(u16::to_le_bytes)), from_file);
    assert_eq!(ran(&folder, &[], &units(u16::to_be_bytes)), from_file);
    assert_eq!(ran(&folder, &[], &[b"\xff\x00 ", error.as_bytes()].concat()).code, Some(0));
}

#[test]
fn what_cannot_be_diagnosed_is_said() {
    let folder = Folder::new("diagnose_unknown");
    let unknown = ran(&folder, &[], b"npm ERR! code E404");
    assert_eq!(unknown.code, Some(1));
    assert!(unknown.stdout.starts_with("plimsoll does not know this error"), "{}", unknown.stdout);
    assert!(unknown.stdout.contains("--query properties.correlationId"), "{}", unknown.stdout);
    assert_eq!(ran(&folder, &[], b" \n").code, Some(2));
    let missing = folder.run(&["diagnose", "nowhere.txt"], &[]);
    assert_eq!((missing.code, &*missing.stdout), (Some(2), ""));
    assert!(missing.stderr.contains("`nowhere.txt` cannot be read"), "{}", missing.stderr);
}

#[test]
fn the_project_is_checked_with_the_rules_that_find_the_causes() {
    let template = format!(
        "{HEAD}, \"resources\": [{{\"type\": \"Microsoft.ContainerRegistry/registries/exportPipelines\",
  \"apiVersion\": \"2025-11-01\", \"name\": \"r/not-allowed\", \"properties\": {{}}}}]}}"
    );
    let folder = Folder::new("diagnose_project").with("infra/main.json", template);
    let error = b"NoRegisteredProviderFound";
    let arguments = ["--project", "infra", "--now", "2026-11-23"];
    let text = ran(&folder, &arguments, error);
    assert_eq!(text.code, Some(0), "{text:?}");
    let line = "infra/main.json:2:17: error[acr-transfer-api-version] ";
    assert!(
        text.stdout.contains("in the project, of these rules: 1 error in 1 file (1 resource)\n"),
        "{}",
        text.stdout
    );
    assert!(text.stdout.contains(line), "{}", text.stdout);
    assert!(!text.stdout.contains("resource-name"), "{}", text.stdout);

    let json = ran(&folder, &[&arguments[..], &["--format", "json"]].concat(), error);
    let json: serde_json::Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!(json["known"], true);
    assert_eq!(json["diagnoses"][0]["id"], "api-version");
    assert_eq!(json["diagnoses"][0]["causes"][0]["rules"][0], "acr-transfer-api-version");
    assert_eq!(json["project"]["diagnostics"][0]["rule"], "acr-transfer-api-version");
    assert_eq!(json["project"]["diagnostics"].as_array().unwrap().len(), 1);

    assert_eq!(ran(&folder, &["--project", "nowhere"], error).code, Some(2));
    let unknown = ran(&folder, &["--project", "infra"], b"lorem ipsum");
    assert!(unknown.stdout.contains("in the project: there is no rule to run"), "{}", unknown.stdout);
}

#[test]
fn signatures_keys_and_tokens_are_hidden() {
    // No secrets of anyone; assembled here so that no scanner takes this file for a leak.
    let signature = format!("{}%2B{}%3D", "Zq3".repeat(9), "x7".repeat(7));
    let key = format!("{}==", "Kq7+z/Y2".repeat(11).split_at(86).0);
    let token = format!("eyJ{}.eyJ{}.{}", "hbGciOiJ".repeat(3), "zdWIiOiI".repeat(3), "Sg-_9xYz".repeat(4));
    let folder = Folder::new("diagnose_secrets");
    let secrets = [&signature, &key, &token];
    for text in [
        format!(
            "pipelineRunErrorMessage: GET https://a.example/c?sv=2024&sig={signature} AccountKey={key} Bearer {token}"
        ),
        format!("{{\"pipelineRunErrorMessage\": \"x?sv=2024\\u0026sig={signature} {key} {{}} {token}\"}}"),
        format!("a secret with (name/id) sig={signature} {key} {token} was not found"),
        format!("the trigger ?sig={signature} {token} is never fired; artifact {key} not found in registry"),
    ] {
        for format in ["text", "json"] {
            let ran = ran(&folder, &["--format", format], text.as_bytes());
            assert_eq!(ran.code, Some(0), "{}", ran.stdout);
            for (at, secret) in secrets.iter().enumerate() {
                let part = secret.get(..12).unwrap();
                assert!(!ran.stdout.contains(part), "secret {at} is shown as {format}");
            }
            assert!(ran.stdout.contains("***"), "nothing is masked");
        }
    }
    let raw = ran(&folder, &[], "a secret with (name/id) \u{1b}]0;x\u{7}\u{202e} was not found".as_bytes());
    assert!(
        raw.stdout.contains("\\u{202e}") && !raw.stdout.contains(['\u{1b}', '\u{7}', '\u{202e}']),
        "{}",
        raw.stdout
    );
}

#[test]
fn the_help_says_what_the_exit_codes_mean() {
    let help = Folder::new("diagnose_help").run(&["diagnose", "--help"], &[]);
    assert_eq!(help.code, Some(0));
    for part in [
        "[FILE]",
        "--project <PATH>",
        "0  the error is known\n  1  it is not\n  2  the input cannot be read or is empty",
    ] {
        assert!(help.stdout.contains(part), "{part}: {}", help.stdout);
    }
}
