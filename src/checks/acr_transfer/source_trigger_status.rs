//! `source-trigger-status`: whether an import pipeline starts by itself.

use super::shape::{is_missing, misspelt};
use crate::diagnostic::{Safety, Severity};
use crate::engine::check::Check;
use crate::engine::finding::Finding;
use crate::engine::fix::replace_value;
use crate::engine::query::Found;
use crate::evaluate::Instance;
use crate::evaluate::value::Value;

const STATES: [&str; 2] = ["Enabled", "Disabled"];
const HELP: &str = "set `trigger.sourceTrigger.status` to `Enabled` or `Disabled`";

pub(super) fn check<'t>(check: &mut Check<'_, 't>, instance: &Instance<'t>) {
    let properties = check.find(instance, &["properties"]);
    if properties.value().and_then(Value::as_object).is_none() {
        return;
    }
    let trigger = check.find(instance, &["properties", "trigger", "sourceTrigger"]);
    if is_missing(&trigger) {
        return report_absent(check, instance, &trigger);
    }
    let found = check.find(instance, &["properties", "trigger", "sourceTrigger", "status"]);
    let Some(value) = found.value().filter(|_| !is_missing(&found)) else {
        if misspelt(check, instance, "status") {
            return;
        }
        let Some(place) = found.key() else { return };
        return check.report(Finding::new(place, "`status` of the source trigger is missing").help(HELP));
    };
    if value.is_unknown() {
        return check.undecided(&found);
    }
    let text = value.as_str().unwrap_or_default();
    if STATES.contains(&text) {
        return;
    }
    let finding = if let Some(state) = STATES.iter().find(|state| state.eq_ignore_ascii_case(text)) {
        let fix = replace_value(check.sources, &found, &(*state).into(), Safety::Safe);
        let finding = Finding::at(&found, format!("the status `{text}` is spelt `{state}`"));
        finding.map(|finding| finding.severity(Severity::Warning).help(format!("write `{state}`")).fix(fix))
    } else {
        let finding = Finding::at(&found, "the status of the source trigger is neither `Enabled` nor `Disabled`");
        finding.map(|finding| finding.help(HELP))
    };
    check.report(finding);
}

fn report_absent<'t>(check: &mut Check<'_, 't>, instance: &Instance<'t>, trigger: &Found) {
    let misplaced = ["trigger", "sourceTrigger", "status"].iter().any(|name| misspelt(check, instance, name));
    let Some(place) = trigger.key().filter(|_| !misplaced) else { return };
    let message = "the source trigger is enabled unless the pipeline says otherwise: it imports new blobs by itself";
    check.report(Finding::new(place, message).severity(Severity::Info).help(HELP));
}
