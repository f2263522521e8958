//! `acr-transfer-sas-ip-range`: a SAS that only some addresses may use.

use super::sas::report_problems;
use crate::engine::check::Check;
use crate::engine::finding::Finding;
use crate::evaluate::Instance;
use crate::sas::{Field, Problem};

pub(super) fn check<'t>(check: &mut Check<'_, 't>, secret: &Instance<'t>) {
    report_problems(check, secret, |held, problem, span| match problem {
        Problem::Addresses => {
            let word = held.word(Field::Addresses);
            let message = format!("`{word}` keeps out the registry service, whose addresses are not known");
            Some(Finding::new(span, message).help(format!("leave `{word}` out")))
        }
        _ => None,
    });
}
