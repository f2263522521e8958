//! Repositories as people have them, without the parameter files that the oracle adds: each error that is found in one is
//! known to be true.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::command::Folder;

/// The errors that are true: the repository, the rule, and the file.
const KNOWN: &str = include_str!("../repositories.txt");

/// What the names of the oracle's own files have in them.
const OF_ORACLE: [&str; 3] = [".oracle.bicepparam", ".armoracle.bicepparam", ".variant"];

#[test]
fn no_error_is_found_in_files_that_others_deploy() {
    let archives = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/oracle/repositories");
    if !archives.is_dir() {
        return eprintln!("skipped: the repositories of ../shared/oracle are not here");
    }
    let mut found = BTreeSet::new();
    for name in ["acr", "alz", "avm", "azurestack", "enterprise-scale", "template-analyzer"] {
        let folder = Folder::new(&format!("repository_{name}"));
        let archive = archives.join(format!("{name}.tar.xz"));
        let unpacked = Command::new("tar").arg("xJf").arg(&archive).arg("-C").arg(folder.path("")).status();
        if !unpacked.is_ok_and(|status| status.success()) {
            return eprintln!("skipped: no `tar` unpacks the repositories here");
        }
        remove_added(&folder.path(name));
        let ran = folder.check(&["--format", "json", name]);
        let printed: Value = serde_json::from_str(&ran.stdout).unwrap();
        for diagnostic in printed["diagnostics"].as_array().unwrap() {
            if diagnostic["severity"] == "error" {
                found.insert(format!(
                    "{} {}",
                    diagnostic["rule"].as_str().unwrap(),
                    diagnostic["path"].as_str().unwrap()
                ));
            }
        }
    }
    let known = KNOWN.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).map(str::to_owned);
    let known: BTreeSet<String> = known.collect();
    let new: Vec<_> = found.difference(&known).collect();
    let gone: Vec<_> = known.difference(&found).collect();
    assert!(new.is_empty() && gone.is_empty(), "new: {new:#?}\nno more: {gone:#?}");
}

fn remove_added(folder: &Path) {
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let (path, name) = (entry.path(), entry.file_name());
        let name = name.to_string_lossy();
        if entry.file_type().unwrap().is_dir() {
            remove_added(&path);
        } else if name.ends_with(".bicepparam") && OF_ORACLE.iter().any(|added| name.contains(added)) {
            fs::remove_file(path).unwrap();
        }
    }
}
