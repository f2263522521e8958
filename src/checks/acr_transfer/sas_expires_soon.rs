//! `acr-transfer-sas-expires-soon`: a SAS that is valid for a few more days only.

use super::sas::report_problems;
use crate::diagnostic::Severity;
use crate::engine::check::Check;
use crate::engine::finding::Finding;
use crate::evaluate::Instance;
use crate::sas::{Field, Problem};

pub(super) fn check<'t>(check: &mut Check<'_, 't>, secret: &Instance<'t>) {
    const RUN: &str = "Microsoft.ContainerRegistry/registries/pipelineRuns";
    let runs_here = !check.resources(&[RUN]).is_empty();
    report_problems(check, secret, |held, problem, span| {
        let Problem::ExpiresSoon { days, .. } = problem else { return None };
        // One that is made anew for the run beside it is meant to be short-lived.
        let is_meant = runs_here && held.is_computed(Field::Expiry);
        let computed = if held.is_computed(Field::Expiry) { " after each deployment" } else { "" };
        let finding = Finding::new(span, format!("the SAS expires {}{computed}", within(*days)))
            .help("renew it in time: runs fail once it has expired");
        Some(if is_meant { finding.severity(Severity::Info) } else { finding })
    });
}

fn within(days: i64) -> String {
    match days {
        0 => "within a day".to_owned(),
        1 => "in a day".to_owned(),
        days => format!("in {days} days"),
    }
}
