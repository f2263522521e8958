//! `acr-transfer-sas-joined-url`: a URL and a SAS that follow each other without a `?`.

use crate::checks::FileCheck;
use crate::checks::script_pipelines::is_about_transfers;
use crate::checks::storage_place::text_of_piece;
use crate::engine::finding::Finding;
use crate::script::Invocation;
use crate::syntax::shell::{Piece, PieceKind, Word};

pub(super) fn check(check: &mut FileCheck<'_>) {
    let Some(found) = check.scripts() else { return };
    let calls: Vec<Invocation<'_>> = check.invocations().filter(|call| call.program == "azcopy").collect();
    let is_about = || !check.project.pipelines.is_empty() || is_about_transfers(found, check.source().text());
    if calls.is_empty() || !is_about() {
        return;
    }
    for call in calls {
        for word in call.operands() {
            check.report(judge(&call, &word));
        }
    }
}

fn judge(call: &Invocation<'_>, word: &Word) -> Option<Finding> {
    let mut text = String::new();
    for piece in &*word.pieces {
        // One by one, so that the variable can be pointed at.
        let alone = Word { span: piece.span, pieces: [piece.clone()].into() };
        for part in call.script.expand(&alone, call.command) {
            if text.contains(".blob.") && !text.contains('?') && starts_sas(call, &part) {
                let message = "the URL and the SAS are joined without a `?`";
                return Some(Finding::new(piece.span, message).help("write `?` between them"));
            }
            text.push_str(&text_of_piece(&part));
        }
    }
    None
}

/// Whether a part is a SAS that is known to start without a `?`.
fn starts_sas(call: &Invocation<'_>, part: &Piece) -> bool {
    match &part.kind {
        PieceKind::Literal(text) => {
            ["sv=", "sp=", "se=", "st=", "sig=", "ss=", "srt=", "sr="].iter().any(|key| text.text().starts_with(key))
        }
        PieceKind::Substitution(range) => {
            let mut calls = call.script.invocations_in(range.clone());
            calls.next().is_some_and(|made| {
                made.program == "az" && made.path().last().is_some_and(|word| word == "generate-sas")
            }) && calls.next().is_none()
        }
        _ => false,
    }
}
