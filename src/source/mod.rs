//! L0. Texts and places in them. Depends on nothing else here and does no input or output.

mod credential;
mod encoding;
pub mod limits;
mod lines;
mod mapped;
mod mask;
mod nearest;
mod ordinary;
mod span;

use std::sync::OnceLock;

pub use credential::{bare_keys, blot, may_name_name, named_credentials, names_secret, stands_for_secret};
pub use encoding::decode;
pub use lines::{LineIndex, Position};
pub use mapped::MappedText;
pub use mask::{Mask, Secret, inside};
pub use nearest::Nearest;
pub use ordinary::{is_ordinary, may_be_name};
pub use span::{FileId, Span};

/// What the text of a file is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// JSON: ARM templates and their parameter files.
    Json,
    /// `.bicep` and `.bicepparam`.
    Bicep,
    /// A script of any shell.
    Shell,
    /// YAML: workflows and pipelines.
    Yaml,
    /// A document with code blocks.
    Markdown,
    /// Anything else.
    Other,
}

/// The extensions, in lower case, of the languages that are told by them.
const EXTENSIONS: [(&str, Language); 19] = [
    ("json", Language::Json),
    ("jsonc", Language::Json),
    ("bicep", Language::Bicep),
    ("bicepparam", Language::Bicep),
    ("sh", Language::Shell),
    ("bash", Language::Shell),
    ("zsh", Language::Shell),
    ("azcli", Language::Shell),
    ("ps1", Language::Shell),
    ("psm1", Language::Shell),
    ("cmd", Language::Shell),
    ("bat", Language::Shell),
    ("yml", Language::Yaml),
    ("yaml", Language::Yaml),
    ("md", Language::Markdown),
    ("markdown", Language::Markdown),
    ("py", Language::Other),
    ("mk", Language::Other),
    ("tf", Language::Other),
];

impl Language {
    /// The language that the extension of `path` tells.
    pub fn of_path(path: &str) -> Option<Self> {
        let name = path.rsplit(['/', '\\']).next()?;
        let (_, extension) = name.rsplit_once('.')?;
        let known = EXTENSIONS.iter().find(|(known, _)| known.eq_ignore_ascii_case(extension));
        known.map(|(_, language)| *language)
    }
}

/// One file's text.
#[derive(Debug)]
pub struct SourceFile {
    path: String,
    text: String,
    has_bom: bool,
    lines: OnceLock<LineIndex>,
}

impl SourceFile {
    /// A file called `path` in messages. A byte order mark at the start of `text` is not part of the text.
    pub fn new(path: impl Into<String>, text: impl Into<String>) -> Self {
        let mut text = text.into();
        let has_bom = text.starts_with('\u{feff}');
        if has_bom {
            text.drain(..'\u{feff}'.len_utf8());
        }
        Self { path: path.into(), text, has_bom, lines: OnceLock::new() }
    }

    /// The path as messages show it, with `/` between its parts.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The language of the text, told from the extension of its path, without one that is known from how it begins.
    pub fn language(&self) -> Language {
        Language::of_path(&self.path).unwrap_or_else(|| told_by_beginning(&self.text))
    }

    /// The text, without a byte order mark.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether the file starts with a byte order mark; its offsets on disk are then 3 higher.
    pub fn has_bom(&self) -> bool {
        self.has_bom
    }

    /// The line index, made when first asked for.
    pub fn lines(&self) -> &LineIndex {
        self.lines.get_or_init(|| LineIndex::new(&self.text))
    }
}

fn told_by_beginning(text: &str) -> Language {
    match text.trim_start() {
        script if script.starts_with("#!") => Language::Shell,
        json if json.starts_with(['{', '[']) => Language::Json,
        _ => Language::Other,
    }
}

/// All files of one run. A [`FileId`] is an index into it.
#[derive(Debug, Default)]
pub struct Sources {
    files: Vec<SourceFile>,
}

impl Sources {
    /// Adds a file and says which id it has.
    pub fn add(&mut self, file: SourceFile) -> FileId {
        self.files.push(file);
        FileId(self.files.len() as u32 - 1)
    }

    /// The file with this id.
    ///
    /// # Panics
    /// When the id comes from another `Sources`.
    pub fn file(&self, id: FileId) -> &SourceFile {
        &self.files[id.0 as usize]
    }

    /// The text that a span marks.
    pub fn text(&self, span: Span) -> &str {
        &self.file(span.file).text()[span.range()]
    }

    /// The text of the span's file before the span.
    pub fn before(&self, span: Span) -> &str {
        &self.file(span.file).text()[..span.start as usize]
    }

    /// Line and column of the span's first byte.
    pub fn position(&self, span: Span) -> Position {
        let file = self.file(span.file);
        file.lines().position(file.text(), span.start)
    }

    /// All files, in the order of their ids.
    pub fn iter(&self) -> impl Iterator<Item = (FileId, &SourceFile)> {
        self.files.iter().enumerate().map(|(index, file)| (FileId(index as u32), file))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_is_told_by_the_extension_and_without_one_by_the_beginning() {
        let language = |path, text| SourceFile::new(path, text).language();
        assert_eq!(language("infra/main.JSON", ""), Language::Json);
        assert_eq!(language("main.bicepparam", ""), Language::Bicep);
        assert_eq!(language("deploy.sh", "{"), Language::Shell);
        assert_eq!(language("a.b/deploy", "#!/bin/sh"), Language::Shell);
        assert_eq!(language("azuredeploy.txt", "  {"), Language::Json);
        assert_eq!(language(".github/x.yml", ""), Language::Yaml);
        assert_eq!(language("README.md", "{"), Language::Markdown);
        assert_eq!(language("Makefile", "all:"), Language::Other);
    }
}
