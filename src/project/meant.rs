//! Which files are the templates of parameter files in JSON, as it is told when all of them are read.

use std::collections::HashSet;

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

/// Those of `candidates` that are templates of the parameter `files`, and the paths of the files that they are for.
pub fn meant_templates(files: &[&Input], mut candidates: Vec<Input>) -> (Vec<Input>, HashSet<String>) {
    let texts = files.iter().filter_map(|file| Some((&file.path, file.text.as_ref().ok()?)));
    candidates.extend(texts.map(|(path, text)| beside(path, text)));
    // What they link to has no part in it.
    let project = read(candidates, &|_: &str| None);
    let pairs = pair(&project.templates, &project.parameter_files, &project.sources, &[], None);
    let asked: HashSet<&str> = files.iter().map(|file| &*file.path).collect();
    let (mut meant, mut settled) = (Vec::new(), HashSet::new());
    for (entry, paired) in project.templates.iter().zip(&pairs) {
        let paths = paired.iter().map(|(_, file)| project.path(file.file));
        let of_entry: Vec<&str> = paths.filter(|path| asked.contains(path)).collect();
        if !of_entry.is_empty() {
            meant.push(beside(project.path(entry.file), project.sources.file(entry.file).text()));
        }
        settled.extend(of_entry.into_iter().map(str::to_owned));
    }
    (meant, settled)
}

fn beside(path: &str, text: &str) -> Input {
    Input { path: path.to_owned(), text: Ok(text.to_owned()), explicit: false }
}
