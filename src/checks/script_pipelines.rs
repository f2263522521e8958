//! What scripts say about transfers: the pipelines that they create, the runs that they start.

use memchr::memmem;

use super::storage_place::{MARK, Place, text_of};
use crate::engine::endpoint;
use crate::engine::view::{ExportRun, TransferPipeline};
use crate::evaluate::value::Value;
use crate::script::{Dialect, Found, Invocation, Script};
use crate::source::{FileId, Span};
use crate::syntax::shell::{Piece, PieceKind, Quoting};

/// Ends of the names of cmdlets, in lower case.
const CMDLETS: [&str; 3] =
    ["azcontainerregistryexportpipeline", "azcontainerregistryimportpipeline", "azcontainerregistrypipelinerun"];

/// Words that only texts about transfers have, in lower case.
const WORDS: [&str; 5] =
    ["acrtransfer", "acr-transfer", "acr transfer", "registries/importpipelines", "registries/exportpipelines"];

/// What each of them ends with, however people write it.
const ENDS: [&str; 4] = ["ransfer", "RANSFER", "ipelines", "IPELINES"];

/// Fewest such words of a document that is about transfers, if no title has one: others mention them among much else.
const MENTIONS: usize = 3;

/// Whether the rules about these scripts need to know what other files say.
pub fn asks_for_view(found: &Found) -> bool {
    let mut calls = found.scripts.iter().flat_map(Script::invocations);
    found.tasks.iter().any(|task| task.is("AzureFileCopy"))
        || calls.any(|call| match call.program {
            "azcopy" => true,
            "az" => ["storage", "keyvault", "acr", "role"].iter().any(|group| call.is_az(&[group])),
            program => ["azstorage", "azkeyvault", "azcontainerregistry", "azroleassignment"]
                .iter()
                .any(|noun| program.contains(noun)),
        })
}

/// Whether scripts, or the text around them, are about transfers.
pub(super) fn is_about_transfers(found: &Found, text: &str) -> bool {
    let calls = || found.scripts.iter().flat_map(Script::invocations);
    calls().any(|call| is_transfer_call(&call)) || {
        let is_in_title = |at: usize| {
            let line = text[..at].rsplit('\n').next().unwrap_or_default().to_ascii_lowercase();
            line.starts_with("# ") || line.starts_with("title:")
        };
        let least = if found.is_document() { MENTIONS } else { 1 };
        mentions(text).enumerate().any(|(before, at)| before + 1 >= least || is_in_title(at))
    }
}

/// Where a text has one of the words that only texts about transfers have.
fn mentions(text: &str) -> impl Iterator<Item = usize> {
    let word_before = |end: usize| {
        let start = |word: &&str| {
            let start = end.checked_sub(word.len())?;
            text.get(start..end)?.eq_ignore_ascii_case(word).then_some(start)
        };
        WORDS.iter().find_map(start)
    };
    let ends = ENDS.iter().flat_map(|end| memmem::find_iter(text.as_bytes(), end).map(|at| at + end.len()));
    ends.filter_map(word_before)
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

/// Whether scripts make resources that nobody sees: of a template that lies elsewhere, or by a request.
pub(super) fn deploys_unseen(found: &Found) -> bool {
    const ELSEWHERE: [&str; 6] = ["--template-uri", "-u", "--template-spec", "-s", "-TemplateUri", "-TemplateSpecId"];
    let mut calls = found.scripts.iter().flat_map(Script::invocations);
    let is_cmdlet =
        |call: &Invocation<'_>, noun: &str| call.program.starts_with("new-az") && call.program.ends_with(noun);
    let writes = |call: &Invocation<'_>| {
        value(call, &["--method", "-m", "-Method"]).is_some_and(|(method, _)| method.eq_ignore_ascii_case("put"))
    };
    // Of another provider, as far as it says.
    let is_of_another = |call: &Invocation<'_>| {
        let texts = call.words.iter().map(|word| text_of(call.script, word, call.command).to_ascii_lowercase());
        let texts: String = texts.collect();
        texts.contains("microsoft.")
            && !texts.contains("microsoft.containerregistry")
            && !texts.contains("microsoft.resources")
    };
    let is_link = |text: &str| text.starts_with("https://");
    calls.any(|call| {
        let is_deployment = call.is_az(&["deployment"]) || is_cmdlet(&call, "deployment");
        let is_request = call.is_az(&["resource", "create"])
            || is_cmdlet(&call, "-azresource")
            || ((call.is_az(&["rest"]) || call.program == "invoke-azrestmethod") && writes(&call));
        (is_deployment && call.option(&ELSEWHERE).is_some()) || (is_request && !is_of_another(&call))
    }) || found.tasks.iter().flat_map(|task| &task.inputs).any(|input| {
        ["csmFileLink", "template"].iter().any(|name| input.name.eq_ignore_ascii_case(name))
            && is_link(input.value.text())
    })
}

/// The pipelines that scripts create.
pub(super) fn created(file: FileId, found: &Found) -> Vec<TransferPipeline> {
    found.scripts.iter().flat_map(Script::invocations).filter_map(|call| created_by(file, &call)).collect()
}

/// The registries that scripts make: the name, and where.
pub(super) fn registries(found: &Found) -> Vec<(String, Span)> {
    let calls = found.scripts.iter().flat_map(Script::invocations).filter(|call| call.is_az(&["acr", "create"]));
    let made = calls.filter_map(|call| Some((value(&call, &["--name", "-n"])?.0, call.path_span())));
    made.filter(|(name, _)| !name.contains(MARK)).collect()
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
        let at = call.path_span();
        is_known.then_some(ExportRun { blob: Some(blob), catalog_digest: None, artifacts, at })
    };
    runs.filter_map(read).collect()
}

fn created_by(file: FileId, call: &Invocation<'_>) -> Option<TransferPipeline> {
    let is_cmdlet = call.program.starts_with("new-azcontainerregistry") && is_transfer_call(call);
    let exports = match call.program {
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
    let identity = value(call, &["--assign-identity", "-i"]);
    let trigger = value(call, &["--source-trigger-enabled", "-e", "-SourceTriggerStatus"]);
    let is_off = trigger.is_some_and(|(text, _)| ["false", "disabled"].contains(&&*text.to_ascii_lowercase()));
    let option = call.option(&["--options", "-z", "-Option"]);
    let words = option.iter().flat_map(|option| &option.values);
    let texts: Vec<String> = words.map(|word| text_of(call.script, word, call.command)).collect();
    let options = || texts.iter().flat_map(|text| text.split([',', ' ']));
    let text = |names: &[&str]| value(call, names).map(|(text, _)| text);
    Some(TransferPipeline {
        file,
        at: call.path_span(),
        is_answer: false,
        exports,
        registry: text(&["--registry", "-r", "-RegistryName"]),
        name: text(&["--name", "-n", "-Name"]),
        place: uri.as_ref().and_then(|(uri, _)| Place::of_url(uri)).unwrap_or_default(),
        uri: uri.map(|(_, span)| span),
        secret_at: secret.as_ref().map(|(_, span)| *span),
        secret: secret.map(|(uri, _)| secret_of(&uri)),
        uses_identity: mode.is_some_and(|(mode, _)| mode.eq_ignore_ascii_case("ManagedIdentity")),
        user_assigned: identity.filter(|(id, _)| names_an_identity(id)).map(|(_, span)| span),
        trigger: !exports && !is_off,
        deletes: options().any(|option| option.eq_ignore_ascii_case("DeleteSourceBlobOnSuccess")),
        options_at: option.as_ref().map_or_else(|| call.path_span(), |option| option.span),
        options: (!is_open(call, 3) && !texts.iter().any(|text| text.contains(MARK)))
            .then(|| options().map(str::to_owned).collect()),
        is_beside_grants: false,
    })
}

/// Whether this is the id of a user-assigned identity.
fn names_an_identity(id: &str) -> bool {
    id.to_ascii_lowercase().contains("/userassignedidentities/")
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

/// Whether words that are not known may be options.
pub(super) fn is_open(call: &Invocation<'_>, skipped: usize) -> bool {
    let is_posix = call.script.dialect == Dialect::Posix;
    let mut after_option = false;
    for (index, word) in call.words.iter().enumerate() {
        let is_many = matches!(&*word.pieces, [Piece { kind: PieceKind::Elements(_), .. }]);
        let is_split = is_posix
            && matches!(&*word.pieces, [Piece { kind, quoting: Quoting::Bare, .. }]
                if !matches!(kind, PieceKind::Literal(_)))
            && index >= skipped
            && !after_option;
        if is_many || is_split {
            return true;
        }
        after_option = word.prefix().starts_with('-') && !word.prefix().contains('=');
    }
    false
}
