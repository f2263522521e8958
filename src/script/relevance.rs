//! Whether a text can call anything of Azure at all: most scripts, documents and workflows do not, and are not parsed.

use memchr::memmem;

use super::FileKind;

/// What follows `Azure` in the names of tasks.
const TASKS: [&str; 9] = [
    "CLI@",
    "PowerShell@",
    "FileCopy@",
    "ResourceManager",
    "ResourceGroup",
    "/cli@",
    "/arm-deploy@",
    "/bicep-deploy@",
    "/powershell@",
];

/// Whether `text` has the name of the Azure CLI, of AzCopy, of a cmdlet of Az, or of a task that calls one of them.
pub fn is_relevant(text: &str) -> bool {
    let bytes = text.as_bytes();
    let stems = [b"az", b"Az", b"AZ"];
    stems.iter().any(|stem| memmem::find_iter(bytes, stem).any(|at| is_name(text, at)))
}

/// What only texts about transfers say, in whatever language.
const TRANSFERS: [&str; 8] = [
    "acr export-pipeline",
    "acr import-pipeline",
    "acr pipeline-run",
    "acrtransfer",
    "registries/exportPipelines",
    "registries/importPipelines",
    "registries/pipelineRuns",
    "AzContainerRegistryExportPipeline",
];

/// Whether a file of this kind is worth being read, with this text: it may call something of Azure, or other files that
/// do, or it speaks of transfers in a language that is not read.
pub fn is_wanted(kind: FileKind, text: &str) -> bool {
    match kind {
        FileKind::Foreign => speaks_of_transfers(text),
        FileKind::Yaml => is_relevant(text) || may_call(text) || speaks_of_transfers(text),
        FileKind::Script(_) | FileKind::Markdown | FileKind::Python | FileKind::Makefile => is_relevant(text),
    }
}

/// [`is_wanted`], of bytes that may be no text at all.
pub fn may_be_wanted(kind: FileKind, bytes: &[u8]) -> bool {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return is_wanted(kind, text);
    }
    // What is in another encoding is reported, if it is ours.
    let text = String::from_utf8_lossy(bytes).replace('\0', "");
    is_wanted(kind, &text)
}

/// Whether a text says something that only texts about transfers say.
pub fn speaks_of_transfers(text: &str) -> bool {
    TRANSFERS.iter().any(|word| memmem::find(text.as_bytes(), word.as_bytes()).is_some())
}

/// Whether a workflow or pipeline with this text may call others.
fn may_call(text: &str) -> bool {
    [&b"template:"[..], b"uses: ./"].iter().any(|word| memmem::find(text.as_bytes(), word).is_some())
}

/// Whether the `az` at `at` is the start of such a name.
fn is_name(text: &str, at: usize) -> bool {
    let bytes = text.as_bytes();
    let before = at.checked_sub(1).map(|before| bytes[before]);
    let rest = &text[at + 2..];
    let next = rest.bytes().next();
    let is_word = |byte: Option<u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if before == Some(b'-') && is_word(at.checked_sub(2).map(|before| bytes[before])) {
        // `New-AzStorageAccount`
        return next.is_some_and(|next| next.is_ascii_alphabetic());
    }
    if is_word(before) || before == Some(b'-') {
        return false;
    }
    let starts = |name: &str| rest.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name));
    match next {
        Some(b' ' | b'\t' | b'\r' | b'\n' | b'"' | b'\'' | b'\\' | b'`' | b'^') => true,
        Some(b'.') => starts(".cmd") || starts(".exe"),
        Some(b'c' | b'C') => starts("copy"),
        Some(b'u' | b'U') => {
            starts("ure")
                && TASKS
                    .iter()
                    .any(|task| rest.get(3..3 + task.len()).is_some_and(|name| name.eq_ignore_ascii_case(task)))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_told_from_parts_of_words() {
        for text in [
            "az acr list",
            "x\naz\\\n acr",
            "sudo az\tlogin",
            "AZ login",
            "$(az account show)",
            "New-AzStorageContainerSASToken -x",
            "azcopy cp",
            "AzCopy.exe /x",
            "- task: AzureFileCopy@6",
            "uses: azure/bicep-deploy@v2",
            "uses: Azure/cli@v2",
            "& \"az\" acr",
        ] {
            assert!(is_relevant(text), "{text}");
        }
        for text in [
            "lazy evaluation",
            "topaz is blue",
            "Azure DevOps",
            "azimuth",
            "amazing az-array",
            "raz az1",
            "pool: azure",
        ] {
            assert!(!is_relevant(text), "{text}");
        }
    }
}
