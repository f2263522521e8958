//! `option-spelling`: an option in other letters than the documented ones, or twice.

use super::options::{canonical, known};
use super::shape::Kind;
use crate::diagnostic::Safety;
use crate::engine::check::Check;
use crate::engine::finding::Finding;
use crate::engine::fix::{remove_element, replace_value};
use crate::evaluate::Instance;

pub(super) fn check<'t>(check: &mut Check<'_, 't>, instance: &Instance<'t>) {
    let Some(kind) = Kind::of(instance) else { return };
    let mut seen = Vec::new();
    for (found, text) in known(check, instance) {
        let Some(option) = canonical(kind, &text) else { continue };
        if seen.contains(&option) {
            let fix = found.value().and_then(|value| remove_element(check.sources, value, Safety::Safe));
            let finding = Finding::at(&found, format!("the option `{text}` stands here twice"));
            check.report(finding.map(|finding| finding.help("remove one of the two").fix(fix)));
        } else if text != option {
            let fix = replace_value(check.sources, &found, &option.into(), Safety::Safe);
            let finding = Finding::at(&found, format!("the option `{text}` is documented as `{option}`"));
            check.report(finding.map(|finding| finding.help(format!("write `{option}`")).fix(fix)));
        }
        seen.push(option);
    }
}
