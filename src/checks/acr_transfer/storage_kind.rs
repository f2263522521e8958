//! `acr-transfer-storage-kind`: a storage account that holds no blobs.

use super::transfer_storage::users;
use crate::engine::check::Check;
use crate::engine::finding::Finding;
use crate::evaluate::Instance;

pub(super) fn check<'t>(check: &mut Check<'_, 't>, account: &Instance<'t>) {
    let Some(user) = users(check, account).into_iter().next() else { return };
    if !holds_no_blobs(check, account) {
        return;
    }
    let kind = check.find(account, &["kind"]);
    let finding = Finding::at(&kind, "a storage account of the kind `FileStorage` holds files, no blobs");
    check.report(finding.map(|finding| {
        let finding = finding.help("use `StorageV2`");
        match user.uri.span() {
            Some(span) => finding.related(span, "a pipeline uses it"),
            None => finding,
        }
    }));
}

/// Whether a storage account is of a kind without blobs.
pub(super) fn holds_no_blobs<'t>(check: &mut Check<'_, 't>, account: &Instance<'t>) -> bool {
    check.text(account, &["kind"]).is_some_and(|kind| kind.eq_ignore_ascii_case("FileStorage"))
}
