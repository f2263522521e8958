//! The storage of transfer pipelines: which account and which container each of them uses.

use super::pipeline_run::{Direction, EXPORT_PIPELINES, IMPORT_PIPELINES};
use crate::engine::check::Check;
use crate::engine::endpoint::{Container, container};
use crate::engine::query::Found;
use crate::evaluate::Instance;
use crate::evaluate::resource_id::same_name;
use crate::evaluate::value::Value;

/// The type of storage accounts.
pub(super) const STORAGE_ACCOUNTS: &str = "Microsoft.Storage/storageAccounts";

/// A pipeline and where its blobs are.
#[derive(Debug)]
pub(super) struct Transfer {
    /// Which way it goes.
    pub direction: Direction,
    /// The URI of its container.
    pub uri: Found,
    /// Where that leads.
    pub container: Container,
}

impl Transfer {
    /// The storage of a pipeline; `None` when it names none.
    pub(super) fn of<'t>(check: &mut Check<'_, 't>, pipeline: &Instance<'t>) -> Option<Self> {
        let export = pipeline.resource.ty.is(EXPORT_PIPELINES);
        let end = if export { "target" } else { "source" };
        let uri = check.find(pipeline, &["properties", end, "uri"]);
        let container = container(uri.value()?)?;
        let direction = if export { Direction::Export } else { Direction::Import };
        Some(Self { direction, uri, container })
    }

    /// The storage of all pipelines that are deployed in this world.
    pub(super) fn all(check: &mut Check<'_, '_>) -> Vec<Self> {
        let pipelines = check.resources(&[EXPORT_PIPELINES, IMPORT_PIPELINES]);
        pipelines.iter().filter_map(|pipeline| Self::of(check, pipeline)).collect()
    }

    /// Whether the account is the one that the pipeline uses; `None` when that depends on what is unknown.
    pub(super) fn uses<'t>(&self, check: &mut Check<'_, 't>, account: &Instance<'t>) -> Option<bool> {
        if let Some(id) = &self.container.account_id {
            return check.evaluator.id(account)?.same(id);
        }
        let name = check.evaluator.names(account)?.pop()?;
        self.is_in(&name)
    }

    /// Whether the account of this name is the one that the pipeline uses.
    pub(super) fn is_in(&self, account: &Value) -> Option<bool> {
        same_name(self.container.account.as_ref()?, account)
    }
}

/// Whether a storage account is of a kind without blobs, which `acr-transfer-storage-kind` speaks about.
pub(super) fn holds_no_blobs<'t>(check: &mut Check<'_, 't>, account: &Instance<'t>) -> bool {
    check.text(account, &["kind"]).is_some_and(|kind| kind.eq_ignore_ascii_case("FileStorage"))
}
