//! Everything that is found in one template.

use std::panic::{AssertUnwindSafe, catch_unwind};

use jiff::Timestamp;

use super::{Settings, Undecided, file_rules, own_finding};
use crate::checks::{FileCheck, FileInput};
use crate::diagnostic::Diagnostic;
use crate::engine::run::{Runnable, run};
use crate::evaluate::{Evaluator, Inputs};
use crate::project::TemplateEntry;
use crate::source::{FileId, Sources, Span};
use crate::template::{NestedTemplate, Template, TemplateError, TemplateErrorKind};

/// What was found in one template.
#[derive(Debug, Default)]
pub(super) struct Linted {
    pub diagnostics: Vec<Diagnostic>,
    pub resources: usize,
    pub undecided: Vec<Undecided>,
}

/// Lints one template. A bug in a rule costs that template's findings and is reported as one; the others go on.
pub(super) fn lint_template(
    entry: &TemplateEntry,
    inputs: Inputs<'_>,
    sources: &Sources,
    rules: &[Runnable<'static>],
    settings: &Settings,
) -> Linted {
    let mut linted = Linted { resources: count(&entry.template), ..Linted::default() };
    linted.diagnostics.extend(entry.template.errors.iter().map(misshapen));
    let file = entry.file;
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        let input = FileInput::Template(&entry.template);
        let mut diagnostics = run_file_rules(file, input, sources, rules, settings.now);
        // What another template deploys is judged there, with the values that it is given.
        let rules = if entry.linked { &[] } else { rules };
        let mut evaluator = Evaluator::new(inputs);
        let findings = run(rules, &mut evaluator, sources);
        diagnostics.extend(findings.diagnostics);
        (diagnostics, findings.undecided)
    }));
    if let Ok((diagnostics, undecided)) = outcome {
        linted.diagnostics.extend(diagnostics);
        linted.undecided.extend(undecided.into_iter().map(|(rule, span, reason)| Undecided {
            span,
            rule: rule.into(),
            reason,
        }));
    } else {
        let message = "plimsoll failed on this file; please report it".to_owned();
        linted.diagnostics.push(own_finding("internal-error", Span::new(file, 0, 0), message));
    }
    linted
}

/// The finding that a part of a file has the wrong shape.
pub(super) fn misshapen(error: &TemplateError) -> Diagnostic {
    let (rule, message, help) = match &error.kind {
        TemplateErrorKind::Expression(message) => ("expression-syntax", message, None),
        TemplateErrorKind::Shape(message) => ("template-shape", message, None),
        TemplateErrorKind::Name { message, help } => ("unknown-name", message, help.clone()),
    };
    let mut finding = own_finding(rule, error.span, message.clone());
    finding.help = help;
    finding
}

/// Runs the rules about whole files.
pub(super) fn run_file_rules(
    file: FileId,
    input: FileInput<'_>,
    sources: &Sources,
    rules: &[Runnable<'static>],
    now: Timestamp,
) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    for (rule, logic) in file_rules(rules) {
        let mut check = FileCheck::new(sources, file, input, now, rule);
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
