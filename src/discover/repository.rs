//! The folders that belong to what is checked: nothing outside of them is read because a file says so.

use std::path::{Path, PathBuf};

/// The repository that `paths` are part of, without links: the nearest folder above them with `.git`, else the current
/// folder when they are in it, else the folder that they have in common. The whole file system is none, whatever lies in
/// it: then it is the folder of each.
pub fn repository<'p>(paths: impl IntoIterator<Item = &'p Path>) -> Vec<PathBuf> {
    let is_all = |folder: &Path| folder.parent().is_none();
    let real = paths.into_iter().filter_map(|path| path.canonicalize().ok());
    let folder = |path: PathBuf| if path.is_dir() { Some(path) } else { path.parent().map(Path::to_owned) };
    let mut folders: Vec<PathBuf> = real.filter_map(folder).collect();
    folders.sort();
    folders.dedup();
    let shared = |a: &Path, b: &Path| a.ancestors().find(|folder| b.starts_with(folder)).map(Path::to_owned);
    let common = folders.split_first().map(|(first, others)| {
        others.iter().try_fold(first.clone(), |common, folder| shared(&common, folder)).filter(|common| !is_all(common))
    });
    // Nothing in common, or nothing at all.
    let Some(common) = common.flatten() else { return folders };
    let is_repository = |folder: &&Path| !is_all(folder) && folder.join(".git").exists();
    if let Some(repository) = common.ancestors().find(is_repository) {
        return vec![repository.to_owned()];
    }
    let current = std::env::current_dir().ok().and_then(|folder| folder.canonicalize().ok());
    vec![current.filter(|current| common.starts_with(current) && !is_all(current)).unwrap_or(common)]
}
