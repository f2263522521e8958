//! The pipeline that a run names, where another file declares it: certain only where registry and name are known.

use super::cli::Call;
use super::flags::{PIPELINE, REGISTRY};
use super::pipeline_run::{Direction, PipelineRun};
use crate::checks::FileCheck;
use crate::engine::check::Check;
use crate::engine::place::same;
use crate::engine::view::{ProjectView, TransferPipeline, is_known_same};
use crate::evaluate::value::Value;
use crate::source::{FileId, Sources, Span};

/// What a run, or a command that asks for it, says of a pipeline.
#[derive(Debug, Clone)]
pub(super) struct Wanted {
    /// Whether it exports.
    pub exports: bool,
    /// Its registry.
    pub registry: String,
    /// Its name.
    pub name: String,
}

/// Where to look for it.
#[derive(Debug, Clone, Copy)]
pub(super) struct View<'a> {
    /// What the files say together.
    pub project: &'a ProjectView,
    sources: &'a Sources,
    file: FileId,
    /// A script may stand in the file of the template that has its pipeline.
    with_own_file: bool,
}

impl Wanted {
    /// The pipeline of a run in a template, unless the template has it itself.
    pub(super) fn of_run(check: &mut Check<'_, '_>, run: &PipelineRun) -> Option<Self> {
        let pipeline = run.pipeline.as_ref()?;
        let [registry, name] = [pipeline.names.first(), pipeline.names.get(1)].map(|name| name.and_then(Value::as_str));
        let wanted = Self {
            exports: run.direction? == Direction::Export,
            registry: registry?.to_owned(),
            name: name?.to_owned(),
        };
        run.declared(check).is_none().then_some(wanted)
    }

    /// The pipeline of a run that a command starts.
    pub(super) fn of_call(call: &Call<'_>) -> Option<Self> {
        Some(Self { exports: call.exports()?, registry: call.text(REGISTRY)?, name: call.text(PIPELINE)? })
    }

    /// Whether a pipeline in another file may be it.
    pub(super) fn may_be_elsewhere(&self, view: View<'_>) -> bool {
        view.project.pipelines.iter().any(|pipeline| pipeline.file != view.file && self.may_be(pipeline))
    }

    /// Whether a pipeline may be it. One of which nothing is known is most likely another one.
    fn may_be(&self, pipeline: &TransferPipeline) -> bool {
        let (registry, name) = (Some(&*self.registry), Some(&*self.name));
        pipeline.exports == self.exports
            && pipeline.may_be(registry, name)
            && (is_known_same(pipeline.registry.as_deref(), registry) || is_known_same(pipeline.name.as_deref(), name))
    }

    /// The declaration, as it is in each world of its file.
    pub(super) fn declared<'a>(&self, view: View<'a>) -> Vec<&'a TransferPipeline> {
        self.find(view, self.exports)
    }

    /// The pipeline of this name that goes the other way, if there is none that goes this one.
    pub(super) fn other_way<'a>(&self, view: View<'a>) -> Option<&'a TransferPipeline> {
        if view.project.pipelines.iter().any(|pipeline| self.may_be(pipeline)) {
            return None;
        }
        self.find(view, !self.exports).into_iter().next()
    }

    /// Where its registry is made, when all of the pipelines that are declared for it are other ones, with the name of
    /// that which is most like it.
    pub(super) fn missed<'a>(&self, view: View<'a>) -> Option<(Span, Option<&'a str>)> {
        let (registry, name) = (Some(&*self.registry), Some(&*self.name));
        let declared = || view.project.pipelines.iter().filter(|pipeline| !pipeline.is_answer);
        let is_made = view.project.registries.iter().find(|(made, _)| is_known_same(Some(made), registry));
        if view.project.hides_resources || declared().any(|pipeline| pipeline.may_be(registry, name)) {
            return None;
        }
        let of_registry = declared().filter(|pipeline| is_known_same(pipeline.registry.as_deref(), registry));
        let names: Vec<&str> =
            of_registry.filter(|pipeline| pipeline.exports == self.exports).filter_map(|p| p.name.as_deref()).collect();
        let (_, at) = is_made.filter(|_| !names.is_empty())?;
        Some((*at, most_like(&self.name, names)))
    }

    fn find<'a>(&self, view: View<'a>, exports: bool) -> Vec<&'a TransferPipeline> {
        let is_it = |pipeline: &TransferPipeline| {
            !pipeline.is_answer && pipeline.exports == exports && pipeline.is(Some(&self.registry), Some(&self.name))
        };
        let mut found = view.project.meant(view.sources, view.file, is_it);
        found.retain(|pipeline| view.with_own_file || pipeline.file != view.file);
        let is_one = found.windows(2).all(|pair| matches!(pair, [a, b] if a.at == b.at && a.file == b.file));
        if is_one { found } else { Vec::new() }
    }
}

impl<'a> View<'a> {
    /// What a rule about a file sees.
    pub(super) fn of_file(check: &FileCheck<'a>) -> Self {
        Self { project: check.project, sources: check.sources, file: check.file, with_own_file: true }
    }

    /// What a rule about a resource sees.
    pub(super) fn of_resource(check: &Check<'a, '_>) -> Self {
        Self { project: check.project, sources: check.sources, file: check.file(), with_own_file: false }
    }
}

/// The one of these names that is most like `name`, if one is much like it.
pub(super) fn most_like<'a>(name: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let likeness = |other: &str| strsim::jaro_winkler(&other.to_ascii_lowercase(), &name.to_ascii_lowercase());
    let like = names.into_iter().map(|other| (likeness(other), other)).filter(|(likeness, _)| *likeness > 0.85);
    like.max_by(|(a, _), (b, _)| a.total_cmp(b)).map(|(_, other)| other)
}

/// The name of the container of a declared pipeline, when it is the same in each world.
pub(super) fn container<'a>(declared: &[&'a TransferPipeline]) -> Option<(&'a str, &'a TransferPipeline)> {
    let first = declared.first()?;
    let name = first.place.container.as_deref()?;
    let is_same = |other: &&TransferPipeline| same(other.place.container.as_deref(), Some(name)) == Some(true);
    declared.iter().all(is_same).then_some((name, *first))
}
