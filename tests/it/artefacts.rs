//! JSON files that are no templates: which are recognised among others, and what is said about them together.

use plimsoll::artefact::may_be_artefact;
use plimsoll::lint::{Input, Omission, Outcome, Settings, lint};

use crate::command::Folder;
use crate::examples::NOW;

fn outcome(files: &[(&str, &str)], explicit: bool) -> Outcome {
    let inputs =
        files.iter().map(|(path, text)| Input { path: (*path).to_owned(), text: Ok((*text).to_owned()), explicit });
    lint(inputs.collect(), &Settings::at(NOW.parse().unwrap()), &|_: &str| None)
}

/// What is found in files of a folder: severity, rule without its prefix, line.
fn found(files: &[(&str, &str)]) -> Vec<String> {
    let outcome = outcome(files, false);
    let line = |span| outcome.sources.position(span).line;
    let shown = outcome.diagnostics.iter().map(|diagnostic| {
        let rule = diagnostic.rule.strip_prefix("acr-transfer-").unwrap_or(&diagnostic.rule);
        format!("{} {rule} {}", diagnostic.severity, line(diagnostic.primary.span))
    });
    shown.collect()
}

/// JSON of other kinds, some with words and parts of what is recognised.
const OTHERS: [(&str, &str); 20] = [
    ("package.json", r#"{"name": "left-pad", "version": "1.0.0", "scripts": {"pipeline": "x"}, "registries/": 1}"#),
    (
        "package-lock.json",
        r#"{"name": "a", "lockfileVersion": 3, "packages": {"": {"name": "a"}, "node_modules/b": {"version": "1.0.0", "resolved": "https://registry.npmjs.org/b", "integrity": "sha512-x"}}}"#,
    ),
    ("tsconfig.json", "{\n  // comment\n  \"compilerOptions\": {\"target\": \"es2022\",},\n}"),
    (
        "composer.lock.json",
        r#"{"content-hash": "abc", "packages": [{"name": "a", "dist": {"type": "zip"}}], "plugin-api-version": "2"}"#,
    ),
    (
        "schema.json",
        r#"{"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object", "properties": {"schemaVersion": {"const": 2}, "layers": {"type": "array", "items": {"properties": {"size": {"minimum": 9663676416}}}}, "metadata": {}, "lastModified": {}, "contentSettings": {}}}"#,
    ),
    (
        "image-config.json",
        r#"{"architecture": "amd64", "os": "linux", "config": {"Env": []}, "rootfs": {"type": "layers", "diff_ids": ["sha256:aa"]}, "history": []}"#,
    ),
    ("oci-layout.json", r#"{"imageLayoutVersion": "1.0.0"}"#),
    (
        "docker-save.json",
        r#"[{"Config": "aa.json", "RepoTags": ["app:1"], "Layers": ["aa/layer.tar"], "schemaVersion": 2, "layers": []}]"#,
    ),
    ("schema1.json", r#"{"schemaVersion": 1, "name": "app", "fsLayers": [{"blobSum": "sha256:aa"}], "layers": []}"#),
    (
        "helm-values.json",
        r#"{"schemaVersion": 2, "config": {"digest": "sha256:aa"}, "layers": [{"name": "web", "size": 9663676416}]}"#,
    ),
    (
        "map.json",
        r#"{"schemaVersion": 2, "config": {"mediaType": "x", "digest": "sha256:aa", "size": 1}, "layers": [{"mediaType": "tile", "digest": "none", "size": 9663676416}]}"#,
    ),
    (
        "account.json",
        r#"{"id": "/subscriptions/0/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/a", "name": "a", "properties": {"accessTier": "Archive", "provisioningState": "Failed"}, "type": "Microsoft.Storage/storageAccounts"}"#,
    ),
    (
        "container.json",
        r#"{"metadata": null, "name": "transfer", "properties": {"lastModified": "2020-01-01T00:00:00+00:00", "publicAccess": null, "lease": {"state": "available"}}, "blobType": "BlockBlob"}"#,
    ),
    (
        "share.json",
        r#"{"metadata": {}, "name": "f.txt", "properties": {"contentLength": 1, "contentSettings": {"contentMd5": null}, "lastModified": "2020-01-01T00:00:00+00:00"}}"#,
    ),
    (
        "registry.json",
        r#"{"id": "/subscriptions/0/resourceGroups/rg/providers/Microsoft.ContainerRegistry/registries/contoso", "name": "pipeline", "provisioningState": "Failed", "type": "Microsoft.ContainerRegistry/registries"}"#,
    ),
    (
        "data-factory-run.json",
        r#"{"runId": "1", "pipelineName": "import", "status": "Failed", "message": "x", "id": "/SUBSCRIPTIONS/0/RESOURCEGROUPS/RG/PROVIDERS/MICROSOFT.DATAFACTORY/FACTORIES/F/pipelineruns/1", "registries/": {}}"#,
    ),
    (
        "devops-run.json",
        r#"{"id": 5, "pipeline": {"id": 1, "url": "https://dev.azure.com/o/registries/1"}, "state": "inProgress", "result": "failed"}"#,
    ),
    (
        "resource.json",
        r#"{"type": "Microsoft.ContainerRegistry/registries/pipelineRuns", "apiVersion": "2025-06-01-preview", "name": "contoso/run1", "properties": {"request": {}, "response": {"status": "Failed"}}}"#,
    ),
    (
        "sites.json",
        r#"[{"lastModified": "2020-01-01", "blobType": "svg"}, {"lastModified": "2020-01-01", "name": "a", "properties": {}}]"#,
    ),
    (
        "broken.json",
        "{\"schemaVersion\": 2, \"layers\": [{\"mediaType\": \"application/vnd.oci.image.layer.nondistributable.v1.tar\"",
    ),
];

#[test]
fn other_json_is_left_alone() {
    for (path, text) in OTHERS {
        let outcome = outcome(&[(path, text)], false);
        assert_eq!((outcome.diagnostics.len(), outcome.coverage.files), (0, 0), "{path}: {:?}", outcome.diagnostics);
    }
    let files: Vec<_> = OTHERS.to_vec();
    assert_eq!(found(&files), Vec::<String>::new());
    let looked_into = OTHERS.iter().filter(|(_, text)| may_be_artefact(text)).count();
    assert!((5..15).contains(&looked_into), "{looked_into}");
}

/// One that is named by the user is said not to be read, as before.
#[test]
fn other_json_that_is_named_is_not_recognised() {
    let outcome = outcome(&[OTHERS[11]], true);
    assert_eq!(outcome.diagnostics, []);
    assert_eq!(outcome.coverage.omitted[0].kind, Omission::Unrecognised);
}

const LAYER: &str =
    r#"{"mediaType": "application/vnd.oci.image.layer.v1.tar+gzip", "size": 7340032, "digest": "sha256:0a"}"#;

fn manifest(layers: &str) -> String {
    format!(
        "{{\"schemaVersion\": 2,\n\"config\": {{\"mediaType\": \"application/vnd.oci.image.config.v1+json\", \"size\": 1, \
         \"digest\": \"sha256:0b\"}},\n\"layers\": [\n{layers}\n]}}"
    )
}

#[test]
fn manifests_within_the_limits_and_indexes_give_nothing() {
    let sound = manifest(&format!("{LAYER},\n{LAYER}"));
    let index = r#"{"schemaVersion": 2, "manifests": [{"mediaType": "application/vnd.oci.image.manifest.v1+json",
        "size": 9663676416, "digest": "sha256:0c", "platform": {"os": "linux", "architecture": "arm64"}}]}"#;
    let outcome = outcome(&[("index.json", index), ("arm64.json", &sound), ("empty.json", &manifest(""))], false);
    assert_eq!((outcome.diagnostics.len(), outcome.coverage.files), (0, 3), "{:?}", outcome.diagnostics);
    let large = sound.replacen("7340032", "9663676416", 1);
    assert_eq!(found(&[("index.json", index), ("arm64.json", &large)]), ["error layer-size 4"]);
}

/// Of a trigger that one of several pipelines has on, and of one that only an answer shows.
#[test]
fn pipelines_in_view_decide_how_bad_it_is() {
    let blob = r#"{"name": "b", "container": "transfer", "metadata": {},
        "properties": {"lastModified": "2026-11-20T00:00:00Z", "contentSettings": {"contentMd5": null}}}"#;
    let answer = |name: &str, container: &str, status: &str| {
        format!(
            r#"{{"id": "/subscriptions/0/resourceGroups/rg/providers/Microsoft.ContainerRegistry/registries/c/importPipelines/{name}",
            "source": {{"uri": "https://a.blob.core.windows.net/{container}", "storageAccessMode": "ManagedIdentity"}},
            "trigger": {{"sourceTrigger": {{"status": "{status}"}}}}}}"#
        )
    };
    let off = answer("p1", "transfer", "Disabled");
    let errors = ["error blob-category 1", "error blob-content-md5 2"];
    assert_eq!(found(&[("blob.json", blob)]), errors);
    assert_eq!(found(&[("a.json", &off), ("blob.json", blob)]), errors.map(|line| line.replace("error", "info")));
    let on = answer("p2", "TRANSFER", "Enabled");
    assert_eq!(found(&[("a.json", &off), ("b.json", &on), ("blob.json", blob)]), errors);
    let elsewhere = answer("p2", "other", "Enabled");
    assert_eq!(
        found(&[("a.json", &off), ("b.json", &elsewhere), ("blob.json", blob)]),
        errors.map(|line| line.replace("error", "info"))
    );
    for status in ["Disabled", "Enabled"] {
        let only_elsewhere = answer("p2", "other", status);
        assert_eq!(found(&[("b.json", &only_elsewhere), ("blob.json", blob)]), [""; 0]);
    }
}

#[test]
fn the_command_to_add_the_category_keeps_the_other_pairs() {
    let blob = r#"{"name": "my blob", "container": "transfer", "metadata": {"owner": "joe's", "n": "1"},
        "properties": {"lastModified": "2026-11-20T00:00:00Z", "blobType": "BlockBlob"}}"#;
    let outcome = outcome(&[("blob.json", blob)], false);
    assert_eq!(
        outcome.diagnostics[0].help.as_deref(),
        Some(
            "run `az storage blob metadata update --container-name transfer --name 'my blob' --metadata \
             category=acr-transfer-blob 'owner=joe'\\''s' n=1`, which also makes the blob new again"
        )
    );
}

#[test]
fn a_folder_is_searched_for_them_and_their_secrets_stay_hidden() {
    let signature = ["q7RtZ0vXc2LpWm4NsYb9", "KdHf3GjUe8TiOaQx1PzCwEk"].concat();
    let run = format!(
        "{{\"id\": \"/subscriptions/0/resourceGroups/rg/providers/Microsoft.ContainerRegistry/registries/c/pipelineRuns/r\",\n\
         \"response\": {{\"status\": \"Failed\",\n\
         \"pipelineRunErrorMessage\": \"cannot read https://a.blob.core.windows.net/c?sv=2022-11-02&sig={signature}%3D\"}}}}"
    );
    let folder = Folder::new("artefacts").with("answers/run.json", run).with("package.json", OTHERS[0].1);
    let ran = folder.check(&["--format", "concise"]);
    assert_eq!(ran.code, Some(1));
    assert!(!ran.stdout.contains(&signature[..12]), "a signature is shown");
    let rules: Vec<&str> = ran.stdout.lines().filter_map(|line| line.split(['[', ']']).nth(1)).collect();
    assert_eq!(rules, ["acr-transfer-run-failed", "acr-transfer-sas-in-source"], "{ran:?}");
    assert!(ran.stderr.contains("in 1 file "), "{}", ran.stderr);
}

#[test]
fn runs_are_recognised_in_every_form() {
    let id = "/subscriptions/0/resourcegroups/rg/providers/microsoft.containerregistry/registries/c/pipelineruns/r";
    for text in [
        format!(r#"{{"id": "{id}", "response": {{"status": "Failed"}}}}"#),
        format!(r#"{{"value": [{{"id": "{id}", "properties": {{"request": {{}}, "provisioningState": "Failed"}}}}]}}"#),
        r#"{"type": "Microsoft.ContainerRegistry/registries/pipelineRuns", "name": "r", "provisioningState": "Failed",
            "response": {"status": null}}"#
            .to_owned(),
        r#"{"status": "Failed", "pipelineRunErrorMessage": null, "progress": {"percentage": "5"}}"#.to_owned(),
    ] {
        let findings = found(&[("run.json", &text)]);
        assert_eq!(findings.len(), 1, "{text}: {findings:?}");
        assert!(findings[0].starts_with("error run-failed"), "{text}: {findings:?}");
    }
}

/// A file that is written while it is read, or cut off.
#[test]
fn no_part_of_a_file_is_a_bug() {
    let text = manifest(&format!(
        r#"{{"mediaType": "application/vnd.oci.image.layer.nondistributable.v1.tar", "size": 9e99, "digest": "sha256:0a",
           "urls": ["https://é@mcr.microsoft.com:443/", "x", 1, "://"]}}, {LAYER}"#
    ));
    let blob = r#"[{"name": "é", "container": "t", "metadata": {"ä": 1, "category": []}, "properties": {"blobType":
        "BlockBlob", "blobTier": "Archive", "lastModified": "0000-00-00", "contentSettings": {"contentMd5": [1]}}}]"#;
    let run = r#"{"pipelineRunErrorMessage": "é", "progress": {"percentage": "NaN"}, "importedArtifacts": [1]}"#;
    for text in [&text, blob, run] {
        for end in (0..=text.len()).filter(|end| text.is_char_boundary(*end)) {
            let outcome = outcome(&[("a.json", &text[..end])], true);
            assert!(outcome.diagnostics.iter().all(|diagnostic| &*diagnostic.rule != "internal-error"), "at {end}");
        }
    }
}
