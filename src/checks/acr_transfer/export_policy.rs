//! `acr-transfer-export-policy`: a registry whose policy forbids what its export pipelines do.

use super::pipeline_run::EXPORT_PIPELINES;
use super::registry_sku::children;
use crate::diagnostic::Severity;
use crate::engine::api_version::ApiVersion;
use crate::engine::check::Check;
use crate::engine::finding::Finding;
use crate::evaluate::Instance;
use crate::evaluate::value::Value;

/// The first version that knows the policy.
const SINCE: &str = "2021-06-01-preview";

pub(super) fn check<'t>(check: &mut Check<'_, 't>, registry: &Instance<'t>) {
    let status = ["properties", "policies", "exportPolicy", "status"];
    if !check.text(registry, &status).is_some_and(|status| status.eq_ignore_ascii_case("disabled")) {
        return;
    }
    let status = check.find(registry, &status);
    if let Some(version) = check.text(registry, &["apiVersion"])
        && let (Some(version), Some(since)) = (ApiVersion::parse(&version), ApiVersion::parse(SINCE))
        && version < since
    {
        let version = check.find(registry, &["apiVersion"]);
        let finding = Finding::at(&version, format!("the API version does not know `exportPolicy`; it needs {SINCE}"));
        return check.report(finding.map(|finding| finding.severity(Severity::Warning)));
    }
    if let Some(pipeline) = children(check, registry, &[EXPORT_PIPELINES]).first() {
        let finding = Finding::at(&status, "the registry forbids exports, but has an export pipeline");
        return check.report(finding.map(|finding| {
            finding
                .related(pipeline.resource.ty.span, "exports from it")
                .help("enable exports, or delete the export pipelines before disabling them")
        }));
    }
    let access = check.find(registry, &["properties", "publicNetworkAccess"]);
    if access.value().is_some_and(Value::is_unknown) {
        return check.undecided(&access);
    }
    let access = check.text(registry, &["properties", "publicNetworkAccess"]);
    if access.is_none_or(|access| !access.eq_ignore_ascii_case("Disabled")) {
        let finding = Finding::at(&status, "exports can only be forbidden on a registry without public access");
        check.report(finding.map(|finding| finding.help("set `publicNetworkAccess` to `Disabled`, or enable exports")));
    }
}
