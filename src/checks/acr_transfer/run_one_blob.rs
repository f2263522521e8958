//! `run-one-blob`: an import run that is meant to take the blobs of several runs.

use super::cli::Call;
use super::flags::{BLOB, NAME};
use crate::checks::FileCheck;
use crate::engine::finding::Finding;
use crate::evaluate::value::Value;

pub(super) fn check(check: &mut FileCheck<'_>) {
    let runs = Call::runs(check);
    for call in runs.iter().filter(|call| call.exports() == Some(false)) {
        let Some(argument) = call.argument(BLOB) else { continue };
        if let [_, second, ..] = argument.values.as_slice() {
            if !call.is_open {
                let message = "an import run takes one blob";
                check.report(Finding::new(second.span, message).help("start a run for each blob"));
            }
            continue;
        }
        let (Some(blob), Some(name)) = (call.value(BLOB), call.value(NAME)) else { continue };
        // The rounds of a loop are written once.
        let mut rounds = runs.iter().filter(|other| other.path_span() == call.path_span());
        let is_first = rounds.next().is_some_and(|first| std::ptr::eq(first, call));
        let varies = rounds.any(|other| other.value(NAME).is_some_and(|other| other.value() != name.value()));
        let same = |value: Option<&Value>| {
            value.is_some_and(|value| (value.is_unknown() || varies) && blob.value() == Some(value))
        };
        let exported = |other: &Call<'_>| {
            other.exports() != Some(false) && other.value(BLOB).is_some_and(|other| other.value() == blob.value())
        };
        if is_first && same(name.value()) && !runs.iter().any(exported) {
            let message = "the blob is named like this run, but an import takes the blob that an export wrote";
            let finding = Finding::at(&blob, message);
            check.report(finding.map(|finding| finding.help("name the blob that the export run wrote")));
        }
    }
}
