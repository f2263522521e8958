//! Validates every rule file under `rules/` against the format and embeds them, in order of their ids, as JSON; likewise
//! the diagnoses under `rules/diagnose/`.
//!
//! A rule file with an unknown key or a missing field stops the build with its place. The examples stay behind: they
//! are tests, and tests read the files.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::{env, fs};

#[path = "src/engine/spec.rs"]
#[expect(unreachable_pub, reason = "the build only checks the format, the library shows it")]
mod spec;

#[path = "src/diagnose/spec.rs"]
#[expect(unreachable_pub, reason = "the build only checks the format, the library shows it")]
mod diagnosis;

/// The folder of the diagnoses, which are no pack of rules.
const DIAGNOSES: &str = "rules/diagnose";

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=rules");
    let (mut definitions, mut rules) = (serde_json::Map::new(), Vec::new());
    for pack in sorted(Path::new("rules"))?.iter().filter(|path| path.is_dir() && *path != Path::new(DIAGNOSES)) {
        let name = pack.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        for file in &yaml_files(pack)? {
            let in_file = |error| format!("{}: {error}", file.display());
            if file.ends_with("definitions.yaml") {
                definitions.insert(name.to_owned(), read_definitions(file).map_err(in_file)?);
            } else {
                rules.push(read_rule(name, file).map_err(in_file)?);
            }
        }
    }
    rules.sort_by_key(|rule| rule["id"].to_string());
    let target = PathBuf::from(env::var("OUT_DIR")?);
    let embedded = serde_json::json!({ "definitions": definitions, "rules": rules });
    fs::write(target.join("rules.json"), embedded.to_string())?;
    let diagnoses: Result<Vec<_>, _> = yaml_files(Path::new(DIAGNOSES))?
        .iter()
        .map(|file| read_diagnosis(file).map_err(|error| format!("{}: {error}", file.display())))
        .collect();
    fs::write(target.join("diagnoses.json"), serde_json::to_string(&diagnoses?)?)?;
    Ok(())
}

fn yaml_files(folder: &Path) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let mut files = sorted(folder)?;
    files.retain(|path| path.extension().is_some_and(|end| end == "yaml"));
    Ok(files)
}

fn sorted(folder: &Path) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let entries: Result<Vec<PathBuf>, _> = fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path())).collect();
    let mut paths = entries?;
    paths.sort();
    Ok(paths)
}

fn read_definitions(file: &Path) -> Result<serde_json::Value, Box<dyn Error>> {
    let definitions: spec::DefinitionsSpec = serde_saphyr::from_str(&fs::read_to_string(file)?)?;
    Ok(without_nulls(serde_json::to_value(&definitions)?))
}

/// What is left out may stay so: the text is read at each start.
fn without_nulls(value: serde_json::Value) -> serde_json::Value {
    use serde_json::Value::{Array, Null, Object};
    match value {
        Array(items) => Array(items.into_iter().map(without_nulls).collect()),
        Object(members) => {
            let members = members.into_iter().filter(|(_, member)| *member != Null);
            Object(members.map(|(key, member)| (key, without_nulls(member))).collect())
        }
        other => other,
    }
}

fn read_rule(pack: &str, file: &Path) -> Result<serde_json::Value, Box<dyn Error>> {
    let rule: spec::RuleSpec = serde_saphyr::from_str(&fs::read_to_string(file)?)?;
    check_name(file, &rule.id)?;
    let mut value = serde_json::to_value(&rule)?;
    value["examples"] = serde_json::Value::Array(Vec::new());
    Ok(serde_json::json!({ "id": rule.id, "pack": pack, "rule": without_nulls(value) }))
}

fn read_diagnosis(file: &Path) -> Result<diagnosis::DiagnosisSpec, Box<dyn Error>> {
    let diagnosis: diagnosis::DiagnosisSpec = serde_saphyr::from_str(&fs::read_to_string(file)?)?;
    check_name(file, &diagnosis.id)?;
    // The examples are tests, and tests read the files.
    Ok(diagnosis::DiagnosisSpec { examples: Vec::new(), ..diagnosis })
}

fn check_name(file: &Path, id: &str) -> Result<(), Box<dyn Error>> {
    if file.file_stem().and_then(|stem| stem.to_str()) == Some(id) {
        return Ok(());
    }
    Err(format!("the id is `{id}`; a file is called as its id").into())
}
