//! Whether the commands of a file give a pipeline the access that it needs, and if not, which mistake is to blame: one
//! answer, from which each rule about grants takes its own part.

use super::argument::{Name, same, text};
use super::pipeline::Mode;
use super::script_access::{Identity, ScriptAccess, ScriptPipeline};
use super::script_grants::{Access, Principal, Scope, ScriptGrant, Service};

/// What is wrong with the access of a pipeline.
#[derive(Debug)]
pub(super) enum Verdict<'a> {
    /// Nothing that is known.
    Fine,
    /// It is given too little.
    TooLittle(Vec<&'a ScriptGrant<'a>>),
    /// It is given roles on a vault that goes by access policies.
    NotLookedAt(Vec<&'a ScriptGrant<'a>>),
    /// It is given access to something else.
    Elsewhere(Vec<&'a ScriptGrant<'a>>),
    /// Somebody else is given the access.
    SomebodyElse(Vec<&'a ScriptGrant<'a>>),
    /// It is given nothing, though others are.
    Missing,
}

/// What is needed, and which of the grants are about it.
struct Need<'p> {
    service: Service,
    name: Option<&'p Name>,
}

/// The access of a pipeline to its blobs.
pub(super) fn storage<'a>(access: &'a ScriptAccess<'a>, pipeline: &ScriptPipeline<'a>) -> Verdict<'a> {
    if pipeline.mode == Some(Mode::SasToken) {
        return Verdict::Fine;
    }
    let need = Need { service: Service::Storage, name: pipeline.account.as_ref() };
    judge(access, pipeline, &need, &|grant: &ScriptGrant<'_>| is_enough(pipeline, Service::Storage, grant))
}

/// The access of a pipeline to the secret with its SAS token.
pub(super) fn vault<'a>(access: &'a ScriptAccess<'a>, pipeline: &ScriptPipeline<'a>) -> Verdict<'a> {
    if pipeline.mode == Some(Mode::ManagedIdentity) {
        return Verdict::Fine;
    }
    let need = Need { service: Service::Vault, name: pipeline.vault.as_ref() };
    let ignored = |grant: &&ScriptGrant<'_>| {
        let Scope::Resource(Service::Vault, vault) = &grant.on else { return false };
        matches!(grant.access, Access::Role(..))
            && pipeline.is(&grant.to) == Some(true)
            && grant.reads_secrets() == Some(true)
            && goes_by_policies(access, vault.as_ref())
    };
    let verdict = judge(access, pipeline, &need, &|grant: &ScriptGrant<'_>| grant.reads_secrets());
    let is_given_by_policy = access.grants.iter().any(|grant| {
        matches!(grant.access, Access::Policy(..))
            && pipeline.is(&grant.to) != Some(false)
            && grant.reads_secrets() != Some(false)
    });
    let ignored: Vec<_> = access.grants.iter().filter(ignored).collect();
    if matches!(verdict, Verdict::Fine) && !is_given_by_policy && !ignored.is_empty() {
        return Verdict::NotLookedAt(ignored);
    }
    verdict
}

/// What a pipeline needs access to; `None` when that is not known.
fn needed<'p>(pipeline: &'p ScriptPipeline<'_>) -> Option<(Service, Option<&'p Name>)> {
    match pipeline.mode? {
        Mode::ManagedIdentity => Some((Service::Storage, pipeline.account.as_ref())),
        Mode::SasToken => Some((Service::Vault, pipeline.vault.as_ref())),
    }
}

/// Whether a grant lets a pipeline, if it is one of its own, do its work; `None` when unknown.
fn is_enough(pipeline: &ScriptPipeline<'_>, service: Service, grant: &ScriptGrant<'_>) -> Option<bool> {
    match (service, &grant.access) {
        (Service::Storage, Access::Role(role, _)) => role.and_then(|role| pipeline.is_enough(role)),
        (Service::Storage, Access::Policy(..)) => Some(false),
        _ => grant.reads_secrets(),
    }
}

/// Whether a grant may be all that a pipeline needs.
pub(super) fn may_serve(pipeline: &ScriptPipeline<'_>, grant: &ScriptGrant<'_>) -> bool {
    let may = |answer: Option<bool>| answer != Some(false);
    let serves = |(service, name)| may(grant.reaches(service, name)) && may(is_enough(pipeline, service, grant));
    may(pipeline.is(&grant.to)) && needed(pipeline).is_none_or(serves)
}

/// Whether a grant is made to give a pipeline what it needs, be it enough or not.
pub(super) fn is_meant_for(pipeline: &ScriptPipeline<'_>, grant: &ScriptGrant<'_>) -> bool {
    let is_meant = |(service, name)| {
        grant.reaches(service, name) != Some(false)
            && (is_enough(pipeline, service, grant) == Some(true) || is_about(grant, service))
    };
    pipeline.is(&grant.to) == Some(true) && needed(pipeline).is_some_and(is_meant)
}

/// Whether the file itself makes the resource that a pipeline needs.
pub(super) fn is_made(access: &ScriptAccess<'_>, service: Service, wanted: Option<&Name>) -> bool {
    let path: &[&str] = match service {
        Service::Storage => &["storage", "account", "create"],
        _ => &["keyvault", "create"],
    };
    let mut made = access.makers.iter().filter(|made| made.invocation.is_az(path));
    made.any(|made| same(made.name.as_ref(), wanted) == Some(true))
}

/// Whether the file makes a vault with access policies and leaves it at that.
fn goes_by_policies(access: &ScriptAccess<'_>, vault: Option<&Name>) -> bool {
    let about = access
        .makers
        .iter()
        .filter(|made| made.invocation.is_az(&["keyvault"]) && same(made.name.as_ref(), vault) != Some(false));
    let flags: Vec<_> = about
        .map(|made| &made.invocation)
        .filter(|call| call.option(&["--enable-rbac-authorization"]).is_some())
        .map(|call| text(call, &["--enable-rbac-authorization"]))
        .collect();
    !flags.is_empty() && flags.iter().all(|flag| flag.as_ref().is_some_and(|flag| flag.eq_ignore_ascii_case("false")))
}

fn judge<'a>(
    access: &'a ScriptAccess<'a>,
    pipeline: &ScriptPipeline<'a>,
    need: &Need<'_>,
    enough: &dyn Fn(&ScriptGrant<'_>) -> Option<bool>,
) -> Verdict<'a> {
    let own = |grant: &ScriptGrant<'_>| pipeline.is(&grant.to);
    let reaches = |grant: &ScriptGrant<'_>| grant.reaches(need.service, need.name);
    let may = |answer: Option<bool>| answer != Some(false);
    if access.grants.iter().any(|grant| may(own(grant)) && may(reaches(grant)) && may(enough(grant))) {
        return Verdict::Fine;
    }
    let pick = |wanted: &dyn Fn(&ScriptGrant<'_>) -> bool| -> Vec<&'a ScriptGrant<'a>> {
        access.grants.iter().filter(|grant| wanted(grant)).collect()
    };
    let little = pick(&|grant| {
        own(grant) == Some(true) && may(reaches(grant)) && enough(grant) == Some(false) && is_about(grant, need.service)
    });
    if !little.is_empty() {
        return Verdict::TooLittle(little);
    }
    // Of a pipeline that nobody in view makes, what it uses is not known.
    if !pipeline.is_created && pipeline.mode.is_none() {
        return Verdict::Fine;
    }
    let serves_another = |grant: &ScriptGrant<'_>| {
        let declared = access.others.iter().filter(|other| other.mode.is_some());
        access.pipelines.iter().chain(declared).any(|other| {
            let name = if need.service == Service::Storage { &other.account } else { &other.vault };
            other.at != pipeline.at
                && other.is(&grant.to) == Some(true)
                && may(grant.reaches(need.service, name.as_ref()))
        })
    };
    let elsewhere = pick(&|grant| {
        own(grant) == Some(true)
            && reaches(grant) == Some(false)
            && enough(grant) == Some(true)
            && !serves_another(grant)
    });
    if !elsewhere.is_empty() {
        return Verdict::Elsewhere(elsewhere);
    }
    // What another file declares and nobody is known to give access to is found there.
    if !pipeline.is_created {
        return Verdict::Fine;
    }
    let needs_nothing = |grant: &ScriptGrant<'_>| match &grant.to {
        Principal::Registry | Principal::ClientId | Principal::Deployer => true,
        Principal::Pipeline { .. } => !serves_another(grant),
        Principal::Identity(_) | Principal::Person | Principal::Unknown => false,
    };
    let others = pick(&|grant| {
        own(grant) == Some(false) && may(reaches(grant)) && enough(grant) == Some(true) && needs_nothing(grant)
    });
    if !others.is_empty() {
        return Verdict::SomebodyElse(others);
    }
    let is_in_view = |grant: &ScriptGrant<'_>| {
        matches!(grant.to, Principal::Pipeline { .. } | Principal::Identity(_)) || is_about(grant, need.service)
    };
    // Whose rights an identity has that the file does not make is not to be seen from here.
    let is_known = !matches!(pipeline.identity, Identity::Unknown);
    let is_made = need.service == Service::Vault && is_made(access, need.service, need.name);
    if is_known && (is_made || access.grants.iter().any(is_in_view)) { Verdict::Missing } else { Verdict::Fine }
}

/// Whether a grant that does not allow enough was meant to: a role for something else says nothing.
fn is_about(grant: &ScriptGrant<'_>, service: Service) -> bool {
    let Access::Role(role, _) = &grant.access else { return service == Service::Vault };
    let exact = matches!(&grant.on, Scope::Resource(of, _) if *of == service);
    let Some(role) = role else { return exact };
    let general = ["Contributor", "Owner", "Reader"].contains(&role.name);
    let family = if service == Service::Storage { "Storage" } else { "Key Vault" };
    role.name.starts_with(family) || (general && exact)
}
