//! The blobs in a file of blob properties that the source trigger is to import, and how bad it is when it won't.

use crate::artefact::Blob;
use crate::checks::FileCheck;
use crate::diagnostic::Severity;

/// What marks a blob as one that a transfer wrote, in its metadata.
pub(super) const CATEGORY: &str = "category";

/// What it says.
pub(super) const TRANSFER_BLOB: &str = "acr-transfer-blob";

/// A blob that a transfer may read.
#[derive(Debug)]
pub(super) struct Awaited<'a> {
    /// The blob.
    pub blob: Blob<'a>,
    /// How bad it is when the source trigger does not import it: only worth knowing while the trigger is off.
    pub severity: Severity,
    /// Whether its metadata, when there is none, is known to be empty rather than not asked for.
    pub shows_metadata: bool,
}

impl Awaited<'_> {
    /// What the source trigger does with a blob that it can't import.
    pub(super) fn consequence(&self) -> &'static str {
        match self.severity {
            Severity::Info => "the source trigger, which is off, would not import this blob",
            _ => "the source trigger will not import this blob",
        }
    }
}

/// The blobs of the file that a transfer may read. A list also has others: it counts when something says that it is
/// about transfers.
pub(super) fn awaited<'a>(check: &FileCheck<'a>) -> Vec<Awaited<'a>> {
    let Some((artefact, text)) = check.artefact() else { return Vec::new() };
    let blobs = artefact.blobs(text);
    let is_list = blobs.len() > 1;
    let shows_metadata = !is_list || blobs.iter().any(|blob| blob.metadata().is_some_and(|pairs| !pairs.is_empty()));
    let is_marked = blobs.iter().any(|blob| category(blob).as_deref() == Some(TRANSFER_BLOB));
    let blobs = blobs.into_iter().filter(Blob::may_be_transferred);
    let with_severity = blobs.filter_map(|blob| {
        let container = blob.container();
        let mut readers = check.project.readers(container.as_deref()).peekable();
        let has_readers = readers.peek().is_some();
        let severity =
            if has_readers && readers.all(|reader| !reader.trigger) { Severity::Info } else { Severity::Error };
        (!is_list || is_marked || has_readers).then_some(Awaited { blob, severity, shows_metadata })
    });
    with_severity.collect()
}

/// What the metadata of a blob says about its category.
fn category(blob: &Blob<'_>) -> Option<String> {
    let pairs = blob.metadata()?;
    let (_, member) = pairs.iter().find(|(name, _)| name.eq_ignore_ascii_case(CATEGORY))?;
    member.value.as_str().map(Into::into)
}
