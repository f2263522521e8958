//! `acr-transfer-secret-validity`: the secret with a pipeline's SAS token can't be read at the time of a run.

use jiff::Timestamp;

use super::pipeline::{Mode, PIPELINES, mode, secret};
use super::sas::held_by;
use crate::diagnostic::Severity;
use crate::engine::check::Check;
use crate::engine::finding::Finding;
use crate::evaluate::Instance;
use crate::evaluate::resource_id::same_name;
use crate::evaluate::value::Value;
use crate::sas::{Field, instant};

const SOON: i64 = 30 * 24 * 60 * 60;

pub(super) fn check<'t>(check: &mut Check<'_, 't>, stored: &Instance<'t>) {
    if !is_used(check, stored) {
        return;
    }
    let Some(now) = check.evaluator.context().now.map(Timestamp::as_second) else { return };
    let attribute = |check: &mut Check<'_, 't>, name| check.find(stored, &["properties", "attributes", name]);
    let enabled = attribute(check, "enabled");
    if enabled.value().and_then(Value::as_bool) == Some(false) {
        check.report(Finding::at(&enabled, "the secret is disabled, so no run can read it"));
    }
    let expires = attribute(check, "exp");
    if let Some(end) = expires.value().and_then(Value::as_integer) {
        let finding = if end < now {
            Finding::at(&expires, "the secret has expired, so no run can read it")
        } else if end < now + SOON {
            let days = (end - now) / (24 * 60 * 60);
            Finding::at(&expires, format!("the secret expires in {days} days"))
                .map(|finding| finding.severity(Severity::Warning))
        } else {
            let held = held_by(check, stored);
            let sas = held.iter().filter_map(|held| held.sas.known(Field::Expiry).and_then(instant)).max();
            sas.filter(|sas| end < sas.as_second()).and_then(|sas| {
                let finding = Finding::at(&expires, "the secret expires before the SAS that it holds")?;
                Some(finding.severity(Severity::Info).help(format!("let it expire with the SAS, at {sas}")))
            })
        };
        check.report(finding);
    }
    let starts = attribute(check, "nbf");
    if starts.value().and_then(Value::as_integer).is_some_and(|start| start > now) {
        check.report(Finding::at(&starts, "the secret is not valid yet, so no run can read it"));
    }
}

/// Whether a pipeline of the template may read its SAS token from the secret.
fn is_used<'t>(check: &mut Check<'_, 't>, stored: &Instance<'t>) -> bool {
    let Some(names) = check.evaluator.names(stored) else { return false };
    let [vault, name] = names.as_slice() else { return false };
    check.resources(PIPELINES).iter().any(|pipeline| {
        let (_, place) = secret(check, pipeline);
        let (Some(used), Some(item)) = (&place.name, &place.item) else { return false };
        mode(check, pipeline) == Some(Mode::SasToken)
            && same_name(vault, used) != Some(false)
            && same_name(name, item) == Some(true)
    })
}
