//! `acr-transfer-sas-https-only`: a SAS that may be sent without encryption.

use super::sas::report_problems;
use crate::engine::check::Check;
use crate::evaluate::Instance;
use crate::sas::Field;

pub(super) fn check<'t>(check: &mut Check<'_, 't>, secret: &Instance<'t>) {
    let sources = check.sources;
    report_problems(check, secret, |held, _, finding| Some(finding.fix(held.fix(sources, Field::Protocol, "https"))));
}
