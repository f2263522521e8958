//! `acr-transfer-sas-exposed`: a SAS or key in an output or in a parameter that is not secure, where the history of
//! deployments shows it.

use std::collections::BTreeSet;

use super::sas::Direction;
use crate::checks::FileCheck;
use crate::checks::name_words::{is_of_credential, says_sas};
use crate::diagnostic::Severity;
use crate::engine::finding::Finding;
use crate::source::{Language, Span};
use crate::syntax::expression::{Expr, ExprKind, Name};
use crate::template::walk::walk_expr;
use crate::template::{EvaluationScope, Looped, NestedTemplate, Output, ParameterType, Template};

const PIPELINES: [&str; 2] = [
    "microsoft.containerregistry/registries/exportpipelines",
    "microsoft.containerregistry/registries/importpipelines",
];

pub(super) fn check(check: &mut FileCheck<'_>) {
    super::sas_shown::check(check);
    let Some(template) = check.template() else { return };
    let has_pipelines = PIPELINES.iter().any(|ty| template.types.contains(*ty));
    let mut findings = Vec::new();
    let secure = match check.source().language() {
        Language::Bicep => "mark it with `@secure()`",
        _ => "make it a `securestring`",
    };
    if has_pipelines {
        judge_template(template, template, secure, &mut findings);
    } else {
        // A template that only makes the SAS says by the name of the output what it is for.
        let is_for_transfers =
            |output: &&Output| says_sas(&output.name.text) && Direction::from_name(&output.name.text).is_some();
        findings.extend(
            template.outputs.iter().filter(is_for_transfers).filter_map(|output| judge_output(output, template)),
        );
    }
    for finding in findings {
        check.report(finding);
    }
}

/// Judges a template whose expressions mean the parameters of `names`; `secure` says how to keep a parameter secret.
fn judge_template(template: &Template, names: &Template, secure: &str, findings: &mut Vec<Finding>) {
    for output in &template.outputs {
        findings.extend(judge_output(output, names));
    }
    let mut used = BTreeSet::new();
    for resource in &template.resources {
        if resource.ty.is("Microsoft.KeyVault/vaults/secrets") {
            let value = resource.body.get("properties").and_then(|properties| properties.get("value"));
            let given = value.into_iter().flat_map(|value| given_parameters(value, names));
            let holds_sas = resource.name().is_some_and(mentions_sas);
            used.extend(given.filter(|index| holds_sas || is_called_secret(&names.parameters[*index].name)));
        }
    }
    for index in used {
        let parameter = &names.parameters[index];
        if !parameter.secure && parameter.ty == ParameterType::String {
            let name = &parameter.name;
            let message = format!("`{}` is a plain string, and so the history of deployments shows it", name.text);
            let finding = Finding::new(name.span, message).severity(Severity::Warning);
            findings.push(finding.help(secure));
        }
    }
    for resource in &template.resources {
        let Some(nested) = &resource.deployment else { continue };
        if let NestedTemplate::Inline(inner) = &nested.template {
            let names = if nested.evaluation == EvaluationScope::Inner { inner } else { names };
            judge_template(inner, names, secure, findings);
        }
    }
}

fn judge_output(output: &Output, names: &Template) -> Option<Finding> {
    if output.is_secure() {
        return None;
    }
    let value = match output.value.as_ref()? {
        Looped::Once(value) | Looped::Each { input: value, .. } => value,
    };
    let (span, what) = shown_secret(value, names, MAX_CHAIN)?;
    Some(
        Finding::new(span, format!("the output `{}` shows {what} to whoever may read deployments", output.name.text))
            .help("leave it out, and read it where it is needed"),
    )
}

/// Longest chain of variables that is followed to what an output shows.
const MAX_CHAIN: usize = 8;

/// The part of an expression that yields what must stay secret, by itself or through variables, and what that is.
fn shown_secret(value: &Expr, names: &Template, chain: usize) -> Option<(Span, &'static str)> {
    let mut shown = None;
    walk_expr(value, &mut |expr| {
        if let (ExprKind::Call { name, args }, None) = (&expr.kind, &shown) {
            let what = secret_call(name, args, names).or_else(|| {
                let variable =
                    names.variables.get(names.variable(args.first()?.as_str()?)?).filter(|_| name.is("variables"))?;
                let Looped::Once(value) = &variable.value else { return None };
                Some(shown_secret(value, names, chain.checked_sub(1)?)?.1)
            });
            shown = what.map(|what| (expr.span, what));
        }
    });
    shown
}

/// What a call yields that must stay secret.
fn secret_call(name: &Name, args: &[Expr], names: &Template) -> Option<&'static str> {
    if name.is("listAccountSas") || name.is("listServiceSas") {
        return Some("a SAS");
    }
    if name.is("listKeys") {
        return mentions_storage(args.first()?, names).then_some("an account key");
    }
    let parameter = &names.parameters[called_parameter(name, args, names)?];
    let folded = parameter.name.text.to_ascii_lowercase();
    (parameter.secure && ["sas", "sastoken"].iter().any(|end| folded.ends_with(end))).then_some("a SAS")
}

/// Whether the name of a secret, as far as it is written out, says that it holds a SAS.
fn mentions_sas(name: &Expr) -> bool {
    let mut found = false;
    walk_expr(name, &mut |expr| found |= expr.texts().any(|(text, _)| says_sas(text)));
    found
}

/// Whether a parameter is called as something secret; a vault also holds what is not, such as the name of a user.
fn is_called_secret(name: &Name) -> bool {
    is_of_credential(&name.text)
}

fn mentions_storage(id: &Expr, names: &Template) -> bool {
    let mut found = false;
    walk_expr(id, &mut |expr| {
        found |= expr.texts().any(|(text, _)| text.to_ascii_lowercase().contains("microsoft.storage/"));
        if let ExprKind::Resource { declared, .. } = &expr.kind {
            let declared = names.resources.get(*declared);
            found |= declared.is_some_and(|resource| resource.ty.folded().starts_with("microsoft.storage/"));
        }
    });
    found
}

/// The parameters that a value is, or is put together from.
fn given_parameters(value: &Expr, names: &Template) -> Vec<usize> {
    let (name, args) = match &value.kind {
        ExprKind::Call { name, args } => (name, args),
        ExprKind::Interpolation { holes, .. } => return joined(holes, names),
        _ => return Vec::new(),
    };
    if let Some(parameter) = called_parameter(name, args, names) {
        return vec![parameter];
    }
    if name.is("concat") || name.is("format") { joined(args, names) } else { Vec::new() }
}

/// The parameters that a string is put together from, unless it is put together from something else as well.
fn joined(parts: &[Expr], names: &Template) -> Vec<usize> {
    let is_made =
        parts.iter().any(|part| !matches!(&part.kind, ExprKind::String(_)) && given_parameters(part, names).is_empty());
    if is_made { Vec::new() } else { parts.iter().flat_map(|part| given_parameters(part, names)).collect() }
}

/// The parameter that a call of `parameters` means.
fn called_parameter(name: &Name, args: &[Expr], names: &Template) -> Option<usize> {
    let [argument] = args else { return None };
    name.is("parameters").then(|| names.parameter(argument.as_str()?))?
}
