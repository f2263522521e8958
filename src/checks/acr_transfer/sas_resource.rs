//! `acr-transfer-sas-resource`: the token of a service SAS for a blob where one for the container is needed.

use super::sas::{Form, report_problems};
use crate::engine::check::Check;
use crate::engine::finding::Finding;
use crate::evaluate::Instance;
use crate::sas::{Field, Problem};

pub(super) fn check<'t>(check: &mut Check<'_, 't>, secret: &Instance<'t>) {
    report_problems(check, secret, |held, problem, span| {
        // The arguments of a call are the business of `sas-arguments`.
        let (Problem::Resource, Form::Token(..)) = (problem, &held.form) else { return None };
        let kind = match held.sas.known(Field::Resource)? {
            "b" => "a blob",
            "bs" => "a snapshot of a blob",
            "bv" => "a version of a blob",
            "d" => "a directory",
            _ => "something else",
        };
        Some(
            Finding::new(span, format!("the SAS is for {kind}; a pipeline needs one for the container (`sr=c`)"))
                .help("make a SAS for the container, or an account SAS"),
        )
    });
}
