//! Resource types: compared without regard to ASCII case and to a trailing slash.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use super::{NestedTemplate, Resource};
use crate::source::Span;

/// The type of resources that deploy templates.
pub(super) const DEPLOYMENTS: &str = "Microsoft.Resources/deployments";

/// The type of resources that deploy templates and keep what they have deployed together.
pub(super) const DEPLOYMENT_STACKS: &str = "Microsoft.Resources/deploymentStacks";

/// The full type of a resource and where its own part is written.
#[derive(Debug, Clone)]
pub struct ResourceType {
    folded: Arc<str>,
    written: Arc<str>,
    extends: Option<Arc<str>>,
    in_parent: Option<usize>,
    /// Where the type is written. In Bicep, where type and API version share one string, the type's part of it.
    pub span: Span,
}

impl ResourceType {
    /// The type `written` at `span`, below `parent` if it is written inside that resource.
    pub fn new(written: &str, parent: Option<&Self>, span: Span) -> Self {
        let own = written.trim_end_matches('/');
        let (full, in_parent): (Cow<'_, str>, _) = match parent {
            Some(parent) if !own.contains('.') => {
                let segments = own.split('/').filter(|segment| !segment.is_empty()).count();
                (format!("{}/{own}", parent.written).into(), Some(segments))
            }
            _ => (own.into(), None),
        };
        let folded = full.to_ascii_lowercase();
        match folded.find("/providers/") {
            // `Microsoft.X/things/providers/roleAssignments`: the provider's name stands in the resource's name; only
            // this one type is worth guessing it for.
            Some(at) if &folded[at..] == "/providers/roleassignments" => {
                let written = "Microsoft.Authorization/roleAssignments";
                let (folded, extends) = (written.to_ascii_lowercase().into(), Some(full[..at].into()));
                Self { folded, written: written.into(), extends, in_parent, span }
            }
            _ => Self { folded: folded.into(), written: full.into(), extends: None, in_parent, span },
        }
    }

    /// The type of a resource that an extension manages, called with its version: `core/Service@v1`.
    pub fn of_extension(written: &str, parent: Option<&Self>, span: Span) -> Self {
        let full = match parent.map(|parent| parent.written.split_once('@').unwrap_or((&parent.written, ""))) {
            None => written.to_owned(),
            // Without a version of its own, a nested resource has that of the one around it.
            Some((base, version)) if !written.contains('@') => format!("{base}/{written}@{version}"),
            Some((base, _)) => format!("{base}/{written}"),
        };
        Self { folded: full.to_ascii_lowercase().into(), written: full.into(), extends: None, in_parent: None, span }
    }

    /// The type of the resource that this one extends, when the type itself says so.
    pub fn extends(&self) -> Option<&str> {
        self.extends.as_deref()
    }

    /// How many segments its own part has where it continues the type of the resource that it is written in.
    pub fn segments_in_parent(&self) -> Option<usize> {
        self.in_parent
    }

    /// The type in lower case: the key to compare and to index by.
    pub fn folded(&self) -> &str {
        &self.folded
    }

    /// Whether this is the type `name`, without regard to ASCII case.
    pub fn is(&self, name: &str) -> bool {
        self.folded.eq_ignore_ascii_case(name)
    }

    /// Whether resources of this type deploy templates.
    pub fn deploys(&self) -> bool {
        self.is(DEPLOYMENTS) || self.is_stack()
    }

    /// Whether this is the type of deployment stacks, to which a template is a property like others.
    pub fn is_stack(&self) -> bool {
        self.is(DEPLOYMENT_STACKS)
    }

    /// Whether this is the type of children of resources of the type `parent`.
    pub fn is_below(&self, parent: &Self) -> bool {
        self.folded.strip_prefix(&*parent.folded).is_some_and(|rest| rest.starts_with('/'))
    }

    /// Number of parts of the resource's name: one for the type itself, one for each parent, and for a type that says
    /// what it extends also those of the other resource and of the provider.
    pub fn depth(&self) -> usize {
        let extended = self.extends.as_ref().map_or(0, |base| base.matches('/').count() + 1);
        self.folded.matches('/').count().max(1) + extended
    }

    /// The last part: `exportPipelines` of `Microsoft.ContainerRegistry/registries/exportPipelines`.
    pub fn leaf(&self) -> &str {
        self.written.rsplit('/').next().unwrap_or(&self.written)
    }
}

/// The types of resources in lower case, with those of the templates that are nested in these.
pub(super) fn types_of(resources: &[Resource]) -> BTreeSet<Arc<str>> {
    let nested = resources.iter().filter_map(|resource| match &resource.deployment.as_ref()?.template {
        NestedTemplate::Inline(inner) => Some(&inner.types),
        NestedTemplate::File(_) | NestedTemplate::Elsewhere(_) => None,
    });
    resources.iter().map(|resource| &resource.ty.folded).chain(nested.flatten()).cloned().collect()
}

impl fmt::Display for ResourceType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.written)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::FileId;

    #[test]
    fn case_and_a_trailing_slash_do_not_matter() {
        let span = Span::new(FileId(0), 0, 1);
        let ty = ResourceType::new("Microsoft.ContainerRegistry/Registries/exportPipelines/", None, span);
        assert!(ty.is("microsoft.containerregistry/registries/exportpipelines"));
        assert_eq!((ty.depth(), ty.leaf()), (2, "exportPipelines"));
        let child =
            ResourceType::new("replications", Some(&ResourceType::new("Microsoft.X/registries", None, span)), span);
        assert_eq!(child.to_string(), "Microsoft.X/registries/replications");
    }
}
