//! `acr-transfer-sas-shared-key-disabled`: a SAS signed with a key of an account that refuses keys.

use super::sas::{Form, HeldSas, account_of, held_by};
use crate::engine::check::Check;
use crate::engine::finding::Finding;
use crate::evaluate::Instance;
use crate::evaluate::value::Value;
use crate::sas::{Field, Kind};

pub(super) fn check<'t>(check: &mut Check<'_, 't>, secret: &Instance<'t>) {
    for held in held_by(check, secret) {
        if !held.serves || !matches!(held.sas.kind(), Some(Kind::Account | Kind::Service)) {
            continue;
        }
        let Some(account) = account_of(check, &held) else { continue };
        let allowed = check.find(&account, &["properties", "allowSharedKeyAccess"]);
        if allowed.value().and_then(Value::as_bool) != Some(false) {
            continue;
        }
        let message = "the account refuses keys, and every SAS that is signed with one";
        let finding = Finding::at(&allowed, message).map(|finding| {
            let finding = finding.help("let the pipelines use their managed identity, or allow shared key access");
            match made_at(check, &held) {
                Some(span) => finding.related(span, "a SAS signed with an account key"),
                None => finding,
            }
        });
        check.report(finding);
    }
}

fn made_at(check: &Check<'_, '_>, held: &HeldSas) -> Option<crate::source::Span> {
    match &held.form {
        Form::Call(call) => call.value.origin.span,
        Form::Token(..) => held.place(check.sources, Field::Version),
    }
}
