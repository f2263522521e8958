//! L6. Native rules: those whose logic reads better as code than as clauses. One rule, one file, called as its id.

mod acr_transfer;
mod core;
mod file_check;
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
