//! `acr-transfer-blob-archived`: a lifecycle policy that takes the blobs of a transfer away, or a blob that it took.

use super::blob_too_old::TRIGGER_DAYS;
use super::pipeline_run::Direction;
use super::transfer_storage::Transfer;
use super::trigger::awaited;
use crate::checks::FileCheck;
use crate::diagnostic::Severity;
use crate::engine::check::Check;
use crate::engine::finding::Finding;
use crate::evaluate::Instance;
use crate::evaluate::value::{Member, Object, Value};
use crate::source::Span;

pub(super) fn check<'t>(check: &mut Check<'_, 't>, policy: &Instance<'t>) {
    let Some(account) = check.evaluator.names(policy).and_then(|names| names.into_iter().next()) else { return };
    let transfers = Transfer::all(check);
    let users: Vec<_> = transfers.into_iter().filter(|transfer| transfer.is_in(&account) == Some(true)).collect();
    if users.is_empty() {
        return;
    }
    let Some(rules) = check.value(policy, &["properties", "policy", "rules"]) else { return };
    for rule in rules.as_array().unwrap_or_default() {
        for user in &users {
            let Some(container) = user.container.name.as_ref().and_then(Value::as_str) else { continue };
            for finding in judge(rule, container, user.direction) {
                check.report(match user.uri.span() {
                    Some(span) => finding.related(span, "transfers through this container"),
                    None => finding,
                });
            }
        }
    }
}

fn judge(rule: &Value, container: &str, direction: Direction) -> Vec<Finding> {
    let mut findings = Vec::new();
    let get = |value: &Value, names: &[&str]| member(value, names).map(|member| member.value.clone());
    let enabled = get(rule, &["enabled"]).is_none_or(|enabled| enabled.as_bool() == Some(true));
    let prefixes = get(rule, &["definition", "filters", "prefixMatch"]);
    if !enabled || !covers(prefixes.as_ref(), container) {
        return findings;
    }
    let action = |name: &str| member(rule, &["definition", "actions", "baseBlob", name]);
    if let Some(archive) = action("tierToArchive")
        && let Some(span) = archive.key_span
    {
        let message = format!("blobs of the container `{container}` are archived, where no transfer can read them");
        findings.push(Finding::new(span, message).help("leave the container out of the policy"));
    }
    if direction == Direction::Import
        && let Some((days, span)) = action("delete").and_then(|delete| days(delete.value.as_object()?))
        && days < TRIGGER_DAYS
    {
        let message = format!(
            "blobs of the container `{container}` are deleted after {days} days; the source trigger looks back \
             {TRIGGER_DAYS}"
        );
        findings.push(Finding::new(span, message).help("keep them longer, or leave the container out of the policy"));
    }
    findings
}

fn member<'v>(value: &'v Value, names: &[&str]) -> Option<&'v Member> {
    let (first, rest) = names.split_first()?;
    let found = value.as_object()?.member(first).filter(|found| !found.value.is_null())?;
    if rest.is_empty() { Some(found) } else { member(&found.value, rest) }
}

/// The fewest days after which an action happens, and where they are written.
fn days(action: &Object) -> Option<(i64, Span)> {
    let members = action.iter().filter(|(key, _)| key.to_ascii_lowercase().starts_with("daysafter"));
    members.filter_map(|(_, member)| Some((member.value.as_integer()?, member.value.origin.span?))).min()
}

/// Whether prefixes, each the beginning of `container/blob`, take in the whole container.
fn covers(prefixes: Option<&Value>, container: &str) -> bool {
    let Some(prefixes) = prefixes else { return true };
    let Some(prefixes) = prefixes.as_array() else { return false };
    let whole = format!("{container}/");
    prefixes.is_empty() || prefixes.iter().any(|prefix| prefix.as_str().is_some_and(|prefix| whole.starts_with(prefix)))
}

/// A blob that is in the archive.
pub(super) fn check_blobs(check: &mut FileCheck<'_>) {
    for awaited in awaited(check) {
        let tier = awaited.blob.tier();
        let Some(tier) = tier.filter(|tier| tier.as_str().is_some_and(|tier| tier.eq_ignore_ascii_case("Archive")))
        else {
            continue;
        };
        let span = tier.span(check.file);
        check.report(if awaited.blob.is_rehydrated() {
            Finding::new(span, "the blob is on its way out of the archive, and can't be read before it is there")
                .severity(Severity::Info)
                .help("wait: it can take up to 15 hours")
        } else {
            Finding::new(span, "the blob is in the archive, where no transfer can read it")
                .severity(Severity::Error)
                .help("rehydrate it first: `az storage blob set-tier --tier Hot`")
        });
    }
}
