//! `acr-transfer-blob-content-md5`: a blob without the checksum that the source trigger asks for, or a command that
//! writes such a blob.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::cli::with_blank;
use super::moves::{End, Move, Stakes, Tool, moves, stakes};
use super::trigger::{Awaited, awaited};
use crate::checks::FileCheck;
use crate::diagnostic::{Edit, Fix, Safety};
use crate::engine::finding::Finding;
use crate::syntax::json::Kind;

/// Bytes of an MD5 checksum.
const CHECKSUM_BYTES: usize = 16;

pub(super) fn check(check: &mut FileCheck<'_>) {
    for awaited in awaited(check) {
        let finding = judge(check, &awaited);
        check.report(finding);
    }
    let moves = moves(check);
    for (index, step) in moves.iter().enumerate() {
        let finding = stakes(check, &moves, index).and_then(|stakes| judge_move(check, step, &stakes));
        check.report(finding);
    }
}

/// A command that writes a blob without a checksum, or loses it.
fn judge_move(check: &FileCheck<'_>, step: &Move, stakes: &Stakes) -> Option<Finding> {
    let consequence = stakes.consequence();
    if let (Some(span), true) = (step.drops_properties, step.is_copy()) {
        let message = format!("the copy drops the ContentMD5 of the blob: {consequence}");
        let fix = Fix {
            title: "remove the option".to_owned(),
            safety: Safety::Safe,
            edits: vec![Edit { span: with_blank(check.sources, span).unwrap_or(span), replacement: String::new() }],
        };
        return Some(stakes.finding(span, message).help("leave the option out").fix(Some(fix)));
    }
    if !step.is_upload() {
        return None;
    }
    if step.source == End::Pipe {
        let message = format!("an upload from a pipe has no ContentMD5, also with `--put-md5`: {consequence}");
        let finding = stakes.finding(step.span, message);
        return Some(finding.help("write to a file first, and upload that with `--put-md5`"));
    }
    if step.checksum != Some(false) {
        return None;
    }
    if let Some(span) = step.checksum_off {
        let fix = Fix {
            title: "replace by `--put-md5`".to_owned(),
            safety: Safety::Safe,
            edits: vec![Edit { span, replacement: "--put-md5".to_owned() }],
        };
        let finding = stakes.finding(span, format!("the blob gets no ContentMD5: {consequence}"));
        return Some(finding.help("leave `=false` out").fix(Some(fix)));
    }
    let finding = |message: String| stakes.finding(step.span, message);
    Some(match step.tool {
        Tool::AzCopy | Tool::AzCopySync | Tool::StorageCopy | Tool::Task => {
            let fix = if step.tool == Tool::Task { None } else { step.with_option("--put-md5", true) };
            let message = format!("the upload has no `--put-md5`, and the blob may have no ContentMD5: {consequence}");
            finding(message).help(step.how_to_add("--put-md5")).fix(fix)
        }
        Tool::Upload => {
            let message = format!("the upload of a large file sets no ContentMD5 by itself: {consequence}");
            finding(message).help("give its MD5 with `--content-md5`, or use `azcopy copy --put-md5`")
        }
        Tool::AzCopySet | Tool::CopyStart | Tool::MetadataUpdate | Tool::Cmdlet => return None,
    })
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
    let finding = awaited.finding(place.span(check.file), message);
    Some(
        finding
            .help("copy it again with `azcopy copy --put-md5`, or set it with `az storage blob update --content-md5`"),
    )
}
