//! `acr-transfer-overwrite-blobs`: an export that runs again and again and writes the same blob each time. The rule's
//! data has what a template says by itself; here is what commands do, and what another file says of the pipeline.

use super::cli::Call;
use super::declared::{View, Wanted};
use super::flags::{BLOB, FORCE, NAME, OPTIONS, PIPELINE};
use super::pipeline_run::PipelineRun;
use super::shape::Kind;
use crate::checks::FileCheck;
use crate::engine::check::Check;
use crate::engine::finding::Finding;
use crate::engine::view::TransferPipeline;
use crate::evaluate::value::Value;
use crate::evaluate::{Instance, varies};
use crate::script::{Invocation, Origin};
use crate::source::Span;

const OPTION: &str = "OverwriteBlobs";

/// Whether an option is among `options`; `None` when an unknown one might be it.
fn has(options: &[Value], wanted: &str) -> Option<bool> {
    if options.iter().any(|option| option.as_str().is_some_and(|option| option.eq_ignore_ascii_case(wanted))) {
        return Some(true);
    }
    (!options.iter().any(Value::is_unknown)).then_some(false)
}

/// Whether the pipeline that a call makes may overwrite blobs, perhaps by a word that means the option.
fn may_overwrite(declared: &Call<'_>) -> bool {
    let options: Vec<Value> = declared.values(OPTIONS).iter().filter_map(|found| found.value().cloned()).collect();
    let is_meant = |option: &Value| option.as_str().is_some_and(|option| option.contains(OPTION));
    declared.is_open || has(&options, OPTION) != Some(false) || options.iter().any(is_meant)
}

/// Scripts that make a pipeline and start runs of it, again and again, that write the same blob.
pub(super) fn check_scripts(check: &mut FileCheck<'_>) {
    if check.invocations().any(|call| deletes_blobs(&call)) {
        return;
    }
    for run in Call::runs(check).filter(|run| run.exports() == Some(true)) {
        let Some(blob) = run.text(BLOB).filter(|blob| !blob.is_empty()) else { continue };
        // The run starts anew each time because its name changes or it is forced, or would once that is mended.
        let is_repeated = matches!(run.invocation.script.origin, Origin::Workflow | Origin::Pipeline);
        let again = is_repeated
            || run.argument(FORCE).is_some()
            || run.value(NAME).and_then(|name| name.value().cloned()).is_some_and(|name| name.is_unknown());
        if !again {
            continue;
        }
        let at = run.value(BLOB).and_then(|blob| blob.span());
        let exports = |other: &&&Call<'_>| other.kind == Kind::Export;
        let named = run.text(PIPELINE).map(|name| check.facts.scripts.pipelines(check, &name)).unwrap_or_default();
        let Some(declared) = named.iter().find(exports) else {
            let wanted = Wanted::of_call(run);
            let finding = wanted.and_then(|wanted| joined(&wanted, View::of_file(check), &blob, at));
            check.report(finding);
            continue;
        };
        // Made in more than one way, these are ways to choose from.
        if named.iter().filter(exports).any(|other| may_overwrite(other)) {
            continue;
        }
        let span = declared.argument(OPTIONS).map_or_else(|| declared.path_span(), |argument| argument.span);
        check.report(finding(span, &blob, at, "`--options`"));
    }
}

/// Whether a call makes room for the next blob of the same name.
fn deletes_blobs(call: &Invocation<'_>) -> bool {
    call.is_az(&["storage", "blob", "delete"])
        || call.is_az(&["storage", "blob", "delete-batch"])
        || call.is_az(&["storage", "remove"])
        || call.is_azcopy(&["remove", "rm", "r"])
        || call.program == "remove-azstorageblob"
}

/// A run whose name or tag changes, of a pipeline in another file.
pub(super) fn check<'t>(check: &mut Check<'_, 't>, instance: &Instance<'t>) {
    let run = PipelineRun::read(check, instance);
    let changes = |value: Option<Value>| value.is_some_and(|value| varies(&value));
    let again =
        changes(check.value(instance, &["name"])) || changes(check.value(instance, &["properties", "forceUpdateTag"]));
    if !again || run.goes_the_wrong_way() {
        return;
    }
    let Some(target) = run.target.value().filter(|target| !varies(target)) else { return };
    let Some(blob) = target.as_str().filter(|blob| !blob.is_empty()) else { return };
    let Some(wanted) = Wanted::of_run(check, &run).filter(|wanted| wanted.exports) else { return };
    let finding = joined(&wanted, View::of_resource(check), blob, run.target.span());
    check.report(finding);
}

/// What another file says of the pipeline.
fn joined(wanted: &Wanted, view: View<'_>, blob: &str, at: Option<Span>) -> Option<Finding> {
    let declared = wanted.declared(view);
    let overwrites = |options: &Vec<String>| options.iter().any(|option| option.eq_ignore_ascii_case(OPTION));
    let lacks = declared.iter().all(|pipeline| pipeline.options.as_ref().is_some_and(|options| !overwrites(options)));
    let first = declared.first().filter(|_| lacks)?;
    // An import that deletes what it has read makes room for the next export.
    let empties =
        |other: &TransferPipeline| !other.exports && other.deletes && other.place.is_in(&first.place) == Some(true);
    if view.project.pipelines.iter().any(empties) {
        return None;
    }
    Some(finding(first.options_at, blob, at, "`options`"))
}

fn finding(span: Span, blob: &str, at: Option<Span>, options: &str) -> Finding {
    let message = format!("each run exports to the blob `{blob}`, but the pipeline does not overwrite blobs");
    let help = format!("add `{OPTION}` to the pipeline's {options}, or make the blob's name change");
    let finding = Finding::new(span, message).help(help);
    match at {
        Some(at) => finding.related(at, "the same name at each run"),
        None => finding,
    }
}
