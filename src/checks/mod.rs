//! L6. Native rules: those whose logic reads better as code than as clauses. One rule, one file, called as its id.

mod acr_transfer;
mod core;
mod file_check;
mod name_words;
mod project_view;
mod script_pipelines;
mod storage_place;

pub use file_check::{FileCheck, FileFacts, FileInput};
pub use project_view::is_about_transfers;
pub use script_pipelines::asks_for_view;

use crate::engine::check::NativeCheck;

/// The logic of a rule about a whole file.
pub type FileRule = fn(&mut FileCheck<'_>);

/// The logic of the native rules about resources, by id.
pub const RESOURCE_CHECKS: &[&[(&str, NativeCheck)]] = &[acr_transfer::RESOURCE_CHECKS];

/// The logic of the native rules about files, by id.
pub const FILE_CHECKS: &[&[(&str, FileRule)]] = &[acr_transfer::FILE_CHECKS];

/// The logic of the native rules about a template alone, which need neither other files nor any value, by id. They run
/// as soon as the template is read.
pub const TEMPLATE_CHECKS: &[&[(&str, FileRule)]] = &[core::TEMPLATE_CHECKS];

/// The logic of a native rule about resources.
pub fn resource_check(id: &str) -> Option<NativeCheck> {
    RESOURCE_CHECKS.iter().flat_map(|pack| pack.iter()).find(|(known, _)| *known == id).map(|(_, check)| *check)
}

/// The logic of a native rule about a template alone.
pub fn template_check(id: &str) -> Option<FileRule> {
    TEMPLATE_CHECKS.iter().flat_map(|pack| pack.iter()).find(|(known, _)| *known == id).map(|(_, check)| *check)
}

/// The logic of a native rule about files.
pub fn file_check(id: &str) -> Option<FileRule> {
    FILE_CHECKS.iter().flat_map(|pack| pack.iter()).find(|(known, _)| *known == id).map(|(_, check)| *check)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::engine::catalogue::Catalogue;

    /// The native rules whose findings come from reading a file, not from a check.
    const OF_READING: [&str; 23] = [
        "assertion-failed",
        "bicep-syntax",
        "condition-type",
        "duplicate-key",
        "expression-syntax",
        "index-out-of-range",
        "internal-error",
        "invalid-argument",
        "json-syntax",
        "missing-linked-template",
        "output-type",
        "parameter-missing",
        "parameter-unknown",
        "parameter-value",
        "resource-location",
        "resource-name-segments",
        "template-shape",
        "undeployed-read",
        "unknown-output",
        "unknown-property",
        "unknown-suppression",
        "unreadable-file",
        "yaml-syntax",
    ];

    #[test]
    fn the_tables_have_the_logic_of_rules_only_and_that_of_all_native_ones() {
        fn ids<T>(tables: &[&[(&'static str, T)]]) -> Vec<Vec<&'static str>> {
            tables.iter().map(|table| table.iter().map(|(id, _)| *id).collect()).collect()
        }
        let tables = [ids(RESOURCE_CHECKS), ids(TEMPLATE_CHECKS), ids(FILE_CHECKS)].concat();
        for table in &tables {
            assert!(table.is_sorted_by(|a, b| a < b), "{table:?}");
        }
        let listed: BTreeSet<&str> = tables.into_iter().flatten().collect();
        let rules = Catalogue::built_in().rules();
        for id in &listed {
            assert!(rules.iter().any(|rule| *rule.metadata.id == **id), "{id} is no rule");
        }
        let native = rules.iter().filter(|rule| rule.native).map(|rule| &*rule.metadata.id);
        let unlisted: Vec<&str> = native.filter(|id| !listed.contains(id)).collect();
        assert_eq!(unlisted, OF_READING);
    }
}
