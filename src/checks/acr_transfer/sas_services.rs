//! `acr-transfer-sas-services`: an account SAS that is not for blobs.

use super::sas::report_problems;
use crate::engine::check::Check;
use crate::engine::finding::Finding;
use crate::evaluate::Instance;
use crate::sas::{Field, Problem};

pub(super) fn check<'t>(check: &mut Check<'_, 't>, secret: &Instance<'t>) {
    let sources = check.sources;
    report_problems(check, secret, |held, problem, span| {
        let Problem::Services = problem else { return None };
        let word = held.word(Field::Services);
        let services = format!("b{}", held.sas.known(Field::Services).unwrap_or_default());
        Some(
            Finding::new(span, format!("the SAS is not for blobs: `{word}` lacks `b`"))
                .help(format!("add `b` to `{word}`"))
                .fix(held.fix(sources, Field::Services, &services)),
        )
    });
}
