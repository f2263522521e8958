//! `acr-transfer-sas-wrong-direction`: an export pipeline that reads the secret made for import, or the reverse.

use super::sas::{Direction, Pipeline, held_by};
use crate::diagnostic::Severity;
use crate::engine::check::Check;
use crate::engine::finding::Finding;
use crate::evaluate::Instance;
use crate::evaluate::value::Value;
use crate::sas::{Needs, Problem, judge};

pub(super) fn check<'t>(check: &mut Check<'_, 't>, pipeline: &Instance<'t>) {
    let Some(pipeline) = Pipeline::of(check, pipeline) else { return };
    let Some(name) = pipeline.secret.as_ref().and_then(|secret| secret.name.as_ref()).and_then(Value::as_str) else {
        return;
    };
    let Some(told) = Direction::from_name(name).filter(|told| *told != pipeline.direction) else { return };
    let message =
        format!("the {} pipeline reads the secret `{name}`, which is for {}", pipeline.direction.word(), told.word());
    let fails = serves_other_direction_only(check, &pipeline);
    let finding = Finding::at(&pipeline.key_vault_uri, message).map(|finding| {
        let finding = finding.help("name the secret that holds the SAS for this pipeline");
        if fails { finding.severity(Severity::Error) } else { finding }
    });
    check.report(finding);
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
    for secret in check.resources(&["Microsoft.KeyVault/vaults/secrets"]) {
        let Some(names) = check.evaluator.names(&secret) else { continue };
        let [vault, name] = names.as_slice() else { continue };
        if pipeline.reads(vault, name) == Some(true) {
            let lacks = |problem: &Problem| matches!(problem, Problem::Permissions { .. });
            return held_by(check, &secret).iter().any(|held| judge(&held.sas, needs, now).iter().any(lacks));
        }
    }
    false
}
