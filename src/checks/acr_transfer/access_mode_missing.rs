//! `access-mode-missing`: a pipeline that does not say how it gets at its storage.

use super::cli::Call;
use super::cli_extension_version::{major, names_extension, version};
use super::flags::{ACCESS_MODE, SECRET_URI};
use crate::checks::FileCheck;
use crate::diagnostic::{Safety, Severity};
use crate::engine::finding::Finding;
use crate::script::Invocation;

/// Commands that make a pipeline without a mode.
pub(super) fn check_scripts(check: &mut FileCheck<'_>) {
    let installed = extension_version(check);
    for call in Call::pipelines(check).filter(|call| !call.is_cmdlet) {
        if !call.lacks(ACCESS_MODE) {
            continue;
        }
        let (mode, safety) =
            if call.lacks(SECRET_URI) { ("ManagedIdentity", Safety::Unsafe) } else { ("SasToken", Safety::Safe) };
        let message = "`--storage-access-mode` is missing: how the pipeline gets at its storage is left open";
        let mut finding = Finding::new(call.path_span(), message).help("set it to `ManagedIdentity` or `SasToken`");
        if installed != Some(Version::Old) {
            finding = finding.fix(Some(call.insert(&format!("{ACCESS_MODE} {mode}"), safety)));
        }
        if installed == Some(Version::New) {
            finding = finding.severity(Severity::Error);
        }
        check.report(finding);
    }
}

/// Which version of the extension a script installs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Version {
    /// One that does not know the flag.
    Old,
    /// One that requires it.
    New,
}

/// The version that the last `az extension add` of a file asks for; the newest one where it names none.
fn extension_version(check: &FileCheck<'_>) -> Option<Version> {
    let is_change = |call: &Invocation<'_>| call.is_az(&["extension", "add"]) || call.is_az(&["extension", "update"]);
    let call = check.invocations().filter(|call| is_change(call) && names_extension(call)).last()?;
    match version(&call) {
        Some((_, version)) if major(&version)? < 2 => Some(Version::Old),
        None if call.option(&["--version"]).is_some() => None,
        _ => Some(Version::New),
    }
}
