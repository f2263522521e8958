//! `key-vault-uri-unused`: a secret for a pipeline that uses its identity instead.

use super::cli::{Call, remove_option};
use super::flags::{ACCESS_MODE, SECRET_URI};
use super::shape::{Access, Kind, is_missing};
use crate::checks::FileCheck;
use crate::diagnostic::{Edit, Fix, Safety, Severity};
use crate::engine::check::Check;
use crate::engine::finding::Finding;
use crate::engine::fix::remove_property;
use crate::engine::query::{Found, Path};
use crate::evaluate::Instance;
use crate::evaluate::pieces::{Piece, pieces};
use crate::evaluate::term::Term;
use crate::evaluate::value::Value;
use crate::source::Language;

pub(super) fn check<'t>(check: &mut Check<'_, 't>, instance: &Instance<'t>) {
    let Some(endpoint) = Kind::of(instance).and_then(|kind| kind.endpoints().first()) else { return };
    let path = [*endpoint, &["keyVaultUri"]].concat();
    let found = check.find(instance, &path);
    let Some(value) = found.value().filter(|_| !is_missing(&found)) else { return };
    if Access::of(check, instance, endpoint) != Access::ManagedIdentity {
        return;
    }
    if may_be_empty(value) {
        return check.undecided(&found);
    }
    let help = if mentions_reference(value) {
        "leave it out in this mode; its expression also needs the vault to exist where the template looks for it"
    } else {
        "leave it out in this mode"
    };
    let mode = check.find(instance, &[*endpoint, &["storageAccessMode"]].concat());
    let fix = fix(check, instance, &path, &mode);
    let Some(mut finding) = Finding::at(&found, "`keyVaultUri` has no use with `ManagedIdentity`") else { return };
    if let Some(span) = mode.span().filter(|span| *span != finding.primary.span) {
        finding = finding.related(span, "the mode is set here");
    }
    check.report(finding.help(help).fix(fix));
}

/// Whether nothing tells that an unknown value will not be null or empty.
fn may_be_empty(value: &Value) -> bool {
    let Some(row) = pieces(value) else { return true };
    let filled = |piece: &Piece| match piece {
        Piece::Text(_) => true,
        Piece::Unknown(value) => {
            matches!(value.as_term(), Some(Term::Property { base, .. }) if mentions_reference(base))
        }
    };
    !row.iter().any(filled)
}

fn mentions_reference(value: &Value) -> bool {
    match value.as_term() {
        Some(Term::Call { name, .. }) if name.eq_ignore_ascii_case("reference") => true,
        Some(Term::Call { args, .. }) => args.iter().any(mentions_reference),
        Some(Term::Property { base, .. } | Term::Index { base, .. }) => mentions_reference(base),
        Some(Term::Placeholder(_)) | None => false,
    }
}

/// Leaves the secret out: always where the mode is written in place, else where the mode needs none.
fn fix<'t>(check: &Check<'_, 't>, instance: &Instance<'t>, path: &[&str], mode: &Found) -> Option<Fix> {
    let endpoint = path.split_last()?.1;
    let object = endpoint.iter().try_fold(&instance.resource.body, |object, name| object.get(name))?;
    let condition = object.get("storageAccessMode")?;
    if mode.span() == Some(condition.span) {
        return remove_property(check.sources, &instance.resource.body, &Path::of_names(path), Safety::Unsafe);
    }
    let span = object.get("keyVaultUri")?.span;
    let (condition, uri) = (check.sources.text(condition.span), check.sources.text(span));
    let replacement = match check.sources.file(span.file).language() {
        Language::Json => {
            format!("\"[if(equals({}, 'SasToken'), {}, null())]\"", expression(condition)?, expression(uri)?)
        }
        Language::Bicep => format!("{} == 'SasToken' ? {} : null", operand(condition), operand(uri)),
        _ => return None,
    };
    let title = "set it with `SasToken` only".to_owned();
    Some(Fix { title, safety: Safety::Unsafe, edits: vec![Edit { span, replacement }] })
}

/// Bicep text as it can stand beside an operator.
fn operand(written: &str) -> String {
    let has_operator = written.contains(' ') && !written.starts_with('\'');
    if has_operator { format!("({written})") } else { written.to_owned() }
}

/// What stands between the brackets of a JSON string that holds an expression, or the literal string as one.
fn expression(written: &str) -> Option<String> {
    let inside = written.strip_prefix('"')?.strip_suffix('"')?;
    match inside.strip_prefix('[').and_then(|inside| inside.strip_suffix(']')) {
        Some(expression) if !expression.starts_with('[') => Some(expression.to_owned()),
        Some(_) => None,
        None => Some(format!("'{}'", inside.replace('\'', "''"))),
    }
}

/// Commands that say `ManagedIdentity` and a secret, which the command line refuses.
pub(super) fn check_scripts(check: &mut FileCheck<'_>) {
    for call in Call::pipelines(check) {
        let Some(argument) = call.argument(SECRET_URI).filter(|_| call.access() == Access::ManagedIdentity) else {
            continue;
        };
        let message = "`--secret-uri` cannot be used with `--storage-access-mode ManagedIdentity`";
        let fix = remove_option(check.sources, argument, Safety::Safe);
        let mut finding = Finding::new(argument.span, message).severity(Severity::Error).fix(fix);
        if let Some(span) = call.value(ACCESS_MODE).and_then(|mode| mode.span()) {
            finding = finding.related(span, "the mode is set here");
        }
        check.report(finding.help("leave it out in this mode"));
    }
}
