//! `endpoint-type`: the type of a pipeline's container or of a run's blob.

use super::shape::{Kind, is_missing};
use crate::diagnostic::Safety;
use crate::engine::check::Check;
use crate::engine::finding::Finding;
use crate::engine::fix::replace_value;
use crate::evaluate::Instance;

const CONTAINER: &str = "AzureStorageBlobContainer";
const BLOB: &str = "AzureStorageBlob";

pub(super) fn check<'t>(check: &mut Check<'_, 't>, instance: &Instance<'t>) {
    let Some(kind) = Kind::of(instance) else { return };
    let (right, other) = if kind == Kind::Run { (BLOB, CONTAINER) } else { (CONTAINER, BLOB) };
    for endpoint in kind.endpoints() {
        let found = check.find(instance, &[*endpoint, &["type"]].concat());
        let Some(value) = found.value().filter(|_| !is_missing(&found)) else { continue };
        if value.is_unknown() {
            check.undecided(&found);
            continue;
        }
        let Some(text) = value.as_str().filter(|text| *text != right) else { continue };
        let side = endpoint.last().copied().unwrap_or_default();
        let message = format!("the type of the {side} of {} must be `{right}`, not `{text}`", kind.noun());
        let help = if text.eq_ignore_ascii_case(other) {
            let owner = if kind == Kind::Run { "pipelines" } else { "pipeline runs" };
            format!("`{other}` is for {owner}; use `{right}`")
        } else {
            format!("use `{right}`")
        };
        let is_other_spelling = [right, other].iter().any(|known| text.eq_ignore_ascii_case(known));
        let safety = if is_other_spelling { Safety::Safe } else { Safety::Unsafe };
        let fix = replace_value(check.sources, &found, &right.into(), safety);
        check.report(Finding::at(&found, message).map(|finding| finding.help(help).fix(fix)));
    }
}
