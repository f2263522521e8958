//! Extensions of the language: which of them manages a resource.

use super::{Lowering, string};
use crate::source::Span;
use crate::syntax::bicep::{ExtensionSource, StatementKind};
use crate::syntax::expression::Expr;
use crate::template::ResourceType;

/// The extension that stands for Azure Resource Manager itself, declared or not.
const AZURE: &str = "az";

/// An extension that a file declares.
struct Extension<'a> {
    /// What it is called here.
    alias: &'a str,
    span: Span,
    /// A name from the configuration, or the place to fetch it from.
    source: &'a str,
}

impl Extension<'_> {
    fn is_azure(&self) -> bool {
        self.alias == AZURE || self.source == AZURE
    }

    fn speaks_of_graph(&self) -> bool {
        [self.alias, self.source].iter().any(|text| text.to_ascii_lowercase().contains("graph"))
    }
}

impl<'a> Lowering<'a> {
    /// The extension that a resource's type may name first, and the type: `k8s:core/Service@v1`.
    pub(super) fn qualified<'w>(&self, written: &'w str) -> (Option<&'w str>, &'w str) {
        match written.split_once(':') {
            Some((alias, own)) if alias == AZURE || self.extensions().any(|extension| extension.alias == alias) => {
                (Some(alias), own)
            }
            _ => (None, written),
        }
    }

    /// The extension that manages resources of a type: those of Azure Resource Manager itself have none, and their
    /// providers' names have a dot.
    pub(super) fn extension_of(&self, named: Option<&str>, ty: &ResourceType) -> Option<Expr> {
        let provider = ty.folded().split('/').next().unwrap_or_default();
        let is_graph = provider == "microsoft.graph";
        let mut others = self.extensions().filter(|extension| !extension.is_azure());
        let found = match named {
            Some(named) => others.find(|extension| extension.alias == named),
            None if provider.contains('.') && !is_graph => None,
            // Which types an extension has is not known here.
            None => {
                let others: Vec<_> = others.collect();
                let likely = others.iter().position(|extension| extension.speaks_of_graph() == is_graph);
                others.into_iter().nth(likely.unwrap_or(0))
            }
        };
        found.map(|extension| string(extension.alias, extension.span))
    }

    /// Whether an extension manages the resource, by its index in its file.
    pub(super) fn is_of_extension(&self, mut declared: usize) -> bool {
        let unit = &self.units[0];
        while let Some(outer) = unit.declared[declared].outer {
            declared = outer;
        }
        let StatementKind::Resource { resource_type, .. } = &unit.declared[declared].statement.kind else {
            return false;
        };
        let (alias, own) = self.qualified(resource_type.as_str().unwrap_or_default());
        let ty = ResourceType::new(own.split('@').next().unwrap_or(own), None, resource_type.span);
        self.extension_of(alias, &ty).is_some()
    }

    fn extensions(&self) -> impl Iterator<Item = Extension<'a>> {
        self.program().statements.iter().filter_map(|statement| {
            let StatementKind::Extension { source, alias, .. } = &statement.kind else { return None };
            let (source, span) = match source {
                ExtensionSource::Name(name) => (&*name.text, name.span),
                ExtensionSource::Reference(path) => (path.as_str().unwrap_or_default(), path.span),
            };
            let (alias, span) = alias.as_ref().map_or((source, span), |alias| (&*alias.text, alias.span));
            Some(Extension { alias, span, source })
        })
    }
}
