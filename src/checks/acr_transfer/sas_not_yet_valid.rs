//! `acr-transfer-sas-not-yet-valid`: a SAS that becomes valid later, or never.

use super::sas::report_problems;
use crate::diagnostic::Severity;
use crate::engine::check::Check;
use crate::engine::finding::Finding;
use crate::evaluate::Instance;
use crate::sas::{Field, Problem};

pub(super) fn check<'t>(check: &mut Check<'_, 't>, secret: &Instance<'t>) {
    report_problems(check, secret, |held, problem, span| {
        let finding = match problem {
            Problem::NotYetValid { start } => Finding::new(span, format!("the SAS is not valid before {start}")),
            Problem::StartsAfterExpiry => {
                let expiry = held.word(Field::Expiry);
                Finding::new(span, format!("the SAS never becomes valid: it starts at or after `{expiry}`"))
            }
            Problem::StartsNow => Finding::new(span, "the SAS starts now, and a clock that is behind refuses it")
                .severity(Severity::Warning),
            _ => return None,
        };
        Some(finding.help("leave the start out, or set it to at least 15 minutes ago"))
    });
}
