//! `acr-transfer-sas-stored-policy`: a SAS whose permissions and times a stored access policy holds.

use super::sas::report_problems;
use crate::engine::check::Check;
use crate::evaluate::Instance;

pub(super) fn check<'t>(check: &mut Check<'_, 't>, secret: &Instance<'t>) {
    report_problems(check, secret, |_, _, finding| Some(finding));
}
