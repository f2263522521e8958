//! `acr-transfer-run-kind`: a run whose request goes the other way than its pipeline.

use super::pipeline_run::{Direction, PipelineRun};
use crate::diagnostic::{Edit, Fix, Safety};
use crate::engine::check::Check;
use crate::engine::finding::Finding;
use crate::engine::query::Found;
use crate::evaluate::Instance;
use crate::source::{Sources, Span};

pub(super) fn check<'t>(check: &mut Check<'_, 't>, instance: &Instance<'t>) {
    let run = PipelineRun::read(check, instance);
    let Some(direction) = run.direction else {
        if run.id.value().is_some() {
            check.undecided(&run.id);
        }
        return;
    };
    if !run.goes_the_wrong_way() {
        return;
    }
    let asked = match (direction, run.writes, run.lists) {
        (Direction::Export, ..) => "a source (an import)",
        (Direction::Import, Some(true), Some(true)) => "a target and artifacts (an export)",
        (Direction::Import, Some(true), _) => "a target (an export)",
        (Direction::Import, ..) => "artifacts (an export)",
    };
    let message = format!("the run has {asked}, but its id names {}", direction.noun());
    let Some(finding) = Finding::at(&run.id, message) else { return };
    let evidence = if direction == Direction::Export { &run.source } else { &run.target };
    let evidence = if evidence.value().is_some() { evidence } else { &run.artifacts };
    let label = if direction == Direction::Export { "imports this blob" } else { "asks for an export" };
    let fix = other_pipeline(check.sources, &run.id, direction);
    let finding = finding.help(format!("name {}, or change the request", direction.other().noun())).fix(fix);
    check.report(match evidence.span() {
        Some(span) => finding.related(span, label),
        None => finding,
    });
}

/// Names a pipeline of the other kind, where the id spells its type out.
fn other_pipeline(sources: &Sources, id: &Found, direction: Direction) -> Option<Fix> {
    let span = id.value()?.origin.span?;
    let leaf = |direction: Direction| direction.pipelines().rsplit_once('/').map(|(_, leaf)| leaf);
    let (wrong, right) = (leaf(direction)?, leaf(direction.other())?);
    let text = sources.text(span).to_ascii_lowercase();
    let at = text.find(&format!("/{}", wrong.to_ascii_lowercase()))? + 1;
    let start = span.start as usize + at;
    let span = Span::new(span.file, start, start + wrong.len());
    let edits = vec![Edit { span, replacement: right.to_owned() }];
    Some(Fix { title: format!("name one of the {right}"), safety: Safety::Unsafe, edits })
}
