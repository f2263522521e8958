//! L3. Which files to read, and their texts. The only module that walks the file system.

mod read;

use std::path::{Path, PathBuf};
use std::{fmt, io};

use ignore::WalkBuilder;

use crate::source::Language;
use crate::source::limits::MAX_FOLDER_FILES;

pub use read::{read, read_bytes, read_log, read_log_file, read_wanted};

/// A file that was found.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Found {
    /// Where it is.
    pub path: PathBuf,
    /// Whether the user named this very file.
    pub explicit: bool,
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

/// The files below `roots`, sorted, each once. Folders are searched for files that no ignore file excludes, hidden ones
/// too; links are not followed, so that a loop of them can't be entered. A root that is a file is taken whatever it is called.
pub fn discover(roots: &[PathBuf], respect_ignores: bool) -> (Vec<Found>, Vec<DiscoverError>) {
    let (mut found, mut errors) = (Vec::new(), Vec::new());
    for root in roots {
        if root.is_dir() {
            walk(root, respect_ignores, &mut found, &mut errors);
        } else {
            found.push(Found { path: without_dot(root), explicit: true });
        }
    }
    // As texts, which is cheaper than as paths, and how reports sort them.
    found.sort_by(|a, b| a.path.as_os_str().cmp(b.path.as_os_str()).then(b.explicit.cmp(&a.explicit)));
    found.dedup_by(|a, b| a.path == b.path);
    (found, errors)
}

/// The files in the folder of `file`, sorted; none when it can't be listed.
pub fn beside(file: &Path) -> Vec<PathBuf> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let entries = walkdir::WalkDir::new(folder).min_depth(1).max_depth(1).sort_by_file_name();
    let files = entries.into_iter().flatten().filter(|entry| entry.file_type().is_file());
    files.map(|entry| without_dot(entry.path())).filter(|path| may_be_ours(path)).collect()
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

fn may_be_ours(path: &Path) -> bool {
    path.to_str().and_then(Language::of_path).is_some()
}

fn without_dot(path: &Path) -> PathBuf {
    path.strip_prefix("./").unwrap_or(path).to_owned()
}

fn walk(root: &Path, respect_ignores: bool, found: &mut Vec<Found>, errors: &mut Vec<DiscoverError>) {
    let mut add = |path: &Path| {
        if may_be_ours(path) {
            found.push(Found { path: without_dot(path), explicit: false });
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
                Ok(entry) if entry.file_type().is_some_and(|kind| kind.is_file()) => add(entry.path()),
                Ok(_) => {}
                Err(error) => refuse(path_of(&error), error.io_error(), &error),
            }
        }
    } else {
        for entry in walkdir::WalkDir::new(root) {
            match entry {
                Ok(entry) if entry.file_type().is_file() => add(entry.path()),
                Ok(_) => {}
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
