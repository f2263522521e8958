//! `acr-transfer-sas-https-only`: a SAS that may be sent without encryption.

use super::sas::report_problems;
use crate::engine::check::Check;
use crate::engine::finding::Finding;
use crate::evaluate::Instance;
use crate::sas::{Field, Problem};

pub(super) fn check<'t>(check: &mut Check<'_, 't>, secret: &Instance<'t>) {
    let sources = check.sources;
    report_problems(check, secret, |held, problem, span| {
        let Problem::Http = problem else { return None };
        let word = held.word(Field::Protocol);
        let message = if held.sas.has(Field::Protocol) {
            format!("the SAS may be sent over plain HTTP: `{word}` allows more than `https`")
        } else {
            format!("the SAS may be sent over plain HTTP: `{word}` is missing")
        };
        Some(Finding::new(span, message).help(format!("set `{word}` to `https`")).fix(held.fix(
            sources,
            Field::Protocol,
            "https",
        )))
    });
}
