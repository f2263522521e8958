//! `acr-transfer-container-immutable`: a pipeline that changes or deletes blobs which are kept from it.

use super::pipeline_run::Direction;
use super::transfer_storage::Transfer;
use crate::engine::check::Check;
use crate::engine::finding::Finding;
use crate::engine::query::Found;
use crate::evaluate::Instance;
use crate::evaluate::resource_id::same_name;
use crate::evaluate::value::Value;

const POLICIES: &str = "Microsoft.Storage/storageAccounts/blobServices/containers/immutabilityPolicies";

pub(super) fn check<'t>(check: &mut Check<'_, 't>, pipeline: &Instance<'t>) {
    let Some(transfer) = Transfer::of(check, pipeline) else { return };
    let (option, does) = match transfer.direction {
        Direction::Export => ("OverwriteBlobs", "overwritten"),
        Direction::Import => ("DeleteSourceBlobOnSuccess", "deleted"),
    };
    let options = check.value(pipeline, &["properties", "options"]);
    let is_option = |value: &&Value| value.as_str().is_some_and(|text| text.eq_ignore_ascii_case(option));
    let chosen = options.as_ref().and_then(Value::as_array).and_then(|options| options.iter().find(is_option));
    let (Some(chosen), Some(container)) = (chosen, &transfer.container.name) else { return };
    for policy in check.resources(&[POLICIES]) {
        let names = check.evaluator.names(&policy);
        let Some([account, _, name, ..]) = names.as_deref() else { continue };
        if transfer.is_in(account) != Some(true) || same_name(name, container) != Some(true) {
            continue;
        }
        let found = Found::Value { value: chosen.clone(), key: None };
        let finding = Finding::at(&found, format!("blobs of this container can't be {does}: it is immutable"));
        check.report(finding.map(|finding| {
            finding.related(policy.resource.ty.span, "the policy").help("transfer through a container without a policy")
        }));
        return;
    }
}
