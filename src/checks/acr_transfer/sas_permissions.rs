//! `acr-transfer-sas-permissions`: a SAS that does not allow what its pipelines do.

use super::sas::{Form, report_problems};
use crate::engine::check::Check;
use crate::engine::finding::Finding;
use crate::evaluate::Instance;
use crate::sas::{Field, Needs, Problem};

pub(super) fn check<'t>(check: &mut Check<'_, 't>, secret: &Instance<'t>) {
    let sources = check.sources;
    report_problems(check, secret, |held, problem, span| {
        let Problem::Permissions { missing, wanted } = problem else { return None };
        let reasons: Vec<String> = missing.chars().map(|letter| reason(letter, held.needs)).collect();
        let user = match (held.needs.export, held.needs.import) {
            (true, false) => "an export pipeline",
            (false, true) => "an import pipeline",
            _ => "a pipeline",
        };
        let word = held.word(Field::Permissions);
        let finding = Finding::new(span, format!("the SAS for {user} lacks {} in `{word}`", reasons.join(" and ")));
        Some(match held.form {
            Form::Token(..) => finding.help("make a new SAS with these permissions; a signed token can't be edited"),
            Form::Call(_) => {
                finding.help(format!("set `{word}` to `{wanted}`")).fix(held.fix(sources, Field::Permissions, wanted))
            }
        })
    });
}

/// A permission, and why it is needed.
fn reason(letter: char, needs: Needs) -> String {
    match letter {
        'r' => "`r` (read)".to_owned(),
        'w' => "`w` (write)".to_owned(),
        'a' => "`a` (add)".to_owned(),
        'l' if needs.import && needs.trigger => "`l` (list, for the source trigger)".to_owned(),
        'l' => "`l` (list)".to_owned(),
        'd' => "`d` (delete, for `DeleteSourceBlobOnSuccess`)".to_owned(),
        other => format!("`{other}`"),
    }
}
