//! `acr-transfer-sas-wrong-direction`: an export pipeline that reads the secret made for import, or the reverse.

use super::sas::{Direction, Pipeline, generators, held_by, secret_sets};
use crate::checks::FileCheck;
use crate::checks::storage_place::{MARK, same, text_of};
use crate::diagnostic::Severity;
use crate::engine::check::Check;
use crate::engine::finding::Finding;
use crate::evaluate::Instance;
use crate::evaluate::value::Value;
use crate::sas::{Needs, Problem, judge};
use crate::script::{Invocation, Script};

pub(super) fn check<'t>(check: &mut Check<'_, 't>, pipeline: &Instance<'t>) {
    let Some(pipeline) = Pipeline::of(check, pipeline) else { return };
    let Some(name) = pipeline.secret.as_ref().and_then(|secret| secret.name.as_ref()).and_then(Value::as_str) else {
        return;
    };
    let Some(told) = Direction::from_name(name).filter(|told| *told != pipeline.direction) else { return };
    let message = message(pipeline.direction, name, told);
    let fails = serves_other_direction_only(check, &pipeline);
    let finding = Finding::at(&pipeline.key_vault_uri, message).map(|finding| {
        let finding = finding.help("name the secret that holds the SAS for this pipeline");
        if fails { finding.severity(Severity::Error) } else { finding }
    });
    check.report(finding);
}

fn message(direction: Direction, name: &str, told: Direction) -> String {
    format!("the {} pipeline reads the secret `{name}`, which is for {}", direction.word(), told.word())
}

/// The pipelines that scripts create.
pub(super) fn check_scripts(check: &mut FileCheck<'_>) {
    for call in check.invocations().collect::<Vec<_>>() {
        let direction = match () {
            () if call.is_az(&["acr", "export-pipeline", "create"]) => Direction::Export,
            () if call.is_az(&["acr", "import-pipeline", "create"]) => Direction::Import,
            () => continue,
        };
        let Some(word) = call.option(&["--secret-uri", "-s"]).and_then(|option| option.values.into_iter().next())
        else {
            continue;
        };
        let uri = text_of(call.script, &word, call.command);
        let name = uri.rsplit_once("/secrets/").and_then(|(_, rest)| rest.split('/').next());
        let Some(name) = name.filter(|name| !name.contains(MARK)) else { continue };
        let Some(told) = Direction::from_name(name).filter(|told| *told != direction) else { continue };
        let finding = Finding::new(word.span, message(direction, name, told))
            .help("name the secret that holds the SAS for this pipeline");
        let fails = makes_other_direction_only(check, call.script, name, &call, direction);
        check.report(if fails { finding.severity(Severity::Error) } else { finding });
    }
}

/// Whether the script makes the SAS of the secret, and it does not allow what the pipeline does.
fn makes_other_direction_only(
    check: &FileCheck<'_>,
    script: &Script,
    name: &str,
    pipeline: &Invocation<'_>,
    direction: Direction,
) -> bool {
    let exports = direction == Direction::Export;
    let deletes = pipeline.words.iter().any(|word| word.is("DeleteSourceBlobOnSuccess"));
    let needs = Needs { export: exports, import: !exports, trigger: false, delete: deletes };
    let sets = secret_sets(script);
    let mut made = generators(script).into_iter().filter(|made| {
        sets.iter().any(|set| same(set.name.as_deref(), Some(name)) == Some(true) && set.holds(made.call.command))
    });
    made.any(|made| {
        judge(&made.sas, needs, check.now).iter().any(|problem| matches!(problem, Problem::Permissions { .. }))
    })
}

/// Whether the secret is in view, and its SAS does not allow what the pipeline does.
fn serves_other_direction_only(check: &mut Check<'_, '_>, pipeline: &Pipeline) -> bool {
    let needs = Needs {
        export: pipeline.direction == Direction::Export,
        import: pipeline.direction == Direction::Import,
        trigger: pipeline.trigger,
        delete: pipeline.delete,
    };
    let Some(now) = check.evaluator.context().now else { return false };
    for secret in check.resources(&["Microsoft.KeyVault/vaults/secrets"]).iter() {
        let Some(names) = check.evaluator.names(secret) else { continue };
        let [vault, name] = names.as_slice() else { continue };
        if pipeline.reads(vault, name) == Some(true) {
            let lacks = |problem: &Problem| matches!(problem, Problem::Permissions { .. });
            return held_by(check, secret).iter().any(|held| judge(&held.sas, needs, now).iter().any(lacks));
        }
    }
    false
}
