//! `acr-transfer-overwrite-blobs`: an export that runs again and again and writes the same blob each time.

use super::pipeline_run::{Direction, PipelineRun};
use crate::engine::check::Check;
use crate::engine::finding::Finding;
use crate::evaluate::value::Value;
use crate::evaluate::{Instance, varies};

const OPTION: &str = "OverwriteBlobs";

pub(super) fn check<'t>(check: &mut Check<'_, 't>, instance: &Instance<'t>) {
    let run = PipelineRun::read(check, instance);
    let Some(blob) = run.target.value().filter(|_| run.direction == Some(Direction::Export)) else { return };
    if run.goes_the_wrong_way() {
        return;
    }
    // The run starts anew at each deployment because its name or its tag changes.
    let again = check.value(instance, &["name"]).is_some_and(|name| varies(&name))
        || check.value(instance, &["properties", "forceUpdateTag"]).is_some_and(|tag| varies(&tag));
    let Some(name) = blob.as_str().filter(|name| again && !name.is_empty() && !varies(blob)) else { return };
    let Some(pipeline) = run.declared(check) else { return };
    let options = check.find(&pipeline, &["properties", "options"]);
    let allowed = match options.value() {
        None => Some(false),
        Some(value) => value.as_array().and_then(|items| has(items, OPTION)),
    };
    match allowed {
        Some(false) => {
            let message = format!("each run exports to the blob `{name}`, but the pipeline does not overwrite blobs");
            let help = format!("add `{OPTION}` to the pipeline's `options`, or make the blob's name change");
            let finding = options.span().map(|span| Finding::new(span, message).help(help));
            let label = "the same name at each run";
            check.report(finding.map(|finding| match run.target.span() {
                Some(span) => finding.related(span, label),
                None => finding,
            }));
        }
        Some(true) => {}
        None => check.undecided(&options),
    }
}

/// Whether an option is among `options`; `None` when an unknown one might be it.
fn has(options: &[Value], wanted: &str) -> Option<bool> {
    if options.iter().any(|option| option.as_str().is_some_and(|option| option.eq_ignore_ascii_case(wanted))) {
        return Some(true);
    }
    (!options.iter().any(Value::is_unknown)).then_some(false)
}
