//! `acr-transfer-sas-permission-order`: permissions of a service or user delegation SAS out of order.

use super::sas::report_problems;
use crate::engine::check::Check;
use crate::evaluate::Instance;
use crate::sas::{Field, Problem};

pub(super) fn check<'t>(check: &mut Check<'_, 't>, secret: &Instance<'t>) {
    let sources = check.sources;
    report_problems(check, secret, |held, problem, finding| {
        let Problem::PermissionOrder { ordered } = problem else { return None };
        // With letters missing, the change of `sas-permissions` orders them, too.
        Some(finding.fix(held.fix(sources, Field::Permissions, ordered)))
    });
}
