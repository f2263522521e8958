//! L6. The pure prediction: texts and what is known of a deployment in, the resources and outputs of that one deployment
//! out, in the format of `bicep snapshot`. No input or output.

mod comparison;
mod dependencies;
mod expansion;
mod render;
mod short_circuit;

use std::sync::Arc;

pub use comparison::{Change, Difference};

use crate::evaluate::{Context, DeploymentId, Env, Inputs};
use crate::project::{self, Input, Load, Problem, Project, TemplateEntry};
use crate::source::{FileId, Mask, SourceFile, Span};
use crate::template::ParameterFile;
use expansion::Expansion;

/// Subscription that is assumed when none is named.
pub const SUBSCRIPTION: &str = "00000000-0000-0000-0000-000000000000";

/// Name of the resource group that is assumed when none is named.
pub const RESOURCE_GROUP: &str = "myRg";

/// What is deployed, and with which values.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The path of the input that is deployed: a template, or a parameter file for one of the other inputs.
    pub file: String,
    /// What is known of the deployment.
    pub context: Context,
    /// Parameter files that the template is deployed with, by the paths of inputs; the later one counts.
    pub parameter_files: Vec<String>,
    /// The path of the input that holds values given on the command line.
    pub overrides: Option<String>,
}

impl Settings {
    /// The paths of what is deployed and of the parameter files: what is no template among them is one of these.
    pub fn chosen(&self) -> Vec<String> {
        [std::slice::from_ref(&self.file), &self.parameter_files].concat()
    }
}

/// Why there is nothing to show.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SnapshotError {
    /// The file could not be read or parsed; `path:line:col: message` for each reason.
    #[error("{}", .0.join("\n"))]
    Unreadable(Vec<String>),
    /// No template beside the parameter file is meant for it.
    #[error("{0}: no template beside it is deployed with this parameter file")]
    NoTemplate(String),
}

/// Predicts what a deployment makes of its resources and outputs.
pub fn snapshot(inputs: Vec<Input>, settings: &Settings, load: &dyn Load) -> Result<serde_json::Value, SnapshotError> {
    Deployment::read(inputs, settings, load).predict()
}

/// A template and what it is deployed with, as they were read.
#[derive(Debug)]
pub struct Deployment<'s> {
    settings: &'s Settings,
    project: Project,
    /// The template among those of the project.
    template: Option<usize>,
    mask: Mask,
}

impl<'s> Deployment<'s> {
    /// Reads what `settings` name among the inputs, and what that links to.
    pub fn read(inputs: Vec<Input>, settings: &'s Settings, load: &dyn Load) -> Self {
        let project = project::read_looking(inputs, &settings.chosen(), load, &|_, _, _| {});
        let template = match project.templates.iter().position(|entry| project.path(entry.file) == settings.file) {
            Some(template) => Some(template),
            None => deployed_by(&project, settings),
        };
        let mask = mask(&project, template, settings);
        Self { settings, project, template, mask }
    }

    /// The files of the deployment, without the others that lie beside them and those that cannot be read.
    pub fn files(&self) -> Vec<Input> {
        let project = &self.project;
        let unreadable = |file: FileId| {
            project.problems.iter().any(|problem| problem.rule == "unreadable-file" && problem.span.file == file)
        };
        let used = self.used();
        let files = project.sources.iter().filter(|(file, source)| used.contains(&source.path()) && !unreadable(*file));
        let input = |source: &SourceFile| Input {
            path: source.path().to_owned(),
            text: Ok(source.text().to_owned()),
            explicit: true,
        };
        files.map(|(_, source)| input(source)).collect()
    }

    /// The paths of the files of the deployment.
    fn used(&self) -> Vec<&str> {
        let mut used: Vec<&str> = vec![&self.settings.file];
        used.extend(self.settings.parameter_files.iter().chain(&self.settings.overrides).map(String::as_str));
        used.extend(self.template.map(|at| self.project.path(self.project.templates[at].file)));
        used
    }

    /// What differs between a snapshot that was `kept` and what the deployment makes now; `None` when it is none.
    pub fn compare(self, kept: serde_json::Value) -> Result<Option<Vec<Difference>>, SnapshotError> {
        let kept = match self.template.map(|at| self.project.templates[at].file) {
            Some(file) => hidden(render::without_secrets(kept), &self.mask, file),
            None => kept,
        };
        Ok(comparison::compare(&kept, &self.predict()?))
    }

    /// What the deployment makes of its resources and outputs.
    pub fn predict(mut self) -> Result<serde_json::Value, SnapshotError> {
        let used = self.used();
        let project = &self.project;
        let broken = project.problems.iter().filter(|problem| {
            !matches!(problem.rule, "duplicate-key" | "missing-linked-template" | "circular-definition")
                && used.contains(&project.path(problem.span.file))
        });
        let line = |problem: &Problem| {
            self.mask.hide(&locate(project, problem.span, &problem.message), &[problem.span.file]).into_owned()
        };
        let broken: Vec<String> = broken.map(line).collect();
        if !broken.is_empty() {
            return Err(SnapshotError::Unreadable(broken));
        }
        let settings = self.settings;
        let Some(template) = self.template else { return Err(SnapshotError::NoTemplate(settings.file.clone())) };
        let given = given(&mut self.project, settings);
        let files: Vec<(Arc<str>, &ParameterFile)> = given.iter().map(|file| ("".into(), file)).collect();
        let project = &self.project;
        let TemplateEntry { file, template, .. } = &project.templates[template];
        let links = project.links();
        let inputs =
            Inputs { template, parameter_files: &files, overrides: None, links: &links, context: &settings.context };
        let predicted = predict(inputs, project, missing(project, *file));
        Ok(hidden(predicted, &self.mask, *file))
    }
}

/// What no snapshot shows: the secrets of what was read, when the template at `deployed` is deployed as `settings` say.
fn mask(project: &Project, deployed: Option<usize>, settings: &Settings) -> Mask {
    let paths = || std::iter::once(&settings.file).chain(&settings.parameter_files).chain(&settings.overrides);
    let is_given = |file: &&ParameterFile| paths().any(|path| project.path(file.file) == path);
    let mut pairs: Vec<project::Files<'_>> = project.templates.iter().map(|_| Vec::new()).collect();
    let given = project.parameter_files.iter().filter(is_given).map(|file| ("".into(), file));
    if let Some(files) = deployed.and_then(|at| pairs.get_mut(at)) {
        files.extend(given);
    }
    let errors: Vec<Span> = project.problems.iter().filter(|problem| problem.is_syntax()).map(|it| it.span).collect();
    let search = project::Search {
        templates: &project.templates,
        files: &project.parameter_files,
        pairs: &pairs,
        overrides: None,
        links: &project.links(),
        errors: &errors,
        sources: &project.sources,
    };
    let secrets = project::secrets(&search);
    let shown = project.templates.iter().map(|entry| entry.file).collect();
    Mask::new(&secrets, &project::names(&secrets, &search, &shown), &project.sources)
}

/// What is predicted of the template in `file`, without secrets.
fn hidden(json: serde_json::Value, mask: &Mask, file: FileId) -> serde_json::Value {
    match json {
        serde_json::Value::String(text) => mask.hide(&text, &[file]).into(),
        serde_json::Value::Array(items) => items.into_iter().map(|item| hidden(item, mask, file)).collect(),
        serde_json::Value::Object(members) => members
            .into_iter()
            .map(|(key, value)| (mask.hide(&key, &[file]).into_owned(), hidden(value, mask, file)))
            .collect(),
        other => other,
    }
}

/// All values that are given, as one parameter file: a later file, and last the command line, over the earlier ones.
fn given(project: &mut Project, settings: &Settings) -> Option<ParameterFile> {
    let mut merged: Option<ParameterFile> = None;
    let paths = std::iter::once(&settings.file).chain(&settings.parameter_files).chain(&settings.overrides);
    for path in paths {
        let sources = &project.sources;
        let at = project.parameter_files.iter().position(|file| sources.file(file.file).path() == path);
        if let Some(file) = at.map(|at| project.parameter_files.swap_remove(at)) {
            match &mut merged {
                Some(merged) => merged.assignments.extend(file.assignments),
                None => merged = Some(file),
            }
        }
    }
    merged
}

/// The template that the parameter file of `settings` is for.
fn deployed_by(project: &Project, settings: &Settings) -> Option<usize> {
    let pairs = project::pair(&project.templates, &project.parameter_files, &project.sources, &[], None);
    let deploys = |files: &project::Files<'_>| files.iter().any(|(_, file)| project.path(file.file) == settings.file);
    pairs.iter().position(deploys)
}

/// What is linked to from the template in `file` and not at hand, one line each.
fn missing(project: &Project, file: FileId) -> Vec<String> {
    // Other templates may lie beside a parameter file; what they link to is not deployed.
    let beside = |id: FileId| id != file && project.templates.iter().any(|entry| entry.file == id && !entry.linked);
    let missing = project
        .problems
        .iter()
        .filter(|problem| problem.rule == "missing-linked-template" && !beside(problem.span.file));
    missing.map(|Problem { span, message, .. }| locate(project, *span, message)).collect()
}

fn locate(project: &Project, span: Span, message: &str) -> String {
    let at = project.sources.position(span);
    format!("{}:{}:{}: {message}", project.path(span.file), at.line, at.column)
}

fn predict(inputs: Inputs<'_>, project: &Project, mut diagnostics: Vec<String>) -> serde_json::Value {
    let Expansion { mut evaluator, mut resources, mut extensible, left_out, .. } = Expansion::of(inputs);
    resources.append(&mut extensible);
    for (span, reason) in left_out {
        diagnostics.push(locate(project, span, &format!("what this deploys is left out: {reason}")));
    }
    if let Some((span, bound)) = evaluator.worlds.left_out() {
        diagnostics.push(locate(project, span, &format!("this makes {bound}; the rest is left out")));
    }
    serde_json::json!({
        "predictedResources": resources,
        "diagnostics": diagnostics,
        "outputs": render::outputs(&mut evaluator, &Env::top(DeploymentId::ROOT)),
    })
}
