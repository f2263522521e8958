//! What a run was asked about, or came across, and did not look into.

use super::{Project, TemplateEntry};
use crate::source::{FileId, Sources, Span};
use crate::template::{NestedTemplate, Resource, Template};

/// Something that was not analysed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Omitted {
    /// What it is.
    pub kind: Omission,
    /// What it is called, as it is written; of a file its path.
    pub name: String,
    /// Where it is spoken of; of a file that was read its beginning.
    pub place: Option<Span>,
}

/// What kind of thing was not analysed, and why. The kinds are in the order of reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Omission {
    /// A module of a registry that the cache does not hold.
    Module,
    /// A template spec that the cache does not hold.
    TemplateSpec,
    /// A template at a URI, or at a path that is known only at deployment.
    LinkedTemplate,
    /// A template that an expression makes.
    NestedTemplate,
    /// A parameter file that belongs to no template in view.
    ParameterFile,
    /// A script that something runs, but that is not among what can be read.
    Script,
    /// A file that becomes YAML, JSON or Bicep only when Helm, Jinja or the like have filled it in.
    Unfilled,
    /// A file of another tool that speaks of transfers: Terraform, Ansible, GitLab.
    ForeignTool,
    /// Values of loops, matrices and parameters that are too many to look at.
    Values,
    /// A link in a folder that leads nowhere, or out of the repository.
    Link,
    /// A file that was named and is nothing that is analysed.
    Unrecognised,
}

impl Omission {
    /// The name that programs know it by.
    pub fn id(self) -> &'static str {
        match self {
            Self::Module => "module",
            Self::TemplateSpec => "templateSpec",
            Self::LinkedTemplate => "linkedTemplate",
            Self::NestedTemplate => "nestedTemplate",
            Self::ParameterFile => "parameterFile",
            Self::Script => "script",
            Self::Unfilled => "unfilled",
            Self::ForeignTool => "foreignTool",
            Self::Values => "values",
            Self::Link => "link",
            Self::Unrecognised => "unrecognised",
        }
    }

    /// What brings it into view.
    pub fn hint(self) -> Option<&'static str> {
        match self {
            Self::Module | Self::TemplateSpec => Some("`bicep restore FILE` fetches what a Bicep file names"),
            _ => None,
        }
    }

    /// What people call one of it, or several.
    pub fn words(self, count: usize) -> &'static str {
        let (one, several) = match self {
            Self::Module => ("module not in view", "modules not in view"),
            Self::TemplateSpec => ("template spec not in view", "template specs not in view"),
            Self::LinkedTemplate => ("linked template not in view", "linked templates not in view"),
            Self::NestedTemplate => {
                ("nested template that an expression makes", "nested templates that expressions make")
            }
            Self::ParameterFile => (
                "parameter file that belongs to no template in view",
                "parameter files that belong to no template in view",
            ),
            Self::Script => ("script not in view", "scripts not in view"),
            Self::Unfilled => {
                ("template that is filled in later (Helm, Jinja)", "templates that are filled in later (Helm, Jinja)")
            }
            Self::ForeignTool => ("file of a tool that is not read", "files of tools that are not read"),
            Self::Values => ("group of values that are too many", "groups of values that are too many"),
            Self::Link => (
                "link that leads nowhere, or out of the repository",
                "links that lead nowhere, or out of the repository",
            ),
            Self::Unrecognised => ("file of an unknown kind", "files of an unknown kind"),
        };
        if count == 1 { one } else { several }
    }
}

impl Omitted {
    /// A file that was read, by its path.
    pub fn file(kind: Omission, file: FileId, sources: &Sources) -> Self {
        Self { kind, name: sources.file(file).path().to_owned(), place: Some(Span::new(file, 0, 0)) }
    }

    /// The template that is named at `span`; of this `kind`, unless the name shows another.
    pub(super) fn template(kind: Omission, span: Span, sources: &Sources) -> Self {
        let name = sources.text(span).trim_matches(['\'', '"']);
        let kind = if ["br:", "br/"].iter().any(|scheme| name.starts_with(scheme)) {
            Omission::Module
        } else if ["ts:", "ts/"].iter().any(|scheme| name.starts_with(scheme)) {
            Omission::TemplateSpec
        } else {
            kind
        };
        Self { kind, name: name.to_owned(), place: Some(span) }
    }
}

impl Project {
    /// Adds the templates that those in view deploy and that are not in view themselves.
    pub(super) fn name_unseen_templates(&mut self) {
        for TemplateEntry { template, .. } in &self.templates {
            collect(template, &self.sources, &mut self.omitted);
        }
    }
}

/// Adds what `template`, and the templates written in it, deploy from elsewhere.
fn collect(template: &Template, sources: &Sources, omitted: &mut Vec<Omitted>) {
    for resource in &template.resources {
        match resource.deployment.as_ref().map(|nested| &nested.template) {
            Some(NestedTemplate::Elsewhere(span)) => omitted.push(elsewhere(resource, *span, sources)),
            Some(NestedTemplate::Inline(inner)) => collect(inner, sources, omitted),
            Some(NestedTemplate::File(_)) | None => {}
        }
    }
}

/// The template of `resource`, which is written at `span` or said there to be elsewhere.
fn elsewhere(resource: &Resource, span: Span, sources: &Sources) -> Omitted {
    let link = resource.body.get("properties").and_then(|properties| properties.get("templateLink"));
    let said = |key: &str| link.and_then(|link| link.get(key));
    if let Some(uri) = said("uri") {
        Omitted::template(Omission::LinkedTemplate, uri.span, sources)
    } else if let Some(id) = said("id") {
        Omitted::template(Omission::TemplateSpec, id.span, sources)
    } else {
        // What is written over several lines is no name for itself.
        let is_name = !sources.text(span).contains('\n');
        let named = if is_name { span } else { resource.name().map_or(span, |name| name.span) };
        Omitted { place: Some(span), ..Omitted::template(Omission::NestedTemplate, named, sources) }
    }
}

/// Sorts by kind and name, and keeps of each the first place: of a module in all files, of anything else in each, since
/// what its name means is known there. `sources` are the texts that the places are in.
pub fn sort(omitted: &mut Vec<Omitted>, sources: &Sources) {
    let path = |span: Span| (sources.file(span.file).path().to_owned(), span.start);
    omitted.sort_by_cached_key(|it| (it.kind, it.name.clone(), it.place.map(path)));
    omitted.dedup_by(|later, kept| {
        let is_absolute = matches!(kept.kind, Omission::Module | Omission::TemplateSpec);
        let file = |it: &Omitted| it.place.map(|span| span.file);
        later.kind == kept.kind && later.name == kept.name && (is_absolute || file(later) == file(kept))
    });
}
