//! `key-vault-uri-missing`: a pipeline that needs a SAS token and does not say where it is kept.

use super::cli::Call;
use super::flags::SECRET_URI;
use super::shape::{Access, is_missing};
use crate::checks::FileCheck;
use crate::engine::finding::Finding;

/// Commands that say `SasToken` and no secret.
pub(super) fn check_scripts(check: &mut FileCheck<'_>) {
    for call in Call::pipelines(check) {
        let empty = call.value(SECRET_URI).filter(is_missing);
        if call.access() != Access::SasToken || (empty.is_none() && !call.lacks(SECRET_URI)) {
            continue;
        }
        let span = empty.and_then(|found| found.span()).unwrap_or_else(|| call.path_span());
        let flag = call.word(SECRET_URI);
        let message = format!("`{flag}` is missing: with `SasToken` the pipeline reads its SAS token from there");
        let help = format!("add `{flag} https://<vault>.vault.azure.net/secrets/<name>`");
        check.report(Finding::new(span, message).help(help));
    }
}
