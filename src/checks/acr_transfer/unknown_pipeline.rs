//! `acr-transfer-unknown-pipeline`: a run of a pipeline that its registry, declared here, does not have.

use super::cli::Call;
use super::declared::{View, Wanted, most_like};
use super::flags::PIPELINE;
use super::pipeline_run::{Direction, PipelineRun, REGISTRIES};
use crate::checks::FileCheck;
use crate::engine::check::Check;
use crate::engine::finding::Finding;
use crate::evaluate::Instance;
use crate::evaluate::resource_id::{ResourceId, same_name};

pub(super) fn check<'t>(check: &mut Check<'_, 't>, instance: &Instance<'t>) {
    let run = PipelineRun::read(check, instance);
    let (Some(direction), Some(wanted)) = (run.direction, &run.pipeline) else { return };
    let own_registry = check.evaluator.id(instance).and_then(|own| own.parent());
    let Some(registry) = wanted.parent() else { return };
    // A registry that is not the run's is another mistake, and so is a request of the other kind.
    if run.goes_the_wrong_way() || own_registry.is_none_or(|own| own.same(&registry) != Some(true)) {
        return;
    }
    let registries = check.resources(&[REGISTRIES]);
    if !registries.iter().any(|declared| is(check, declared, &registry)) {
        let finding = Wanted::of_run(check, &run)
            .and_then(|wanted| missed(&wanted, View::of_resource(check), Finding::at(&run.id, message(&wanted))));
        return check.report(finding);
    }
    if check.evaluator.template().deploys_unseen() {
        return check.undecided(&run.id);
    }
    // Another file may have it; when that is of the other kind, `run-kind` says so.
    let elsewhere = Wanted::of_run(check, &run);
    let view = View::of_resource(check);
    if elsewhere.is_some_and(|wanted| wanted.may_be_elsewhere(view) || wanted.other_way(view).is_some()) {
        return;
    }
    let mut like = Vec::new();
    let mut other_kind = false;
    for kind in [direction, direction.other()] {
        for declared in check.mentioned(&[kind.pipelines()]).iter() {
            let Some(id) = check.evaluator.id(declared) else { return };
            let (Some(theirs), Some(ours)) = (id.name(), wanted.name()) else { return };
            let same = same_name(theirs, ours);
            if kind != direction {
                other_kind |= same == Some(true);
            } else if id.same(wanted) != Some(false) {
                return;
            } else {
                like.extend(theirs.as_str().map(str::to_owned));
            }
        }
    }
    let Some(name) = wanted.name().and_then(|name| name.as_str()) else { return check.undecided(&run.id) };
    let kind = if direction == Direction::Export { "export" } else { "import" };
    let finding =
        Finding::at(&run.id, format!("the registry is declared here, but its {kind} pipeline `{name}` is not"));
    let nearest = most_like(name, like.iter().map(String::as_str));
    let help = match nearest {
        Some(nearest) => format!("did you mean `{nearest}`?"),
        None if other_kind => format!("`{name}` is {}", direction.other().noun()),
        None => "declare the pipeline, too, or correct its name".to_owned(),
    };
    check.report(finding.map(|finding| finding.help(help)));
}

/// Commands that start a run of a pipeline that none of the files declares.
pub(super) fn check_scripts(check: &mut FileCheck<'_>) {
    for call in Call::runs(check) {
        let Some(found) = call.value(PIPELINE) else { continue };
        let finding = Wanted::of_call(call)
            .and_then(|wanted| missed(&wanted, View::of_file(check), Finding::at(&found, message(&wanted))));
        check.report(finding);
    }
}

fn message(wanted: &Wanted) -> String {
    let kind = if wanted.exports { "export" } else { "import" };
    format!("the files declare the registry `{}`, but not its {kind} pipeline `{}`", wanted.registry, wanted.name)
}

/// What the other files say of a pipeline.
fn missed(wanted: &Wanted, view: View<'_>, finding: Option<Finding>) -> Option<Finding> {
    let (registry, nearest) = wanted.missed(view)?;
    let help = match nearest {
        Some(nearest) => format!("did you mean `{nearest}`?"),
        None => "declare the pipeline, too, or correct its name".to_owned(),
    };
    Some(finding?.related(registry, "the registry is declared here").help(help))
}

fn is<'t>(check: &mut Check<'_, 't>, declared: &Instance<'t>, id: &ResourceId) -> bool {
    check.evaluator.id(declared).and_then(|declared| declared.same(id)) == Some(true)
}
