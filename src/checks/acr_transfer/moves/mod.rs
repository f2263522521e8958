//! The commands that write blobs or their metadata, for the rules about what the source trigger asks of a blob.

mod link;
mod read;

pub(super) use link::stakes;
pub(super) use read::{head, moves};

use super::trigger::{CATEGORY, TRANSFER_BLOB};
use crate::checks::storage_place::{MARK, Place};
use crate::diagnostic::{Edit, Fix, Label, Safety, Severity};
use crate::engine::finding::Finding;
use crate::source::Span;

/// What depends on a move.
#[derive(Debug, Clone)]
pub(super) struct Stakes {
    /// How bad it is when the source trigger ignores what it writes.
    pub severity: Severity,
    /// The import pipeline that waits for it, if one is in view.
    reader: Option<Label>,
}

/// A command that writes blobs or their metadata.
#[derive(Debug)]
pub(super) struct Move {
    /// The program and its subcommand, or the name of a task.
    pub span: Span,
    /// What it is.
    pub tool: Tool,
    /// Where the blob comes from.
    pub source: End,
    /// Where it goes, or where it is.
    pub target: End,
    /// Whether it asks for a checksum; `None` when that can't be known.
    pub checksum: Option<bool>,
    /// The option that says that there shall be none.
    pub checksum_off: Option<Span>,
    /// The option that drops properties.
    pub drops_properties: Option<Span>,
    /// The metadata that it gives.
    pub metadata: Metadata,
    /// Where an option can be added in front of all operands, and behind everything.
    pub room: Option<(u32, u32)>,
}

/// What moves or changes a blob.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tool {
    /// `azcopy copy`.
    AzCopy,
    /// `azcopy sync`.
    AzCopySync,
    /// `azcopy set-properties`.
    AzCopySet,
    /// `az storage blob upload` and `upload-batch`.
    Upload,
    /// `az storage blob copy start` and `start-batch`.
    CopyStart,
    /// `az storage copy`, which runs AzCopy.
    StorageCopy,
    /// `az storage blob metadata update`.
    MetadataUpdate,
    /// `Set-AzStorageBlobContent`.
    Cmdlet,
    /// The task `AzureFileCopy`.
    Task,
}

/// One end of a move.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum End {
    /// A file or folder.
    Local(String),
    /// Standard input or output.
    Pipe,
    /// A blob or container, and where it is written.
    Blob(Place, Span),
    /// Something else, or unknown.
    Other,
}

/// The metadata that a command gives.
#[derive(Debug)]
pub(super) enum Metadata {
    /// None.
    Absent,
    /// Pairs, as text for each value with its place.
    Given {
        /// The texts, with unknown parts between marks.
        texts: Vec<String>,
        /// Where they stand, quotes included.
        span: Span,
        /// Where the first pair can be written before the others, and whether no quotes are around it.
        start: Option<(u32, bool)>,
    },
    /// It can't be known whether some is given.
    Unknown,
}

impl End {
    /// The place, if this is one for blobs.
    pub(super) fn place(&self) -> Option<&Place> {
        match self {
            Self::Blob(place, _) => Some(place),
            _ => None,
        }
    }
}

impl Move {
    /// What to do so that it has an option.
    pub(super) fn how_to_add(&self, option: &str) -> String {
        match self.tool {
            Tool::Task => format!("add `{option}` to `AdditionalArgumentsForBlobCopy`"),
            // It knows no option for metadata, and hands what follows `--` to AzCopy.
            Tool::StorageCopy if option.starts_with("--metadata") => format!("add `-- {option}` at the end"),
            _ => format!("add `{option}`"),
        }
    }

    /// Whether files become blobs.
    pub(super) fn is_upload(&self) -> bool {
        matches!(self.source, End::Local(_) | End::Pipe) && self.target.place().is_some()
    }

    /// Whether a blob becomes another one without passing through here.
    pub(super) fn is_copy(&self) -> bool {
        self.source.place().is_some() && self.target.place().is_some()
    }

    /// Whether the metadata that is given has the category; `None` when that can't be known.
    pub(super) fn has_category(&self) -> Option<bool> {
        match &self.metadata {
            Metadata::Absent => Some(false),
            Metadata::Unknown => None,
            Metadata::Given { texts, .. } => {
                let pairs = texts.iter().flat_map(|text| text.split(';'));
                let is_category = |pair: &str| {
                    let pair = pair.trim_matches(|c: char| c.is_whitespace() || c == '"' || c == '\'');
                    pair.split_once('=').is_some_and(|(key, value)| {
                        key.trim().eq_ignore_ascii_case(CATEGORY) && value.trim() == TRANSFER_BLOB
                    })
                };
                if pairs.into_iter().any(is_category) {
                    Some(true)
                } else {
                    // Whatever is not known of `stamp=${NOW}`, it is another pair.
                    let is_other = |text: &String| {
                        text.split(MARK).next().is_some_and(|start| {
                            start.split_once('=').is_some_and(|(key, _)| !key.trim().eq_ignore_ascii_case(CATEGORY))
                                && !start.contains(';')
                        })
                    };
                    texts.iter().all(|text| !text.contains(MARK) || is_other(text)).then_some(false)
                }
            }
        }
    }

    /// A change that adds an option.
    pub(super) fn with_option(&self, text: &str, in_front: bool) -> Option<Fix> {
        let (front, back) = self.room?;
        let at = if in_front { front } else { back };
        let span = Span { file: self.span.file, start: at, end: at };
        let edits = vec![Edit { span, replacement: format!(" {text}") }];
        Some(Fix { title: format!("add `{text}`"), safety: Safety::Safe, edits })
    }

    /// A change that adds the category to the metadata that is given.
    pub(super) fn with_category(&self) -> Option<Fix> {
        let Metadata::Given { span, start: Some((start, is_bare)), .. } = &self.metadata else { return None };
        let pair = format!("{CATEGORY}={TRANSFER_BLOB}");
        let insert = |at: u32, text: String| Edit { span: Span { start: at, end: at, ..*span }, replacement: text };
        let edits = match (self.tool, is_bare) {
            (Tool::Upload | Tool::CopyStart | Tool::MetadataUpdate, true) => vec![insert(*start, format!("{pair} "))],
            (Tool::Upload | Tool::CopyStart | Tool::MetadataUpdate, false) => {
                vec![insert(span.start, format!("{pair} "))]
            }
            (_, true) => vec![insert(*start, format!("\"{pair};")), insert(span.end, "\"".to_owned())],
            (_, false) => vec![insert(*start, format!("{pair};"))],
        };
        Some(Fix { title: format!("add `{pair}`"), safety: Safety::Safe, edits })
    }
}

impl Stakes {
    /// What the source trigger does with what is written so.
    pub(super) fn consequence(&self) -> &'static str {
        match self.severity {
            Severity::Error => "the source trigger will not import it",
            _ => "a source trigger would not import it",
        }
    }

    /// A finding about a move.
    pub(super) fn finding(&self, span: Span, message: impl Into<String>) -> Finding {
        let mut finding = Finding::new(span, message).severity(self.severity);
        finding.related.extend(self.reader.clone());
        finding
    }
}
