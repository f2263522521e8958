//! L6. The pure prediction: texts and what is known of a deployment in, the resources and outputs of that one deployment
//! out, in the format of `bicep snapshot`. No input or output.

mod render;

use crate::evaluate::{Context, Env, Evaluator, Inputs};
use crate::project::{self, Input, Load, Problem, Project};
use crate::source::Span;
use crate::template::{Template, TemplateErrorKind};

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
    /// Parameter files that the template is deployed with, by the paths of inputs; the first one counts.
    pub parameter_files: Vec<String>,
    /// The path of the input that holds values given on the command line.
    pub overrides: Option<String>,
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
pub fn snapshot(inputs: Vec<Input>, settings: &Settings, load: &Load<'_>) -> Result<serde_json::Value, SnapshotError> {
    let project = project::read(inputs, load);
    let path = |span: Span| project.sources.file(span.file).path();
    let broken: Vec<String> = project
        .problems
        .iter()
        .filter(|problem| {
            path(problem.span) == settings.file || settings.parameter_files.contains(&path(problem.span).to_owned())
        })
        .filter(|problem| !matches!(problem.rule, "duplicate-key" | "missing-linked-template"))
        .map(|problem| locate(&project, problem.span, &problem.message))
        .collect();
    if !broken.is_empty() {
        return Err(SnapshotError::Unreadable(broken));
    }
    let file_path = |file| project.sources.file(file).path();
    let template = project.templates.iter().position(|entry| file_path(entry.file) == settings.file);
    let chosen = match template {
        Some(_) => &settings.parameter_files,
        None => &vec![settings.file.clone()],
    };
    let overrides = settings.overrides.as_deref();
    let at = match template {
        Some(at) => at,
        None => deployed_by(&project, settings).ok_or_else(|| SnapshotError::NoTemplate(settings.file.clone()))?,
    };
    let entry = &project.templates[at];
    let files: project::Files<'_> = project
        .parameter_files
        .iter()
        .filter(|file| chosen.iter().any(|path| path == file_path(file.file)))
        .map(|file| (file_path(file.file).into(), file))
        .take(1)
        .collect();
    let links = project.links();
    let inputs = Inputs {
        template: &entry.template,
        parameter_files: &files,
        overrides: project.parameter_files.iter().find(|file| Some(file_path(file.file)) == overrides),
        links: &links,
        context: &settings.context,
    };
    Ok(predict(inputs, &diagnostics(&project, &entry.template)))
}

/// The template that the parameter file of `settings` is for.
fn deployed_by(project: &Project, settings: &Settings) -> Option<usize> {
    let pairs = project::pair(&project.templates, &project.parameter_files, &project.sources, &[], None);
    let deploys = |files: &project::Files<'_>| {
        files.iter().any(|(_, file)| project.sources.file(file.file).path() == settings.file)
    };
    pairs.iter().position(deploys)
}

/// What could not be understood, one line each.
fn diagnostics(project: &Project, template: &Template) -> Vec<String> {
    let missing = project.problems.iter().filter(|problem| problem.rule == "missing-linked-template");
    let mut lines: Vec<String> = missing.map(|Problem { span, message, .. }| locate(project, *span, message)).collect();
    lines.extend(template.errors.iter().map(|error| {
        let (TemplateErrorKind::Expression(message) | TemplateErrorKind::Shape(message)) = &error.kind;
        locate(project, error.span, message)
    }));
    lines
}

fn locate(project: &Project, span: Span, message: &str) -> String {
    let at = project.sources.position(span);
    format!("{}:{}:{}: {message}", project.sources.file(span.file).path(), at.line, at.column)
}

fn predict(inputs: Inputs<'_>, diagnostics: &[String]) -> serde_json::Value {
    let mut evaluator = Evaluator::new(inputs);
    let mut resources = Vec::new();
    let mut extensible = Vec::new();
    for instance in evaluator.instances(&|resource| !resource.existing) {
        // What a deployment deploys stands for it; only one whose template is not in view stands for itself.
        if evaluator.nested(&instance).is_some() {
            continue;
        }
        if instance.resource.is_extensible() {
            extensible.push(render::extensible(&mut evaluator, &instance));
        } else {
            resources.push(render::resource(&mut evaluator, &instance));
        }
    }
    resources.append(&mut extensible);
    serde_json::json!({
        "predictedResources": resources,
        "diagnostics": diagnostics,
        "outputs": render::outputs(&mut evaluator, &Env::top(crate::evaluate::DeploymentId::ROOT)),
    })
}
