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
    let mut rules = Vec::new();
    for pack in sorted(Path::new("rules"))?.iter().filter(|path| path.is_dir() && *path != Path::new(DIAGNOSES)) {
        for file in &yaml_files(pack)? {
            rules.push(read_rule(pack, file).map_err(|error| format!("{}: {error}", file.display()))?);
        }
    }
    rules.sort_by_key(|rule| rule["id"].to_string());
    let target = PathBuf::from(env::var("OUT_DIR")?);
    fs::write(target.join("rules.json"), serde_json::to_string(&rules)?)?;
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

fn read_rule(pack: &Path, file: &Path) -> Result<serde_json::Value, Box<dyn Error>> {
    let rule: spec::RuleSpec = serde_saphyr::from_str(&fs::read_to_string(file)?)?;
    check_name(file, &rule.id)?;
    let mut value = serde_json::to_value(&rule)?;
    value["examples"] = serde_json::Value::Array(Vec::new());
    let pack = pack.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    Ok(serde_json::json!({ "id": rule.id, "pack": pack, "rule": value }))
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
