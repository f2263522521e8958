//! `acr-transfer-sas-stored-policy`: a SAS whose permissions and times a stored access policy holds.

use super::sas::report_problems;
use crate::engine::check::Check;
use crate::engine::finding::Finding;
use crate::evaluate::Instance;
use crate::sas::Problem;

pub(super) fn check<'t>(check: &mut Check<'_, 't>, secret: &Instance<'t>) {
    report_problems(check, secret, |_, problem, span| match problem {
        Problem::StoredPolicy => Some(
            Finding::new(span, "permissions and times are in a stored access policy of the container, and not checked")
                .help("check the policy: it must allow what the pipeline does, for as long as it runs"),
        ),
        _ => None,
    });
}
