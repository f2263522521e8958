//! Tokens to the tree, by recursive descent.
//!
//! Where a part can't be read, reading resumes at one of the tokens that end the part; what lies between becomes an
//! invalid node. An error right after a part that is missing altogether is not reported: it has the same cause.

mod declaration;
mod expression;
mod link;
mod list;
mod postfix;
mod primary;
mod resource;
mod statement;
mod string;
mod type_expression;

use super::Dialect;
use super::ast::{Expr, ExprKind, Name, Statement, Type, TypeKind};
use super::token::{Token, TokenKind, TokenSet};
use crate::source::limits::{MAX_NESTING, MAX_RECOVERIES};
use crate::source::{FileId, Span};
use crate::syntax::SyntaxError;

/// Parses the tokens of `text`.
pub(super) fn parse(
    file: FileId,
    text: &str,
    tokens: &[Token],
    dialect: Dialect,
) -> (Vec<Statement>, Vec<SyntaxError>) {
    let mut parser = Parser { file, text, tokens, at: 0, depth: 0, too_deep: None, errors: Vec::new(), dialect };
    let statements = parser.program();
    (statements, parser.errors)
}

/// A part of the tree, or why it can't be read.
type Parsed<T> = Result<T, Failure>;

/// Why a part can't be read.
#[derive(Debug)]
enum Failure {
    /// For this reason.
    Error(SyntaxError),
    /// It is nested too deep, which is reported once for a statement.
    TooDeep,
}

/// Which literals may stand in an expression.
#[derive(Debug, Clone, Copy)]
struct Context {
    /// Whether arrays and objects may.
    complex: bool,
    /// Whether an object may hold nested resources.
    resources: bool,
}

impl Context {
    /// Anywhere but in the hole of a string.
    const VALUE: Self = Self { complex: true, resources: false };
    /// In the hole of a string.
    const HOLE: Self = Self { complex: false, resources: false };
    /// In the body of a resource.
    const RESOURCE: Self = Self { complex: true, resources: true };
}

const LINE: TokenSet = TokenSet::new(&[TokenKind::NewLine]);
/// Ends of what may enclose an expression.
const CLOSERS: TokenSet = TokenSet::new(&[
    TokenKind::StringRight,
    TokenKind::RightBrace,
    TokenKind::RightParen,
    TokenKind::RightSquare,
    TokenKind::NewLine,
]);

struct Parser<'a> {
    file: FileId,
    text: &'a str,
    /// Ends with [`TokenKind::EndOfFile`], which is never consumed.
    tokens: &'a [Token],
    at: usize,
    depth: usize,
    /// The one error about all that is nested too deep in a statement.
    too_deep: Option<SyntaxError>,
    errors: Vec<SyntaxError>,
    dialect: Dialect,
}

impl Parser<'_> {
    fn token(&self) -> Token {
        self.tokens[self.at]
    }

    fn peek(&self) -> TokenKind {
        self.tokens[self.at].kind
    }

    /// The kind of the token after this one.
    fn peek_next(&self) -> TokenKind {
        self.tokens.get(self.at + 1).map_or(TokenKind::EndOfFile, |token| token.kind)
    }

    /// Where the first token is that is no line break, from this one on.
    fn past_newline(&self) -> usize {
        self.at + usize::from(self.is(TokenKind::NewLine))
    }

    fn is(&self, kind: TokenKind) -> bool {
        self.peek() == kind
    }

    fn is_keyword(&self, word: &str) -> bool {
        self.is_keyword_at(self.at, word)
    }

    fn is_keyword_at(&self, at: usize, word: &str) -> bool {
        self.tokens.get(at).is_some_and(|token| token.kind == TokenKind::Identifier && self.token_text(*token) == word)
    }

    fn token_text(&self, token: Token) -> &str {
        &self.text[token.start as usize..token.end as usize]
    }

    fn bump(&mut self) -> Token {
        let token = self.token();
        if token.kind != TokenKind::EndOfFile {
            self.at += 1;
        }
        token
    }

    fn eat(&mut self, kind: TokenKind) -> bool {
        let found = self.is(kind);
        if found {
            self.bump();
        }
        found
    }

    fn skip_newline(&mut self) {
        self.eat(TokenKind::NewLine);
    }

    fn expect(&mut self, kind: TokenKind, what: &str) -> Parsed<Token> {
        if self.is(kind) { Ok(self.bump()) } else { Err(self.expected(what)) }
    }

    fn expect_keyword(&mut self, word: &str) -> Parsed<Token> {
        if self.is_keyword(word) { Ok(self.bump()) } else { Err(self.expected(&format!("`{word}`"))) }
    }

    fn span(&self, start: u32, end: u32) -> Span {
        Span { file: self.file, start, end }
    }

    fn span_of(&self, token: Token) -> Span {
        self.span(token.start, token.end)
    }

    /// The empty span before this token.
    fn here(&self) -> Span {
        self.span(self.token().start, self.token().start)
    }

    /// From `start` to the end of the token before this one.
    fn since(&self, start: u32) -> Span {
        let end = self.at.checked_sub(1).map_or(start, |at| self.tokens[at].end);
        self.span(start, end.max(start))
    }

    /// That this token is not what should stand here.
    fn expected(&self, what: &str) -> Failure {
        self.expected_at(self.at, what)
    }

    #[cold]
    fn expected_at(&self, at: usize, what: &str) -> Failure {
        let token = self.tokens[at];
        let found = match token.kind {
            TokenKind::NewLine => "the end of the line".to_owned(),
            TokenKind::EndOfFile => "the end of the file".to_owned(),
            TokenKind::StringComplete | TokenKind::StringLeft => "a string".to_owned(),
            TokenKind::StringMiddle | TokenKind::StringRight => "`}`".to_owned(),
            _ => format!("`{}`", self.token_text(token).chars().take(64).collect::<String>().escape_debug()),
        };
        let end = if token.kind == TokenKind::NewLine { token.start } else { token.end };
        let span = self.span(token.start, end);
        Failure::Error(SyntaxError { span, message: format!("expected {what}, found {found}") })
    }

    fn report(&mut self, failure: Failure) {
        match failure {
            Failure::Error(error) if self.errors.len() < MAX_RECOVERIES => self.errors.push(error),
            Failure::Error(_) | Failure::TooDeep => {}
        }
    }

    fn report_at(&mut self, span: Span, message: &str) {
        self.report(Failure::Error(SyntaxError { span, message: message.to_owned() }));
    }

    /// Reads a part; if that fails, skips to one of `stops` and yields what was skipped. Errors within a part that
    /// can't be read as a whole are taken for consequences.
    fn recover<T>(
        &mut self,
        is_quiet: bool,
        stops: TokenSet,
        parse: impl FnOnce(&mut Self) -> Parsed<T>,
    ) -> Result<T, Span> {
        let before = (self.at, self.errors.len());
        parse(self).map_err(|error| self.give_up(before, error, is_quiet, stops))
    }

    /// Drops the errors since `before`, reports `failure` and skips to one of `stops`.
    #[cold]
    fn give_up(&mut self, (start, errors): (usize, usize), failure: Failure, is_quiet: bool, stops: TokenSet) -> Span {
        self.errors.truncate(errors);
        if !is_quiet {
            self.report(failure);
        }
        self.skip_from(start, stops)
    }

    fn skip_from(&mut self, start: usize, stops: TokenSet) -> Span {
        while !stops.has(self.peek()) && !self.is(TokenKind::EndOfFile) {
            self.at += 1;
        }
        let first = self.tokens[start].start;
        if self.at > start { self.since(first) } else { self.span(first, first) }
    }

    /// An expression, or an invalid one for what was skipped. Without closures, since expressions nest through it.
    fn value(&mut self, is_quiet: bool, stops: TokenSet, context: Context) -> Expr {
        let before = (self.at, self.errors.len());
        match self.expression(context) {
            Ok(expr) => expr,
            Err(error) => Expr::new(ExprKind::Invalid, self.give_up(before, error, is_quiet, stops)),
        }
    }

    /// A type, or an invalid one for what was skipped.
    fn any_type(&mut self, is_quiet: bool, stops: TokenSet) -> Type {
        let before = (self.at, self.errors.len());
        match self.type_expression() {
            Ok(found) => found,
            Err(error) => Type::new(TypeKind::Invalid, self.give_up(before, error, is_quiet, stops)),
        }
    }

    fn recover_expr(&mut self, is_quiet: bool, stops: TokenSet, parse: impl FnOnce(&mut Self) -> Parsed<Expr>) -> Expr {
        self.recover(is_quiet, stops, parse).unwrap_or_else(|span| Expr::new(ExprKind::Invalid, span))
    }

    fn recover_type(&mut self, is_quiet: bool, stops: TokenSet, parse: impl FnOnce(&mut Self) -> Parsed<Type>) -> Type {
        self.recover(is_quiet, stops, parse).unwrap_or_else(|span| Type::new(TypeKind::Invalid, span))
    }

    /// An identifier, or a missing name for what was skipped in its place.
    fn recover_name(&mut self, what: &str, stops: TokenSet) -> Name {
        let missing = |span| Name { text: "".into(), span };
        self.recover(false, stops, |parser| parser.name(what)).unwrap_or_else(missing)
    }

    fn name(&mut self, what: &str) -> Parsed<Name> {
        let token = self.expect(TokenKind::Identifier, what)?;
        Ok(Name { text: self.token_text(token).into(), span: self.span_of(token) })
    }

    /// An identifier, or an error and a missing name here.
    fn name_or_missing(&mut self, what: &str) -> Name {
        self.name(what).unwrap_or_else(|_| {
            let error = self.expected(what);
            self.report(error);
            Name { text: "".into(), span: self.here() }
        })
    }

    /// Goes one level deeper; past the limit an error, which is reported once for a statement.
    fn deeper(&mut self) -> Parsed<()> {
        self.depth += 1;
        if self.depth <= MAX_NESTING {
            return Ok(());
        }
        if self.too_deep.is_none() {
            let span = self.span_of(self.token());
            self.too_deep = Some(SyntaxError { span, message: format!("nested deeper than {MAX_NESTING}") });
        }
        Err(Failure::TooDeep)
    }
}

/// Whether a name is missing altogether, so that the next error has the same cause.
fn is_absent(name: &Name) -> bool {
    name.is_missing() && name.span.is_empty()
}

#[cfg(test)]
mod tests {
    use super::super::{Dialect, Expr, Program, StatementKind, parse as parse_text};
    use crate::source::{FileId, Span};
    use crate::syntax::SyntaxError;

    pub(super) fn parse(text: &str) -> (Program, Vec<SyntaxError>) {
        parse_text(FileId(0), text, Dialect::Template)
    }

    /// The expression `text`, with spans that count from its start.
    pub(super) fn value(text: &str) -> Expr {
        let prefix = "var a = ";
        let (program, errors) = parse(&format!("{prefix}{text}\n"));
        assert_eq!(errors, [], "{text}");
        let StatementKind::Variable { mut value, .. } = program.statements[0].kind.clone() else { panic!("{text}") };
        shift(&mut value, prefix.len() as u32);
        value
    }

    fn shift(expr: &mut Expr, by: u32) {
        use super::super::ExprKind;
        let move_span = |span: &mut Span| *span = Span { start: span.start - by, end: span.end - by, ..*span };
        move_span(&mut expr.span);
        match &mut expr.kind {
            ExprKind::Binary { left, right, operator_span, .. } => {
                move_span(operator_span);
                shift(left, by);
                shift(right, by);
            }
            ExprKind::Property { base, name, .. } => {
                move_span(&mut name.span);
                shift(base, by);
            }
            _ => {}
        }
    }

    pub(super) fn marked(text: &str, span: Span) -> &str {
        &text[span.range()]
    }

    #[test]
    fn errors_say_what_was_expected_at_the_token() {
        for (text, place, message) in [
            ("param\n", "", "expected the name of the parameter, found the end of the line"),
            ("param a\n", "", "expected a type, found the end of the line"),
            ("param a string b\n", "b", "expected `=` or a line break, found `b`"),
            ("var a = \n", "", "expected an expression, found the end of the line"),
            ("var a 'x'\n", "", "expected `=`, found the end of the line"),
            ("var a = [1 2]\n", "2", "expected `,` or a line break, found `2`"),
            ("var a = [\n1,\n2]\n", "", "a comma can't end a line here; lines need no commas between them"),
            ("var a = f(1,)\n", ")", "expected an expression, found `)`"),
            ("var a = f(\n1\n2)\n", "", "expected `,` before the next line"),
            ("var a = {\n  b: 1\n", "", "expected `}` for the `{` in line 1, found the end of the file"),
            ("var a = 'x\n", "'x", "the string is not closed on this line; add a `'`"),
            ("var a = \"x\"\n", "\"", "strings have single quotes"),
            (
                "var a = '\\x'\n",
                "\\x",
                "unknown escape; `\\'`, `\\\\`, `\\$`, `\\n`, `\\r`, `\\t` and `\\u{hex}` are known",
            ),
            ("var a = 1.5\n", "1.5", "numbers are whole in Bicep; write a fraction as `json('0.5')`"),
            (
                "resource a b = {}\n",
                "b",
                "expected a resource type such as `'Microsoft.Storage/storageAccounts@2023-01-01'`, found `b`",
            ),
            ("resource a 'b@1' = 1\n", "1", "expected `{`, `[` or `if`, found `1`"),
            ("@secure()\n", "@secure()", "expected a declaration after the decorator"),
            (
                "foo bar\n",
                "foo",
                "expected a declaration such as `param`, `var`, `resource`, `module` or `output`, found `foo`",
            ),
            ("var a = (\n  1\n)\n", "\n  1\n", "parentheses hold exactly one expression, on one line"),
            ("import a from 'b'\n", "a", "expected `{` with names in it, or `* as` and a name, found `a`"),
        ] {
            let (_, errors) = parse(text);
            let found: Vec<_> = errors.iter().map(|error| (marked(text, error.span), &*error.message)).collect();
            assert_eq!(found, [(place, message)], "{text}");
        }
    }

    #[test]
    fn one_bad_statement_spoils_no_other() {
        let (program, errors) = parse("var a = ]\nparam b string\nfoo\nvar c = {\n  d: ,\n  e: 1\n}\n");
        let names: Vec<_> = program.statements.iter().filter_map(|s| s.name()).map(|name| &*name.text).collect();
        assert_eq!(names, ["a", "b", "c"]);
        assert_eq!(errors.len(), 3);
        let StatementKind::Variable { value, .. } = &program.statements[3].kind else { panic!() };
        assert!(value.property("e").is_some());
    }
}
