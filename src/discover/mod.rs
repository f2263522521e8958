//! L3. Which files to read, and their texts. The only module that walks the file system.

mod link;
mod read;
mod repository;

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::{fmt, io};

use ignore::WalkBuilder;

use crate::source::Language;
use crate::source::limits::MAX_FOLDER_FILES;

use link::{Searched, Target};
pub use read::{read, read_bytes, read_log, read_log_file, read_wanted};
pub use repository::repository;

/// A file that was found.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Found {
    /// Where it is.
    pub path: PathBuf,
    /// Whether the user named this very file.
    pub explicit: bool,
}

/// What was found below some paths.
#[derive(Debug, Default)]
pub struct Discovered {
    /// The files, sorted, each once.
    pub files: Vec<Found>,
    /// Links that lead nowhere, or out of the repository; sorted.
    pub astray: Vec<PathBuf>,
    /// What could not be searched.
    pub errors: Vec<DiscoverError>,
    links: Vec<PathBuf>,
}

/// A path that could not be searched.
#[derive(Debug, thiserror::Error)]
#[error("{path}: {reason}")]
pub struct DiscoverError {
    /// The path.
    pub path: String,
    /// Why.
    pub reason: String,
}

/// Folders whose files are those of a tool, even where no ignore file says so. Other hidden folders are searched: pipelines
/// lie in `.github`, `.azuredevops` and the like.
const OF_TOOLS: [&str; 7] = [".git", ".hg", ".jj", ".svn", ".terraform", ".venv", "node_modules"];

/// The extensions of files that may hold a token and nothing else; so may those without any.
const OF_TOKENS: [&str; 6] = ["sas", "token", "txt", "env", "key", "secret"];

/// The files below `roots`. Folders are searched for files that no ignore file excludes, hidden ones too. A link is
/// followed to what is not found under its own name, within the repository. A root that is a file is taken whatever it is
/// called.
pub fn discover(roots: &[PathBuf], respect_ignores: bool) -> Discovered {
    let mut found = Discovered::default();
    for root in roots {
        if root.is_dir() {
            walk(root, respect_ignores, &mut found);
        } else {
            found.files.push(Found { path: without_dot(root), explicit: true });
        }
    }
    link::drop_named_twice(&mut found.files);
    follow(roots, respect_ignores, &mut found);
    // As texts, which is cheaper than as paths, and how reports sort them.
    found.files.sort_by(|a, b| a.path.as_os_str().cmp(b.path.as_os_str()).then(b.explicit.cmp(&a.explicit)));
    found.files.dedup_by(|a, b| a.path == b.path);
    found.astray.sort();
    found
}

/// Follows the links that were found, and those in the folders that they lead to.
fn follow(roots: &[PathBuf], respect_ignores: bool, found: &mut Discovered) {
    if found.links.is_empty() {
        return;
    }
    let repository = repository(roots.iter().map(PathBuf::as_path));
    let mut searched = Searched::new(roots);
    let mut to_files = Vec::new();
    while !found.links.is_empty() {
        let mut links = std::mem::take(&mut found.links);
        links.sort();
        for link in links {
            match searched.target(&link, &HashSet::new(), &repository) {
                Target::File => to_files.push(link),
                Target::Folder(real) => {
                    if searched.add(&link, real) {
                        walk(&link, respect_ignores, found);
                    }
                }
                Target::Known => {}
                Target::Astray => found.astray.push(without_dot(&link)),
            }
        }
    }
    let own: HashSet<&Path> = found.files.iter().map(|file| &*file.path).collect();
    to_files.retain(|link| searched.target(link, &own, &repository) == Target::File);
    // Of several links to one file, the first counts.
    let mut seen = HashSet::new();
    to_files.retain(|link| link.canonicalize().is_ok_and(|real| seen.insert(real)));
    found.files.extend(to_files.iter().map(|link| Found { path: without_dot(link), explicit: false }));
}

/// The templates, parameter files and scripts in the folder of `file`, sorted; none when it can't be listed.
pub fn beside(file: &Path) -> Vec<PathBuf> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let entries = walkdir::WalkDir::new(folder).min_depth(1).max_depth(1).sort_by_file_name();
    let files = entries.into_iter().flatten().filter(|entry| entry.file_type().is_file());
    files.map(|entry| without_dot(entry.path())).filter(|path| has_language(path)).collect()
}

/// The templates, parameter files and scripts in `folder` and the folders in it, sorted; none when it can't be listed.
pub fn within(folder: &Path) -> Vec<PathBuf> {
    let entries = walkdir::WalkDir::new(folder).min_depth(1).max_depth(2).sort_by_file_name();
    let files = entries.into_iter().flatten().filter(|entry| entry.file_type().is_file());
    let files = files.map(|entry| without_dot(entry.path())).filter(|path| has_language(path));
    files.take(MAX_FOLDER_FILES).collect()
}

/// The names of the files in `folder`, sorted; an error when it can't be listed or holds more than
/// [`MAX_FOLDER_FILES`].
pub fn file_names(folder: &Path) -> Result<Vec<String>, String> {
    let mut names = Vec::new();
    for entry in walkdir::WalkDir::new(folder).min_depth(1).max_depth(1) {
        let entry = entry.map_err(|error| {
            let reason = error.io_error().map_or_else(|| error.to_string(), |io| io.kind().to_string());
            format!("`{}` cannot be listed: {reason}", folder.display())
        })?;
        // A link is what it leads to; one that leads nowhere is a file.
        if entry.path().is_dir() {
            continue;
        }
        if names.len() == MAX_FOLDER_FILES {
            return Err(format!("`{}` holds more than {MAX_FOLDER_FILES} files", folder.display()));
        }
        names.push(entry.file_name().to_string_lossy().into_owned());
    }
    names.sort();
    Ok(names)
}

/// Whether a file is worth a look at its first bytes: by its extension, or because it has none.
fn may_be_ours(path: &Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str());
    let is_of_tokens = |extension: &str| OF_TOKENS.iter().any(|known| known.eq_ignore_ascii_case(extension));
    let is_environment = || path.file_stem().is_some_and(|stem| stem == ".env");
    path.extension().is_none() || has_language(path) || extension.is_some_and(is_of_tokens) || is_environment()
}

/// Whether the extension of a file tells its language.
fn has_language(path: &Path) -> bool {
    Language::of_path(&path.to_string_lossy()).is_some()
}

fn without_dot(path: &Path) -> PathBuf {
    path.strip_prefix("./").unwrap_or(path).to_owned()
}

fn walk(root: &Path, respect_ignores: bool, found: &mut Discovered) {
    let Discovered { files, links, errors, .. } = found;
    let mut add = |path: &Path, kind: Option<std::fs::FileType>| {
        if kind.is_some_and(|kind| kind.is_file()) && may_be_ours(path) {
            files.push(Found { path: without_dot(path), explicit: false });
        } else if path != root && kind.is_some_and(|kind| kind.is_symlink()) {
            links.push(path.to_owned());
        }
    };
    let mut refuse = |path: Option<&Path>, io: Option<&io::Error>, error: &dyn fmt::Display| {
        let reason = io.map_or_else(|| error.to_string(), |io| io.kind().to_string());
        let path = without_dot(path.unwrap_or(root)).display().to_string();
        errors.push(DiscoverError { path, reason: format!("cannot be searched: {reason}") });
    };
    if respect_ignores {
        let is_searched = |entry: &ignore::DirEntry| {
            let is_folder = entry.depth() > 0 && entry.file_type().is_some_and(|kind| kind.is_dir());
            !is_folder || !OF_TOOLS.iter().any(|name| entry.file_name() == *name)
        };
        for entry in WalkBuilder::new(root).require_git(false).hidden(false).filter_entry(is_searched).build() {
            match entry {
                Ok(entry) => add(entry.path(), entry.file_type()),
                Err(error) => refuse(path_of(&error), error.io_error(), &error),
            }
        }
    } else {
        for entry in walkdir::WalkDir::new(root) {
            match entry {
                Ok(entry) => add(entry.path(), Some(entry.file_type())),
                Err(error) => refuse(error.path(), error.io_error(), &error),
            }
        }
    }
}

/// The path that an error of a walk is about.
fn path_of(error: &ignore::Error) -> Option<&Path> {
    match error {
        ignore::Error::WithPath { path, .. } => Some(path),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => path_of(err),
        _ => None,
    }
}
