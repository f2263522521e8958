//! Validates every rule file under `rules/` against the format and embeds them, in order of their ids, as JSON.
//!
//! A rule file with an unknown key or a missing field stops the build with its place. The examples stay behind: they
//! are tests, and tests read the files.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::{env, fs};

#[path = "src/engine/spec.rs"]
#[expect(unreachable_pub, reason = "the build only checks the format, the library shows it")]
mod spec;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=rules");
    let mut rules = Vec::new();
    for pack in sorted(Path::new("rules"))?.iter().filter(|path| path.is_dir()) {
        for file in sorted(pack)?.iter().filter(|path| path.extension().is_some_and(|end| end == "yaml")) {
            rules.push(read_rule(pack, file).map_err(|error| format!("{}: {error}", file.display()))?);
        }
    }
    rules.sort_by_key(|rule| rule["id"].to_string());
    let target = PathBuf::from(env::var("OUT_DIR")?).join("rules.json");
    fs::write(target, serde_json::to_string(&rules)?)?;
    Ok(())
}

fn sorted(folder: &Path) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let entries: Result<Vec<PathBuf>, _> = fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path())).collect();
    let mut paths = entries?;
    paths.sort();
    Ok(paths)
}

fn read_rule(pack: &Path, file: &Path) -> Result<serde_json::Value, Box<dyn Error>> {
    let rule: spec::RuleSpec = serde_saphyr::from_str(&fs::read_to_string(file)?)?;
    if file.file_stem().and_then(|stem| stem.to_str()) != Some(&rule.id) {
        return Err(format!("the id is `{}`; a rule file is called as its id", rule.id).into());
    }
    let mut value = serde_json::to_value(&rule)?;
    value["examples"] = serde_json::Value::Array(Vec::new());
    let pack = pack.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    Ok(serde_json::json!({ "id": rule.id, "pack": pack, "rule": value }))
}
