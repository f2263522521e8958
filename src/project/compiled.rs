//! Templates that Bicep made of files in view.

use std::collections::{BTreeSet, HashMap};

use super::Project;
use super::pairing::{folder, stem};
use crate::source::{FileId, Language, Sources};
use crate::syntax::json::Node;

/// A template in JSON whose source lies beside it.
#[derive(Debug)]
pub struct Compiled {
    /// The template.
    pub file: FileId,
    /// The source, and what it deploys.
    pub sources: BTreeSet<FileId>,
}

/// Whether the template with this root says that Bicep made it.
pub(super) fn is_compiled(root: Node<'_>) -> bool {
    let generator = root.get("metadata").and_then(|metadata| metadata.get("_generator"));
    let name = generator.and_then(|generator| generator.get("name")).and_then(Node::as_str);
    name.is_some_and(|name| name.eq_ignore_ascii_case("bicep"))
}

impl Project {
    /// The templates that Bicep made of inputs beside them. `sources` are the texts.
    pub fn compiled(&self, sources: &Sources) -> Vec<Compiled> {
        if self.compiled.is_empty() {
            return Vec::new();
        }
        let place = |file: FileId| {
            let path = sources.file(file).path();
            (folder(path), stem(path))
        };
        let is_bicep = |file: FileId| sources.file(file).language() == Language::Bicep;
        let inputs = self.templates.iter().filter(|entry| entry.is_input && is_bicep(entry.file));
        let by_place: HashMap<_, FileId> = inputs.map(|entry| (place(entry.file), entry.file)).collect();
        let mut deployed: HashMap<FileId, Vec<FileId>> = HashMap::new();
        for ((from, _), target) in &self.links {
            deployed.entry(*from).or_default().extend(self.templates.get(*target).map(|entry| entry.file));
        }
        let below = |source: FileId| {
            let (mut seen, mut open) = (BTreeSet::from([source]), vec![source]);
            while let Some(file) = open.pop() {
                let more = deployed.get(&file).into_iter().flatten();
                open.extend(more.copied().filter(|file| seen.insert(*file)));
            }
            seen
        };
        let twin = |file: &FileId| Some(Compiled { file: *file, sources: below(*by_place.get(&place(*file))?) });
        self.compiled.iter().filter_map(twin).collect()
    }
}
