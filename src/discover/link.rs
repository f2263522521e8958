//! Links that are found in folders: each file is taken once, by its own name, and no circle is walked.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use super::{Found, has_language, may_be_ours};

/// The folders that are searched, each as it is named and without links.
#[derive(Debug)]
pub(super) struct Searched {
    folders: Vec<(PathBuf, PathBuf)>,
}

/// What a link leads to.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// A file that no other path leads to.
    File,
    /// A folder that is not searched otherwise; it stands here without links.
    Folder(PathBuf),
    /// What is found under its own name, or is none of ours.
    Known,
    /// Nothing, or something outside of the repository.
    Astray,
}

impl Searched {
    pub(super) fn new(roots: &[PathBuf]) -> Self {
        let folders = roots.iter().filter(|root| root.is_dir());
        Self { folders: folders.filter_map(|root| Some((root.clone(), root.canonicalize().ok()?))).collect() }
    }

    /// Adds a folder that a link leads to; says whether it is new.
    pub(super) fn add(&mut self, link: &Path, real: PathBuf) -> bool {
        let is_new = !self.folders.iter().any(|(_, known)| real.starts_with(known));
        self.folders.extend(is_new.then(|| (link.to_owned(), real)));
        is_new
    }

    /// Where `link` leads, given the `files` that are found otherwise and the `repository` around them.
    pub(super) fn target(&self, link: &Path, files: &HashSet<&Path>, repository: &[PathBuf]) -> Target {
        let astray = || if has_language(link) { Target::Astray } else { Target::Known };
        let Ok(real) = link.canonicalize() else { return astray() };
        let is_inside = repository.iter().any(|root| real.starts_with(root));
        if real.is_dir() {
            let is_known = self.folders.iter().any(|(_, known)| real.starts_with(known));
            return match (is_known, is_inside) {
                (true, _) => Target::Known,
                (false, true) => Target::Folder(real),
                (false, false) => Target::Astray,
            };
        }
        if !may_be_ours(link) {
            return Target::Known;
        }
        let found = self.folders.iter().filter_map(|(named, known)| Some(named.join(real.strip_prefix(known).ok()?)));
        let mut found = found.map(|path| super::without_dot(&path));
        if found.any(|path| files.contains(&*path)) {
            Target::Known
        } else if is_inside {
            Target::File
        } else {
            astray()
        }
    }
}

/// Removes the files that were named by links to others that are there, too.
pub(super) fn drop_named_twice(found: &mut Vec<Found>) {
    let is_link = |file: &Found| file.explicit && file.path.is_symlink();
    if !found.iter().any(is_link) {
        return;
    }
    let real = |file: &Found| file.path.canonicalize().ok();
    let own: HashSet<PathBuf> = found.iter().filter(|file| !is_link(file)).filter_map(real).collect();
    found.retain(|file| !is_link(file) || real(file).is_none_or(|path| !own.contains(&path)));
}
