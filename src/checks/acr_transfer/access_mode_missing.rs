//! `access-mode-missing`: a pipeline that does not say how it gets at its storage.

use super::shape::{Kind, is_missing, knows_access_mode, misspelt};
use crate::diagnostic::Safety;
use crate::engine::api_version::defines_type;
use crate::engine::check::Check;
use crate::engine::finding::Finding;
use crate::engine::fix::{insert_property, replace_value};
use crate::engine::query::{Found, Path};
use crate::evaluate::Instance;
use crate::evaluate::value::Value;

pub(super) fn check<'t>(check: &mut Check<'_, 't>, instance: &Instance<'t>) {
    let Some(version) = check.text(instance, &["apiVersion"]) else { return };
    let in_force = defines_type(&version, &instance.resource.ty.to_string()) != Some(false);
    if !in_force || knows_access_mode(&version) != Some(true) {
        return;
    }
    let Some(endpoint) = Kind::of(instance).and_then(|kind| kind.endpoints().first()) else { return };
    if check.find(instance, endpoint).value().and_then(Value::as_object).is_none() {
        return;
    }
    let path = [*endpoint, &["storageAccessMode"]].concat();
    let mode = check.find(instance, &path);
    if !is_missing(&mode) || misspelt(check, instance, "storageAccessMode") {
        return;
    }
    let vault = check.find(instance, &[*endpoint, &["keyVaultUri"]].concat());
    // Without a mode, a pipeline with a secret can only have been meant to use it.
    let (value, safety) = match vault.value().and_then(Value::as_str) {
        Some("") => ("ManagedIdentity", Safety::Unsafe),
        Some(_) => ("SasToken", Safety::Safe),
        None if vault.value().is_none() => ("ManagedIdentity", Safety::Unsafe),
        None => ("SasToken", Safety::Unsafe),
    };
    let Some(place) = mode.key() else { return };
    let path = Path::of_names(&path);
    let value = serde_json::Value::from(value);
    let fix = match &mode {
        Found::Absent { .. } => insert_property(check.sources, &instance.resource.body, &path, &value, safety),
        Found::Value { .. } | Found::Hidden { .. } => replace_value(check.sources, &mode, &value, safety),
    };
    let finding =
        Finding::new(place, "`storageAccessMode` is missing: how the pipeline gets at its storage is left open");
    check.report(finding.help("set it to `ManagedIdentity` or `SasToken`").fix(fix));
}
