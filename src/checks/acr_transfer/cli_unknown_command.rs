//! `cli-unknown-command`: a command or a flag for transfers that the Azure CLI does not have.

use super::cli::Call;
use super::cli_source_trigger_flag::is_about_trigger;
use super::flags::{GROUPS, Meaning};
use super::shape::Kind;
use crate::checks::FileCheck;
use crate::engine::finding::Finding;
use crate::script::Invocation;
use crate::syntax::shell::Word;

pub(super) fn check(check: &mut FileCheck<'_>) {
    for invocation in check.invocations().collect::<Vec<_>>() {
        check.report(unknown_command(&invocation));
        let Some(call) = Call::new(invocation) else { continue };
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
