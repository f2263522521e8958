//! L4. JSON files that are no templates but tell how a transfer goes: answers about pipelines and their runs, properties
//! of blobs, manifests of images. What a file is shows in its shape alone, never in its name.

mod answer;
mod blob;
mod manifest;

use std::borrow::Cow;

use memchr::memmem;

pub use answer::{PipelineAnswer, RunAnswer};
pub use blob::Blob;
pub use manifest::Layer;

use crate::source::FileId;
use crate::syntax::json::{Document, Kind, Member, Node};

/// A recognised file.
#[derive(Debug)]
pub struct Artefact {
    /// The file.
    pub file: FileId,
    document: Document,
}

impl Artefact {
    /// The file with this document, if it is one; gives the document back otherwise.
    pub fn recognise(file: FileId, document: Document, text: &str) -> Result<Self, Document> {
        let is_known = items(&document, text).into_iter().any(|item| {
            Blob::recognise(item).is_some()
                || manifest::is_manifest(item)
                || manifest::is_index(item)
                || PipelineAnswer::recognise(item).is_some()
                || RunAnswer::recognise(item).is_some()
        });
        if is_known { Ok(Self { file, document }) } else { Err(document) }
    }

    /// Whether the file answers with a list, be it of one thing.
    pub fn is_list(&self, text: &str) -> bool {
        self.document.root(text).is_some_and(|root| list(root).is_some())
    }

    /// The blobs whose properties the file holds.
    pub fn blobs<'a>(&'a self, text: &'a str) -> Vec<Blob<'a>> {
        items(&self.document, text).into_iter().filter_map(Blob::recognise).collect()
    }

    /// The layers of the manifests that the file holds.
    pub fn layers<'a>(&'a self, text: &'a str) -> Vec<Layer<'a>> {
        let items = items(&self.document, text).into_iter();
        items.filter(|item| manifest::is_manifest(*item)).flat_map(manifest::layers).collect()
    }

    /// The export and import pipelines that the file answers with.
    pub fn pipelines<'a>(&'a self, text: &'a str) -> Vec<PipelineAnswer<'a>> {
        items(&self.document, text).into_iter().filter_map(PipelineAnswer::recognise).collect()
    }

    /// The pipeline runs that the file answers with.
    pub fn runs<'a>(&'a self, text: &'a str) -> Vec<RunAnswer<'a>> {
        items(&self.document, text).into_iter().filter_map(RunAnswer::recognise).collect()
    }
}

/// Whether a text may be one of these files, as far as a look for a few words tells; most other JSON has none of them.
pub fn may_be_artefact(text: &str) -> bool {
    let has = |word: &str| memmem::find(text.as_bytes(), word.as_bytes()).is_some();
    let any = |words: &[&str]| words.iter().any(|word| has(word));
    (has("schemaVersion") && any(&["\"layers\"", "\"manifests\""]))
        || (any(&["lastModified", "Last-Modified", "last-modified"])
            && any(&["contentSettings", "blobT", "BlobT", "x-ms-blob-type"]))
        || (has("ipeline") && any(&["egistries/", "pipelineRunErrorMessage"]))
}

/// The list that a file answers with, or that a page of one holds.
fn list(root: Node<'_>) -> Option<Node<'_>> {
    let page = || root.get("value").filter(|value| value.kind() == Kind::Array);
    if root.kind() == Kind::Array { Some(root) } else { page() }
}

/// What a file answers with: one thing, a list of things, or a page of a list.
fn items<'a>(document: &'a Document, text: &'a str) -> Vec<Node<'a>> {
    let Some(root) = document.root(text) else { return Vec::new() };
    match list(root) {
        Some(list) => list.elements().map(unwrapped).collect(),
        None => vec![unwrapped(root)],
    }
}

/// The manifest in what `docker manifest inspect --verbose` says about an image; anything else is itself.
fn unwrapped(item: Node<'_>) -> Node<'_> {
    ["SchemaV2Manifest", "OCIManifest"].iter().find_map(|key| item.get(key)).unwrap_or(item)
}

/// The last member of an object with this key, without regard to case, unless its value is null.
fn member<'a>(object: Node<'a>, key: &str) -> Option<Member<'a>> {
    named(object, key).filter(|member| member.value.kind() != Kind::Null)
}

/// The last member of an object with this key, without regard to case, whatever its value is.
fn named<'a>(object: Node<'a>, key: &str) -> Option<Member<'a>> {
    object.members().filter(|member| member.key.as_str().is_some_and(|name| name.eq_ignore_ascii_case(key))).last()
}

/// The text of the member with this key.
fn text<'a>(object: Node<'a>, key: &str) -> Option<Cow<'a, str>> {
    member(object, key)?.value.as_str()
}

/// The value of the member with this key, if it is an object.
fn object<'a>(parent: Node<'a>, key: &str) -> Option<Node<'a>> {
    member(parent, key).map(|member| member.value).filter(|value| value.kind() == Kind::Object)
}
