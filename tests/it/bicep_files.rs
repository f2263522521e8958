//! Bicep files and parameter files from outside: nothing valid is called wrong, and values are those of the compiler.

use std::fs;
use std::path::{Path, PathBuf};

use plimsoll::lint::{Input, Settings, lint};
use plimsoll::snapshot::{self, snapshot};

use crate::corpus::{corpus, files, findings, first_difference, input, settled};
use crate::equivalence::load;
use crate::examples::NOW;

/// The rules that speak of mistakes in the language itself.
const LANGUAGE: [&str; 12] = [
    "bicep-syntax",
    "json-syntax",
    "expression-syntax",
    "template-shape",
    "unknown-function",
    "unknown-name",
    "circular-definition",
    "copy-count",
    "duplicate-key",
    "missing-linked-template",
    "unrecognised-file",
    "internal-error",
];

#[test]
fn valid_files_have_no_mistake_of_language() {
    let mut valid: Vec<PathBuf> = Vec::new();
    for part in ["pairs", "bicep-syntax", "bicepparam"] {
        let Some(root) = corpus(part) else { return };
        for entry in walkdir::WalkDir::new(root).sort_by_file_name() {
            let path = entry.unwrap().into_path();
            let is_variant = ["tokens", "syntax", "symbols", "diagnostics", "formatted", "ir", "sourcemap"];
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let is_bicep = name.ends_with(".bicep") || name.ends_with(".bicepparam");
            if is_bicep && !is_variant.iter().any(|variant| name.contains(&format!(".{variant}."))) && !has_error(&path)
            {
                valid.push(path);
            }
        }
    }
    assert!(valid.len() > 600, "only {} files", valid.len());
    let mut wrong = Vec::new();
    for path in &valid {
        let outcome = lint(vec![input(path)], &Settings::at(NOW.parse().unwrap()), &load);
        // The files around those of the syntax corpus are not part of it.
        let is_alone = path.iter().any(|part| part == "bicep-syntax");
        let wanted = |rule: &str| LANGUAGE.contains(&rule) && !(is_alone && rule == "missing-linked-template");
        wrong.extend(findings(&outcome, wanted));
    }
    wrong.sort();
    wrong.dedup();
    assert!(wrong.is_empty(), "{} findings:\n{}", wrong.len(), wrong.join("\n"));
}

/// Whether the official diagnostics of a file name an error.
fn has_error(path: &Path) -> bool {
    let stem = path.file_stem().unwrap().to_string_lossy().into_owned();
    let beside = ["diagnostics.bicep.txt", "diagnostics.bicepparam"];
    beside.iter().any(|end| {
        fs::read_to_string(path.with_file_name(format!("{stem}.{end}"))).is_ok_and(|text| text.contains(" (Error)]"))
    })
}

/// The variables of the environment that the official values were made with.
const ENVIRONMENT: [(&str, &str); 3] =
    [("stringEnvVariableName", "test"), ("intEnvVariableName", "100"), ("boolEnvironmentVariable", "true")];

#[test]
fn parameter_files_give_the_official_values() {
    let Some(root) = corpus("bicepparam") else { return };
    let files = files(&root, "parameters.bicepparam");
    assert!(files.len() >= 6, "only {} parameter files in the corpus", files.len());
    for file in &files {
        let text = fs::read_to_string(file.with_file_name("parameters.json")).unwrap();
        let expected: serde_json::Value = serde_json::from_str(text.trim_start_matches('\u{feff}')).unwrap();
        let expected = expected["parameters"].as_object().unwrap();
        let expected: serde_json::Map<String, serde_json::Value> = expected
            .iter()
            .filter(|(_, given)| given.get("reference").is_none())
            .map(|(name, given)| (name.clone(), given.get("value").unwrap_or(&given["expression"]).clone()))
            .collect();
        // A template that shows each parameter as an output.
        let shown: Vec<String> =
            expected.keys().map(|name| format!("param {name} string\noutput {name} string = {name}\n")).collect();
        let template = file.with_file_name("shown.bicep");
        let template_input = Input { path: template.display().to_string(), text: Ok(shown.concat()), explicit: true };
        let mut context = settled();
        context.environment = ENVIRONMENT.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        let settings = snapshot::Settings {
            file: template.display().to_string(),
            context,
            parameter_files: vec![file.display().to_string()],
            overrides: None,
        };
        let predicted = snapshot(vec![template_input, input(file)], &settings, &load).unwrap();
        assert_eq!(first_difference(&expected.into(), &predicted["outputs"]), None, "{}", file.display());
    }
}
