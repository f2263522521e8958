//! Strings and their holes.

use super::{Context, LINE, Parsed, Parser};
use crate::source::Span;
use crate::syntax::bicep::ast::{Expr, ExprKind, Segment, StringLiteral};
use crate::syntax::bicep::literal::{Quotes, cook};
use crate::syntax::bicep::token::{TokenKind, TokenSet};

const PIECES: TokenSet = TokenSet::new(&[TokenKind::StringMiddle, TokenKind::StringRight, TokenKind::NewLine]);

impl Parser<'_> {
    /// Whether a string starts here.
    pub(super) fn is_string(&self) -> bool {
        matches!(self.peek(), TokenKind::StringComplete | TokenKind::StringLeft)
    }

    /// A string, or what stands in its place with the error that `what` was expected.
    pub(super) fn required_string(&mut self, what: &str) -> Parsed<Expr> {
        let start = self.at;
        if self.is_string() {
            if let Ok(string) = self.string() {
                return Ok(Expr { span: string.span, kind: ExprKind::String(Box::new(string)) });
            }
        } else {
            self.skip_from(start, PIECES);
        }
        Err(self.expected_at(start, what))
    }

    /// The string that starts here; a malformed one, whose error the lexer has reported, is the span that it takes.
    pub(super) fn string(&mut self) -> Result<StringLiteral, Span> {
        let start = self.token();
        let quotes = Quotes::of(self.token_text(start));
        let (mut segments, mut holes) = (Vec::new(), Vec::new());
        let mut is_whole = true;
        loop {
            let token = self.bump();
            let (before, after) = quotes.margins(token.kind);
            match cook(self.token_text(token), token.kind, quotes) {
                Some(text) => {
                    let span = self.span(token.start + before as u32, token.end - after as u32);
                    segments.push(Segment { text, span });
                }
                None => is_whole = false,
            }
            if matches!(token.kind, TokenKind::StringComplete | TokenKind::StringRight) {
                break;
            }
            holes.push(self.hole());
            if !matches!(self.peek(), TokenKind::StringMiddle | TokenKind::StringRight) {
                return Err(self.since(start.start));
            }
        }
        let span = self.since(start.start);
        if !is_whole {
            return Err(span);
        }
        Ok(StringLiteral { span, segments, holes, is_multi_line: quotes.is_multi_line })
    }

    fn hole(&mut self) -> Expr {
        let start = self.token().start;
        let expr = self.value(false, PIECES, Context::HOLE);
        if PIECES.has(self.peek()) {
            return expr;
        }
        let error = self.expected("`}` at the end of the expression in the string");
        self.report(error);
        let at = self.at;
        self.skip_from(at, PIECES);
        Expr::new(ExprKind::Invalid, self.since(start))
    }

    /// A path in an `import`, `using`, `module` or the like.
    pub(super) fn path(&mut self, is_quiet: bool, what: &str) -> Expr {
        self.recover_expr(is_quiet, LINE, |parser| parser.required_string(what))
    }
}
