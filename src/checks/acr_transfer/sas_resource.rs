//! `acr-transfer-sas-resource`: the token of a service SAS for a blob where one for the container is needed.

use super::sas::{Form, report_problems};
use crate::engine::check::Check;
use crate::evaluate::Instance;

pub(super) fn check<'t>(check: &mut Check<'_, 't>, secret: &Instance<'t>) {
    // The arguments of a call are the business of `sas-arguments`.
    report_problems(check, secret, |held, _, finding| matches!(held.form, Form::Token(..)).then_some(finding));
}
