//! Statements that tie files together: imports, extensions, and what a parameter file is for.

use super::statement::Declaration;
use super::{Context, LINE, Parsed, Parser};
use crate::syntax::bicep::ast::{
    Expr, ExprKind, ExtensionSource, Import, ImportItem, Imported, Name, StatementKind, UsingTarget, WithClause,
};
use crate::syntax::bicep::token::TokenKind;

const TEMPLATE: &str = "a path such as `'./main.bicep'`";
const WITH: &str = "`with` or a line break";
const WITH_OR_AS: &str = "`with`, `as` or a line break";

impl Parser<'_> {
    /// `import`; with a string after it, the older form of `extension`.
    pub(super) fn import(&mut self) -> Declaration {
        if matches!(self.peek_next(), TokenKind::StringComplete | TokenKind::StringLeft) {
            return self.extension();
        }
        self.bump();
        let imported = self.imported();
        let path = self.recover(false, LINE, |parser| {
            parser.expect_keyword("from")?;
            Ok(parser.path(false, TEMPLATE))
        });
        let path = path.unwrap_or_else(|span| Expr::new(ExprKind::Invalid, span));
        let end = path.span.end;
        (StatementKind::Import(Import { imported, path }), end)
    }

    fn imported(&mut self) -> Imported {
        let what = "`{` with names in it, or `* as` and a name";
        match self.peek() {
            TokenKind::LeftBrace => self.recover(false, LINE, Self::import_list).unwrap_or_else(Imported::Invalid),
            TokenKind::Asterisk => self.recover(false, LINE, Self::import_all).unwrap_or_else(Imported::Invalid),
            TokenKind::EndOfFile | TokenKind::NewLine | TokenKind::Identifier => {
                let error = self.expected(what);
                self.report(error);
                Imported::Invalid(self.here())
            }
            _ => {
                let error = self.expected(what);
                self.report(error);
                let token = self.bump();
                Imported::Invalid(self.span_of(token))
            }
        }
    }

    fn import_all(&mut self) -> Parsed<Imported> {
        let start = self.expect(TokenKind::Asterisk, "`*`")?.start;
        self.expect_keyword("as")?;
        let alias = self.name("a name for the imported symbols")?;
        let span = self.span(start, alias.span.end);
        Ok(Imported::All { alias, span })
    }

    fn import_list(&mut self) -> Parsed<Imported> {
        let start = self.expect(TokenKind::LeftBrace, "`{`")?.start;
        let items = self.elements(TokenKind::RightBrace, Self::import_item);
        self.expect(TokenKind::RightBrace, "`}`")?;
        Ok(Imported::Symbols { items, span: self.since(start) })
    }

    fn import_item(&mut self) -> ImportItem {
        let token = self.token();
        let place = self.span_of(token);
        let name = match token.kind {
            TokenKind::Identifier => {
                self.bump();
                let name = Name { text: self.token_text(token).into(), span: place };
                Expr::new(ExprKind::Symbol(name), place)
            }
            TokenKind::StringComplete | TokenKind::StringLeft => match self.string() {
                Ok(string) if string.holes.is_empty() => {
                    Expr { span: string.span, kind: ExprKind::String(Box::new(string)) }
                }
                Ok(string) => {
                    self.report_at(string.span, "the name of an exported symbol holds no `${…}`");
                    Expr::new(ExprKind::Invalid, string.span)
                }
                Err(span) => Expr::new(ExprKind::Invalid, span),
            },
            _ => {
                let error = self.expected("the name of an exported symbol");
                self.report(error);
                self.bump();
                Expr::new(ExprKind::Invalid, place)
            }
        };
        let alias = self.is_keyword("as").then(|| {
            self.bump();
            self.recover_name("a name after `as`", LINE.with(TokenKind::Comma))
        });
        if alias.is_none() && matches!(name.kind, ExprKind::String(_)) {
            self.report_at(name.span, "a symbol imported by a string needs a name: add `as` and the name");
        }
        let end = alias.as_ref().map_or(name.span.end, |alias| alias.span.end);
        let span = self.span(name.span.start, end);
        ImportItem { name, alias, span }
    }

    pub(super) fn extension(&mut self) -> Declaration {
        self.bump();
        let source = match self.peek() {
            TokenKind::Identifier => ExtensionSource::Name(self.name_or_missing("an extension")),
            _ => {
                ExtensionSource::Reference(self.path(false, "the name of an extension, or a string that refers to one"))
            }
        };
        let (mut end, is_absent) = match &source {
            ExtensionSource::Name(name) => (name.span.end, false),
            ExtensionSource::Reference(expr) => (expr.span.end, expr.is_missing()),
        };
        let mut is_quiet = is_absent;
        let mut with = None;
        if !self.is_keyword("as") && !self.is_line_end() {
            let clause = self.recover(is_absent, LINE, |parser| parser.with_clause(WITH_OR_AS));
            is_quiet = clause.as_ref().is_err_and(|span| span.is_empty());
            end = clause.as_ref().map_or_else(|span| span.end, |with| with.span.end);
            with = clause.ok();
        }
        let mut alias = None;
        if !self.is_line_end() {
            let named = self.recover(is_quiet, LINE, |parser| {
                if !parser.is_keyword("as") {
                    return Err(parser.expected(WITH_OR_AS));
                }
                parser.bump();
                Ok(parser.recover_name("a name for the extension", LINE))
            });
            end = named.as_ref().map_or_else(|span| span.end, |name| name.span.end);
            alias = named.ok();
        }
        (StatementKind::Extension { source, with, alias }, end)
    }

    pub(super) fn using(&mut self) -> Declaration {
        self.bump();
        let target = match self.peek() {
            TokenKind::Identifier => {
                let token = self.bump();
                UsingTarget::None(self.span_of(token))
            }
            _ => UsingTarget::Path(self.path(false, "a path such as `'./main.bicep'`, or `none`")),
        };
        let (mut end, is_quiet) = match &target {
            UsingTarget::None(span) => (span.end, false),
            UsingTarget::Path(path) => (path.span.end, path.is_missing()),
        };
        let mut with = None;
        if !self.is_line_end() {
            let clause = self.recover(is_quiet, LINE, |parser| parser.with_clause(WITH));
            end = clause.as_ref().map_or_else(|span| span.end, |with| with.span.end);
            with = clause.ok();
        }
        (StatementKind::Using { target, with }, end)
    }

    pub(super) fn extends(&mut self) -> Declaration {
        self.bump();
        let path = self.path(false, "the path of a parameter file such as `'./base.bicepparam'`");
        let end = path.span.end;
        (StatementKind::Extends { path }, end)
    }

    pub(super) fn extension_config(&mut self) -> Declaration {
        self.bump();
        let alias = self.recover_name("the name of an extension", LINE.with(TokenKind::Identifier));
        let is_quiet = super::is_absent(&alias);
        let with = self.recover(is_quiet, LINE, |parser| parser.with_clause("`with`"));
        let end = with.as_ref().map_or_else(|span| span.end, |with| with.span.end);
        (StatementKind::ExtensionConfig { alias, with: with.ok() }, end)
    }

    fn is_line_end(&self) -> bool {
        matches!(self.peek(), TokenKind::NewLine | TokenKind::EndOfFile)
    }

    fn with_clause(&mut self, what: &str) -> Parsed<WithClause> {
        if !self.is_keyword("with") {
            return Err(self.expected(what));
        }
        let start = self.bump().start;
        let config = self.recover_expr(false, LINE, |parser| parser.object(Context::VALUE));
        let span = self.span(start, config.span.end);
        Ok(WithClause { config, span })
    }
}
