//! `acr-transfer-vault-role`: the identity of a pipeline has a role on the key vault that does not let it read secrets.

use super::access::{Verdict, vault, vault_in_view};
use super::pipeline::{reference_span, secret};
use super::script_access::ScriptAccess;
use super::script_grants::Access as ScriptedAccess;
use super::script_verdict::{self as script, Verdict as ScriptedVerdict};
use crate::checks::FileCheck;
use crate::diagnostic::Severity;
use crate::engine::check::Check;
use crate::engine::finding::Finding;
use crate::engine::grants::Access;
use crate::engine::role::{by_text, definition_id};
use crate::evaluate::Instance;

pub(super) fn check<'t>(check: &mut Check<'_, 't>, pipeline: &Instance<'t>) {
    let (grants, looked_at) = match vault(check, pipeline) {
        Verdict::TooLittle(grants) => (grants, true),
        Verdict::NotLookedAt(grants) => (grants, false),
        _ => return,
    };
    for grant in grants {
        let Access::Role(definition) = &grant.access else { continue };
        let Some(value) = definition.value() else { continue };
        let Some(span) = reference_span(check, value).or_else(|| definition.span()) else { continue };
        let role = definition_id(value)
            .and_then(|id| by_text(&id))
            .map_or_else(|| "this role".to_owned(), |role| format!("`{}`", role.name));
        let mut finding = if looked_at {
            Finding::new(span, format!("{role} can't read the values of secrets")).help(SECRETS_USER)
        } else {
            Finding::new(span, format!("{role} has no effect: the key vault goes by access policies")).help(OTHER_MODEL)
        };
        let (_, place) = secret(check, pipeline);
        if let (false, Some(vault)) = (looked_at, vault_in_view(check, &place)) {
            let flag = check.find(&vault, &["properties", "enableRbacAuthorization"]);
            // A vault that exists already keeps its access model unless the template sets it.
            if flag.value().is_none() {
                finding = finding.severity(Severity::Warning);
            }
            finding = finding.related(flag.span().unwrap_or(vault.resource.ty.span), "the vault's access model");
        }
        check.report(finding.used(value));
    }
}

pub(super) fn check_commands(check: &mut FileCheck<'_>) {
    let Some(access) = ScriptAccess::of(check) else { return };
    let mut reported = Vec::new();
    for pipeline in access.pipelines.iter().chain(&access.others) {
        let (grants, looked_at) = match script::vault(access, pipeline) {
            ScriptedVerdict::TooLittle(grants) => (grants, true),
            ScriptedVerdict::NotLookedAt(grants) => (grants, false),
            _ => continue,
        };
        for grant in grants {
            let ScriptedAccess::Role(Some(role), given) = &grant.access else { continue };
            if reported.contains(&given.span) {
                continue;
            }
            reported.push(given.span);
            let finding = if looked_at {
                given.finding(format!("`{}` can't read the values of secrets", role.name)).help(SECRETS_USER)
            } else {
                let message = format!("`{}` has no effect: the key vault goes by access policies", role.name);
                given.finding(message).help(OTHER_MODEL)
            };
            check.report(finding.related(pipeline.call.path_span(), pipeline.role_of_call()));
        }
    }
}

const SECRETS_USER: &str = "use `Key Vault Secrets User` (4633458b-17de-408a-b874-0445c86b69e6)";
const OTHER_MODEL: &str =
    "set `enableRbacAuthorization` to true, or add an access policy with the secret permission `get`";
