//! `cli-quoting`: a word that a shell may read as something else.

use super::cli::Call;
use super::flags::IDENTITY;
use super::{cli_quoting_answer, cli_quoting_sas};
use crate::checks::FileCheck;
use crate::diagnostic::{Edit, Fix, Safety};
use crate::engine::finding::Finding;
use crate::script::Dialect;

pub(super) fn check(check: &mut FileCheck<'_>) {
    cli_quoting_sas::check(check);
    cli_quoting_answer::check(check);
    for call in Call::pipelines(check) {
        if call.invocation.script.dialect != Dialect::Posix {
            continue;
        }
        for word in call.argument(IDENTITY).map(|argument| argument.values.as_slice()).unwrap_or_default() {
            if !word.is("[system]") || check.sources.text(word.span) != "[system]" {
                continue;
            }
            let edits = vec![Edit { span: word.span, replacement: "'[system]'".to_owned() }];
            let fix = Fix { title: "quote it".to_owned(), safety: Safety::Safe, edits };
            let message = "a shell takes `[system]` without quotes for a pattern of file names";
            let help = "quote it: `'[system]'`";
            check.report(Finding::new(word.span, message).help(help).fix(Some(fix)));
        }
    }
}
