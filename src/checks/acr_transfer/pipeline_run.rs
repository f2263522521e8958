//! What a pipeline run asks for, read once for all rules about runs.

use crate::engine::check::Check;
use crate::engine::query::Found;
use crate::engine::test::{filled, without_trailing_slash};
use crate::evaluate::Instance;
use crate::evaluate::pieces::{Piece, pieces};
use crate::evaluate::resource_id::ResourceId;
use crate::evaluate::value::Value;

/// The type of registries.
pub(super) const REGISTRIES: &str = "Microsoft.ContainerRegistry/registries";
/// The type of export pipelines.
pub(super) const EXPORT_PIPELINES: &str = "Microsoft.ContainerRegistry/registries/exportPipelines";
/// The type of import pipelines.
pub(super) const IMPORT_PIPELINES: &str = "Microsoft.ContainerRegistry/registries/importPipelines";

/// Which way a pipeline goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    /// From the registry to a blob.
    Export,
    /// From a blob to the registry.
    Import,
}

impl Direction {
    /// The other one.
    pub(super) fn other(self) -> Self {
        match self {
            Self::Export => Self::Import,
            Self::Import => Self::Export,
        }
    }

    /// The type of its pipelines.
    pub(super) fn pipelines(self) -> &'static str {
        match self {
            Self::Export => EXPORT_PIPELINES,
            Self::Import => IMPORT_PIPELINES,
        }
    }

    /// Its pipelines as a message calls them.
    pub(super) fn noun(self) -> &'static str {
        match self {
            Self::Export => "an export pipeline",
            Self::Import => "an import pipeline",
        }
    }

    fn of_type(ty: &str) -> Option<Self> {
        [Self::Export, Self::Import].into_iter().find(|direction| direction.pipelines().eq_ignore_ascii_case(ty))
    }
}

/// The request of a run.
#[derive(Debug)]
pub(super) struct PipelineRun {
    /// `pipelineResourceId`.
    pub id: Found,
    /// The pipeline that it names.
    pub pipeline: Option<ResourceId>,
    /// Which way that pipeline goes.
    pub direction: Option<Direction>,
    /// `artifacts`.
    pub artifacts: Found,
    /// `source.name`.
    pub source: Found,
    /// `target.name`.
    pub target: Found,
    /// Whether a blob is named to import from.
    pub reads: Option<bool>,
    /// Whether a blob is named to export to.
    pub writes: Option<bool>,
    /// Whether artifacts are listed.
    pub lists: Option<bool>,
}

impl PipelineRun {
    /// The request of the run `instance`.
    pub(super) fn read<'t>(check: &mut Check<'_, 't>, instance: &Instance<'t>) -> Self {
        let request = |check: &mut Check<'_, 't>, names: &[&str]| {
            let path: Vec<&str> = ["properties", "request"].iter().chain(names).copied().collect();
            check.find(instance, &path)
        };
        let id = request(check, &["pipelineResourceId"]);
        let pipeline = id.value().and_then(|value| ResourceId::parse(&without_trailing_slash(value)));
        let direction = match &pipeline {
            Some(pipeline) => Direction::of_type(&pipeline.ty),
            None => id.value().and_then(direction_by_text),
        };
        let source = request(check, &["source", "name"]);
        let target = request(check, &["target", "name"]);
        let artifacts = request(check, &["artifacts"]);
        let source_type = request(check, &["source", "type"]);
        let target_type = request(check, &["target", "type"]);
        Self {
            reads: names_blob(&source, &source_type),
            writes: names_blob(&target, &target_type),
            lists: lists(&artifacts),
            id,
            pipeline,
            direction,
            artifacts,
            source,
            target,
        }
    }

    /// Whether the request asks for the way that the pipeline does not go: then nothing else is worth saying about its
    /// endpoints.
    pub(super) fn goes_the_wrong_way(&self) -> bool {
        match self.direction {
            Some(Direction::Export) => self.reads == Some(true) && self.writes == Some(false),
            Some(Direction::Import) => {
                self.reads == Some(false)
                    && (self.writes == Some(true) || (self.writes == Some(false) && self.lists == Some(true)))
            }
            None => false,
        }
    }

    /// Whether the artifacts are those of an import, which takes all that the blob holds.
    pub(super) fn ignores_artifacts(&self) -> bool {
        self.direction == Some(Direction::Import) && self.reads == Some(true) && self.writes == Some(false)
    }

    /// The pipeline's declaration, if the template has it.
    pub(super) fn declared<'t>(&self, check: &mut Check<'_, 't>) -> Option<Instance<'t>> {
        let (wanted, direction) = (self.pipeline.as_ref()?, self.direction?);
        let declared = check.resources(&[direction.pipelines()]);
        let is_wanted =
            |pipeline: &&Instance<'t>| check.evaluator.id(pipeline).and_then(|id| id.same(wanted)) == Some(true);
        declared.iter().find(is_wanted).cloned()
    }

    /// The artifacts that are known to be listed, and whether the list is known to be complete.
    pub(super) fn listed(&self) -> (Vec<Value>, bool) {
        let mut elements = Vec::new();
        let complete = self.artifacts.value().is_none_or(|value| collect(value, &mut elements, 0));
        (elements, complete)
    }
}

/// Adds the elements of an array, or those that are known of one that is put together from several.
fn collect(value: &Value, elements: &mut Vec<Value>, depth: usize) -> bool {
    if let Some(items) = value.as_array() {
        // An element that no text spells out is written where the array is.
        let written = |item: &Value| match value.origin.span {
            Some(span) => item.clone().or_at(span),
            None => item.clone(),
        };
        elements.extend(items.iter().map(written));
        return true;
    }
    if let Some(args) = value.as_term().and_then(|term| term.call("concat"))
        && depth < 16
    {
        for arg in args {
            collect(arg, elements, depth + 1);
        }
    }
    false
}

fn lists(artifacts: &Found) -> Option<bool> {
    let Some(value) = artifacts.value() else { return Some(false) };
    let mut elements = Vec::new();
    let complete = collect(value, &mut elements, 0);
    if elements.is_empty() && !complete { None } else { Some(!elements.is_empty()) }
}

/// Whether an endpoint names a blob. A name that nobody knows counts when the endpoint's type is given for good: the
/// official templates leave both empty together.
fn names_blob(name: &Found, ty: &Found) -> Option<bool> {
    match name.value() {
        None => Some(false),
        Some(value) => filled(value).or_else(|| ty.value().and_then(filled).filter(|filled| *filled)),
    }
}

/// The direction, told from the part of an id that is known.
fn direction_by_text(value: &Value) -> Option<Direction> {
    if value.as_str().is_some() {
        return None;
    }
    let row = pieces(value)?;
    [Direction::Export, Direction::Import].into_iter().find(|direction| {
        let (_, leaf) = direction.pipelines().rsplit_once('/').unwrap_or_default();
        let part = format!("/{}/", leaf.to_ascii_lowercase());
        row.iter().any(|piece| matches!(piece, Piece::Text(text) if text.to_ascii_lowercase().contains(&part)))
    })
}

/// Whether a text is shortened by its author: `sha256:0a2e01...`.
pub(super) fn is_abridged(text: &str) -> bool {
    text.contains("...") || text.contains('…')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::term::Term;

    fn call(name: &str, args: Vec<Value>) -> Value {
        Value::unknown(Term::Call { name: name.into(), args })
    }

    #[test]
    fn the_direction_is_told_from_what_is_known_of_an_id() {
        let open = call("parameters", vec![Value::from("registryId")]);
        let id = |text: &str| call("concat", vec![open.clone(), Value::from(text)]);
        assert_eq!(direction_by_text(&id("/importpipelines/pipe1")), Some(Direction::Import));
        assert_eq!(direction_by_text(&id("/exportPipelines/pipe1")), Some(Direction::Export));
        assert_eq!(direction_by_text(&id("/pipelineRuns/run1")), None);
    }
}
