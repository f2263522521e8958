//! `run-one-blob`: an import run that is meant to take the blobs of several runs.

use super::cli::Call;
use super::flags::{BLOB, NAME};
use crate::checks::FileCheck;
use crate::engine::finding::Finding;
use crate::evaluate::value::Value;
use crate::syntax::shell::BlockKind;

/// Whether a run in a loop is called after what is different each time.
fn is_of_loop(call: &Call<'_>) -> bool {
    let program = &call.invocation.script.program;
    let block = program.commands.get(call.invocation.command).map_or(0, |command| command.block);
    let is_loop = program.blocks.get(block).is_some_and(|block| block.kind == BlockKind::Loop);
    is_loop && call.argument(NAME).and_then(|name| name.values.first()).is_some_and(|name| name.literal().is_none())
}

pub(super) fn check(check: &mut FileCheck<'_>) {
    let runs = Call::runs(check);
    for call in runs.clone().filter(|call| call.exports() == Some(false)) {
        let Some(argument) = call.argument(BLOB) else { continue };
        if let [_, second, ..] = argument.values.as_slice() {
            if !call.is_open {
                let message = "an import run takes one blob";
                check.report(Finding::new(second.span, message).help("start a run for each blob"));
            }
            continue;
        }
        let (Some(blob), Some(name)) = (call.value(BLOB), call.value(NAME)) else { continue };
        let is_same = |value: &Value| (value.is_unknown() || is_of_loop(call)) && blob.value() == Some(value);
        let same = |value: Option<&Value>| value.is_some_and(is_same);
        let exported = |other: &Call<'_>| {
            other.exports() != Some(false) && other.value(BLOB).is_some_and(|other| other.value() == blob.value())
        };
        if same(name.value()) && !runs.clone().any(exported) {
            let message = "the blob is named like this run, but an import takes the blob that an export wrote";
            let finding = Finding::at(&blob, message);
            check.report(finding.map(|finding| finding.help("name the blob that the export run wrote")));
        }
    }
}
