//! Everything that is found in one template.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use jiff::Timestamp;

use super::rules::Rules;
use super::{Settings, Undecided, own_finding};
use crate::checks::{FileCheck, FileFacts, FileInput, FileRule};
use crate::diagnostic::Diagnostic;
use crate::engine::rule::Rule;
use crate::engine::run::run;
use crate::engine::view::ProjectView;
use crate::evaluate::world::Bound;
use crate::evaluate::{Evaluator, Inputs};
use crate::project::{TemplateEntry, script_secrets};
use crate::source::limits::MAX_RULE_STEPS;
use crate::source::{FileId, Sources, Span};
use crate::template::{NestedTemplate, Template, TemplateError, TemplateErrorKind};

/// The rule about reads of what is not deployed.
const UNDEPLOYED_READ: &str = "undeployed-read";

/// What was found in one file.
#[derive(Debug, Default)]
pub(super) struct Linted {
    pub diagnostics: Vec<Diagnostic>,
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
            let reads = undeployed_reads(&mut evaluator);
            (findings, reads, evaluator.deployed_files(), evaluator.placeholders().collect())
        }));
        let Ok((findings, (reads, unread), met, filled_later)) = outcome else {
            return self.diagnostics.push(bug(file));
        };
        self.diagnostics.extend(findings.diagnostics);
        self.diagnostics.extend(reads);
        let unread = unread.into_iter().map(|(span, reason)| Undecided { span, rule: UNDEPLOYED_READ.into(), reason });
        self.undecided.extend(unread);
        self.undecided.extend(findings.undecided.into_iter().map(|(rule, span, reason)| Undecided {
            span,
            rule: rule.into(),
            reason,
        }));
        self.filled_later = filled_later;
        self.met = met;
    }
}

/// What the template reads of resources and modules in worlds in which they are not deployed, and where that can't be told.
fn undeployed_reads(evaluator: &mut Evaluator<'_>) -> (Vec<Diagnostic>, Vec<(Span, String)>) {
    evaluator.allow(MAX_RULE_STEPS);
    let (readers, unseen) = evaluator.readers();
    let mut undecided: Vec<_> = unseen.reason().map(|reason| (evaluator.template().span, reason)).into_iter().collect();
    let mut found: BTreeMap<(Span, Arc<str>), Option<String>> = BTreeMap::new();
    for reader in readers {
        if evaluator.is_spent() {
            undecided.push((reader.span(), format!("depends on {}", Bound::Steps)));
            continue;
        }
        let (worlds, unseen) = evaluator.explore(|evaluator| evaluator.undeployed_reads(&reader));
        undecided.extend(unseen.reason().map(|reason| (reader.span(), reason)));
        let seen: Vec<_> = worlds.iter().map(|guarded| guarded.world.clone()).collect();
        let all: BTreeSet<_> = worlds.iter().flat_map(|guarded| guarded.answer.clone()).collect();
        for (span, symbol) in all {
            let holds: Vec<usize> = (0..worlds.len()).filter(|at| worlds[*at].answer.contains_key(&span)).collect();
            let witness = evaluator.worlds.witness(&holds, &seen, &unseen);
            // What is so in all worlds for one iteration is so, whatever another one needs.
            found
                .entry((span, symbol))
                .and_modify(|known| *known = known.take().filter(|_| witness.is_some()))
                .or_insert(witness);
        }
    }
    let finding = |((span, symbol), witness)| {
        let message = format!("`{symbol}` is not deployed, so there is nothing to read");
        let mut finding = own_finding(UNDEPLOYED_READ, span, message);
        finding.witness = witness;
        finding.with_help("read it under the same condition, or with `.?` and a value for when it is not there")
    };
    (found.into_iter().map(finding).collect(), undecided)
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
