//! `readonly-identity-property`: ids of an identity that only the service can set.

use crate::diagnostic::Safety;
use crate::engine::api_version::ApiVersion;
use crate::engine::check::Check;
use crate::engine::finding::Finding;
use crate::engine::fix::remove_property;
use crate::engine::query::Path;
use crate::evaluate::Instance;

/// The first API version that marks the properties as read-only.
const FIRST: &str = "2023-06-01-preview";

pub(super) fn check<'t>(check: &mut Check<'_, 't>, instance: &Instance<'t>) {
    let Some(version) = check.text(instance, &["apiVersion"]) else { return };
    if ApiVersion::parse(&version).zip(ApiVersion::parse(FIRST)).is_none_or(|(version, first)| version < first) {
        return;
    }
    for name in ["principalId", "tenantId"] {
        let path = ["identity", name];
        // An identity that is unknown as a whole is found in place of its property.
        let known = check.find(instance, &["identity"]).value().is_some_and(|identity| !identity.is_unknown());
        let found = check.find(instance, &path);
        if !known || super::shape::is_missing(&found) {
            continue;
        }
        let fix = remove_property(check.sources, &instance.resource.body, &Path::of_names(&path), Safety::Safe);
        let message = format!("`{name}` of an identity is read-only: the service sets it");
        check.report(Finding::at(&found, message).map(|finding| finding.help("remove it").fix(fix)));
    }
}
