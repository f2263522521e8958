//! `acr-transfer-sas-malformed`: the value of a transfer secret that is not a token as the service reads it.

use super::argument::sets_output;
use super::sas::{
    Generator, ListCall, SecretSet, TransferSecret, check_scripts, generators, part_span, secret_sets, transfer_secret,
    worded,
};
use crate::checks::FileCheck;
use crate::diagnostic::{Fix, Safety, Severity};
use crate::engine::check::Check;
use crate::engine::endpoint::{Scheme, Uri};
use crate::engine::finding::Finding;
use crate::evaluate::Instance;
use crate::evaluate::partial::Partial;
use crate::sas::{DefectKind, Token, Verdict, is_account_key};
use crate::script::Script;
use crate::syntax::shell::{Assigned, PieceKind};

pub(super) fn check<'t>(check: &mut Check<'_, 't>, secret: &Instance<'t>) {
    let Some(TransferSecret { value: found, .. }) = transfer_secret(check, secret) else { return };
    let Some(value) = found.value() else { return };
    let Some(text) = Partial::new(value) else { return };
    if !ListCall::all_in(value).is_empty() {
        let is_url = Uri::parse(value).is_some_and(|uri| matches!(uri.scheme, Scheme::Known(_)));
        for (is_wrong, kind) in [
            (is_url, DefectKind::Url),
            (text.text().contains(['"', '\'']), DefectKind::Quote),
            (text.text().contains(char::is_whitespace), DefectKind::Blank),
        ] {
            let Verdict { severity, message, .. } = Verdict::of_defect(kind);
            let finding = Finding::at(&found, message).filter(|_| is_wrong);
            check.report(finding.map(|finding| Finding { severity, ..finding }));
        }
        return;
    }
    let Some(token) = Token::parse(text.text()) else {
        if let (true, Some(span)) = (is_account_key(text.text()), found.span()) {
            check.report(worded(span, Verdict::of_account_key()).used(value));
        }
        return;
    };
    for defect in token.defects {
        let Some(span) = part_span(check.sources, &text, defect.range).or(value.origin.span) else { continue };
        check.report(worded(span, Verdict::of_defect(defect.kind)).used(value));
    }
}

/// The tokens that scripts store.
pub(super) fn check_files(check: &mut FileCheck<'_>) {
    check_scripts(check);
    let Some(found) = check.scripts() else { return };
    if sets_output(check) {
        return;
    }
    for script in &found.scripts {
        let sets = secret_sets(script);
        for made in generators(script) {
            let stores = |set: &SecretSet<'_>| {
                set.holds(made.call.command) && !set.is_without_quotes() && set.kept(check).serves
            };
            let is_stored = sets.iter().any(stores);
            if is_stored && is_plain_json(script, &made) {
                let verdict = Verdict::of_defect(DefectKind::Quote);
                let edits = made.appended("--output tsv").into_iter().collect();
                let fix = Fix { title: "add `--output tsv`".to_owned(), safety: Safety::Safe, edits };
                let finding = worded(made.span(), verdict).severity(Severity::Warning);
                check.report(finding.help("add `--output tsv`: the output is JSON otherwise").fix(Some(fix)));
            }
        }
    }
}

/// Whether a variable or argument is what the Azure CLI writes by default, JSON, and nothing takes the quotes away.
fn is_plain_json(script: &Script, made: &Generator<'_>) -> bool {
    let command = made.call.command;
    let commands = &script.program.commands;
    let is_piped = commands
        .get(command)
        .is_some_and(|own| commands.iter().filter(|other| other.pipeline == own.pipeline).count() > 1);
    // What computes its arguments comes before it.
    let is_last = |kind: &PieceKind| matches!(kind, PieceKind::Substitution(range) if range.end == command + 1);
    let words = script.program.assignments.iter().filter_map(|assignment| match &assignment.value {
        Assigned::Word(word) => Some(word),
        _ => None,
    });
    let arguments = commands.iter().flat_map(|command| &command.words);
    let mut pieces = words.chain(arguments).flat_map(|word| word.pieces.iter());
    !made.is_cmdlet
        && !is_piped
        && made.call.option(&["--output", "-o", "--query"]).is_none()
        && !made.call.words.iter().any(|word| word.prefix().starts_with("-o") || word.prefix().starts_with("--out"))
        && pieces.any(|piece| is_last(&piece.kind))
}
