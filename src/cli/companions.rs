//! The parameter files around templates that were named, and the templates around parameter files: neither means much
//! alone.

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};

use super::inputs::{display, input};
use crate::discover::{beside, repository, within};
use crate::project::{Input, Namesakes, companion_folders};

/// Adds to `inputs` what goes with the `files` that were named.
pub(super) fn add<'f>(inputs: &mut Vec<Input>, files: impl Iterator<Item = &'f Path>) {
    let mut by_folder: BTreeMap<&Path, Vec<&Path>> = BTreeMap::new();
    for file in files {
        by_folder.entry(file.parent().unwrap_or(Path::new(""))).or_default().push(file);
    }
    if by_folder.is_empty() {
        return;
    }
    let repository = repository(by_folder.values().flatten().copied());
    let is_inside = |folder: &Path| {
        folder.canonicalize().is_ok_and(|real| real.is_dir() && repository.iter().any(|root| real.starts_with(root)))
    };
    let mut known: HashSet<String> = inputs.iter().map(|input| input.path.clone()).collect();
    let mut listed: BTreeMap<PathBuf, Vec<PathBuf>> = BTreeMap::new();
    for files in by_folder.values() {
        let (mut namesakes, mut names, mut folders) = (Namesakes::default(), HashSet::new(), HashSet::new());
        for path in files.iter().map(|file| display(file)) {
            namesakes.add(&path);
            names.extend(path.rsplit('/').next().map(str::to_owned));
            // One in Bicep says by itself which template it is for, so that nothing has to be looked for.
            if !path.ends_with(".bicepparam") {
                folders.extend(companion_folders(&path));
            }
        }
        for path in beside(files[0]) {
            let other = display(&path);
            if known.contains(&other) {
                continue;
            }
            let is_bicep = path.extension().is_some_and(|extension| extension == "bicepparam");
            if namesakes.include(&other) {
                inputs.push(input(&path, false));
            } else if is_bicep {
                let found = input(&path, false);
                let uses = found.text.as_ref().is_ok_and(|text| used(text).any(|name| names.contains(name)));
                inputs.extend(uses.then_some(found));
            }
            known.insert(other);
        }
        let of_name = |name: String| PathBuf::from(if name.is_empty() { ".".to_owned() } else { name });
        let mut folders: Vec<PathBuf> = folders.into_iter().map(of_name).collect();
        folders.sort();
        for folder in folders {
            let list = || if is_inside(&folder) { within(&folder) } else { Vec::new() };
            let found = listed.entry(folder.clone()).or_insert_with(list);
            for path in found.iter() {
                let other = display(path);
                if namesakes.include(&other) && known.insert(other) {
                    inputs.push(input(path, false));
                }
            }
        }
    }
}

/// The names of the files beside it that the text of a parameter file in Bicep says it uses.
fn used(text: &str) -> impl Iterator<Item = &str> {
    let parts = text.split("using '").skip(1).filter_map(|part| part.split('\'').next());
    parts.map(|path| path.strip_prefix("./").unwrap_or(path))
}
