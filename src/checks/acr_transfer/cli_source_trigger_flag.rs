//! `cli-source-trigger-flag`: a source trigger that is set in words that the command does not know.

use super::cli::{Call, replace};
use super::flags::{Meaning, SOURCE_TRIGGER};
use super::shape::Kind;
use crate::checks::FileCheck;
use crate::diagnostic::{Edit, Fix, Safety};
use crate::engine::finding::Finding;
use crate::evaluate::value::Value;

/// Whether a flag that does not exist was meant to set the source trigger.
pub(super) fn is_about_trigger(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.contains("trigger") && ["disable", "enable", "no-", "source"].iter().any(|word| name.contains(word))
}

pub(super) fn check(check: &mut FileCheck<'_>) {
    for call in Call::pipelines(check).filter(|call| call.kind == Kind::Import && !call.is_cmdlet) {
        if let Some(found) = call.value(SOURCE_TRIGGER)
            && let Some(text) = found.value().and_then(Value::as_str)
        {
            let folded = text.to_ascii_lowercase();
            let right = match folded.as_str() {
                "true" | "false" => continue,
                "enabled" | "enable" | "yes" | "on" | "1" | "y" | "t" => Some("True"),
                "disabled" | "disable" | "no" | "off" | "0" | "n" | "f" => Some("False"),
                _ => None,
            };
            let fix = right.and_then(|right| replace(check.sources, &found, right, Safety::Safe));
            let finding = Finding::at(&found, format!("`{SOURCE_TRIGGER}` takes `True` or `False`, not `{text}`"));
            check.report(finding.map(|finding| finding.help("write `True` or `False`").fix(fix)));
        }
        for (meaning, argument) in call.options() {
            if !matches!(meaning, Meaning::Unknown(_)) || !is_about_trigger(&argument.name) {
                continue;
            }
            let off = ["disable", "no-"].iter().any(|word| argument.name.to_ascii_lowercase().contains(word));
            let right = format!("{SOURCE_TRIGGER} {}", if off { "False" } else { "True" });
            let finding = Finding::new(argument.span, format!("there is no flag `{}`", argument.name));
            // What a value of a flag that does not exist means is left to the author.
            let fix = argument.values.is_empty().then(|| Fix {
                title: format!("use `{right}`"),
                safety: Safety::Safe,
                edits: vec![Edit { span: argument.span, replacement: right.clone() }],
            });
            check.report(finding.help(format!("use `{right}`")).fix(fix));
        }
    }
}
