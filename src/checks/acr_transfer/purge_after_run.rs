//! `purge-after-run`: images that are deleted while the export of them may still run.

use super::argument::given;
use super::cli::{Call, value};
use super::flags::{ARTIFACTS, REGISTRY};
use crate::checks::FileCheck;
use crate::engine::finding::Finding;
use crate::script::Invocation;
use crate::source::Span;

/// The export that was started last.
struct Started {
    registry: Option<String>,
    /// What it exports; `None` when not all of that is known.
    artifacts: Option<Vec<String>>,
    at: Span,
}

pub(super) fn check(check: &mut FileCheck<'_>) {
    let mut started: Option<Started> = None;
    for invocation in check.invocations().collect::<Vec<_>>() {
        if invocation.is_az(&["acr", "pipeline-run"]) {
            started = Call::new(invocation).filter(|call| call.creates && call.exports() == Some(true)).map(|call| {
                Started { registry: call.text(REGISTRY), artifacts: artifacts(&call), at: call.path_span() }
            });
            continue;
        }
        let Some(Started { registry, artifacts, at }) = &started else { continue };
        if !deletes(&invocation) {
            continue;
        }
        // Of a manifest, `--name` is the image.
        let is_of_manifest = invocation.is_az(&["acr", "manifest"]);
        let names: &[&str] = if is_of_manifest { &["--registry", "-r"] } else { &["--name", "-n", "--registry", "-r"] };
        let own = text(&invocation, names);
        if own.is_some() && registry.is_some() && own != *registry {
            continue;
        }
        let is_other = |image: &str| artifacts.as_ref().is_some_and(|all| all.iter().all(|one| differ(one, image)));
        if deleted(&invocation).is_some_and(|image| is_other(&image)) {
            continue;
        }
        let message = "the command deletes images, but the export before it may still run";
        let finding = Finding::new(invocation.path_span(), message).related(*at, "this does not wait for the run");
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

/// What a run exports, when all of it is known.
fn artifacts(call: &Call<'_>) -> Option<Vec<String>> {
    let values = call.values(ARTIFACTS);
    let texts: Option<Vec<String>> = values.iter().map(|found| found.value()?.as_str().map(str::to_owned)).collect();
    texts.filter(|texts| !texts.is_empty())
}

/// The image or repository that a command deletes, when that is known.
fn deleted(call: &Invocation<'_>) -> Option<String> {
    let options =
        if call.is_az(&["acr", "manifest"]) { &["--name", "-n"][..] } else { &["--image", "-t", "--repository"] };
    if let Some(given) = given(call, options) {
        return given.text();
    }
    if call.is_az(&["acr", "run"]) {
        return purged(&text(call, &["--cmd"])?);
    }
    // `az acr manifest delete` also takes the name with the registry before it.
    let operands = if call.is_az(&["acr", "manifest"]) { call.path().skip(3).collect() } else { Vec::new() };
    let [operand] = operands.as_slice() else { return None };
    operand.split_once('/').map(|(_, image)| image.to_owned())
}

/// The repository that `acr purge` is told to look at, when that is one.
fn purged(command: &str) -> Option<String> {
    let mut filters = command.match_indices("--filter").map(|(at, name)| &command[at + name.len()..]);
    let (Some(filter), None) = (filters.next(), filters.next()) else { return None };
    let filter = filter.trim_start_matches([' ', '=', '\'', '"', '\\']);
    let (repository, _) = filter.split_once(':')?;
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "-_/".contains(letter);
    repository.chars().all(is_plain).then(|| repository.to_owned())
}

/// Whether two references are certainly to different images: a repository is all of its images, and a digest may be that
/// of any tag.
fn differ(a: &str, b: &str) -> bool {
    let parts = |text: &str| {
        let (repository, tag) = text.split_once([':', '@']).unwrap_or((text, ""));
        (repository.to_ascii_lowercase(), tag.to_owned(), text.contains('@'))
    };
    let ((a, tag, by_digest), (b, other, other_by_digest)) = (parts(a), parts(b));
    a != b || (by_digest == other_by_digest && !tag.is_empty() && !other.is_empty() && tag != other)
}

fn text(call: &Invocation<'_>, names: &[&str]) -> Option<String> {
    let word = call.option(names)?.values.into_iter().next()?;
    value(call.script, &word, call.command).as_str().map(str::to_owned)
}
