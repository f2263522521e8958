//! What the files of a run say together, for rules about one file that depend on others.

use crate::artefact::Artefact;
use crate::engine::endpoint;
use crate::engine::query::{Path, Start};
use crate::evaluate::value::Value;
use crate::evaluate::{Evaluator, Instance};

const IMPORT: &str = "Microsoft.ContainerRegistry/registries/importPipelines";
const RUN: &str = "Microsoft.ContainerRegistry/registries/pipelineRuns";

/// All that is in view.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ProjectView {
    /// The import pipelines that templates declare or answers show.
    pub import_pipelines: Vec<ImportPipeline>,
    /// The runs that export.
    pub export_runs: Vec<ExportRun>,
}

/// An import pipeline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportPipeline {
    /// The name of its container, if known.
    pub container: Option<String>,
    /// Whether its source trigger may be on.
    pub trigger: bool,
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
    pub fn add_template(&mut self, evaluator: &mut Evaluator<'_>) {
        let worlds = evaluator.explore(|evaluator| {
            let mut view = Self::default();
            for instance in evaluator.instances(&|resource| !resource.existing && resource.ty.is(IMPORT)) {
                view.import_pipelines.push(import_pipeline(evaluator, &instance));
            }
            for instance in evaluator.instances(&|resource| !resource.existing && resource.ty.is(RUN)) {
                view.export_runs.extend(export_run(evaluator, &instance));
            }
            view
        });
        for world in worlds {
            for pipeline in world.answer.import_pipelines {
                add(&mut self.import_pipelines, pipeline);
            }
            for run in world.answer.export_runs {
                add(&mut self.export_runs, run);
            }
        }
    }

    /// Adds what an answer shows.
    pub fn add_artefact(&mut self, artefact: &Artefact, text: &str) {
        for pipeline in artefact.pipelines(text).iter().filter(|pipeline| !pipeline.exports) {
            let uri = pipeline.endpoint_text("uri").map(|uri| Value::from(&*uri));
            let container = uri.as_ref().and_then(endpoint::container).as_ref().and_then(container_name);
            add(&mut self.import_pipelines, ImportPipeline { container, trigger: !pipeline.is_trigger_disabled() });
        }
        for run in artefact.runs(text).iter().filter(|run| run.exports() == Some(true)) {
            if let Some(artifacts) = run.artifacts() {
                let [blob, catalog_digest] = [run.blob(), run.catalog_digest()].map(|text| text.map(Into::into));
                add(&mut self.export_runs, ExportRun { blob, catalog_digest, artifacts });
            }
        }
    }

    /// The import pipelines that may read a container; of an unknown one, all.
    pub fn readers<'a>(&'a self, container: Option<&'a str>) -> impl Iterator<Item = &'a ImportPipeline> {
        self.import_pipelines.iter().filter(move |pipeline| match (&pipeline.container, container) {
            (Some(read), Some(container)) => read.eq_ignore_ascii_case(container),
            _ => true,
        })
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

fn import_pipeline<'t>(evaluator: &mut Evaluator<'t>, instance: &Instance<'t>) -> ImportPipeline {
    let uri = value(evaluator, instance, &["properties", "source", "uri"]);
    let status = value(evaluator, instance, &["properties", "trigger", "sourceTrigger", "status"]);
    let is_off = status.as_ref().and_then(Value::as_str).is_some_and(|status| status.eq_ignore_ascii_case("Disabled"));
    let container = uri.as_ref().and_then(endpoint::container).as_ref().and_then(container_name);
    ImportPipeline { container, trigger: !is_off }
}

fn container_name(container: &endpoint::Container) -> Option<String> {
    container.name.as_ref().and_then(Value::as_str).map(str::to_owned)
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
        let pipeline =
            |container: Option<&str>, trigger| ImportPipeline { container: container.map(str::to_owned), trigger };
        let view = ProjectView {
            import_pipelines: vec![
                pipeline(Some("transfer"), true),
                pipeline(Some("other"), false),
                pipeline(None, false),
            ],
            export_runs: Vec::new(),
        };
        let readers = |container| view.readers(container).map(|reader| reader.trigger).collect::<Vec<_>>();
        assert_eq!(readers(Some("Transfer")), [true, false]);
        assert_eq!(readers(Some("third")), [false]);
        assert_eq!(readers(None), [true, false, false]);
    }
}
