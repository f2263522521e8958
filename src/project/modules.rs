//! References to modules of registries and to template specs: aliases become what they stand for.

use std::collections::HashMap;

use super::{Load, join};
use crate::source::{FileId, decode};
use crate::syntax::expression::{Expr, ExprKind};
use crate::syntax::json;
use crate::template::lower_literal;

/// The aliases in the configuration of each folder; none where there is no configuration.
#[derive(Default)]
pub(super) struct Aliases {
    folders: HashMap<String, Option<Expr>>,
}

/// Folders are searched upwards this far for a configuration.
const MAX_FOLDERS: usize = 64;

impl Aliases {
    /// The reference `written` in the file at `from` without its alias; `None` for an alias that nothing declares.
    pub(super) fn expand(&mut self, written: &str, from: &str, load: &Load<'_>) -> Option<String> {
        let Some((scheme, rest)) = written.split_once('/').filter(|(scheme, _)| matches!(*scheme, "br" | "ts")) else {
            return Some(written.to_owned());
        };
        let (alias, path) = rest.split_once(':')?;
        let declared = self.declared(from, load).and_then(|aliases| aliases.get(scheme)?.get(alias));
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

    /// What `moduleAliases` of the nearest configuration says.
    fn declared(&mut self, from: &str, load: &Load<'_>) -> Option<&Expr> {
        let mut path = join(from, "bicepconfig.json");
        let key = path.clone();
        if !self.folders.contains_key(&key) {
            let mut found = None;
            for _ in 0..MAX_FOLDERS {
                match load(&path).map(|loaded| loaded.and_then(decode)) {
                    Some(Ok(text)) => {
                        found = aliases(&text);
                        break;
                    }
                    Some(Err(_)) => break,
                    None => {
                        let above = join(&path, "../bicepconfig.json");
                        if above == path {
                            break;
                        }
                        path = above;
                    }
                }
            }
            self.folders.insert(key.clone(), found);
        }
        self.folders.get(&key)?.as_ref()
    }
}

fn aliases(text: &str) -> Option<Expr> {
    let file = FileId(0);
    let (document, _) = json::parse(file, text);
    let configuration = lower_literal(file, document.root(text)?);
    let aliases = configuration.get("moduleAliases")?;
    matches!(aliases.kind, ExprKind::Object(_)).then(|| aliases.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alias_is_what_the_nearest_configuration_says() {
        let config = r#"{
            // comments are allowed
            "moduleAliases": {
                "br": { "ours": { "registry": "ours.azurecr.io", "modulePath": "bicep" }, "bare": { "registry": "r.io" } },
                "ts": { "specs": { "subscription": "s", "resourceGroup": "g" } }
            }
        }"#;
        let load = |path: &str| (path == "infra/bicepconfig.json").then(|| Ok(config.as_bytes().to_vec()));
        let mut aliases = Aliases::default();
        let mut expand = |written: &str| aliases.expand(written, "infra/deep/main.bicep", &load);
        assert_eq!(expand("br/ours:net/vnet:v1").as_deref(), Some("br:ours.azurecr.io/bicep/net/vnet:v1"));
        assert_eq!(expand("br/bare:vnet:v1").as_deref(), Some("br:r.io/vnet:v1"));
        assert_eq!(expand("br/public:avm/res/x:1.0").as_deref(), Some("br:mcr.microsoft.com/bicep/avm/res/x:1.0"));
        assert_eq!(expand("ts/specs:a:v2").as_deref(), Some("ts:s/g/a:v2"));
        assert_eq!(expand("br:x.io/a:1").as_deref(), Some("br:x.io/a:1"));
        assert_eq!(expand("br/unknown:a:1"), None);
    }
}
