//! Types.

use super::expression::unary_operator;
use super::{CLOSERS, Context, LINE, Parsed, Parser};
use crate::source::Span;
use crate::syntax::bicep::ast::{Key, TupleItem, Type, TypeKind, TypeProperty, TypedLambda, TypedParameter};
use crate::syntax::bicep::token::{TokenKind, TokenSet};

const OBJECT_STOPS: TokenSet = LINE.with(TokenKind::RightBrace);
const NOTHING: TokenSet = TokenSet::new(&[]);

impl Parser<'_> {
    /// The type in a declaration, which may be `resource 'type@version'`.
    pub(super) fn declared_type(&mut self, resource_string_is_optional: bool) -> Parsed<Type> {
        if !self.is_keyword("resource") || self.peek_next() == TokenKind::LeftChevron {
            return self.type_expression();
        }
        let start = self.bump().start;
        let resource_type = (!resource_string_is_optional || self.is_string()).then(|| {
            let stops = LINE.with(TokenKind::Assignment);
            self.recover_expr(false, stops, |parser| parser.required_string(super::resource::RESOURCE_TYPE))
        });
        let end = resource_type.as_ref().map_or(self.since(start).end, |expr| expr.span.end);
        Ok(Type::new(TypeKind::Resource(resource_type.map(Box::new)), self.span(start, end)))
    }

    /// Any type.
    pub(super) fn type_expression(&mut self) -> Parsed<Type> {
        let outer = self.depth;
        self.deeper()?;
        let parsed = self.union();
        self.depth = outer;
        parsed
    }

    fn union(&mut self) -> Parsed<Type> {
        let start = self.tokens[self.past_newline()].start;
        let is_led = self.eat_pipe();
        let first = self.suffixed_type()?;
        if is_led || self.is_pipe() { Ok(self.members(first, is_led.then_some(start))) } else { Ok(first) }
    }

    /// A union that starts with `first`, or with a `|` at `start` before it.
    fn members(&mut self, first: Type, start: Option<u32>) -> Type {
        let start = start.unwrap_or(first.span.start);
        let mut members = vec![first];
        while self.eat_pipe() {
            if self.is(TokenKind::NewLine) {
                let error = self.expected("a type after `|`");
                self.report(error);
                members.push(Type::new(TypeKind::Invalid, self.here()));
            } else {
                members.push(self.recover_type(false, NOTHING, Self::suffixed_type));
            }
        }
        let end = members.last().map_or(start, |last| last.span.end);
        Type::new(TypeKind::Union(members), self.span(start, end))
    }

    fn is_pipe(&self) -> bool {
        self.tokens.get(self.past_newline()).is_some_and(|token| token.kind == TokenKind::Pipe)
    }

    /// Consumes a `|`, which may stand at the start of the next line.
    fn eat_pipe(&mut self) -> bool {
        let found = self.is_pipe();
        if found {
            self.skip_newline();
            self.bump();
        }
        found
    }

    fn suffixed_type(&mut self) -> Parsed<Type> {
        let base = self.signed_type()?;
        if matches!(self.peek(), TokenKind::Question | TokenKind::Exclamation) { self.marks(base) } else { Ok(base) }
    }

    fn marks(&mut self, mut base: Type) -> Parsed<Type> {
        loop {
            let kind = match self.peek() {
                TokenKind::Question => TypeKind::Nullable as fn(Box<Type>) -> TypeKind,
                TokenKind::Exclamation => TypeKind::NonNullable,
                _ => return Ok(base),
            };
            self.deeper()?;
            self.bump();
            let span = self.since(base.span.start);
            base = Type::new(kind(Box::new(base)), span);
        }
    }

    fn signed_type(&mut self) -> Parsed<Type> {
        let Some(operator) = unary_operator(self.peek()) else { return self.member_type() };
        let start = self.bump().start;
        let operand = self.recover_type(false, CLOSERS, Self::member_type);
        let span = self.span(start, operand.span.end);
        Ok(Type::new(TypeKind::Unary { operator, operand: Box::new(operand) }, span))
    }

    fn member_type(&mut self) -> Parsed<Type> {
        let base = self.primary_type()?;
        if matches!(self.peek(), TokenKind::LeftSquare | TokenKind::Dot) { self.type_suffixes(base) } else { Ok(base) }
    }

    fn type_suffixes(&mut self, mut base: Type) -> Parsed<Type> {
        loop {
            let start = base.span.start;
            let kind = match self.peek() {
                TokenKind::LeftSquare => self.type_index(base)?,
                TokenKind::Dot => self.type_member(base),
                _ => return Ok(base),
            };
            self.deeper()?;
            base = self.ended_type(kind, start);
        }
    }

    fn type_index(&mut self, base: Type) -> Parsed<TypeKind> {
        self.bump();
        let base = Box::new(base);
        if self.eat(TokenKind::RightSquare) {
            return Ok(TypeKind::Array(base));
        }
        let kind = if self.eat(TokenKind::Asterisk) {
            TypeKind::Items(base)
        } else {
            TypeKind::Element { base, index: Box::new(self.expression(Context::HOLE)?) }
        };
        self.expect(TokenKind::RightSquare, "`]`")?;
        Ok(kind)
    }

    fn type_member(&mut self, base: Type) -> TypeKind {
        self.bump();
        let base = Box::new(base);
        if self.eat(TokenKind::Asterisk) {
            return TypeKind::AdditionalProperties(base);
        }
        let name = self.name_or_missing("the name of a property");
        if self.is(TokenKind::LeftChevron) {
            return TypeKind::MemberGeneric { base, name, args: self.type_arguments() };
        }
        TypeKind::Property { base, name }
    }

    /// A type from `start` to here, or to where its name or last argument is missing.
    fn ended_type(&self, kind: TypeKind, start: u32) -> Type {
        let last = match &kind {
            TypeKind::Property { name, .. } => Some(name.span.end),
            TypeKind::Generic { args, .. } | TypeKind::MemberGeneric { args, .. } => {
                args.last().map(|arg| arg.span.end)
            }
            _ => None,
        };
        let end = self.since(start).end;
        Type::new(kind, self.span(start, last.map_or(end, |last| last.max(end))))
    }

    fn type_arguments(&mut self) -> Vec<Type> {
        self.bump();
        let stops = TokenSet::new(&[TokenKind::NewLine, TokenKind::Comma, TokenKind::RightChevron]);
        let args = self.arguments(TokenKind::RightChevron, |parser| parser.any_type(false, stops));
        if !self.eat(TokenKind::RightChevron) {
            let error = self.expected("`>`");
            self.report(error);
        }
        args
    }

    fn primary_type(&mut self) -> Parsed<Type> {
        match self.peek() {
            TokenKind::LeftBrace => self.object_type(),
            TokenKind::LeftSquare => self.tuple_type(),
            TokenKind::LeftParen => self.parenthesized_type(),
            TokenKind::Identifier => self.named_type(),
            _ => self.literal_type(),
        }
    }

    fn named_type(&mut self) -> Parsed<Type> {
        let name = self.name("the name of a type")?;
        let start = name.span.start;
        let kind = if self.is(TokenKind::LeftChevron) {
            TypeKind::Generic { name, args: self.type_arguments() }
        } else {
            TypeKind::Name(name)
        };
        Ok(self.ended_type(kind, start))
    }

    fn literal_type(&mut self) -> Parsed<Type> {
        let token = self.token();
        let span = self.span_of(token);
        let kind = match token.kind {
            TokenKind::Null => TypeKind::Null,
            TokenKind::True => TypeKind::Bool(true),
            TokenKind::False => TypeKind::Bool(false),
            TokenKind::Integer => TypeKind::Integer(self.integer(span)?),
            TokenKind::StringComplete | TokenKind::StringLeft => {
                return Ok(match self.string() {
                    Ok(string) => Type { span: string.span, kind: TypeKind::String(Box::new(string)) },
                    Err(span) => Type::new(TypeKind::Invalid, span),
                });
            }
            _ => return Err(self.expected("a type")),
        };
        self.bump();
        Ok(Type::new(kind, span))
    }

    fn parenthesized_type(&mut self) -> Parsed<Type> {
        let mut list = self.parenthesized(false, Type::is_missing, |parser, stops| parser.any_type(false, stops))?;
        if list.items.len() != 1 || list.separators > 0 {
            self.report_at(list.inner, "parentheses hold exactly one type, on one line");
        }
        let inner = match list.items.pop() {
            Some(item) if list.items.is_empty() => item,
            _ => Type::new(TypeKind::Invalid, list.inner),
        };
        Ok(Type::new(TypeKind::Parenthesized(Box::new(inner)), list.span))
    }

    fn object_type(&mut self) -> Parsed<Type> {
        let open = self.expect(TokenKind::LeftBrace, "`{`")?;
        let properties = self.elements(TokenKind::RightBrace, Self::type_property);
        self.close(open, TokenKind::RightBrace, "`}`")?;
        Ok(Type::new(TypeKind::Object(properties), self.since(open.start)))
    }

    fn type_property(&mut self) -> TypeProperty {
        let decorators = self.decorators();
        let (key, is_missing) = self.key(true);
        let colon = self.recover(is_missing, OBJECT_STOPS, |parser| parser.expect(TokenKind::Colon, "`:`"));
        let is_quiet = colon.is_err_and(Span::is_empty);
        let value = self.any_type(is_quiet, OBJECT_STOPS);
        let start = decorators.first().map_or(Key::span(&key).start, |decorator| decorator.span.start);
        let span = self.span(start, value.span.end);
        TypeProperty { decorators, key, value, span }
    }

    fn tuple_type(&mut self) -> Parsed<Type> {
        let open = self.expect(TokenKind::LeftSquare, "`[`")?;
        let stops = LINE.with(TokenKind::RightSquare);
        let items = self.elements(TokenKind::RightSquare, |parser| {
            let decorators = parser.decorators();
            let value = parser.any_type(false, stops);
            let start = decorators.first().map_or(value.span.start, |decorator| decorator.span.start);
            let span = parser.span(start, value.span.end);
            TupleItem { decorators, value, span }
        });
        self.close(open, TokenKind::RightSquare, "`]`")?;
        Ok(Type::new(TypeKind::Tuple(items), self.since(open.start)))
    }

    /// `(parameters…) type => body`.
    pub(super) fn typed_lambda(&mut self) -> Parsed<TypedLambda> {
        let parameter_stops = TokenSet::new(&[TokenKind::NewLine, TokenKind::Comma, TokenKind::RightParen]);
        let list = self.parenthesized(
            true,
            |_| false,
            |parser, _| {
                let name = parser.name_or_missing("the name of a parameter");
                let value_type = parser.recover_type(false, parameter_stops, |parser| parser.declared_type(false));
                let span = parser.span(name.span.start, value_type.span.end);
                TypedParameter { name, value_type, span }
            },
        )?;
        let stops = LINE.with(TokenKind::RightParen);
        let returns = self.recover_type(false, stops, |parser| parser.declared_type(false));
        let arrow = self.recover(false, stops, |parser| parser.expect(TokenKind::Arrow, "`=>`"));
        let body = if arrow.is_ok() { self.lambda_body() } else { self.value(false, stops, Context::VALUE) };
        let span = list.span.cover(body.span);
        Ok(TypedLambda { parameters: list.items, parameters_span: list.span, returns, body, span })
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::parse;
    use crate::syntax::bicep::StatementKind;
    use crate::syntax::bicep::shape::value_type;

    #[test]
    fn types_of_every_kind() {
        for (text, expected) in [
            ("'a' | 'b' | -1 | true | null", "'a' | 'b' | (Minus 1) | true | null"),
            ("\n  | 'a'\n  // why\n  | 'b'", "'a' | 'b'"),
            ("string[]?", "(string[]?)"),
            ("('a' | 'b')[]", "('a' | 'b')[]"),
            ("{\n  @secure()\n  a: string?\n  'b': int\n  *: bool\n}", "{@a: (string?), 'b': int, *: bool}"),
            ("[\n  string\n  int\n]", "[string, int]"),
            ("sys.string", "sys.string"),
            ("a.b[*].c[1].*!", "(a.b[*].c[1].*!)"),
            (
                "resourceInput<'Microsoft.Storage/storageAccounts@2023-01-01'>.properties",
                "resourceInput<'Microsoft.Storage/storageAccounts@2023-01-01'>.properties",
            ),
            ("sys.resourceOutput<'a@1'>", "sys.resourceOutput<'a@1'>"),
        ] {
            let (program, errors) = parse(&format!("type a = {text}\n"));
            assert_eq!(errors, [], "{text}");
            let StatementKind::Type { value, .. } = &program.statements[0].kind else { panic!("{text}") };
            assert_eq!(value_type(value), expected, "{text}");
        }
    }
}
