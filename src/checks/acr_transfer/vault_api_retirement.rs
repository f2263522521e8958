//! `acr-transfer-vault-api-retirement`: Key Vault API versions that retire. About the text of a template: a resource
//! that is not deployed counts as well.

use jiff::Timestamp;
use jiff::civil::date;
use jiff::tz::Offset;

use crate::checks::{FileCheck, is_about_transfers};
use crate::diagnostic::{Edit, Fix, Safety, Severity};
use crate::engine::api_version::ApiVersion;
use crate::engine::finding::Finding;
use crate::engine::fix::insert_member;
use crate::source::{Sources, Span};
use crate::syntax::expression::{Expr, ExprKind};
use crate::template::walk::walk_expr;
use crate::template::{EvaluationScope, Looped, NestedTemplate, Template};

const VAULT: &str = "microsoft.keyvault/vaults";
const SUCCESSOR: &str = "2026-02-01";

pub(super) fn check(check: &mut FileCheck<'_>) {
    let Some(template) = check.template() else { return };
    if !is_about_transfers(template) {
        return;
    }
    let mut versions = Vec::new();
    of_resources(template, template, &mut versions);
    of_references(check, &mut versions);
    let old = |expr: &&Expr| {
        let version = expr.as_str().and_then(ApiVersion::parse);
        version.zip(ApiVersion::parse(SUCCESSOR)).is_some_and(|(version, successor)| version < successor)
    };
    let mut old: Vec<&Expr> = versions.iter().copied().filter(old).collect();
    old.sort_by_key(|version| version.span);
    old.dedup_by_key(|version| version.span);
    let Some((first, version)) = old.first().and_then(|first| Some((first.span, first.as_str()?))) else { return };
    let (severity, verb) = severity(check.now);
    check.report(
        Finding::new(first, format!("Key Vault API version {version} {verb} on 2027-02-27"))
            .severity(severity)
            .help(format!(
                "use {SUCCESSOR}, and set `enableRbacAuthorization`, whose default it changes to true for new vaults"
            ))
            .fix(successor(check.sources, template, &old)),
    );
}

/// Information at first, a warning from 60 days before the date, an error from the date.
fn severity(now: Timestamp) -> (Severity, &'static str) {
    let today = Offset::UTC.to_datetime(now).date();
    if today >= date(2027, 2, 27) {
        (Severity::Error, "was retired")
    } else if today >= date(2026, 12, 29) {
        (Severity::Warning, "retires")
    } else {
        (Severity::Info, "retires")
    }
}

/// The API versions of Key Vault resources; `names` is the template whose variables they may use.
fn of_resources<'t>(template: &'t Template, names: &'t Template, versions: &mut Vec<&'t Expr>) {
    for resource in &template.resources {
        if is_key_vault(resource.ty.folded()) {
            versions.extend(resource.api_version().and_then(|version| literal(version, names)));
        }
        if let Some(nested) = &resource.deployment
            && let NestedTemplate::Inline(inner) = &nested.template
        {
            of_resources(inner, if nested.evaluation == EvaluationScope::Inner { inner } else { names }, versions);
        }
    }
}

/// The API versions that `reference` asks Key Vault resources with.
fn of_references<'t>(check: &FileCheck<'t>, versions: &mut Vec<&'t Expr>) {
    for (site, expr) in check.expressions() {
        if let ExprKind::Call { name, args } = &expr.kind
            && name.is("reference")
            && let [id, version, ..] = args.as_slice()
        {
            let mut of_key_vault = false;
            walk_expr(id, &mut |part| {
                of_key_vault |= part.texts().any(|(text, _)| {
                    let text = text.to_ascii_lowercase();
                    is_key_vault(&text) || text.contains("/providers/microsoft.keyvault/")
                });
            });
            if of_key_vault {
                versions.extend(literal(version, site.names));
            }
        }
    }
}

fn is_key_vault(ty: &str) -> bool {
    ty.starts_with("microsoft.keyvault/")
}

/// The literal behind a variable or the default of a parameter.
fn literal<'t>(expr: &'t Expr, names: &'t Template) -> Option<&'t Expr> {
    let mut expr = expr;
    for _ in 0..MAX_STEPS {
        let ExprKind::Call { name, args } = &expr.kind else { return Some(expr) };
        let wanted = args.first()?.as_str()?;
        expr = if name.is("variables") {
            match &names.variables[names.variable(wanted)?].value {
                Looped::Once(value) => value,
                Looped::Each { .. } => return None,
            }
        } else if name.is("parameters") {
            names.parameters[names.parameter(wanted)?].default.as_ref()?
        } else {
            return None;
        };
    }
    None
}

/// Variables that stand for variables that stand for … further than this are left alone.
const MAX_STEPS: usize = 8;

/// Replaces every old version; vaults that rely on the old default say so.
fn successor(sources: &Sources, template: &Template, old: &[&Expr]) -> Option<Fix> {
    let mut edits = Vec::new();
    for version in old {
        let at = sources.text(version.span).find(version.as_str()?)?;
        let start = version.span.start as usize + at;
        let span = Span::new(version.span.file, start, start + version.as_str()?.len());
        edits.push(Edit { span, replacement: SUCCESSOR.to_owned() });
    }
    keep_access_policies(sources, template, &mut edits);
    Some(Fix { title: format!("use API version {SUCCESSOR}"), safety: Safety::Unsafe, edits })
}

fn keep_access_policies(sources: &Sources, template: &Template, edits: &mut Vec<Edit>) {
    for resource in &template.resources {
        if resource.ty.folded() == VAULT
            && let Some(properties) = resource.body.get("properties")
            && matches!(properties.kind, ExprKind::Object(_))
            && properties.get("enableRbacAuthorization").is_none()
        {
            edits.extend(insert_member(sources, properties.span, "enableRbacAuthorization", "false"));
        }
        if let Some(NestedTemplate::Inline(inner)) = resource.deployment.as_ref().map(|nested| &nested.template) {
            keep_access_policies(sources, inner, edits);
        }
    }
}
