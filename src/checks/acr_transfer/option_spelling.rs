//! `option-spelling`: an option in other letters than the documented ones, or twice.

use super::cli::{Call, remove_word, replace};
use super::flags::OPTIONS;
use super::options::canonical;
use crate::checks::FileCheck;
use crate::diagnostic::Safety;
use crate::engine::finding::Finding;
use crate::engine::query::Found;
use crate::evaluate::value::Value;

fn twice(found: &Found, text: &str) -> Option<Finding> {
    Some(Finding::at(found, format!("the option `{text}` stands here twice"))?.help("remove one of the two"))
}

fn otherwise(found: &Found, text: &str, option: &str) -> Option<Finding> {
    let finding = Finding::at(found, format!("the option `{text}` is documented as `{option}`"))?;
    Some(finding.help(format!("write `{option}`")))
}

/// The options that commands are given.
pub(super) fn check_scripts(check: &mut FileCheck<'_>) {
    for call in Call::pipelines(check) {
        let Some(argument) = call.argument(OPTIONS) else { continue };
        let mut seen = Vec::new();
        for word in &argument.values {
            let found = call.found(word);
            let Some(text) = found.value().and_then(Value::as_str).map(str::to_owned) else { continue };
            let Some(option) = canonical(call.kind, &text) else { continue };
            if seen.contains(&option) {
                let fix = remove_word(check.sources, argument, word, Safety::Safe);
                check.report(twice(&found, &text).map(|finding| finding.fix(fix)));
            } else if text != option {
                let fix = replace(check.sources, &found, option, Safety::Safe);
                check.report(otherwise(&found, &text, option).map(|finding| finding.fix(fix)));
            }
            seen.push(option);
        }
    }
}
