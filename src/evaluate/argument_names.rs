//! The names that a deployment gives values to, against those that its template declares.

use super::conform::{Misfit, Misfitting};
use crate::source::{Nearest, Span};
use crate::syntax::expression::{ExprKind, Member};
use crate::template::{ParameterType, Resource, Template};

/// Most names that a message lists.
const MAX_SHOWN: usize = 10;

/// Names without a parameter, and parameters without a value, of the `template` that a resource deploys. Nothing is known
/// of values that are put together.
pub(super) fn wrong_names(resource: &Resource, template: &Template) -> Vec<Misfit> {
    let given = resource.deployment.as_ref().and_then(|deployment| deployment.parameters.as_ref());
    let members: &[Member] = match given.map(|given| &given.kind) {
        None => &[],
        Some(ExprKind::Object(members)) => members,
        Some(_) => return Vec::new(),
    };
    let is_plain = |member: &Member| member.key.as_str().is_some_and(|key| !key.eq_ignore_ascii_case("copy"));
    if !members.iter().all(is_plain) {
        return Vec::new();
    }
    let mut nearest = Nearest::default();
    let names: Vec<(&str, Span)> =
        members.iter().filter_map(|member| Some((member.key.as_str()?, member.key.span))).collect();
    let unknown = names.iter().filter(|(name, _)| template.parameter(name).is_none());
    let mut found: Vec<Misfit> =
        unknown.map(|(name, span)| unknown_name(name, *span, template, &mut nearest)).collect();
    let is_given = |name: &str| names.iter().any(|(given, _)| given.eq_ignore_ascii_case(name));
    found.extend(missing(template, is_given, place(resource)));
    found
}

/// A name that is given a value and stands for no parameter of the template.
pub fn unknown_name(name: &str, span: Span, template: &Template, nearest: &mut Nearest) -> Misfit {
    let known = template.parameters.iter().map(|parameter| &*parameter.name.text);
    let help = nearest.to(name, known).map(|known| format!("did you mean `{known}`?"));
    let message = format!("the template declares no parameter `{name}`");
    let asked = template.parameters_at.unwrap_or(template.span);
    Misfit { kind: Misfitting::Unknown, span, message, asked, used: None, help, is_null: false, of_secret: false }
}

/// The parameters of the template without a default that are not given a value, told at `span`.
pub fn missing(template: &Template, is_given: impl Fn(&str) -> bool, span: Span) -> Option<Misfit> {
    // Whether a type that can't be read takes null, nobody knows.
    let needed = template.parameters.iter().filter(|parameter| {
        parameter.default.is_none() && !parameter.nullable && parameter.ty != ParameterType::Unknown
    });
    let missing: Vec<_> = needed.filter(|parameter| !is_given(&parameter.name.text)).collect();
    let asked = missing.first()?.name.span;
    let names: Vec<String> = missing.iter().take(MAX_SHOWN).map(|it| format!("`{}`", it.name.text)).collect();
    let more = if missing.len() > MAX_SHOWN { ", …" } else { "" };
    let word = if missing.len() == 1 { "parameter" } else { "parameters" };
    let message = format!("no value is given to the {word} {}{more}", names.join(", "));
    Some(Misfit {
        kind: Misfitting::Missing,
        span,
        message,
        asked,
        used: None,
        help: None,
        is_null: false,
        of_secret: false,
    })
}

/// Where a deployment says what it gives, or else what it is.
fn place(resource: &Resource) -> Span {
    let symbol = resource.symbol.as_ref().filter(|_| resource.is_module());
    let key = resource.deployment.as_ref().and_then(|deployment| deployment.parameters_at);
    key.or_else(|| Some(symbol?.span)).unwrap_or(resource.ty.span)
}
