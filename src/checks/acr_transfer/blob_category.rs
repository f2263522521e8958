//! `acr-transfer-blob-category`: a blob without the metadata that the source trigger looks for.

use super::trigger::{Awaited, CATEGORY, TRANSFER_BLOB, awaited};
use crate::checks::FileCheck;
use crate::engine::finding::Finding;

pub(super) fn check(check: &mut FileCheck<'_>) {
    for awaited in awaited(check) {
        let finding = judge(check, &awaited);
        check.report(finding);
    }
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
    let finding = Finding::new(place.span(check.file), message).severity(awaited.severity);
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
