//! `acr-transfer-sas-expired`: a SAS that is no longer valid.

use super::sas::report_problems;
use crate::engine::check::Check;
use crate::evaluate::Instance;

pub(super) fn check<'t>(check: &mut Check<'_, 't>, secret: &Instance<'t>) {
    report_problems(check, secret, |_, _, finding| Some(finding));
}
