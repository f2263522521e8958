//! What `option-not-for-pipeline` and `option-spelling` share: the options of a pipeline, each with what it should be.

use super::shape::Kind;

/// The options of export pipelines.
const EXPORT: &[&str] = &["OverwriteBlobs", "ContinueOnErrors"];

/// The options of import pipelines.
const IMPORT: &[&str] = &["OverwriteTags", "DeleteSourceBlobOnSuccess", "ContinueOnErrors"];

/// The options that a kind of pipeline has.
pub(super) fn of_kind(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Export => EXPORT,
        Kind::Import => IMPORT,
        Kind::Run => &[],
    }
}

/// The kind of pipeline that the option `name` belongs to, when it is not `kind`.
pub(super) fn other_kind(kind: Kind, name: &str) -> Option<Kind> {
    let others = [Kind::Export, Kind::Import].into_iter().filter(|other| *other != kind);
    others.into_iter().find(|other| canonical(*other, name).is_some())
}

/// How the option `name` is spelt, if the kind of pipeline has it.
pub(super) fn canonical(kind: Kind, name: &str) -> Option<&'static str> {
    of_kind(kind).iter().copied().find(|option| option.eq_ignore_ascii_case(name))
}
