//! `acr-transfer-sas-permissions`: a SAS that does not allow what its pipelines do.

use super::sas::report_problems;
use crate::engine::check::Check;
use crate::evaluate::Instance;
use crate::sas::{Field, Problem};

pub(super) fn check<'t>(check: &mut Check<'_, 't>, secret: &Instance<'t>) {
    let sources = check.sources;
    report_problems(check, secret, |held, problem, finding| {
        let Problem::Permissions { wanted, .. } = problem else { return None };
        Some(finding.fix(held.fix(sources, Field::Permissions, wanted)))
    });
}
