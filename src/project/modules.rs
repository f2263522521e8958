//! What `bicepconfig.json` says of modules in registries and of template specs: aliases, and where the cache is.

use std::collections::HashMap;

use super::{Load, join};
use crate::source::{FileId, decode};
use crate::syntax::expression::Expr;
use crate::syntax::json;
use crate::template::lower_literal;

/// The configuration of each folder; none where there is none.
#[derive(Default)]
pub(super) struct Configurations {
    /// By folder, as indexes into what was found.
    folders: HashMap<String, Option<usize>>,
    found: Vec<Expr>,
    /// The files that can't be read or parsed, each with its text or the reason why there is none.
    pub(super) broken: Vec<(String, Result<String, String>)>,
}

/// What the file is called.
pub(super) const CONFIGURATION: &str = "bicepconfig.json";

/// Folders are searched upwards this far for a configuration.
const MAX_FOLDERS: usize = 64;

impl Configurations {
    /// The reference `written` in the file at `from` without its alias; `None` for an alias that nothing declares.
    pub(super) fn expand(&mut self, written: &str, from: &str, load: &dyn Load) -> Option<String> {
        let Some((scheme, rest)) = written.split_once('/').filter(|(scheme, _)| matches!(*scheme, "br" | "ts")) else {
            return Some(written.to_owned());
        };
        let (alias, path) = rest.split_once(':')?;
        let declared = self.nearest(from, load).and_then(|found| found.get("moduleAliases")?.get(scheme)?.get(alias));
        let text = |key: &str| declared.and_then(|alias| alias.get(key)?.as_str());
        if scheme == "ts" {
            return Some(format!("ts:{}/{}/{path}", text("subscription")?, text("resourceGroup")?));
        }
        match (text("registry"), text("modulePath")) {
            (Some(registry), Some(folder)) => Some(format!("br:{registry}/{folder}/{path}")),
            (Some(registry), None) => Some(format!("br:{registry}/{path}")),
            (None, _) => (alias == "public").then(|| format!("br:mcr.microsoft.com/bicep/{path}")),
        }
    }

    /// The folder in which the modules that the file at `from` names are kept; `None` for the usual one.
    pub(super) fn cache(&mut self, from: &str, load: &dyn Load) -> Option<&str> {
        self.nearest(from, load)?.get("cacheRootDirectory")?.as_str().filter(|folder| !folder.trim().is_empty())
    }

    /// Reads the configuration for the file at `from`, so that what is wrong with it is known.
    pub(super) fn read(&mut self, from: &str, load: &dyn Load) {
        self.nearest(from, load);
    }

    fn nearest(&mut self, from: &str, load: &dyn Load) -> Option<&Expr> {
        let mut path = join(from, CONFIGURATION);
        let mut passed = Vec::new();
        let mut found = None;
        while passed.len() < MAX_FOLDERS {
            if let Some(known) = self.folders.get(&path) {
                found = *known;
                break;
            }
            passed.push(path.clone());
            if let Some(loaded) = load.file(&path) {
                // What lies outside of the repository is not read.
                found = loaded.ok().and_then(|bytes| self.take(path, bytes));
                break;
            }
            let above = join(&path, &format!("../{CONFIGURATION}"));
            if above == path {
                break;
            }
            path = above;
        }
        self.folders.extend(passed.into_iter().map(|folder| (folder, found)));
        self.found.get(found?)
    }

    /// Keeps the configuration at `path`.
    fn take(&mut self, path: String, bytes: Vec<u8>) -> Option<usize> {
        let file = FileId(0);
        let text = match decode(bytes) {
            Ok(text) => text,
            Err(reason) => {
                self.broken.push((path, Err(reason)));
                return None;
            }
        };
        let (document, errors) = json::parse(file, &text);
        let lowered = document.root(&text).map(|root| lower_literal(file, root));
        let found = lowered.is_some().then_some(self.found.len());
        self.found.extend(lowered);
        if !errors.is_empty() {
            self.broken.push((path, Ok(text)));
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_configuration_counts() {
        let config = r#"{
            // comments are allowed
            "moduleAliases": {
                "br": { "ours": { "registry": "ours.azurecr.io", "modulePath": "bicep" }, "bare": { "registry": "r.io" } },
                "ts": { "specs": { "subscription": "s", "resourceGroup": "g" } }
            },
            "cacheRootDirectory": "/agent/modules"
        }"#;
        let load = |path: &str| (path == "infra/bicepconfig.json").then(|| Ok(config.as_bytes().to_vec()));
        let mut found = Configurations::default();
        let mut expand = |written: &str| found.expand(written, "infra/deep/main.bicep", &load);
        assert_eq!(expand("br/ours:net/vnet:v1").as_deref(), Some("br:ours.azurecr.io/bicep/net/vnet:v1"));
        assert_eq!(expand("br/bare:vnet:v1").as_deref(), Some("br:r.io/vnet:v1"));
        assert_eq!(expand("br/public:avm/res/x:1.0").as_deref(), Some("br:mcr.microsoft.com/bicep/avm/res/x:1.0"));
        assert_eq!(expand("ts/specs:a:v2").as_deref(), Some("ts:s/g/a:v2"));
        assert_eq!(expand("br:x.io/a:1").as_deref(), Some("br:x.io/a:1"));
        assert_eq!(expand("br/unknown:a:1"), None);
        assert_eq!(found.cache("infra/deep/main.bicep", &load), Some("/agent/modules"));
        assert_eq!(found.cache("elsewhere/main.bicep", &load), None);
    }
}
