//! `acr-transfer-registry-sku`: pipelines on a registry that is not Premium, by the commands of a script.

use super::argument::{given, name, same, speaks_of_transfers};
use super::cli::Call;
use super::flags::REGISTRY;
use super::shape::Kind;
use crate::checks::FileCheck;
use crate::diagnostic::{Edit, Fix, Safety};
use crate::script::Invocation;

/// A registry that a script makes, or changes, before it makes pipelines on it.
pub(super) fn check(check: &mut FileCheck<'_>) {
    if !speaks_of_transfers(check) {
        return;
    }
    let calls: Vec<_> = check.invocations().collect();
    let mut reported = Vec::new();
    for (at, made) in check.invocations().map(Call::new).enumerate() {
        let Some(made) = made.filter(|made| made.creates) else { continue };
        let Some(registry) = made.name(REGISTRY) else { continue };
        let sets_sku = |call: &&Invocation<'_>| {
            (call.is_az(&["acr", "create"]) || call.is_az(&["acr", "update"]))
                && call.option(&["--sku"]).is_some()
                && same(name(call, &["--name", "-n"]).as_ref(), Some(&registry)) == Some(true)
        };
        let Some(sku) = calls[..at].iter().rfind(sets_sku).and_then(|call| given(call, &["--sku"])) else { continue };
        let Some(text) = sku.text().filter(|text| !text.is_empty() && !text.eq_ignore_ascii_case("Premium")) else {
            continue;
        };
        if !reported.contains(&sku.span) {
            reported.push(sku.span);
            let edits = vec![Edit { span: sku.span, replacement: "Premium".to_owned() }];
            let fix = Fix { title: "use the `Premium` SKU".to_owned(), safety: Safety::Unsafe, edits };
            let finding = sku.finding(format!("transfers need a Premium registry; this one is `{text}`"));
            let what = if made.kind == Kind::Run { "a run on it" } else { "a pipeline on it" };
            check.report(finding.related(made.path_span(), what).help("use the `Premium` SKU").fix(Some(fix)));
        }
    }
}
