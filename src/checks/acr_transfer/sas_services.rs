//! `acr-transfer-sas-services`: an account SAS that is not for blobs.

use super::sas::report_problems;
use crate::engine::check::Check;
use crate::evaluate::Instance;
use crate::sas::Field;

pub(super) fn check<'t>(check: &mut Check<'_, 't>, secret: &Instance<'t>) {
    let sources = check.sources;
    report_problems(check, secret, |held, _, finding| {
        let services = format!("b{}", held.sas.known(Field::Services).unwrap_or_default());
        Some(finding.fix(held.fix(sources, Field::Services, &services)))
    });
}
