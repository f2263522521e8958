//! Which files are the template of one parameter file in JSON, as it is told when all of them are read.

use super::places::said;
use super::{Input, pair, read};
use crate::source::Language;

/// Where the parameter file `file` says that its template is; `None` for what is no parameter file in JSON.
pub fn said_templates(file: &Input) -> Option<Vec<String>> {
    let text = file.text.as_ref().ok().filter(|_| Language::of_path(&file.path) == Some(Language::Json))?;
    let project = read(vec![beside(&file.path, text)], &|_: &str| None);
    let own = project.parameter_files.first()?;
    Some(own.using.iter().flat_map(|using| said(&file.path, using)).collect())
}

/// Those of `candidates` that are the template of the parameter file `file`: one, or a source and what it was compiled to.
pub fn meant_templates(file: &Input, mut candidates: Vec<Input>) -> Vec<Input> {
    let Ok(text) = &file.text else { return Vec::new() };
    candidates.push(beside(&file.path, text));
    // What they link to has no part in it.
    let project = read(candidates, &|_: &str| None);
    let pairs = pair(&project.templates, &project.parameter_files, &project.sources, &[], None);
    let is_meant = |files: &super::Files<'_>| files.iter().any(|(_, other)| project.path(other.file) == file.path);
    let meant = project.templates.iter().zip(&pairs).filter(|(_, files)| is_meant(files));
    meant.map(|(entry, _)| beside(project.path(entry.file), project.sources.file(entry.file).text())).collect()
}

fn beside(path: &str, text: &str) -> Input {
    Input { path: path.to_owned(), text: Ok(text.to_owned()), explicit: false }
}
