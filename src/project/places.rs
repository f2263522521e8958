//! Which templates a parameter file is meant for, told from what it says, from names, and from where it lies.

use std::cell::OnceCell;
use std::collections::{HashMap, HashSet};

use foldhash::fast::RandomState;

use super::TemplateEntry;
use super::pairing::{file_name, folder, parts, says_parameters, stem, stems};
use crate::source::{Language, Sources};
use crate::template::{ParameterFile, Template};

/// Folders are searched upwards this far for the template of a parameter file.
const MAX_FOLDERS: usize = 4;

/// Folders are searched upwards this far for the root of a repository.
const MAX_DEPTH: usize = 32;

/// What folders of parameter files are called, beside names that say so: each environment may have one.
const OF_ENVIRONMENTS: [&str; 12] = [
    "env",
    "envs",
    "environment",
    "environments",
    "config",
    "configs",
    "configuration",
    "configurations",
    "values",
    "vars",
    "stages",
    "variables",
];

/// What folders of parameter files are called for certain.
const OF_PARAMETERS: [&str; 4] = ["parameters", "params", "parameter", "param"];

/// What folders of templates are called.
const OF_TEMPLATES: [&str; 12] = [
    "templates",
    "template",
    "infra",
    "infrastructure",
    "bicep",
    "arm",
    "src",
    "deploy",
    "deployment",
    "deployments",
    "iac",
    "modules",
];

/// Templates by where they are, as indexes: there may be thousands of them in one folder.
pub(super) struct Places<'t> {
    templates: &'t [TemplateEntry],
    sources: &'t Sources,
    by_path: HashMap<&'t str, Vec<usize>, RandomState>,
    /// Only files that do not say what they are for ask for these.
    near: OnceCell<Near<'t>>,
}

/// Templates by their folders and names.
#[derive(Default)]
struct Near<'t> {
    folders: HashMap<&'t str, Vec<usize>, RandomState>,
    /// By folder and by the name without its extension, in lower case.
    stems: HashMap<(&'t str, String), Vec<usize>, RandomState>,
    /// By the folder around that of the template, and by its name.
    stems_below: HashMap<(&'t str, String), Vec<usize>, RandomState>,
}

impl<'t> Places<'t> {
    pub(super) fn new(templates: &'t [TemplateEntry], sources: &'t Sources) -> Self {
        let mut places = Self { templates, sources, by_path: HashMap::default(), near: OnceCell::new() };
        for (path, at) in places.inputs() {
            places.by_path.entry(path).or_default().push(at);
        }
        places
    }

    /// The paths of the templates that are inputs.
    fn inputs(&self) -> impl Iterator<Item = (&'t str, usize)> + use<'t> {
        let (templates, sources) = (self.templates, self.sources);
        let inputs = templates.iter().enumerate().filter(|(_, entry)| entry.is_input);
        inputs.map(|(at, entry)| (sources.file(entry.file).path(), at))
    }

    fn near(&self) -> &Near<'t> {
        self.near.get_or_init(|| {
            let mut near = Near::default();
            for (path, at) in self.inputs() {
                let own = folder(path);
                near.folders.entry(own).or_default().push(at);
                near.stems.entry((own, stem(path))).or_default().push(at);
                if !own.is_empty() {
                    near.stems_below.entry((folder(own), stem(path))).or_default().push(at);
                }
            }
            near
        })
    }

    /// The templates that a parameter file is meant for: those that it says it is for; else those beside it that it is
    /// named after; else the only one beside it that it fits; else those of the usual folders around it.
    pub(super) fn deployed_with(&self, path: &str, file: &ParameterFile) -> Vec<usize> {
        let is_bicep = file.names.is_some();
        if let Some(using) = &file.using {
            // The tools that read this of a file in JSON start at the root of the repository.
            let mut said = said(path, using).take(if is_bicep { 1 } else { usize::MAX });
            let used = said.find_map(|place| self.by_path.get(&*place));
            if used.is_some() || is_bicep {
                return used.cloned().unwrap_or_default();
            }
        }
        let own = folder(path);
        let named = stems(path).into_iter().find_map(|stem| self.near().stems.get(&(own, stem)));
        if let Some(named) = named {
            return named.clone();
        }
        let beside = self.near().folders.get(own).into_iter().flatten().copied();
        self.only(beside, |template| fits(file, template)).or_else(|| self.around(path, file)).unwrap_or_default()
    }

    /// The templates of the usual folders around a parameter file: those that it or a folder of it is named after, and
    /// whose parameters it has; else the only one that asks for what it gives.
    fn around(&self, path: &str, file: &ParameterFile) -> Option<Vec<usize>> {
        let mut names = stems(path);
        names.extend(parts(&stem(path)));
        let mut is_of_parameters = says_parameters(file_name(path));
        let mut within: Option<&str> = None;
        for base in above(path).take(MAX_FOLDERS) {
            if let Some(folder) = within.map(|folder| file_name(folder).to_ascii_lowercase()) {
                is_of_parameters |= says_parameters(&folder) || OF_ENVIRONMENTS.contains(&&*folder);
                names.push(folder);
            }
            within = Some(base);
            let named = names.iter().flat_map(|name| {
                [&self.near().stems, &self.near().stems_below].map(|by_stem| by_stem.get(&(base, name.clone())))
            });
            let fitting = |found: &Vec<usize>| -> Vec<usize> {
                found.iter().copied().filter(|at| fits(file, self.template(*at))).collect()
            };
            let named = named.flatten().map(fitting).find(|found| !found.is_empty());
            if let Some(named) = named {
                return self.is_one(&named).then_some(named);
            }
            let usual = OF_TEMPLATES.iter().map(|name| below(base, name));
            let folders = std::iter::once(base.to_owned()).chain(usual).filter(|_| is_of_parameters);
            let near = folders.filter_map(|folder| self.near().folders.get(&*folder)).flatten().copied();
            if let Some(found) = self.only(near, |template| fits(file, template) && is_filled_by(template, file)) {
                return Some(found);
            }
        }
        None
    }

    fn template(&self, at: usize) -> &'t Template {
        &self.templates[at].template
    }

    /// The one of `templates` of which `is_meant` is true; `None` when there are several.
    fn only(&self, templates: impl Iterator<Item = usize>, is_meant: impl Fn(&Template) -> bool) -> Option<Vec<usize>> {
        let meant: Vec<usize> = templates.filter(|at| is_meant(self.template(*at))).take(3).collect();
        self.is_one(&meant).then_some(meant)
    }

    /// Whether `templates` are one: a source, and what it was compiled to.
    fn is_one(&self, templates: &[usize]) -> bool {
        let path = |at: &usize| self.sources.file(self.templates[*at].file).path();
        let mut places = templates.iter().map(|at| (folder(path(at)), stem(path(at))));
        places.next().is_some_and(|first| places.all(|other| other == first))
    }
}

/// Whether a template has all parameters that a file gives a value to.
fn fits(file: &ParameterFile, template: &Template) -> bool {
    let mut given = file.assignments.iter();
    !file.assignments.is_empty() && given.all(|assignment| template.parameter(&assignment.name.text).is_some())
}

/// Whether a file gives all values that a template asks for.
fn is_filled_by(template: &Template, file: &ParameterFile) -> bool {
    let mut asked = template.parameters.iter().filter(|parameter| parameter.default.is_none() && !parameter.nullable);
    asked.all(|parameter| file.assignment(&parameter.name.text).is_some())
}

/// The folders above a file, from its own on.
fn above(path: &str) -> impl Iterator<Item = &str> {
    let outer = |within: &&'_ str| -> bool { !within.is_empty() && file_name(within) != ".." };
    std::iter::successors(Some(folder(path)), move |within| Some(*within).filter(outer).map(folder)).take(MAX_DEPTH)
}

/// The path `relative` as seen from the folder `base`.
fn below(base: &str, relative: &str) -> String {
    let folder = if base.is_empty() { String::new() } else { format!("{base}/") };
    super::join(&folder, relative)
}

/// The folders, beside its own, where the parameter files of the template at `path` may lie.
pub fn companion_folders(path: &str) -> Vec<String> {
    if !matches!(Language::of_path(path), Some(Language::Json | Language::Bicep)) {
        return Vec::new();
    }
    let own = folder(path);
    let mut found = Vec::new();
    for base in above(path).take(2) {
        let usual = OF_PARAMETERS.iter().chain(&OF_ENVIRONMENTS).map(|name| below(base, name));
        found.extend(usual.chain([below(base, &stem(path))]));
    }
    found.retain(|folder| folder != own);
    found
}

/// Where the template of a parameter file may lie that neither names it nor has it beside it.
#[derive(Debug)]
pub struct Surroundings {
    /// The folders around the parameter file, its own first.
    pub folders: Vec<String>,
    names: HashSet<String>,
    is_of_parameters: bool,
}

impl Surroundings {
    /// The surroundings of the parameter file at `path`.
    pub fn of(path: &str) -> Self {
        let folders: Vec<String> = above(path).take(MAX_FOLDERS).map(str::to_owned).collect();
        let around = || folders.iter().map(|folder| file_name(folder).to_ascii_lowercase());
        let is_of_parameters = |name: String| says_parameters(&name) || OF_ENVIRONMENTS.contains(&&*name);
        Self {
            names: stems(path).into_iter().chain(parts(&stem(path))).chain(around()).collect(),
            is_of_parameters: says_parameters(file_name(path)) || around().any(is_of_parameters),
            folders,
        }
    }

    /// Whether what lies at `path` may be the template.
    pub fn include(&self, path: &str) -> bool {
        let (own, outer) = (folder(path), folder(folder(path)));
        let is_around = |folder: &str| self.folders.iter().any(|base| base == folder);
        let is_usual = || OF_TEMPLATES.iter().any(|name| self.folders.iter().any(|base| below(base, name) == own));
        let is_near = is_around(own) || !own.is_empty() && is_around(outer);
        is_near && self.names.contains(&stem(path)) || self.is_of_parameters && (is_around(own) || is_usual())
    }
}

/// The paths where the template may be that a parameter file in JSON at `path` says it is for.
pub(super) fn said<'p>(path: &'p str, using: &'p str) -> impl Iterator<Item = String> + use<'p> {
    std::iter::once(super::join(path, using)).chain(above(path).map(|base| below(base, using)))
}
