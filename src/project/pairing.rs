//! Which parameter files deploy which template.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::places::{Places, said};
use super::{Project, ScriptDeployment, TemplateEntry};
use crate::source::{FileId, Sources};
use crate::template::ParameterFile;

/// The parameter files that a template is deployed with, each with the name to call it by.
pub type Files<'t> = Vec<(Arc<str>, &'t ParameterFile)>;

/// How a parameter file and a template belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pairing {
    /// The file says that it is for the template.
    Said,
    /// The file is named after the template.
    Named,
    /// Nothing but what they hold, or whoever runs the check, says so.
    Guessed,
    /// The file says that it is for another template.
    Foreign,
}

impl Pairing {
    /// How `file`, which lies at `path`, belongs to the template at another path.
    pub fn of(file: &ParameterFile, path: &str, template: &str) -> Self {
        let is_bicep = file.names.is_some();
        match &file.using {
            Some(using) if is_bicep && using.is_empty() => Self::Guessed,
            Some(using) if is_bicep => {
                if super::join(path, using) == template {
                    Self::Said
                } else {
                    Self::Foreign
                }
            }
            Some(using) if said(path, using).any(|place| place == template) => Self::Named,
            _ if folder(path) == folder(template) && stems(path).contains(&stem(template)) => Self::Named,
            _ => Self::Guessed,
        }
    }
}

/// For each template, the parameter files it is deployed with: those at the paths `chosen`, if there are any, else those
/// that are meant for it, save the one at `overrides`, whose values stand over those of every other.
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

impl Project {
    /// The parameter files that no one of `pairs` holds, and no script deploys anything with; the one at `overrides` is for
    /// all templates.
    pub fn unpaired(&self, pairs: &[Files<'_>], overrides: Option<&str>, sources: &Sources) -> Vec<&ParameterFile> {
        let paired: HashSet<FileId> = pairs.iter().flatten().map(|(_, file)| file.file).collect();
        let deployed: HashSet<usize> = self.deployments.iter().flat_map(ScriptDeployment::named_files).collect();
        let is_alone = |(at, file): &(usize, &ParameterFile)| {
            let is_for_all = Some(sources.file(file.file).path()) == overrides;
            !is_for_all && !paired.contains(&file.file) && !deployed.contains(at)
        };
        self.parameter_files.iter().enumerate().filter(is_alone).map(|(_, file)| file).collect()
    }

    /// Whether a file is nothing but names and values, so that without a template it may be anything.
    pub fn is_bare(&self, file: &ParameterFile) -> bool {
        self.bare.contains(&file.file)
    }
}

/// Calls files of one name by their paths, so that a finding says which of them it is about.
pub(super) fn tell_apart(files: &mut Files<'_>, sources: &Sources) {
    if files.len() < 2 {
        return;
    }
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
        self.parameters.extend(names(path));
    }

    /// Whether a file is named after one of them, or one of them after it.
    pub fn include(&self, path: &str) -> bool {
        names(path).iter().any(|stem| self.templates.contains(stem)) || self.parameters.contains(&stem(path))
    }
}

/// The stems of the templates that a parameter file may be named after; one in a folder of parameter files need not say in
/// its own name that it is one.
fn names(path: &str) -> Vec<String> {
    let mut names = stems(path);
    let around = folder(path);
    if [around, folder(around)].iter().any(|folder| says_parameters(file_name(folder))) {
        names.extend(parts(&stem(path)));
    }
    names
}

/// The parts of a name that may be the name of a template: `export` and `prod` of `parameters.export.prod`, before them all
/// of it.
pub(super) fn parts(stem: &str) -> impl Iterator<Item = String> {
    let parts = stem.split(SEPARATORS).filter(|part| !part.is_empty() && !says_parameters(part));
    std::iter::once(stem).chain(parts).map(str::to_owned)
}

/// The name of a template without its extension, in lower case.
pub(super) fn stem(template_path: &str) -> String {
    let name = file_name(template_path).to_ascii_lowercase();
    let stem = name.rsplit_once('.').map_or(&*name, |(stem, _)| stem);
    stem.strip_suffix(".template").unwrap_or(stem).to_owned()
}

/// What stands between the parts of a name.
pub(super) const SEPARATORS: [char; 3] = ['.', '-', '_'];

/// Whether a name, of a file or a folder, has a part that stands for parameters: `parameters.json`,
/// `main.prod.params.json`, `main_parameters.json`.
pub(super) fn says_parameters(name: &str) -> bool {
    let is_parameters =
        |part: &str| ["parameters", "parameter", "params", "param"].iter().any(|word| part.eq_ignore_ascii_case(word));
    name.split(SEPARATORS).any(is_parameters)
}

/// The stems of the templates that a parameter file may be named after, the longest first: `main.prod` and `main` for
/// `main.prod.parameters.json`, `main` for `main.parameters.json`, `main_parameters.json` and `main.parameters.prod.json`.
pub(super) fn stems(file_path: &str) -> Vec<String> {
    let name = file_name(file_path).to_ascii_lowercase();
    let ends = name.rmatch_indices(SEPARATORS).map(|(at, _)| at);
    ends.filter(|at| says_parameters(&name[at + 1..])).map(|at| name[..at].to_owned()).collect()
}

/// The last part of a path.
pub(super) fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

pub(super) fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

#[cfg(test)]
mod tests {
    use super::{Namesakes, stem, stems};

    #[test]
    fn a_parameter_file_is_called_after_its_template() {
        for name in
            ["main.parameters.json", "main.prod.parameters.json", "main.parameters.prod.json", "Main_Parameters.json"]
        {
            assert!(stems(name).contains(&stem("main.json")), "{name}");
        }
        assert_eq!(stems("net_prod.parameters.json"), ["net_prod", "net"]);
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
