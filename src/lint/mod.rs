//! L7. The pure pipeline: texts and settings in, findings out. No input or output.

mod compiled;
mod declarations;
mod given_names;
mod outcome;
mod refusals;
mod rules;
mod suppression;
mod template;
mod token;
mod view;

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use rayon::prelude::*;

pub use outcome::{Coverage, Outcome, Undecided};
pub use token::lint_token;

use suppression::{ALWAYS_SHOWN, Suppressions};

pub use crate::project::{Input, Load, Omission, Omitted};

use crate::checks::FileInput;
use crate::diagnostic::{Diagnostic, Label, Severity};
use crate::engine::catalogue::Catalogue;
use crate::engine::{Metadata, Status};
use crate::evaluate::{Context, Inputs};
use crate::project::{self, Project, TemplateEntry};
use crate::source::{FileId, Language, Secret, Sources, Span};
use crate::template::Template;
use rules::Rules;

/// What a run is asked to do.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The time of the check.
    pub now: Timestamp,
    /// What is known of the deployments.
    pub context: Context,
    /// Ids or packs of the rules to run; empty for those that run by default.
    pub select: Vec<String>,
    /// Ids or packs of rules not to run.
    pub ignore: Vec<String>,
    /// Parameter files that every template is deployed with, by the paths of inputs; empty to look beside templates.
    pub parameter_files: Vec<String>,
    /// The path of the input that holds values given on the command line.
    pub overrides: Option<String>,
}

impl Settings {
    /// The default settings at a time.
    pub fn at(now: Timestamp) -> Self {
        Self {
            now,
            context: Context::at(now),
            select: Vec::new(),
            ignore: Vec::new(),
            parameter_files: Vec::new(),
            overrides: None,
        }
    }

    /// Whether a rule runs. Those that say why a file was not analysed do whatever is selected.
    pub fn runs(&self, rule: &Metadata) -> bool {
        ALWAYS_SHOWN.contains(&&*rule.id) || self.selects(rule)
    }

    /// Whether a rule is one of those that were asked for.
    pub fn selects(&self, rule: &Metadata) -> bool {
        let named = |list: &[String]| list.iter().any(|name| **name == *rule.id || **name == *rule.pack);
        let selected = if self.select.is_empty() { rule.status != Status::Off } else { named(&self.select) };
        selected && !named(&self.ignore)
    }
}

/// Lints `inputs`. `load` reads the local templates that they link to.
pub fn lint(inputs: Vec<Input>, settings: &Settings, load: &dyn Load) -> Outcome {
    read_and_lint(inputs, settings, load).1
}

/// [`lint`], with what was read, whose texts have moved to the outcome.
pub(crate) fn read_and_lint(inputs: Vec<Input>, settings: &Settings, load: &dyn Load) -> (Project, Outcome) {
    let rules = Rules::of(settings);
    let found_alone = Mutex::new(HashMap::new());
    let look = |file: FileId, template: &Template, sources: &Sources| {
        let found = template::lint_alone(file, template, sources, &rules, settings.now);
        template.tells_secrets(sources.file(file).language() == Language::Bicep);
        found_alone.lock().unwrap_or_else(PoisonError::into_inner).insert(file, found);
    };
    let mut project = project::read_looking(inputs, &settings.parameter_files, load, &look);
    let found_alone = found_alone.into_inner().unwrap_or_else(PoisonError::into_inner);
    let outcome = lint_project(&mut project, settings, rules, found_alone);
    (project, outcome)
}

/// Lints what was read. Its texts and problems move to the outcome, so that it is of no use afterwards. `found_alone` is
/// what the rules about a template alone have found in each.
fn lint_project(
    read: &mut Project,
    settings: &Settings,
    rules: Rules,
    mut found_alone: HashMap<FileId, Vec<Diagnostic>>,
) -> Outcome {
    let mut run = Run::new(settings, rules);
    let errors: Vec<Span> = read.problems.iter().filter(|problem| problem.is_syntax()).map(|it| it.span).collect();
    run.outcome.diagnostics.extend(read.problems.drain(..).map(|problem| {
        let mut diagnostic = own_finding(problem.rule, problem.span, problem.message);
        diagnostic.related.extend(problem.related);
        diagnostic
    }));
    let sources = std::mem::take(&mut read.sources);
    run.outcome.coverage.omitted = std::mem::take(&mut read.omitted);
    let links = read.links();
    let mut pairs = project::pair(
        &read.templates,
        &read.parameter_files,
        &sources,
        &settings.parameter_files,
        settings.overrides.as_deref(),
    );
    if settings.parameter_files.is_empty() {
        read.add_deployments(&mut pairs);
    }
    let unpaired = read.unpaired(&pairs, settings.overrides.as_deref(), &sources);
    let (bare, unpaired): (Vec<_>, Vec<_>) = unpaired.into_iter().partition(|file| read.is_bare(file));
    if settings.parameter_files.is_empty() {
        // One in Bicep says what it is for, and whoever reads that says when it is not there.
        let unpaired = unpaired.into_iter().filter(|file| file.names.is_none());
        let omitted = unpaired.map(|file| Omitted::file(Omission::ParameterFile, file.file, &sources));
        run.outcome.coverage.omitted.extend(omitted);
    }
    let script_files = read.scripts.iter().filter(|scripts| !scripts.found.is_template());
    run.outcome.coverage.files = read.templates.len() + read.parameter_files.len() - bare.len()
        + read.artefacts.len()
        + script_files.count()
        + read.tokens.len();
    run.outcome.coverage.unparsed = read.unparsed;
    let overrides = settings
        .overrides
        .as_ref()
        .and_then(|path| read.parameter_files.iter().find(|file| sources.file(file.file).path() == path));
    let context = &settings.context;
    let deployed: Vec<Deployed<'_>> = read
        .templates
        .iter()
        .zip(&pairs)
        .filter(|(template, _)| template.is_input)
        .map(|(entry, files)| {
            let template = &entry.template;
            (entry, Inputs { template, parameter_files: files, overrides, links: &links, context })
        })
        .collect();
    run.outcome.diagnostics.extend(deployed.iter().filter_map(|(entry, _)| found_alone.remove(&entry.file)).flatten());
    let compiled = read.compiled(&sources);
    let view = view::of(read, &deployed, &compiled, &sources);
    let templates = deployed
        .par_iter()
        .map(|(entry, inputs)| template::lint_template(entry, *inputs, &sources, &run.rules, settings, &view));
    let bare: HashSet<FileId> = bare.iter().map(|file| file.file).collect();
    let ours = || read.parameter_files.iter().filter(|file| !bare.contains(&file.file));
    let parameters = ours().map(|file| (file.file, FileInput::Parameters(file)));
    let artefacts = read.artefacts.iter().map(|artefact| (artefact.file, FileInput::Artefact(artefact)));
    let scripts = read.scripts.iter().map(|scripts| (scripts.file, FileInput::Scripts(&scripts.found)));
    let files: Vec<(FileId, FileInput<'_>)> = parameters.chain(artefacts).chain(scripts).collect();
    let files = files
        .into_par_iter()
        .map(|(file, input)| template::lint_file(file, input, &view, &sources, &run.rules, settings.now));
    let tokens = read.tokens.par_iter().map(|tokens| token::lint_stored(tokens, &sources, &run.rules, settings.now));
    let mut results: Vec<template::Linted> = templates.chain(files).chain(tokens).collect();
    results.extend(lint_undeployed(read, &deployed, &results, |entry, inputs| {
        template::lint_undeployed(entry, inputs, &sources, &run.rules, &view)
    }));
    run.outcome.diagnostics.extend(ours().flat_map(|file| &file.errors).map(template::misshapen));
    let (mut script_secrets, mut filled_later) = (BTreeSet::new(), BTreeSet::new());
    let broken: HashSet<FileId> = errors.iter().map(|error| error.file).collect();
    for linted in results {
        run.outcome.diagnostics.extend(linted.diagnostics);
        let of_names = linted.of_names.into_iter();
        let of_names = of_names.filter(|(file, it)| !broken.contains(file) && !broken.contains(&it.primary.span.file));
        run.outcome.diagnostics.extend(of_names.map(|(_, finding)| finding));
        run.outcome.coverage.resources += linted.resources;
        run.outcome.coverage.undecided.extend(linted.undecided);
        script_secrets.extend(linted.secrets);
        filled_later.extend(linted.filled_later);
    }
    run.outcome.coverage.filled_later = filled_later.len();
    compiled::drop_repeated(&mut run.outcome.diagnostics, &compiled);
    run.outcome.diagnostics.extend(suppression::unknown(&read.pragmas, &sources));
    let literals = read.scripts.iter().flat_map(|scripts| &scripts.literals);
    let suppressions = Suppressions::new(&read.pragmas, literals, &sources);
    let (templates, files) = (&read.templates, &read.parameter_files);
    let (links, errors) = (&links, &errors);
    let search = project::Search { templates, files, pairs: &pairs, overrides, links, errors, sources: &sources };
    // Where nothing is said, nothing has to be masked.
    let coverage = &run.outcome.coverage;
    if !(run.outcome.diagnostics.is_empty() && coverage.undecided.is_empty() && coverage.omitted.is_empty()) {
        run.outcome.secrets = project::secrets(&search);
    }
    run.outcome.secrets.extend(script_secrets.into_iter().map(Secret::written));
    run.outcome.names = project::names(&run.outcome.secrets, &search, &run.outcome.shown());
    run.outcome.sources = sources;
    run.finish(&suppressions)
}

/// A template of the inputs and what it is deployed with.
type Deployed<'t> = (&'t TemplateEntry, Inputs<'t>);

/// Lints by themselves the templates that others link to and that are deployed in no world that `results` tell of: first
/// those that none of the rest links to, then whatever these do not deploy either.
fn lint_undeployed(
    read: &Project,
    deployed: &[Deployed<'_>],
    results: &[template::Linted],
    lint: impl Fn(&TemplateEntry, Inputs<'_>) -> template::Linted + Sync,
) -> Vec<template::Linted> {
    let met: HashSet<FileId> = results.iter().flat_map(|linted| &linted.met).copied().collect();
    let rest: Vec<&Deployed<'_>> = deployed.iter().filter(|(entry, _)| !met.contains(&entry.file)).collect();
    let among: HashSet<FileId> = rest.iter().map(|(entry, _)| entry.file).collect();
    let named = read.linked_from(&among);
    let (later, first): (Vec<&Deployed<'_>>, Vec<&Deployed<'_>>) =
        rest.into_iter().partition(|(entry, _)| named.contains(&entry.file));
    let mut found: Vec<template::Linted> = first.into_par_iter().map(|(entry, inputs)| lint(entry, *inputs)).collect();
    let met: HashSet<FileId> = found.iter().flat_map(|linted| &linted.met).copied().collect();
    let later = later.into_par_iter().filter(|(entry, _)| !met.contains(&entry.file));
    found.extend(later.map(|(entry, inputs)| lint(entry, *inputs)).collect::<Vec<_>>());
    found
}

/// The rules of a run and what it has found so far.
struct Run<'s> {
    settings: &'s Settings,
    rules: Rules,
    outcome: Outcome,
}

impl<'s> Run<'s> {
    fn new(settings: &'s Settings, rules: Rules) -> Self {
        Self { settings, rules, outcome: Outcome::default() }
    }

    /// Sorts, so that neither threads nor the order of rules show.
    fn finish(mut self, suppressions: &Suppressions) -> Outcome {
        let settings = self.settings;
        let catalogue = Catalogue::built_in();
        let sources = &self.outcome.sources;
        let runs = |id: &str| catalogue.rule(id).is_none_or(|rule| settings.runs(&rule.metadata));
        self.outcome.diagnostics.retain(|diagnostic| runs(&diagnostic.rule));
        self.outcome.coverage.undecided.retain(|undecided| runs(&undecided.rule));
        self.outcome.diagnostics.sort_by_cached_key(|diagnostic| {
            let path = sources.file(diagnostic.primary.span.file).path().to_owned();
            let span = diagnostic.primary.span;
            (path, span.start, span.end, Arc::clone(&diagnostic.rule), diagnostic.headline())
        });
        // Two templates may share a parameter file; what always holds for one of them says it all.
        self.outcome.diagnostics.dedup_by(|later, kept| {
            let is_same = kept.primary.span == later.primary.span && kept.rule == later.rule;
            later == kept || is_same && kept.message == later.message && kept.witness.is_none()
        });
        let found = self.outcome.diagnostics.len();
        self.outcome.diagnostics.retain(|diagnostic| !suppressions.silence(diagnostic, sources));
        let coverage = &mut self.outcome.coverage;
        coverage.suppressed = found - self.outcome.diagnostics.len();
        coverage
            .undecided
            .sort_by_cached_key(|undecided| (sources.file(undecided.span.file).path().to_owned(), undecided.clone()));
        coverage.undecided.dedup();
        project::sort_omitted(&mut coverage.omitted, sources);
        self.outcome
    }
}

/// A finding of the pipeline itself, by the id of its rule.
fn own_finding(id: &str, span: Span, message: String) -> Diagnostic {
    let severity = Catalogue::built_in().rule(id).map_or(Severity::Error, |rule| rule.metadata.severity);
    Diagnostic::new(id, severity, message, Label::new(span, ""))
}
