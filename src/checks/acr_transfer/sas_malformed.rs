//! `acr-transfer-sas-malformed`: the value of a transfer secret that is not a token as the service reads it.

use super::sas::{ListCall, TransferSecret, part_span, transfer_secret, worded};
use crate::engine::check::Check;
use crate::engine::endpoint::{Scheme, Uri};
use crate::engine::finding::Finding;
use crate::evaluate::Instance;
use crate::evaluate::partial::Partial;
use crate::sas::{DefectKind, Token, Verdict, is_account_key};

pub(super) fn check<'t>(check: &mut Check<'_, 't>, secret: &Instance<'t>) {
    let Some(TransferSecret { value: found, .. }) = transfer_secret(check, secret) else { return };
    let Some(value) = found.value() else { return };
    let Some(text) = Partial::new(value) else { return };
    if !ListCall::all_in(value).is_empty() {
        let is_url = Uri::parse(value).is_some_and(|uri| matches!(uri.scheme, Scheme::Known(_)));
        for (is_wrong, kind) in [
            (is_url, DefectKind::Url),
            (text.text().contains(['"', '\'']), DefectKind::Quote),
            (text.text().contains(char::is_whitespace), DefectKind::Blank),
        ] {
            let Verdict { severity, message, .. } = Verdict::of_defect(kind);
            let finding = Finding::at(&found, message).filter(|_| is_wrong);
            check.report(finding.map(|finding| Finding { severity, ..finding }));
        }
        return;
    }
    let Some(token) = Token::parse(text.text()) else {
        if let (true, Some(span)) = (value.as_str().is_some_and(is_account_key), found.span()) {
            check.report(worded(span, Verdict::of_account_key()).used(value));
        }
        return;
    };
    for defect in token.defects {
        let Some(span) = part_span(check.sources, &text, defect.range).or(value.origin.span) else { continue };
        check.report(worded(span, Verdict::of_defect(defect.kind)).used(value));
    }
}
