//! `cli-required-flag`: a command of the extension without a flag that it requires.

use super::cli::Call;
use super::flags::{GROUP, REGISTRY, Takes};
use crate::checks::FileCheck;
use crate::engine::finding::Finding;
use crate::script::Script;

pub(super) fn check(check: &mut FileCheck<'_>) {
    let defaults = Defaults::of(check);
    for call in Call::all(check) {
        // `--ids` stands for the names.
        if call.is_cmdlet || call.invocation.option(&["--ids"]).is_some() {
            continue;
        }
        let missing: Vec<&str> = call
            .flags
            .iter()
            .filter(|flag| flag.takes == Takes::Required && call.lacks(flag.long))
            .filter(|flag| !(flag.long == GROUP && defaults.group || flag.long == REGISTRY && defaults.registry))
            .map(|flag| flag.long)
            .collect();
        if missing.is_empty() {
            continue;
        }
        let verb = if missing.len() == 1 { "is" } else { "are" };
        let names = missing.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        let message = format!("{names} {verb} missing: the command stops without");
        check.report(Finding::new(call.path_span(), message).help(format!("add {names}")));
    }
}

/// What a script has set once for all commands.
struct Defaults {
    group: bool,
    registry: bool,
}

impl Defaults {
    fn of(check: &FileCheck<'_>) -> Self {
        let mut defaults = Self { group: false, registry: false };
        let mut set = |text: &str| {
            defaults.group |= text.contains("group=");
            defaults.registry |= text.contains("acr=");
        };
        for call in check.invocations().filter(|call| call.is_az(&["configure"]) || call.is_az(&["config", "set"])) {
            for word in call.words {
                set(&word.prefix());
            }
        }
        let names = |script: &Script| {
            let assigned = script.program.assignments.iter().map(|assignment| assignment.name.clone());
            assigned.chain(script.environment.iter().map(|variable| variable.name.clone())).collect::<Vec<_>>()
        };
        for name in check.scripts().into_iter().flat_map(|found| &found.scripts).flat_map(names) {
            let name = name.to_ascii_lowercase();
            defaults.group |= name.ends_with("azure_defaults_group");
            defaults.registry |= name.ends_with("azure_defaults_acr");
        }
        defaults
    }
}
