//! `acr-transfer-sas-expired`: a SAS that is no longer valid.

use super::sas::report_problems;
use crate::engine::check::Check;
use crate::engine::finding::Finding;
use crate::evaluate::Instance;
use crate::sas::Problem;

pub(super) fn check<'t>(check: &mut Check<'_, 't>, secret: &Instance<'t>) {
    report_problems(check, secret, |_, problem, span| match problem {
        Problem::Expired { expiry } => Some(
            Finding::new(span, format!("the SAS expired at {expiry}"))
                .help("make a new SAS, store it as a new version of the secret, and note when it expires"),
        ),
        _ => None,
    });
}
