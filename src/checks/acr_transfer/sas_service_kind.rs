//! `acr-transfer-sas-service-kind`: a service SAS, which can't do what an account SAS can.

use super::sas::report_problems;
use crate::engine::check::Check;
use crate::engine::finding::Finding;
use crate::evaluate::Instance;
use crate::sas::Problem;

pub(super) fn check<'t>(check: &mut Check<'_, 't>, secret: &Instance<'t>) {
    report_problems(check, secret, |_, problem, span| match problem {
        Problem::ServiceKind => Some(
            Finding::new(
                span,
                "a service SAS can't read the properties of the container, and some transfers need that",
            )
            .help("if runs fail with 403, use an account SAS with `srt=sco`"),
        ),
        _ => None,
    });
}
