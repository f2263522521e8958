//! `option-not-for-pipeline`: an option of the other kind of pipeline, or of none.

use super::options::{canonical, known, of_kind, other_kind};
use super::shape::Kind;
use crate::diagnostic::{Safety, Severity};
use crate::engine::check::Check;
use crate::engine::finding::Finding;
use crate::engine::fix::{remove_element, replace_value};
use crate::evaluate::Instance;

pub(super) fn check<'t>(check: &mut Check<'_, 't>, instance: &Instance<'t>) {
    let Some(kind) = Kind::of(instance) else { return };
    for (found, text) in known(check, instance) {
        if canonical(kind, &text).is_some() {
            continue;
        }
        let (severity, message) = match other_kind(kind, &text) {
            Some(other) => {
                (Severity::Error, format!("`{text}` is an option of {}, not of {}", other.noun(), kind.noun()))
            }
            None => (Severity::Warning, format!("{} has no option `{text}`", kind.noun())),
        };
        let (help, fix) = if let Some(option) = nearest(kind, &text) {
            let fix = replace_value(check.sources, &found, &option.into(), Safety::Unsafe);
            (format!("did you mean `{option}`?"), fix)
        } else {
            let fix = found.value().and_then(|value| remove_element(check.sources, value, Safety::Unsafe));
            (format!("the options of {} are {}", kind.noun(), list(of_kind(kind))), fix)
        };
        check.report(Finding::at(&found, message).map(|finding| finding.severity(severity).help(help).fix(fix)));
    }
}

/// The option of the kind of pipeline that is spelt much like `text`.
fn nearest(kind: Kind, text: &str) -> Option<&'static str> {
    let text = text.to_ascii_lowercase();
    let likeness = |option: &str| strsim::jaro_winkler(&option.to_ascii_lowercase(), &text);
    let close = of_kind(kind).iter().copied().filter(|option| likeness(option) > 0.93);
    close.max_by(|a, b| likeness(a).total_cmp(&likeness(b)))
}

fn list(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
