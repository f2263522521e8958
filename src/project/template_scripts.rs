//! The scripts that templates hold as text: those of deployment scripts.

use std::collections::{BTreeMap, HashMap, HashSet};

use rayon::prelude::*;

use super::spelled::{self, Spelled};
use super::{Problem, Project, ScriptFile, TemplateEntry, safely};
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

impl Project {
    /// Finds the scripts in the templates of the inputs.
    pub(super) fn read_template_scripts(&mut self) {
        let sources = &self.sources;
        let drafts = |entry: &TemplateEntry| {
            let mut drafts = Drafts { sources, list: Vec::new(), known: HashMap::new() };
            if entry.is_input {
                drafts.add_template(&entry.template, &entry.template);
            }
            drafts.list
        };
        let drafts: Vec<(FileId, Option<Vec<Draft>>)> =
            self.templates.par_iter().map(|entry| (entry.file, safely(|| drafts(entry)))).collect();
        let mut files: BTreeMap<FileId, ScriptFile> = BTreeMap::new();
        let mut read = HashSet::new();
        for (template, drafts) in drafts {
            if drafts.is_none() {
                self.problems.push(Problem::bug(template));
            }
            // Two templates may import one script.
            for draft in drafts.into_iter().flatten().filter(|draft| read.insert(draft.literal)) {
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
}

impl Drafts<'_> {
    /// Adds the scripts of a template whose expressions mean the variables of `names`.
    fn add_template(&mut self, template: &Template, names: &Template) {
        for resource in &template.resources {
            if resource.ty.is(DEPLOYMENT_SCRIPT) && !resource.existing {
                self.add(resource, names);
            }
            let Some(nested) = &resource.deployment else { continue };
            if let NestedTemplate::Inline(inner) = &nested.template {
                let names = if nested.evaluation == EvaluationScope::Inner { inner } else { names };
                self.add_template(inner, names);
            }
        }
    }

    /// Adds the script of a resource, if it is written out and may call anything of Azure.
    fn add(&mut self, resource: &Resource, names: &Template) -> Option<()> {
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
        let Spelled { text, variables: held } = spelled::spell(expr, names, self.sources)?;
        if is_relevant(text.text()) {
            let environment = environment(properties, names, self.sources);
            self.known.insert(expr.span, self.list.len());
            self.list.push(Draft { text, dialect, literal: expr.span, held, environment });
        }
        None
    }
}

/// The variables that a deployment script is given. One with a secret or computed value is set, but to what is not known.
fn environment(properties: &Expr, names: &Template, sources: &Sources) -> Vec<Variable> {
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
