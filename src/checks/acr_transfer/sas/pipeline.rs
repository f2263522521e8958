//! The pipelines of a template that read a SAS from a key vault, and which secret and container each one names.

use crate::engine::check::Check;
use crate::engine::query::Found;
use crate::evaluate::pieces::{Piece, join, pieces, split};
use crate::evaluate::resource_id::{ResourceId, same_name};
use crate::evaluate::term::Term;
use crate::evaluate::value::Value;
use crate::evaluate::Instance;

const EXPORT: &str = "Microsoft.ContainerRegistry/registries/exportPipelines";
const IMPORT: &str = "Microsoft.ContainerRegistry/registries/importPipelines";

/// Which way a pipeline moves images.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::checks::acr_transfer) enum Direction {
    /// From a registry to a container.
    Export,
    /// From a container to a registry.
    Import,
}

/// A pipeline that does not use its managed identity for storage, as far as is known.
#[derive(Debug, Clone)]
pub(in crate::checks::acr_transfer) struct Pipeline {
    /// Which way it goes.
    pub direction: Direction,
    /// Its `uri`.
    pub container: Option<Container>,
    /// Its `keyVaultUri`.
    pub key_vault_uri: Found,
    /// The secret that it names.
    pub secret: Option<Secret>,
    /// Whether its source trigger is on.
    pub trigger: bool,
    /// Whether it deletes the blobs that it has read.
    pub delete: bool,
}

/// A blob container by name.
#[derive(Debug, Clone)]
pub(in crate::checks::acr_transfer) struct Container {
    /// The storage account.
    pub account: Value,
    /// The container.
    pub name: Value,
}

/// A secret by name.
#[derive(Debug, Clone)]
pub(in crate::checks::acr_transfer) struct Secret {
    /// The key vault.
    pub vault: Value,
    /// The secret.
    pub name: Value,
}

/// The pipelines that read their SAS from a key vault, in the present world.
pub(in crate::checks::acr_transfer) fn pipelines(check: &mut Check<'_, '_>) -> Vec<Pipeline> {
    let mut found = Vec::new();
    for instance in check.resources(&[EXPORT, IMPORT]) {
        found.extend(Pipeline::of(check, &instance));
    }
    found
}

impl Pipeline {
    /// What is known of a pipeline; `None` when it uses its managed identity.
    pub(in crate::checks::acr_transfer) fn of<'t>(check: &mut Check<'_, 't>, instance: &Instance<'t>) -> Option<Self> {
        let is_export = instance.resource.ty.is(EXPORT);
        let end = if is_export { "target" } else { "source" };
        let mode = check.value(instance, &["properties", end, "storageAccessMode"]);
        if mode.as_ref().and_then(Value::as_str).is_some_and(|mode| mode.eq_ignore_ascii_case("ManagedIdentity")) {
            return None;
        }
        let uri = check.value(instance, &["properties", end, "uri"]);
        let key_vault_uri = check.find(instance, &["properties", end, "keyVaultUri"]);
        let status = check.value(instance, &["properties", "trigger", "sourceTrigger", "status"]);
        let options = check.value(instance, &["properties", "options"]);
        let deletes = |option: &Value| {
            option.as_str().is_some_and(|option| option.eq_ignore_ascii_case("DeleteSourceBlobOnSuccess"))
        };
        Some(Self {
            direction: if is_export { Direction::Export } else { Direction::Import },
            container: uri.as_ref().and_then(container_of),
            secret: key_vault_uri.value().and_then(secret_of),
            key_vault_uri,
            trigger: !is_export
                && status.as_ref().is_none_or(|status| {
                    status.as_str().is_some_and(|status| status.eq_ignore_ascii_case("Enabled"))
                }),
            delete: options.as_ref().and_then(Value::as_array).is_some_and(|options| options.iter().any(deletes)),
        })
    }

    /// Whether the pipeline reads this secret; `None` when that can't be known.
    pub(in crate::checks::acr_transfer) fn reads(&self, vault: &Value, name: &Value) -> Option<bool> {
        let Some(secret) = &self.secret else {
            return self.key_vault_uri.value().filter(|uri| uri.is_unknown()).map_or(Some(false), |_| None);
        };
        match (same_name(&secret.vault, vault), same_name(&secret.name, name)) {
            (Some(false), _) | (_, Some(false)) => Some(false),
            (Some(true), Some(true)) => Some(true),
            _ => None,
        }
    }
}

impl Direction {
    /// The direction that the name of a secret or variable tells: `acrexportsas`, `acrimportsas`.
    pub(in crate::checks::acr_transfer) fn from_name(name: &str) -> Option<Self> {
        let name = name.to_ascii_lowercase().replace("important", "");
        match (name.contains("export"), name.contains("import")) {
            (true, false) => Some(Self::Export),
            (false, true) => Some(Self::Import),
            _ => None,
        }
    }

    /// The word for it.
    pub(in crate::checks::acr_transfer) fn word(self) -> &'static str {
        match self {
            Self::Export => "export",
            Self::Import => "import",
        }
    }
}

/// The secret that a `keyVaultUri` names, in any spelling.
fn secret_of(uri: &Value) -> Option<Secret> {
    if let Some(Term::Property { base, name }) = uri.as_term()
        && (name.eq_ignore_ascii_case("secretUri") || name.eq_ignore_ascii_case("secretUriWithVersion"))
    {
        let mut names = referenced(base)?.names.into_iter();
        return Some(Secret { vault: names.next()?, name: names.next()? });
    }
    let (vault, path) = host_and_path(uri, "vaultUri")?;
    match path.as_slice() {
        [secrets, name, ..] if secrets.as_str().is_some_and(|word| word.eq_ignore_ascii_case("secrets")) => {
            Some(Secret { vault, name: name.clone() })
        }
        _ => None,
    }
}

/// The container that the `uri` of a pipeline names, in any spelling.
fn container_of(uri: &Value) -> Option<Container> {
    let (account, path) = host_and_path(uri, "blob")?;
    Some(Container { account, name: path.into_iter().next()? })
}

/// The first label of the host of a URI, or the resource whose `endpoint` property the URI starts with, and the parts
/// of the path.
fn host_and_path(uri: &Value, endpoint: &str) -> Option<(Value, Vec<Value>)> {
    let mut rows = split(pieces(uri)?, '/').into_iter();
    let first = rows.next()?;
    let mut path: Vec<Value>;
    let host = if matches!(first.as_slice(), [Piece::Text(text)] if text.eq_ignore_ascii_case("https:")) {
        rows.next().filter(Vec::is_empty)?;
        let label: Vec<Piece> = split(rows.next()?, '.').into_iter().next()?;
        path = rows.map(join).collect();
        join(label.into_iter().filter(|piece| !is_suffix(piece)).collect())
    } else {
        // `reference(…).vaultUri` ends with a slash, so that what follows it is the first part of the path.
        let mut first = first.into_iter();
        let Piece::Unknown(base) = first.next()? else { return None };
        let Term::Property { base, name } = base.as_term()? else { return None };
        let id = name.eq_ignore_ascii_case(endpoint).then(|| referenced(base))??;
        path = vec![join(first.collect())];
        path.extend(rows.map(join));
        id.name()?.clone()
    };
    path.retain(|part| part.as_str() != Some(""));
    Some((host, path))
}

/// The id of the resource whose runtime state, or a part of it, `value` is.
fn referenced(value: &Value) -> Option<ResourceId> {
    match value.as_term()? {
        Term::Call { name, args } if name.eq_ignore_ascii_case("reference") => ResourceId::parse(args.first()?),
        Term::Property { base, name }
            if ["properties", "primaryEndpoints"].iter().any(|part| name.eq_ignore_ascii_case(part)) =>
        {
            referenced(base)
        }
        _ => None,
    }
}

/// Whether a piece of a host is a cloud's suffix: `environment().suffixes.keyvaultDns` starts with a dot.
fn is_suffix(piece: &Piece) -> bool {
    let Piece::Unknown(value) = piece else { return false };
    let mut value = value;
    while let Some(Term::Property { base, .. }) = value.as_term() {
        value = base;
    }
    value.as_term().is_some_and(|term| term.call("environment").is_some())
}
