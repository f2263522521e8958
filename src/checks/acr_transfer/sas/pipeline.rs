//! The pipelines of a template that read a SAS from a key vault, and which secret and container each one names.

use crate::engine::check::Check;
use crate::engine::endpoint::{self, Container, Secret};
use crate::engine::query::Found;
use crate::evaluate::Instance;
use crate::evaluate::resource_id::same_name;
use crate::evaluate::value::Value;

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

/// The pipelines that read their SAS from a key vault, in the present world.
pub(in crate::checks::acr_transfer) fn pipelines(check: &mut Check<'_, '_>) -> Vec<Pipeline> {
    let mut found = Vec::new();
    for instance in check.resources(&[EXPORT, IMPORT]).iter() {
        found.extend(Pipeline::of(check, instance));
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
            container: uri.as_ref().and_then(endpoint::container),
            secret: key_vault_uri.value().and_then(endpoint::secret),
            key_vault_uri,
            trigger: !is_export
                && status
                    .as_ref()
                    .is_none_or(|status| status.as_str().is_some_and(|status| status.eq_ignore_ascii_case("Enabled"))),
            delete: options.as_ref().and_then(Value::as_array).is_some_and(|options| options.iter().any(deletes)),
        })
    }

    /// Whether the pipeline reads this secret; `None` when that can't be known.
    pub(in crate::checks::acr_transfer) fn reads(&self, vault: &Value, name: &Value) -> Option<bool> {
        if self.key_vault_uri.value().is_none() {
            return Some(false);
        }
        let same = |a: &Option<Value>, b: &Value| a.as_ref().and_then(|a| same_name(a, b));
        let secret = self.secret.as_ref()?;
        match (same(&secret.vault, vault), same(&secret.name, name)) {
            (Some(false), _) | (_, Some(false)) => Some(false),
            (Some(true), Some(true)) => Some(true),
            _ => None,
        }
    }
}

impl Direction {
    /// The direction that the name of a secret or variable tells: `acrexportsas`, `acrimportsas`.
    pub(in crate::checks::acr_transfer) fn from_name(name: &str) -> Option<Self> {
        // Who exports, what is exported and what is important is another matter.
        let mut name = name.to_ascii_lowercase();
        for other in ["exporter", "exported", "importer", "imported", "important"] {
            name = name.replace(other, "");
        }
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
