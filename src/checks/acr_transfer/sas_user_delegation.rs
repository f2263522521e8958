//! `acr-transfer-sas-user-delegation`: a user delegation SAS in a secret that pipelines read for longer.

use super::sas::report_problems;
use crate::engine::check::Check;
use crate::engine::finding::Finding;
use crate::evaluate::Instance;
use crate::sas::Problem;

pub(super) fn check<'t>(check: &mut Check<'_, 't>, secret: &Instance<'t>) {
    report_problems(check, secret, |_, problem, span| match problem {
        Problem::UserDelegation => Some(
            Finding::new(span, "a user delegation SAS is valid for seven days at most, and ends with its key")
                .help("store an account or service SAS, or let the pipeline use its managed identity"),
        ),
        _ => None,
    });
}
