//! The commands of the `acrtransfer` extension of the Azure CLI, `az acr export-pipeline`, `import-pipeline` and
//! `pipeline-run`, with the flags that they take.

use super::shape::Kind;

/// How often a flag must be given, and what it takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Takes {
    /// One word, and the flag must be there.
    Required,
    /// One word.
    One,
    /// Several words.
    Several,
    /// Perhaps one word.
    Switch,
}

/// A flag of a command.
#[derive(Debug)]
pub(super) struct Flag {
    /// With two dashes.
    pub long: &'static str,
    /// With one dash; empty where there is none.
    pub short: &'static str,
    /// What it takes.
    pub takes: Takes,
}

const fn flag(long: &'static str, short: &'static str, takes: Takes) -> Flag {
    Flag { long, short, takes }
}

pub(super) const NAME: &str = "--name";
pub(super) const REGISTRY: &str = "--registry";
pub(super) const GROUP: &str = "--resource-group";
pub(super) const CONTAINER_URI: &str = "--storage-container-uri";
pub(super) const SECRET_URI: &str = "--secret-uri";
pub(super) const ACCESS_MODE: &str = "--storage-access-mode";
pub(super) const IDENTITY: &str = "--assign-identity";
pub(super) const OPTIONS: &str = "--options";
pub(super) const SOURCE_TRIGGER: &str = "--source-trigger-enabled";
pub(super) const PIPELINE: &str = "--pipeline";
pub(super) const PIPELINE_TYPE: &str = "--pipeline-type";
pub(super) const BLOB: &str = "--storage-blob";
pub(super) const ARTIFACTS: &str = "--artifacts";
pub(super) const FORCE: &str = "--force-redeploy";

/// The flags of `create` for import pipelines.
const IMPORT: &[Flag] = &[
    flag(GROUP, "-g", Takes::Required),
    flag(REGISTRY, "-r", Takes::Required),
    flag(NAME, "-n", Takes::Required),
    flag(CONTAINER_URI, "-c", Takes::Required),
    flag(SECRET_URI, "-s", Takes::One),
    flag(ACCESS_MODE, "-m", Takes::One),
    flag(IDENTITY, "-i", Takes::One),
    flag(OPTIONS, "-z", Takes::Several),
    flag(SOURCE_TRIGGER, "-e", Takes::Switch),
];

/// The flags of `create` for export pipelines: the same but for the last, the trigger.
const EXPORT: &[Flag] = IMPORT.split_at(IMPORT.len() - 1).0;

/// The flags of `create` for runs.
const RUN: &[Flag] = &[
    flag(GROUP, "-g", Takes::Required),
    flag(REGISTRY, "-r", Takes::Required),
    flag(NAME, "-n", Takes::Required),
    flag(PIPELINE, "-p", Takes::Required),
    flag(PIPELINE_TYPE, "-t", Takes::Required),
    flag(BLOB, "-b", Takes::Required),
    flag(ARTIFACTS, "-a", Takes::Several),
    flag(FORCE, "-f", Takes::Switch),
];

/// The flags of `show` and `delete`.
const ONE: &[Flag] = &[
    flag(GROUP, "-g", Takes::Required),
    flag(REGISTRY, "-r", Takes::Required),
    flag(NAME, "-n", Takes::Required),
    flag("--yes", "-y", Takes::Switch),
];

/// The flags of `list` for runs.
const RUNS: &[Flag] =
    &[flag(GROUP, "-g", Takes::Required), flag(REGISTRY, "-r", Takes::Required), flag("--top", "", Takes::One)];

/// The flags of `list` for pipelines: the same but for the last.
const PIPELINES: &[Flag] = RUNS.split_at(RUNS.len() - 1).0;

/// The flags of `clean`.
const CLEAN: &[Flag] = &[
    flag(GROUP, "-g", Takes::Required),
    flag(REGISTRY, "-r", Takes::Required),
    flag("--dry-run", "-d", Takes::Switch),
];

/// The parameters of the cmdlets that make export pipelines, each with the flag that means the same.
const EXPORT_CMDLET: &[Flag] = &[
    flag(NAME, "-Name", Takes::One),
    flag(NAME, "-ExportPipelineName", Takes::One),
    flag(REGISTRY, "-RegistryName", Takes::One),
    flag(GROUP, "-ResourceGroupName", Takes::One),
    flag(CONTAINER_URI, "-TargetUri", Takes::One),
    flag(SECRET_URI, "-TargetKeyVaultUri", Takes::One),
    flag(IDENTITY, "-UserAssignedIdentity", Takes::Several),
    flag(OPTIONS, "-Option", Takes::Several),
];

/// Those of the cmdlets that make import pipelines.
const IMPORT_CMDLET: &[Flag] = &[
    flag(NAME, "-Name", Takes::One),
    flag(NAME, "-ImportPipelineName", Takes::One),
    flag(REGISTRY, "-RegistryName", Takes::One),
    flag(GROUP, "-ResourceGroupName", Takes::One),
    flag(CONTAINER_URI, "-SourceUri", Takes::One),
    flag(SECRET_URI, "-SourceKeyVaultUri", Takes::One),
    flag(IDENTITY, "-UserAssignedIdentity", Takes::Several),
    flag(OPTIONS, "-Option", Takes::Several),
];

/// Those of the cmdlets that make runs.
const RUN_CMDLET: &[Flag] = &[
    flag(NAME, "-Name", Takes::One),
    flag(NAME, "-PipelineRunName", Takes::One),
    flag(REGISTRY, "-RegistryName", Takes::One),
    flag(GROUP, "-ResourceGroupName", Takes::One),
    flag(BLOB, "-TargetName", Takes::One),
    flag(BLOB, "-SourceName", Takes::One),
    flag(ARTIFACTS, "-RequestArtifact", Takes::Several),
    flag(FORCE, "-ForceUpdateTag", Takes::One),
];

/// The flags that all commands take.
const GLOBAL: &[&str] = &[
    "--acquire-policy-token",
    "--change-reference",
    "--debug",
    "--help",
    "--ids",
    "--only-show-errors",
    "--output",
    "--query",
    "--subscription",
    "--verbose",
];

/// Flags of other commands and of older guides, and what they are called here.
const CUSTOM: &[(&str, &str)] = &[
    ("--access-mode", ACCESS_MODE),
    ("--blob", BLOB),
    ("--blob-name", BLOB),
    ("--container-uri", CONTAINER_URI),
    ("--force", FORCE),
    ("--force-update-tag", FORCE),
    ("--identity", IDENTITY),
    ("--key-vault-uri", SECRET_URI),
    ("--keyvault-secret-uri", SECRET_URI),
    ("--keyvault-uri", SECRET_URI),
    ("--pipeline-name", PIPELINE),
    ("--pipeline-name", NAME),
    ("--registry-name", REGISTRY),
    ("--secret-url", SECRET_URI),
    ("--storage-account-sas", SECRET_URI),
    ("--storage-container", CONTAINER_URI),
    ("--storage-uri", CONTAINER_URI),
    ("--type", PIPELINE_TYPE),
];

/// The command groups, in the order of the kinds.
pub(super) const GROUPS: [(&str, Kind); 3] =
    [("export-pipeline", Kind::Export), ("import-pipeline", Kind::Import), ("pipeline-run", Kind::Run)];

/// What a cmdlet is about, the command that does the same, and its parameters.
pub(super) fn cmdlet(program: &str) -> Option<(Kind, &'static str, &'static [Flag])> {
    let (verb, noun) = program.split_once("-azcontainerregistry")?;
    let verb = match verb {
        "new" => "create",
        "get" => "show",
        _ => return None,
    };
    Some(match noun {
        "exportpipeline" => (Kind::Export, verb, EXPORT_CMDLET),
        "importpipeline" => (Kind::Import, verb, IMPORT_CMDLET),
        "pipelinerun" => (Kind::Run, verb, RUN_CMDLET),
        _ => return None,
    })
}

/// What a parameter of a cmdlet is; any start of its name that is the start of no other stands for it.
pub(super) fn cmdlet_meaning(flags: &'static [Flag], name: &str) -> Meaning {
    let name = name.to_ascii_lowercase();
    let is = |flag: &&Flag| flag.short.eq_ignore_ascii_case(&name);
    let mut starting = flags.iter().filter(|flag| flag.short.to_ascii_lowercase().starts_with(&name));
    let meant = flags.iter().find(is).or_else(|| starting.next().filter(|_| starting.next().is_none()));
    meant.map_or(Meaning::Global, |flag| Meaning::Flag(flag.long))
}

/// The flags of a command; `None` where there is no such command.
pub(super) fn flags(kind: Kind, verb: &str) -> Option<&'static [Flag]> {
    Some(match (verb, kind) {
        ("create", Kind::Export) => EXPORT,
        ("create", Kind::Import) => IMPORT,
        ("create", Kind::Run) => RUN,
        ("show" | "delete", _) => ONE,
        ("list", Kind::Run) => RUNS,
        ("list", _) => PIPELINES,
        ("clean", Kind::Run) => CLEAN,
        _ => return None,
    })
}

/// What an option of a call is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    /// This flag of the command.
    Flag(&'static str),
    /// A flag that every command has.
    Global,
    /// None of them; perhaps this one was meant.
    Unknown(Option<&'static str>),
}

/// The flag in the tables that this is.
pub(super) fn known(flag: &str) -> &'static str {
    let all = [EXPORT, IMPORT, RUN, ONE, RUNS, CLEAN].into_iter().flatten();
    all.map(|known| known.long).find(|long| *long == flag).unwrap_or_default()
}

/// What an option as written is for a command with these flags.
pub(super) fn meaning(flags: &'static [Flag], name: &str) -> Meaning {
    if let Some(flag) = flags.iter().find(|flag| flag.long == name || flag.short == name) {
        return Meaning::Flag(flag.long);
    }
    if !name.starts_with("--") {
        // `-nname` is `-n name`.
        let short = flags.iter().find(|flag| !flag.short.is_empty() && name.starts_with(flag.short));
        return short.map_or(Meaning::Global, |flag| Meaning::Flag(flag.long));
    }
    if GLOBAL.contains(&name) {
        return Meaning::Global;
    }
    // Any start of a flag that is the start of no other stands for it.
    let mut starting = flags.iter().filter(|flag| flag.long.starts_with(name));
    if let (Some(flag), None) = (starting.next(), starting.next()) {
        return Meaning::Flag(flag.long);
    }
    if GLOBAL.iter().any(|global| global.starts_with(name)) {
        return Meaning::Global;
    }
    let longs = || flags.iter().map(|flag| flag.long);
    let name = name.to_ascii_lowercase();
    let custom = CUSTOM.iter().find(|(other, meant)| *other == name && longs().any(|long| long == *meant));
    if let Some((_, meant)) = custom {
        return Meaning::Unknown(Some(meant));
    }
    let close = longs().map(|long| (strsim::jaro_winkler(long, &name), long)).filter(|(likeness, _)| *likeness > 0.9);
    Meaning::Unknown(close.max_by(|(a, _), (b, _)| a.total_cmp(b)).map(|(_, long)| long))
}
