//! `acr-transfer-run-kind`: a run that goes the other way than the pipeline that another file, or another command,
//! makes. The rule's data has what a template says by itself.

use super::cli::Call;
use super::declared::{View, Wanted};
use super::flags::PIPELINE_TYPE;
use super::pipeline_run::{Direction, PipelineRun};
use crate::checks::FileCheck;
use crate::engine::check::Check;
use crate::engine::finding::Finding;
use crate::engine::view::TransferPipeline;
use crate::evaluate::Instance;
use crate::evaluate::value::Value;

const DECLARED: &str = "the pipeline is declared here";

pub(super) fn check<'t>(check: &mut Check<'_, 't>, instance: &Instance<'t>) {
    let run = PipelineRun::read(check, instance);
    if run.goes_the_wrong_way() {
        return;
    }
    let Some(wanted) = Wanted::of_run(check, &run) else { return };
    let Some(declared) = wanted.other_way(View::of_resource(check)) else { return };
    let (is, asked) = (noun(declared.exports), noun(wanted.exports));
    let message = format!("the id names {asked}, but `{}` is {is}", wanted.name);
    let finding = Finding::at(&run.id, message);
    let help = format!("name {asked}, or change the type in the id and the request");
    check.report(finding.map(|finding| finding.related(declared.at, DECLARED).help(help)));
}

/// Commands that start a run.
pub(super) fn check_scripts(check: &mut FileCheck<'_>) {
    for call in Call::runs(check) {
        let Some(declared) = other_way(check, call) else { continue };
        let Some(found) = call.value(PIPELINE_TYPE) else { continue };
        let Some(ty) = found.value().and_then(Value::as_str) else { continue };
        let name = declared.name.as_deref().unwrap_or_default();
        let message = format!("the run is to {ty}, but `{name}` is {}", noun(declared.exports));
        let help = format!("name {}, or change the type", noun(!declared.exports));
        check.report(Finding::at(&found, message).map(|finding| finding.related(declared.at, DECLARED).help(help)));
    }
}

/// The pipeline that a run names, when it goes the other way: then nothing else is worth saying about its artifacts.
pub(super) fn other_way<'a>(check: &FileCheck<'a>, call: &Call<'_>) -> Option<&'a TransferPipeline> {
    // What is neither is taken for an export, as `cli-pipeline-type` says.
    if !matches!(&*call.text(PIPELINE_TYPE)?, "import" | "export") {
        return None;
    }
    Wanted::of_call(call)?.other_way(View::of_file(check))
}

fn noun(exports: bool) -> &'static str {
    if exports { Direction::Export.noun() } else { Direction::Import.noun() }
}
