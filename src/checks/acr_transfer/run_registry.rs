//! `acr-transfer-run-registry`: a run on another registry than its pipeline's.

use super::pipeline_run::PipelineRun;
use crate::engine::check::Check;
use crate::engine::finding::Finding;
use crate::evaluate::Instance;
use crate::evaluate::resource_id::{IdScope, ResourceId, same_name};
use crate::evaluate::value::Value;

pub(super) fn check<'t>(check: &mut Check<'_, 't>, instance: &Instance<'t>) {
    let run = PipelineRun::read(check, instance);
    if run.direction.is_none() {
        return;
    }
    let (Some(pipeline), Some(own)) = (&run.pipeline, check.evaluator.id(instance)) else { return };
    let message = match (pipeline.names.first(), own.names.first()) {
        (Some(theirs), Some(ours)) if same_name(theirs, ours) == Some(false) => {
            let (theirs, ours) = (text(theirs), text(ours));
            format!("the pipeline belongs to the registry `{theirs}`, the run to `{ours}`")
        }
        (Some(theirs), Some(ours)) => match elsewhere(pipeline, &own) {
            Some(message) => message,
            None if same_name(theirs, ours).is_none() => return check.undecided(&run.id),
            None => return,
        },
        _ => return,
    };
    let finding = Finding::at(&run.id, message).map(|finding| {
        let finding = finding.help("a run starts a pipeline of its own registry");
        match instance.resource.name() {
            Some(name) => finding.related(name.span, "the run's registry"),
            None => finding,
        }
    });
    check.report(finding);
}

/// What differs when the registries of two ids are in different resource groups or subscriptions.
fn elsewhere(pipeline: &ResourceId, run: &ResourceId) -> Option<String> {
    let (
        IdScope::ResourceGroup { subscription: theirs, group: their_group },
        IdScope::ResourceGroup { subscription: ours, group: our_group },
    ) = (&pipeline.scope, &run.scope)
    else {
        return None;
    };
    if same_name(theirs, ours) == Some(false) {
        return Some(format!("the pipeline is in the subscription `{}`, the run in `{}`", text(theirs), text(ours)));
    }
    (same_name(their_group, our_group) == Some(false)).then(|| {
        format!("the pipeline is in the resource group `{}`, the run in `{}`", text(their_group), text(our_group))
    })
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
