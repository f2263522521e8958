//! `acr-transfer-blob-name`: what stands for the name of a blob is none, or not one in the container.

use super::cli::Call;
use super::declared::{View, Wanted, container};
use super::flags::{BLOB, CONTAINER_URI, PIPELINE};
use super::pipeline_run::{PipelineRun, is_abridged};
use super::transfer_storage::Transfer;
use crate::checks::FileCheck;
use crate::engine::check::Check;
use crate::engine::endpoint;
use crate::engine::finding::Finding;
use crate::engine::query::Found;
use crate::evaluate::Instance;
use crate::evaluate::pieces::{Piece, pieces};
use crate::evaluate::value::Value;
use crate::source::Span;

/// Longest name of a blob in characters; a limit of the service.
const MAX_LENGTH: usize = 1024;

pub(super) fn check<'t>(check: &mut Check<'_, 't>, instance: &Instance<'t>) {
    let run = PipelineRun::read(check, instance);
    let (container, uri) = match run.declared(check) {
        Some(pipeline) => {
            let transfer = Transfer::of(check, &pipeline);
            (transfer.and_then(|transfer| Some(transfer.container.name?.as_str()?.to_owned())), None)
        }
        None => elsewhere(Wanted::of_run(check, &run), View::of_resource(check)),
    };
    for end in [&run.source, &run.target] {
        match problem(end, container.as_deref()) {
            Some(problem) => {
                let finding = problem.finding(end, uri);
                check.report(finding);
            }
            None if end.value().is_some_and(Value::is_unknown) => check.undecided(end),
            None => {}
        }
    }
}

/// The container of a pipeline that another file declares, and where it is written.
fn elsewhere(wanted: Option<Wanted>, view: View<'_>) -> (Option<String>, Option<Span>) {
    let declared = wanted.map(|wanted| wanted.declared(view)).unwrap_or_default();
    match container(&declared) {
        Some((name, pipeline)) => (Some(name.to_owned()), pipeline.uri),
        None => (None, None),
    }
}

/// What is wrong with a name.
struct Problem {
    message: String,
    help: &'static str,
    /// Whether it repeats the container.
    is_repeated: bool,
}

impl Problem {
    fn new(message: impl Into<String>, help: &'static str) -> Self {
        Self { message: message.into(), help, is_repeated: false }
    }

    /// A finding at `end`, with the container's URI where another file has it.
    fn finding(self, end: &Found, uri: Option<Span>) -> Option<Finding> {
        let finding = Finding::at(end, self.message)?.help(self.help);
        Some(match uri.filter(|_| self.is_repeated) {
            Some(uri) => finding.related(uri, "the container of the pipeline"),
            None => finding,
        })
    }
}

fn problem(end: &Found, container: Option<&str>) -> Option<Problem> {
    let value = end.value()?;
    let row = pieces(value)?;
    let Some(Piece::Text(start)) = row.first() else { return None };
    if is_abridged(start) {
        return None;
    }
    let inside = "write the name of the blob inside the container";
    let folded = start.to_ascii_lowercase();
    if folded.starts_with("https:") || folded.starts_with("http:") {
        return Some(Problem::new("a URL is not the name of a blob", inside));
    }
    if start.starts_with('/') {
        return Some(Problem::new("the name of a blob must not start with a slash", inside));
    }
    if let Some(container) = container
        && start.strip_prefix(container).is_some_and(|rest| rest.starts_with('/'))
    {
        let message = format!("the name of the blob repeats its container `{container}`");
        return Some(Problem { is_repeated: true, ..Problem::new(message, inside) });
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
        Problem::new(message, "shorten it")
    })
}

/// The names that commands are given.
pub(super) fn check_scripts(check: &mut FileCheck<'_>) {
    for call in Call::runs(check) {
        let Some(blob) = call.value(BLOB) else { continue };
        let declared =
            call.text(PIPELINE).and_then(|name| check.facts.scripts.pipelines(check, &name).first().copied());
        let uri = declared.and_then(|declared| declared.value(CONTAINER_URI));
        let (container, uri) = match declared {
            Some(_) => (uri.and_then(|uri| endpoint::container(uri.value()?)?.name?.as_str().map(str::to_owned)), None),
            None => elsewhere(Wanted::of_call(call), View::of_file(check)),
        };
        if let Some(problem) = problem(&blob, container.as_deref()) {
            check.report(problem.finding(&blob, uri));
        }
    }
}
