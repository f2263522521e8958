//! `acr-transfer-sas-service-kind`: a service SAS, which can't do what an account SAS can.

use super::sas::report_problems;
use crate::engine::check::Check;
use crate::evaluate::Instance;

pub(super) fn check<'t>(check: &mut Check<'_, 't>, secret: &Instance<'t>) {
    report_problems(check, secret, |_, _, finding| Some(finding));
}
