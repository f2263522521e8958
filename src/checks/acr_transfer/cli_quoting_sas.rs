//! The part of `acr-transfer-cli-quoting` about SAS: variables without quotes, and tokens that the shell cuts at a `&`.

use super::sas::Generator;
use crate::checks::FileCheck;
use crate::diagnostic::{Edit, Fix, Safety, Severity};
use crate::engine::finding::Finding;
use crate::script::{Dialect, Invocation};
use crate::source::Span;
use crate::syntax::shell::{Assigned, PieceKind, Quoting, Word};

pub(super) fn check(check: &mut FileCheck<'_>) {
    if !check.project.about_transfers.contains(&check.file) {
        return;
    }
    let calls: Vec<Invocation<'_>> = check.invocations().collect();
    for call in calls {
        let takes_sas = call.program == "azcopy" || call.program == "az" || call.is_cmdlet();
        for word in call.words.iter().filter(|_| takes_sas) {
            let finding = match call.script.dialect {
                Dialect::Posix => bare_variable(&call, word),
                Dialect::PowerShell if call.program == "az" => quoted_ampersand(word),
                Dialect::PowerShell | Dialect::Batch => None,
            };
            check.report(finding.or_else(|| bare_ampersand(check, &call, word)));
        }
    }
}

/// A variable with a SAS that the shell may split or expand.
fn bare_variable(call: &Invocation<'_>, word: &Word) -> Option<Finding> {
    let is_sas = word.pieces.iter().any(|piece| match &piece.kind {
        PieceKind::Variable(name) if piece.quoting == Quoting::Bare => holds_sas(call, name),
        _ => false,
    });
    if !is_sas {
        return None;
    }
    let at =
        |at: u32, text: &str| Edit { span: Span { start: at, end: at, ..word.span }, replacement: text.to_owned() };
    let edits = vec![at(word.span.start, "\""), at(word.span.end, "\"")];
    let fix = Fix { title: "quote it".to_owned(), safety: Safety::Safe, edits };
    let finding = Finding::new(word.span, "the SAS is not quoted, and the shell may split it or look for files")
        .severity(Severity::Info)
        .help("write it in double quotes");
    Some(finding.fix(word.is_bare().then_some(fix)))
}

fn holds_sas(call: &Invocation<'_>, name: &str) -> bool {
    let folded = name.to_ascii_lowercase();
    if folded.ends_with("sas") || folded.ends_with("sas_token") || folded.ends_with("sastoken") {
        return true;
    }
    let Some(assignment) = call.script.assignment(name, call.command) else { return false };
    let Assigned::Word(word) = &assignment.value else { return false };
    word.pieces.iter().any(|piece| match &piece.kind {
        PieceKind::Substitution(range) => {
            call.script.invocations_in(range.clone()).any(|inner| Generator::of(inner).is_some())
        }
        _ => false,
    })
}

/// A token in quotes that PowerShell takes away before `az.cmd` reads the argument.
fn quoted_ampersand(word: &Word) -> Option<Finding> {
    let text = word.literal().filter(|text| text.contains('&') && is_token(text))?;
    let is_kept = text.starts_with('"') || text.contains(char::is_whitespace);
    let finding =
        Finding::new(word.span, "PowerShell takes the quotes away, and `az.cmd` cuts the token at its first `&`")
            .severity(Severity::Error)
            .help("put double quotes inside the single ones: `'\"…\"'`");
    (!is_kept && !word.is_bare()).then_some(finding)
}

/// A token without quotes that the shell cuts at its first `&`.
fn bare_ampersand(check: &FileCheck<'_>, call: &Invocation<'_>, word: &Word) -> Option<Finding> {
    let text = word.literal().filter(|text| is_token(text) && word.is_bare() && !text.contains('&'))?;
    let command = call.script.program.commands.get(call.command)?;
    let rest = check.sources.file(word.span.file).text().get(word.span.end as usize..)?;
    let next = rest.strip_prefix('&')?;
    let (key, _) = next.split_once('=')?;
    let is_key = (2..=5).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_lowercase());
    let is_last = command.span.end == word.span.end && !text.is_empty();
    (is_key && is_last).then(|| {
        Finding::new(word.span, "the token is not quoted, and the shell cuts it at its first `&`")
            .severity(Severity::Error)
            .help("write it in quotes")
    })
}

fn is_token(text: &str) -> bool {
    let query = text.rsplit_once('?').map_or(text, |(_, query)| query);
    let query = query.trim_start_matches(['"', '\'']);
    ["sv=", "sp=", "st=", "se=", "sr=", "ss=", "srt=", "sig="].iter().any(|key| query.starts_with(key))
}
