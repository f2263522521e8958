//! `acr-transfer-sas-expires-soon`: a SAS that is valid for a few more days only.

use super::sas::report_problems;
use crate::diagnostic::Severity;
use crate::engine::check::Check;
use crate::evaluate::Instance;
use crate::sas::Field;

pub(super) fn check<'t>(check: &mut Check<'_, 't>, secret: &Instance<'t>) {
    const RUN: &str = "Microsoft.ContainerRegistry/registries/pipelineRuns";
    let runs_here = !check.resources(&[RUN]).is_empty();
    report_problems(check, secret, |held, _, mut finding| {
        if !held.is_computed(Field::Expiry) {
            return Some(finding);
        }
        finding.message.push_str(" after each deployment");
        // One that is made anew for the run beside it is meant to be short-lived.
        Some(if runs_here { finding.severity(Severity::Info) } else { finding })
    });
}
