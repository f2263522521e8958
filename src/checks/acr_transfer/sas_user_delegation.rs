//! `acr-transfer-sas-user-delegation`: a user delegation SAS in a secret that pipelines read for longer.

use super::sas::report_problems;
use crate::engine::check::Check;
use crate::evaluate::Instance;

pub(super) fn check<'t>(check: &mut Check<'_, 't>, secret: &Instance<'t>) {
    report_problems(check, secret, |_, _, finding| Some(finding));
}
