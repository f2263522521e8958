//! Manifests of OCI and Docker images, and indexes of manifests.

use std::borrow::Cow;

use super::{member, object, text};
use crate::syntax::json::{Kind, Member, Node, Number};

/// One layer of a manifest.
#[derive(Debug, Clone, Copy)]
pub struct Layer<'a>(Node<'a>);

impl<'a> Layer<'a> {
    /// Its media type.
    pub fn media_type(&self) -> Option<Node<'a>> {
        member(self.0, "mediaType").map(|member| member.value)
    }

    /// Its digest.
    pub fn digest(&self) -> Option<Cow<'a, str>> {
        text(self.0, "digest")
    }

    /// Its size in bytes, with the place.
    pub fn size(&self) -> Option<(f64, Node<'a>)> {
        let node = member(self.0, "size")?.value;
        #[expect(clippy::cast_precision_loss, reason = "the bounds are round and far below 2^53")]
        let bytes = match node.as_number()? {
            Number::Integer(bytes) => bytes as f64,
            Number::Float(bytes) => bytes,
        };
        Some((bytes, node))
    }

    /// Where else it can be fetched from.
    pub fn urls(&self) -> Option<Member<'a>> {
        member(self.0, "urls").filter(|urls| urls.value.kind() == Kind::Array)
    }
}

/// Whether a value is the manifest of one image.
pub(super) fn is_manifest(item: Node<'_>) -> bool {
    let says_so = text(item, "mediaType").is_some_and(|ty| ty.to_ascii_lowercase().contains("manifest.v"));
    let has_config = object(item, "config").is_some_and(is_descriptor);
    is_second_version(item) && (says_so || has_config) && is_list_of_descriptors(item, "layers")
}

/// Whether a value is an index of manifests. Their sizes are not those of layers.
pub(super) fn is_index(item: Node<'_>) -> bool {
    is_second_version(item) && is_list_of_descriptors(item, "manifests")
}

/// The layers of a manifest.
pub(super) fn layers(manifest: Node<'_>) -> impl Iterator<Item = Layer<'_>> {
    member(manifest, "layers").into_iter().flat_map(|layers| layers.value.elements()).map(Layer)
}

fn is_second_version(item: Node<'_>) -> bool {
    member(item, "schemaVersion").and_then(|version| version.value.as_number()) == Some(Number::Integer(2))
}

fn is_list_of_descriptors(item: Node<'_>, key: &str) -> bool {
    let list = member(item, key).filter(|list| list.value.kind() == Kind::Array);
    list.is_some_and(|list| list.value.elements().all(is_descriptor))
}

/// Whether a value says of what type something is, and which digest it has.
fn is_descriptor(value: Node<'_>) -> bool {
    let is_digest = |digest: Cow<'_, str>| {
        digest.split_once(':').is_some_and(|(algorithm, encoded)| {
            let is_word = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
            algorithm.split(['+', '.', '_', '-']).all(is_word) && is_word(encoded)
        })
    };
    text(value, "mediaType").is_some() && text(value, "digest").is_some_and(is_digest)
}
