//! `acr-transfer-registry-sku`: pipelines on a registry that is not Premium.

use super::pipeline_run::{EXPORT_PIPELINES, IMPORT_PIPELINES, PIPELINE_RUNS};
use crate::diagnostic::Safety;
use crate::engine::check::Check;
use crate::engine::finding::Finding;
use crate::engine::fix::replace_value;
use crate::evaluate::Instance;

pub(super) fn check<'t>(check: &mut Check<'_, 't>, registry: &Instance<'t>) {
    let children = children(check, registry, &[EXPORT_PIPELINES, IMPORT_PIPELINES, PIPELINE_RUNS]);
    let Some(child) = children.first() else { return };
    let Some(sku) = check.text(registry, &["sku", "name"]) else { return };
    if sku.is_empty() || sku.eq_ignore_ascii_case("Premium") {
        return;
    }
    let found = check.find(registry, &["sku", "name"]);
    let fix = replace_value(check.sources, &found, &"Premium".into(), Safety::Unsafe);
    let finding = Finding::at(&found, format!("transfers need a Premium registry; this one is `{sku}`"));
    check.report(finding.map(|finding| {
        let label = format!("one of its {}", child.resource.ty.leaf());
        finding.related(child.resource.ty.span, label).help("use the `Premium` SKU").fix(fix)
    }));
}

/// The resources of these types that belong to a registry.
pub(super) fn children<'t>(check: &mut Check<'_, 't>, registry: &Instance<'t>, types: &[&str]) -> Vec<Instance<'t>> {
    let Some(id) = check.evaluator.id(registry) else { return Vec::new() };
    let resources = check.resources(types);
    resources
        .into_iter()
        .filter(|child| check.evaluator.id(child).and_then(|child| child.parent()?.same(&id)) == Some(true))
        .collect()
}
