//! The names that parameter files give values to, against those that the template declares.

use super::declarations::finding;
use crate::diagnostic::{Diagnostic, Severity};
use crate::evaluate::{Inputs, missing, unknown_name};
use crate::project::{Pairing, TemplateEntry};
use crate::source::{Nearest, Sources};
use crate::syntax::expression::{Expr, ExprKind};
use crate::template::ParameterFile;

/// What is wrong with the names in the parameter files that are certainly for the template.
pub(super) fn wrong(entry: &TemplateEntry, inputs: Inputs<'_>, sources: &Sources) -> Vec<Diagnostic> {
    let (mut found, mut nearest) = (Vec::new(), Nearest::default());
    let template = &entry.template;
    let path = |file| sources.file(file).path();
    for (_, file) in inputs.parameter_files {
        let pairing = Pairing::of(file, path(file.file), path(entry.file));
        if !matches!(pairing, Pairing::Said | Pairing::Named) || !file.errors.is_empty() {
            continue;
        }
        // What a file takes over from another one is judged with the template of that.
        let own = file.assignments.iter().filter(|assignment| assignment.name.span.file == file.file);
        let unknown = own.filter(|assignment| template.parameter(&assignment.name.text).is_none());
        found
            .extend(unknown.map(|it| finding(unknown_name(&it.name.text, it.name.span, template, &mut nearest), None)));
        // What one in JSON leaves out, the command that deploys with it may give.
        let given = |name: &str| gives(file, name);
        let elsewhere = |name: &str| {
            let others = inputs.parameter_files.iter().map(|(_, other)| *other).chain(inputs.overrides);
            given(name) || others.into_iter().any(|other| gives(other, name))
        };
        let of_command_line = |name: &str| given(name) || inputs.overrides.is_some_and(|over| gives(over, name));
        found.extend(match pairing {
            Pairing::Said => missing(template, of_command_line, file.span).map(|missing| finding(missing, None)),
            _ => missing(template, elsewhere, file.span)
                .map(|missing| Diagnostic { severity: Severity::Warning, ..finding(missing, None) }),
        });
    }
    found
}

/// Whether a file gives a parameter a value: null is none.
fn gives(file: &ParameterFile, name: &str) -> bool {
    let is_null = |value: &Expr| matches!(value.kind, ExprKind::Null);
    file.assignment(name).is_some_and(|assignment| !assignment.value.as_ref().is_some_and(is_null))
}
