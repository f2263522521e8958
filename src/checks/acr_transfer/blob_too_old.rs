//! `acr-transfer-blob-too-old`: a blob that was written before the time in which the source trigger looks.

use jiff::{SignedDuration, Timestamp};

use super::trigger::{Awaited, awaited};
use crate::checks::FileCheck;
use crate::engine::finding::Finding;

/// How many days back the source trigger looks for blobs.
pub(super) const TRIGGER_DAYS: i64 = 60;

pub(super) fn check(check: &mut FileCheck<'_>) {
    for awaited in awaited(check) {
        let finding = judge(check, &awaited);
        check.report(finding);
    }
}

fn judge(check: &FileCheck<'_>, awaited: &Awaited<'_>) -> Option<Finding> {
    let written = awaited.blob.last_modified()?;
    let age = check.now.duration_since(instant(&written.as_str()?)?);
    if age < SignedDuration::from_hours(24 * TRIGGER_DAYS) {
        return None;
    }
    let days = age.as_hours() / 24;
    let message = format!(
        "last modified {days} days ago, and the source trigger looks back {TRIGGER_DAYS}: {}",
        awaited.consequence()
    );
    let help = "write its metadata anew, the category included, or import it with a run that names it";
    Some(awaited.finding(written.span(check.file), message).help(help))
}

/// Reads a time as `az` prints it, or as a header has it.
fn instant(text: &str) -> Option<Timestamp> {
    text.parse().ok().or_else(|| jiff::fmt::rfc2822::parse(text).ok().map(|time| time.timestamp()))
}

#[cfg(test)]
mod tests {
    use super::instant;

    #[test]
    fn times_of_answers_and_of_headers_are_read() {
        let wanted = "2026-09-01T10:00:00Z".parse().ok();
        for text in ["2026-09-01T10:00:00+00:00", "2026-09-01T12:00:00.0+02:00", "Tue, 01 Sep 2026 10:00:00 GMT"] {
            assert_eq!(instant(text), wanted, "{text}");
        }
        assert_eq!(instant("yesterday"), None);
    }
}
