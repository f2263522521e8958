//! What a move has to do with transfers. Most scripts that copy blobs have nothing to do with them.

use super::super::trigger::waits;
use super::{End, Move, Stakes};
use crate::checks::FileCheck;
use crate::checks::script_pipelines::is_transfer_call;
use crate::checks::storage_place::{MARK, Place, same};
use crate::diagnostic::{Label, Severity};
use crate::engine::view::TransferPipeline;
use crate::script::Found;

/// How bad it is when the source trigger ignores what a move writes: an error when an import pipeline in view waits for
/// it, a warning when none is known to but the move is part of a transfer. `None` when nobody waits for it, or it is
/// something else.
pub(in super::super) fn stakes(check: &FileCheck<'_>, moves: &[Move], index: usize) -> Option<Stakes> {
    let this = moves.get(index)?;
    let target = this.target.place()?;
    let may_read = |pipeline: &TransferPipeline| {
        !pipeline.exports
            && same(target.container.as_deref(), pipeline.place.container.as_deref()) == Some(true)
            && same(target.account.as_deref(), pipeline.place.account.as_deref()) != Some(false)
    };
    // One in an account whose name is not known may be anywhere.
    let is_told = target.account.as_ref().is_none_or(|account| !account.contains(MARK));
    let reads =
        |pipeline: &TransferPipeline| may_read(pipeline) && (is_told || target.is_in(&pipeline.place) == Some(true));
    let readers = check.project.nearest(check.sources, check.file, reads);
    if !readers.is_empty() {
        let reader = readers.iter().find(|reader| reader.trigger)?;
        let reader = Some(Label::new(reader.uri.unwrap_or(reader.at), waits(reader)));
        return Some(Stakes { severity: Severity::Error, reader });
    }
    // A blob in the account of an export is written to look whether the account can be written to; whoever imports it
    // copies it first.
    let has_account = |exports: bool| {
        let is_it = |other: &Option<String>| same(target.account.as_deref(), other.as_deref()) == Some(true);
        let mut pipelines = check.project.pipelines.iter();
        pipelines.any(|pipeline| pipeline.exports == exports && is_it(&pipeline.place.account))
    };
    let is_of_export = has_account(true) && !has_account(false);
    let possible = check.project.nearest(check.sources, check.file, may_read);
    let is_unread = !possible.is_empty() && !possible.iter().any(|reader| reader.trigger);
    let is_of_the_service = target.container.as_deref().is_some_and(serves_itself);
    if is_of_the_service || is_unread || is_of_export {
        return None;
    }
    linked(check, moves, index).then_some(Stakes { severity: Severity::Warning, reader: None })
}

/// Whether a move is known to be part of a transfer.
fn linked(check: &FileCheck<'_>, moves: &[Move], index: usize) -> bool {
    let Some(this) = moves.get(index) else { return false };
    let places = [this.source.place(), this.target.place()];
    if places.into_iter().flatten().any(|place| is_of_transfer(check, place)) || is_second_step(check, moves, index) {
        return true;
    }
    let Some(target) = this.target.place() else { return false };
    // Where the containers of all import pipelines are known, this is none of them.
    let mut imports = check.project.pipelines.iter().filter(|pipeline| !pipeline.exports);
    let is_told = target.container.as_ref().is_some_and(|container| !container.contains(MARK))
        && check.project.pipelines.iter().any(|pipeline| !pipeline.exports)
        && imports.all(|pipeline| pipeline.place.container.as_ref().is_some_and(|name| !name.contains(MARK)));
    !is_told && is_beside_transfers(check, target)
}

/// Whether a place is called as one of a pipeline, or holds what a run exports.
fn is_of_transfer(check: &FileCheck<'_>, place: &Place) -> bool {
    let view = check.project;
    let is_container = |pipeline: &TransferPipeline| {
        same(place.container.as_deref(), pipeline.place.container.as_deref()) == Some(true)
    };
    view.pipelines.iter().any(is_container)
        || view
            .export_runs
            .iter()
            .any(|run| run.blob.is_some() && same(place.blob.as_deref(), run.blob.as_deref()) == Some(true))
}

/// Whether an upload takes the file that a download from a container of transfers has written.
fn is_second_step(check: &FileCheck<'_>, moves: &[Move], index: usize) -> bool {
    let Some(Move { source: End::Local(path), .. }) = moves.get(index) else { return false };
    moves.iter().take(index).any(|earlier| {
        let writes = matches!(&earlier.target, End::Local(written) if is_same_path(written, path));
        writes && earlier.source.place().is_some_and(|place| is_of_transfer(check, place))
    })
}

fn is_same_path(a: &str, b: &str) -> bool {
    let plain = |path: &str| path.trim_start_matches("./").trim_end_matches(['/', '*']).to_owned();
    let (a, b) = (plain(a), plain(b));
    a == b || b.strip_prefix(&*a).is_some_and(|rest| rest.starts_with('/'))
}

/// Whether this is a script that makes or runs pipelines. Of a document, which may show much else, of a script that only
/// mentions transfers, and of another file in the folder of one that does, a name here has to speak of them, too.
fn is_beside_transfers(check: &FileCheck<'_>, target: &Place) -> bool {
    let is_document = check.scripts().is_some_and(Found::is_document);
    if !is_document && check.invocations().any(|call| is_transfer_call(&call)) {
        return true;
    }
    let parts = |path: &str| {
        let (folder, name) = path.rsplit_once(['/', '\\']).unwrap_or(("", path));
        (folder.to_owned(), name.to_owned())
    };
    let (own, name) = parts(check.source().path());
    let mut files = check.project.about_transfers.iter();
    let is_near = files.any(|file| parts(check.sources.file(*file).path()).0 == own);
    let file = Some(&name).filter(|_| !is_document);
    let names = [file, target.account.as_ref(), target.container.as_ref(), target.blob.as_ref()];
    is_near && names.into_iter().flatten().any(|name| speaks_of_transfers(name))
}

/// Whether a name has `transfer` in it, or a part, such as `acrexports`, that starts or ends with `acr`.
fn speaks_of_transfers(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let mut parts = name.split(|letter: char| !letter.is_ascii_alphanumeric());
    parts.any(|part| part.contains("transfer") || part.starts_with("acr") || part.ends_with("acr"))
}

/// Containers that the storage service itself writes or serves.
fn serves_itself(container: &str) -> bool {
    container.starts_with('$') || container == format!("{MARK}web{MARK}") || container == format!("{MARK}logs{MARK}")
}
