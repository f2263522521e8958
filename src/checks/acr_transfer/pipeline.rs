//! What a transfer pipeline is: its direction, how it gets at its blobs, which blobs, and which secret.

use super::shape;
use crate::engine::check::Check;
use crate::engine::endpoint;
use crate::engine::identity::Identity;
use crate::engine::query::Found;
use crate::engine::role::definition_id;
use crate::evaluate::Instance;
use crate::evaluate::partial::Partial;
use crate::evaluate::resource_id::{IdScope, ResourceId, same_name};
use crate::evaluate::value::Value;
use crate::source::Span;

/// The types of transfer pipelines.
pub(super) const PIPELINES: &[&str] = &[EXPORT, IMPORT];
const EXPORT: &str = "Microsoft.ContainerRegistry/registries/exportPipelines";
const IMPORT: &str = "Microsoft.ContainerRegistry/registries/importPipelines";

/// How a pipeline gets at its blobs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// As its own identity.
    ManagedIdentity,
    /// With a SAS token that a key vault keeps.
    SasToken,
}

/// Whether a pipeline exports rather than imports.
pub(super) fn exports(pipeline: &Instance<'_>) -> bool {
    pipeline.resource.ty.is(EXPORT)
}

/// The name of the property that says where the blobs are.
pub(super) fn endpoint(pipeline: &Instance<'_>) -> &'static str {
    if exports(pipeline) { "target" } else { "source" }
}

/// How a pipeline gets at its blobs; a SAS token when it does not say. `None` when that can't be known or is neither.
pub(super) fn mode<'t>(check: &mut Check<'_, 't>, pipeline: &Instance<'t>) -> Option<Mode> {
    match shape::Access::of(check, pipeline, &["properties", endpoint(pipeline)]) {
        shape::Access::Unsaid | shape::Access::SasToken => Some(Mode::SasToken),
        shape::Access::ManagedIdentity => Some(Mode::ManagedIdentity),
        shape::Access::Other => None,
    }
}

/// Whether a pipeline is known to have no identity that anything could be granted to.
pub(super) fn has_no_identity<'t>(check: &mut Check<'_, 't>, pipeline: &Instance<'t>) -> bool {
    if check.find(pipeline, &["identity", "type"]).value().is_none() {
        return true;
    }
    let identity = Identity::of(check.evaluator, pipeline);
    identity.system == Some(false) && identity.user_assigned.is_some_and(|ids| ids.is_empty())
}

/// Whether an import pipeline deletes the blobs that it has imported; `None` when unknown.
pub(super) fn deletes_blobs<'t>(check: &mut Check<'_, 't>, pipeline: &Instance<'t>) -> Option<bool> {
    let Some(options) = check.value(pipeline, &["properties", "options"]) else { return Some(false) };
    let options = options.as_array()?;
    if options.iter().any(|o| o.as_str().is_some_and(|o| o.eq_ignore_ascii_case("DeleteSourceBlobOnSuccess"))) {
        return Some(true);
    }
    options.iter().all(Value::is_known).then_some(false)
}

/// A resource as an address or an id speaks of it; what is `None` is not known.
#[derive(Debug, Clone, Default)]
pub(super) struct Place {
    /// The name of the storage account or key vault.
    pub name: Option<Value>,
    /// Its id, when the address is taken from the resource.
    pub id: Option<ResourceId>,
    /// The container or secret in it.
    pub item: Option<Value>,
}

/// The blob container of a pipeline.
pub(super) fn container<'t>(check: &mut Check<'_, 't>, pipeline: &Instance<'t>) -> Place {
    let uri = check.value(pipeline, &["properties", endpoint(pipeline), "uri"]);
    let container = uri.as_ref().and_then(endpoint::container);
    container.map(|c| Place { name: c.account, id: c.account_id, item: c.name }).unwrap_or_default()
}

/// The address of the secret with a pipeline's SAS token, and the secret.
pub(super) fn secret<'t>(check: &mut Check<'_, 't>, pipeline: &Instance<'t>) -> (Found, Place) {
    let found = check.find(pipeline, &["properties", endpoint(pipeline), "keyVaultUri"]);
    let secret = found.value().and_then(endpoint::secret);
    let place = secret.map(|secret| Place { name: secret.vault, id: secret.vault_id, item: secret.name });
    (found, place.unwrap_or_default())
}

/// Whether a role on `scope` reaches `place`, a resource of type `ty` whose items have the types `items`; `None` when
/// that can't be known.
pub(super) fn reaches(scope: &IdScope, place: &Place, ty: &str, items: &[&str]) -> Option<bool> {
    let is = |id: &ResourceId, ty: &str| id.ty.eq_ignore_ascii_case(ty);
    let same = |a: Option<&Value>, b: Option<&Value>| same_name(a?, b?);
    match scope {
        IdScope::Resource(id) if is(id, ty) => same(id.name(), place.name.as_ref()),
        IdScope::Resource(id) if items.iter().any(|ty| is(id, ty)) => {
            match same(id.names.first(), place.name.as_ref()) {
                Some(true) if is(id, items[0]) => same(id.name(), place.item.as_ref()),
                other => other,
            }
        }
        IdScope::Resource(_) => Some(false),
        IdScope::Other(_) => None,
        // Wider than a resource: it reaches unless the resource is known to be elsewhere.
        IdScope::ResourceGroup { .. } => match &place.id {
            Some(id) => Some(scope.same(&id.scope) != Some(false)),
            None => Some(true),
        },
        IdScope::Subscription(subscription) => match place.id.as_ref().map(|id| &id.scope) {
            Some(IdScope::ResourceGroup { subscription: own, .. }) => Some(same_name(subscription, own) != Some(false)),
            _ => Some(true),
        },
        IdScope::ManagementGroup(_) | IdScope::Tenant => Some(true),
    }
}

/// What messages call a resource: its own name, or what it is.
pub(super) fn shown<'t>(check: &mut Check<'_, 't>, instance: &Instance<'t>) -> String {
    let name = check.evaluator.names(instance).and_then(|names| names.last().and_then(named));
    match (name, &instance.resource.symbol) {
        (Some(name), _) => name,
        (None, Some(symbol)) => format!("`{}`", symbol.text),
        (None, None) if PIPELINES.iter().any(|ty| instance.resource.ty.is(ty)) => "the pipeline".to_owned(),
        (None, None) => "the resource".to_owned(),
    }
}

/// A known name between backticks.
pub(super) fn named(name: &Value) -> Option<String> {
    name.as_str().map(|name| format!("`{name}`"))
}

/// Where the id of the role definition `value` is written, when it is an argument of its own.
pub(super) fn reference_span(check: &Check<'_, '_>, value: &Value) -> Option<Span> {
    if let Some(span) = ResourceId::parse(value).and_then(|id| id.name()?.origin.span) {
        return Some(span);
    }
    let whole = value.origin.span?;
    // It may be the end of a text that is put together from several.
    if let Some(partial) = Partial::new(value)
        && let Some(slash) = partial.text().rfind('/')
        && let Some(span) = partial.origin(slash + 1..partial.text().len()).span
        && span != whole
    {
        return Some(span);
    }
    let text = check.sources.text(whole).to_ascii_lowercase();
    let quoted = format!("'{}'", definition_id(value)?);
    let at = text.find(&quoted)? as u32;
    Some(Span { start: whole.start + at, end: whole.start + at + quoted.len() as u32, ..whole })
}
