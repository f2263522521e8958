//! A template and its parameter files are read together, whichever of them is named.

use crate::command::{Folder, HEAD, PARAMETERS_HEAD};

const RESOURCE: &str = r#""resources": [{"type": "Microsoft.ContainerRegistry/registries/pipelineRuns", "apiVersion": "2025-06-01-preview", "name": "[parameters('run')]"}]}"#;

fn names_of(folder: &Folder, file: &str) -> Vec<String> {
    let ran = folder.check(&["--format", "concise", "--select", "acr-transfer-resource-name", file]);
    ran.stdout.lines().map(|line| line.split(": ").next().unwrap().to_owned()).collect()
}

#[test]
fn json_parameter_files_are_found_by_name() {
    let folder = Folder::new("companions_json")
        .with("main.json", format!("{HEAD}, \"parameters\": {{\"run\": {{\"type\": \"string\"}}}}, {RESOURCE}"))
        .with(
            "main.prod.parameters.json",
            format!("{PARAMETERS_HEAD},\n\"parameters\": {{\"run\": {{\"value\": \"r/a-b\"}}}}}}"),
        )
        .with(
            "other.parameters.json",
            format!("{PARAMETERS_HEAD},\n\"parameters\": {{\"run\": {{\"value\": \"r/c-d\"}}}}}}"),
        );
    for named in ["main.json", "main.prod.parameters.json"] {
        assert_eq!(names_of(&folder, named), ["main.prod.parameters.json:2:33"], "{named}");
    }
}

#[test]
fn bicep_parameter_files_name_their_template() {
    let resource =
        "resource r 'Microsoft.ContainerRegistry/registries/pipelineRuns@2025-06-01-preview' = {\n  name: run\n}\n";
    let folder = Folder::new("companions_bicep")
        .with("main.bicep", format!("param run string\n{resource}"))
        .with("prod.bicepparam", "using 'main.bicep'\nparam run = 'r/a-b'\n")
        .with("else.bicepparam", "using 'other.bicep'\nparam run = 'r/c-d'\n");
    for named in ["main.bicep", "prod.bicepparam"] {
        assert_eq!(names_of(&folder, named), ["prod.bicepparam:2:13"], "{named}");
    }
}
