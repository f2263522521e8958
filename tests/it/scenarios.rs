//! Whole deployments with all that is wrong in them, those that the project was given and its own: what is found in
//! their files is exactly what is expected of them, by rule, severity and line, at the expected column or inside the
//! value that starts there.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use plimsoll::lint::{Input, Outcome, Settings, lint};

use crate::examples::NOW;

/// Rule, severity, file and line of a finding, with the columns of all such findings.
type Findings = BTreeMap<(String, usize, String, String), BTreeSet<usize>>;

/// The folder of the scenarios: `shared` lies beside the project, or above the folder of a work tree.
fn scenarios() -> Option<PathBuf> {
    let project = Path::new(env!("CARGO_MANIFEST_DIR"));
    project.ancestors().skip(1).map(|folder| folder.join("shared/scenarios")).find(|folder| folder.is_dir())
}

fn texts(folder: &Path) -> BTreeMap<String, String> {
    let mut texts = BTreeMap::new();
    for entry in walkdir::WalkDir::new(folder) {
        let path = entry.unwrap().into_path();
        if path.is_file() {
            let parts = path.strip_prefix(folder).unwrap().iter().map(|part| part.to_string_lossy());
            texts.insert(parts.collect::<Vec<_>>().join("/"), fs::read_to_string(&path).unwrap());
        }
    }
    texts
}

/// Reads `file:line:column: severity[rule] message`.
fn expected(text: &str) -> Findings {
    let mut findings = Findings::new();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let mut parts = line.splitn(4, ':');
        let (file, row, column) = (parts.next().unwrap(), parts.next().unwrap(), parts.next().unwrap());
        let (severity, rest) = parts.next().unwrap().trim().split_once('[').unwrap();
        let (rule, _) = rest.split_once(']').unwrap();
        let key = (file.to_owned(), row.parse().unwrap(), rule.to_owned(), severity.to_owned());
        assert!(findings.entry(key).or_default().insert(column.parse().unwrap()), "stands twice: {line}");
    }
    findings
}

fn found(outcome: &Outcome) -> Findings {
    let mut findings = Findings::new();
    for diagnostic in &outcome.diagnostics {
        let span = diagnostic.primary.span;
        let position = outcome.sources.position(span);
        let file = outcome.sources.file(span.file).path().to_owned();
        let key = (file, position.line, diagnostic.rule.to_string(), diagnostic.severity.to_string());
        findings.entry(key).or_default().insert(position.column);
    }
    findings
}

fn is_read(path: &str) -> bool {
    let extension = Path::new(path).extension().and_then(|extension| extension.to_str());
    matches!(extension, Some("json" | "bicep" | "bicepparam" | "sh"))
}

/// The columns of the value that starts at `column` of a line: a string with its quotes, or a word.
fn value_at(text: &str, line: usize, column: usize) -> std::ops::Range<usize> {
    let chars: Vec<char> = text.lines().nth(line - 1).unwrap().chars().skip(column - 1).collect();
    let mut escaped = false;
    let end = match chars.first() {
        Some(&quote @ ('"' | '\'')) => chars
            .iter()
            .skip(1)
            .position(|&c| {
                let closes = c == quote && !escaped;
                escaped = c == '\\' && !escaped;
                closes
            })
            .map(|end| end + 1),
        _ => chars.iter().position(|c| !c.is_alphanumeric()).map(|end| end.max(1) - 1),
    };
    column..column + end.map_or(chars.len(), |end| end + 1)
}

fn judge(name: &str, folder: &Path, problems: &mut Vec<String>) -> usize {
    let mut files = texts(folder);
    let listed = expected(&files.remove("expected.txt").unwrap());
    files.retain(|path, _| is_read(path));
    let expected: Findings = listed.into_iter().filter(|((file, ..), _)| files.contains_key(file)).collect();
    let inputs = files.iter().map(|(path, text)| Input { path: path.clone(), text: Ok(text.clone()), explicit: false });
    let outcome = lint(inputs.collect(), &Settings::at(NOW.parse().unwrap()), &|_: &str| None);
    let found = found(&outcome);
    let show = |(file, line, rule, severity): &(String, usize, String, String)| {
        format!("{name}/{file}:{line}: {severity}[{rule}]")
    };
    problems
        .extend(expected.keys().filter(|key| !found.contains_key(*key)).map(|key| format!("missing: {}", show(key))));
    problems.extend(found.keys().filter(|key| !expected.contains_key(*key)).map(|key| format!("extra: {}", show(key))));
    for (key, columns) in &expected {
        let Some(actual) = found.get(key) else { continue };
        let values = columns.iter().map(|column| value_at(&files[&key.0], key.1, *column));
        let right = values.zip(actual).filter(|(value, column)| value.contains(column)).count();
        if right != columns.len() || actual.len() != columns.len() {
            problems.push(format!("{} expected at {columns:?}, found at {actual:?}", show(key)));
        }
    }
    expected.len()
}

/// Judges all scenarios below `root`.
fn judge_all(root: &Path) {
    let mut folders: Vec<PathBuf> = fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.sort();
    let (mut problems, mut compared) = (Vec::new(), 0);
    for folder in folders.iter().filter(|folder| folder.join("expected.txt").is_file()) {
        let name = folder.file_name().unwrap().to_string_lossy().into_owned();
        compared += judge(&name, folder, &mut problems);
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    assert!(compared > 0, "no scenario has a template with findings");
}

#[test]
fn every_scenario_shows_exactly_what_is_expected() {
    match scenarios() {
        Some(root) => judge_all(&root),
        None => eprintln!("skipped: the folder `shared/scenarios` is not beside the project"),
    }
}

#[test]
fn every_scenario_of_our_own_shows_exactly_what_is_expected() {
    judge_all(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios"));
}

#[test]
fn a_value_ends_where_its_string_or_word_ends() {
    assert_eq!(value_at("{\n  \"a\": \"x\\\"y\", 12}", 2, 8), 8..14);
    assert_eq!(value_at("{\n  \"a\": \"x\\\"y\", 12}", 2, 16), 16..18);
}
