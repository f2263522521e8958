//! What the files of a run say together, for rules about one file that depend on others.

use super::acr_transfer::seen_grants;
use super::script_pipelines;
use super::storage_place::Place;
use crate::artefact::Artefact;
use crate::engine::endpoint;
use crate::engine::query::{Found, Path, Start};
use crate::engine::view::{ExportRun, ProjectView, TransferPipeline};
use crate::evaluate::value::Value;
use crate::evaluate::{Evaluator, Instance};
use crate::script;
use crate::source::{FileId, Span};
use crate::template::{Resource, Template};

// In lower case, as a template has its types.
const IMPORT: &str = "microsoft.containerregistry/registries/importpipelines";
const EXPORT: &str = "microsoft.containerregistry/registries/exportpipelines";
const REGISTRY: &str = "microsoft.containerregistry/registries";
const RUN: &str = "microsoft.containerregistry/registries/pipelineruns";

impl ProjectView {
    /// Adds what a template declares, in whatever world.
    pub fn add_template(&mut self, file: FileId, evaluator: &mut Evaluator<'_>) {
        let templates = evaluator.templates();
        if !templates.iter().any(|template| template.types.contains(REGISTRY) || is_about_transfers(template)) {
            return;
        }
        self.hides_resources |= templates.iter().any(|template| template.deploys_unseen());
        let (worlds, unseen) = evaluator.explore(|evaluator| {
            let mut view = Self::default();
            let is_pipeline =
                |resource: &Resource| !resource.existing && (resource.ty.is(IMPORT) || resource.ty.is(EXPORT));
            for instance in evaluator.instances(&is_pipeline) {
                view.pipelines.push(pipeline(file, evaluator, &instance));
            }
            for instance in evaluator.instances(&|resource| !resource.existing && resource.ty.is(RUN)) {
                view.export_runs.extend(export_run(evaluator, &instance));
            }
            for instance in evaluator.instances(&|resource| !resource.existing && resource.ty.is(REGISTRY)) {
                let name = evaluator.names(&instance).and_then(|names| text_of(names.first()));
                view.registries.extend(name.map(|name| (name, instance.resource.ty.span)));
            }
            view
        });
        self.hides_resources |= unseen.count() > 0;
        for world in worlds {
            for registry in world.answer.registries {
                self.add_registry(registry);
            }
            for pipeline in world.answer.pipelines {
                self.about_transfers.insert(file);
                self.add_pipeline(pipeline);
            }
            for run in world.answer.export_runs {
                self.about_transfers.insert(file);
                self.add_export_run(run);
            }
        }
    }

    /// Adds what an answer shows.
    pub fn add_artefact(&mut self, artefact: &Artefact, text: &str) {
        let file = artefact.file;
        for pipeline in artefact.pipelines(text) {
            let Some(end) = pipeline.endpoint() else { continue };
            let uri = pipeline.endpoint_text("uri").map(|uri| Value::from(&*uri));
            let (registry, name) = pipeline.names().unzip();
            let at = end.key.span(file);
            let options = pipeline.options();
            let shown = TransferPipeline {
                file,
                at,
                is_answer: true,
                exports: pipeline.exports,
                registry,
                name,
                place: uri.as_ref().map(place).unwrap_or_default(),
                uri: uri.map(|_| at),
                secret: None,
                secret_at: None,
                uses_identity: false,
                user_assigned: None,
                trigger: !pipeline.exports && !pipeline.is_trigger_disabled(),
                deletes: false,
                options: Some(options),
                options_at: at,
                is_beside_grants: false,
            };
            self.add_pipeline(shown);
        }
        for run in artefact.runs(text).iter().filter(|run| run.exports() == Some(true)) {
            if let (Some(artifacts), Some(at)) = (run.artifacts(), run.request_key()) {
                let [blob, catalog_digest] = [run.blob(), run.catalog_digest()].map(|text| text.map(Into::into));
                self.add_export_run(ExportRun { blob, catalog_digest, artifacts, at: at.span(file) });
            }
        }
    }

    /// Adds what scripts do.
    pub fn add_scripts(&mut self, file: FileId, text: &str, found: &script::Found) {
        for pipeline in script_pipelines::created(file, found) {
            self.add_pipeline(pipeline);
        }
        for run in script_pipelines::export_runs(found) {
            self.add_export_run(run);
        }
        for registry in script_pipelines::registries(found) {
            self.add_registry(registry);
        }
        for grant in seen_grants(file, found) {
            if !self.grants.contains(&grant) {
                self.grants.push(grant);
            }
        }
        if script_pipelines::is_about_transfers(found, text) {
            self.about_transfers.insert(file);
        }
        self.uploads |= script_pipelines::uploads(found);
        self.hides_resources |= script_pipelines::deploys_unseen(found);
    }

    /// Adds what another view has.
    pub fn append(&mut self, other: Self) {
        other.pipelines.into_iter().for_each(|pipeline| self.add_pipeline(pipeline));
        other.export_runs.into_iter().for_each(|run| self.add_export_run(run));
        other.registries.into_iter().for_each(|registry| self.add_registry(registry));
        self.hides_resources |= other.hides_resources;
        for grant in other.grants {
            if !self.grants.contains(&grant) {
                self.grants.push(grant);
            }
        }
        self.about_transfers.extend(other.about_transfers);
        self.uploads |= other.uploads;
    }

    // The same thing may be declared in several worlds, always at the same place.

    fn add_pipeline(&mut self, pipeline: TransferPipeline) {
        if self.places.insert(pipeline.at) || !self.pipelines.contains(&pipeline) {
            self.pipelines.push(pipeline);
        }
    }

    fn add_export_run(&mut self, run: ExportRun) {
        if self.places.insert(run.at) || !self.export_runs.contains(&run) {
            self.export_runs.push(run);
        }
    }

    fn add_registry(&mut self, registry: (String, Span)) {
        if self.places.insert(registry.1) || !self.registries.contains(&registry) {
            self.registries.push(registry);
        }
    }
}

/// Whether a template has transfer resources, those of nested templates included.
pub fn is_about_transfers(template: &Template) -> bool {
    [EXPORT, IMPORT, RUN].iter().any(|ty| template.types.contains(*ty))
}

/// Whether a template may give access to blobs or secrets.
fn gives_access(template: &Template) -> bool {
    let mut types = template.types.iter();
    types.any(|ty| ty.ends_with("/roleassignments") || ty.starts_with("microsoft.keyvault/vaults"))
}

fn find<'t>(evaluator: &mut Evaluator<'t>, instance: &Instance<'t>, names: &[&str]) -> Found {
    let found = Path::of_names(names).find(evaluator, &Start::Resource(instance));
    found.into_iter().next().unwrap_or(Found::Absent { holder: instance.resource.ty.span })
}

fn value<'t>(evaluator: &mut Evaluator<'t>, instance: &Instance<'t>, names: &[&str]) -> Option<Value> {
    find(evaluator, instance, names).value().cloned()
}

fn pipeline<'t>(file: FileId, evaluator: &mut Evaluator<'t>, instance: &Instance<'t>) -> TransferPipeline {
    let exports = instance.resource.ty.is(EXPORT);
    let end = if exports { "target" } else { "source" };
    let uri = value(evaluator, instance, &["properties", end, "uri"]);
    let key_vault_uri = value(evaluator, instance, &["properties", end, "keyVaultUri"]);
    let mode = value(evaluator, instance, &["properties", end, "storageAccessMode"]);
    let identity = value(evaluator, instance, &["identity", "type"]);
    let status = value(evaluator, instance, &["properties", "trigger", "sourceTrigger", "status"]);
    let options = find(evaluator, instance, &["properties", "options"]);
    let is = |value: &Value, text: &str| value.as_str().is_some_and(|value| value.eq_ignore_ascii_case(text));
    let secret = key_vault_uri.as_ref().and_then(endpoint::secret);
    let names = evaluator.names(instance).unwrap_or_default();
    let at = instance.resource.ty.span;
    TransferPipeline {
        file,
        at,
        is_answer: false,
        exports,
        registry: text_of(names.first()),
        name: text_of(names.get(1)),
        place: uri.as_ref().map(place).unwrap_or_default(),
        uri: uri.as_ref().and_then(|uri| uri.origin.span),
        secret: secret.map(|secret| (text_of(secret.vault.as_ref()), text_of(secret.name.as_ref()))),
        secret_at: key_vault_uri.and_then(|uri| uri.origin.span),
        uses_identity: mode.is_some_and(|mode| is(&mode, "ManagedIdentity")),
        user_assigned: identity.filter(|ty| is(ty, "UserAssigned")).map(|ty| ty.origin.span.unwrap_or(at)),
        trigger: !exports && !status.is_some_and(|status| is(&status, "Disabled")),
        deletes: options
            .value()
            .and_then(Value::as_array)
            .is_some_and(|options| options.iter().any(|option| is(option, "DeleteSourceBlobOnSuccess"))),
        is_beside_grants: evaluator.templates().into_iter().any(gives_access),
        options_at: options.key().unwrap_or(at),
        options: match options.value() {
            None => Some(Vec::new()),
            Some(value) if value.is_null() => Some(Vec::new()),
            Some(value) => value.as_array().and_then(|all| all.iter().map(|one| text_of(Some(one))).collect()),
        },
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
    let at = instance.resource.ty.span;
    (artifacts > 0).then_some(ExportRun { blob: Some(blob), catalog_digest: None, artifacts, at })
}
