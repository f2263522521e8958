//! `acr-transfer-vault-in-other-group`: the key vault that a pipeline reads from is not the one that it is let into.

use super::access::{Verdict, vault};
use super::pipeline::{Place, named, secret, shown};
use crate::engine::check::Check;
use crate::engine::finding::Finding;
use crate::evaluate::Instance;
use crate::evaluate::resource_id::{IdScope, ResourceId, current_group, same_name};
use crate::evaluate::value::Value;
use crate::source::Span;

const VAULT: &str = "Microsoft.KeyVault/vaults";

pub(super) fn check<'t>(check: &mut Check<'_, 't>, pipeline: &Instance<'t>) {
    let (uri, place) = secret(check, pipeline);
    let verdict = vault(check, pipeline);
    if let Verdict::Elsewhere(grants) = &verdict {
        let used = place.name.as_ref().and_then(named).unwrap_or_else(|| "another key vault".to_owned());
        let pipeline = shown(check, pipeline);
        let mut finding =
            Finding::at(&uri, format!("{pipeline} reads its secret from {used}, but is let into another key vault"))
                .map(|finding| finding.help("give the access on the key vault that `keyVaultUri` names"));
        for grant in grants {
            finding = finding.map(|finding| match grant.on_at.span() {
                Some(span) => finding.related(span, "access is given here"),
                None => finding,
            });
        }
        check.report(finding);
        return;
    }
    if matches!(verdict, Verdict::Fine | Verdict::Unknown(_))
        && let Some((group, span)) = group_of_vault(check, &place)
    {
        let message =
            format!("the key vault is looked for in the resource group of this deployment, but is in `{group}`");
        let finding = Finding::at(&uri, message).map(|finding| {
            finding
                .related(span, "the vault is in the other group here")
                .help("name the vault's resource group in `resourceId(…)`")
        });
        check.report(finding);
    }
}

/// Another group in which the template has a vault of the same name, and where it says so.
fn group_of_vault(check: &mut Check<'_, '_>, place: &Place) -> Option<(String, Span)> {
    let own = place.id.as_ref()?;
    let mut others: Vec<(ResourceId, Span)> = Vec::new();
    for vault in check.mentioned(&[VAULT]).iter() {
        let id = check.evaluator.id(vault)?;
        others.push((id, vault.resource.ty.span));
    }
    for grant in &check.grants().all {
        if let IdScope::Resource(id) = &grant.on
            && check.evaluator.exists(&grant.instance)
        {
            others.push(((**id).clone(), grant.instance.resource.ty.span));
        }
    }
    others.retain(|(id, _)| {
        id.ty.eq_ignore_ascii_case(VAULT)
            && id.name().zip(own.name()).is_some_and(|(a, b)| same_name(a, b) == Some(true))
    });
    let differs = |(id, _): &&(ResourceId, Span)| group(id).zip(group(own)).is_some_and(|(a, b)| is_elsewhere(a, b));
    let (id, span) = others.iter().find(differs).filter(|_| others.iter().all(|other| differs(&other)))?;
    Some((group(id)?.as_str()?.to_owned(), *span))
}

fn group(id: &ResourceId) -> Option<&Value> {
    match &id.scope {
        IdScope::ResourceGroup { group, .. } => Some(group),
        _ => None,
    }
}

/// Whether a known group is not the deployment's own: an author who names a group means another one.
fn is_elsewhere(group: &Value, own: &Value) -> bool {
    group.as_str().is_some() && *own == current_group()
}
