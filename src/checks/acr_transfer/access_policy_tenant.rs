//! `acr-transfer-access-policy-tenant`: an access policy for a pipeline with the wrong tenant, or with a client id.

use super::access::{belongs, vault_in_view};
use super::grant_to_wrong_principal::principal_for_client;
use super::pipeline::{Mode, mode, secret};
use crate::diagnostic::Severity;
use crate::engine::check::Check;
use crate::engine::finding::Finding;
use crate::engine::grants::Access;
use crate::engine::identity::{Holder, Identity, holder};
use crate::engine::query::Found;
use crate::evaluate::Instance;
use crate::evaluate::term::Term;
use crate::evaluate::value::Value;

pub(super) fn check<'t>(check: &mut Check<'_, 't>, pipeline: &Instance<'t>) {
    if mode(check, pipeline) != Some(Mode::SasToken) {
        return;
    }
    let (_, place) = secret(check, pipeline);
    let vault = vault_in_view(check, &place);
    let vault_tenant = vault.and_then(|vault| check.value(&vault, &["properties", "tenantId"]));
    let grants = check.grants();
    if grants.all.is_empty() {
        return;
    }
    let own = check.evaluator.id(pipeline);
    for grant in grants.to(own.as_ref()) {
        let Access::Policy { tenant, .. } = &grant.access else { continue };
        let Some(value) = grant.holder.value() else { continue };
        if !check.evaluator.exists(&grant.instance) {
            continue;
        }
        if is_client_id(check, pipeline, value) {
            let message = "an access policy takes a principal id, this is the client id of the identity";
            let finding = Finding::at(&grant.holder, message).map(|finding| {
                let fix = principal_for_client(check, finding.primary.span);
                finding.help("use the identity's `principalId`").fix(fix)
            });
            check.report(finding);
        } else if belongs(check, pipeline, value) != Some(false) && is_wrong(tenant, vault_tenant.as_ref()) {
            let finding = Finding::at(tenant, "this is not the tenant of the key vault's subscription");
            check.report(
                finding.map(|finding| finding.severity(Severity::Warning).help("use `subscription().tenantId`")),
            );
        }
    }
}

fn is_client_id<'t>(check: &mut Check<'_, 't>, pipeline: &Instance<'t>, value: &Value) -> bool {
    let Some(Holder::Client(principal)) = holder(value) else { return false };
    let Some(own) = check.evaluator.id(pipeline) else { return false };
    Identity::of(check.evaluator, pipeline).means(&principal, &own) == Some(true)
}

/// Whether a policy's tenant is certainly not the vault's. A tenant written out may well be the deployment's.
fn is_wrong(tenant: &Found, vault: Option<&Value>) -> bool {
    let Some(value) = tenant.value() else { return false };
    if let Some(text) = value.as_str() {
        let is_nil = !text.is_empty() && text.chars().all(|c| c == '0' || c == '-');
        return is_nil || vault.and_then(Value::as_str).is_some_and(|vault| !vault.eq_ignore_ascii_case(text));
    }
    match value.as_term() {
        Some(Term::Property { base, name }) => {
            let of_subscription = base.as_term().is_some_and(|base| base.call("subscription").is_some());
            of_subscription && !name.eq_ignore_ascii_case("tenantId")
        }
        _ => false,
    }
}
