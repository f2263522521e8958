//! `acr-transfer-blob-name`: what stands for the name of a blob is none, or not one in the container.

use super::cli::{BLOB, CONTAINER_URI, Call, NAME, PIPELINE};
use super::pipeline_run::{PipelineRun, is_placeholder};
use super::transfer_storage::Transfer;
use crate::checks::FileCheck;
use crate::engine::check::Check;
use crate::engine::endpoint;
use crate::engine::finding::Finding;
use crate::engine::query::Found;
use crate::evaluate::Instance;
use crate::evaluate::pieces::{Piece, pieces};
use crate::evaluate::value::Value;

/// Longest name of a blob in characters; a limit of the service.
const MAX_LENGTH: usize = 1024;

pub(super) fn check<'t>(check: &mut Check<'_, 't>, instance: &Instance<'t>) {
    let run = PipelineRun::read(check, instance);
    let container = match run.declared(check) {
        Some(pipeline) => {
            let transfer = Transfer::of(check, &pipeline);
            transfer.and_then(|transfer| Some(transfer.container.name?.as_str()?.to_owned()))
        }
        None => None,
    };
    for end in [&run.source, &run.target] {
        match problem(end, container.as_deref()) {
            Some((message, help)) => {
                let finding = Finding::at(end, message);
                check.report(finding.map(|finding| finding.help(help)));
            }
            None if end.value().is_some_and(Value::is_unknown) => check.undecided(end),
            None => {}
        }
    }
}

fn problem(end: &Found, container: Option<&str>) -> Option<(String, String)> {
    let value = end.value()?;
    let row = pieces(value)?;
    let Some(Piece::Text(start)) = row.first() else { return None };
    if is_placeholder(start) {
        return None;
    }
    let inside = "write the name of the blob inside the container".to_owned();
    let folded = start.to_ascii_lowercase();
    if folded.starts_with("https:") || folded.starts_with("http:") {
        return Some(("a URL is not the name of a blob".to_owned(), inside));
    }
    if start.starts_with('/') {
        return Some(("the name of a blob must not start with a slash".to_owned(), inside));
    }
    if let Some(container) = container
        && start.strip_prefix(container).is_some_and(|rest| rest.starts_with('/'))
    {
        let message = format!("the name of the blob repeats its container `{container}`");
        return Some((message, inside));
    }
    let length: usize = row
        .iter()
        .map(|piece| match piece {
            Piece::Text(text) => text.chars().count(),
            Piece::Unknown(_) => 0,
        })
        .sum();
    (length > MAX_LENGTH).then(|| {
        let message = format!("the name of a blob must have at most {MAX_LENGTH} characters; this one has {length}");
        (message, "shorten it".to_owned())
    })
}

/// The names that commands are given.
pub(super) fn check_scripts(check: &mut FileCheck<'_>) {
    let pipelines = Call::pipelines(check);
    for call in Call::runs(check) {
        let Some(blob) = call.value(BLOB) else { continue };
        let pipeline = call.text(PIPELINE);
        let declared = pipelines.iter().find(|other| pipeline.is_some() && other.text(NAME) == pipeline);
        let uri = declared.and_then(|declared| declared.value(CONTAINER_URI));
        let container = uri.and_then(|uri| endpoint::container(uri.value()?)?.name?.as_str().map(str::to_owned));
        if let Some((message, help)) = problem(&blob, container.as_deref()) {
            check.report(Finding::at(&blob, message).map(|finding| finding.help(help)));
        }
    }
}
