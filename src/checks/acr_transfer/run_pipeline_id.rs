//! `acr-transfer-run-pipeline-id`: a `pipelineResourceId` that is not the id of a transfer pipeline.

use super::pipeline_run::{Direction, PipelineRun, is_abridged};
use crate::diagnostic::{Safety, Severity};
use crate::engine::check::Check;
use crate::engine::finding::Finding;
use crate::engine::fix::replace_value;
use crate::engine::test::{filled, without_trailing_slash};
use crate::evaluate::Instance;
use crate::evaluate::pieces::{Piece, pieces};
use crate::evaluate::resource_id::{IdScope, ResourceId};
use crate::evaluate::value::Value;

const HELP: &str = "write the whole id: `/subscriptions/<id>/resourceGroups/<group>/providers/\
                    Microsoft.ContainerRegistry/registries/<registry>/exportPipelines/<pipeline>`";

pub(super) fn check<'t>(check: &mut Check<'_, 't>, instance: &Instance<'t>) {
    let run = PipelineRun::read(check, instance);
    let Some(value) = run.id.value().filter(|value| filled(value) != Some(false)) else {
        let finding = run.id.key().map(|span| Finding::new(span, "the run names no pipeline").help(HELP));
        return check.report(finding);
    };
    if let Some(text) = value.as_str()
        && text.ends_with('/')
        && run.direction.is_some()
    {
        let finding = Finding::at(&run.id, "the id of the pipeline ends with a slash");
        let fix = replace_value(check.sources, &run.id, &text.trim_end_matches('/').into(), Safety::Safe);
        return check.report(finding.map(|finding| finding.severity(Severity::Warning).fix(fix)));
    }
    match problem(value) {
        Some(message) => {
            let finding = Finding::at(&run.id, message);
            check.report(finding.map(|finding| finding.help(HELP)));
        }
        None if run.direction.is_none() => check.undecided(&run.id),
        None => {}
    }
}

fn problem(value: &Value) -> Option<String> {
    let start = match pieces(value)?.into_iter().next()? {
        Piece::Text(text) => text,
        Piece::Unknown(_) => String::new(),
    };
    if is_abridged(&start) {
        return None;
    }
    let url = start.to_ascii_lowercase();
    if url.starts_with("https:") || url.starts_with("http:") {
        return Some("a URL is not the id of a pipeline".to_owned());
    }
    let Some(id) = ResourceId::parse(&without_trailing_slash(value)) else {
        let text = value.as_str()?;
        return Some(if text.contains('/') {
            "this is not the id of a pipeline".to_owned()
        } else {
            format!("`{text}` is a name, not the id of a pipeline")
        });
    };
    if ![Direction::Export, Direction::Import].iter().any(|way| way.pipelines().eq_ignore_ascii_case(&id.ty)) {
        return Some(format!("this is the id of a resource of type `{}`, not of a transfer pipeline", id.ty));
    }
    let in_group = matches!(id.scope, IdScope::ResourceGroup { .. });
    (value.as_str().is_some() && !in_group).then(|| "the id of the pipeline has no resource group".to_owned())
}
