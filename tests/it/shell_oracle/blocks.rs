//! All scripts that the tests hold: those of the rules' examples, of fixtures, samples and documents.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use plimsoll::lint::Input;
use plimsoll::project;
use plimsoll::script::{Script, find, kind_of};
use plimsoll::source::FileId;

use crate::examples::{rule_files, unmark};

/// A script, and what to call the file that holds it.
pub(super) struct Block {
    pub(super) name: String,
    pub(super) script: Script,
}

/// The scripts in a file, templates among them.
fn scripts(path: &str, text: &str) -> Vec<Script> {
    if let Some(kind) = kind_of(path, text) {
        return find(kind, FileId(0), text).scripts;
    }
    let is_template = Path::new(path).extension().is_some_and(|found| found == "json" || found == "bicep");
    if !is_template || !text.contains("scriptContent") {
        return Vec::new();
    }
    let input = Input { path: path.to_owned(), text: Ok(text.to_owned()), explicit: true };
    let read = project::read(vec![input], &|_: &str| None);
    read.scripts.into_iter().flat_map(|file| file.found.scripts).collect()
}

/// The scripts of the examples of all rules.
pub(super) fn of_examples() -> Vec<Block> {
    let mut blocks = Vec::new();
    for (_, rule) in rule_files() {
        for (number, spec) in rule.examples.iter().enumerate() {
            let single = [
                ("main.json", &spec.fail_arm),
                ("main.json", &spec.pass_arm),
                ("main.bicep", &spec.fail_bicep),
                ("main.bicep", &spec.pass_bicep),
            ];
            let single = single.into_iter().filter_map(|(path, text)| Some((path, text.as_ref()?)));
            let several = [&spec.fail_file, &spec.pass_file, &spec.files].into_iter().flatten();
            let files: BTreeMap<&str, &String> =
                single.chain(several.map(|(path, text)| (path.as_str(), text))).collect();
            for (path, text) in files {
                let (text, _) = unmark(text);
                let name = format!("{} {} {path}", rule.id, spec.title.clone().unwrap_or(format!("#{number}")));
                blocks.extend(scripts(path, &text).into_iter().map(|script| Block { name: name.clone(), script }));
            }
        }
    }
    blocks
}

/// The scripts of the files of the repository, and of the scenarios and the corpus where they are there.
pub(super) fn of_files() -> Vec<Block> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folders = ["tests", "samples", "docs", "rules/README.md", "README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"];
    let own = folders.map(|folder| root.join(folder));
    let shared = ["scenarios", "corpus/pairs"];
    let shared =
        ["../shared", "../../shared"].into_iter().flat_map(|at| shared.map(|folder| root.join(at).join(folder)));
    let mut blocks = Vec::new();
    for folder in own.into_iter().chain(shared).filter(|folder| folder.exists()) {
        for entry in walkdir::WalkDir::new(folder).sort_by_file_name() {
            let path = entry.unwrap().into_path();
            let Ok(text) = fs::read_to_string(&path) else { continue };
            let name = path.strip_prefix(root).unwrap_or(&path).display().to_string();
            blocks.extend(scripts(&name, &text).into_iter().map(|script| Block { name: name.clone(), script }));
        }
    }
    blocks
}
