//! Which parameter files deploy which template.

use std::sync::Arc;

use super::TemplateEntry;
use crate::source::{FileId, Sources};
use crate::template::{ParameterFile, Template};

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
    templates
        .iter()
        .map(|entry| {
            let deploying = |file: &&ParameterFile| {
                if chosen.is_empty() {
                    Some(path(file.file)) != overrides
                        && deploys(path(file.file), file, path(entry.file), &entry.template, templates, sources)
                } else {
                    chosen.iter().any(|wanted| wanted == path(file.file))
                }
            };
            let named = |file: &'t ParameterFile| (Arc::from(file_name(path(file.file))), file);
            parameter_files.iter().filter(deploying).map(named).collect()
        })
        .collect()
}

/// Whether a parameter file beside a template is meant for it: by its name, or because it fits no other template there.
fn deploys(
    file_path: &str,
    file: &ParameterFile,
    template_path: &str,
    template: &Template,
    templates: &[TemplateEntry],
    sources: &Sources,
) -> bool {
    if let Some(using) = &file.using {
        return super::join(file_path, using) == template_path;
    }
    if folder(file_path) != folder(template_path) || file_path == template_path {
        return false;
    }
    if named_after(file_path, template_path) {
        return true;
    }
    let mut beside = templates.iter().map(|entry| (sources.file(entry.file).path(), entry));
    let taken = beside.any(|(path, _)| folder(path) == folder(file_path) && named_after(file_path, path));
    let fits = |template: &Template| {
        file.assignments.iter().all(|assignment| template.parameter(&assignment.name.text).is_some())
    };
    let others = templates.iter().filter(|entry| {
        let path = sources.file(entry.file).path();
        path != template_path && folder(path) == folder(file_path) && fits(&entry.template)
    });
    !taken && !file.assignments.is_empty() && fits(template) && others.count() == 0
}

/// Whether the name of a parameter file starts with the name of the template: `main.parameters.json`,
/// `main.prod.parameters.json`, `main.parameters.prod.json`.
fn named_after(file_path: &str, template_path: &str) -> bool {
    let name = file_name(file_path).to_ascii_lowercase();
    let template = file_name(template_path).to_ascii_lowercase();
    let stem = template.rsplit_once('.').map_or(&*template, |(stem, _)| stem);
    let stem = stem.strip_suffix(".template").unwrap_or(stem);
    name.strip_prefix(stem).and_then(|rest| rest.strip_prefix(['.', '-'])).is_some_and(|rest| {
        rest.split(['.', '-']).any(|part| matches!(part, "parameters" | "parameter" | "params" | "param"))
    })
}

fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

#[cfg(test)]
mod tests {
    use super::named_after;

    #[test]
    fn a_parameter_file_is_called_after_its_template() {
        for name in
            ["main.parameters.json", "main.prod.parameters.json", "main.parameters.prod.json", "Main.Parameters.json"]
        {
            assert!(named_after(name, "main.json"), "{name}");
        }
        for name in ["prod.parameters.json", "main2.parameters.json", "main.json", "main.prod.json"] {
            assert!(!named_after(name, "main.json"), "{name}");
        }
    }
}
