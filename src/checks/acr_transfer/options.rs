//! What `option-not-for-pipeline` and `option-spelling` share: the options of a pipeline, each with what it should be.

use super::shape::Kind;
use crate::engine::check::Check;
use crate::engine::query::Found;
use crate::evaluate::Instance;
use crate::evaluate::value::Value;

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

/// The options of a pipeline that are known, each as it was found and as text.
pub(super) fn known<'t>(check: &mut Check<'_, 't>, instance: &Instance<'t>) -> Vec<(Found, String)> {
    let found = check.find(instance, &["properties", "options"]);
    let mut known = Vec::new();
    let Some(value) = found.value() else { return known };
    let key = found.key();
    if value.is_unknown() {
        check.undecided(&found);
    }
    for item in value.as_array().unwrap_or_default() {
        // An element of a list that comes from elsewhere is used where the list is.
        let mut item: Value = item.clone();
        item.origin.trail = item.origin.trail.or_else(|| value.origin.trail.clone());
        let text = item.as_str().map(str::to_owned);
        let element = Found::Value { value: item, key };
        match text {
            Some(text) if text.is_empty() => {}
            Some(text) => known.push((element, text)),
            None => check.undecided(&element),
        }
    }
    known
}
