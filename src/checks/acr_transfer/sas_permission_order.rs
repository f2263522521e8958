//! `acr-transfer-sas-permission-order`: permissions of a service or user delegation SAS out of order.

use super::sas::{Form, report_problems};
use crate::diagnostic::Severity;
use crate::engine::check::Check;
use crate::engine::finding::Finding;
use crate::evaluate::Instance;
use crate::sas::{Field, Problem};

pub(super) fn check<'t>(check: &mut Check<'_, 't>, secret: &Instance<'t>) {
    let sources = check.sources;
    report_problems(check, secret, |held, problem, span| {
        let Problem::PermissionOrder { ordered } = problem else { return None };
        let word = held.word(Field::Permissions);
        let message = format!("the letters of `{word}` must be in the order `{ordered}`, each once");
        let finding = Finding::new(span, message);
        Some(match held.form {
            Form::Token(..) => finding.help("a token can't be edited, because it is signed; make a new one"),
            // With letters missing, the change of `sas-permissions` orders them, too.
            Form::Call(_) => finding.severity(Severity::Warning).fix(held.fix(sources, Field::Permissions, ordered)),
        })
    });
}
