//! The files that other files name: within the repository only, and modules of registries in Bicep's cache.

use std::path::{Path, PathBuf};

use crate::discover::{file_names, read_bytes, repository};
use crate::project::Load;

/// Reads the files that the inputs name.
#[derive(Debug)]
pub(super) struct Files {
    /// The folders that nothing is read outside of, without links.
    roots: Vec<PathBuf>,
    /// Where Bicep keeps the modules that it has fetched.
    cache: Option<PathBuf>,
}

impl Files {
    /// For inputs at `paths`.
    pub(super) fn around<'p>(paths: impl IntoIterator<Item = &'p Path>) -> Self {
        let from_environment = std::env::var_os("BICEP_CACHE_DIRECTORY").map(PathBuf::from);
        let in_home = || std::env::home_dir().map(|home| home.join(".bicep"));
        Self { roots: repository(paths), cache: from_environment.or_else(in_home) }
    }

    /// Where `path` leads, with its links followed, so that none leads out of the repository; `None` when there is
    /// nothing.
    fn inside(&self, path: &str) -> Option<Result<PathBuf, String>> {
        let real = Path::new(path).canonicalize().ok()?;
        let is_inside = self.roots.iter().any(|root| real.starts_with(root));
        Some(if is_inside { Ok(real) } else { Err(format!("`{path}` lies outside of the repository")) })
    }
}

impl Load for Files {
    fn file(&self, path: &str) -> Option<Result<Vec<u8>, String>> {
        if !Path::new(path).is_file() {
            return None;
        }
        self.inside(path).map(|found| found.and_then(|file| read_bytes(&file)))
    }

    fn folder(&self, path: &str) -> Option<Result<Vec<String>, String>> {
        // The folder of a file that is named without one.
        let path = if path.is_empty() { "." } else { path };
        let found = self.inside(path).filter(|_| Path::new(path).is_dir());
        let missing = || Err(format!("there is no folder `{path}`"));
        Some(found.unwrap_or_else(missing).and_then(|folder| file_names(&folder)))
    }

    fn module(&self, reference: &str, cache: Option<&str>) -> Option<Result<Vec<u8>, String>> {
        let cache = cache.map(Path::new).filter(|folder| folder.is_absolute()).or(self.cache.as_deref())?;
        let file = cached(cache, reference)?;
        file.is_file().then(|| read_bytes(&file))
    }
}

/// Where the cache keeps a module: `br/REGISTRY/REPOSITORY/TAG$/main.json`, with `$` for what no folder may be called.
fn cached(cache: &Path, reference: &str) -> Option<PathBuf> {
    let (scheme, rest) = reference.split_once(':')?;
    let (path, version) = match rest.split_once('@') {
        Some((path, digest)) => (path, digest.replace(':', "#")),
        None => rest.rsplit_once(':').map(|(path, tag)| (path, tag.to_owned()))?,
    };
    let parts: Vec<String> = match scheme {
        "br" => {
            let (registry, repository) = path.split_once('/')?;
            let version = if rest.contains('@') { version } else { format!("{version}$") };
            vec![registry.replace(':', "$"), repository.replace('/', "$"), version]
        }
        _ => path.split('/').map(str::to_owned).chain([version]).collect(),
    };
    // A reference is not a way to other folders.
    let is_plain = |part: &String| !part.is_empty() && !part.contains(['/', '\\']) && !part.chars().all(|c| c == '.');
    parts.iter().all(is_plain).then(|| cache.join(scheme).join(parts.iter().collect::<PathBuf>()).join("main.json"))
}

#[cfg(test)]
mod tests {
    use super::cached;
    use std::path::Path;

    #[test]
    fn a_module_is_where_bicep_keeps_it() {
        let path = |reference| cached(Path::new("c"), reference).map(|path| path.to_string_lossy().replace('\\', "/"));
        let tagged = path("br:mcr.microsoft.com/bicep/avm/res/x:0.1.0");
        assert_eq!(tagged.as_deref(), Some("c/br/mcr.microsoft.com/bicep$avm$res$x/0.1.0$/main.json"));
        let digest = path("br:r.io:5000/x@sha256:ab");
        assert_eq!(digest.as_deref(), Some("c/br/r.io$5000/x/sha256#ab/main.json"));
        assert_eq!(path("ts:s/g/a:v1").as_deref(), Some("c/ts/s/g/a/v1/main.json"));
        assert_eq!(path("ts:../../a/b:v1"), None);
        assert_eq!(path("br:r.io/x"), None);
    }
}
