//! Scripts, and the workflows, pipelines and documents that hold some.

use std::collections::{BTreeMap, HashMap, HashSet};

use rayon::prelude::*;

use super::{Omission, Omitted, Problem, Project, safely};
use crate::script::{self, FileKind, Found, Variable};
use crate::source::{FileId, Language, Span};

/// A file with scripts in it.
#[derive(Debug)]
pub struct ScriptFile {
    /// The file.
    pub file: FileId,
    /// What it holds.
    pub found: Found,
    /// Of a template the expressions that spell out its scripts; of other files none.
    pub literals: Vec<Span>,
}

impl ScriptFile {
    pub(super) fn new(file: FileId, found: Found) -> Self {
        Self { file, found, literals: Vec::new() }
    }
}

impl Project {
    /// Finds the scripts in `files`.
    pub(super) fn read_scripts(&mut self, files: &[(FileId, FileKind)]) {
        let sources = &self.sources;
        let text = |file: FileId| sources.file(file).text();
        let is_yaml = |kind: FileKind| kind == FileKind::Yaml;
        let mut callers = Vec::new();
        let mut read = Vec::new();
        for &(file, kind) in files {
            if kind == FileKind::Foreign {
                self.omitted.push(Omitted::file(Omission::ForeignTool, file, sources));
            } else if is_yaml(kind) && !script::is_relevant(text(file)) && !script::speaks_of_transfers(text(file)) {
                callers.push(file);
            } else {
                read.push((file, kind));
            }
        }
        let mut all: Vec<(FileId, Option<Found>)> =
            read.par_iter().map(|(file, kind)| (*file, safely(|| script::find(*kind, *file, text(*file))))).collect();
        if all.iter().any(|(_, found)| is_callable(found.as_ref())) {
            self.add_callers(&mut all, callers);
            self.follow_calls(&mut all);
            // What is wrong with a file that holds nothing of ours is not for us to say.
            all.truncate(read.len());
        }
        let sources = &self.sources;
        for (file, found) in all {
            let Some(mut found) = found else {
                self.problems.push(Problem::bug(file));
                continue;
            };
            if found.passed_over > 0 {
                let place = Some(Span::new(file, 0, 0));
                let name = format!("{} in {}", found.passed_over, sources.file(file).path());
                self.omitted.push(Omitted { kind: Omission::Values, name, place });
            }
            if !found.errors.is_empty() && is_template_of_yaml(sources.file(file).text()) {
                self.omitted.push(Omitted::file(Omission::Unfilled, file, sources));
                continue;
            }
            self.unparsed += usize::from(!found.errors.is_empty());
            let is_unread = found.scripts.is_empty() && found.tasks.is_empty() && found.template_calls.is_empty();
            let text = sources.file(file).text();
            if is_unread && sources.file(file).language() == Language::Yaml && script::speaks_of_transfers(text) {
                self.omitted.push(Omitted::file(Omission::ForeignTool, file, sources));
            }
            let errors = found.errors.drain(..);
            self.problems.extend(errors.map(|error| Problem::new("yaml-syntax", error.span, error.message)));
            self.scripts.push(ScriptFile::new(file, found));
        }
    }
}

/// Longest chain of files that call each other.
const MAX_CALLS: usize = 4;

impl Project {
    /// Adds the files among `callers` that name one of those that can be called.
    fn add_callers(&self, all: &mut Vec<(FileId, Option<Found>)>, callers: Vec<FileId>) {
        let text = |file: FileId| self.sources.file(file).text();
        let mut waiting = callers;
        let mut names: HashSet<String> = all
            .iter()
            .filter(|(_, found)| is_callable(found.as_ref()))
            .map(|(file, _)| name_of(self.path(*file)))
            .collect();
        for _ in 0..MAX_CALLS {
            let is_caller = |file: &FileId| names.iter().any(|name| text(*file).contains(name.as_str()));
            let (found, others): (Vec<_>, Vec<_>) = waiting.into_iter().partition(is_caller);
            waiting = others;
            names = found.iter().map(|file| name_of(self.path(*file))).collect();
            if names.is_empty() {
                break;
            }
            all.extend(found.into_iter().map(|file| (file, safely(|| script::find(FileKind::Yaml, file, text(file))))));
        }
    }

    /// Reads the files that others call again, with what they are given.
    fn follow_calls(&self, all: &mut [(FileId, Option<Found>)]) {
        let paths: HashMap<&str, usize> =
            all.iter().enumerate().map(|(at, (file, _))| (self.path(*file), at)).collect();
        for _ in 0..MAX_CALLS {
            let mut given: BTreeMap<usize, Vec<Vec<Variable>>> = BTreeMap::new();
            for (file, found) in all.iter() {
                for call in found.iter().flat_map(|found| &found.template_calls) {
                    let target =
                        targets(self.path(*file), &call.path).find_map(|path| paths.get(path.as_str()).copied());
                    let target =
                        target.filter(|target| all[*target].0 != *file && is_callable(all[*target].1.as_ref()));
                    if let Some(target) = target {
                        given.entry(target).or_default().push(call.given.clone());
                    }
                }
            }
            if given.is_empty() {
                return;
            }
            for (target, given) in given {
                let file = all[target].0;
                let text = self.sources.file(file).text();
                all[target].1 = safely(|| script::find_given(FileKind::Yaml, file, text, &given));
            }
        }
    }
}

fn is_callable(found: Option<&Found>) -> bool {
    found.is_some_and(|found| found.is_callable)
}

/// What a call of the file at `path` ends with: its name, of an action that of its folder.
fn name_of(path: &str) -> String {
    let mut parts = path.rsplit('/');
    let name = parts.next().unwrap_or_default();
    let is_action = matches!(name, "action.yml" | "action.yaml");
    parts.next().filter(|_| is_action).unwrap_or(name).to_owned()
}

/// Where the file may be that the one at `from` calls by `path`.
fn targets(from: &str, path: &str) -> impl Iterator<Item = String> {
    let path = path.strip_suffix("@self").unwrap_or(path);
    let from_root = path.strip_prefix("./").or_else(|| path.strip_prefix('/'));
    let folders = from.match_indices('/').map(|(at, _)| &from[..=at]).chain([""]).filter(|_| from_root.is_some());
    let of_root: Vec<String> = folders.filter_map(|folder| from_root.map(|rest| format!("{folder}{rest}"))).collect();
    // Templates of pipelines are seen from the file that uses them.
    let beside = (!path.starts_with('/')).then(|| super::join(from, path));
    let is_file = Language::of_path(path) == Some(Language::Yaml);
    beside.into_iter().chain(of_root).flat_map(move |path| {
        let names: &[&str] = if is_file { &[""] } else { &["/action.yml", "/action.yaml"] };
        names.iter().map(move |name| format!("{path}{name}"))
    })
}

/// Whether a text that is no YAML becomes some only when Helm, Jinja or the like have filled it in.
fn is_template_of_yaml(text: &str) -> bool {
    text.contains("{%") || text.match_indices("{{").any(|(at, _)| !text[..at].ends_with('$'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_is_seen_from_the_file_or_from_the_root() {
        let targets = |from, path| targets(from, path).collect::<Vec<_>>();
        assert_eq!(targets("ci/azure-pipelines.yml", "../steps/x.yml"), ["steps/x.yml"]);
        assert_eq!(targets("ci/a.yml", "/steps/x.yml"), ["ci/steps/x.yml", "steps/x.yml"]);
        let action = targets("r/.github/workflows/a.yml", "./.github/actions/x");
        assert!(action.contains(&"r/.github/actions/x/action.yml".to_owned()), "{action:?}");
        assert_eq!(name_of("r/.github/actions/x/action.yml"), "x");
    }

    #[test]
    fn templates_of_yaml_are_told_from_workflows() {
        assert!(is_template_of_yaml("{{- if .Values.x }}\na: {{ .b }}\n{{- end }}"));
        assert!(is_template_of_yaml("{% for x in y %}"));
        assert!(!is_template_of_yaml("run: az login ${{ secrets.X }}\n  bad: ["));
    }
}
