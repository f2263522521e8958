//! What several rules ask of the commands of a file, worked out when the first of them asks.

use std::cell::OnceCell;
use std::collections::{HashMap, HashSet};

use super::cli::Call;
use super::flags::NAME;
use super::sas::used_otherwise;
use super::script_access::ScriptAccess;
use crate::checks::FileCheck;
use crate::script::Script;

/// What is known of the commands of a file.
#[derive(Debug, Default)]
pub(crate) struct ScriptFacts<'a> {
    speaks_of_transfers: OnceCell<bool>,
    calls: OnceCell<Vec<(usize, Call<'a>)>>,
    pipelines: OnceCell<HashMap<String, Vec<&'a Call<'a>>>>,
    access: OnceCell<Option<ScriptAccess<'a>>>,
    used: OnceCell<HashMap<*const Script, HashSet<usize>>>,
}

impl<'a> ScriptFacts<'a> {
    /// The calls about transfers, each with its index among all calls of the file.
    pub(super) fn calls(&'a self, check: &FileCheck<'a>) -> &'a [(usize, Call<'a>)] {
        let read = |(at, invocation)| Some((at, Call::new(invocation)?));
        self.calls.get_or_init(|| check.invocations().enumerate().filter_map(read).collect())
    }

    /// The calls that make a pipeline of this name.
    pub(super) fn pipelines(&'a self, check: &FileCheck<'a>, name: &str) -> &'a [&'a Call<'a>] {
        let named = self.pipelines.get_or_init(|| {
            let mut named: HashMap<String, Vec<_>> = HashMap::new();
            for call in Call::pipelines(check) {
                if let Some(name) = call.text(NAME) {
                    named.entry(name).or_default().push(call);
                }
            }
            named
        });
        named.get(name).map(Vec::as_slice).unwrap_or_default()
    }

    /// Whether a script uses what its command at an index writes for something that it does with a storage account.
    pub(super) fn uses_otherwise(&self, check: &FileCheck<'_>, script: &Script, command: usize) -> bool {
        let scripts = || check.scripts().into_iter().flat_map(|found| &found.scripts);
        let used = self
            .used
            .get_or_init(|| scripts().map(|script| (std::ptr::from_ref(script), used_otherwise(script))).collect());
        used.get(&std::ptr::from_ref(script)).is_some_and(|used| used.contains(&command))
    }

    /// The pipelines and grants; `None` for a file that does not speak of transfers.
    pub(super) fn access(&'a self, check: &FileCheck<'a>) -> Option<&'a ScriptAccess<'a>> {
        self.access.get_or_init(|| speaks_of_transfers(check).then(|| ScriptAccess::read(check))).as_ref()
    }
}

/// Whether a file speaks of transfers at all: a cheap look at its text, so that other scripts cost nothing.
pub(super) fn speaks_of_transfers(check: &FileCheck<'_>) -> bool {
    const WORDS: [&str; 8] = [
        "export-pipeline",
        "import-pipeline",
        "pipeline-run",
        "exportPipelines",
        "importPipelines",
        "RegistryExportPipeline",
        "RegistryImportPipeline",
        "acrtransfer",
    ];
    // Most texts are told by what the words have in common.
    let speaks = |text: &str| {
        (text.contains("ipeline") || text.contains("acrtransfer")) && WORDS.iter().any(|word| text.contains(word))
    };
    let known = &check.facts.scripts.speaks_of_transfers;
    check.scripts().is_some() && *known.get_or_init(|| speaks(check.source().text()))
}
