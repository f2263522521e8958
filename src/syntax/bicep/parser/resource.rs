//! Resources, modules and tests: declarations with a body in braces.

use super::statement::Declaration;
use super::{Context, LINE, Parsed, Parser, is_absent};
use crate::source::Span;
use crate::syntax::bicep::ast::{Expr, Name, StatementKind};
use crate::syntax::bicep::token::{TokenKind, TokenSet};

const ASSIGNMENT: TokenSet = LINE.with(TokenKind::Assignment);
const STRING: TokenSet = LINE.with(TokenKind::StringComplete).with(TokenKind::StringLeft);

/// What a resource's type looks like.
pub(super) const RESOURCE_TYPE: &str = "a resource type such as `'Microsoft.Storage/storageAccounts@2023-01-01'`";

impl Parser<'_> {
    pub(super) fn resource(&mut self) -> Declaration {
        self.bump();
        let (name, resource_type) = self.name_and_string("the symbolic name of the resource", RESOURCE_TYPE);
        let existing = self.is_keyword("existing").then(|| self.bump()).map(|token| self.span_of(token));
        let body = self.body(&resource_type, |parser| parser.repeatable_body(Context::RESOURCE));
        let end = body.span.end;
        (StatementKind::Resource { name, resource_type, existing, body }, end)
    }

    pub(super) fn module(&mut self) -> Declaration {
        self.bump();
        let (name, path) = self.name_and_string("the symbolic name of the module", "a path such as `'./main.bicep'`");
        let body = self.body(&path, |parser| parser.repeatable_body(Context::VALUE));
        let end = body.span.end;
        (StatementKind::Module { name, path, body }, end)
    }

    pub(super) fn test(&mut self) -> Declaration {
        self.bump();
        let (name, path) = self.name_and_string("the name of the test", "a path such as `'./main.bicep'`");
        let body = self.body(&path, |parser| parser.object(Context::VALUE));
        let end = body.span.end;
        (StatementKind::Test { name, path, body }, end)
    }

    fn name_and_string(&mut self, name: &str, string: &str) -> (Name, Expr) {
        let name = self.recover_name(name, STRING);
        let string = self.recover_expr(is_absent(&name), ASSIGNMENT, |parser| parser.required_string(string));
        (name, string)
    }

    /// `= body`; a condition may start on the next line.
    fn body(&mut self, before: &Expr, parse: impl FnOnce(&mut Self) -> Parsed<Expr>) -> Expr {
        let equals = self.recover(before.is_missing(), LINE.with(TokenKind::LeftBrace), Self::equals);
        if equals.is_ok() && self.is_keyword_at(self.past_newline(), "if") {
            self.skip_newline();
        }
        let is_quiet = equals.is_err_and(Span::is_empty);
        self.recover_expr(is_quiet, LINE, parse)
    }

    /// An object, a condition or a loop.
    fn repeatable_body(&mut self, context: Context) -> Parsed<Expr> {
        match self.peek() {
            TokenKind::LeftBrace => self.object(context),
            TokenKind::LeftSquare => self.for_loop(context, true),
            _ if self.is_keyword("if") => self.condition(context, false),
            _ => Err(self.expected("`{`, `[` or `if`")),
        }
    }
}
