//! The shared cases, which nobody tuned the tool to: what is found in each is exactly what its `expected.txt` says, at the
//! very place or inside the value that starts there.

use std::fs;
use std::path::{Path, PathBuf};

use plimsoll::snapshot::{Settings, snapshot};
use serde_json::Value;

use crate::command::Folder;
use crate::corpus::{input, settled};
use crate::equivalence::load;

/// What stands in the cases for a signature, and a made-up one in its place: no text of the cases may hold one.
const SIGNATURE: (&str, &str) = ("@SIG@", "bm90IGEgc2VjcmV0LCBvbmx5IGEgdGVzdCBvZiBtYXNrcw%3D%3D");

/// Expectations that are wrong, each with the reason.
const WRONG: &[(&str, &str)] = &[
    (
        "scripts/59/manifest.json:9:181: error[acr-transfer-layer-external-url]",
        "templates/51 expects the same finding at the URL, which is the part that is wrong, and not at the key `urls`",
    ),
    (
        "scripts/65/azure-pipelines.yml:2:5: error[acr-transfer-blob-category]",
        "what a task lacks is said at the task's name, as what a command lacks at the command's; `task:` is no part of it",
    ),
    ("scripts/65/azure-pipelines.yml:2:5: error[acr-transfer-blob-content-md5]", "as above"),
];

/// A finding: file, line, column, severity and rule.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    file: String,
    line: usize,
    column: usize,
    kind: String,
}

impl Place {
    /// Reads `file:line:column: severity[rule] …`.
    fn read(text: &str) -> Option<Self> {
        let (place, rest) = text.split_once(": ")?;
        let mut parts = place.rsplitn(3, ':');
        let (column, line, file) = (parts.next()?, parts.next()?, parts.next()?);
        let kind = format!("{}]", rest.split_once(']')?.0);
        Some(Self { file: file.to_owned(), line: line.parse().ok()?, column: column.parse().ok()?, kind })
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}:{}: {}", self.file, self.line, self.column, self.kind)
    }
}

/// The folder of the shared cases; `None`, and a line that says so, where it is not there.
#[expect(clippy::print_stderr, reason = "a skipped test says so")]
pub(crate) fn cases(part: &str) -> Option<PathBuf> {
    let project = Path::new(env!("CARGO_MANIFEST_DIR"));
    let found = project.ancestors().skip(1).map(|folder| folder.join("shared/cases").join(part)).find(|it| it.is_dir());
    if found.is_none() {
        eprintln!("skipped: there is no ../shared/cases/{part} beside the project");
    }
    found
}

/// A copy of the case in `folder`, with a signature where one is meant.
pub(crate) fn copied(folder: &Path, name: &str) -> Folder {
    let mut copy = Folder::new(name);
    for entry in walkdir::WalkDir::new(folder).sort_by_file_name() {
        let path = entry.unwrap().into_path();
        let relative = path.strip_prefix(folder).unwrap().to_string_lossy().replace('\\', "/");
        if path.is_file() && !matches!(relative.as_str(), "expected.txt" | "note.txt") {
            let bytes = fs::read(&path).unwrap();
            copy = match String::from_utf8(bytes) {
                Ok(text) => copy.with(&relative, text.replace(SIGNATURE.0, SIGNATURE.1)),
                Err(other) => copy.with(&relative, other.into_bytes()),
            };
        }
    }
    copy
}

/// What is found in the folder.
fn found(folder: &Folder) -> Vec<Place> {
    let ran = folder.check(&["--format", "json", "."]);
    assert!(!format!("{}{}", ran.stdout, ran.stderr).contains(&SIGNATURE.1[..20]), "a signature is shown");
    let printed: Value = serde_json::from_str(&ran.stdout).unwrap();
    let number = |value: &Value| usize::try_from(value.as_u64().unwrap()).unwrap();
    let place = |found: &Value| Place {
        file: found["path"].as_str().unwrap().trim_start_matches("./").to_owned(),
        line: number(&found["range"]["start"]["line"]),
        column: number(&found["range"]["start"]["column"]),
        kind: format!("{}[{}]", found["severity"].as_str().unwrap(), found["rule"].as_str().unwrap()),
    };
    printed["diagnostics"].as_array().unwrap().iter().map(place).collect()
}

/// How many characters the value has that starts at a place: a string, a bracket and what follows, a word.
fn length_at(folder: &Folder, place: &Place) -> usize {
    let text = fs::read_to_string(folder.path(&place.file)).unwrap_or_default();
    let line: Vec<char> = text.lines().nth(place.line - 1).unwrap_or_default().chars().skip(place.column - 1).collect();
    match line.first() {
        Some(quote @ ('"' | '\'')) => line.iter().skip(1).position(|c| c == quote).map_or(line.len(), |end| end + 2),
        Some('{' | '[') => line.len(),
        _ => line.iter().position(|c| c.is_whitespace() || ",;(){}[]".contains(*c)).unwrap_or(line.len()),
    }
}

/// What differs between the findings in the case `name` and its `expected.txt`.
fn differences(folder: &Path, name: &str) -> Vec<String> {
    let text = fs::read_to_string(folder.join("expected.txt")).unwrap();
    let wrong = |place: &Place| WRONG.iter().any(|(line, _)| *line == format!("{name}/{place}"));
    let expected: Vec<Place> = text.lines().filter_map(Place::read).collect();
    let copy = copied(folder, &format!("case_{}", name.replace('/', "_")));
    let mut rest = found(&copy);
    let mut missing = Vec::new();
    for place in expected {
        let length = length_at(&copy, &place).max(1);
        let is_it = |other: &Place| {
            let is_inside = (place.column..place.column + length).contains(&other.column);
            other.file == place.file && other.line == place.line && other.kind == place.kind && is_inside
        };
        match rest.iter().position(is_it) {
            Some(at) => drop(rest.remove(at)),
            None => missing.push(place),
        }
    }
    // Of a wrong expectation, what is found in its place is no difference either.
    for place in missing.extract_if(.., |place| wrong(place)) {
        if let Some(at) = rest.iter().position(|other| other.kind == place.kind && other.file == place.file) {
            rest.remove(at);
        }
    }
    let lines = missing.iter().map(|place| format!("{name}: missing {place}"));
    lines.chain(rest.iter().map(|place| format!("{name}: extra {place}"))).collect()
}

fn judge_all(part: &str) {
    let Some(root) = cases(part) else { return };
    let mut folders: Vec<PathBuf> = fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.sort();
    folders.retain(|folder| folder.join("expected.txt").is_file());
    let name = |folder: &Path| format!("{part}/{}", folder.file_name().unwrap().to_string_lossy());
    let differences: Vec<String> = folders.iter().flat_map(|folder| differences(folder, &name(folder))).collect();
    assert!(differences.is_empty(), "{} of {} cases\n{}", differences.len(), folders.len(), differences.join("\n"));
    assert!(folders.len() > 50, "{} cases", folders.len());
}

#[test]
fn every_case_of_templates_shows_exactly_what_is_expected() {
    judge_all("templates");
}

#[test]
fn every_case_of_scripts_shows_exactly_what_is_expected() {
    judge_all("scripts");
}

/// What is right for the bug reports of other tools and the fault classes: `folder`, then a line for each finding and for
/// each value that a prediction has, `= file pointer value`. A folder without lines has to be silent.
const RIGHT: &str = include_str!("../cases.txt");

/// The value that `pointer` leads to in what is predicted of `file`. What some parts of it are is right even where the
/// whole is refused.
fn predicted(folder: &Folder, file: &str, pointer: &str) -> String {
    let path = folder.path(file);
    let others = fs::read_dir(path.parent().unwrap()).unwrap().map(|entry| entry.unwrap().path());
    let others = others.filter(|other| other.is_file() && *other != path && file.ends_with(".bicepparam"));
    let inputs = std::iter::once(path.clone()).chain(others).map(|path| input(&path)).collect();
    let settings = Settings {
        file: path.to_string_lossy().into_owned(),
        context: settled(),
        parameter_files: Vec::new(),
        overrides: None,
    };
    match snapshot(inputs, &settings, &load) {
        Ok(predicted) => predicted.pointer(pointer).map_or_else(|| "nothing".to_owned(), Value::to_string),
        Err(error) => format!("no prediction: {error}"),
    }
}

fn judge_right(name: &str, lines: &[&str], differences: &mut Vec<String>) {
    let (part, number) = name.split_once('/').unwrap();
    let Some(root) = cases(part) else { return };
    let copy = copied(&root.join(number), &format!("right_{part}_{number}"));
    let (values, findings): (Vec<&str>, Vec<&str>) = lines.iter().copied().partition(|line| line.starts_with("= "));
    let mut found: Vec<String> = found(&copy).iter().map(Place::to_string).collect();
    found.sort();
    let mut expected: Vec<String> = findings.into_iter().map(str::to_owned).collect();
    expected.sort();
    differences.extend(expected.iter().filter(|it| !found.contains(it)).map(|it| format!("{name}: missing {it}")));
    differences.extend(found.iter().filter(|it| !expected.contains(it)).map(|it| format!("{name}: extra {it}")));
    for line in values {
        let mut parts = line.splitn(4, ' ').skip(1);
        let (file, pointer, value) = (parts.next().unwrap(), parts.next().unwrap(), parts.next().unwrap());
        let is = predicted(&copy, file, pointer);
        if is != value {
            differences.push(format!("{name}: {file} {pointer} is {is}, not {value}"));
        }
    }
}

#[test]
fn every_report_and_fault_has_its_right_value() {
    let mut differences = Vec::new();
    for block in RIGHT.split("\n\n") {
        let mut lines = block.lines().filter(|line| !line.starts_with('#'));
        let Some(name) = lines.next().filter(|name| !name.is_empty()) else { continue };
        judge_right(name, &lines.collect::<Vec<_>>(), &mut differences);
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}
