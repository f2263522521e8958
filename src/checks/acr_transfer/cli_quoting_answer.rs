//! The part of `acr-transfer-cli-quoting` about quotes that are too many: an id that a command prints as JSON, and that
//! another command takes with its quotes.

use super::argument::{sets_output, text};
use crate::checks::FileCheck;
use crate::diagnostic::{Edit, Fix, Safety, Severity};
use crate::engine::finding::Finding;
use crate::script::{Dialect, Invocation};
use crate::source::Span;
use crate::syntax::shell::{Piece, PieceKind, Word};

/// Options that take an id.
const IDS: [&str; 7] =
    ["--assignee", "--assignee-object-id", "--object-id", "--spn", "--scope", "--assign-identity", "--scopes"];

pub(super) fn check(check: &mut FileCheck<'_>) {
    if !check.project.about_transfers.contains(&check.file) || sets_output(check) {
        return;
    }
    let mut reported: Vec<Span> = Vec::new();
    for call in check.invocations().filter(|call| call.is_az(&[])).collect::<Vec<_>>() {
        if call.script.dialect != Dialect::Posix {
            continue;
        }
        for name in IDS {
            let Some(option) = call.option(&[name]) else { continue };
            let Some(word) = option.values.first() else { continue };
            let Some(printed) = quoted_by(&call, word).filter(|of| !reported.contains(&of.path_span())) else {
                continue;
            };
            reported.push(printed.path_span());
            check.report(finding(&printed, word.span));
        }
    }
}

/// The command that prints the value of a word as JSON, with quotes that nothing takes away.
fn quoted_by<'s>(call: &Invocation<'s>, word: &Word) -> Option<Invocation<'s>> {
    let pieces = call.script.expand(word, call.command);
    let [Piece { kind: PieceKind::Substitution(commands), .. }] = pieces.as_slice() else { return None };
    let printed = call.script.invocations_in(commands.clone()).last()?;
    let query = text(&printed, &["--query"])?;
    let is_scalar = query.ends_with(|end: char| end.is_ascii_alphanumeric() || end == ']')
        && !query.ends_with("[]")
        && !query.contains(['{', '*']);
    let is_plain = printed.is_az(&[])
        && printed.option(&["--output", "-o"]).is_none()
        && !printed.words.iter().any(|word| word.prefix().starts_with("-o") || word.prefix().starts_with("--out"));
    (is_scalar && is_plain).then_some(printed)
}

fn finding(printed: &Invocation<'_>, used: Span) -> Finding {
    let message = "the command prints JSON, and the quotes around the id become a part of it";
    let end = printed.script.program.commands.get(printed.command).map(|command| command.span.end);
    let fix = end.map(|end| {
        let edit =
            Edit { span: Span { start: end, end, ..printed.name.span }, replacement: " --output tsv".to_owned() };
        Fix { title: "add `--output tsv`".to_owned(), safety: Safety::Safe, edits: vec![edit] }
    });
    let finding = Finding::new(printed.path_span(), message).severity(Severity::Warning);
    finding.related(used, "used here").help("add `--output tsv`").fix(fix)
}
