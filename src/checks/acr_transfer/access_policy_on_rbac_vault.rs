//! `acr-transfer-access-policy-on-rbac-vault`: an access policy on a key vault that goes by role assignments.

use super::access::{belongs, ignored_policies, is_since_roles_are_default, vault_in_view};
use super::argument::{same, text};
use super::pipeline::{Place, secret};
use super::script_access::{Maker, ScriptAccess};
use super::script_grants::{Access as ScriptedAccess, Principal, Scope, ScriptGrant};
use crate::checks::FileCheck;
use crate::diagnostic::Severity;
use crate::engine::check::Check;
use crate::engine::finding::Finding;
use crate::engine::grants::{Access, Grant};
use crate::evaluate::Instance;
use crate::script::Invocation;

pub(super) fn check<'t>(check: &mut Check<'_, 't>, pipeline: &Instance<'t>) {
    let (_, place) = secret(check, pipeline);
    let Some(target) = vault_in_view(check, &place) else { return };
    let ignored = ignored_policies(check, pipeline);
    if ignored.is_empty() && target.resource.existing {
        maybe(check, pipeline, &target);
    }
    for grant in ignored {
        report(check, &grant, &target, None);
    }
}

/// A vault that exists already may have been created with the newer default.
fn maybe<'t>(check: &mut Check<'_, 't>, pipeline: &Instance<'t>, target: &Instance<'t>) {
    let version = check.text(target, &["apiVersion"]);
    if !version.is_some_and(|version| is_since_roles_are_default(&version)) {
        return;
    }
    let name = check.evaluator.id(target).and_then(|id| id.name().cloned());
    let place = Place { name, ..Place::default() };
    let grants = check.grants();
    let id = check.evaluator.id(pipeline);
    let own: Vec<&Grant<'t>> = grants
        .to(id.as_ref())
        .into_iter()
        .filter(|grant| {
            grant.holder.value().and_then(|holder| belongs(check, pipeline, holder)) == Some(true)
                && super::pipeline::reaches(&grant.on, &place, "Microsoft.KeyVault/vaults", &[]) != Some(false)
                && check.evaluator.exists(&grant.instance)
        })
        .collect();
    if own.iter().all(|grant| matches!(grant.access, Access::Policy { .. })) {
        for grant in own {
            report(check, grant, target, Some(Severity::Info));
        }
    }
}

fn report<'t>(check: &mut Check<'_, 't>, grant: &Grant<'t>, target: &Instance<'t>, severity: Option<Severity>) {
    if !matches!(grant.access, Access::Policy { .. }) {
        return;
    }
    let list = check.find(&grant.instance, &["properties", "accessPolicies"]);
    let Some(key) = list.key() else { return };
    let message = if severity.is_some() {
        "check that this key vault goes by access policies: in RBAC mode they have no effect"
    } else {
        "access policies have no effect on a key vault in RBAC mode, so the pipeline can't read its secret"
    };
    let flag = check.find(target, &["properties", "enableRbacAuthorization"]);
    let mut finding = Finding::new(key, message)
        .help("assign `Key Vault Secrets User` on the vault to the identity instead")
        .related(flag.span().unwrap_or(target.resource.ty.span), "the vault's access model");
    finding.severity = severity;
    check.report(finding);
}

/// A vault that a script makes, in RBAC mode or without a word about it, and then gives access policies.
pub(super) fn check_commands(check: &mut FileCheck<'_>) {
    let Some(access) = ScriptAccess::of(check) else { return };
    for grant in access.grants.iter().filter(|grant| may_be_for_pipeline(access, grant)) {
        let (ScriptedAccess::Policy(..), Scope::Resource(_, vault)) = (&grant.access, &grant.on) else { continue };
        let is_before = |made: &&Maker<'_>| {
            let is_it = || same(made.name.as_ref(), vault.as_ref()) == Some(true);
            made.at < grant.at && made.invocation.is_az(&["keyvault"]) && is_it()
        };
        let mut made = access.makers.iter().filter(is_before).map(|made| &made.invocation).rev();
        let flag = |call: &Invocation<'_>| call.option(&["--enable-rbac-authorization"]);
        let Some(call) = made.find(|call| flag(call).is_some() || call.is_az(&["keyvault", "create"])) else {
            continue;
        };
        let (message, severity, span) = match flag(call) {
            Some(option) => match text(call, &["--enable-rbac-authorization"]) {
                Some(value) if value.eq_ignore_ascii_case("true") => (IN_RBAC_MODE, Severity::Error, option.span),
                None if option.values.is_empty() => (IN_RBAC_MODE, Severity::Error, option.span),
                _ => continue,
            },
            None => (MAYBE_IN_RBAC_MODE, Severity::Warning, call.path_span()),
        };
        let finding = Finding::new(grant.invocation.path_span(), message)
            .severity(severity)
            .related(span, "the vault is made here")
            .help("assign `Key Vault Secrets User` on the vault to the identity, or create the vault with `--enable-rbac-authorization false`");
        check.report(finding);
    }
}

/// Whether a grant may be for one of the pipelines, rather than for somebody who looks after the vault.
fn may_be_for_pipeline(access: &ScriptAccess<'_>, grant: &ScriptGrant<'_>) -> bool {
    let mut pipelines = access.pipelines.iter().chain(&access.others).peekable();
    match grant.to {
        Principal::Person | Principal::Deployer | Principal::Registry => false,
        _ => pipelines.peek().is_none() || pipelines.any(|pipeline| pipeline.is(&grant.to) != Some(false)),
    }
}

const IN_RBAC_MODE: &str =
    "access policies have no effect on a key vault in RBAC mode, so the pipeline can't read its secret";
const MAYBE_IN_RBAC_MODE: &str =
    "the vault was created without `--enable-rbac-authorization false`: in RBAC mode, access policies have no effect";
