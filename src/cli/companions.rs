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
    let named: HashSet<String> = by_folder.values().flatten().map(|file| display(file)).collect();
    let (meant, parameter_files) = folders.templates(inputs.iter().filter(|input| named.contains(&input.path)));
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

    /// The templates of those of the files `named` that are parameter files in JSON, and the paths of these.
    fn templates<'i>(&mut self, named: impl Iterator<Item = &'i Input>) -> (Vec<Input>, HashSet<String>) {
        let mut by_folder: BTreeMap<&str, Vec<(&Input, Vec<String>)>> = BTreeMap::new();
        for file in named {
            if let Some(said) = said_templates(file) {
                let folder = file.path.rsplit_once('/').map_or("", |(folder, _)| folder);
                by_folder.entry(folder).or_default().push((file, said));
            }
        }
        let found = by_folder.values().flat_map(|files| self.templates_of(files)).collect();
        (found, by_folder.values().flatten().map(|(file, _)| file.path.clone()).collect())
    }

    /// The templates of the parameter `files` of one folder, each with the places where it says that its template is.
    /// What is near goes before what is farther away, so that this need not be read where there is enough.
    fn templates_of(&mut self, files: &[(&Input, Vec<String>)]) -> Vec<Input> {
        let mut left: Vec<&Input> = files.iter().map(|(file, _)| *file).collect();
        let Some(first) = left.first() else { return Vec::new() };
        let said = files.iter().flat_map(|(_, said)| said).map(PathBuf::from).filter(|path| self.holds(path));
        let mut paths: BTreeSet<PathBuf> = said.chain(beside(Path::new(&first.path))).collect();
        let mut found = Vec::new();
        settle(&mut left, &paths, &mut found);
        for surroundings in left.iter().map(|file| Surroundings::of(&file.path)) {
            for folder in &surroundings.folders {
                let listed = self.list(folder).iter();
                paths.extend(listed.filter(|path| surroundings.include(&display(path))).cloned());
            }
        }
        settle(&mut left, &paths, &mut found);
        found
    }

    /// Whether a file lies in the repository.
    fn holds(&self, file: &Path) -> bool {
        file.canonicalize().is_ok_and(|real| real.is_file() && self.roots.iter().any(|root| real.starts_with(root)))
    }
}

/// Moves the parameter files whose templates are among what lies at `paths` out of those that are `left`.
fn settle(left: &mut Vec<&Input>, paths: &BTreeSet<PathBuf>, found: &mut Vec<Input>) {
    if left.is_empty() {
        return;
    }
    let asked: HashSet<&str> = left.iter().map(|file| &*file.path).collect();
    let others = paths.iter().filter(|path| is_template_like(path) && !asked.contains(&*display(path)));
    let (meant, settled) = meant_templates(left, others.filter_map(|path| input_of_ours(path, false)).collect());
    left.retain(|file| !settled.contains(&file.path));
    found.extend(meant);
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
