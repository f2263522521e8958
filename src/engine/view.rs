//! What the files of a run say together, for rules about one file that depend on others. What one file says of another's
//! pipeline counts only where it is certain which pipeline that is.

use std::collections::{BTreeSet, HashSet};

use super::place::{MARK, Place, same};
use crate::source::{FileId, Language, Sources, Span};

/// All that is in view.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ProjectView {
    /// The pipelines that templates declare, scripts create or answers show.
    pub pipelines: Vec<TransferPipeline>,
    /// The runs that export.
    pub export_runs: Vec<ExportRun>,
    /// The access that scripts give.
    pub grants: Vec<SeenGrant>,
    /// The registries that templates or scripts make: the name, and where.
    pub registries: Vec<(String, Span)>,
    /// Whether a template or script deploys something that nobody sees.
    pub hides_resources: bool,
    /// The files that are about transfers.
    pub about_transfers: BTreeSet<FileId>,
    /// Whether a script uploads files to a container.
    pub uploads: bool,
    /// Where all of these are, so that what is new can be told without a look at each.
    pub(crate) places: HashSet<Span>,
}

/// A pipeline. Names are known as far as they say; see [`Place`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransferPipeline {
    /// The template that is deployed, the script, or the answer.
    pub file: FileId,
    /// Where it is declared: its type, or the command.
    pub at: Span,
    /// Whether an answer shows it, rather than a template or script making it.
    pub is_answer: bool,
    /// Whether it exports; else it imports.
    pub exports: bool,
    /// Its registry.
    pub registry: Option<String>,
    /// Its name in the registry.
    pub name: Option<String>,
    /// Its storage account and container.
    pub place: Place,
    /// Where its container is written.
    pub uri: Option<Span>,
    /// The secret with its SAS: the names of the vault and of the secret.
    pub secret: Option<(Option<String>, Option<String>)>,
    /// Where the secret is written.
    pub secret_at: Option<Span>,
    /// Whether it uses its managed identity for the storage account.
    pub uses_identity: bool,
    /// Where it says that its identity is user-assigned and nothing else.
    pub user_assigned: Option<Span>,
    /// Whether its source trigger may be on.
    pub trigger: bool,
    /// Its options; `None` when they are not all known.
    pub options: Option<Vec<String>>,
    /// Where its options are, or belong.
    pub options_at: Span,
    /// Whether it deletes the blobs that it has read.
    pub deletes: bool,
    /// Whether its template also gives access to somebody.
    pub is_beside_grants: bool,
}

/// A run that exports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportRun {
    /// The name of the blob that it writes, if known.
    pub blob: Option<String>,
    /// The digest of the blob's catalog, if known.
    pub catalog_digest: Option<String>,
    /// How many artifacts it exports.
    pub artifacts: usize,
    /// Where it says so.
    pub at: Span,
}

/// Access that a script gives, enough or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenGrant {
    /// The script.
    pub file: FileId,
    /// Whether it is access to blobs; else it is access to secrets.
    pub to_blobs: bool,
    /// Who gets it.
    pub holder: Grantee,
    /// The name of the storage account or vault, if it is for one alone and that is known.
    pub on: Option<String>,
}

/// The access that a pipeline needs.
#[derive(Debug, Clone, Copy)]
pub struct Needed<'a> {
    /// Whether it is access to blobs; else it is access to secrets.
    pub to_blobs: bool,
    /// Whether the pipeline exports.
    pub exports: bool,
    /// Its registry.
    pub registry: Option<&'a str>,
    /// Its name.
    pub name: Option<&'a str>,
    /// Its storage account or vault.
    pub on: Option<&'a str>,
}

/// Who gets access.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Grantee {
    /// The identity of a pipeline.
    Pipeline {
        /// Whether it exports.
        exports: bool,
        /// Its registry.
        registry: Option<String>,
        /// Its name.
        name: Option<String>,
    },
    /// Somebody who is not known.
    Unknown,
}

impl SeenGrant {
    /// Whether it may be for the pipeline of this name in this registry.
    pub fn may_be_for(&self, exports: bool, registry: Option<&str>, name: Option<&str>) -> bool {
        match &self.holder {
            Grantee::Pipeline { exports: of_export, registry: of, name: own } => {
                *of_export == exports
                    && same(of.as_deref(), registry) != Some(false)
                    && same(own.as_deref(), name) != Some(false)
            }
            Grantee::Unknown => true,
        }
    }
}

impl TransferPipeline {
    /// Whether it is certainly the one of this name in this registry.
    pub fn is(&self, registry: Option<&str>, name: Option<&str>) -> bool {
        is_known_same(self.registry.as_deref(), registry) && is_known_same(self.name.as_deref(), name)
    }

    /// Whether it may be the one of this name in this registry.
    pub fn may_be(&self, registry: Option<&str>, name: Option<&str>) -> bool {
        same(self.registry.as_deref(), registry) != Some(false) && same(self.name.as_deref(), name) != Some(false)
    }

    /// Whether it certainly reads its SAS from this secret.
    pub fn reads(&self, vault: Option<&str>, name: Option<&str>) -> bool {
        let is_same = |(own_vault, own_name): &(Option<String>, Option<String>)| {
            is_known_same(own_vault.as_deref(), vault) && is_known_same(own_name.as_deref(), name)
        };
        !self.uses_identity && self.secret.as_ref().is_some_and(is_same)
    }
}

/// Whether two names are the same, and known to the last letter: what stands for a variable in one file may be another
/// one in the next.
pub fn is_known_same(a: Option<&str>, b: Option<&str>) -> bool {
    a.is_some_and(|a| !a.is_empty() && !a.contains(MARK)) && same(a, b) == Some(true)
}

impl ProjectView {
    /// The pipelines that are `wanted`, as far as it is certain that the file `from` means them: of several files that may
    /// make the same one, such as those of two environments, the nearest counts, and none of two that are equally near.
    pub fn meant<'a>(
        &'a self,
        sources: &Sources,
        from: FileId,
        wanted: impl Fn(&TransferPipeline) -> bool,
    ) -> Vec<&'a TransferPipeline> {
        let all: Vec<&TransferPipeline> = self.pipelines.iter().filter(|pipeline| wanted(pipeline)).collect();
        let near = |file: FileId| nearness(sources, from, file);
        let is_hidden = |one: &TransferPipeline| {
            all.iter().any(|other| {
                other.file != one.file
                    && other.is_answer == one.is_answer
                    && other.exports == one.exports
                    && other.may_be(one.registry.as_deref(), one.name.as_deref())
                    && near(other.file) >= near(one.file)
                    && !is_compiled(sources, other.file, one.file)
            })
        };
        all.iter().copied().filter(|one| !is_hidden(one)).collect()
    }

    /// Whether a script in another file than `except` may give a pipeline what it needs. One that gives access to somebody
    /// unknown counts only in a file about transfers, or when it is to the very account or vault.
    pub fn may_be_given(&self, except: Option<FileId>, needed: Needed<'_>) -> bool {
        self.grants.iter().any(|grant| {
            Some(grant.file) != except
                && grant.to_blobs == needed.to_blobs
                && grant.may_be_for(needed.exports, needed.registry, needed.name)
                && (grant.holder != Grantee::Unknown
                    || self.about_transfers.contains(&grant.file)
                    || is_known_same(grant.on.as_deref(), needed.on))
        })
    }

    /// The pipelines that are `wanted` in the files that are nearest to the file `from`.
    pub fn nearest<'a>(
        &'a self,
        sources: &Sources,
        from: FileId,
        wanted: impl Fn(&TransferPipeline) -> bool,
    ) -> Vec<&'a TransferPipeline> {
        let mut all: Vec<&TransferPipeline> = self.pipelines.iter().filter(|pipeline| wanted(pipeline)).collect();
        let near = |pipeline: &TransferPipeline| nearness(sources, from, pipeline.file);
        let most = all.iter().map(|pipeline| near(pipeline)).max();
        all.retain(|pipeline| Some(near(pipeline)) == most);
        all
    }
}

/// How near a file is to the file `from`: the more folders they share, the nearer, and nearer yet in those folders
/// themselves than below them.
pub fn nearness(sources: &Sources, from: FileId, file: FileId) -> usize {
    if from == file {
        return usize::MAX;
    }
    let folders = |file: FileId| {
        let path = sources.file(file).path();
        let mut parts: Vec<&str> = path.split('/').filter(|part| !matches!(*part, "" | ".")).collect();
        parts.pop();
        parts
    };
    let (these, those) = (folders(from), folders(file));
    let shared = these.iter().zip(&those).take_while(|(a, b)| a == b).count();
    2 * shared + usize::from(shared == those.len())
}

/// Whether the JSON template `made` is what the compiler makes of the Bicep file `file` beside it.
fn is_compiled(sources: &Sources, made: FileId, file: FileId) -> bool {
    let stem = |file: FileId| sources.file(file).path().rsplit_once('.').map(|(stem, _)| stem);
    let language = |file: FileId| sources.file(file).language();
    language(made) == Language::Json && language(file) == Language::Bicep && stem(made) == stem(file)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::SourceFile;

    fn pipeline(file: FileId, name: &str) -> TransferPipeline {
        let at = Span::new(file, 0, 0);
        TransferPipeline {
            file,
            at,
            is_answer: false,
            exports: false,
            registry: Some("contoso".to_owned()),
            name: Some(name.to_owned()),
            place: Place::default(),
            uri: None,
            secret: None,
            secret_at: None,
            uses_identity: false,
            user_assigned: None,
            trigger: true,
            options: Some(Vec::new()),
            options_at: at,
            deletes: false,
            is_beside_grants: false,
        }
    }

    /// The paths of the files with a pipeline that `from` means.
    fn meant(from: &str, files: &[&str]) -> Vec<String> {
        let mut sources = Sources::default();
        let from = sources.add(SourceFile::new(from, ""));
        let files: Vec<FileId> = files.iter().map(|path| sources.add(SourceFile::new(*path, ""))).collect();
        let pipelines = files.iter().map(|file| pipeline(*file, "pipe")).collect();
        let view = ProjectView { pipelines, ..ProjectView::default() };
        let meant = view.meant(&sources, from, |pipeline| pipeline.is(Some("Contoso"), Some("pipe")));
        meant.iter().map(|pipeline| sources.file(pipeline.file).path().to_owned()).collect()
    }

    #[test]
    fn the_nearest_of_several_environments_is_meant() {
        assert_eq!(meant("dev/run.sh", &["dev/main.bicep", "prod/main.bicep"]), ["dev/main.bicep"]);
        assert_eq!(meant("dev/scripts/run.sh", &["dev/infra/a.json", "prod/infra/a.json"]), ["dev/infra/a.json"]);
        assert_eq!(meant("run.sh", &["main.bicep", "examples/main.bicep"]), ["main.bicep"]);
        assert_eq!(meant("scripts/run.sh", &["infra/main.bicep"]), ["infra/main.bicep"]);
    }

    #[test]
    fn none_of_several_equally_near_is_meant() {
        assert!(meant("run.sh", &["dev/main.bicep", "prod/main.bicep"]).is_empty());
        assert!(meant("dev/run.sh", &["dev/a.bicep", "dev/b.bicep"]).is_empty());
        assert_eq!(meant("run.sh", &["main.bicep", "main.json"]), ["main.bicep"]);
        assert!(meant("run.sh", &["main.bicep", "main.ps1"]).is_empty(), "a script is not what the compiler makes");
    }

    #[test]
    fn a_variable_is_no_name() {
        assert!(is_known_same(Some("a"), Some("A")));
        assert!(!is_known_same(Some("\0x\0"), Some("\0x\0")));
        assert!(!is_known_same(Some(""), Some("")));
        assert!(!is_known_same(None, None));
    }

    #[test]
    fn the_readers_of_a_container_are_in_the_nearest_files() {
        let mut sources = Sources::default();
        let mut file = |path: &str| sources.add(SourceFile::new(path, ""));
        let (from, near, far) = (file("dev/move.sh"), file("dev/a.bicep"), file("prod/a.bicep"));
        let pipelines = vec![pipeline(far, "one"), pipeline(near, "one"), pipeline(near, "two")];
        let view = ProjectView { pipelines, ..ProjectView::default() };
        let nearest = view.nearest(&sources, from, |_| true);
        assert_eq!(nearest.iter().map(|pipeline| pipeline.file).collect::<Vec<_>>(), [near, near]);
    }
}
