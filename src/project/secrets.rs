//! Where secrets are written: the values of secure parameters and outputs, and of what is called like a secret, followed
//! to the literals that they are made of.

use std::collections::BTreeSet;
use std::sync::Arc;

use rayon::prelude::*;

use super::recognition::is_json;
use super::{Files, Links, TemplateEntry, broken_secrets};
use crate::source::limits::MAX_EVALUATION_DEPTH;
use crate::source::{FileId, Secret, Sources, Span, names_secret, stands_for_secret};
use crate::syntax::expression::{Expr, ExprKind, Member};
use crate::template::walk::walk_objects;
use crate::template::{
    Assignment, EvaluationScope, Looped, NestedDeployment, NestedTemplate, Parameter, ParameterFile, Template,
    secret_members,
};

/// Functions whose result is none of the text in their arguments: what Azure answers, and truths.
const NOT_KEEPING: [&str; 21] = [
    "and",
    "bool",
    "contains",
    "empty",
    "endswith",
    "environment",
    "equals",
    "getsecret",
    "greater",
    "greaterorequals",
    "indexof",
    "lambdavariables",
    "lastindexof",
    "length",
    "less",
    "lessorequals",
    "not",
    "or",
    "reference",
    "references",
    "startswith",
];

/// Functions whose result has the members of their arguments.
const WITH_MEMBERS: [&str; 7] = ["coalesce", "createobject", "if", "json", "shallowmerge", "trygetelement", "union"];

/// Longest path of properties that is followed.
const MAX_PATH: usize = 16;

/// Most expressions that are followed by their paths.
const MAX_STEPS: usize = 100_000;

/// In which texts secrets are searched for, and with what.
#[derive(Debug)]
pub struct Search<'t> {
    /// The templates.
    pub templates: &'t [TemplateEntry],
    /// The parameter files.
    pub files: &'t [ParameterFile],
    /// The parameter files of each template.
    pub pairs: &'t [Files<'t>],
    /// The values given on the command line.
    pub overrides: Option<&'t ParameterFile>,
    /// The templates that others deploy.
    pub links: &'t Links<'t>,
    /// Where texts are not what their language asks for.
    pub errors: &'t [Span],
    /// The texts.
    pub sources: &'t Sources,
}

/// All secrets, sorted.
pub fn secrets(search: &Search<'_>) -> Vec<Secret> {
    let Search { templates, files, pairs, overrides, links, sources, .. } = *search;
    let tracer = |of: FileId| {
        let (found, seen) = (BTreeSet::new(), BTreeSet::new());
        Tracer {
            links,
            sources,
            found,
            of,
            is_json: is_json(sources.file(of).path()),
            tells: true,
            seen,
            depth: 0,
            guessed: false,
        }
    };
    let of_template = |(at, entry): (usize, &TemplateEntry)| {
        let paired = pairs.get(at).into_iter().flatten();
        let given = Given::Files(paired.map(|(_, file)| *file).chain(overrides).collect());
        let mut tracer = tracer(entry.file);
        tracer.tells = entry.template.tells_secrets(!tracer.is_json);
        let own = Scope { names: Some(&entry.template), given: &given };
        tracer.template(&entry.template, own, own);
        tracer.found
    };
    let of_templates: Vec<BTreeSet<Secret>> = templates.par_iter().enumerate().map(of_template).collect();
    let mut found: BTreeSet<Secret> = of_templates.into_iter().flatten().collect();
    let paired: BTreeSet<FileId> = pairs.iter().flatten().map(|(_, file)| file.file).collect();
    let secure = secure_names(templates);
    for file in files {
        let alone = !paired.contains(&file.file);
        let mut tracer = tracer(file.file);
        for assignment in &file.assignments {
            let name = &assignment.name.text;
            // A file for no template in view may be for any of them.
            if is_telling(name) || (alone && secure.contains(&name.to_ascii_lowercase())) {
                tracer.assigned(file, assignment, &[]);
            }
            assignment.value.iter().chain(&assignment.stray).for_each(|value| {
                let given = Given::Files(Vec::new());
                tracer.telling(value, Scope { names: file.names.as_deref(), given: &given });
            });
        }
        found.extend(tracer.found);
    }
    broken_secrets::add(search, &secure, &mut found);
    found.into_iter().collect()
}

/// The names of secure parameters, in lower case.
fn secure_names(templates: &[TemplateEntry]) -> BTreeSet<String> {
    let parameters = templates.iter().flat_map(|entry| &entry.template.parameters);
    parameters.filter(|it| it.secure).map(|it| it.name.text.to_ascii_lowercase()).collect()
}

/// Whether the name of a parameter says that it holds a secret.
pub(super) fn is_telling(name: &str) -> bool {
    name.eq_ignore_ascii_case("key") || names_secret(name)
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
    Nested(&'t NestedDeployment, Scope<'t>),
}

/// What the names in an expression stand for.
#[derive(Clone, Copy)]
struct Scope<'t> {
    /// The template whose names they are; `None` where there are none.
    names: Option<&'t Template>,
    given: &'t Given<'t>,
}

struct Tracer<'l> {
    links: &'l Links<'l>,
    sources: &'l Sources,
    found: BTreeSet<Secret>,
    /// The file whose secrets are followed.
    of: FileId,
    /// Whether that is JSON.
    is_json: bool,
    /// Whether something in objects is called like a secret.
    tells: bool,
    /// The expressions and paths that have been followed, so that circles end.
    seen: BTreeSet<(Span, Vec<String>)>,
    depth: usize,
    /// Whether only a name says that what is followed is a secret.
    guessed: bool,
}

impl Tracer<'_> {
    /// Follows the secrets of a template, whose parameters are given their values in `own` and whose expressions speak
    /// of what is in `scope`.
    fn template(&mut self, template: &Template, own: Scope<'_>, scope: Scope<'_>) {
        for parameter in &template.parameters {
            if parameter.secure || is_telling(&parameter.name.text) {
                self.parameter(own, parameter, &mut Vec::new());
            }
            for part in &parameter.secure_parts {
                self.parameter(own, parameter, &mut last_first(part));
            }
            parameter.default.iter().for_each(|default| self.telling(default, scope));
        }
        for variable in &template.variables {
            let (Looped::Once(value) | Looped::Each { input: value, .. }) = &variable.value;
            if names_secret(&variable.name.text) {
                self.told(value, scope);
            }
            self.telling(value, scope);
        }
        for output in &template.outputs {
            let Some(Looped::Once(value) | Looped::Each { input: value, .. }) = &output.value else { continue };
            if output.is_secure() || names_secret(&output.name.text) {
                self.value(value, scope, &mut Vec::new());
            }
            self.telling(value, scope);
        }
        for resource in &template.resources {
            resource.parts().for_each(|part| self.telling(part, scope));
            if resource.ty.is("Microsoft.KeyVault/vaults/secrets") {
                let value = resource.body.get("properties").and_then(|properties| properties.get("value"));
                if let Some(value) = value {
                    self.told(value, scope);
                }
            }
            resource.deployment.iter().for_each(|nested| self.nested(nested, scope));
        }
    }

    fn nested(&mut self, nested: &NestedDeployment, scope: Scope<'_>) {
        match &nested.template {
            NestedTemplate::Inline(inner) => {
                let given = Given::Nested(nested, scope);
                let own = Scope { names: Some(inner), given: &given };
                self.template(inner, own, if nested.evaluation == EvaluationScope::Outer { scope } else { own });
            }
            // A linked template is also visited for itself; here only what it is given matters.
            NestedTemplate::File(link) => {
                let linked = self.links.get(&link.key());
                for parameter in linked.into_iter().flat_map(|inner| &inner.parameters) {
                    if parameter.secure {
                        self.nested_value(nested, scope, &parameter.name.text, &mut Vec::new());
                    }
                    for part in &parameter.secure_parts {
                        self.nested_value(nested, scope, &parameter.name.text, &mut last_first(part));
                    }
                }
            }
            NestedTemplate::Elsewhere(_) => {}
        }
        let arguments = nested.parameters.iter().flat_map(Expr::members);
        for name in arguments.filter_map(|member| member.key.as_str()).filter(|name| is_telling(name)) {
            self.nested_value(nested, scope, name, &mut Vec::new());
        }
    }

    /// Follows a parameter to its default and to the values it is given.
    fn parameter<'t>(&mut self, scope: Scope<'t>, parameter: &'t Parameter, path: &mut Vec<String>) {
        let values = parameter.default.iter().chain(&parameter.allowed);
        values.for_each(|value| self.value(value, scope, &mut path.clone()));
        match scope.given {
            Given::Files(files) => {
                for file in files {
                    let assignments = file.assignments.iter();
                    let own = assignments.filter(|assignment| assignment.name.is(&parameter.name.text));
                    own.for_each(|assignment| self.assigned(file, assignment, path));
                }
            }
            Given::Nested(nested, outer) => self.nested_value(nested, *outer, &parameter.name.text, path),
        }
    }

    /// Follows what a parameter file gives to a parameter.
    fn assigned(&mut self, file: &ParameterFile, assignment: &Assignment, path: &[String]) {
        let given = Given::Files(Vec::new());
        let scope = Scope { names: file.names.as_deref(), given: &given };
        assignment.value.iter().for_each(|value| self.value(value, scope, &mut path.to_vec()));
        assignment.stray.iter().for_each(|stray| self.value(stray, scope, &mut Vec::new()));
    }

    fn nested_value<'t>(&mut self, nested: &'t NestedDeployment, outer: Scope<'t>, name: &str, path: &mut Vec<String>) {
        let argument = nested.parameters.as_ref().and_then(|parameters| parameters.get(name)?.get("value"));
        if let Some(value) = argument {
            self.value(value, outer, path);
        }
    }

    /// Follows the values below `expr` whose names say that they are secrets.
    fn telling(&mut self, expr: &Expr, scope: Scope<'_>) {
        if self.tells {
            walk_objects(expr, !self.is_json, &mut |members| {
                secret_members(members).for_each(|member| self.told(&member.value, scope));
            });
        }
    }

    /// Follows a value whose name says that it is a secret, unless it is an object, which tells about one.
    fn told(&mut self, value: &Expr, scope: Scope<'_>) {
        // A SAS token says what it is for; its signature alone is secret.
        let is_token = value.texts().any(|(text, _)| text.contains("sig=") || text.contains("sv="));
        let is_elsewhere = value.as_str().is_some_and(stands_for_secret);
        if !matches!(value.kind, ExprKind::Object(_) | ExprKind::Array(_)) && !is_token && !is_elsewhere {
            self.guessed = !value.is_literal();
            self.value(value, scope, &mut Vec::new());
            self.guessed = false;
        }
    }

    /// Follows the value at `path` (its last element first) of an expression to literals.
    fn value<'t>(&mut self, expr: &'t Expr, scope: Scope<'t>, path: &mut Vec<String>) {
        if self.seen.len() > MAX_STEPS || path.len() > MAX_PATH {
            // Too intricate to tell which part is secret: all of it.
            path.clear();
        }
        if self.depth > MAX_EVALUATION_DEPTH || !self.seen.insert((expr.span, path.clone())) {
            return;
        }
        self.depth += 1;
        self.parts(expr, scope, path);
        self.depth -= 1;
    }

    fn parts<'t>(&mut self, expr: &'t Expr, scope: Scope<'t>, path: &mut Vec<String>) {
        match &expr.kind {
            ExprKind::Call { name, args } => self.call(&name.text, args, scope, path),
            ExprKind::Property { base, name } => {
                if matches!(base.kind, ExprKind::Invalid) {
                    self.words(expr.span);
                }
                path.push(name.text.to_string());
                self.value(base, scope, path);
            }
            ExprKind::Index { base, index } => {
                path.extend(index.as_str().map(str::to_owned));
                self.value(base, scope, path);
            }
            ExprKind::Array(items) => {
                for item in items {
                    self.value(item, scope, &mut path.clone());
                }
            }
            ExprKind::Object(members) => {
                let step = path.pop();
                // What refers to a vault is no secret.
                let is_plain = |member: &Member| ["reference", "metadata"].iter().any(|key| is(member, key));
                let chosen = members.iter().filter(|member| match &step {
                    Some(step) => is(member, step),
                    None => !is_plain(member),
                });
                chosen.for_each(|member| self.value(&member.value, scope, &mut path.clone()));
            }
            ExprKind::Interpolation { segments, holes } => {
                // The text of a connection string in which keys have yet to be filled in is no secret.
                let is_frame = self.guessed && segments.iter().any(|segment| segment.text.contains('='));
                for segment in segments.iter().filter(|_| !is_frame) {
                    self.literal(segment.span, Some(&segment.text));
                }
                // What seems to be filled in later may be part of the secret.
                let has_placeholder = holes.iter().any(|hole| matches!(hole.kind, ExprKind::Placeholder { .. }));
                if has_placeholder && !is_frame {
                    self.literal(expr.span, None);
                }
                for hole in holes {
                    self.value(hole, scope, &mut Vec::new());
                }
            }
            ExprKind::Placeholder { default, .. } => {
                if let Some(default) = default {
                    self.literal(default.span, Some(&default.text));
                }
            }
            ExprKind::Resource { declared, .. } => self.output_of(*declared, scope, path),
            ExprKind::String(text) => self.literal(expr.span, Some(text)),
            ExprKind::Integer(_) | ExprKind::Float(_) => self.literal(expr.span, None),
            ExprKind::Invalid | ExprKind::TooComplex => self.words(expr.span),
            ExprKind::Deferred(inner) => self.value(inner, scope, path),
            ExprKind::Null | ExprKind::Bool(_) => {}
        }
    }

    fn call<'t>(&mut self, name: &str, args: &'t [Expr], scope: Scope<'t>, path: &mut Vec<String>) {
        let named = args.first().and_then(Expr::as_str);
        let names = scope.names;
        let lower = name.to_ascii_lowercase();
        match (&*lower, named) {
            ("parameters", Some(named)) => {
                if let Some((template, index)) = names.and_then(|names| Some((names, names.parameter(named)?))) {
                    self.parameter(scope, &template.parameters[index], path);
                }
            }
            ("variables", Some(named)) => {
                if let Some((template, index)) = names.and_then(|names| Some((names, names.variable(named)?))) {
                    let (Looped::Once(value) | Looped::Each { input: value, .. }) = &template.variables[index].value;
                    self.value(value, scope, path);
                }
            }
            _ if NOT_KEEPING.contains(&&*lower) || lower.starts_with("list") => {}
            _ => {
                if let Some(function) = names.and_then(|names| names.function(name)) {
                    self.value(&function.output, scope, path);
                }
                let kept: Vec<&Expr> = match &*lower {
                    "if" => args.iter().skip(1).collect(),
                    "createobject" => args.iter().skip(1).step_by(2).collect(),
                    "lambda" => args.last().into_iter().collect(),
                    // The type of a resource is known to all.
                    _ if lower.ends_with("resourceid") => {
                        args.iter().filter(|arg| arg.as_str().is_none_or(|text| !text.contains('/'))).collect()
                    }
                    _ => args.iter().collect(),
                };
                let has_members = WITH_MEMBERS.contains(&&*lower) && lower != "createobject";
                for arg in kept {
                    self.value(arg, scope, &mut if has_members { path.clone() } else { Vec::new() });
                }
            }
        }
    }

    /// Follows an output of a nested deployment, or a property that a resource is given.
    fn output_of(&mut self, declared: usize, scope: Scope<'_>, path: &[String]) {
        let Some(resource) = scope.names.and_then(|names| names.resources.get(declared)) else { return };
        let wanted = path.iter().rev().nth(1).filter(|_| path.last().is_some_and(|step| step == "outputs")).cloned();
        let (Some(nested), Some(wanted)) = (&resource.deployment, wanted) else { return };
        let inner = match &nested.template {
            NestedTemplate::Inline(inner) => &**inner,
            NestedTemplate::File(link) => {
                let Some(linked) = self.links.get(&link.key()).copied() else { return };
                linked
            }
            NestedTemplate::Elsewhere(_) => return,
        };
        let output = inner.output(&wanted).and_then(|index| inner.outputs[index].value.as_ref());
        if let Some(Looped::Once(value) | Looped::Each { input: value, .. }) = output {
            let given = Given::Nested(nested, scope);
            self.value(value, Scope { names: Some(inner), given: &given }, &mut Vec::new());
        }
    }

    fn literal(&mut self, span: Span, value: Option<&Arc<str>>) {
        let is_frame = self.guessed && value.is_some_and(|text| text.contains('='));
        if span.is_empty() || is_frame {
            return;
        }
        self.found.insert(Secret { span, value: value.cloned(), of: self.of });
        // What a text of JSON holds is taken out of it.
        if let Some(text) = value.filter(|text| may_be_json(text)) {
            let pieces = text.split(['"', '\'']).filter(|piece| piece.contains(char::is_alphanumeric));
            self.found.extend(pieces.map(|piece| Secret { span, value: Some(piece.into()), of: self.of }));
        }
    }

    /// Marks a text that is no value, with each word in it: messages quote them.
    fn words(&mut self, span: Span) {
        broken_secrets::add_words(span, self.of, self.sources, &mut self.found);
    }
}

/// Whether a text may be an object or array of JSON that holds other texts, and not an expression.
fn may_be_json(text: &str) -> bool {
    let within = text.trim_start().trim_start_matches(|c: char| c == '[' || c.is_whitespace());
    within.starts_with('{') || within.len() < text.trim_start().len() && within.starts_with(['"', '\''])
}

fn is(member: &Member, key: &str) -> bool {
    member.key.as_str().is_some_and(|text| text.eq_ignore_ascii_case(key))
}
