//! `acr-transfer-sas-arguments`: a call of `listAccountSas` or `listServiceSas` that the service refuses.

use super::sas::{Form, Generator, ListCall, argument_of, generators, held_by, is_well_formed, kept, secret_sets};
use crate::checks::FileCheck;
use crate::diagnostic::Severity;
use crate::engine::api_version::ApiVersion;
use crate::engine::check::Check;
use crate::engine::finding::Finding;
use crate::evaluate::Instance;
use crate::evaluate::value::{Kind, Object, Value};
use crate::sas::{self, Field};
use crate::source::Span;

pub(super) fn check<'t>(check: &mut Check<'_, 't>, secret: &Instance<'t>) {
    for held in held_by(check, secret) {
        let Form::Call(call) = &held.form else { continue };
        let mut findings = Vec::new();
        findings.extend(judge_resource(check, call));
        findings.extend(judge_version(call));
        findings.extend(judge_result(check, call));
        findings.extend(judge_names(check, call));
        findings.extend(judge_letters(call));
        if held.serves && call.function.kind == sas::Kind::Service {
            findings.extend(judge_service(check, call));
        }
        for finding in findings {
            check.report(held.used(finding));
        }
    }
}

/// The first argument: the id of an account, or the name of one that the template declares.
fn judge_resource(check: &mut Check<'_, '_>, call: &ListCall) -> Option<Finding> {
    let value = call.args.first()?;
    let text = value.as_str().filter(|text| !text.contains('/'))?;
    let accounts = check.mentioned(&["Microsoft.Storage/storageAccounts"]);
    let symbol = |account: &Instance<'_>| account.resource.symbol.as_ref().is_some_and(|symbol| symbol.is(text));
    let is_declared = accounts.iter().any(|account| {
        let name = check.evaluator.name(account);
        symbol(account) || name.is_unknown() || name.as_str().is_some_and(|name| name.eq_ignore_ascii_case(text))
    });
    if is_declared {
        return None;
    }
    let message = format!("`{}` needs the id of a storage account, not its name", call.function.name);
    Some(Finding::new(value.origin.span?, message).help("use `resourceId('Microsoft.Storage/storageAccounts', …)`"))
}

/// The second argument: an API version.
fn judge_version(call: &ListCall) -> Option<Finding> {
    let value = call.args.get(1)?;
    let is_version = match &value.kind {
        Kind::String(text) => ApiVersion::parse(&text.value).is_some(),
        Kind::Unknown(_) | Kind::Undecidable(_) => true,
        _ => false,
    };
    let message = format!("the second argument of `{}` is an API version", call.function.name);
    if is_version { None } else { Some(Finding::new(value.origin.span?, message)) }
}

/// The property taken of the result.
fn judge_result(check: &Check<'_, '_>, call: &ListCall) -> Option<Finding> {
    let (function, wanted) = (call.function.name, call.function.result);
    match &call.result {
        Some((name, _)) if name.eq_ignore_ascii_case(wanted) => None,
        Some((name, whole)) => {
            let message = format!("the result of `{function}` has no `{name}`");
            let span = whole.origin.span?;
            let place = match check.sources.text(span).rfind(name.as_str()).map(|at| span.start as usize + at) {
                Some(start) => Span::new(span.file, start, start + name.len()),
                None => span,
            };
            Some(Finding::new(place, message).help(format!("take `{wanted}`")))
        }
        None => {
            let message = format!("the result of `{function}` is an object, not a token");
            Some(Finding::new(call.value.origin.span?, message).help(format!("take `{wanted}` of it")))
        }
    }
}

/// Arguments that are missing, and names that are none.
fn judge_names(check: &Check<'_, '_>, call: &ListCall) -> Vec<Finding> {
    let function = call.function;
    let mut findings = Vec::new();
    let mut taken: Vec<&str> = Vec::new();
    let all = || function.required.iter().chain(function.optional).copied();
    for (key, member) in call.arguments().into_iter().flat_map(Object::iter) {
        if key.starts_with('[') || all().any(|name| name.eq_ignore_ascii_case(key)) {
            continue;
        }
        let folded = key.to_ascii_lowercase();
        let nearest = all()
            .filter(|name| call.argument(name).is_none())
            .map(|name| (strsim::jaro_winkler(&folded, &name.to_ascii_lowercase()), name))
            .filter(|(likeness, _)| *likeness > 0.85)
            .max_by(|(a, _), (b, _)| a.total_cmp(b));
        let Some(span) = member.key_span.or(member.value.origin.span) else { continue };
        let finding = Finding::new(span, format!("`{}` has no argument `{key}`", function.name));
        findings.push(match nearest {
            Some((_, name)) => {
                taken.push(name);
                finding.help(format!("did you mean `{name}`?"))
            }
            None => finding,
        });
    }
    let is_open = call.args.get(2).is_some_and(Value::is_unknown)
        || call.arguments().is_some_and(|arguments| arguments.iter().any(|(key, _)| key.starts_with('[')));
    let without_policy = call.argument("signedIdentifier").is_none();
    let by_token: &[&str] =
        if function.kind == sas::Kind::Service && without_policy { &["signedPermission", "signedExpiry"] } else { &[] };
    let missing: Vec<String> = function
        .required
        .iter()
        .chain(by_token)
        .filter(|name| !is_open && call.argument(name).is_none() && !taken.contains(name))
        .map(|name| format!("`{name}`"))
        .collect();
    if let (false, Some(span)) = (missing.is_empty(), call.holder(check.sources)) {
        findings.push(Finding::new(span, format!("`{}` needs {}", function.name, missing.join(", "))));
    }
    findings
}

/// Arguments of letters that hold something else.
fn judge_letters(call: &ListCall) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (field, example) in
        [(Field::Services, "b"), (Field::ResourceTypes, "sco"), (Field::Permissions, "rwdlac"), (Field::Resource, "c")]
    {
        let Some(name) = argument_of(field) else { continue };
        let Some(member) = call.argument(name) else { continue };
        let is_wrong = match &member.value.kind {
            Kind::String(text) => !is_well_formed(field, &text.value),
            Kind::Unknown(_) | Kind::Undecidable(_) => false,
            _ => true,
        };
        let place = match member.value.kind {
            Kind::Array(_) | Kind::Object(_) => member.key_span,
            _ => member.value.origin.span,
        };
        if let (true, Some(span)) = (is_wrong, place) {
            findings.push(
                Finding::new(span, format!("`{name}` is a row of lower-case letters without separators"))
                    .help(format!("write it like `{example}`")),
            );
        }
    }
    findings
}

/// What `listServiceSas` needs for a container.
fn judge_service(check: &Check<'_, '_>, call: &ListCall) -> Option<Finding> {
    let arguments = call.arguments()?;
    if let Some(member) = call.argument("canonicalizedResource")
        && let Some(text) = member.value.as_str()
        && !is_container(text)
    {
        let message = "`canonicalizedResource` of a container is `/blob/<account>/<container>`";
        return Some(Finding::new(member.value.origin.span?, message));
    }
    match call.argument("signedResource").map(|member| &member.value) {
        None if arguments.iter().any(|(key, _)| key.starts_with('[')) => None,
        None => Some(
            Finding::new(call.holder(check.sources)?, "`signedResource` is missing; a SAS for a container needs `c`")
                .severity(Severity::Warning),
        ),
        Some(value) => {
            let text = value.as_str().filter(|text| *text != "c" && is_well_formed(Field::Resource, text))?;
            let message = format!("`signedResource` is `{text}`; a SAS for a container needs `c`");
            Some(Finding::new(value.origin.span?, message))
        }
    }
}

fn is_container(text: &str) -> bool {
    let parts: Vec<&str> = text.split('/').collect();
    matches!(parts.as_slice(), ["", service, account, container]
        if service.eq_ignore_ascii_case("blob") && !account.is_empty() && !container.is_empty())
}

/// The commands of scripts that make a SAS for pipelines.
pub(super) fn check_scripts(check: &mut FileCheck<'_>) {
    let Some(found) = check.scripts() else { return };
    for script in &found.scripts {
        let sets = secret_sets(script);
        for made in generators(script) {
            if kept(check, &made, &sets).serves && !made.is_cmdlet {
                judge_command(check, &made);
            }
        }
    }
}

/// Options that the Azure CLI misses, or that hold words where letters belong.
fn judge_command(check: &mut FileCheck<'_>, made: &Generator<'_>) {
    let is_account = made.sas.kind() == Some(sas::Kind::Account);
    let needed: &[Field] = if is_account {
        &[Field::Services, Field::ResourceTypes, Field::Permissions, Field::Expiry]
    } else if made.option(Field::Policy).is_some() {
        &[]
    } else {
        &[Field::Permissions, Field::Expiry]
    };
    let missing = needed.iter().filter(|field| made.sas.get(**field) == sas::Content::Absent);
    let missing: Vec<String> = missing.map(|field| format!("`{}`", (made.word())(*field))).collect();
    if !missing.is_empty() {
        check.report(Finding::new(made.span(), format!("`generate-sas` needs {}", missing.join(", "))));
    }
    for (field, example) in [(Field::Services, "b"), (Field::ResourceTypes, "sco"), (Field::Permissions, "rwdlac")] {
        if made.sas.known(field).is_some_and(|text| !is_well_formed(field, text)) {
            let message = format!("`{}` is a row of lower-case letters without separators", (made.word())(field));
            check.report(Finding::new(made.place_of(field).0, message).help(format!("write it like `{example}`")));
        }
    }
}
