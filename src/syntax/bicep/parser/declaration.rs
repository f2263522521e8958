//! Declarations whose value is an expression or a type.

use super::statement::Declaration;
use super::{Context, LINE, Parsed, Parser, is_absent};
use crate::source::Span;
use crate::syntax::bicep::ast::{DefaultValue, Expr, StatementKind, Type};
use crate::syntax::bicep::token::{TokenKind, TokenSet};

const ASSIGNMENT: TokenSet = LINE.with(TokenKind::Assignment);
const IDENTIFIER: TokenSet = LINE.with(TokenKind::Identifier);

impl Parser<'_> {
    pub(super) fn target_scope(&mut self) -> Declaration {
        self.bump();
        let value = self.assigned(false);
        let end = value.span.end;
        (StatementKind::TargetScope { value }, end)
    }

    pub(super) fn metadata(&mut self) -> Declaration {
        self.bump();
        let name = self.recover_name("the name of the metadata", ASSIGNMENT);
        let value = self.assigned(is_absent(&name));
        let end = value.span.end;
        (StatementKind::Metadata { name, value }, end)
    }

    pub(super) fn type_alias(&mut self) -> Declaration {
        self.bump();
        let name = self.recover_name("the name of the type", ASSIGNMENT);
        let is_quiet = is_absent(&name);
        let _skipped = self.recover(is_quiet, LINE, Self::equals);
        let stops = ASSIGNMENT.with(TokenKind::LeftBrace);
        let value = self.recover_type(is_quiet, stops, |parser| parser.declared_type(false));
        let end = value.span.end;
        (StatementKind::Type { name, value }, end)
    }

    pub(super) fn parameter(&mut self) -> Declaration {
        self.bump();
        let name = self.recover_name("the name of the parameter", IDENTIFIER);
        let stops = ASSIGNMENT.with(TokenKind::LeftBrace);
        let value_type = self.recover_type(is_absent(&name), stops, |parser| parser.declared_type(false));
        let default = self.recover(value_type.is_missing(), LINE, |parser| match parser.peek() {
            TokenKind::NewLine | TokenKind::EndOfFile => Ok(None),
            TokenKind::Assignment => {
                let start = parser.bump().start;
                let value = parser.value(false, LINE, Context::VALUE);
                let span = parser.span(start, value.span.end);
                Ok(Some(DefaultValue { value, span }))
            }
            _ => Err(parser.expected("`=` or a line break")),
        });
        let end = match &default {
            Ok(Some(default)) => default.span.end,
            Ok(None) => value_type.span.end,
            Err(skipped) => skipped.end,
        };
        let default = default.unwrap_or_default();
        (StatementKind::Parameter { name, value_type, default }, end)
    }

    pub(super) fn variable(&mut self) -> Declaration {
        self.bump();
        let name = self.recover_name("the name of the variable", IDENTIFIER);
        let has_type = !matches!(self.peek(), TokenKind::EndOfFile | TokenKind::NewLine | TokenKind::Assignment);
        let is_quiet = is_absent(&name);
        let value_type =
            has_type.then(|| self.recover_type(is_quiet, ASSIGNMENT, |parser| parser.declared_type(false)));
        let is_quiet = value_type.as_ref().map_or(is_quiet, Type::is_missing);
        let value = self.assigned(is_quiet);
        let end = value.span.end;
        (StatementKind::Variable { name, value_type, value }, end)
    }

    pub(super) fn function(&mut self) -> Declaration {
        self.bump();
        let name = self.recover_name("the name of the function", ASSIGNMENT);
        let lambda = self.recover(is_absent(&name), LINE, Self::typed_lambda);
        let end = lambda.as_ref().map_or_else(|skipped| skipped.end, |lambda| lambda.span.end);
        (StatementKind::Function { name, lambda: lambda.ok().map(Box::new) }, end)
    }

    pub(super) fn output(&mut self) -> Declaration {
        self.bump();
        let name = self.recover_name("the name of the output", IDENTIFIER);
        let value_type = self.recover_type(is_absent(&name), ASSIGNMENT, |parser| parser.declared_type(true));
        let value = self.assigned(value_type.is_missing());
        let end = value.span.end;
        (StatementKind::Output { name, value_type, value }, end)
    }

    pub(super) fn assert(&mut self) -> Declaration {
        self.bump();
        let name = self.recover_name("the name of the assertion", ASSIGNMENT);
        let value = self.assigned(is_absent(&name));
        let end = value.span.end;
        (StatementKind::Assert { name, value }, end)
    }

    pub(super) fn assignment(&mut self) -> Declaration {
        self.bump();
        let name = self.recover_name("the name of the parameter", IDENTIFIER);
        let value = self.assigned(is_absent(&name));
        let end = value.span.end;
        (StatementKind::Assignment { name, value }, end)
    }

    /// `= value`.
    fn assigned(&mut self, is_quiet: bool) -> Expr {
        let equals = self.recover(is_quiet, LINE, Self::equals);
        let is_quiet = equals.is_err_and(Span::is_empty);
        self.value(is_quiet, LINE, Context::VALUE)
    }

    /// `=`.
    pub(super) fn equals(&mut self) -> Parsed<()> {
        self.expect(TokenKind::Assignment, "`=`").map(|_| ())
    }
}
