//! Which parameter files deploy which template.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::TemplateEntry;
use crate::source::{FileId, Sources};
use crate::template::ParameterFile;

/// The parameter files that a template is deployed with, each with the name to call it by.
pub type Files<'t> = Vec<(Arc<str>, &'t ParameterFile)>;

/// For each template, the parameter files it is deployed with: those at the paths `chosen`, if there are any, else those
/// beside it, save the one at `overrides`, whose values stand over those of every other.
pub fn pair<'t>(
    templates: &[TemplateEntry],
    parameter_files: &'t [ParameterFile],
    sources: &Sources,
    chosen: &[String],
    overrides: Option<&str>,
) -> Vec<Files<'t>> {
    let path = |file: FileId| sources.file(file).path();
    let places = Places::new(templates, sources);
    let mut pairs: Vec<Files<'t>> = templates.iter().map(|_| Vec::new()).collect();
    for file in parameter_files {
        let own = path(file.file);
        let deployed = if !chosen.is_empty() {
            if chosen.iter().any(|wanted| wanted == own) { (0..templates.len()).collect() } else { Vec::new() }
        } else if Some(own) == overrides {
            Vec::new()
        } else {
            places.deployed_with(own, file)
        };
        for at in deployed {
            pairs[at].push((Arc::from(file_name(own)), file));
        }
    }
    for files in &mut pairs {
        tell_apart(files, sources);
    }
    pairs
}

/// Calls files of one name by their paths, so that a finding says which of them it is about.
pub(super) fn tell_apart(files: &mut Files<'_>, sources: &Sources) {
    let mut counts: HashMap<Arc<str>, usize> = HashMap::new();
    for (name, _) in files.iter() {
        *counts.entry(Arc::clone(name)).or_default() += 1;
    }
    for (name, file) in files.iter_mut().filter(|(name, _)| counts.get(name).is_some_and(|count| *count > 1)) {
        let folder = folder(sources.file(file.file).path());
        if !folder.is_empty() {
            *name = format!("{folder}/{name}").into();
        }
    }
}

/// Templates by where they are, as indexes: there may be thousands of them in one folder.
struct Places<'t> {
    templates: &'t [TemplateEntry],
    by_path: HashMap<&'t str, Vec<usize>>,
    by_folder: HashMap<&'t str, Vec<usize>>,
    /// By folder and by the name without its extension, in lower case.
    by_stem: HashMap<(&'t str, String), Vec<usize>>,
}

impl<'t> Places<'t> {
    fn new(templates: &'t [TemplateEntry], sources: &'t Sources) -> Self {
        let (by_path, by_folder, by_stem) = (HashMap::new(), HashMap::new(), HashMap::new());
        let mut places = Self { templates, by_path, by_folder, by_stem };
        for (at, entry) in templates.iter().enumerate() {
            let path = sources.file(entry.file).path();
            places.by_path.entry(path).or_default().push(at);
            places.by_folder.entry(folder(path)).or_default().push(at);
            places.by_stem.entry((folder(path), stem(path))).or_default().push(at);
        }
        places
    }

    /// The templates that a parameter file is meant for: the one that it uses; else those beside it that it is named
    /// after; else the only one beside it that it fits.
    fn deployed_with(&self, path: &str, file: &ParameterFile) -> Vec<usize> {
        if let Some(using) = &file.using {
            return self.by_path.get(&*super::join(path, using)).cloned().unwrap_or_default();
        }
        let folder = folder(path);
        let named = stems(path).into_iter().filter_map(|stem| self.by_stem.get(&(folder, stem)));
        let named: Vec<usize> = named.flatten().copied().collect();
        if !named.is_empty() {
            return named;
        }
        let fits = |at: &usize| {
            let template = &self.templates[*at].template;
            file.assignments.iter().all(|assignment| template.parameter(&assignment.name.text).is_some())
        };
        let beside = self.by_folder.get(folder).into_iter().flatten().copied();
        let fitting: Vec<usize> = beside.filter(fits).take(2).collect();
        if fitting.len() == 1 && !file.assignments.is_empty() { fitting } else { Vec::new() }
    }
}

/// Files of one folder by their names, to find those that mean little without them: `main.json` and
/// `main.prod.parameters.json`.
#[derive(Debug, Default)]
pub struct Namesakes {
    templates: HashSet<String>,
    parameters: HashSet<String>,
}

impl Namesakes {
    /// Adds a file.
    pub fn add(&mut self, path: &str) {
        self.templates.insert(stem(path));
        self.parameters.extend(stems(path));
    }

    /// Whether a file is named after one of them, or one of them after it.
    pub fn include(&self, path: &str) -> bool {
        stems(path).iter().any(|stem| self.templates.contains(stem)) || self.parameters.contains(&stem(path))
    }
}

/// The name of a template without its extension, in lower case.
fn stem(template_path: &str) -> String {
    let name = file_name(template_path).to_ascii_lowercase();
    let stem = name.rsplit_once('.').map_or(&*name, |(stem, _)| stem);
    stem.strip_suffix(".template").unwrap_or(stem).to_owned()
}

/// The stems of the templates that a parameter file may be named after: `main` for `main.parameters.json`,
/// `main.prod.parameters.json`, `main.parameters.prod.json`.
fn stems(file_path: &str) -> Vec<String> {
    let name = file_name(file_path).to_ascii_lowercase();
    let says_so =
        |rest: &str| rest.split(['.', '-']).any(|part| matches!(part, "parameters" | "parameter" | "params" | "param"));
    let ends = name.match_indices(['.', '-']).map(|(at, _)| at);
    ends.filter(|at| says_so(&name[at + 1..])).map(|at| name[..at].to_owned()).collect()
}

/// The last part of a path.
pub(super) fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

#[cfg(test)]
mod tests {
    use super::{Namesakes, stem, stems};

    #[test]
    fn a_parameter_file_is_called_after_its_template() {
        for name in
            ["main.parameters.json", "main.prod.parameters.json", "main.parameters.prod.json", "Main.Parameters.json"]
        {
            assert!(stems(name).contains(&stem("main.json")), "{name}");
        }
        for name in ["prod.parameters.json", "main2.parameters.json", "main.json", "main.prod.json"] {
            assert!(!stems(name).contains(&stem("main.json")), "{name}");
        }
    }

    #[test]
    fn files_are_known_by_the_names_of_others() {
        let mut namesakes = Namesakes::default();
        namesakes.add("infra/main.json");
        namesakes.add("infra/net.prod.parameters.json");
        for name in ["main.parameters.json", "Main.prod.parameters.json", "net.bicep"] {
            assert!(namesakes.include(name), "{name}");
        }
        for name in ["prod.parameters.json", "net.dev.parameters.json", "main.prod.json"] {
            assert!(!namesakes.include(name), "{name}");
        }
    }
}
