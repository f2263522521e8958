//! Where secrets are written: the values of secure parameters and outputs, followed to the literals that they are made
//! of.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{Files, Links, TemplateEntry};
use crate::source::limits::MAX_EVALUATION_DEPTH;
use crate::source::{FileId, Span};
use crate::syntax::expression::{Expr, ExprKind};
use crate::template::{Looped, NestedDeployment, NestedTemplate, Parameter, ParameterFile, Template};

/// What the names of parameters end with that hold secrets, whatever type they are declared with.
const TELLING: [&str; 11] = [
    "password",
    "passwd",
    "pwd",
    "passphrase",
    "secret",
    "sas",
    "token",
    "accesskey",
    "accountkey",
    "storagekey",
    "connectionstring",
];

/// Functions whose result holds their arguments, or most of them.
const KEEPING: [&str; 15] = [
    "array",
    "base64",
    "coalesce",
    "concat",
    "createarray",
    "first",
    "format",
    "if",
    "json",
    "last",
    "string",
    "tolower",
    "toupper",
    "trim",
    "union",
];

/// Longest path of properties that is followed.
const MAX_PATH: usize = 16;

/// Most expressions that are followed by their paths.
const MAX_STEPS: usize = 100_000;

/// The places of all secrets, sorted. `pairs` are the parameter files of each template, `overrides` the values given on
/// the command line.
pub fn secrets(
    templates: &[TemplateEntry],
    files: &[ParameterFile],
    pairs: &[Files<'_>],
    overrides: Option<&ParameterFile>,
    links: &Links<'_>,
) -> Vec<Span> {
    let mut tracer = Tracer { links, spans: BTreeSet::new(), seen: BTreeSet::new(), depth: 0 };
    for (entry, paired) in templates.iter().zip(pairs) {
        let given = paired.iter().map(|(_, file)| *file).chain(overrides).collect();
        tracer.template(&entry.template, &Given::Files(given));
    }
    let paired: BTreeSet<FileId> = pairs.iter().flatten().map(|(_, file)| file.file).collect();
    let parameters = templates.iter().flat_map(|entry| &entry.template.parameters);
    let secure: BTreeSet<String> = parameters
        .filter(|parameter| parameter.secure)
        .map(|parameter| parameter.name.text.to_ascii_lowercase())
        .collect();
    for file in files {
        let alone = !paired.contains(&file.file);
        for assignment in &file.assignments {
            let name = &assignment.name.text;
            // A file for no template in view may be for any of them.
            if is_telling(name) || (alone && secure.contains(&name.to_ascii_lowercase())) {
                assignment.value.iter().for_each(|value| tracer.literals(value));
            }
        }
    }
    tracer.spans.into_iter().collect()
}

/// Whether the name of a parameter says that it holds a secret.
fn is_telling(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name == "key" || TELLING.iter().any(|word| name.ends_with(word))
}

/// A path as it is followed: its last step first.
fn last_first(path: &[Arc<str>]) -> Vec<String> {
    path.iter().rev().map(ToString::to_string).collect()
}

/// Where the values of a template's parameters come from.
enum Given<'t> {
    /// From files, each for one deployment.
    Files(Vec<&'t ParameterFile>),
    /// From the deployment around the template.
    Nested(&'t NestedDeployment, &'t Template, &'t Given<'t>),
}

struct Tracer<'l> {
    links: &'l Links<'l>,
    spans: BTreeSet<Span>,
    /// The expressions and paths that have been followed, so that circles end.
    seen: BTreeSet<(Span, Vec<String>)>,
    depth: usize,
}

impl Tracer<'_> {
    fn template(&mut self, template: &Template, given: &Given<'_>) {
        let secret =
            template.parameters.iter().filter(|parameter| parameter.secure || is_telling(&parameter.name.text));
        for parameter in secret {
            self.parameter(template, given, parameter, &mut Vec::new());
        }
        for parameter in &template.parameters {
            for part in &parameter.secure_parts {
                self.parameter(template, given, parameter, &mut last_first(part));
            }
        }
        for output in template.outputs.iter().filter(|output| output.is_secure()) {
            if let Some(Looped::Once(value) | Looped::Each { input: value, .. }) = &output.value {
                self.value(value, template, given, &mut Vec::new());
            }
        }
        for resource in &template.resources {
            let Some(nested) = &resource.deployment else { continue };
            let inner = match &nested.template {
                NestedTemplate::Inline(inner) => Some(&**inner),
                NestedTemplate::RelativePath(path) => {
                    path.as_str().and_then(|relative| self.links.get(&(path.span.file, relative.to_owned())).copied())
                }
                NestedTemplate::Elsewhere(_) => None,
            };
            match (inner, &nested.template) {
                (Some(inner), NestedTemplate::Inline(_)) => {
                    self.template(inner, &Given::Nested(nested, template, given));
                }
                // A linked template is also visited for itself; here only what it is given matters.
                (Some(inner), _) => {
                    let secure = inner.parameters.iter().filter(|parameter| parameter.secure);
                    for parameter in secure {
                        self.nested_value(nested, template, given, &parameter.name.text, &mut Vec::new());
                    }
                    for parameter in &inner.parameters {
                        for part in &parameter.secure_parts {
                            self.nested_value(nested, template, given, &parameter.name.text, &mut last_first(part));
                        }
                    }
                }
                (None, _) => {}
            }
            let arguments = nested.parameters.iter().flat_map(Expr::members);
            for name in arguments.filter_map(|member| member.key.as_str()).filter(|name| is_telling(name)) {
                self.nested_value(nested, template, given, name, &mut Vec::new());
            }
        }
    }

    /// Follows a parameter to its default and to the values it is given.
    fn parameter<'t>(
        &mut self,
        template: &'t Template,
        given: &Given<'t>,
        parameter: &'t Parameter,
        path: &mut Vec<String>,
    ) {
        let values = parameter.default.iter().chain(&parameter.allowed);
        values.for_each(|value| self.value(value, template, given, &mut path.clone()));
        match given {
            Given::Files(files) => {
                let assignments = files.iter().flat_map(|file| &file.assignments);
                for assignment in assignments.filter(|assignment| assignment.name.is(&parameter.name.text)) {
                    assignment.value.iter().for_each(|value| self.select(value, &mut path.clone()));
                }
            }
            Given::Nested(nested, outer, given) => {
                self.nested_value(nested, outer, given, &parameter.name.text, path);
            }
        }
    }

    fn nested_value<'t>(
        &mut self,
        nested: &'t NestedDeployment,
        outer: &'t Template,
        given: &Given<'t>,
        name: &str,
        path: &mut Vec<String>,
    ) {
        let argument = nested.parameters.as_ref().and_then(|parameters| parameters.get(name)?.get("value"));
        if let Some(value) = argument {
            self.value(value, outer, given, path);
        }
    }

    /// Follows the value at `path` (its last element first) of an expression to literals.
    fn value<'t>(&mut self, expr: &'t Expr, template: &'t Template, given: &Given<'t>, path: &mut Vec<String>) {
        if self.seen.len() > MAX_STEPS || path.len() > MAX_PATH {
            // Too intricate to tell which part is secret: all of it.
            path.clear();
        }
        if self.depth > MAX_EVALUATION_DEPTH || !self.seen.insert((expr.span, path.clone())) {
            return;
        }
        self.depth += 1;
        self.parts(expr, template, given, path);
        self.depth -= 1;
    }

    fn parts<'t>(&mut self, expr: &'t Expr, template: &'t Template, given: &Given<'t>, path: &mut Vec<String>) {
        match &expr.kind {
            ExprKind::Call { name, args } => {
                let named = args.first().and_then(Expr::as_str);
                if let Some(named) = named.filter(|_| name.is("parameters")) {
                    if let Some(index) = template.parameter(named) {
                        self.parameter(template, given, &template.parameters[index], path);
                    }
                } else if let Some(named) = named.filter(|_| name.is("variables")) {
                    let variable = template.variable(named).map(|index| &template.variables[index].value);
                    if let Some(Looped::Once(value) | Looped::Each { input: value, .. }) = variable {
                        self.value(value, template, given, path);
                    }
                } else if KEEPING.contains(&&*name.text.to_ascii_lowercase()) {
                    let kept = args.iter().skip(usize::from(name.is("if")));
                    kept.for_each(|arg| self.value(arg, template, given, &mut path.clone()));
                }
            }
            ExprKind::Property { base, name } => {
                path.push(name.text.to_string());
                self.value(base, template, given, path);
            }
            ExprKind::Index { base, index } => {
                path.extend(index.as_str().map(str::to_owned));
                self.value(base, template, given, path);
            }
            ExprKind::Array(items) => {
                for item in items {
                    self.value(item, template, given, &mut path.clone());
                }
            }
            ExprKind::Object(members) => {
                let step = path.pop();
                let chosen = members.iter().filter(|member| {
                    step.as_deref()
                        .is_none_or(|step| member.key.as_str().is_some_and(|key| key.eq_ignore_ascii_case(step)))
                });
                chosen.for_each(|member| self.value(&member.value, template, given, &mut path.clone()));
            }
            _ => self.literals(expr),
        }
    }

    /// Marks what is at `path` of a value that holds no expressions.
    fn select(&mut self, value: &Expr, path: &mut Vec<String>) {
        match path.pop() {
            Some(step) => value.get(&step).iter().for_each(|value| self.select(value, path)),
            None => self.literals(value),
        }
    }

    /// Marks the literals of a value that holds no expressions.
    fn literals(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Array(items) => items.iter().for_each(|item| self.literals(item)),
            ExprKind::Object(members) => members.iter().for_each(|member| self.literals(&member.value)),
            ExprKind::String(_)
            | ExprKind::Interpolation { .. }
            | ExprKind::Placeholder { .. }
            | ExprKind::Integer(_)
            | ExprKind::Float(_)
            | ExprKind::Invalid => {
                self.spans.insert(expr.span);
            }
            _ => {}
        }
    }
}
