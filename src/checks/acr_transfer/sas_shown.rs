//! The part of `acr-transfer-sas-exposed` about scripts: a SAS that is written to the log.

use super::sas::{generators, secret_sets};
use crate::checks::FileCheck;
use crate::diagnostic::Severity;
use crate::engine::finding::Finding;
use crate::script::{Invocation, Origin, Script};
use crate::source::Span;
use crate::syntax::shell::{Piece, PieceKind};

/// Commands that write their arguments.
const WRITERS: [&str; 5] = ["echo", "printf", "write-host", "write-output", "write-information"];

/// What keeps a value out of the log of a workflow or pipeline.
const KEEPERS: [&str; 3] = ["::add-mask::", "issecret=true", "isSecret=true"];

pub(super) fn check(check: &mut FileCheck<'_>) {
    let Some(found) = check.scripts() else { return };
    if !check.project.about_transfers.contains(&check.file) {
        return;
    }
    for script in &found.scripts {
        let held: Vec<usize> = held(script);
        for call in script.all_invocations().filter(|call| WRITERS.contains(&call.program)) {
            if let Some(span) = shown(&call, &held).filter(|_| reaches_log(check, &call)) {
                let message = "the SAS is written to the output, and whoever may read the log has it";
                let finding = Finding::new(call.name.span, message).related(span, "this holds the SAS");
                check.report(finding.severity(Severity::Warning).help("don't print it; print when it expires instead"));
            }
        }
    }
}

/// The commands whose output is a SAS of the transfer.
fn held(script: &Script) -> Vec<usize> {
    let sets = secret_sets(script);
    let made = generators(script).into_iter().map(|made| made.call.command);
    made.filter(|command| sets.is_empty() || sets.iter().any(|set| set.holds(*command))).collect()
}

/// The variable among the arguments that holds a SAS.
fn shown(call: &Invocation<'_>, held: &[usize]) -> Option<Span> {
    let is_kept = call.words.iter().any(|word| KEEPERS.iter().any(|keeper| word.prefix().contains(keeper)));
    let pieces = call.words.iter().flat_map(|word| word.pieces.iter());
    let holds = |piece: &&Piece| {
        let PieceKind::Variable(name) = &piece.kind else { return false };
        let assignment = call.script.assignment(name, call.command);
        let by_value = assignment.is_some_and(|assignment| match &assignment.value {
            crate::syntax::shell::Assigned::Word(word) => word.pieces.iter().any(|piece| {
                matches!(&piece.kind, PieceKind::Substitution(range) if held.iter().any(|command| range.contains(command)))
            }),
            _ => false,
        });
        by_value || is_called_sas(name)
    };
    let found = pieces.into_iter().find(holds)?;
    (!is_kept).then_some(found.span)
}

/// Whether a variable is called as one that holds a SAS: `IMPORT_SAS`, `sasToken`.
fn is_called_sas(name: &str) -> bool {
    let name = name.to_ascii_lowercase().replace('_', "");
    let ends = ["exportsas", "importsas", "sastoken"];
    name == "sas" || ends.iter().any(|end| name.ends_with(end))
}

/// Whether what a command writes goes nowhere else.
fn reaches_log(check: &FileCheck<'_>, call: &Invocation<'_>) -> bool {
    let program = &call.script.program;
    let Some(command) = program.commands.get(call.command) else { return false };
    let is_piped = program.commands.iter().filter(|other| other.pipeline == command.pipeline).count() > 1;
    let texts = program.commands.iter().flat_map(|command| &command.words);
    let assigned = program.assignments.iter().filter_map(|assignment| match &assignment.value {
        crate::syntax::shell::Assigned::Word(word) => Some(word),
        _ => None,
    });
    let is_taken = texts
        .chain(assigned)
        .flat_map(|word| word.pieces.iter())
        .any(|piece| matches!(&piece.kind, PieceKind::Substitution(range) if range.contains(&call.command)));
    let text = check.sources.file(command.span.file).text();
    let rest = text.get(command.span.end as usize..).unwrap_or_default().lines().next().unwrap_or_default();
    // A template in JSON writes line breaks so.
    let rest = if call.script.origin == Origin::Template { rest.split("\\n").next().unwrap_or_default() } else { rest };
    let is_written = rest.split([';', '&', '#']).next().is_some_and(|rest| rest.contains(['>', '|']));
    !is_piped && !is_taken && !is_written
}
