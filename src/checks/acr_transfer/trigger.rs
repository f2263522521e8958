//! The blobs in a file of blob properties that the source trigger is to import, and how bad it is when it won't.

use crate::artefact::Blob;
use crate::checks::FileCheck;
use crate::diagnostic::{Label, Severity};
use crate::engine::finding::Finding;
use crate::engine::place::same;
use crate::engine::view::TransferPipeline;
use crate::source::Span;

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
    /// The import pipeline that decides this, if one is in view.
    reader: Option<Label>,
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

    /// A finding about the blob.
    pub(super) fn finding(&self, span: Span, message: String) -> Finding {
        let mut finding = Finding::new(span, message).severity(self.severity);
        finding.related.extend(self.reader.clone());
        finding
    }
}

/// What an import pipeline has to do with the blobs in its container.
pub(super) fn waits(reader: &TransferPipeline) -> &'static str {
    if reader.trigger {
        "this import pipeline waits for the blob"
    } else {
        "the source trigger of this import pipeline is off"
    }
}

/// The blobs of the file that a transfer may read. A list also has others: it counts when something says that it is
/// about transfers.
pub(super) fn awaited<'a>(check: &FileCheck<'a>) -> Vec<Awaited<'a>> {
    let Some((artefact, text)) = check.artefact() else { return Vec::new() };
    let blobs = artefact.blobs(text);
    let is_list = artefact.is_list(text);
    let shows_metadata = !is_list || blobs.iter().any(|blob| blob.metadata().is_some_and(|pairs| !pairs.is_empty()));
    let is_marked = blobs.iter().any(|blob| category(blob).as_deref() == Some(TRANSFER_BLOB));
    let blobs = blobs.into_iter().filter(Blob::may_be_transferred);
    let with_severity = blobs.filter_map(|blob| {
        let container = blob.container();
        let may_read = |pipeline: &TransferPipeline| {
            !pipeline.exports && same(pipeline.place.container.as_deref(), container.as_deref()) != Some(false)
        };
        let readers = check.project.nearest(check.sources, check.file, may_read);
        // All import pipelines wait for the blobs of other containers.
        if readers.is_empty() && check.project.pipelines.iter().any(|pipeline| !pipeline.exports) {
            return None;
        }
        let reader = readers.iter().find(|reader| reader.trigger).or_else(|| readers.first());
        let is_off = reader.is_some_and(|reader| !reader.trigger);
        let severity = if is_off { Severity::Info } else { Severity::Error };
        let reader = reader.map(|reader| Label::new(reader.uri.unwrap_or(reader.at), waits(reader)));
        (!is_list || is_marked || reader.is_some()).then_some(Awaited { blob, severity, reader, shows_metadata })
    });
    with_severity.collect()
}

/// What the metadata of a blob says about its category.
fn category(blob: &Blob<'_>) -> Option<String> {
    let pairs = blob.metadata()?;
    let (_, member) = pairs.iter().find(|(name, _)| name.eq_ignore_ascii_case(CATEGORY))?;
    member.value.as_str().map(Into::into)
}
