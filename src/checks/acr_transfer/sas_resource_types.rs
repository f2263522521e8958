//! `acr-transfer-sas-resource-types`: an account SAS that does not reach service, containers and blobs.

use super::sas::report_problems;
use crate::diagnostic::Severity;
use crate::engine::check::Check;
use crate::engine::finding::Finding;
use crate::evaluate::Instance;
use crate::sas::{Field, Problem};

pub(super) fn check<'t>(check: &mut Check<'_, 't>, secret: &Instance<'t>) {
    let sources = check.sources;
    report_problems(check, secret, |held, problem, span| {
        let Problem::ResourceTypes { missing } = problem else { return None };
        let word = held.word(Field::ResourceTypes);
        let names: Vec<&str> = missing.chars().filter_map(name).collect();
        let finding = Finding::new(span, format!("the SAS lacks {} in `{word}`", names.join(" and ")))
            .help(format!("set `{word}` to `sco`"))
            .fix(held.fix(sources, Field::ResourceTypes, "sco"));
        Some(if missing == "s" { finding.severity(Severity::Warning) } else { finding })
    });
}

fn name(letter: char) -> Option<&'static str> {
    match letter {
        's' => Some("`s` (service)"),
        'c' => Some("`c` (container)"),
        'o' => Some("`o` (object)"),
        _ => None,
    }
}
