//! Whether a pipeline is given the access that it needs, and if not, which mistake is to blame: one answer, from which
//! each rule about grants takes its own part, so that one mistake makes one finding.

use super::pipeline::{
    Mode, PIPELINES, Place, container, deletes_blobs, exports, has_no_identity, mode, reaches, secret,
};
use crate::engine::check::Check;
use crate::engine::grants::{Access, Grant};
use crate::engine::identity::{Holder, Identity, Owner, Principal, holder, is_identity_of};
use crate::engine::query::Found;
use crate::engine::role::{self, Right};
use crate::engine::view::Needed;
use crate::evaluate::Instance;
use crate::evaluate::resource_id::{IdScope, ResourceId};
use crate::evaluate::value::Value;

const ACCOUNT: &str = "Microsoft.Storage/storageAccounts";
const CONTAINERS: &[&str] =
    &["Microsoft.Storage/storageAccounts/blobServices/containers", "Microsoft.Storage/storageAccounts/blobServices"];
const VAULT: &str = "Microsoft.KeyVault/vaults";
const SECRETS: &[&str] = &["Microsoft.KeyVault/vaults/secrets"];
const REGISTRY: &str = "Microsoft.ContainerRegistry/registries";

/// What is wrong with the access of a pipeline.
#[derive(Debug)]
pub(super) enum Verdict<'t> {
    /// Nothing, or the pipeline needs no access of this kind.
    Fine,
    /// Nobody can tell; what it depends on.
    Unknown(Option<Found>),
    /// It is given too little.
    TooLittle(Vec<Grant<'t>>),
    /// It is given access in a way that the vault does not look at.
    NotLookedAt(Vec<Grant<'t>>),
    /// It is given access to something else.
    Elsewhere(Vec<Grant<'t>>),
    /// Somebody else is given the access.
    SomebodyElse(Vec<(Grant<'t>, Other)>),
    /// It is given nothing.
    Missing,
}

/// Who is given access in a pipeline's place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Other {
    /// The registry.
    Registry,
    /// Another pipeline.
    Pipeline,
    /// The pipeline's own identity by its client id.
    ClientId,
    /// Whoever deploys.
    Deployer,
}

/// What a pipeline needs on one storage account or key vault.
#[derive(Debug)]
struct Need<'a> {
    place: &'a Place,
    ty: &'static str,
    items: &'static [&'static str],
    /// Each with whether it is needed; `None` when unknown.
    rights: Vec<(Right, Option<bool>)>,
    /// Whether the vault looks at roles rather than at access policies; `None` when unknown.
    by_roles: Option<bool>,
}

/// One grant, judged: each `None` when unknown.
#[derive(Debug)]
struct Judged<'g, 't> {
    grant: &'g Grant<'t>,
    own: Option<bool>,
    reaches: Option<bool>,
    enough: Option<bool>,
    looked_at: Option<bool>,
}

impl Judged<'_, '_> {
    /// Whether nothing is known that keeps the grant from letting the pipeline do its work.
    fn may_do(&self) -> bool {
        [self.own, self.reaches, self.enough, self.looked_at].iter().all(|answer| *answer != Some(false))
    }
}

/// The access of a pipeline to its blobs.
pub(super) fn storage<'t>(check: &mut Check<'_, 't>, pipeline: &Instance<'t>) -> Verdict<'t> {
    match mode(check, pipeline) {
        Some(Mode::ManagedIdentity) => {}
        Some(Mode::SasToken) => return Verdict::Fine,
        None => return Verdict::Unknown(None),
    }
    let place = blobs(check, pipeline);
    let rights = needed_on_blobs(check, pipeline);
    let need = Need { place: &place, ty: ACCOUNT, items: CONTAINERS, rights, by_roles: Some(true) };
    judge(check, pipeline, &need)
}

/// The access of a pipeline to the secret with its SAS token.
pub(super) fn vault<'t>(check: &mut Check<'_, 't>, pipeline: &Instance<'t>) -> Verdict<'t> {
    let (uri, place) = secret(check, pipeline);
    match mode(check, pipeline) {
        // A pipeline without an address of a secret has a rule of its own.
        Some(Mode::SasToken) if uri.value().is_some_and(|uri| uri.as_str() != Some("")) => {}
        None => return Verdict::Unknown(None),
        _ => return Verdict::Fine,
    }
    let need = needed_on_vault(check, &place);
    judge(check, pipeline, &need)
}

/// Whether a script in view may give the pipeline access to blobs, or else to secrets.
pub(super) fn is_given_by_script<'t>(check: &mut Check<'_, 't>, pipeline: &Instance<'t>, to_blobs: bool) -> bool {
    let names = check.evaluator.names(pipeline).unwrap_or_default();
    let [registry, name] = [names.first(), names.get(1)].map(|name| name.and_then(Value::as_str));
    let place = if to_blobs { container(check, pipeline) } else { secret(check, pipeline).1 };
    let on = place.name.as_ref().and_then(Value::as_str);
    check.project.may_be_given(None, Needed { to_blobs, exports: exports(pipeline), registry, name, on })
}

/// The access policies for a pipeline that its vault does not look at, unless it is given access in another way.
pub(super) fn ignored_policies<'t>(check: &mut Check<'_, 't>, pipeline: &Instance<'t>) -> Vec<Grant<'t>> {
    let (_, place) = secret(check, pipeline);
    if mode(check, pipeline) != Some(Mode::SasToken) {
        return Vec::new();
    }
    let need = needed_on_vault(check, &place);
    let grants = check.grants();
    let own = check.evaluator.id(pipeline);
    let judged = judge_each(check, pipeline, &need, grants.to(own.as_ref()));
    if judged.iter().any(Judged::may_do) {
        return Vec::new();
    }
    let ignored = judged.into_iter().filter(|j| {
        let is_policy = matches!(j.grant.access, Access::Policy { .. });
        is_policy && j.own == Some(true) && j.reaches != Some(false) && j.looked_at == Some(false)
    });
    ignored.map(|judged| judged.grant.clone()).collect()
}

fn needed_on_vault<'a>(check: &mut Check<'_, '_>, place: &'a Place) -> Need<'a> {
    let by_roles = match vault_in_view(check, place) {
        Some(vault) => looks_at_roles(check, &vault),
        None => None,
    };
    Need { place, ty: VAULT, items: SECRETS, rights: vec![(Right::ReadSecrets, Some(true))], by_roles }
}

/// The grants that let a pipeline do its work, or are meant to.
pub(super) fn giving<'t>(check: &mut Check<'_, 't>, pipeline: &Instance<'t>) -> Vec<Grant<'t>> {
    let (place, ty, items, rights) = match mode(check, pipeline) {
        Some(Mode::ManagedIdentity) => (blobs(check, pipeline), ACCOUNT, CONTAINERS, needed_on_blobs(check, pipeline)),
        Some(Mode::SasToken) => (secret(check, pipeline).1, VAULT, SECRETS, vec![(Right::ReadSecrets, Some(true))]),
        None => return Vec::new(),
    };
    let need = Need { place: &place, ty, items, rights, by_roles: None };
    let grants = check.grants();
    let own = check.evaluator.id(pipeline);
    judge_each(check, pipeline, &need, grants.to(own.as_ref()))
        .into_iter()
        .filter(|j| j.own == Some(true) && j.reaches != Some(false))
        .filter(|j| j.enough != Some(false) || is_about(j.grant, &need))
        .map(|judged| judged.grant.clone())
        .collect()
}

fn needed_on_blobs<'t>(check: &mut Check<'_, 't>, pipeline: &Instance<'t>) -> Vec<(Right, Option<bool>)> {
    if exports(pipeline) {
        return vec![(Right::WriteBlobs, Some(true))];
    }
    vec![(Right::ReadBlobs, Some(true)), (Right::DeleteBlobs, deletes_blobs(check, pipeline))]
}

/// The container of a pipeline, with the id of its account when the template deploys that.
pub(super) fn blobs<'t>(check: &mut Check<'_, 't>, pipeline: &Instance<'t>) -> Place {
    let mut place = container(check, pipeline);
    if let Some(account) = in_view(check, &place, ACCOUNT, false) {
        place.id = check.evaluator.id(&account);
    }
    place
}

/// The storage account of a pipeline, if the template deploys it.
pub(super) fn account_in_view<'t>(check: &mut Check<'_, 't>, place: &Place) -> Option<Instance<'t>> {
    in_view(check, place, ACCOUNT, false)
}

/// The vault, if the template deploys it or refers to it.
pub(super) fn vault_in_view<'t>(check: &mut Check<'_, 't>, place: &Place) -> Option<Instance<'t>> {
    in_view(check, place, VAULT, true)
}

fn in_view<'t>(check: &mut Check<'_, 't>, place: &Place, ty: &str, existing: bool) -> Option<Instance<'t>> {
    let candidates = if existing { check.mentioned(&[ty]) } else { check.resources(&[ty]) };
    let found = candidates.iter().find(|candidate| {
        let scope = check.evaluator.id(candidate).map(|id| IdScope::Resource(Box::new(id)));
        scope.and_then(|scope| reaches(&scope, place, ty, &[])) == Some(true)
    });
    found.cloned()
}

/// Whether a vault goes by role assignments; `None` when unknown. The default changed with API version 2026-02-01.
pub(super) fn looks_at_roles<'t>(check: &mut Check<'_, 't>, vault: &Instance<'t>) -> Option<bool> {
    match check.value(vault, &["properties", "enableRbacAuthorization"]) {
        Some(flag) => flag.as_bool(),
        None if vault.resource.existing => None,
        None => Some(is_since_roles_are_default(&check.text(vault, &["apiVersion"])?)),
    }
}

/// Whether vaults created with this API version go by role assignments unless they say otherwise.
pub(super) fn is_since_roles_are_default(version: &str) -> bool {
    version.get(..10).is_some_and(|date| date >= "2026-02-01")
}

fn judge<'t>(check: &mut Check<'_, 't>, pipeline: &Instance<'t>, need: &Need<'_>) -> Verdict<'t> {
    if has_no_identity(check, pipeline) {
        return Verdict::Fine;
    }
    let grants = check.grants();
    let own = check.evaluator.id(pipeline);
    let judged = judge_each(check, pipeline, need, grants.to(own.as_ref()));
    let may = |answer: Option<bool>| answer != Some(false);
    // Which way the vault goes is another question.
    let does = |j: &Judged<'_, '_>| [j.own, j.reaches, j.enough].iter().all(|answer| *answer == Some(true));
    let good: Vec<&Judged<'_, '_>> = judged.iter().filter(|judged| judged.may_do()).collect();
    if let Some(first) = good.first() {
        let known = good.iter().any(|judged| does(judged));
        return if known { Verdict::Fine } else { Verdict::Unknown(Some(first.grant.holder.clone())) };
    }
    let pick = |judged: &[Judged<'_, 't>], wanted: &dyn Fn(&Judged<'_, '_>) -> bool| -> Vec<Grant<'t>> {
        judged.iter().filter(|judged| wanted(judged)).map(|judged| judged.grant.clone()).collect()
    };
    let unseen =
        pick(&judged, &|j| j.own == Some(true) && may(j.reaches) && may(j.enough) && j.looked_at == Some(false));
    if !unseen.is_empty() {
        return Verdict::NotLookedAt(unseen);
    }
    let little =
        pick(&judged, &|j| j.own == Some(true) && may(j.reaches) && j.enough == Some(false) && is_about(j.grant, need));
    if !little.is_empty() {
        return Verdict::TooLittle(little);
    }
    // What is given to others, or elsewhere, may well be given to the pipeline out of view.
    if grants.are_open(check.evaluator) {
        return Verdict::Unknown(None);
    }
    let elsewhere = pick(&judged, &|j| j.own == Some(true) && j.reaches == Some(false) && j.enough == Some(true));
    let elsewhere: Vec<_> = elsewhere.into_iter().filter(|grant| !serves_another(check, pipeline, grant)).collect();
    if !elsewhere.is_empty() {
        return Verdict::Elsewhere(elsewhere);
    }
    let judged = judge_each(check, pipeline, need, grants.all.iter().collect());
    let others = pick(&judged, &|j| j.own == Some(false) && may(j.reaches) && j.enough == Some(true));
    let mistaken = |grant: Grant<'t>| {
        let other = other(check, pipeline, &grant)?;
        check.evaluator.exists(&grant.instance).then_some((grant, other))
    };
    let others: Vec<_> = others.into_iter().filter_map(mistaken).collect();
    if !others.is_empty() {
        return Verdict::SomebodyElse(others);
    }
    Verdict::Missing
}

/// The grants that are a pipeline's own or reach what it needs; all others say nothing of it.
fn judge_each<'g, 't>(
    check: &mut Check<'_, 't>,
    pipeline: &Instance<'t>,
    need: &Need<'_>,
    grants: Vec<&'g Grant<'t>>,
) -> Vec<Judged<'g, 't>> {
    let mut judged = Vec::new();
    if !check.evaluator.spend(grants.len(), pipeline.resource.ty.span) {
        return judged;
    }
    let mut pipeline = Owner::new(pipeline);
    for grant in grants {
        let holder = grant.holder.value();
        let own = holder.and_then(|holder| pipeline.has(check.evaluator, holder, Identity::means));
        let reaches = reaches(&grant.on, need.place, need.ty, need.items);
        // Whether those of others are made is asked when they matter.
        let says_nothing =
            if own == Some(false) { reaches == Some(false) } else { !check.evaluator.exists(&grant.instance) };
        if says_nothing {
            continue;
        }
        let enough = allows_all(check, &grant.access, &need.rights);
        let looked_at = need.by_roles.map(|by_roles| by_roles == matches!(grant.access, Access::Role(_)));
        judged.push(Judged { grant, own, reaches, enough, looked_at });
    }
    judged
}

/// Whether a principal is that of a pipeline, or would be if the author had spelled it right.
pub(super) fn belongs<'t>(check: &mut Check<'_, 't>, pipeline: &Instance<'t>, holder: &Value) -> Option<bool> {
    is_identity_of(check.evaluator, pipeline, holder, Identity::means)
}

/// Whether a grant that does not allow enough was meant to: a role for something else says nothing.
fn is_about(grant: &Grant<'_>, need: &Need<'_>) -> bool {
    let Access::Role(definition) = &grant.access else { return true };
    let role = definition.value().and_then(role::definition_id).and_then(|id| role::by_text(&id));
    let Some(role) = role else { return true };
    let general = ["Contributor", "Owner", "Reader"].contains(&role.name);
    let exact = matches!(&grant.on, IdScope::Resource(_));
    let family = if need.ty == ACCOUNT { "Storage" } else { "Key Vault" };
    role.name.starts_with(family) || (general && (exact || need.ty == ACCOUNT))
}

/// Whether a grant allows all that is needed; `None` when unknown.
fn allows_all(check: &mut Check<'_, '_>, access: &Access, rights: &[(Right, Option<bool>)]) -> Option<bool> {
    let allowed = allowed(check, access)?;
    let mut all = Some(true);
    for (right, needed) in rights {
        match (allowed.contains(right), needed) {
            (true, _) | (false, Some(false)) => {}
            (false, Some(true)) => return Some(false),
            (false, None) => all = None,
        }
    }
    all
}

fn allowed(check: &mut Check<'_, '_>, access: &Access) -> Option<Vec<Right>> {
    match access {
        Access::Role(definition) => {
            let value = definition.value()?;
            if let Some(role) = role::definition_id(value).and_then(|id| role::by_text(&id)) {
                return Some(role.rights.to_vec());
            }
            custom_role(check, value)
        }
        Access::Policy { secrets, .. } => {
            let Some(permissions) = secrets.value() else { return Some(Vec::new()) };
            let permissions = permissions.as_array()?;
            let is = |permission: &Value, word: &str| permission.as_str().is_some_and(|p| p.eq_ignore_ascii_case(word));
            if permissions.iter().any(|permission| is(permission, "get") || is(permission, "all")) {
                return Some(vec![Right::ReadSecrets]);
            }
            permissions.iter().all(Value::is_known).then(Vec::new)
        }
    }
}

/// What a role allows that the template itself defines.
fn custom_role(check: &mut Check<'_, '_>, definition: &Value) -> Option<Vec<Right>> {
    let id = ResourceId::parse(definition)?;
    for role in check.resources(&["Microsoft.Authorization/roleDefinitions"]).iter() {
        let own = check.evaluator.id(role)?;
        if own.name() != id.name() {
            continue;
        }
        let permissions = check.value(role, &["properties", "permissions"])?;
        if !permissions.is_known() {
            return None;
        }
        let mut rights = Vec::new();
        for permission in permissions.as_array()?.iter().filter_map(Value::as_object) {
            let list = |name: &str| permission.get(name).and_then(Value::as_array).unwrap_or_default();
            let covers = |list: &[Value], action: &str| {
                list.iter().filter_map(Value::as_str).any(|pattern| role::covers(pattern, action))
            };
            rights.extend(role::DATA_ACTIONS.iter().filter_map(|(right, action)| {
                (covers(list("dataActions"), action) && !covers(list("notDataActions"), action)).then_some(*right)
            }));
        }
        return Some(rights);
    }
    None
}

/// Whether another pipeline of the template needs a grant and has it by this one.
fn serves_another<'t>(check: &mut Check<'_, 't>, pipeline: &Instance<'t>, grant: &Grant<'t>) -> bool {
    let pipelines = check.resources(PIPELINES);
    pipelines.iter().filter(|other| !other.is(pipeline)).any(|other| {
        if grant.holder.value().and_then(|holder| belongs(check, other, holder)) == Some(false) {
            return false;
        }
        let (place, ty, items) = match mode(check, other) {
            Some(Mode::ManagedIdentity) => (blobs(check, other), ACCOUNT, CONTAINERS),
            Some(Mode::SasToken) => (secret(check, other).1, VAULT, SECRETS),
            None => return true,
        };
        reaches(&grant.on, &place, ty, items) != Some(false)
            && !repeats(check, other, grant, &|scope| reaches(scope, &place, ty, items) == Some(true))
    })
}

/// Whether an earlier grant gives a pipeline the same role: the second one was copied from it, and still names the
/// pipeline of the first.
fn repeats<'t>(
    check: &mut Check<'_, 't>,
    pipeline: &Instance<'t>,
    grant: &Grant<'t>,
    reaches: &dyn Fn(&IdScope) -> bool,
) -> bool {
    let role = |grant: &Grant<'_>| match &grant.access {
        Access::Role(definition) => definition.value().and_then(role::definition_id),
        Access::Policy { .. } => None,
    };
    let Some(wanted) = role(grant) else { return false };
    let grants = check.grants();
    if !check.evaluator.spend(grants.all.len(), pipeline.resource.ty.span) {
        return false;
    }
    grants.all.iter().take_while(|earlier| !earlier.instance.is(&grant.instance)).any(|earlier| {
        role(earlier).as_ref() == Some(&wanted)
            && reaches(&earlier.on)
            && earlier.holder.value().and_then(|holder| belongs(check, pipeline, holder)) == Some(true)
            && check.evaluator.exists(&earlier.instance)
    })
}

/// Who is given access by a grant that is not for the pipeline, if it looks like a mistake.
fn other<'t>(check: &mut Check<'_, 't>, pipeline: &Instance<'t>, grant: &Grant<'t>) -> Option<Other> {
    let value = grant.holder.value()?;
    let principal = match holder(value)? {
        Holder::Deployer => return Some(Other::Deployer),
        Holder::Client(principal) => {
            let own = check.evaluator.id(pipeline)?;
            let means = Identity::of(check.evaluator, pipeline).means(&principal, &own);
            return (means == Some(true)).then_some(Other::ClientId);
        }
        Holder::Principal(principal) => principal,
    };
    let registry = check.evaluator.id(pipeline)?.parent()?;
    for instance in check.mentioned(&[REGISTRY]).iter() {
        let is_own = check.evaluator.id(instance).and_then(|id| id.same(&registry)) != Some(false);
        if is_own && belongs(check, instance, value) == Some(true) {
            return Some(Other::Registry);
        }
    }
    if let Principal::SystemOf(id) = &principal {
        if id.same(&registry) == Some(true) {
            return Some(Other::Registry);
        }
        let is_pipeline = PIPELINES.iter().any(|ty| id.ty.eq_ignore_ascii_case(ty));
        return (is_pipeline && !serves_another(check, pipeline, grant)).then_some(Other::Pipeline);
    }
    let pipelines = check.resources(PIPELINES);
    let is_others = pipelines.iter().any(|other| !other.is(pipeline) && belongs(check, other, value) == Some(true));
    (is_others && !serves_another(check, pipeline, grant)).then_some(Other::Pipeline)
}
