//! `acr-transfer-grant-on-wrong-scope`: the identity of a pipeline has the right role, on something else.

use super::access::{Verdict, blobs, storage};
use super::pipeline::named;
use super::script_access::ScriptAccess;
use super::script_grants::Scope;
use super::script_verdict::{self as script, Verdict as ScriptedVerdict};
use crate::checks::FileCheck;
use crate::engine::check::Check;
use crate::engine::finding::Finding;
use crate::evaluate::Instance;
use crate::evaluate::resource_id::IdScope;

pub(super) fn check<'t>(check: &mut Check<'_, 't>, pipeline: &Instance<'t>) {
    let Verdict::Elsewhere(grants) = storage(check, pipeline) else { return };
    let place = blobs(check, pipeline);
    let container = match (place.name.as_ref().and_then(named), place.item.as_ref().and_then(named)) {
        (Some(account), Some(container)) => format!("container {container} of {account}"),
        (Some(account), None) => account,
        _ => "another account".to_owned(),
    };
    for grant in grants {
        let on = match &grant.on {
            IdScope::Resource(id) => match id.name().and_then(named) {
                Some(name) => format!("on {name}"),
                None => format!("on a resource of type `{}`", id.ty),
            },
            _ => "on another scope".to_owned(),
        };
        let message = format!("the role is given {on}, but the pipeline uses {container}");
        let finding = Finding::at(&grant.on_at, message);
        check.report(finding.map(|finding| finding.help("give the role on the account or container of the pipeline")));
    }
}

pub(super) fn check_commands(check: &mut FileCheck<'_>) {
    let Some(access) = ScriptAccess::of(check) else { return };
    let mut reported = Vec::new();
    for pipeline in access.pipelines.iter().chain(&access.others) {
        let ScriptedVerdict::Elsewhere(grants) = script::storage(access, pipeline) else { continue };
        for grant in grants {
            let (Scope::Resource(_, name), Some(at)) = (&grant.on, &grant.on_at) else { continue };
            if reported.contains(&grant.at) {
                continue;
            }
            reported.push(grant.at);
            let on = name.as_ref().map_or_else(|| "another resource".to_owned(), |name| format!("`{}`", name.text));
            let account = pipeline
                .account
                .as_ref()
                .map_or_else(|| "another account".to_owned(), |name| format!("`{}`", name.text));
            let message = format!("the role is given on {on}, but the pipeline uses {account}");
            let finding = at.finding(message).related(pipeline.call.path_span(), pipeline.role_of_call());
            check.report(pipeline.shown_in(finding).help("give the role on the account or container of the pipeline"));
        }
    }
}
