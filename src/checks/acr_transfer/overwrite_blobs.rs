//! `acr-transfer-overwrite-blobs`: an export that runs again and again and writes the same blob each time.

use super::cli::{BLOB, Call, FORCE, NAME, OPTIONS, PIPELINE};
use super::shape::Kind;
use crate::checks::FileCheck;
use crate::engine::finding::Finding;
use crate::evaluate::value::Value;

const OPTION: &str = "OverwriteBlobs";

/// Whether an option is among `options`; `None` when an unknown one might be it.
fn has(options: &[Value], wanted: &str) -> Option<bool> {
    if options.iter().any(|option| option.as_str().is_some_and(|option| option.eq_ignore_ascii_case(wanted))) {
        return Some(true);
    }
    (!options.iter().any(Value::is_unknown)).then_some(false)
}

/// Scripts that make a pipeline and start runs of it, again and again, that write the same blob.
pub(super) fn check_scripts(check: &mut FileCheck<'_>) {
    let pipelines = Call::pipelines(check);
    for run in Call::runs(check).into_iter().filter(|run| run.exports() == Some(true)) {
        let Some(blob) = run.text(BLOB).filter(|blob| !blob.is_empty()) else { continue };
        let pipeline = run.text(PIPELINE);
        let is_its = |other: &&Call<'_>| {
            other.kind == Kind::Export && pipeline.is_some() && other.text(NAME) == pipeline && !other.is_open
        };
        // The run starts anew each time because its name changes or it is forced.
        let again = run.argument(FORCE).is_some()
            || run.value(NAME).and_then(|name| name.value().cloned()).is_some_and(|name| name.is_unknown());
        let Some(declared) = pipelines.iter().find(is_its).filter(|_| again) else { continue };
        let options: Vec<Value> = declared.values(OPTIONS).iter().filter_map(|found| found.value().cloned()).collect();
        if has(&options, OPTION) != Some(false)
            || options.iter().any(|o| o.as_str().is_some_and(|o| o.contains(OPTION)))
        {
            continue;
        }
        let span = declared.argument(OPTIONS).map_or_else(|| declared.path_span(), |argument| argument.span);
        let message = format!("each run exports to the blob `{blob}`, but the pipeline does not overwrite blobs");
        let mut finding = Finding::new(span, message);
        if let Some(span) = run.value(BLOB).and_then(|blob| blob.span()) {
            finding = finding.related(span, "the same name at each run");
        }
        let help = format!("add `{OPTION}` to the pipeline's `--options`, or make the blob's name change");
        check.report(finding.help(help));
    }
}
