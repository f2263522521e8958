//! Everything that is found in one template.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

use jiff::Timestamp;

use super::refusals::{Refused, refusals, undeployed_reads};
use super::rules::Rules;
use super::{Settings, Undecided, declarations, given_names, own_finding};
use crate::checks::{FileCheck, FileFacts, FileInput, FileRule};
use crate::diagnostic::Diagnostic;
use crate::engine::rule::Rule;
use crate::engine::run::run;
use crate::engine::view::ProjectView;
use crate::evaluate::{Evaluator, Inputs};
use crate::project::{Pairing, TemplateEntry, script_secrets};
use crate::source::{FileId, Language, Sources, Span};
use crate::template::{NestedTemplate, Template, TemplateError, TemplateErrorKind};

/// What was found in one file.
#[derive(Debug, Default)]
pub(super) struct Linted {
    pub diagnostics: Vec<Diagnostic>,
    /// Findings about names that another file does not declare, with that file: nothing is known of one that is broken.
    pub of_names: Vec<(FileId, Diagnostic)>,
    pub resources: usize,
    pub undecided: Vec<Undecided>,
    /// Where scripts write secrets.
    pub secrets: BTreeSet<Span>,
    /// Where values are written that are filled in later.
    pub filled_later: BTreeSet<Span>,
    /// The files whose templates the rules met as deployed.
    pub met: BTreeSet<FileId>,
}

/// What the rules about a template alone find, as soon as it is read.
pub(super) fn lint_alone(
    file: FileId,
    template: &Template,
    sources: &Sources,
    rules: &Rules,
    now: Timestamp,
) -> Vec<Diagnostic> {
    let (input, project) = (FileInput::Template(template), ProjectView::default());
    catch_unwind(AssertUnwindSafe(|| run_file_rules(file, input, &project, sources, &rules.templates, now)))
        .unwrap_or_else(|_| vec![bug(file)])
}

/// Lints one template. A bug in a rule costs that template's findings and is reported as one; the others go on.
pub(super) fn lint_template(
    entry: &TemplateEntry,
    inputs: Inputs<'_>,
    sources: &Sources,
    rules: &Rules,
    settings: &Settings,
    project: &ProjectView,
) -> Linted {
    let mut linted = Linted { resources: count(&entry.template), ..Linted::default() };
    linted.diagnostics.extend(entry.template.errors.iter().map(misshapen));
    let of_names = given_names::wrong(entry, inputs, sources).into_iter().map(|finding| (entry.file, finding));
    linted.of_names.extend(of_names);
    let file = entry.file;
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        let input = FileInput::Template(&entry.template);
        run_file_rules(file, input, project, sources, &rules.files, settings.now)
    }));
    linted.diagnostics.extend(outcome.unwrap_or_else(|_| vec![bug(file)]));
    // What another template deploys is judged there, with the values that it is given, unless parameter files deploy it
    // by itself, too.
    if !entry.linked || !inputs.parameter_files.is_empty() {
        linted.run(file, inputs, sources, rules, project);
    }
    linted
}

/// Lints a template that another one would deploy, and none does.
pub(super) fn lint_undeployed(
    entry: &TemplateEntry,
    inputs: Inputs<'_>,
    sources: &Sources,
    rules: &Rules,
    project: &ProjectView,
) -> Linted {
    let mut linted = Linted::default();
    linted.run(entry.file, inputs, sources, rules, project);
    linted
}

impl Linted {
    /// Adds what the rules about resources find.
    fn run(&mut self, file: FileId, inputs: Inputs<'_>, sources: &Sources, rules: &Rules, project: &ProjectView) {
        let outcome = catch_unwind(AssertUnwindSafe(|| {
            let mut evaluator = Evaluator::new(inputs);
            let findings = run(&rules.resources, &mut evaluator, sources, project);
            let is_bicep = sources.file(file).language() == Language::Bicep;
            let reads = if is_bicep { undeployed_reads(&mut evaluator) } else { Refused::default() };
            let path = sources.file(file).path();
            let foreign = inputs.parameter_files.iter().map(|(_, given)| *given);
            let foreign =
                foreign.filter(|given| Pairing::of(given, sources.file(given.file).path(), path) == Pairing::Foreign);
            let foreign = foreign.map(|given| given.file).collect();
            let misfits = declarations::misfits(&mut evaluator, &foreign);
            let told = misfits.diagnostics.iter().map(|misfit| misfit.primary.span).collect();
            let refusals = refusals(&mut evaluator, inputs, &told);
            (findings, [reads, refusals], misfits, evaluator.deployed_files(), evaluator.placeholders().collect())
        }));
        let Ok((findings, refusals, misfits, met, filled_later)) = outcome else {
            return self.diagnostics.push(bug(file));
        };
        self.diagnostics.extend(findings.diagnostics);
        for Refused { diagnostics, undecided } in refusals {
            self.diagnostics.extend(diagnostics);
            self.undecided.extend(undecided);
        }
        self.diagnostics.extend(misfits.diagnostics);
        self.of_names.extend(misfits.of_names);
        self.undecided.extend(misfits.undecided);
        self.undecided.extend(findings.undecided.into_iter().map(|(rule, span, reason)| Undecided {
            span,
            rule: rule.into(),
            reason,
        }));
        self.filled_later = filled_later;
        self.met = met;
    }
}

/// The finding that a bug cost the findings in a file.
fn bug(file: FileId) -> Diagnostic {
    let message = "plimsoll failed on this file; please report it".to_owned();
    own_finding("internal-error", Span::new(file, 0, 0), message)
}

/// Lints a file that is no template.
pub(super) fn lint_file(
    file: FileId,
    input: FileInput<'_>,
    project: &ProjectView,
    sources: &Sources,
    rules: &Rules,
    now: Timestamp,
) -> Linted {
    let diagnostics =
        catch_unwind(AssertUnwindSafe(|| run_file_rules(file, input, project, sources, &rules.files, now)))
            .unwrap_or_else(|_| vec![bug(file)]);
    let (secrets, filled_later) = match input {
        FileInput::Scripts(found) => (script_secrets(found), found.placeholders().collect()),
        FileInput::Template(_) | FileInput::Parameters(_) | FileInput::Artefact(_) | FileInput::Tokens => {
            Default::default()
        }
    };
    Linted { diagnostics, secrets, filled_later, ..Linted::default() }
}

/// The finding that a part of a file has the wrong shape.
pub(super) fn misshapen(error: &TemplateError) -> Diagnostic {
    let (rule, message, help) = match &error.kind {
        TemplateErrorKind::Expression(message) => ("expression-syntax", message, None),
        TemplateErrorKind::Shape(message) | TemplateErrorKind::Missing(message) => ("template-shape", message, None),
        TemplateErrorKind::Segments(message) => ("resource-name-segments", message, None),
        TemplateErrorKind::ArgumentCount(message) => ("argument-count", message, None),
        TemplateErrorKind::Function { message, help } => ("unknown-function", message, help.clone()),
        TemplateErrorKind::Name { message, help } => ("unknown-name", message, help.clone()),
    };
    let mut finding = own_finding(rule, error.span, message.clone());
    finding.help = help;
    finding
}

/// Runs `rules` over a whole file.
fn run_file_rules(
    file: FileId,
    input: FileInput<'_>,
    project: &ProjectView,
    sources: &Sources,
    rules: &[(&'static Rule, FileRule)],
    now: Timestamp,
) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    let facts = FileFacts::default();
    for (rule, logic) in rules {
        let mut check = FileCheck::new(sources, file, input, &facts, project, now, rule);
        logic(&mut check);
        diagnostics.extend(check.finish());
    }
    diagnostics
}

fn count(template: &Template) -> usize {
    let nested =
        |resource: &crate::template::Resource| match resource.deployment.as_ref().map(|nested| &nested.template) {
            Some(NestedTemplate::Inline(inner)) => count(inner),
            _ => 0,
        };
    template.resources.iter().filter(|resource| !resource.existing).map(|resource| 1 + nested(resource)).sum()
}
