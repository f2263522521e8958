//! The scripts that templates hold as text: those of deployment scripts.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, HashMap, HashSet};

use rayon::prelude::*;

use super::pairing::pair;
use super::spelled::{self, Names, Spelled};
use super::{Files, Problem, Project, ScriptFile, TemplateEntry, join, safely};
use crate::script::{Dialect, Found, Origin, Script, Variable, is_relevant, with_nested};
use crate::source::{FileId, MappedText, Sources, Span};
use crate::syntax::expression::{Expr, ExprKind};
use crate::template::{EvaluationScope, NestedTemplate, Resource, Template};

/// The type of the resources that run a script.
const DEPLOYMENT_SCRIPT: &str = "Microsoft.Resources/deploymentScripts";

/// A script that one or several resources run.
struct Draft {
    text: MappedText<'static>,
    dialect: Dialect,
    /// The expression that spells it out.
    literal: Span,
    /// The template's variables in it.
    held: Vec<Variable>,
    /// What the resources set.
    environment: Vec<Variable>,
}

/// A script in a file that one or several resources load.
struct Loaded {
    path: String,
    dialect: Dialect,
    environment: Vec<Variable>,
}

impl Project {
    /// Finds the scripts in the templates of the inputs.
    pub(super) fn read_template_scripts(&mut self) {
        let sources = &self.sources;
        let drafts = |(entry, files): (&TemplateEntry, &Files<'_>)| {
            let mut drafts = Drafts { sources, list: Vec::new(), known: HashMap::new(), loaded: Vec::new() };
            if entry.is_input {
                let is_outermost = !entry.linked || !files.is_empty();
                drafts.add_template(&entry.template, Names { template: &entry.template, files, is_outermost });
            }
            (drafts.list, drafts.loaded)
        };
        let pairs = pair(&self.templates, &self.parameter_files, sources, &[], None);
        let templates = self.templates.par_iter().zip(&pairs);
        let drafts: Vec<_> = templates.map(|(entry, files)| (entry.file, safely(|| drafts((entry, files))))).collect();
        let mut loaded: Vec<Loaded> = Vec::new();
        let mut files: BTreeMap<FileId, ScriptFile> = BTreeMap::new();
        let mut read = HashSet::new();
        for (template, drafts) in drafts {
            if drafts.is_none() {
                self.problems.push(Problem::bug(template));
            }
            let Some((drafts, in_files)) = drafts else { continue };
            loaded.extend(in_files);
            // Two templates may import one script.
            for draft in drafts.into_iter().filter(|draft| read.insert(draft.literal)) {
                let file = draft.text.file();
                let Some(script) = safely(|| draft.read()) else {
                    self.problems.push(Problem::bug(file));
                    continue;
                };
                let entry = files.entry(file).or_insert_with(|| ScriptFile::new(file, Found::default()));
                entry.found.scripts.extend(with_nested(script));
                entry.literals.push(draft.literal);
            }
        }
        self.scripts.extend(files.into_values());
        self.give_environments(loaded);
    }

    /// Gives the scripts in files what the resources that load them set. One that is no input is read with that.
    fn give_environments(&mut self, loaded: Vec<Loaded>) {
        let mut by_path: BTreeMap<String, Loaded> = BTreeMap::new();
        for script in loaded {
            match by_path.entry(script.path.clone()) {
                Entry::Occupied(mut known) => merge(&mut known.get_mut().environment, script.environment),
                Entry::Vacant(free) => _ = free.insert(script),
            }
        }
        if by_path.is_empty() {
            return;
        }
        for scripts in &mut self.scripts {
            if let Some(script) = by_path.remove(self.sources.file(scripts.file).path()) {
                for read in scripts.found.scripts.iter_mut().filter(|read| read.origin == Origin::File) {
                    read.environment.extend(script.environment.iter().cloned());
                }
            }
        }
        let content =
            self.sources.iter().filter_map(|(file, source)| Some((file, source, by_path.remove(source.path())?)));
        let read = content.filter(|(_, source, _)| is_relevant(source.text())).filter_map(|(file, source, script)| {
            let text = MappedText::plain(file, source.text(), 0).into_owned();
            let literal = text.whole();
            let Loaded { dialect, environment, .. } = script;
            let draft = Draft { text, dialect, literal, held: Vec::new(), environment };
            let mut found = Found::default();
            found.scripts.extend(with_nested(safely(|| draft.read())?));
            Some(ScriptFile { literals: vec![literal], ..ScriptFile::new(file, found) })
        });
        let read: Vec<ScriptFile> = read.collect();
        self.scripts.extend(read);
    }
}

impl Draft {
    fn read(&self) -> Script {
        let mut script = Script::new(&self.text, self.dialect, Origin::Template);
        script.environment = self.held.iter().chain(&self.environment).cloned().collect();
        script
    }
}

/// The scripts of a template so far.
struct Drafts<'s> {
    sources: &'s Sources,
    list: Vec<Draft>,
    /// The scripts by where they are spelled out.
    known: HashMap<Span, usize>,
    /// The scripts in files of their own.
    loaded: Vec<Loaded>,
}

impl Drafts<'_> {
    /// Adds the scripts of a template whose expressions mean what `names` say.
    fn add_template<'t>(&mut self, template: &'t Template, names: Names<'t>) {
        for resource in &template.resources {
            if resource.ty.is(DEPLOYMENT_SCRIPT) && !resource.existing {
                self.add(resource, names);
            }
            let Some(nested) = &resource.deployment else { continue };
            if let NestedTemplate::Inline(inner) = &nested.template {
                let own = Names { template: inner, files: &[], is_outermost: false };
                let names = if nested.evaluation == EvaluationScope::Inner { own } else { names };
                self.add_template(inner, names);
            }
        }
    }

    /// Adds the script of a resource, if it is written out and may call anything of Azure.
    fn add<'t>(&mut self, resource: &'t Resource, names: Names<'t>) -> Option<()> {
        let kind = spelled::likely(resource.body.get("kind")?, names).as_str()?;
        let dialect = if kind.eq_ignore_ascii_case("AzureCLI") {
            Dialect::Posix
        } else if kind.eq_ignore_ascii_case("AzurePowerShell") {
            Dialect::PowerShell
        } else {
            return None;
        };
        let properties = resource.body.get("properties")?;
        let expr = spelled::likely(properties.get("scriptContent")?, names);
        if let Some(draft) = self.known.get(&expr.span).and_then(|at| self.list.get_mut(*at)) {
            merge(&mut draft.environment, environment(properties, names, self.sources));
            return None;
        }
        if let Some(path) = loaded_path(expr, self.sources) {
            let environment = environment(properties, names, self.sources);
            self.loaded.push(Loaded { path, dialect, environment });
            return None;
        }
        let Spelled { text, variables: held } = spelled::spell(expr, names, self.sources)?;
        if is_relevant(text.text()) {
            let environment = environment(properties, names, self.sources);
            self.known.insert(expr.span, self.list.len());
            self.list.push(Draft { text, dialect, literal: expr.span, held, environment });
        }
        None
    }
}

/// The path of the file whose text `expr` is: the compiler has put that in the place of the call.
fn loaded_path(expr: &Expr, sources: &Sources) -> Option<String> {
    expr.as_str()?;
    let source = sources.file(expr.span.file);
    let args = source.text().get(expr.span.range())?.strip_prefix("loadTextContent")?.trim_start().strip_prefix('(')?;
    let (path, _) = args.trim_start().strip_prefix('\'')?.split_once('\'')?;
    (!path.contains(['$', '\\'])).then(|| join(source.path(), path))
}

/// The variables that a deployment script is given. One with a secret or computed value is set, but to what is not known.
fn environment<'t>(properties: &'t Expr, names: Names<'t>, sources: &Sources) -> Vec<Variable> {
    let Some(ExprKind::Array(items)) = properties.get("environmentVariables").map(|list| &list.kind) else {
        return Vec::new();
    };
    let mut variables = Vec::new();
    for item in items {
        let Some(name) = item.get("name") else { continue };
        let Some(text) = spelled::settled(name, names).as_str() else { continue };
        let value = item.get("value").map(|value| spelled::settled(value, names));
        let known = value.and_then(|value| spelled::spell_value(value, names, sources));
        let given = item.get("value").or_else(|| item.get("secureValue")).unwrap_or(name);
        let value = match known {
            Some(Spelled { text, variables: held }) => {
                variables.extend(held);
                text
            }
            None => spelled::hole(sources.text(given.span), given.span),
        };
        variables.push(Variable { name: text.to_owned(), span: name.span, value: spelled::word(&value) });
    }
    variables
}

/// Makes `known` hold for other uses of the script, too: values that differ are not known.
fn merge(known: &mut Vec<Variable>, others: Vec<Variable>) {
    let values = |variables: &[Variable]| -> Vec<(String, Option<String>)> {
        variables.iter().map(|variable| (variable.name.clone(), variable.value.literal())).collect()
    };
    if values(known) == values(&others) {
        return;
    }
    let names: HashSet<String> = known.iter().map(|variable| variable.name.clone()).collect();
    known.extend(others.into_iter().filter(|variable| !names.contains(&variable.name)));
    for variable in known {
        let span = variable.value.span;
        variable.value = spelled::word(&spelled::hole(&variable.name, span));
    }
}
