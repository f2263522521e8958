//! The shapes of the transfer resources, the same in all API versions: which properties they have, and what others mean.

use crate::engine::api_version::ApiVersion;
use crate::engine::check::Check;
use crate::engine::query::Found;
use crate::evaluate::Instance;
use crate::evaluate::value::Value;
use crate::source::Span;

/// A transfer resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// `exportPipelines`.
    Export,
    /// `importPipelines`.
    Import,
    /// `pipelineRuns`.
    Run,
}

/// The types of transfer resources.
pub(super) const TRANSFER_TYPES: [&str; 3] = [
    "microsoft.containerregistry/registries/exportpipelines",
    "microsoft.containerregistry/registries/importpipelines",
    "microsoft.containerregistry/registries/pipelineruns",
];

impl Kind {
    /// The kind of a transfer resource.
    pub(super) fn of(instance: &Instance<'_>) -> Option<Self> {
        let at = TRANSFER_TYPES.iter().position(|ty| *ty == instance.resource.ty.folded())?;
        Some([Self::Export, Self::Import, Self::Run][at])
    }

    /// With its article, as in "an export pipeline".
    pub(super) fn noun(self) -> &'static str {
        match self {
            Self::Export => "an export pipeline",
            Self::Import => "an import pipeline",
            Self::Run => "a pipeline run",
        }
    }

    /// The properties that lead to the objects with a type and a storage place.
    pub(super) fn endpoints(self) -> &'static [&'static [&'static str]] {
        match self {
            Self::Export => &[&["properties", "target"]],
            Self::Import => &[&["properties", "source"]],
            Self::Run => &[&["properties", "request", "source"], &["properties", "request", "target"]],
        }
    }

    /// The objects of the resource, each by its path, and the properties that they may have.
    pub(super) fn objects(self) -> &'static [(&'static [&'static str], &'static [&'static str])] {
        match self {
            Self::Export => EXPORT,
            Self::Import => IMPORT,
            Self::Run => RUN,
        }
    }
}

const IDENTITY: &[&str] = &["type", "userAssignedIdentities", "principalId", "tenantId"];
const STORAGE: &[&str] = &["type", "uri", "keyVaultUri", "storageAccessMode"];
const BLOB: &[&str] = &["type", "name"];

const EXPORT: &[(&[&str], &[&str])] = &[
    (&["properties"], &["target", "options", "provisioningState"]),
    (&["properties", "target"], STORAGE),
    (&["identity"], IDENTITY),
];

const IMPORT: &[(&[&str], &[&str])] = &[
    (&["properties"], &["source", "trigger", "options", "provisioningState"]),
    (&["properties", "source"], STORAGE),
    (&["properties", "trigger"], &["sourceTrigger"]),
    (&["properties", "trigger", "sourceTrigger"], &["status"]),
    (&["identity"], IDENTITY),
];

const RUN: &[(&[&str], &[&str])] = &[
    (&["properties"], &["request", "forceUpdateTag", "response", "provisioningState"]),
    (&["properties", "request"], &["pipelineResourceId", "artifacts", "source", "target", "catalogDigest"]),
    (&["properties", "request", "source"], BLOB),
    (&["properties", "request", "target"], BLOB),
];

/// The property of `known` that a name which is not among them means, by custom or by spelling.
pub(super) fn meant(name: &str, known: &[&'static str]) -> Option<&'static str> {
    let custom = CUSTOM.iter().find(|(other, _)| other.eq_ignore_ascii_case(name)).map(|(_, meant)| *meant);
    if let Some(meant) = custom.filter(|meant| known.contains(meant)) {
        return Some(meant);
    }
    let likeness = |known: &str| strsim::jaro_winkler(&known.to_ascii_lowercase(), &name.to_ascii_lowercase());
    let close = known.iter().map(|known| (likeness(known), *known)).filter(|(likeness, _)| *likeness > 0.9);
    close.max_by(|(a, _), (b, _)| a.total_cmp(b)).map(|(_, known)| known)
}

/// Names that the command line and other services have for the same thing.
const CUSTOM: &[(&str, &str)] = &[
    ("secretUri", "keyVaultUri"),
    ("keyVaultSecretUri", "keyVaultUri"),
    ("secretUrl", "keyVaultUri"),
    ("containerUri", "uri"),
    ("containerUrl", "uri"),
    ("url", "uri"),
    ("accessMode", "storageAccessMode"),
    ("blobName", "name"),
];

/// The keys of the object at a path, with their places. `None` when it is not an object, or unknown.
pub(super) fn keys<'t>(
    check: &mut Check<'_, 't>,
    instance: &Instance<'t>,
    path: &[&str],
) -> Option<Vec<(String, Option<Span>)>> {
    // Keys that are written out are read without the values, which may depend on more than they do.
    let literal = path.iter().try_fold(&instance.resource.body, |object, name| object.get(name));
    if let Some(object) = literal.filter(|object| !object.members().is_empty()) {
        let key = |key: &crate::syntax::expression::Expr| Some((key.as_str()?.to_owned(), Some(key.span)));
        return Some(object.members().iter().filter_map(|member| key(&member.key)).collect());
    }
    let found = check.find(instance, path);
    let object = found.value()?.as_object()?;
    Some(object.iter().map(|(key, member)| (key.to_string(), member.key_span)).collect())
}

/// How a pipeline gets at its storage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    /// Not said.
    Unsaid,
    /// With a SAS token from a vault.
    SasToken,
    /// With its identity.
    ManagedIdentity,
    /// In a way that is unknown or does not exist.
    Other,
}

impl Access {
    /// The storage access mode of a pipeline, in whatever spelling.
    pub(super) fn of<'t>(check: &mut Check<'_, 't>, instance: &Instance<'t>, endpoint: &[&str]) -> Self {
        let path = [endpoint, &["storageAccessMode"]].concat();
        let found = check.find(instance, &path);
        let Some(value) = found.value() else { return Self::Unsaid };
        if value.is_unknown() {
            check.undecided(&found);
        }
        Self::of_value(value)
    }

    /// What a storage access mode means.
    pub(super) fn of_value(mode: &Value) -> Self {
        match mode.as_str().map(str::to_ascii_lowercase).as_deref() {
            Some("") => Self::Unsaid,
            Some("sastoken" | "storage-sas-token") => Self::SasToken,
            Some("managedidentity" | "entra-mi-auth") => Self::ManagedIdentity,
            _ => Self::Other,
        }
    }
}

/// The first API version that knows `storageAccessMode`.
pub(super) const FIRST_WITH_ACCESS_MODE: &str = "2025-06-01-preview";

/// Whether an API version knows `storageAccessMode`, by its date; `None` for what is no version.
pub(super) fn knows_access_mode(version: &str) -> Option<bool> {
    Some(ApiVersion::parse(version)? >= ApiVersion::parse(FIRST_WITH_ACCESS_MODE)?)
}

/// Whether what was found is missing: absent, null or an empty string.
pub(super) fn is_missing(found: &Found) -> bool {
    found.value().is_none_or(|value| value.as_str() == Some(""))
}
