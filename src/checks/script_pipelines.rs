//! What scripts say about transfers: the pipelines that they create, the runs that they start.

use super::project_view::{ExportRun, TransferPipeline};
use super::storage_place::{MARK, Place, text_of};
use crate::engine::endpoint;
use crate::evaluate::value::Value;
use crate::script::{Found, Invocation, Script};
use crate::source::Span;

/// Ends of the names of cmdlets, in lower case.
const CMDLETS: [&str; 3] =
    ["azcontainerregistryexportpipeline", "azcontainerregistryimportpipeline", "azcontainerregistrypipelinerun"];

/// Words that only texts about transfers have, in lower case.
const WORDS: [&str; 5] =
    ["acrtransfer", "acr-transfer", "acr transfer", "registries/importpipelines", "registries/exportpipelines"];

/// Whether the rules about these scripts need to know what other files say.
pub fn asks_for_view(found: &Found) -> bool {
    let mut calls = found.scripts.iter().flat_map(Script::invocations);
    found.tasks.iter().any(|task| task.is("AzureFileCopy"))
        || calls.any(|call| {
            call.program == "azcopy"
                || ["storage", "keyvault", "acr"].iter().any(|group| call.is_az(&[group]))
                || ["azstorage", "azkeyvault", "azcontainerregistry"].iter().any(|noun| call.program.contains(noun))
        })
}

/// Whether scripts, or the text around them, are about transfers.
pub(super) fn is_about_transfers(found: &Found, text: &str) -> bool {
    let calls = || found.scripts.iter().flat_map(Script::invocations);
    calls().any(|call| is_transfer_call(&call)) || {
        let text = text.to_ascii_lowercase();
        WORDS.iter().any(|word| text.contains(word))
    }
}

/// Whether a call is one of those for transfers.
pub(super) fn is_transfer_call(call: &Invocation<'_>) -> bool {
    ["export-pipeline", "import-pipeline", "pipeline-run"].iter().any(|group| call.is_az(&["acr", group]))
        || CMDLETS.iter().any(|name| call.program.ends_with(name))
}

/// Whether a script uploads files to a container.
pub(super) fn uploads(found: &Found) -> bool {
    let mut calls = found.scripts.iter().flat_map(Script::invocations);
    let copies_up = |call: &Invocation<'_>| {
        call.is_azcopy(&["copy", "cp", "c", "sync"]) && {
            let target = call.operands().get(1).map(|word| text_of(call.script, word, call.command));
            target.is_some_and(|target| Place::of_url(&target).is_some())
        }
    };
    calls.any(|call| {
        call.is_az(&["storage", "blob", "upload"])
            || call.is_az(&["storage", "blob", "upload-batch"])
            || call.program == "set-azstorageblobcontent"
            || copies_up(&call)
    }) || found.tasks.iter().any(|task| task.is("AzureFileCopy"))
}

/// The pipelines that scripts create.
pub(super) fn created(found: &Found) -> Vec<TransferPipeline> {
    found.scripts.iter().flat_map(Script::invocations).filter_map(|call| created_by(&call)).collect()
}

/// The runs of export pipelines that scripts start.
pub(super) fn export_runs(found: &Found) -> Vec<ExportRun> {
    let calls = found.scripts.iter().flat_map(Script::invocations);
    let runs = calls.filter(|call| call.is_az(&["acr", "pipeline-run", "create"]));
    let read = |call: Invocation<'_>| {
        let kind = value(&call, &["--pipeline-type", "-t"])?.0;
        let blob = value(&call, &["--storage-blob", "-b"])?.0;
        let artifacts = call.option(&["--artifacts", "-a"])?.values.len();
        let is_known = kind.eq_ignore_ascii_case("export") && !blob.contains(MARK) && artifacts > 0;
        is_known.then_some(ExportRun { blob: Some(blob), catalog_digest: None, artifacts })
    };
    runs.filter_map(read).collect()
}

fn created_by(call: &Invocation<'_>) -> Option<TransferPipeline> {
    let is_cmdlet = call.program.starts_with("new-azcontainerregistry") && is_transfer_call(call);
    let exports = match call.program.as_str() {
        "new-azcontainerregistryexportpipeline" => true,
        "new-azcontainerregistryimportpipeline" => false,
        _ if call.is_az(&["acr", "export-pipeline", "create"]) => true,
        _ if call.is_az(&["acr", "import-pipeline", "create"]) => false,
        _ => return None,
    };
    let (uri, vault) = match (is_cmdlet, exports) {
        (true, true) => (["-TargetUri"; 2], ["-TargetKeyVaultUri"; 2]),
        (true, false) => (["-SourceUri"; 2], ["-SourceKeyVaultUri"; 2]),
        (false, _) => (["--storage-container-uri", "-c"], ["--secret-uri", "-s"]),
    };
    let (uri, secret) = (value(call, &uri), value(call, &vault));
    let mode = value(call, &["--storage-access-mode", "-m"]);
    let trigger = value(call, &["--source-trigger-enabled", "-e", "-SourceTriggerStatus"]);
    let is_off = trigger.is_some_and(|(text, _)| ["false", "disabled"].contains(&&*text.to_ascii_lowercase()));
    let options = call.option(&["--options", "-z", "-Option"]).map(|option| option.values).unwrap_or_default();
    let deletes = options.iter().any(|option| {
        let text = text_of(call.script, option, call.command);
        text.split([',', ' ']).any(|word| word.eq_ignore_ascii_case("DeleteSourceBlobOnSuccess"))
    });
    Some(TransferPipeline {
        exports,
        place: uri.as_ref().and_then(|(uri, _)| Place::of_url(uri)).unwrap_or_default(),
        uri: uri.map(|(_, span)| span),
        secret: secret.as_ref().map(|(uri, _)| secret_of(uri)),
        uses_identity: mode.is_some_and(|(mode, _)| mode.eq_ignore_ascii_case("ManagedIdentity")),
        trigger: !exports && !is_off,
        deletes,
    })
}

/// The only value of an option, and where it stands.
fn value(call: &Invocation<'_>, names: &[&str]) -> Option<(String, Span)> {
    let option = call.option(names)?;
    let word = option.values.first()?;
    Some((text_of(call.script, word, call.command), word.span))
}

/// The names of vault and secret in a URI.
fn secret_of(uri: &str) -> (Option<String>, Option<String>) {
    if !uri.contains(MARK) {
        let secret = endpoint::secret(&Value::from(uri));
        let text = |value: Option<Value>| value.as_ref().and_then(Value::as_str).map(str::to_owned);
        return secret.map_or((None, None), |secret| (text(secret.vault), text(secret.name)));
    }
    let rest = uri.split_once("://").map_or(uri, |(_, rest)| rest);
    let vault = rest.split_once(".vault").map(|(vault, _)| vault.to_owned());
    let name = rest.rsplit_once("/secrets/").and_then(|(_, name)| name.split('/').next()).map(str::to_owned);
    (vault, name)
}
