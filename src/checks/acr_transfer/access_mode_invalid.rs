//! `access-mode-invalid` in scripts: a `--storage-access-mode` that does not exist.

use super::cli::{Call, replace};
use super::flags::ACCESS_MODE;
use super::shape::Access;
use crate::checks::FileCheck;
use crate::diagnostic::{Safety, Severity};
use crate::engine::finding::Finding;
use crate::evaluate::value::Value;

pub(super) fn check_scripts(check: &mut FileCheck<'_>) {
    for call in Call::pipelines(check) {
        let Some(found) = call.value(ACCESS_MODE) else { continue };
        let Some(text) = found.value().and_then(Value::as_str).filter(|text| !text.is_empty()) else { continue };
        let right = match found.value().map(Access::of_value) {
            Some(Access::ManagedIdentity) => Some("ManagedIdentity"),
            Some(Access::SasToken) => Some("SasToken"),
            _ => None,
        };
        if right == Some(text) {
            continue;
        }
        let (severity, message) = match right {
            Some(_) => (Severity::Warning, format!("`{text}` is not the name of a storage access mode")),
            None => (Severity::Error, format!("there is no storage access mode `{text}`")),
        };
        let fix = right.and_then(|right| replace(check.sources, &found, right, Safety::Safe));
        let finding = Finding::at(&found, message).map(|finding| finding.severity(severity).fix(fix));
        check.report(finding.map(|finding| finding.help("the modes are `ManagedIdentity` and `SasToken`")));
    }
}
