//! Lists: the elements of arrays and objects, and the arguments of functions.

use super::{Parsed, Parser};
use crate::source::Span;
use crate::syntax::bicep::token::{Token, TokenKind, TokenSet};

/// What stands between parentheses.
pub(super) struct Parenthesized<T> {
    pub(super) items: Vec<T>,
    /// Commas and line breaks.
    pub(super) separators: usize,
    /// Everything between the parentheses, from the first token to the last.
    pub(super) inner: Span,
    /// With the parentheses.
    pub(super) span: Span,
    pub(super) is_closed: bool,
}

impl Parser<'_> {
    /// Elements up to `close`, which is not consumed: each on a line of its own, or with commas between them.
    pub(super) fn elements<T>(&mut self, close: TokenKind, mut element: impl FnMut(&mut Self) -> T) -> Vec<T> {
        let mut items = Vec::new();
        self.skip_newline();
        while !self.is(close) && !self.is(TokenKind::EndOfFile) {
            let start = self.at;
            items.push(element(self));
            if self.is(close) || self.is(TokenKind::EndOfFile) {
                break;
            }
            match self.peek() {
                TokenKind::NewLine => self.skip_newline(),
                TokenKind::Comma => {
                    self.bump();
                    if self.is(TokenKind::NewLine) {
                        let message = "a comma can't end a line here; lines need no commas between them";
                        self.report_at(self.here(), message);
                        self.bump();
                    }
                }
                _ => {
                    let error = self.expected("`,` or a line break");
                    self.report(error);
                }
            }
            self.progress(start);
        }
        items
    }

    /// Arguments up to `close`, which is not consumed: with commas between them.
    pub(super) fn arguments<T>(&mut self, close: TokenKind, mut argument: impl FnMut(&mut Self) -> T) -> Vec<T> {
        let mut items = Vec::new();
        self.skip_newline();
        while !self.is(close) && !self.is(TokenKind::EndOfFile) {
            let start = self.at;
            items.push(argument(self));
            if self.is(close) || self.is(TokenKind::EndOfFile) {
                break;
            }
            match self.peek() {
                TokenKind::NewLine => {
                    let next = self.peek_next();
                    if next == TokenKind::EndOfFile {
                        break;
                    }
                    if next != close {
                        self.report_at(self.here(), "expected `,` before the next line");
                    }
                    self.bump();
                    self.eat(TokenKind::Comma);
                }
                TokenKind::Comma => {
                    self.bump();
                    self.skip_newline();
                    if self.is(close) {
                        items.push(argument(self));
                    }
                }
                _ => {
                    let error = self.expected("`,` or a line break");
                    self.report(error);
                }
            }
            self.progress(start);
        }
        items
    }

    /// `(`, items with commas between them, and `)`. Line breaks may stand around items if `newlines` allows it.
    pub(super) fn parenthesized<T>(
        &mut self,
        newlines: bool,
        is_missing: impl Fn(&T) -> bool,
        mut item: impl FnMut(&mut Self, TokenSet) -> T,
    ) -> Parsed<Parenthesized<T>> {
        let stops = super::CLOSERS.with(TokenKind::Comma);
        let open = self.expect(TokenKind::LeftParen, "`(`")?;
        let (mut items, mut separators) = (Vec::new(), 0);
        let newline = |parser: &mut Self| usize::from(newlines && parser.eat(TokenKind::NewLine));
        let first = self.token().start;
        separators += newline(self);
        let mut is_quiet = false;
        while !self.is(TokenKind::RightParen) {
            items.push(item(self, stops));
            let breaks = newline(self);
            separators += breaks;
            let comma = self.eat(TokenKind::Comma);
            is_quiet = breaks == 0 && !comma && items.last().is_some_and(&is_missing);
            if !comma {
                break;
            }
            separators += 1 + newline(self);
        }
        let inner = self.since(first);
        let stops =
            TokenSet::new(&[TokenKind::StringRight, TokenKind::RightBrace, TokenKind::RightSquare, TokenKind::NewLine]);
        let close = self.recover(is_quiet, stops, |parser| parser.expect(TokenKind::RightParen, "`)`"));
        let end = close.map_or_else(|span| span.end, |token| token.end);
        let span = self.span(open.start, end);
        Ok(Parenthesized { items, separators, inner, span, is_closed: close.is_ok() })
    }

    /// The bracket that closes the one at `open`.
    pub(super) fn close(&mut self, open: Token, close: TokenKind, what: &str) -> Parsed<Token> {
        if !self.is(TokenKind::EndOfFile) {
            return self.expect(close, what);
        }
        let line = 1 + memchr::memchr_iter(b'\n', &self.text.as_bytes()[..open.start as usize]).count();
        Err(self.expected(&format!("{what} for the `{}` in line {line}", self.token_text(open))))
    }

    /// Skips a token if none was consumed since `start`, so that every loop ends.
    fn progress(&mut self, start: usize) {
        if self.at == start {
            self.bump();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{parse, value};
    use crate::syntax::bicep::shape::expr;

    #[test]
    fn lines_and_commas_separate() {
        for (text, expected) in [
            ("[]", "[]"),
            ("[\n\n]", "[]"),
            ("[1, 2]", "[1, 2]"),
            ("[\n  1\n\n  // why\n  2\n]", "[1, 2]"),
            ("[\n  1, 2\n  3\n]", "[1, 2, 3]"),
            ("{ a: 1, b: 2 }", "{a: 1, b: 2}"),
            ("{ a: 1\n b: 2 }", "{a: 1, b: 2}"),
            ("f(\n  1,\n  // why\n  2 // what\n  // end\n)", "f(1, 2)"),
            ("f(1, [\n  2\n], {\n  a: 3\n})", "f(1, [2], {a: 3})"),
            ("f(a ?\n", ""),
            ("[a\n  ? b\n  : c]", "[(a ? b : c)]"),
        ] {
            if expected.is_empty() {
                assert!(!parse(&format!("var a = {text}")).1.is_empty(), "{text}");
            } else {
                assert_eq!(expr(&value(text)), expected, "{text}");
            }
        }
    }

    #[test]
    fn what_is_between_two_elements_is_one_separator() {
        for text in ["[1,,2]", "[,1]", "[1,]\n", "f(,1)", "f(1 2)", "{a: 1,, b: 2}", "f(1\n, 2)"] {
            let (_, errors) = parse(&format!("var a = {text}\n"));
            let expected = usize::from(text != "[1,]\n");
            assert_eq!(errors.len(), expected, "{text}: {errors:?}");
        }
    }
}
