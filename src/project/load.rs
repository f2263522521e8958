//! How the files that others name are asked for: whoever calls knows where they are, and which may be read.

/// Reads what the inputs name. A function from paths to the bytes of files is one that knows of no folders, and for
/// which a module reference such as `br:mcr.microsoft.com/bicep/…:1.0` is a path like others.
pub trait Load {
    /// The bytes of the file at `path`; `None` when there is none, an error when it must not or can't be read.
    fn file(&self, path: &str) -> Option<Result<Vec<u8>, String>>;

    /// The names of the files in the folder at `path`, sorted; `None` when nothing is known of it, an error when there
    /// is none, or it must not or can't be listed.
    fn folder(&self, path: &str) -> Option<Result<Vec<String>, String>>;

    /// The compiled template of the module that `reference` names, from the cache in the folder `cache`, or where it
    /// is by default; `None` when it is not there.
    fn module(&self, reference: &str, cache: Option<&str>) -> Option<Result<Vec<u8>, String>>;
}

impl<F: Fn(&str) -> Option<Result<Vec<u8>, String>>> Load for F {
    fn file(&self, path: &str) -> Option<Result<Vec<u8>, String>> {
        self(path)
    }

    fn folder(&self, _: &str) -> Option<Result<Vec<String>, String>> {
        None
    }

    fn module(&self, reference: &str, _: Option<&str>) -> Option<Result<Vec<u8>, String>> {
        self(reference)
    }
}
