//! `cli-powershell-module`: cmdlets for pipelines, which know no storage access mode.

use crate::checks::FileCheck;
use crate::diagnostic::Severity;
use crate::engine::finding::Finding;

const CMDLETS: [&str; 4] = [
    "new-azcontainerregistryexportpipeline",
    "new-azcontainerregistryimportpipeline",
    "update-azcontainerregistryexportpipeline",
    "update-azcontainerregistryimportpipeline",
];

pub(super) fn check(check: &mut FileCheck<'_>) {
    for call in check.invocations().filter(|call| CMDLETS.contains(&call.program)).collect::<Vec<_>>() {
        if let Some(option) = call.option(&["-IdentityType"]) {
            let message = "version 5 of `Az.ContainerRegistry` has no `-IdentityType`";
            let finding = Finding::new(option.span, message).severity(Severity::Warning);
            check.report(finding.help("use `-EnableSystemAssignedIdentity`, or pin the version of the module"));
        } else {
            let message = "this cmdlet can't set the storage access mode, so that the pipeline needs a SAS token";
            check.report(Finding::new(call.name.span, message).help(
                "for mode `ManagedIdentity`, use a template or `az acr export-pipeline` and `az acr import-pipeline`",
            ));
        }
    }
}
