//! `acr-transfer-force-update-tag`: a run that does nothing when it is deployed again.
//!
//! A run is deployed once or many times; the template does not say which. What counts as many: the author wrote a
//! constant `forceUpdateTag`, or wrote none and put a parameter file beside the template. None is also a parameter that
//! is empty unless it is set, and that the parameter file does not set. Any other default of a parameter may be another
//! value at each deployment, so that is silent, as is a run whose name changes.

use super::cli::Call;
use super::flags::{FORCE, NAME};
use crate::checks::FileCheck;
use crate::diagnostic::{Edit, Fix, Safety};
use crate::engine::check::Check;
use crate::engine::finding::Finding;
use crate::engine::fix::insert_member;
use crate::engine::query::Found;
use crate::engine::test::filled;
use crate::evaluate::partial::{HOLE, Partial};
use crate::evaluate::pieces::Piece;
use crate::evaluate::value::{Kind, Value};
use crate::evaluate::{DeploymentId, Instance, is_settled, varies};
use crate::source::{Language, Sources, Span};
use crate::syntax::expression::ExprKind;
use crate::template::{Parameter, Template};

const HELP: &str = "set it to a parameter whose default is `[utcNow()]`";

pub(super) fn check<'t>(check: &mut Check<'_, 't>, instance: &Instance<'t>) {
    let tag = check.find(instance, &["properties", "forceUpdateTag"]);
    let empty = tag.value().is_none_or(|value| filled(value) == Some(false));
    let written = tag.value().is_some_and(|value| is_constant(check, value));
    if !written && (!empty || check.evaluator.parameter_files().is_empty()) {
        if tag.value().is_some_and(Value::is_unknown) {
            check.undecided(&tag);
        }
        return;
    }
    if check.value(instance, &["name"]).is_none_or(|name| !has_constant_end(check, &name)) {
        return;
    }
    let fix = make_parameter(check, instance, &tag);
    let finding = if empty {
        let message = "without a `forceUpdateTag` that changes, deploying the run again does nothing";
        tag.key().map(|span| Finding::new(span, message))
    } else {
        Finding::at(&tag, "`forceUpdateTag` is a constant: deploying the run again does nothing")
    };
    check.report(finding.map(|finding| finding.help(HELP).fix(fix)));
}

/// Whether a value is the same at each deployment with the parameter files in view: it is known or made of the place that
/// is deployed to, and no part of it is the default of a parameter, for which a deployment may give another value.
fn is_constant(check: &Check<'_, '_>, value: &Value) -> bool {
    if value.is_unknown() {
        // What is made of the place alone; a parameter may be another value at each deployment.
        return is_settled(value, &|_| false);
    }
    if varies(value) || is_offered(check, value.origin.span) {
        return false;
    }
    match &value.kind {
        Kind::String(text) => {
            text.parts.iter().flat_map(|parts| parts.iter()).all(|part| is_constant(check, &part.value))
        }
        _ => true,
    }
}

/// Whether the run's own name, which follows those of its parents, is the same at each deployment.
fn has_constant_end(check: &Check<'_, '_>, name: &Value) -> bool {
    let Some(partial) = Partial::new(name).filter(|_| !varies(name)) else { return false };
    let from = partial.text().rfind('/').map_or(0, |at| at + 1);
    let mut end = 0;
    partial.stretches().all(|stretch| match &stretch.piece {
        Piece::Unknown(value) => {
            end += HOLE.len_utf8();
            end <= from || is_settled(value, &|_| false)
        }
        Piece::Text(text) => {
            end += text.len();
            end <= from || !is_offered(check, stretch.origin.span)
        }
    })
}

/// Whether a parameter of the template has the value written there as its default or among those allowed.
fn is_offered(check: &Check<'_, '_>, span: Option<Span>) -> bool {
    let offers = |parameter: &Parameter, span: Span| {
        parameter.default.iter().chain(&parameter.allowed).any(|value| value.span.contains(span))
    };
    span.is_some_and(|span| check.evaluator.template().parameters.iter().any(|parameter| offers(parameter, span)))
}

/// Makes the tag a parameter that the time of the deployment fills in.
fn make_parameter<'t>(check: &Check<'_, 't>, instance: &Instance<'t>, tag: &Found) -> Option<Fix> {
    const NAME: &str = "forceUpdateTag";
    let template = check.evaluator.template();
    if instance.deployment != DeploymentId::ROOT {
        return None;
    }
    let (declaration, used) = declare(check.sources, template, NAME)?;
    let properties = instance.resource.body.get("properties")?;
    if !matches!(properties.kind, ExprKind::Object(_)) {
        return None;
    }
    let own = match tag.value() {
        Some(value) => {
            let written = value.origin.span?;
            if let Some(parameter) = template.parameters.iter().find(|parameter| is_default(parameter, written)) {
                let title = format!("make the time of the deployment the default of `{}`", parameter.name.text);
                let now = match check.sources.file(written.file).language() {
                    Language::Json => "\"[utcNow()]\"",
                    Language::Bicep => "utcNow()",
                    _ => return None,
                };
                let edits = vec![Edit { span: written, replacement: now.to_owned() }];
                return Some(Fix { title, safety: Safety::Safe, edits });
            }
            if properties.get(NAME)?.span != written {
                return None;
            }
            Edit { span: written, replacement: used }
        }
        None => insert_member(check.sources, properties.span, NAME, &used)?,
    };
    if template.parameter(NAME).is_some() {
        return None;
    }
    let title = "make it a parameter that the time of the deployment fills in".to_owned();
    Some(Fix { title, safety: Safety::Safe, edits: vec![declaration, own] })
}

/// The declaration of a parameter `name` whose default is the time of the deployment, and what stands for its value.
fn declare(sources: &Sources, template: &Template, name: &str) -> Option<(Edit, String)> {
    let text = sources.file(template.span.file).text();
    if sources.file(template.span.file).language() == Language::Bicep {
        let place = template.parameters_at?;
        let declaration = format!("param {name} string = utcNow()");
        let end = place.end as usize;
        let (at, replacement) = if place.start == place.end {
            (end, format!("{declaration}\n\n"))
        } else {
            (end + text[end..].find(['\r', '\n']).unwrap_or(text.len() - end), format!("\n{declaration}"))
        };
        return Some((Edit { span: Span::new(place.file, at, at), replacement }, name.to_owned()));
    }
    let parameter = "{\"type\": \"string\", \"defaultValue\": \"[utcNow()]\"}";
    let declaration = match template.parameters_at {
        Some(parameters) => insert_member(sources, parameters, name, parameter)?,
        None => insert_member(sources, template.span, "parameters", &format!("{{\"{name}\": {parameter}}}"))?,
    };
    Some((declaration, format!("\"[parameters('{name}')]\"")))
}

fn is_default(parameter: &Parameter, span: Span) -> bool {
    parameter.default.as_ref().is_some_and(|default| default.span == span)
}

/// Commands that start a run of the same name each time, and do not force it.
pub(super) fn check_scripts(check: &mut FileCheck<'_>) {
    for call in Call::runs(check) {
        let is_constant = call.text(NAME).is_some_and(|name| !name.is_empty());
        if !is_constant || !call.lacks(FORCE) {
            continue;
        }
        let flag = call.word(FORCE);
        let message = format!("without `{flag}` a run of this name does nothing the second time");
        let fix = (!call.is_cmdlet).then(|| call.insert(FORCE, Safety::Safe));
        check.report(Finding::new(call.path_span(), message).help(format!("add `{flag}`")).fix(fix));
    }
}
