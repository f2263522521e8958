//! Files that hold shared access signatures or account keys and little else.

use std::ops::Range;

use super::Project;
use crate::sas::stored_tokens;
use crate::source::{FileId, Span};

/// A file that holds tokens.
#[derive(Debug)]
pub struct TokenFile {
    /// The file.
    pub file: FileId,
    /// The tokens, URLs with one, and account keys, in the order of the text.
    pub tokens: Vec<Span>,
}

impl Project {
    /// Keeps the tokens of `file`.
    pub(super) fn take_tokens(&mut self, file: FileId) {
        let span = |(_, range): (Option<&str>, Range<usize>)| Span::new(file, range.start, range.end);
        let tokens = stored_tokens(self.sources.file(file).text()).into_iter().map(span).collect();
        self.tokens.push(TokenFile { file, tokens });
    }
}
