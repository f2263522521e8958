//! `access-mode-missing`: a pipeline that does not say how it gets at its storage.

use super::cli::{ACCESS_MODE, Call, SECRET_URI};
use crate::checks::FileCheck;
use crate::diagnostic::{Safety, Severity};
use crate::engine::finding::Finding;
use crate::script::Invocation;

/// Commands that make a pipeline without a mode.
pub(super) fn check_scripts(check: &mut FileCheck<'_>) {
    let version = extension_version(check);
    for call in Call::pipelines(check) {
        if !call.lacks(ACCESS_MODE) {
            continue;
        }
        let (mode, safety) =
            if call.lacks(SECRET_URI) { ("ManagedIdentity", Safety::Unsafe) } else { ("SasToken", Safety::Safe) };
        let message = "`--storage-access-mode` is missing: how the pipeline gets at its storage is left open";
        let mut finding = Finding::new(call.path_span(), message).help("set it to `ManagedIdentity` or `SasToken`");
        if version != Some(Version::Old) {
            finding = finding.fix(Some(call.insert(&format!("{ACCESS_MODE} {mode}"), safety)));
        }
        if version == Some(Version::New) {
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
    let is_added = |call: &Invocation<'_>| call.is_az(&["extension", "add"]) || call.is_az(&["extension", "update"]);
    let mut version = None;
    for call in check.invocations().filter(is_added) {
        let text = |names: &[&str]| call.script.text(call.option(names)?.values.first()?, call.command);
        let source = text(&["--source", "-s"]).filter(|source| source.contains("acrtransfer-"));
        if source.is_none() && text(&["--name", "-n"]).as_deref() != Some("acrtransfer") {
            continue;
        }
        let named = source.as_deref().and_then(|source| source.rsplit("acrtransfer-").next().map(str::to_owned));
        let named = named.or_else(|| text(&["--version"]));
        version = match (&named, call.option(&["--version"])) {
            (Some(named), _) => match named.split('.').next().and_then(|major| major.parse::<u32>().ok()) {
                Some(0 | 1) => Some(Version::Old),
                Some(_) => Some(Version::New),
                None => None,
            },
            (None, Some(_)) => None,
            (None, None) => Some(Version::New),
        };
    }
    version
}
