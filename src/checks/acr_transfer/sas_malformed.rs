//! `acr-transfer-sas-malformed`: the value of a transfer secret that is not a token as the service reads it.

use super::sas::{ListCall, TransferSecret, part_span, transfer_secret};
use crate::diagnostic::Severity;
use crate::engine::check::Check;
use crate::engine::endpoint::{Scheme, Uri};
use crate::engine::finding::Finding;
use crate::evaluate::Instance;
use crate::evaluate::partial::Partial;
use crate::sas::{DefectKind, LeakKind, Token, leaks};

const URL: &str = "the secret holds a whole URL; it should hold the token alone, from `?` or `sv=` on";

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
            let (severity, message) = describe(kind);
            check.report(Finding::at(&found, message).filter(|_| is_wrong).map(|finding| finding.severity(severity)));
        }
        return;
    }
    let Some(token) = Token::parse(text.text()) else {
        if value.as_str().is_some_and(is_key) {
            check.report(Finding::at(&found, "the secret holds an account key, where a SAS token belongs"));
        }
        return;
    };
    for defect in token.defects {
        let (severity, message) = describe(defect.kind);
        let Some(span) = part_span(check.sources, &text, defect.range).or(value.origin.span) else { continue };
        let finding = Finding::new(span, message).severity(severity).used(value);
        check.report(finding.help("store the token as it was made: `sv=…&sig=…`, with or without a leading `?`"));
    }
}

fn describe(kind: DefectKind) -> (Severity, &'static str) {
    match kind {
        DefectKind::Quote => (Severity::Error, "the token holds a quotation mark"),
        DefectKind::Blank => (Severity::Error, "the token holds a blank or a line break"),
        DefectKind::EscapedAmpersand => (Severity::Error, "the token is escaped for HTML: `&amp;` instead of `&`"),
        DefectKind::EscapedTwice => (Severity::Warning, "the token is escaped twice"),
        DefectKind::Url => (Severity::Warning, URL),
        DefectKind::Unsigned => (Severity::Error, "the token has no signature; it may have been cut off at a `&`"),
        DefectKind::NoPermissions => (Severity::Error, "the token has neither permissions (`sp`) nor a policy (`si`)"),
        DefectKind::Time => (Severity::Error, "the token has a time that is not like `2027-01-31T00:00:00Z`"),
    }
}

/// Whether a text is an account key, or a connection string with one.
fn is_key(text: &str) -> bool {
    text.starts_with("DefaultEndpointsProtocol=") || leaks(text).iter().any(|leak| leak.kind == LeakKind::AccountKey)
}
