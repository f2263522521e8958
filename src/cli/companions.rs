//! The parameter files around templates that were named, and the template of a parameter file: neither means much alone.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::{Path, PathBuf};

use super::inputs::{display, input, input_of_ours};
use crate::discover::{beside, repository, within};
use crate::project::{Input, Namesakes, Surroundings, companion_folders, meant_templates, said_templates};
use crate::source::Language;

/// Adds to `inputs` what goes with the `files` that were named.
pub(super) fn add<'f>(inputs: &mut Vec<Input>, files: impl Iterator<Item = &'f Path>) {
    let mut by_folder: BTreeMap<&Path, Vec<&Path>> = BTreeMap::new();
    for file in files {
        by_folder.entry(file.parent().unwrap_or(Path::new(""))).or_default().push(file);
    }
    if by_folder.is_empty() {
        return;
    }
    let mut folders = Folders { roots: repository(by_folder.values().flatten().copied()), listed: BTreeMap::new() };
    let mut known: HashSet<String> = inputs.iter().map(|input| input.path.clone()).collect();
    let named: BTreeSet<String> = by_folder.values().flatten().map(|file| display(file)).collect();
    let mut meant = Vec::new();
    let mut parameter_files = HashSet::new();
    for file in inputs.iter().filter(|input| named.contains(&input.path)) {
        if let Some(said) = said_templates(file) {
            parameter_files.insert(file.path.clone());
            meant.extend(folders.template_of(file, said));
        }
    }
    inputs.extend(meant.into_iter().filter(|input| known.insert(input.path.clone())));
    for files in by_folder.values() {
        let (mut namesakes, mut names, mut around) = (Namesakes::default(), HashSet::new(), BTreeSet::new());
        // A parameter file has its template, which one in Bicep names itself.
        let is_template = |path: &String| !parameter_files.contains(path) && !path.ends_with(".bicepparam");
        for path in files.iter().map(|file| display(file)).filter(is_template) {
            namesakes.add(&path);
            names.extend(path.rsplit('/').next().map(str::to_owned));
            around.extend(companion_folders(&path));
        }
        if names.is_empty() {
            continue;
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
        for folder in around {
            for path in folders.list(&folder) {
                let other = display(path);
                if namesakes.include(&other) && known.insert(other) {
                    inputs.push(input(path, false));
                }
            }
        }
    }
}

/// What lies in the folders of the repository, each listed once.
struct Folders {
    roots: Vec<PathBuf>,
    listed: BTreeMap<String, Vec<PathBuf>>,
}

impl Folders {
    fn list(&mut self, folder: &str) -> &[PathBuf] {
        let roots = &self.roots;
        let is_inside = |folder: &Path| {
            folder.canonicalize().is_ok_and(|real| real.is_dir() && roots.iter().any(|root| real.starts_with(root)))
        };
        let list = || {
            let folder = Path::new(if folder.is_empty() { "." } else { folder });
            if is_inside(folder) { within(folder) } else { Vec::new() }
        };
        self.listed.entry(folder.to_owned()).or_insert_with(list)
    }

    /// The template of a parameter file that says that it is one of `said`, if any: near ones go before those farther
    /// away, so that these need not be read where there is one.
    fn template_of(&mut self, file: &Input, said: Vec<String>) -> Vec<Input> {
        let roots = &self.roots;
        let is_inside = |path: &PathBuf| {
            path.canonicalize().is_ok_and(|real| real.is_file() && roots.iter().any(|root| real.starts_with(root)))
        };
        let said = said.into_iter().map(PathBuf::from).filter(is_inside);
        let near: BTreeSet<PathBuf> = said.chain(beside(Path::new(&file.path))).collect();
        let read = |paths: &BTreeSet<PathBuf>| {
            let others = paths.iter().filter(|path| is_template_like(path) && display(path) != file.path);
            others.filter_map(|path| input_of_ours(path, false)).collect()
        };
        let found = meant_templates(file, read(&near));
        if !found.is_empty() {
            return found;
        }
        let surroundings = Surroundings::of(&file.path);
        let mut far = near;
        for folder in &surroundings.folders {
            let listed = self.list(folder).iter();
            far.extend(listed.filter(|path| surroundings.include(&display(path))).cloned());
        }
        meant_templates(file, read(&far))
    }
}

/// Whether a file is written in a language of templates.
fn is_template_like(path: &Path) -> bool {
    matches!(Language::of_path(&path.to_string_lossy()), Some(Language::Json | Language::Bicep))
}

/// The names of the files beside it that the text of a parameter file in Bicep says it uses.
fn used(text: &str) -> impl Iterator<Item = &str> {
    let parts = text.split("using '").skip(1).filter_map(|part| part.split('\'').next());
    parts.map(|path| path.strip_prefix("./").unwrap_or(path))
}
