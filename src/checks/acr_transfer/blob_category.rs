//! `acr-transfer-blob-category`: a blob without the metadata that the source trigger looks for, or a command that writes
//! such a blob.

use super::moves::{Metadata, Move, Stakes, Tool, moves, stakes};
use super::trigger::{Awaited, CATEGORY, TRANSFER_BLOB, awaited};
use crate::checks::FileCheck;
use crate::diagnostic::Severity;
use crate::engine::finding::Finding;

pub(super) fn check(check: &mut FileCheck<'_>) {
    for awaited in awaited(check) {
        let finding = judge(check, &awaited);
        check.report(finding);
    }
    let moves = moves(check);
    for (index, step) in moves.iter().enumerate() {
        let finding = stakes(check, &moves, index).and_then(|stakes| judge_move(step, &stakes));
        check.report(finding);
    }
}

/// A command that writes a blob without the category.
fn judge_move(step: &Move, stakes: &Stakes) -> Option<Finding> {
    let given = match &step.metadata {
        Metadata::Given { span, .. } => Some(*span),
        _ => None,
    };
    // Metadata that is given takes the place of any other, wherever the blob comes from.
    let is_writer = step.target.place().is_some() && (step.is_upload() || given.is_some());
    if !is_writer || matches!(step.tool, Tool::AzCopySet | Tool::MetadataUpdate) || step.has_category() != Some(false) {
        return None;
    }
    let pair = format!("{CATEGORY}={TRANSFER_BLOB}");
    let consequence = stakes.consequence();
    if step.tool == Tool::AzCopySync {
        let message = format!("`azcopy sync` can't set the metadata `{pair}`: {consequence}");
        let finding = stakes.finding(step.span, message).severity(stakes.severity.min(Severity::Warning));
        return Some(finding.help(format!("use `azcopy copy` with `--metadata {pair}`")));
    }
    let (span, message) = match given {
        Some(span) if !step.is_upload() => {
            (span, format!("the metadata given here replaces what is copied, and `{pair}` is lost: {consequence}"))
        }
        Some(span) => (span, format!("the blob gets no metadata `{pair}`: {consequence}")),
        None => (step.span, format!("the blob is written without the metadata `{pair}`: {consequence}")),
    };
    let option = match step.tool {
        Tool::Cmdlet => format!("-Metadata @{{ {CATEGORY} = '{TRANSFER_BLOB}' }}"),
        _ => format!("--metadata {pair}"),
    };
    let fix = match (given, step.tool) {
        (Some(_), _) => step.with_category(),
        (None, Tool::StorageCopy) => None,
        (None, _) => step.with_option(&option, false),
    };
    Some(stakes.finding(span, message).help(step.how_to_add(&option)).fix(fix))
}

fn judge(check: &FileCheck<'_>, awaited: &Awaited<'_>) -> Option<Finding> {
    let pairs = awaited.blob.metadata().filter(|pairs| awaited.shows_metadata || !pairs.is_empty())?;
    let written = pairs.iter().find(|(name, _)| name.eq_ignore_ascii_case(CATEGORY)).map(|(_, member)| member.value);
    let consequence = awaited.consequence();
    let (place, message) = match written.map(|value| (value, value.as_str())) {
        Some((_, Some(category))) if category == TRANSFER_BLOB => return None,
        Some((value, Some(category))) if !category.is_empty() => {
            (value, format!("the metadata `{CATEGORY}` is `{category}`, not `{TRANSFER_BLOB}`: {consequence}"))
        }
        _ => {
            let message = format!("the metadata `{CATEGORY}={TRANSFER_BLOB}` is missing: {consequence}");
            (awaited.blob.metadata_key()?, message)
        }
    };
    let finding = awaited.finding(place.span(check.file), message);
    Some(finding.help(format!("run `{}`, which also makes the blob new again", command(awaited))))
}

/// The command that adds the category. It replaces all metadata, so that it has to repeat what is there.
fn command(awaited: &Awaited<'_>) -> String {
    let container = awaited.blob.container().map_or("<container>".to_owned(), |name| quoted(&name));
    let name = awaited.blob.name().map_or("<blob>".to_owned(), |name| quoted(&name));
    let mut command = format!(
        "az storage blob metadata update --container-name {container} --name {name} --metadata {CATEGORY}={TRANSFER_BLOB}"
    );
    for (key, member) in awaited.blob.metadata().unwrap_or_default() {
        if let Some(value) = member.value.as_str()
            && !key.eq_ignore_ascii_case(CATEGORY)
        {
            command.push(' ');
            command.push_str(&quoted(&format!("{key}={value}")));
        }
    }
    command
}

/// A word of a command line.
fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "=._-/:@+,%".contains(c);
    if word.chars().all(is_plain) { word.to_owned() } else { format!("'{}'", word.replace('\'', "'\\''")) }
}
