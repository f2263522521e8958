//! `acr-transfer-blob-content-md5`: a blob without the checksum that the source trigger asks for.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::trigger::{Awaited, awaited};
use crate::checks::FileCheck;
use crate::engine::finding::Finding;
use crate::syntax::json::Kind;

/// Bytes of an MD5 checksum.
const CHECKSUM_BYTES: usize = 16;

pub(super) fn check(check: &mut FileCheck<'_>) {
    for awaited in awaited(check) {
        let finding = judge(check, &awaited);
        check.report(finding);
    }
}

fn judge(check: &FileCheck<'_>, awaited: &Awaited<'_>) -> Option<Finding> {
    let consequence = awaited.consequence();
    let missing = format!("the blob has no ContentMD5: {consequence}");
    let (place, message) = match awaited.blob.content_md5()? {
        Err(holder) => (holder, missing),
        Ok(member) => match member.value.as_str() {
            Some(text) if text.is_empty() => (member.key, missing),
            Some(text) => {
                let is_checksum = STANDARD.decode(&*text).is_ok_and(|bytes| bytes.len() == CHECKSUM_BYTES);
                if is_checksum {
                    return None;
                }
                (member.value, format!("the ContentMD5 is not the base64 of {CHECKSUM_BYTES} bytes: {consequence}"))
            }
            None if member.value.kind() == Kind::Null => (member.key, missing),
            None => return None,
        },
    };
    let finding = Finding::new(place.span(check.file), message).severity(awaited.severity);
    Some(
        finding
            .help("copy it again with `azcopy copy --put-md5`, or set it with `az storage blob update --content-md5`"),
    )
}
