//! `purge-after-run`: images that are deleted while the export of them may still run.

use super::cli::{Call, value};
use super::flags::REGISTRY;
use crate::checks::FileCheck;
use crate::engine::finding::Finding;
use crate::script::Invocation;
use crate::source::Span;

pub(super) fn check(check: &mut FileCheck<'_>) {
    // The registry of the export that was started last, and where.
    let mut started: Option<(Option<String>, Span)> = None;
    for invocation in check.invocations().collect::<Vec<_>>() {
        if invocation.is_az(&["acr", "pipeline-run"]) {
            started = Call::new(invocation)
                .filter(|call| call.creates && call.exports() == Some(true))
                .map(|call| (call.text(REGISTRY), call.path_span()));
            continue;
        }
        let Some((registry, span)) = &started else { continue };
        if !deletes(&invocation) {
            continue;
        }
        let own = text(&invocation, &["--name", "-n", "--registry", "-r"]);
        if own.is_some() && registry.is_some() && own != *registry {
            continue;
        }
        let message = "the command deletes images, but the export before it may still run";
        let finding = Finding::new(invocation.path_span(), message).related(*span, "this does not wait for the run");
        check.report(finding.help("wait until `az acr pipeline-run show` says `Succeeded`"));
    }
}

fn deletes(call: &Invocation<'_>) -> bool {
    let paths: [&[&str]; 6] = [
        &["acr", "delete"],
        &["acr", "repository", "delete"],
        &["acr", "repository", "untag"],
        &["acr", "manifest", "delete"],
        &["acr", "manifest", "untag"],
        &["acr", "purge"],
    ];
    paths.iter().any(|path| call.is_az(path))
        || (call.is_az(&["acr", "run"]) && text(call, &["--cmd"]).is_some_and(|cmd| cmd.contains("acr purge")))
}

fn text(call: &Invocation<'_>, names: &[&str]) -> Option<String> {
    let word = call.option(names)?.values.into_iter().next()?;
    value(call.script, &word, call.command).as_str().map(str::to_owned)
}
