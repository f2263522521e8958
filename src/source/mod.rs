//! L0. Texts and places in them. Depends on nothing else here and does no input or output.

mod credential;
mod encoding;
pub mod limits;
mod lines;
mod mapped;
mod mask;
mod span;

use std::sync::OnceLock;

pub use credential::{bare_keys, blot, named_credentials, names_secret};
pub use encoding::decode;
pub use lines::{LineIndex, Position};
pub use mapped::MappedText;
pub use mask::{Mask, Secret, inside};
pub use span::{FileId, Span};

/// What the text of a file is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// JSON: ARM templates and their parameter files.
    Json,
    /// `.bicep` and `.bicepparam`.
    Bicep,
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

    /// The language of the text, told from the extension of its path.
    pub fn language(&self) -> Language {
        let extension = self.path.rsplit_once('.').map_or("", |(_, extension)| extension);
        let is_bicep = ["bicep", "bicepparam"].iter().any(|bicep| extension.eq_ignore_ascii_case(bicep));
        if is_bicep { Language::Bicep } else { Language::Json }
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
