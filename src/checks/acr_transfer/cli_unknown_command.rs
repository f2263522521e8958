//! `cli-unknown-command`: a command or a flag for transfers that the Azure CLI does not have.

use super::cli::Call;
use super::cli_source_trigger_flag::is_about_trigger;
use super::flags::{ACCESS_MODE, GROUPS, Meaning, Takes};
use super::shape::Kind;
use crate::checks::FileCheck;
use crate::checks::script_pipelines::is_transfer_call;
use crate::diagnostic::{Edit, Fix, Safety};
use crate::engine::finding::Finding;
use crate::script::{Dialect, Invocation};
use crate::source::Span;
use crate::syntax::shell::Word;

pub(super) fn check(check: &mut FileCheck<'_>) {
    let mut calls = check.facts.scripts.calls(check).iter().peekable();
    for (at, invocation) in check.invocations().enumerate() {
        check.report(unknown_command(&invocation));
        let Some((_, call)) = calls.next_if(|(call, _)| *call == at) else { continue };
        if is_complete(call) {
            let stray = stray_option(check, &invocation);
            check.report(stray);
        }
        for (meaning, argument) in call.options() {
            let Meaning::Unknown(meant) = meaning else { continue };
            if call.kind == Kind::Import && is_about_trigger(&argument.name) {
                continue;
            }
            let finding = Finding::new(argument.span, format!("the command has no flag `{}`", argument.name));
            check.report(match meant {
                Some(meant) => finding.help(format!("did you mean `{meant}`?")),
                None => finding.help("see the flags that `--help` lists"),
            });
        }
    }
}

/// Whether a call has all that it needs: what it lacks is said of it, and may well stand in the next line.
fn is_complete(call: &Call<'_>) -> bool {
    let lacks_required = call.flags.iter().any(|flag| flag.takes == Takes::Required && call.lacks(flag.long));
    let lacks_mode = call.creates && call.kind != Kind::Run && call.lacks(ACCESS_MODE);
    !lacks_required && !lacks_mode
}

/// The option that begins the line after a call, which was meant to go on there.
fn stray_option(check: &FileCheck<'_>, call: &Invocation<'_>) -> Option<Finding> {
    let command = call.script.program.commands.get(call.command).filter(|_| is_transfer_call(call))?;
    let text = check.sources.file(command.span.file).text();
    let after = text.get(command.span.end as usize..)?;
    let (rest, next) = after.split_once('\n')?;
    let is_over = rest.trim().is_empty() || rest.trim_start().starts_with('#');
    let line = next.split('\n').next().unwrap_or_default();
    let option = line.trim_start().split([' ', '=', '\t', '\r']).next()?;
    let letters = option.trim_start_matches('-');
    let is_option = (1..=2).contains(&(option.len() - letters.len()))
        && letters.starts_with(|first: char| first.is_ascii_alphabetic())
        && letters.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    // Operators of PowerShell have one dash, too.
    let is_short = option.len() == 2 || call.is_cmdlet() && letters.starts_with(|first: char| first.is_uppercase());
    if !is_over || !is_option || !(option.starts_with("--") || is_short) {
        return None;
    }
    let (mark, name) = match call.script.dialect {
        Dialect::Posix => ("\\", "`\\`"),
        Dialect::PowerShell => ("`", "a backtick"),
        Dialect::Batch => ("^", "`^`"),
    };
    let start = command.span.end as usize + rest.len() + 1 + line.len() - line.trim_start().len();
    let span = Span::new(command.span.file, start, start + option.len());
    let message = format!("`{option}` is no part of the command: the line before does not end in {name}");
    let end = Span { start: command.span.end, ..command.span };
    let edits = vec![Edit { span: end, replacement: format!(" {mark}") }];
    let fix = Fix { title: format!("end the line before in {name}"), safety: Safety::Unsafe, edits };
    let finding = Finding::new(span, message).help(format!("end the line before in {name}, with nothing after it"));
    Some(finding.related(call.path_span(), "the command").fix(rest.trim().is_empty().then_some(fix)))
}

fn unknown_command(call: &Invocation<'_>) -> Option<Finding> {
    if !call.is_az(&[]) {
        return None;
    }
    let mut path = call.words.iter().zip(call.path());
    let (first, program) = path.next()?;
    if matches!(program, "acrtransfer" | "acr-transfer") {
        return Some(no_group(first, program, call));
    }
    if program != "acr" {
        return None;
    }
    let (group, name) = path.next()?;
    if let Some((known, kind)) = GROUPS.iter().find(|(known, _)| *known == name) {
        let (verb, text) = path.next()?;
        let verbs: &[&str] = match kind {
            Kind::Run => &["create", "show", "list", "delete", "clean"],
            Kind::Export | Kind::Import => &["create", "show", "list", "delete"],
        };
        if verbs.contains(&text) {
            return None;
        }
        let verbs = verbs.iter().map(|verb| format!("`{verb}`")).collect::<Vec<_>>().join(", ");
        let finding = Finding::new(verb.span, format!("`az acr {known}` has no command `{text}`"));
        return Some(finding.help(format!("its commands are {verbs}")));
    }
    let folded = name.to_ascii_lowercase();
    let is_pipeline = folded.contains("pipeline");
    (is_pipeline || matches!(folded.as_str(), "transfer" | "acrtransfer")).then(|| no_group(group, name, call))
}

fn no_group(word: &Word, name: &str, call: &Invocation<'_>) -> Finding {
    let path = call.path().collect::<Vec<_>>().join(" ").to_ascii_lowercase();
    let has = |names: &[&str]| call.option(names).is_some();
    let meant = if path.contains("run") || has(&["--pipeline-type", "--artifacts", "--storage-blob", "-t", "-b", "-a"])
    {
        Some("pipeline-run")
    } else if path.contains("export") {
        Some("export-pipeline")
    } else if path.contains("import") {
        Some("import-pipeline")
    } else {
        None
    };
    let help = match meant {
        Some(meant) => format!("did you mean `az acr {meant}`?"),
        None => {
            "the groups are `az acr export-pipeline`, `az acr import-pipeline` and `az acr pipeline-run`".to_owned()
        }
    };
    Finding::new(word.span, format!("the Azure CLI has no command group `{name}`")).help(help)
}
