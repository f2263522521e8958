//! Validates every rule file under `rules/` against the format and embeds them, in order of their ids, as JSON; likewise
//! the diagnoses under `rules/diagnose/`.
//!
//! A rule file with an unknown key, a missing field, a clause that can't be compiled or an entry that
//! `rules/troubleshooting.yaml` does not have stops the build with its place. What only tests and documents are made of stays behind: they read the files.

use std::collections::BTreeSet;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::{env, fs};

#[path = "src/engine/spec.rs"]
#[expect(unreachable_pub, reason = "the build only checks the format, the library shows it")]
mod spec;

#[path = "src/engine/words.rs"]
#[expect(dead_code, reason = "the build compiles nothing, it only looks whether that would work")]
mod words;

#[path = "build/clauses.rs"]
mod clauses;

#[path = "src/diagnose/spec.rs"]
#[expect(unreachable_pub, reason = "the build only checks the format, the library shows it")]
mod diagnosis;

/// The folder of the diagnoses, which are no pack of rules.
const DIAGNOSES: &str = "rules/diagnose";

/// What a page tells to look at, which rules and diagnoses name by its ids.
const TROUBLESHOOTING: &str = "rules/troubleshooting.yaml";

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=rules");
    let entries = read_entries().map_err(|error| format!("{TROUBLESHOOTING}: {error}"))?;
    let (mut definitions, mut rules) = (serde_json::Map::new(), Vec::new());
    for pack in sorted(Path::new("rules"))?.iter().filter(|path| path.is_dir() && *path != Path::new(DIAGNOSES)) {
        let name = pack.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let (shared, files): (Vec<_>, Vec<_>) =
            yaml_files(pack)?.into_iter().partition(|file| file.ends_with("definitions.yaml"));
        let in_file = |file: &Path, error| format!("{}:{error}", file.display());
        let mut defined = spec::DefinitionsSpec::default();
        for file in &shared {
            defined = read_definitions(file).map_err(|error| in_file(file, error))?;
            definitions.insert(name.to_owned(), without_nulls(serde_json::to_value(&defined)?));
        }
        for file in &files {
            rules.push(read_rule(name, file, &defined, &entries).map_err(|error| in_file(file, error))?);
        }
    }
    rules.sort_by_key(|rule| rule["id"].to_string());
    let target = PathBuf::from(env::var("OUT_DIR")?);
    let embedded = serde_json::json!({ "definitions": definitions, "rules": rules });
    fs::write(target.join("rules.json"), embedded.to_string())?;
    let diagnoses: Result<Vec<_>, _> = yaml_files(Path::new(DIAGNOSES))?
        .iter()
        .map(|file| read_diagnosis(file, &entries).map_err(|error| format!("{}: {error}", file.display())))
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

fn read_definitions(file: &Path) -> Result<spec::DefinitionsSpec, Box<dyn Error>> {
    Ok(serde_saphyr::from_str(&fs::read_to_string(file)?).map_err(|error| format!(" {error}"))?)
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

fn read_entries() -> Result<BTreeSet<String>, Box<dyn Error>> {
    let page: spec::TroubleshootingSpec = serde_saphyr::from_str(&fs::read_to_string(TROUBLESHOOTING)?)?;
    let mut ids = BTreeSet::new();
    for entry in page.sections.into_iter().flat_map(|section| section.entries) {
        if let Some(id) = ids.replace(entry.id) {
            return Err(format!("two entries are called `{id}`").into());
        }
    }
    Ok(ids)
}

fn read_rule(
    pack: &str,
    file: &Path,
    definitions: &spec::DefinitionsSpec,
    entries: &BTreeSet<String>,
) -> Result<serde_json::Value, Box<dyn Error>> {
    let text = fs::read_to_string(file)?;
    let rule: spec::RuleSpec = serde_saphyr::from_str(&text).map_err(|error| format!(" {error}"))?;
    check_name(file, &rule.id)
        .and_then(|()| check_entries(&rule.troubleshooting, entries))
        .map_err(|error| format!(" {error}"))?;
    clauses::check(&rule, definitions).map_err(|mistake| mistake.located(&text))?;
    let rule = spec::RuleSpec { troubleshooting: Vec::new(), examples: Vec::new(), ..rule };
    let value = without_nulls(serde_json::to_value(&rule)?);
    Ok(serde_json::json!({ "id": rule.id, "pack": pack, "rule": value }))
}

fn read_diagnosis(file: &Path, entries: &BTreeSet<String>) -> Result<diagnosis::DiagnosisSpec, Box<dyn Error>> {
    let diagnosis: diagnosis::DiagnosisSpec = serde_saphyr::from_str(&fs::read_to_string(file)?)?;
    check_name(file, &diagnosis.id)?;
    check_entries(&diagnosis.troubleshooting, entries)?;
    Ok(diagnosis::DiagnosisSpec { troubleshooting: Vec::new(), examples: Vec::new(), ..diagnosis })
}

fn check_name(file: &Path, id: &str) -> Result<(), Box<dyn Error>> {
    if file.file_stem().and_then(|stem| stem.to_str()) == Some(id) {
        return Ok(());
    }
    Err(format!("the id is `{id}`; a file is called as its id").into())
}

fn check_entries(named: &[String], entries: &BTreeSet<String>) -> Result<(), Box<dyn Error>> {
    match named.iter().find(|id| !entries.contains(*id)) {
        Some(id) => Err(format!("`troubleshooting`: {TROUBLESHOOTING} has no entry `{id}`").into()),
        None => Ok(()),
    }
}
