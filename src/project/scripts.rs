//! Scripts, and the workflows, pipelines and documents that hold some.

use rayon::prelude::*;

use super::{Omission, Omitted, Problem, Project, safely};
use crate::script::{self, FileKind, Found};
use crate::source::{FileId, Span};

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
        let found: Vec<(FileId, Option<Found>)> = files
            .par_iter()
            .map(|(file, kind)| (*file, safely(|| script::find(*kind, *file, sources.file(*file).text()))))
            .collect();
        for (file, found) in found {
            let Some(mut found) = found else {
                self.problems.push(Problem::bug(file));
                continue;
            };
            if !found.errors.is_empty() && is_template_of_yaml(sources.file(file).text()) {
                self.omitted.push(Omitted::file(Omission::Unfilled, file, sources));
                continue;
            }
            self.unparsed += usize::from(!found.errors.is_empty());
            let errors = found.errors.drain(..);
            self.problems.extend(errors.map(|error| Problem::new("yaml-syntax", error.span, error.message)));
            self.scripts.push(ScriptFile::new(file, found));
        }
    }
}

/// Whether a text that is no YAML becomes some only when Helm, Jinja or the like have filled it in.
fn is_template_of_yaml(text: &str) -> bool {
    text.contains("{%") || text.match_indices("{{").any(|(at, _)| !text[..at].ends_with('$'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_of_yaml_are_told_from_workflows() {
        assert!(is_template_of_yaml("{{- if .Values.x }}\na: {{ .b }}\n{{- end }}"));
        assert!(is_template_of_yaml("{% for x in y %}"));
        assert!(!is_template_of_yaml("run: az login ${{ secrets.X }}\n  bad: ["));
    }
}
