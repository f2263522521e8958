//! Real templates from outside: what the official compiler made, and Microsoft's own ACR Transfer templates.

use std::fs;
use std::path::{Path, PathBuf};

use plimsoll::diagnostic::Severity;
use plimsoll::evaluate::Context;
use plimsoll::lint::{Input, Outcome, Settings, lint};
use plimsoll::snapshot::{self, snapshot};

use crate::examples::NOW;

/// The folder of the corpus; `None`, and a line that says so, where it is not there.
#[expect(clippy::print_stderr, reason = "a skipped test says so")]
pub(crate) fn corpus(part: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus").join(part);
    // A worktree lies one folder deeper than the project itself.
    let deeper = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpus").join(part);
    let found = [path, deeper].into_iter().find(|path| path.is_dir());
    if found.is_none() {
        eprintln!("skipped: there is no ../shared/corpus/{part} beside the project");
    }
    found
}

/// The files below `root` called `name`.
pub(crate) fn files(root: &Path, name: &str) -> Vec<PathBuf> {
    let entries = walkdir::WalkDir::new(root).sort_by_file_name().into_iter().map(|entry| entry.unwrap().into_path());
    entries.filter(|path| path.file_name().is_some_and(|found| found == name)).collect()
}

pub(crate) fn input(path: &Path) -> Input {
    Input { path: path.to_string_lossy().into_owned(), text: Ok(fs::read_to_string(path).unwrap()), explicit: true }
}

fn lint_inputs(inputs: Vec<Input>) -> Outcome {
    lint(inputs, &Settings::at(NOW.parse().unwrap()), &|_: &str| None)
}

/// Findings as lines, of the rules that `wanted` picks.
pub(crate) fn findings(outcome: &Outcome, wanted: impl Fn(&str) -> bool) -> Vec<String> {
    let shown = outcome.diagnostics.iter().filter(|diagnostic| wanted(&diagnostic.rule)).map(|diagnostic| {
        let span = diagnostic.primary.span;
        let at = outcome.sources.position(span);
        let path = outcome.sources.file(span.file).path();
        format!("{path}:{}:{}: [{}] {}", at.line, at.column, diagnostic.rule, diagnostic.headline())
    });
    shown.collect()
}

/// What a snapshot of the corpus knows of a deployment.
pub(crate) fn settled() -> Context {
    Context {
        subscription_id: Some(snapshot::SUBSCRIPTION.to_owned()),
        resource_group: Some(snapshot::RESOURCE_GROUP.to_owned()),
        settled: true,
        fills_empty: false,
        hide_secrets: true,
        ..Context::at(NOW.parse().unwrap())
    }
}

pub(crate) fn predict(inputs: Vec<Input>, file: &Path) -> serde_json::Value {
    let settings = snapshot::Settings {
        file: file.to_string_lossy().into_owned(),
        context: settled(),
        parameter_files: Vec::new(),
        overrides: None,
    };
    snapshot(inputs, &settings, &crate::equivalence::load).unwrap()
}

/// What a compiled template can't be guilty of.
const IMPOSSIBLE: [&str; 8] = [
    "json-syntax",
    "expression-syntax",
    "template-shape",
    "argument-count",
    "function-not-allowed",
    "unknown-function",
    "unknown-name",
    "internal-error",
];

#[test]
fn compiled_templates_have_no_mistake_and_no_transfer_finding() {
    let Some(root) = corpus("pairs") else { return };
    let templates = files(&root, "main.json");
    assert!(templates.len() > 400, "only {} templates in the corpus", templates.len());
    let mut wrong = Vec::new();
    for template in &templates {
        let outcome = lint_inputs(vec![input(template)]);
        let text = fs::read_to_string(template).unwrap().to_ascii_lowercase();
        let transfers = ["/exportpipelines", "/importpipelines", "/pipelineruns"].iter().any(|ty| text.contains(ty));
        let wanted = |rule: &str| IMPOSSIBLE.contains(&rule) || (!transfers && rule.starts_with("acr-transfer-"));
        wrong.extend(findings(&outcome, wanted));
    }
    assert!(wrong.is_empty(), "{} findings:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn every_compiled_template_has_a_snapshot() {
    let Some(root) = corpus("pairs") else { return };
    let mut wrong = Vec::new();
    for template in files(&root, "main.json") {
        let predicted = predict(vec![input(&template)], &template);
        let diagnostics = predicted["diagnostics"].as_array().unwrap();
        // Nobody gives these templates what their loops and nested templates depend on.
        let left_out = |line: &&serde_json::Value| line.as_str().unwrap().contains("what this deploys is left out");
        wrong.extend(diagnostics.iter().filter(|line| !left_out(line)).map(ToString::to_string));
        for resource in predicted["predictedResources"].as_array().unwrap() {
            let kept = ["copy", "dependsOn"].iter().any(|key| resource.get(key).is_some());
            if kept || resource["type"].as_str().is_none_or(str::is_empty) {
                wrong.push(format!("{}: not a deployed resource: {resource}", template.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The rules about the shape of transfer resources.
const SHAPE: [&str; 16] = [
    "acr-transfer-access-mode-api-version",
    "acr-transfer-access-mode-invalid",
    "acr-transfer-access-mode-missing",
    "acr-transfer-api-version",
    "acr-transfer-container-uri",
    "acr-transfer-endpoint-type",
    "acr-transfer-key-vault-uri-malformed",
    "acr-transfer-key-vault-uri-missing",
    "acr-transfer-key-vault-uri-unused",
    "acr-transfer-mixed-clouds",
    "acr-transfer-option-not-for-pipeline",
    "acr-transfer-option-spelling",
    "acr-transfer-resource-name",
    "acr-transfer-resource-type-trailing-slash",
    "acr-transfer-source-trigger-status",
    "acr-transfer-unknown-property",
];

#[test]
fn microsofts_own_transfer_templates_are_clean() {
    let Some(root) = corpus("acr-transfer-official") else { return };
    for template in files(&root, "azuredeploy.json") {
        let parameters = template.with_file_name("azuredeploy.parameters.json");
        let alone = lint_inputs(vec![input(&template)]);
        let deployed = lint_inputs(vec![input(&template), input(&parameters)]);
        for outcome in [&alone, &deployed] {
            let errors = outcome.diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Error);
            assert_eq!(errors.count(), 0, "{:#?}", findings(outcome, |_| true));
        }
        // With the mode of its parameter file a template has but the two flaws that all of them have.
        let flaws = ["acr-transfer-resource-type-trailing-slash", "acr-transfer-unknown-property"];
        let shape = |rule: &str| SHAPE.contains(&rule) && !flaws.contains(&rule);
        assert_eq!(findings(&deployed, shape), Vec::<String>::new());
        let predicted = predict(vec![input(&template), input(&parameters)], &parameters);
        assert_eq!(predicted["diagnostics"], serde_json::json!([]));
        assert!(!predicted["predictedResources"].as_array().unwrap().is_empty(), "{}", template.display());
    }
}

#[test]
fn symbolic_names_change_nothing_in_what_is_deployed() {
    let Some(root) = corpus("pairs") else { return };
    let (mut compared, mut wrong) = (0, Vec::new());
    for symbolic in files(&root, "main.symbolicnames.json") {
        let plain = symbolic.with_file_name("main.json");
        if plain.is_file() {
            compared += 1;
            let [plain, symbolic] = [&plain, &symbolic].map(|file| sorted(predict(vec![input(file)], file)));
            wrong.extend(first_difference(&plain, &symbolic).map(|at| format!("{}{at}", root.display())));
        }
    }
    assert!(compared > 200, "only {compared} pairs in the corpus");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The snapshot with its resources in an order that does not depend on that of the template, and diagnostics without the
/// place.
pub(crate) fn sorted(mut predicted: serde_json::Value) -> serde_json::Value {
    for line in predicted["diagnostics"].as_array_mut().unwrap() {
        *line = line.as_str().unwrap().split_once(": ").unwrap().1.into();
    }
    let resources = predicted["predictedResources"].as_array_mut().unwrap();
    resources.sort_by_cached_key(ToString::to_string);
    predicted
}

/// Where two values differ first, and how.
pub(crate) fn first_difference(a: &serde_json::Value, b: &serde_json::Value) -> Option<String> {
    use serde_json::Value::{Array, Object};
    match (a, b) {
        (Array(x), Array(y)) if x.len() == y.len() => {
            let mut places = x.iter().zip(y).enumerate();
            places.find_map(|(at, (x, y))| Some(format!("[{at}]{}", first_difference(x, y)?)))
        }
        (Object(x), Object(y)) if x.len() == y.len() => x.iter().find_map(|(key, x)| {
            Some(format!(".{key}{}", first_difference(x, y.get(key).unwrap_or(&serde_json::Value::Null))?))
        }),
        _ if a == b => None,
        _ => Some(format!(":\n  {a}\n  {b}")),
    }
}
