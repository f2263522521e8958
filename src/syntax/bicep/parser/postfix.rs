//! What may follow a primary expression: indexes, properties, calls, `::` and `!`.

use super::{Context, Parsed, Parser};
use crate::syntax::bicep::ast::{Decorator, Expr, ExprKind};
use crate::syntax::bicep::token::{TokenKind, TokenSet};

const ARGUMENT_STOPS: TokenSet = TokenSet::new(&[TokenKind::NewLine, TokenKind::Comma, TokenKind::RightParen]);

const MEMBER: &str = "the name of a function or property";

impl Parser<'_> {
    /// A primary expression with what follows it.
    pub(super) fn postfix(&mut self, context: Context) -> Parsed<Expr> {
        let base = self.primary(context)?;
        match self.peek() {
            TokenKind::LeftSquare | TokenKind::Dot | TokenKind::DoubleColon | TokenKind::Exclamation => {
                self.suffixes(base, context)
            }
            _ => Ok(base),
        }
    }

    fn suffixes(&mut self, mut base: Expr, context: Context) -> Parsed<Expr> {
        loop {
            let start = base.span.start;
            let kind = match self.peek() {
                TokenKind::LeftSquare => self.index(base, context)?,
                TokenKind::Dot => self.member(base, context),
                TokenKind::DoubleColon => {
                    self.bump();
                    let name = self.name_or_missing("the name of a nested resource");
                    ExprKind::Nested { base: Box::new(base), name }
                }
                TokenKind::Exclamation => {
                    self.bump();
                    ExprKind::NonNull(Box::new(base))
                }
                _ => return Ok(base),
            };
            // A long chain nests as deep as brackets do.
            self.deeper()?;
            base = self.ended_expr(kind, start);
        }
    }

    /// An expression from `start` to here, or to where its name or last argument is missing.
    pub(super) fn ended_expr(&self, kind: ExprKind, start: u32) -> Expr {
        let last = match &kind {
            ExprKind::Property { name, .. } | ExprKind::Nested { name, .. } => Some(name.span.end),
            ExprKind::Call { args, .. } | ExprKind::MethodCall { args, .. } => args.last().map(|arg| arg.span.end),
            _ => None,
        };
        let end = self.since(start).end;
        Expr::new(kind, self.span(start, last.map_or(end, |last| last.max(end))))
    }

    fn index(&mut self, base: Expr, context: Context) -> Parsed<ExprKind> {
        self.bump();
        let is_safe = self.eat(TokenKind::Question);
        let is_from_end = self.eat(TokenKind::Hat);
        let index = if self.is(TokenKind::RightSquare) {
            self.report_at(self.here(), "expected an index between the brackets");
            Expr::new(ExprKind::Invalid, self.here())
        } else {
            self.expression(context)?
        };
        self.expect(TokenKind::RightSquare, "`]`")?;
        Ok(ExprKind::Index { base: Box::new(base), index: Box::new(index), is_safe, is_from_end })
    }

    fn member(&mut self, base: Expr, context: Context) -> ExprKind {
        let dot = self.bump();
        let question = self.is(TokenKind::Question).then(|| self.bump());
        if self.is(TokenKind::Integer) && matches!(base.kind, ExprKind::Integer(_)) {
            let span = self.span(base.span.start, self.token().end);
            self.report_at(span, "numbers are whole in Bicep; write a fraction as `json('0.5')`");
        }
        let name = self.name_or_missing(MEMBER);
        if !self.is(TokenKind::LeftParen) {
            return ExprKind::Property { base: Box::new(base), name, is_safe: question.is_some() };
        }
        if let Some(question) = question {
            let span = self.span(dot.start, question.end);
            self.report_at(span, "`.?` is for properties; a function is called with `.`");
        }
        let args = self.call_arguments(context);
        ExprKind::MethodCall { base: Box::new(base), name, args }
    }

    /// `(args…)`, with an error if it is never closed.
    pub(super) fn call_arguments(&mut self, context: Context) -> Box<[Expr]> {
        self.bump();
        let args = self.arguments(TokenKind::RightParen, |parser| parser.value(false, ARGUMENT_STOPS, context));
        if !self.eat(TokenKind::RightParen) {
            let error = self.expected("`)`");
            self.report(error);
        }
        args.into()
    }

    /// The decorators before a declaration, each on lines of its own.
    pub(super) fn decorators(&mut self) -> Vec<Decorator> {
        let mut decorators = Vec::new();
        while self.is(TokenKind::At) {
            let start = self.bump().start;
            let expr = self.recover_expr(false, super::LINE, Self::decorator);
            let span = self.span(start, expr.span.end);
            decorators.push(Decorator { expr, span });
            self.end_of_line("a line break after the decorator");
        }
        decorators
    }

    /// Consumes the line break that belongs here and what stands before it.
    pub(super) fn end_of_line(&mut self, what: &str) {
        let _skipped = self.recover(false, super::LINE, |parser| parser.expect(TokenKind::NewLine, what));
        self.skip_newline();
    }

    fn decorator(&mut self) -> Parsed<Expr> {
        let name = self.name("the name of a decorator or namespace")?;
        let start = name.span.start;
        let kind = if self.is(TokenKind::LeftParen) {
            ExprKind::Call { name, args: self.call_arguments(Context::VALUE) }
        } else {
            ExprKind::Symbol(name)
        };
        let mut expr = self.ended_expr(kind, start);
        let outer = self.depth;
        while self.is(TokenKind::Dot) {
            self.deeper()?;
            self.bump();
            let name = self.name_or_missing(MEMBER);
            let base = Box::new(expr);
            let kind = if self.is(TokenKind::LeftParen) {
                ExprKind::MethodCall { base, name, args: self.call_arguments(Context::VALUE) }
            } else {
                ExprKind::Property { base, name, is_safe: false }
            };
            expr = self.ended_expr(kind, start);
        }
        self.depth = outer;
        Ok(expr)
    }
}
