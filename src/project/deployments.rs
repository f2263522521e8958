//! Deployments that scripts, workflows and pipelines make of the templates in view: each counts as one more parameter
//! file, whose values are written in the script.

use std::collections::HashMap;
use std::sync::Arc;

use super::pairing::{file_name, tell_apart};
use super::{Files, Project, join, json_values};
use crate::script::{Dialect, Found, Input, Invocation, Script, Task};
use crate::source::{FileId, MappedText, Span};
use crate::syntax::expression::{Expr, ExprKind, Member, Name};
use crate::syntax::shell::{Piece, PieceKind, Word};
use crate::template::{Assignment, ParameterFile, ParameterType, Template};

/// A deployment of a template in view.
#[derive(Debug)]
pub struct ScriptDeployment {
    /// The template, as an index into [`Project::templates`].
    template: usize,
    /// Where it is made, to call it by: `deploy.sh:12`.
    name: Arc<str>,
    /// The parameter files that it names, as indexes into [`Project::parameter_files`], each with what to call it.
    parameter_files: Vec<(usize, Arc<str>)>,
    /// The values of these files and over them those of the script; `None` when it gives none of its own.
    values: Option<ParameterFile>,
}

impl ScriptDeployment {
    /// The parameter files that it names, as indexes into [`Project::parameter_files`].
    pub(super) fn named_files(&self) -> impl Iterator<Item = usize> {
        self.parameter_files.iter().map(|(at, _)| *at)
    }
}

/// Files by their paths, as indexes into what was read.
type Paths<'p> = HashMap<&'p str, usize>;

/// What a command says of a deployment.
#[derive(Debug, Default)]
struct Request {
    template: Option<Text>,
    parameter_files: Vec<Text>,
    values: Vec<(String, Span, Text)>,
    /// Those that are given as JSON.
    json: Vec<json_values::Given>,
    span: Option<Span>,
}

/// A text, as far as it is known.
#[derive(Debug, Clone)]
struct Text {
    /// All of it, if known.
    known: Option<String>,
    /// What follows a variable at its start, which is then taken for a folder.
    below: Option<String>,
    span: Span,
}

impl Text {
    fn new(pieces: &[Piece], written: Span) -> Self {
        let join = |pieces: &[Piece]| pieces.iter().map(|piece| piece.literal().map(MappedText::text)).collect();
        let known: Option<String> = join(pieces);
        let below = match pieces {
            [first, rest @ ..] if first.literal().is_none() => join(rest),
            _ => None,
        };
        let span = match pieces {
            // Of a part of a quoted word, the part without the closing quote.
            [piece] if piece.literal().is_some() && !written.is_empty() => {
                let is_quoted = written.start < piece.span.start && piece.span.end <= written.end;
                if is_quoted { written } else { piece.span }
            }
            _ => written,
        };
        Self { known, below: below.filter(|text: &String| text.starts_with('/')), span }
    }

    /// The path that it may be, seen from some folder.
    fn path(&self) -> Option<&str> {
        self.known.as_deref().or_else(|| self.below.as_deref().map(|path| path.trim_start_matches('/')))
    }
}

impl Project {
    /// Finds the deployments that scripts make.
    pub(super) fn find_deployments(&mut self) {
        let templates = self.templates.iter().enumerate().filter(|(_, entry)| entry.is_input);
        let templates: Paths<'_> = templates.rev().map(|(at, entry)| (self.path(entry.file), at)).collect();
        let files = self.parameter_files.iter().enumerate();
        let files: Paths<'_> = files.rev().map(|(at, file)| (self.path(file.file), at)).collect();
        let mut deployments = Vec::new();
        for scripts in &self.scripts {
            for request in requests(&scripts.found) {
                deployments.extend(self.deployment(scripts.file, request, &templates, &files));
            }
        }
        self.deployments = deployments;
    }

    fn deployment(
        &self,
        script: FileId,
        request: Request,
        templates: &Paths<'_>,
        files: &Paths<'_>,
    ) -> Option<ScriptDeployment> {
        let template_path = request.template.as_ref()?.path()?;
        let template = self.resolve(script, template_path, templates)?;
        let named = request.parameter_files.iter();
        let parameter_files: Vec<usize> = named.filter_map(|file| self.resolve(script, file.path()?, files)).collect();
        let model = &self.templates[template].template;
        let mut own: Vec<Assignment> = request
            .values
            .into_iter()
            .filter_map(|(name, span, value)| assignment(model, &name, span, &value))
            .collect();
        own.extend(request.json.into_iter().filter(|given| model.parameter(&given.name).is_some()).map(|given| {
            let name = Name { text: given.name.as_str().into(), span: given.name_at };
            Assignment { name, value: given.value, stray: None, span: given.span }
        }));
        let values = (!own.is_empty()).then(|| {
            let given = parameter_files.iter().filter_map(|at| self.parameter_files.get(*at)).flat_map(copy);
            let assignments = given.chain(own).collect();
            let (span, errors) = (Span::new(script, 0, 0), Vec::new());
            ParameterFile { file: script, span, assignments, using: None, names: None, errors }
        });
        let path = self.path(script);
        let line = self.sources.position(request.span?).line;
        let name = format!("{}:{line}", file_name(path)).into();
        let call = |at: usize| Some((at, Arc::from(file_name(self.path(self.parameter_files.get(at)?.file)))));
        let parameter_files = parameter_files.into_iter().filter_map(call).collect();
        Some(ScriptDeployment { template, name, parameter_files, values })
    }

    /// What is at `path`, seen from the folder of the script or one of those around it.
    fn resolve(&self, script: FileId, path: &str, known: &Paths<'_>) -> Option<usize> {
        let mut base = self.path(script);
        loop {
            if let Some(found) = known.get(&*join(base, path)) {
                return Some(*found);
            }
            base = base.rsplit_once('/')?.0;
        }
    }

    /// Adds the deployments of scripts to those of parameter files.
    pub fn add_deployments<'t>(&'t self, pairs: &mut [Files<'t>]) {
        for deployment in &self.deployments {
            let Some(files) = pairs.get_mut(deployment.template) else { continue };
            if let Some(values) = &deployment.values {
                files.push((Arc::clone(&deployment.name), values));
                continue;
            }
            for (at, name) in &deployment.parameter_files {
                let Some(file) = self.parameter_files.get(*at) else { continue };
                if !files.iter().any(|(_, known)| std::ptr::eq(*known, file)) {
                    files.push((Arc::clone(name), file));
                }
            }
        }
        for files in pairs {
            tell_apart(files, &self.sources);
        }
    }
}

/// The values of a file; one that is computed from its variables is not followed.
fn copy(file: &ParameterFile) -> impl Iterator<Item = Assignment> {
    let is_plain = file.names.is_none();
    file.assignments.iter().map(move |given| Assignment {
        name: given.name.clone(),
        value: given.value.clone().filter(|value| is_plain || value.is_literal()),
        stray: None,
        span: given.span,
    })
}

/// The value that a script gives to a parameter; `None` when the template has no such parameter.
fn assignment(template: &Template, name: &str, span: Span, value: &Text) -> Option<Assignment> {
    let parameter = &template.parameters[template.parameter(name)?];
    let written = value.span;
    let value = value.known.as_deref().and_then(|text| expression(parameter.ty, text, written));
    Some(Assignment { name: Name { text: name.into(), span }, value, stray: None, span: written })
}

fn expression(ty: ParameterType, text: &str, span: Span) -> Option<Expr> {
    let kind = match ty {
        ParameterType::String => ExprKind::String(text.into()),
        ParameterType::Bool => ExprKind::Bool(text.to_ascii_lowercase().parse().ok()?),
        ParameterType::Integer => ExprKind::Integer(text.parse().ok()?),
        ParameterType::Array | ParameterType::Object => return json(&serde_json::from_str(text).ok()?, span),
        ParameterType::Unknown => match serde_json::from_str(text) {
            Ok(value) => return json(&value, span),
            Err(_) => ExprKind::String(text.into()),
        },
    };
    Some(Expr::new(kind, span))
}

/// A value of JSON, all of it where the whole is written.
fn json(value: &serde_json::Value, span: Span) -> Option<Expr> {
    use serde_json::Value;
    let kind = match value {
        Value::Null => ExprKind::Null,
        Value::Bool(value) => ExprKind::Bool(*value),
        Value::Number(number) => match number.as_i64() {
            Some(number) => ExprKind::Integer(number),
            None => ExprKind::Float(number.as_f64()?),
        },
        Value::String(text) => ExprKind::String(text.as_str().into()),
        Value::Array(items) => ExprKind::Array(items.iter().map(|item| json(item, span)).collect::<Option<_>>()?),
        Value::Object(members) => {
            let member = |(key, value): (&String, &Value)| {
                let key = Expr::new(ExprKind::String(key.as_str().into()), span);
                Some(Member { key, value: json(value, span)? })
            };
            ExprKind::Object(members.iter().map(member).collect::<Option<_>>()?)
        }
    };
    Some(Expr::new(kind, span))
}

/// The deployments that the scripts and tasks of a file ask for.
fn requests(found: &Found) -> Vec<Request> {
    let calls = found.scripts.iter().flat_map(Script::invocations).filter_map(|call| of_call(&call));
    calls.chain(found.tasks.iter().filter_map(of_task)).collect()
}

fn of_call(call: &Invocation<'_>) -> Option<Request> {
    let text = |word: &Word| {
        let pieces = call.script.expand(word, call.command);
        match pieces.as_slice() {
            // So PowerShell writes it.
            [Piece { kind: PieceKind::Variable(name), span, .. }]
                if call.script.dialect == Dialect::PowerShell && ["true", "false"].contains(&name.as_str()) =>
            {
                Text { known: Some(name.clone()), below: None, span: *span }
            }
            pieces => Text::new(pieces, word.span),
        }
    };
    let mut request = Request { span: Some(call.name.span), ..Request::default() };
    if is_cmdlet(call.program) {
        for option in call.options() {
            let Some(value) = option.values.first().map(&text) else { continue };
            match option.name.to_ascii_lowercase().as_str() {
                "-templatefile" => request.template = Some(value),
                "-templateparameterfile" => request.parameter_files.push(value),
                "-templateparameterobject" => {
                    for (name, value) in entries(call, &option.values) {
                        let named = name.literal().unwrap_or_default();
                        request.values.push((named, name.span, text(&value)));
                    }
                    request.values.extend(option.values.first().map(written_entries).unwrap_or_default());
                }
                // What several values or a switch stand for depends on the parameter's type.
                name if option.values.len() == 1 => {
                    request.values.push((name.trim_start_matches('-').to_owned(), option.span, value));
                }
                _ => {}
            }
        }
        return Some(request);
    }
    let is_deployment = ["group", "sub", "mg", "tenant"].iter().any(|scope| {
        ["create", "validate", "what-if"]
            .iter()
            .any(|verb| call.is_az(&["deployment", scope, verb]) || call.is_az(&["stack", scope, verb]))
    });
    if !is_deployment {
        return None;
    }
    for option in call.options() {
        match option.name.as_str() {
            "--template-file" | "-f" => request.template = option.values.first().map(&text),
            "--parameters" | "-p" => {
                for word in &option.values {
                    let given = json_values::text_of(&call.script.expand(word, call.command), word.span);
                    if given.text().trim_start().starts_with('{') {
                        request.json.extend(json_values::values(&given));
                    } else {
                        request.add(word, &text);
                    }
                }
            }
            _ => {}
        }
    }
    Some(request)
}

/// The entries of the hash table that an option is given by the name of a variable.
fn entries(call: &Invocation<'_>, values: &[Word]) -> Vec<(Word, Word)> {
    let [word] = values else { return Vec::new() };
    let [Piece { kind: PieceKind::Variable(name), .. }] = &*word.pieces else { return Vec::new() };
    call.script.entries(name, call.command).unwrap_or_default()
}

/// The entries of a hash table that stands in the command itself: those whose values are written out.
fn written_entries(word: &Word) -> Vec<(String, Span, Text)> {
    let [Piece { kind: PieceKind::Opaque(_, text), span, .. }] = &*word.pieces else { return Vec::new() };
    let Some(inner) = text.strip_prefix("@{").and_then(|inner| inner.strip_suffix('}')) else { return Vec::new() };
    let mut at = span.start as usize + "@{".len();
    let mut found = Vec::new();
    for pair in inner.split_inclusive([';', '\n']) {
        let start = at;
        at += pair.len();
        let Some((name, value)) = pair.split_once('=') else { continue };
        let place = |part: &str, offset: usize| {
            let first = start + offset + part.len() - part.trim_start().len();
            Span::new(span.file, first, first + part.trim().len())
        };
        let written = value.trim_end_matches([';', '\n']);
        let value_at = place(written, name.len() + 1);
        let bare = written.trim();
        let quoted = ['\'', '"'].iter().find_map(|quote| bare.strip_prefix(*quote)?.strip_suffix(*quote));
        let known = match bare {
            "$true" | "$false" => Some(bare[1..].to_owned()),
            _ => quoted.or(bare.parse::<i64>().is_ok().then_some(bare)).map(str::to_owned),
        };
        let known = known.filter(|text| !text.contains(['$', '`', '\'', '"']));
        found.push((name.trim().to_owned(), place(name, 0), Text { known, below: None, span: value_at }));
    }
    found
}

fn is_cmdlet(program: &str) -> bool {
    let noun = ["new-az", "test-az", "set-az"].iter().find_map(|verb| program.strip_prefix(verb));
    noun.is_some_and(|noun| {
        [
            "resourcegroupdeployment",
            "subscriptiondeployment",
            "managementgroupdeployment",
            "tenantdeployment",
            "deployment",
        ]
        .contains(&noun.strip_suffix("stack").unwrap_or(noun))
    })
}

fn of_task(task: &Task) -> Option<Request> {
    let input = |name: &str| {
        let value = &task.input(name)?.value;
        let words = task.input(name)?.arguments();
        let text = words.first().filter(|_| words.len() == 1).map(|word| Text::new(&word.pieces, word.span));
        Some(text.unwrap_or(Text { known: Some(value.text().to_owned()), below: None, span: value.whole() }))
    };
    let mut request = Request { span: Some(task.span), ..Request::default() };
    let text = |word: &Word| Text::new(&word.pieces, word.span);
    if task.is("AzureResourceManagerTemplateDeployment") || task.is("AzureResourceGroupDeployment") {
        request.template = input("csmFile");
        request.parameter_files.extend(input("csmParametersFile"));
        let words = task.input("overrideParameters").map(Input::arguments).unwrap_or_default();
        for pair in words.windows(2) {
            let [name, value] = pair else { continue };
            let named = name.literal().filter(|name| name.starts_with('-'));
            if let Some(named) = named.filter(|_| !value.prefix().starts_with('-')) {
                request.values.push((named.trim_start_matches('-').to_owned(), name.span, text(value)));
            }
        }
        return Some(request);
    }
    if task.is("azure/arm-deploy") {
        request.template = input("template");
        let words = task.input("parameters").map(Input::arguments).unwrap_or_default();
        for word in &words {
            request.add(word, &text);
        }
        return Some(request);
    }
    if task.is("azure/bicep-deploy") {
        request.template = input("template-file");
        request.parameter_files.extend(input("parameters-file"));
        request.json.extend(task.input("parameters").into_iter().flat_map(|input| json_values::values(&input.value)));
        return Some(request);
    }
    None
}

impl Request {
    /// Adds `name=value`, `@file` or `file`.
    fn add(&mut self, word: &Word, text: &dyn Fn(&Word) -> Text) {
        let prefix = word.prefix();
        let name = prefix.split_once('=').map(|(name, _)| name).filter(|name| is_name(name));
        if let Some(name) = name {
            let rest = word.after(name.len() + 1);
            let value = text(&rest);
            let end = rest.span.start.saturating_sub(1).max(word.span.start);
            self.values.push((name.to_owned(), Span { end, ..word.span }, value));
        } else if prefix.starts_with('@') {
            self.parameter_files.push(text(&word.after(1)));
        } else {
            self.parameter_files.push(text(word));
        }
    }
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}
