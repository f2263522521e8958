//! `acr-transfer-registry-sku`: pipelines on a registry that is not Premium, by the commands of a script.

use super::argument::{Given, Name, given, name, same};
use super::cli::report;
use super::flags::REGISTRY;
use super::script_facts::speaks_of_transfers;
use super::shape::Kind;
use crate::checks::FileCheck;
use crate::diagnostic::{Edit, Fix, Safety};
use crate::engine::view::{TransferPipeline, is_known_same};
use crate::script::{Found, Invocation};
use crate::source::Span;

/// A registry that a script makes, or changes, for pipelines that it makes afterwards, or another file makes.
pub(super) fn check(check: &mut FileCheck<'_>) {
    if check.project.pipelines.is_empty() && !speaks_of_transfers(check) {
        return;
    }
    let setting: Vec<_> = check.invocations().enumerate().filter(|(_, call)| sets_sku(call)).collect();
    let named: Vec<_> = setting.iter().map(|(at, call)| (*at, call, named(call))).collect();
    let mut reported = Vec::new();
    let mut findings = Vec::new();
    let mut add = |sku: &Given, at: Span, what: &str| {
        let text = sku.text().filter(|text| !text.is_empty() && !text.eq_ignore_ascii_case("Premium"));
        if let Some(text) = text.filter(|_| !reported.contains(&sku.span)) {
            reported.push(sku.span);
            let edits = vec![Edit { span: sku.span, replacement: "Premium".to_owned() }];
            let fix = Fix { title: "use the `Premium` SKU".to_owned(), safety: Safety::Unsafe, edits };
            let finding = sku.finding(format!("transfers need a Premium registry; this one is `{text}`"));
            findings.push(finding.related(at, what).help("use the `Premium` SKU").fix(Some(fix)));
        }
    };
    let made = check.facts.scripts.calls(check).iter().filter(|(_, call)| call.creates && !named.is_empty());
    for (at, made) in made {
        let Some(registry) = made.name(REGISTRY) else { continue };
        let before = &named[..named.partition_point(|(set, ..)| set < at)];
        let its = before.iter().rfind(|(.., name)| same(name.as_ref(), Some(&registry)) == Some(true));
        let Some(sku) = its.and_then(|(_, call, _)| given(call, SKU)) else { continue };
        let what = if made.kind == Kind::Run { "a run on it" } else { "a pipeline on it" };
        add(&sku, made.path_span(), what);
    }
    for (_, call, registry) in &named {
        let (Some(registry), Some(sku)) = (registry, given(call, SKU)) else { continue };
        // Of several, one may be for another environment, or undo the other.
        let may_be_its = |other: &Option<Name>| other.as_ref().is_none_or(|other| other.same(registry) != Some(false));
        if named.iter().filter(|(.., other)| may_be_its(other)).take(2).count() > 1 {
            continue;
        }
        if let Some(pipeline) = registry.known().and_then(|registry| elsewhere(check, registry)) {
            add(&sku, pipeline, "a pipeline on it");
        }
    }
    report(check, findings);
}

const SKU: &[&str] = &["--sku"];

fn sets_sku(call: &Invocation<'_>) -> bool {
    (call.is_az(&["acr", "create"]) || call.is_az(&["acr", "update"])) && call.option(SKU).is_some()
}

fn named(call: &Invocation<'_>) -> Option<Name> {
    name(call, &["--name", "-n"])
}

/// Where another file makes a pipeline in the registry, unless another file makes that, too.
fn elsewhere(check: &FileCheck<'_>, registry: &str) -> Option<Span> {
    // What a document shows is an example.
    if check.scripts().is_some_and(Found::is_document) {
        return None;
    }
    let is_it = |other: Option<&str>| is_known_same(other, Some(registry));
    if check.project.registries.iter().any(|(made, at)| at.file != check.file && is_it(Some(made))) {
        return None;
    }
    let is_in_it = |pipeline: &TransferPipeline| !pipeline.is_answer && is_it(pipeline.registry.as_deref());
    let pipelines = check.project.meant(check.sources, check.file, is_in_it);
    pipelines.into_iter().map(|pipeline| pipeline.at).find(|at| at.file != check.file)
}
