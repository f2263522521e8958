//! What the files of a run say together, for rules about one file that depend on others.

use std::collections::BTreeSet;

use super::script_pipelines;
use super::storage_place::{Place, same};
use crate::artefact::Artefact;
use crate::engine::endpoint;
use crate::engine::query::{Path, Start};
use crate::evaluate::value::Value;
use crate::evaluate::{Evaluator, Instance};
use crate::script::Found;
use crate::source::{FileId, Span};
use crate::template::Resource;

const IMPORT: &str = "Microsoft.ContainerRegistry/registries/importPipelines";
const EXPORT: &str = "Microsoft.ContainerRegistry/registries/exportPipelines";
const RUN: &str = "Microsoft.ContainerRegistry/registries/pipelineRuns";

/// All that is in view.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ProjectView {
    /// The pipelines that templates declare, scripts create or answers show.
    pub pipelines: Vec<TransferPipeline>,
    /// The runs that export.
    pub export_runs: Vec<ExportRun>,
    /// The files that are about transfers.
    pub about_transfers: BTreeSet<FileId>,
    /// Whether a script uploads files to a container.
    pub uploads: bool,
}

/// A pipeline.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TransferPipeline {
    /// Whether it exports; else it imports.
    pub exports: bool,
    /// Its storage account and container, as far as they are known.
    pub place: Place,
    /// Where its container is written.
    pub uri: Option<Span>,
    /// The secret with its SAS: the names of the vault and of the secret, as far as they are known.
    pub secret: Option<(Option<String>, Option<String>)>,
    /// Whether it uses its managed identity for the storage account.
    pub uses_identity: bool,
    /// Whether its source trigger may be on.
    pub trigger: bool,
    /// Whether it deletes the blobs that it has read.
    pub deletes: bool,
}

/// A run that exports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportRun {
    /// The name of the blob that it writes, if known.
    pub blob: Option<String>,
    /// The digest of the blob's catalog, if known.
    pub catalog_digest: Option<String>,
    /// How many artifacts it exports.
    pub artifacts: usize,
}

impl ProjectView {
    /// Adds what a template declares, in whatever world.
    pub fn add_template(&mut self, file: FileId, evaluator: &mut Evaluator<'_>) {
        let worlds = evaluator.explore(|evaluator| {
            let mut view = Self::default();
            let is_pipeline =
                |resource: &Resource| !resource.existing && (resource.ty.is(IMPORT) || resource.ty.is(EXPORT));
            for instance in evaluator.instances(&is_pipeline) {
                view.pipelines.push(pipeline(evaluator, &instance));
            }
            for instance in evaluator.instances(&|resource| !resource.existing && resource.ty.is(RUN)) {
                view.export_runs.extend(export_run(evaluator, &instance));
            }
            view
        });
        for world in worlds {
            for pipeline in world.answer.pipelines {
                self.about_transfers.insert(file);
                add(&mut self.pipelines, pipeline);
            }
            for run in world.answer.export_runs {
                self.about_transfers.insert(file);
                add(&mut self.export_runs, run);
            }
        }
    }

    /// Adds what an answer shows.
    pub fn add_artefact(&mut self, artefact: &Artefact, text: &str) {
        for pipeline in artefact.pipelines(text) {
            let uri = pipeline.endpoint_text("uri").map(|uri| Value::from(&*uri));
            let shown = TransferPipeline {
                exports: pipeline.exports,
                place: uri.as_ref().map(place).unwrap_or_default(),
                trigger: !pipeline.exports && !pipeline.is_trigger_disabled(),
                ..TransferPipeline::default()
            };
            add(&mut self.pipelines, shown);
        }
        for run in artefact.runs(text).iter().filter(|run| run.exports() == Some(true)) {
            if let Some(artifacts) = run.artifacts() {
                let [blob, catalog_digest] = [run.blob(), run.catalog_digest()].map(|text| text.map(Into::into));
                add(&mut self.export_runs, ExportRun { blob, catalog_digest, artifacts });
            }
        }
    }

    /// Adds what scripts do.
    pub fn add_scripts(&mut self, file: FileId, text: &str, found: &Found) {
        for pipeline in script_pipelines::created(found) {
            add(&mut self.pipelines, pipeline);
        }
        for run in script_pipelines::export_runs(found) {
            add(&mut self.export_runs, run);
        }
        if script_pipelines::is_about_transfers(found, text) {
            self.about_transfers.insert(file);
        }
        self.uploads |= script_pipelines::uploads(found);
    }

    /// The import pipelines that may read a container; of an unknown one, all.
    pub fn readers<'a>(&'a self, container: Option<&'a str>) -> impl Iterator<Item = &'a TransferPipeline> {
        let imports = self.pipelines.iter().filter(|pipeline| !pipeline.exports);
        imports.filter(move |pipeline| same(pipeline.place.container.as_deref(), container) != Some(false))
    }
}

fn add<T: PartialEq>(list: &mut Vec<T>, item: T) {
    if !list.contains(&item) {
        list.push(item);
    }
}

fn value<'t>(evaluator: &mut Evaluator<'t>, instance: &Instance<'t>, names: &[&str]) -> Option<Value> {
    let found = Path::of_names(names).find(evaluator, &Start::Resource(instance));
    found.first().and_then(|found| found.value().cloned())
}

fn pipeline<'t>(evaluator: &mut Evaluator<'t>, instance: &Instance<'t>) -> TransferPipeline {
    let exports = instance.resource.ty.is(EXPORT);
    let end = if exports { "target" } else { "source" };
    let uri = value(evaluator, instance, &["properties", end, "uri"]);
    let secret = value(evaluator, instance, &["properties", end, "keyVaultUri"]);
    let mode = value(evaluator, instance, &["properties", end, "storageAccessMode"]);
    let status = value(evaluator, instance, &["properties", "trigger", "sourceTrigger", "status"]);
    let options = value(evaluator, instance, &["properties", "options"]);
    let is = |value: &Value, text: &str| value.as_str().is_some_and(|value| value.eq_ignore_ascii_case(text));
    let secret = secret.as_ref().and_then(endpoint::secret);
    TransferPipeline {
        exports,
        place: uri.as_ref().map(place).unwrap_or_default(),
        uri: uri.as_ref().and_then(|uri| uri.origin.span),
        secret: secret.map(|secret| (text_of(secret.vault.as_ref()), text_of(secret.name.as_ref()))),
        uses_identity: mode.is_some_and(|mode| is(&mode, "ManagedIdentity")),
        trigger: !exports && !status.is_some_and(|status| is(&status, "Disabled")),
        deletes: options
            .as_ref()
            .and_then(Value::as_array)
            .is_some_and(|options| options.iter().any(|option| is(option, "DeleteSourceBlobOnSuccess"))),
    }
}

fn text_of(value: Option<&Value>) -> Option<String> {
    value.and_then(Value::as_str).map(str::to_owned)
}

/// Where the URI of a container leads.
fn place(uri: &Value) -> Place {
    let Some(container) = endpoint::container(uri) else { return Place::default() };
    Place { account: text_of(container.account.as_ref()), container: text_of(container.name.as_ref()), blob: None }
}

fn export_run<'t>(evaluator: &mut Evaluator<'t>, instance: &Instance<'t>) -> Option<ExportRun> {
    let artifacts = value(evaluator, instance, &["properties", "request", "artifacts"])?.as_array()?.len();
    let blob = value(evaluator, instance, &["properties", "request", "target", "name"]);
    let blob = blob.as_ref().and_then(Value::as_str).filter(|name| !name.is_empty())?.to_owned();
    (artifacts > 0).then_some(ExportRun { blob: Some(blob), catalog_digest: None, artifacts })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_container_is_read_by_the_pipelines_that_may_read_it() {
        let pipeline = |container: Option<&str>, trigger| TransferPipeline {
            place: Place { container: container.map(str::to_owned), ..Place::default() },
            trigger,
            ..TransferPipeline::default()
        };
        let pipelines = vec![pipeline(Some("transfer"), true), pipeline(Some("other"), false), pipeline(None, false)];
        let view = ProjectView { pipelines, ..ProjectView::default() };
        let readers = |container| view.readers(container).map(|reader| reader.trigger).collect::<Vec<_>>();
        assert_eq!(readers(Some("Transfer")), [true, false]);
        assert_eq!(readers(Some("third")), [false]);
        assert_eq!(readers(None), [true, false, false]);
    }
}
