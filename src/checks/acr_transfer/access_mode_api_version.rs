//! `access-mode-api-version`: a storage access mode in an API version that has none.

use super::shape::{Access, FIRST_WITH_ACCESS_MODE, Kind, TRANSFER_TYPES, is_missing, knows_access_mode};
use crate::checks::FileCheck;
use crate::diagnostic::{Safety, Severity};
use crate::engine::api_version::defines_type;
use crate::engine::check::Check;
use crate::engine::finding::Finding;
use crate::engine::fix::replace_value;
use crate::evaluate::Instance;
use crate::evaluate::value::Value;

pub(super) fn check<'t>(check: &mut Check<'_, 't>, instance: &Instance<'t>) {
    let Some(endpoint) = Kind::of(instance).and_then(|kind| kind.endpoints().first()) else { return };
    let mode = check.find(instance, &[*endpoint, &["storageAccessMode"]].concat());
    if is_missing(&mode) {
        return;
    }
    if mode.value().is_some_and(Value::is_unknown) {
        return check.undecided(&mode);
    }
    let Some(version) = check.text(instance, &["apiVersion"]) else { return };
    // A version without pipelines is another mistake.
    let defined = defines_type(&version, &instance.resource.ty.to_string());
    if defined != Some(true) || knows_access_mode(&version) != Some(false) {
        return;
    }
    let (severity, message) = if Access::of(check, instance, endpoint) == Access::SasToken {
        (Severity::Warning, format!("API version {version} ignores `storageAccessMode`"))
    } else {
        (
            Severity::Error,
            format!("`storageAccessMode` needs API version {FIRST_WITH_ACCESS_MODE} or later; found {version}"),
        )
    };
    let found = check.find(instance, &["apiVersion"]);
    let safety = if is_only_version(check, &version) { Safety::Safe } else { Safety::Unsafe };
    let fix = replace_value(check.sources, &found, &FIRST_WITH_ACCESS_MODE.into(), safety);
    let Some(mut finding) = Finding::at(&found, message) else { return };
    if let Some(span) = mode.span().filter(|span| *span != finding.primary.span) {
        finding = finding.related(span, "used here");
    }
    check.report(finding.severity(severity).fix(fix));
}

/// Whether all transfer resources have this API version: nobody chose the versions of each with care.
fn is_only_version(check: &mut Check<'_, '_>, version: &str) -> bool {
    let all = check.resources(&TRANSFER_TYPES);
    all.iter().all(|other| check.value(other, &["apiVersion"]).is_none_or(|other| other.as_str() == Some(version)))
}

/// The answer about a pipeline that was asked for in an API version without the mode.
pub(super) fn check_answer(check: &mut FileCheck<'_>) {
    let Some((artefact, text)) = check.artefact() else { return };
    for pipeline in artefact.pipelines(text) {
        let has = |key| pipeline.endpoint_text(key).is_some();
        let is_new = pipeline.api_version().and_then(|version| knows_access_mode(&version)) == Some(true);
        // Without a secret, it is the identity that gets at the blobs.
        if has("storageAccessMode") || has("keyVaultUri") || is_new {
            continue;
        }
        let Some(endpoint) = pipeline.endpoint() else { continue };
        let message = format!(
            "the answer names neither a storage access mode nor a secret: it was asked for in an API version before \
             {FIRST_WITH_ACCESS_MODE}"
        );
        check.report(Finding::new(endpoint.key.span(check.file), message).severity(Severity::Info).help(
            "ask with that version or a later one, or with version 2.0.0 or later of the `acrtransfer` extension",
        ));
    }
}
