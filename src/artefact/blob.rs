//! The properties of a blob: as `az storage blob show` and `list` print them, or the headers of a `HEAD` request.

use std::borrow::Cow;

use super::{member, named, object, text};
use crate::syntax::json::{Kind, Member, Node};

/// A blob.
#[derive(Debug, Clone, Copy)]
pub struct Blob<'a> {
    item: Node<'a>,
    properties: Node<'a>,
}

/// What a header of metadata is called before the name of the pair.
const METADATA_HEADER: &str = "x-ms-meta-";

impl<'a> Blob<'a> {
    pub(super) fn recognise(item: Node<'a>) -> Option<Self> {
        let nested = object(item, "properties");
        let blob = Self { item, properties: nested.unwrap_or(item) };
        blob.last_modified().filter(|modified| modified.kind() == Kind::String)?;
        let is_typed = blob.kind().is_some() || blob.tier().is_some();
        let is_one = match nested {
            Some(properties) => {
                let (has_name, has_container) = (text(item, "name").is_some(), text(item, "container").is_some());
                let has_settings = object(properties, "contentSettings").is_some();
                // Files of a share have settings, too, but neither a type nor a tier, and no container.
                (is_typed && (has_name || has_settings)) || (has_settings && has_name && has_container)
            }
            None => blob.kind().is_some() && (named(item, "contentSettings").is_some() || blob.is_headers()),
        };
        is_one.then_some(blob)
    }

    /// Its name.
    pub fn name(&self) -> Option<Cow<'a, str>> {
        text(self.item, "name")
    }

    /// The name of its container.
    pub fn container(&self) -> Option<Cow<'a, str>> {
        text(self.item, "container")
    }

    /// The pairs of its metadata with their key nodes. `None` when they were not asked for.
    pub fn metadata(&self) -> Option<Vec<(Cow<'a, str>, Member<'a>)>> {
        let pairs = |object: Node<'a>, prefix: usize| {
            let pair = move |member: Member<'a>| match member.key.as_str()? {
                Cow::Borrowed(name) => Some((Cow::Borrowed(name.get(prefix..)?), member)),
                Cow::Owned(name) => Some((Cow::Owned(name.get(prefix..)?.to_owned()), member)),
            };
            object.members().filter_map(pair).collect::<Vec<_>>()
        };
        if self.is_headers() {
            let mut found = pairs(self.item, METADATA_HEADER.len());
            found.retain(|(_, member)| is_metadata_header(member.key));
            return Some(found);
        }
        match named(self.item, "metadata")?.value {
            value if matches!(value.kind(), Kind::Object | Kind::Null) => Some(pairs(value, 0)),
            _ => None,
        }
    }

    /// Where to point when something is missing in its metadata.
    pub fn metadata_key(&self) -> Option<Node<'a>> {
        let header = self.item.members().find(|member| is_metadata_header(member.key));
        named(self.item, "metadata").or(header).or_else(|| self.header("x-ms-blob-type")).map(|member| member.key)
    }

    /// Its ContentMD5, `null` or not there included: the member, else the key of what should hold it. `None` when it was
    /// not asked for.
    pub fn content_md5(&self) -> Option<Result<Member<'a>, Node<'a>>> {
        let settings = named(self.properties, "contentSettings");
        let holder = settings.map_or(self.properties, |settings| settings.value);
        if let Some(md5) = named(holder, "contentMd5").or_else(|| named(holder, "Content-MD5")) {
            return Some(Ok(md5));
        }
        let header = self.header("x-ms-blob-type").filter(|_| self.is_headers());
        settings.filter(|settings| settings.value.kind() == Kind::Object).or(header).map(|holder| Err(holder.key))
    }

    /// When it was last written.
    pub fn last_modified(&self) -> Option<Node<'a>> {
        self.property(&["lastModified", "Last-Modified"])
    }

    /// Its access tier.
    pub fn tier(&self) -> Option<Node<'a>> {
        self.property(&["blobTier", "accessTier", "x-ms-access-tier"])
    }

    /// Whether it is on its way out of the archive.
    pub fn is_rehydrated(&self) -> bool {
        self.property(&["rehydrationStatus", "archiveStatus", "x-ms-archive-status"])
            .and_then(Node::as_str)
            .is_some_and(|status| status.to_ascii_lowercase().starts_with("rehydrate-pending"))
    }

    /// Whether it may be what a transfer wrote: a block blob of its own, and not of a kind that browsers show.
    pub fn may_be_transferred(&self) -> bool {
        let is_true = |key| member(self.item, key).is_some_and(|member| member.value.kind() == Kind::Bool(true));
        let is_block = self.kind().is_none_or(|kind| kind.to_ascii_lowercase().starts_with("block"));
        let is_old = member(self.item, "isCurrentVersion").is_some_and(|m| m.value.kind() == Kind::Bool(false));
        let is_folder = self.metadata().unwrap_or_default().iter().any(|(name, _)| name == "hdi_isfolder");
        let gone = is_true("deleted") || is_old || text(self.item, "snapshot").is_some();
        is_block && !gone && !is_folder && !self.is_shown_by_browsers()
    }

    fn is_shown_by_browsers(&self) -> bool {
        let holder = object(self.properties, "contentSettings").unwrap_or(self.properties);
        let kind = text(holder, "contentType").or_else(|| text(holder, "Content-Type")).unwrap_or_default();
        let kind = kind.to_ascii_lowercase();
        ["text/", "image/", "video/", "audio/", "font/"].iter().any(|start| kind.starts_with(start))
            || ["application/json", "application/xml", "application/javascript", "application/pdf"]
                .iter()
                .any(|known| kind.starts_with(known))
    }

    /// `BlockBlob`, `PageBlob` or `AppendBlob`.
    fn kind(&self) -> Option<Cow<'a, str>> {
        let kind = self.property(&["blobType", "x-ms-blob-type"])?.as_str()?;
        kind.to_ascii_lowercase().ends_with("blob").then_some(kind)
    }

    fn property(&self, keys: &[&str]) -> Option<Node<'a>> {
        keys.iter().find_map(|key| member(self.properties, key)).map(|member| member.value)
    }

    fn is_headers(&self) -> bool {
        self.header("x-ms-blob-type").is_some()
    }

    fn header(&self, name: &str) -> Option<Member<'a>> {
        named(self.item, name)
    }
}

fn is_metadata_header(key: Node<'_>) -> bool {
    key.as_str().is_some_and(|key| key.to_ascii_lowercase().starts_with(METADATA_HEADER))
}
