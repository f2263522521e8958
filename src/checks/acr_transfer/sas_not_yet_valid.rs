//! `acr-transfer-sas-not-yet-valid`: a SAS that becomes valid later, or never.

use super::sas::report_problems;
use crate::engine::check::Check;
use crate::evaluate::Instance;

pub(super) fn check<'t>(check: &mut Check<'_, 't>, secret: &Instance<'t>) {
    report_problems(check, secret, |_, _, finding| Some(finding));
}
