//! `acr-transfer-user-assigned-identity`: a map of user-assigned identities that does not go with the identity's type.

use super::cli::Call;
use super::flags::IDENTITY as FLAG;
use crate::checks::FileCheck;
use crate::diagnostic::Severity;
use crate::engine::check::Check;
use crate::engine::finding::Finding;
use crate::engine::query::Found;
use crate::evaluate::Instance;
use crate::evaluate::partial::{HOLE, Partial};
use crate::evaluate::resource_id::ResourceId;
use crate::evaluate::value::{Kind, Object};

const IDENTITY: &str = "Microsoft.ManagedIdentity/userAssignedIdentities";

pub(super) fn check<'t>(check: &mut Check<'_, 't>, pipeline: &Instance<'t>) {
    let Some(ty) = check.text(pipeline, &["identity", "type"]).map(|ty| ty.to_ascii_lowercase()) else { return };
    let map = check.find(pipeline, &["identity", "userAssignedIdentities"]);
    let finding = match map.value().map(|value| &value.kind) {
        Some(Kind::Unknown(_) | Kind::Undecidable(_)) => return check.undecided(&map),
        Some(Kind::Array(_)) => {
            Finding::at(&map, "`userAssignedIdentities` is an object whose keys are the ids, not an array")
                .map(|finding| finding.help("write each id as a key with `{}` as its value"))
        }
        Some(Kind::Object(object)) if !object.is_empty() => {
            for key in wrong_keys(object) {
                check.report(key);
            }
            of_map(&ty, &map, object.len())
        }
        _ if ty.contains("userassigned") => {
            Finding::at(&map, "the type asks for a user-assigned identity, but none is named")
                .map(|finding| finding.help("add the id of the identity as a key of `userAssignedIdentities`"))
        }
        _ => None,
    };
    check.report(finding);
}

/// A map with members, seen with the identity's type.
fn of_map(ty: &str, map: &Found, number: usize) -> Option<Finding> {
    if ty == "systemassigned" {
        let message = "the type `SystemAssigned` does not go with user-assigned identities";
        return Finding::at(map, message).map(|finding| finding.help("use the type `UserAssigned`, or remove the map"));
    }
    if number > 1 && ty.contains("userassigned") {
        let message = format!("{number} user-assigned identities; a transfer pipeline uses one");
        return Finding::at(map, message).map(|finding| finding.severity(Severity::Warning));
    }
    None
}

/// Keys that are known and are not the ids of user-assigned identities. One that is empty comes from a parameter that
/// nobody has set yet.
fn wrong_keys(object: &Object) -> impl Iterator<Item = Finding> {
    object.keys().filter(|key| key.as_str() != Some("")).filter_map(|key| {
        let is_id = match ResourceId::parse(&key) {
            Some(id) => id.ty.eq_ignore_ascii_case(IDENTITY),
            None => key.as_str().is_none(),
        };
        let message = "the key is not the id of a user-assigned identity";
        let finding = Finding::new(key.origin.span.filter(|_| !is_id)?, message).used(&key);
        Some(finding.help(format!("use `/subscriptions/…/resourceGroups/…/providers/{IDENTITY}/…`")))
    })
}

/// The identities that commands assign.
pub(super) fn check_scripts(check: &mut FileCheck<'_>) {
    for call in Call::pipelines(check) {
        let values = call.values(FLAG);
        for found in &values {
            let Some(id) = found.value().and_then(Partial::new) else { continue };
            let text = id.text().to_ascii_lowercase();
            let may_be_id = text.starts_with(HOLE) || text.contains(&format!("/{}/", IDENTITY.to_ascii_lowercase()));
            if text.is_empty() || text == "[system]" || (may_be_id && (text.starts_with(['/', HOLE]))) {
                continue;
            }
            let message = "this is not the id of a user-assigned identity";
            let help = format!(
                "use `/subscriptions/…/resourceGroups/…/providers/{IDENTITY}/…`, or `[system]` for the identity of the pipeline"
            );
            check.report(Finding::at(found, message).map(|finding| finding.help(help)));
        }
        if let [_, second, ..] = values.as_slice() {
            let message = format!("{} user-assigned identities; a transfer pipeline uses one", values.len());
            let finding = Finding::at(second, message).map(|finding| finding.severity(Severity::Warning));
            check.report(finding.filter(|_| !call.is_open));
        }
    }
}
