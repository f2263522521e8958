//! `acr-transfer-grant-to-wrong-principal`: the access that a pipeline needs is given to somebody else.

use super::access::{Other, Verdict, storage, vault};
use super::script_access::ScriptAccess;
use super::script_grants::Principal;
use super::script_verdict::{self as script, Verdict as ScriptedVerdict};
use crate::checks::FileCheck;
use crate::diagnostic::{Edit, Fix, Safety};
use crate::engine::check::Check;
use crate::engine::finding::Finding;
use crate::engine::grants::Access;
use crate::evaluate::Instance;
use crate::source::Span;

pub(super) fn check<'t>(check: &mut Check<'_, 't>, pipeline: &Instance<'t>) {
    let mut grants = Vec::new();
    for verdict in [storage(check, pipeline), vault(check, pipeline)] {
        if let Verdict::SomebodyElse(others) = verdict {
            grants.extend(others);
        }
    }
    for (grant, other) in grants {
        let who = match other {
            Other::Registry => "the identity of the registry",
            Other::Pipeline => "the identity of another pipeline",
            // In an access policy, `access-policy-tenant` says so.
            Other::ClientId if matches!(grant.access, Access::Policy { .. }) => continue,
            Other::ClientId => "a client id, which is no principal id",
            Other::Deployer => "whoever deploys",
        };
        let message = format!("access is given to {who}; the pipeline that needs it gets none");
        let finding = Finding::at_use(&grant.holder, message).map(|finding| {
            // An output of that name is another matter.
            let is_here = Some(finding.primary.span) == grant.holder.span();
            let fix = if other == Other::ClientId && is_here {
                principal_for_client(check, finding.primary.span)
            } else {
                None
            };
            finding.help("use the principal id of the pipeline's own identity").fix(fix)
        });
        check.report(finding);
    }
}

/// `x.clientId` becomes `x.principalId`.
pub(super) fn principal_for_client(check: &Check<'_, '_>, span: Span) -> Option<Fix> {
    let text = check.sources.text(span);
    let expression = text.strip_suffix("]\"").unwrap_or(text);
    let start = expression.len().checked_sub("clientId".len())?;
    if !expression.get(start..)?.eq_ignore_ascii_case("clientId") {
        return None;
    }
    let span = Span { start: span.start + start as u32, end: span.start + expression.len() as u32, ..span };
    let edits = vec![Edit { span, replacement: "principalId".to_owned() }];
    Some(Fix { title: "use `principalId`".to_owned(), safety: Safety::Unsafe, edits })
}

pub(super) fn check_commands(check: &mut FileCheck<'_>) {
    let Some(access) = ScriptAccess::of(check) else { return };
    for pipeline in &access.pipelines {
        for verdict in [script::storage(access, pipeline), script::vault(access, pipeline)] {
            let ScriptedVerdict::SomebodyElse(grants) = verdict else { continue };
            for grant in grants {
                let who = match grant.to {
                    Principal::Registry => "the identity of the registry",
                    Principal::Pipeline { .. } => "the identity of another pipeline",
                    Principal::ClientId => "a client id, which is no principal id",
                    Principal::Deployer => "whoever deploys",
                    Principal::Identity(_) | Principal::Person | Principal::Unknown => continue,
                };
                let message = format!("access is given to {who}; the pipeline that needs it gets none");
                let Some(span) = grant.to_at else { continue };
                let finding =
                    Finding::new(span, message).related(pipeline.call.path_span(), "the pipeline is made here");
                check.report(finding.help("use the principal id of the pipeline's own identity"));
            }
        }
    }
}
