//! Expressions without operators: literals, symbols, calls, lambdas, loops.

use super::list::Parenthesized;
use super::{Context, Failure, LINE, Parsed, Parser};
use crate::source::Span;
use crate::syntax::SyntaxError;
use crate::syntax::bicep::ast::{ArrayItem, Expr, ExprKind, For, If, Key, Lambda, Name, ObjectItem, Property, Spread};
use crate::syntax::bicep::token::{TokenKind, TokenSet};

const LAMBDA_STOPS: TokenSet = LINE.with(TokenKind::RightParen);
const ARRAY_STOPS: TokenSet = LINE.with(TokenKind::RightSquare);
const OBJECT_STOPS: TokenSet = LINE.with(TokenKind::RightBrace);

/// Words that start a declaration; a lambda's body on the next line does not start with one.
const DECLARATIONS: [&str; 9] =
    ["assert", "import", "metadata", "param", "var", "resource", "output", "module", "type"];

impl Parser<'_> {
    /// A literal, symbol, call, lambda, loop, or anything in parentheses.
    pub(super) fn primary(&mut self, context: Context) -> Parsed<Expr> {
        match self.peek() {
            TokenKind::LeftBrace | TokenKind::LeftSquare if !context.complex => Err(self.misplaced_literal()),
            TokenKind::LeftBrace => self.object(context),
            TokenKind::LeftSquare if self.is_for() => self.for_loop(context, false),
            TokenKind::LeftSquare => self.array(),
            TokenKind::LeftParen => self.parentheses_or_lambda(context),
            TokenKind::Identifier => self.symbol(context),
            _ => self.literal(),
        }
    }

    fn misplaced_literal(&self) -> Failure {
        let message = "arrays and objects can't stand in the `${…}` of a string; give them a name with `var`";
        Failure::Error(SyntaxError { span: self.span_of(self.token()), message: message.to_owned() })
    }

    fn literal(&mut self) -> Parsed<Expr> {
        let token = self.token();
        let span = self.span_of(token);
        let kind = match token.kind {
            TokenKind::Null => ExprKind::Null,
            TokenKind::True => ExprKind::Bool(true),
            TokenKind::False => ExprKind::Bool(false),
            TokenKind::Integer => ExprKind::Integer(self.integer(span)?),
            TokenKind::StringComplete | TokenKind::StringLeft => {
                return Ok(match self.string() {
                    Ok(string) => Expr { span: string.span, kind: ExprKind::String(Box::new(string)) },
                    Err(span) => Expr::new(ExprKind::Invalid, span),
                });
            }
            _ => return Err(self.expected("an expression")),
        };
        self.bump();
        Ok(Expr::new(kind, span))
    }

    /// The value of the number here.
    pub(super) fn integer(&self, span: Span) -> Parsed<u64> {
        self.token_text(self.token()).parse().map_err(|_| {
            Failure::Error(SyntaxError { span, message: "this is not a whole number of 64 bits".to_owned() })
        })
    }

    fn symbol(&mut self, context: Context) -> Parsed<Expr> {
        let name = self.name("the name of a symbol or function")?;
        let start = name.span.start;
        let kind = match self.peek() {
            TokenKind::LeftParen => ExprKind::Call { name, args: self.call_arguments(context) },
            TokenKind::Arrow => {
                let span = name.span;
                return Ok(self.lambda(vec![name], span));
            }
            _ => ExprKind::Symbol(name),
        };
        Ok(self.ended_expr(kind, start))
    }

    fn lambda(&mut self, parameters: Vec<Name>, parameters_span: Span) -> Expr {
        self.bump();
        let body = self.lambda_body();
        let span = parameters_span.cover(body.span);
        Expr::new(ExprKind::Lambda(Box::new(Lambda { parameters, parameters_span, body })), span)
    }

    /// What stands after a `=>`, perhaps on the next line.
    pub(super) fn lambda_body(&mut self) -> Expr {
        let next = self.past_newline();
        if !DECLARATIONS.iter().any(|word| self.is_keyword_at(next, word)) {
            self.skip_newline();
        }
        self.value(false, LAMBDA_STOPS, Context::VALUE)
    }

    fn parentheses_or_lambda(&mut self, context: Context) -> Parsed<Expr> {
        let item = |parser: &mut Self, stops| parser.value(false, stops, context);
        let list = self.parenthesized(true, Expr::is_missing, item)?;
        if !self.is(TokenKind::Arrow) {
            return Ok(self.inner_expression(list).0);
        }
        let parameters = list.items.into_iter().map(parameter).collect();
        Ok(self.lambda(parameters, list.span))
    }

    fn parenthesized_expressions(&mut self, context: Context, newlines: bool) -> Parsed<Parenthesized<Expr>> {
        self.parenthesized(newlines, Expr::is_missing, |parser, stops| parser.value(false, stops, context))
    }

    /// The one expression that stands in parentheses, and whether they are closed.
    fn inner_expression(&mut self, mut list: Parenthesized<Expr>) -> (Expr, bool) {
        if list.items.len() != 1 || list.separators > 0 {
            self.report_at(list.inner, "parentheses hold exactly one expression, on one line");
        }
        let inner = match list.items.pop() {
            Some(item) if list.items.is_empty() => item,
            _ => Expr::new(ExprKind::Invalid, list.inner),
        };
        (Expr::new(ExprKind::Parenthesized(Box::new(inner)), list.span), list.is_closed)
    }

    /// `if (…) {…}`; within a loop its `]` ends what can't be read.
    pub(super) fn condition(&mut self, context: Context, in_loop: bool) -> Parsed<Expr> {
        let start = self.expect_keyword("if")?.start;
        let stops = if in_loop { ARRAY_STOPS } else { LINE };
        let inner = Context { resources: false, ..context };
        let condition = self.recover(false, stops.with(TokenKind::LeftBrace), |parser| {
            let list = parser.parenthesized_expressions(inner, true)?;
            Ok(parser.inner_expression(list))
        });
        let (condition, is_quiet) = match condition {
            Ok((condition, is_closed)) => (condition, !is_closed),
            Err(span) => (Expr::new(ExprKind::Invalid, span), true),
        };
        let body = self.recover_expr(is_quiet, stops, |parser| parser.object(context));
        let span = self.span(start, body.span.end);
        Ok(Expr::new(ExprKind::If(Box::new(If { condition, body })), span))
    }

    fn is_for(&self) -> bool {
        let next = self.at + 1;
        let newline = self.peek_next() == TokenKind::NewLine;
        self.is_keyword_at(next + usize::from(newline), "for")
    }

    /// `[for … in …: …]`.
    pub(super) fn for_loop(&mut self, context: Context, is_declaration: bool) -> Parsed<Expr> {
        let start = self.expect(TokenKind::LeftSquare, "`[`")?.start;
        self.skip_newline();
        self.expect_keyword("for")?;
        let errors = self.errors.len();
        let (item, index, variables_span) = self.for_variables()?;
        let is_quiet = self.errors.len() > errors;
        let word = self.recover(is_quiet, ARRAY_STOPS, |parser| parser.expect_keyword("in"));
        let is_quiet = word.is_err_and(Span::is_empty);
        let source = self.value(is_quiet, ARRAY_STOPS.with(TokenKind::Colon), Context::VALUE);
        let colon = self.recover(source.is_missing(), ARRAY_STOPS, |parser| parser.expect(TokenKind::Colon, "`:`"));
        let is_quiet = colon.is_err_and(Span::is_empty);
        let body = self.recover_expr(is_quiet, ARRAY_STOPS, |parser| parser.for_body(context, is_declaration));
        if body.kind != ExprKind::Invalid {
            self.skip_newline();
        }
        let close = self.recover(body.is_missing(), ARRAY_STOPS, |parser| {
            parser.expect(TokenKind::RightSquare, "`]` at the end of the loop")
        });
        let end = close.map_or_else(|span| span.end, |token| token.end);
        let kind = ExprKind::For(Box::new(For { item, index, variables_span, source, body }));
        Ok(Expr::new(kind, self.span(start, end)))
    }

    fn for_body(&mut self, context: Context, is_declaration: bool) -> Parsed<Expr> {
        if !is_declaration {
            return self.expression(Context { complex: true, ..context });
        }
        if self.is_keyword("if") {
            return self.condition(context, true);
        }
        if !self.is(TokenKind::LeftBrace) {
            return Err(self.expected("`{` or `if`"));
        }
        self.object(context)
    }

    fn for_variables(&mut self) -> Parsed<(Name, Option<Name>, Span)> {
        if !self.is(TokenKind::LeftParen) {
            let item = self.name_or_missing("the name of the loop variable, or `(`");
            let span = item.span;
            return Ok((item, None, span));
        }
        let errors = self.errors.len();
        let list = self.parenthesized_expressions(Context::HOLE, false)?;
        if list.items.len() != 2 && self.errors.len() == errors {
            self.report_at(list.span, "expected two names in the parentheses: the element and its index");
        }
        let mut names = list.items.into_iter().map(parameter);
        let item = names.next().unwrap_or_else(|| Name { text: "".into(), span: list.inner });
        Ok((item, names.next(), list.span))
    }

    fn array(&mut self) -> Parsed<Expr> {
        let open = self.expect(TokenKind::LeftSquare, "`[`")?;
        let items = self.elements(TokenKind::RightSquare, |parser| {
            if parser.is(TokenKind::Ellipsis) {
                return ArrayItem::Spread(parser.spread(ARRAY_STOPS));
            }
            ArrayItem::Item(parser.value(false, ARRAY_STOPS, Context::VALUE))
        });
        self.close(open, TokenKind::RightSquare, "`]`")?;
        Ok(Expr::new(ExprKind::Array(items), self.since(open.start)))
    }

    /// `{…}`.
    pub(super) fn object(&mut self, context: Context) -> Parsed<Expr> {
        let open = self.expect(TokenKind::LeftBrace, "`{`")?;
        let items = self.elements(TokenKind::RightBrace, |parser| parser.object_item(context));
        self.close(open, TokenKind::RightBrace, "`}`")?;
        Ok(Expr::new(ExprKind::Object(items), self.since(open.start)))
    }

    fn object_item(&mut self, context: Context) -> ObjectItem {
        if context.resources && self.is_nested_resource() {
            return ObjectItem::Resource(Box::new(self.nested_resource()));
        }
        if self.is(TokenKind::Ellipsis) {
            return ObjectItem::Spread(self.spread(OBJECT_STOPS));
        }
        let (key, is_missing) = self.key(false);
        let colon = self.recover(is_missing, OBJECT_STOPS, |parser| parser.expect(TokenKind::Colon, "`:`"));
        let is_quiet = colon.is_err_and(Span::is_empty);
        let value = self.value(is_quiet, OBJECT_STOPS, Context::VALUE);
        let span = self.span(key.span().start, value.span.end);
        ObjectItem::Property(Property { key, value, span })
    }

    /// Whether decorators or the word `resource` start here; the latter may also be a property's name.
    fn is_nested_resource(&self) -> bool {
        self.is(TokenKind::At) || self.is_keyword("resource") && self.peek_next() == TokenKind::Identifier
    }

    fn spread(&mut self, stops: TokenSet) -> Spread {
        let start = self.bump().start;
        let value = self.value(false, stops.with(TokenKind::Comma), Context::VALUE);
        let span = self.span(start, value.span.end);
        Spread { value, span }
    }

    /// The key of a property, and whether there is nothing in its place.
    pub(super) fn key(&mut self, may_be_wildcard: bool) -> (Key, bool) {
        let what = if may_be_wildcard { "the name of a property, or `*`" } else { "the name of a property" };
        let key = self.recover(false, OBJECT_STOPS.with(TokenKind::Colon), |parser| match parser.peek() {
            TokenKind::Identifier => parser.name(what).map(Key::Name),
            TokenKind::StringComplete | TokenKind::StringLeft => {
                let start = parser.at;
                parser.string().map(Key::String).map_err(|_| parser.expected_at(start, what))
            }
            TokenKind::Asterisk if may_be_wildcard => {
                let token = parser.bump();
                Ok(Key::Wildcard(parser.span_of(token)))
            }
            _ => Err(parser.expected(what)),
        });
        match key {
            Ok(key) => (key, false),
            Err(span) => (Key::Invalid(span), span.is_empty()),
        }
    }
}

/// The name that an expression in the parentheses of a lambda or loop declares.
fn parameter(expr: Expr) -> Name {
    match expr.kind {
        ExprKind::Symbol(name) => name,
        _ => Name { text: "".into(), span: expr.span },
    }
}
