//! What stands between tokens: blanks, comments and pragmas.

use super::{Lexer, is_word};
use crate::source::Span;

/// A comment, with its `//` or its `/*` and `*/`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Comment {
    /// Where it is written.
    pub span: Span,
}

/// `#disable-next-line code…` or one of its kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pragma {
    /// Which one.
    pub kind: PragmaKind,
    /// The codes after it.
    pub codes: Vec<Span>,
    /// From the `#` to the end of the last code.
    pub span: Span,
}

/// What a pragma does to the diagnostics that it names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PragmaKind {
    /// `#disable-next-line`.
    DisableNextLine,
    /// `#disable-diagnostics`: from here on.
    Disable,
    /// `#restore-diagnostics`: undoes the former.
    Restore,
}

const PRAGMAS: [(&str, PragmaKind); 3] = [
    ("#disable-next-line", PragmaKind::DisableNextLine),
    ("#disable-diagnostics", PragmaKind::Disable),
    ("#restore-diagnostics", PragmaKind::Restore),
];

impl Lexer<'_> {
    /// Skips to the next token.
    pub(super) fn skip_trivia(&mut self) {
        loop {
            match self.peek(0) {
                Some(b' ' | b'\t') => self.at += 1,
                Some(b'/') if self.peek(1) == Some(b'/') => self.line_comment(),
                Some(b'/') if self.peek(1) == Some(b'*') => self.block_comment(),
                Some(b'#') if self.pragma() => {}
                _ => return,
            }
        }
    }

    fn line_comment(&mut self) {
        let start = self.at;
        let rest = &self.bytes[start..];
        self.at += memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
        self.out.comments.push(Comment { span: self.span(start, self.at) });
    }

    fn block_comment(&mut self) {
        let start = self.at;
        if let Some(found) = memchr::memmem::find(&self.bytes[start + 2..], b"*/") {
            self.at += found + 4;
        } else {
            self.at = self.bytes.len();
            self.error(start, self.at, "the comment is never closed; add `*/`".to_owned());
        }
        self.out.comments.push(Comment { span: self.span(start, self.at) });
    }

    /// Reads a pragma, if one stands here with nothing but blanks before it on the line.
    fn pragma(&mut self) -> bool {
        let start = self.at;
        let before = self.text[..start].trim_end_matches([' ', '\t']);
        if !before.is_empty() && !before.ends_with(['\n', '\r']) {
            return false;
        }
        let Some((word, kind)) = PRAGMAS.into_iter().find(|(word, _)| self.starts_with(word)) else { return false };
        self.at += word.len();
        let mut end = self.at;
        let mut codes = Vec::new();
        loop {
            self.skip_while(|byte| byte == b' ' || byte == b'\t');
            let code = self.at;
            self.skip_while(|byte| is_word(byte) || byte == b'-');
            if code == self.at {
                break;
            }
            end = self.at;
            codes.push(self.span(code, end));
        }
        if codes.is_empty() {
            self.error(end, end, format!("expected the code of a diagnostic after `{word}`"));
        }
        self.out.pragmas.push(Pragma { kind, codes, span: self.span(start, end) });
        true
    }
}

#[cfg(test)]
mod tests {
    use super::PragmaKind;
    use crate::source::FileId;
    use crate::syntax::bicep::{Dialect, parse};

    #[test]
    fn comments_and_pragmas_are_kept() {
        let text = "// a\r\n  #disable-next-line x-y  BCP001 // b\r\nvar c /* d */ = 1\r\n#restore-diagnostics e\n";
        let (program, errors) = parse(FileId(0), text, Dialect::Template);
        assert_eq!(errors, []);
        let comments: Vec<_> = program.comments.iter().map(|comment| &text[comment.span.range()]).collect();
        assert_eq!(comments, ["// a", "// b", "/* d */"]);
        let codes: Vec<_> = program.pragmas[0].codes.iter().map(|code| &text[code.range()]).collect();
        assert_eq!((program.pragmas[0].kind, codes), (PragmaKind::DisableNextLine, vec!["x-y", "BCP001"]));
        assert_eq!(&text[program.pragmas[0].span.range()], "#disable-next-line x-y  BCP001");
        assert_eq!(program.pragmas[1].kind, PragmaKind::Restore);
    }

    #[test]
    fn a_pragma_stands_alone_on_its_line() {
        for (text, message) in [
            ("var a = 1 #disable-next-line x\n", "`#` starts no known pragma here; a pragma stands alone on its line"),
            ("#disable-next-line\n", "expected the code of a diagnostic after `#disable-next-line`"),
            ("/* a\n", "the comment is never closed; add `*/`"),
        ] {
            let (_, errors) = parse(FileId(0), text, Dialect::Template);
            assert_eq!(errors.iter().map(|error| &*error.message).collect::<Vec<_>>(), [message], "{text}");
        }
    }
}
