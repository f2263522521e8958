//! Parser of the template language as strings in brackets hold it.

use std::ops::Range;

use super::{Expr, ExprKind, Name};
use crate::source::limits::MAX_NESTING;
use crate::source::{FileId, Span};
use crate::syntax::placeholder::Site;
use crate::syntax::{Interner, SyntaxError};

/// What a JSON string denotes: a literal, or an expression when it starts with `[` and ends with `]`.
///
/// `contents` is the decoded string, `span` the whole JSON string with its quotes, and `offsets` maps an offset in
/// `contents` to the offset in the file. `[[` at the start of a string in brackets stands for one literal bracket.
pub fn parse_string(
    file: FileId,
    contents: &str,
    span: Span,
    offsets: &dyn Fn(usize) -> u32,
    names: &mut Interner,
    errors: &mut Vec<SyntaxError>,
) -> Expr {
    let mut literal = |start: usize| {
        let part =
            |range: Range<usize>| Span { start: offsets(start + range.start), end: offsets(start + range.end), ..span };
        super::text(&contents[start..], Site::Template, span, &part, names)
    };
    if !contents.starts_with('[') || !contents.ends_with(']') || contents.len() < 2 {
        return literal(0);
    }
    if contents.starts_with("[[") {
        return literal(1);
    }
    let end = contents.len() - 1;
    let mut parser = Parser { file, text: contents, end, at: 1, depth: 0, offsets, names, arguments: Vec::new() };
    let parsed = parser.expression().and_then(|expr| parser.finish(expr));
    match parsed {
        Ok(expr) => Expr { kind: expr.kind, span },
        Err(error) => {
            errors.push(error);
            Expr::new(ExprKind::Invalid, span)
        }
    }
}

struct Parser<'a> {
    file: FileId,
    text: &'a str,
    /// Offset of the closing bracket.
    end: usize,
    at: usize,
    depth: usize,
    offsets: &'a dyn Fn(usize) -> u32,
    names: &'a mut Interner,
    /// The arguments of the calls that are not closed yet, so that each call gets a row of its own length.
    arguments: Vec<Expr>,
}

type Parsed<T> = Result<T, SyntaxError>;

impl Parser<'_> {
    fn expression(&mut self) -> Parsed<Expr> {
        let outer = self.depth;
        self.depth += 1;
        if self.depth > MAX_NESTING {
            return Err(self.error(self.at, self.at + 1, format!("nested deeper than {MAX_NESTING}")));
        }
        self.blanks();
        let start = self.at;
        let mut expr = match self.peek() {
            Some(b'\'') => self.string()?,
            Some(b'0'..=b'9' | b'-' | b'+') => self.number()?,
            Some(b'a'..=b'z' | b'A'..=b'Z' | b'_') => self.call()?,
            _ => return Err(self.unexpected("an expression")),
        };
        loop {
            self.blanks();
            match self.peek() {
                Some(b'.') => {
                    self.at += 1;
                    self.blanks();
                    let name = self.name("a property name")?;
                    let kind = ExprKind::Property { base: Box::new(expr), name };
                    expr = Expr::new(kind, self.span(start, self.at));
                }
                Some(b'[') => {
                    self.at += 1;
                    let index = self.expression()?;
                    self.expect(b']')?;
                    let kind = ExprKind::Index { base: Box::new(expr), index: Box::new(index) };
                    expr = Expr::new(kind, self.span(start, self.at));
                }
                _ => break,
            }
            // A long chain nests as deep as brackets do.
            self.depth += 1;
            if self.depth > MAX_NESTING {
                return Err(self.error(start, self.at, format!("nested deeper than {MAX_NESTING}")));
            }
        }
        self.depth = outer;
        Ok(expr)
    }

    fn finish(&mut self, expr: Expr) -> Parsed<Expr> {
        self.blanks();
        if self.at < self.end { Err(self.unexpected("the end of the expression")) } else { Ok(expr) }
    }

    fn call(&mut self) -> Parsed<Expr> {
        let start = self.at;
        let mut name = self.name("a function name")?;
        self.blanks();
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.blanks();
            let member = self.name("a function name")?;
            let text = self.names.intern(&format!("{}.{}", name.text, member.text));
            name = Name { text, span: name.span.cover(member.span) };
            self.blanks();
        }
        if self.peek() != Some(b'(') {
            let message = format!("`{}` is not a value; a string needs quotes and a function its arguments", name.text);
            return Err(SyntaxError { span: name.span, message });
        }
        self.at += 1;
        let args = self.arguments()?;
        Ok(Expr::new(ExprKind::Call { name, args }, self.span(start, self.at)))
    }

    /// The arguments of a call whose bracket has been opened.
    fn arguments(&mut self) -> Parsed<Vec<Expr>> {
        self.blanks();
        if self.peek() == Some(b')') {
            self.at += 1;
            return Ok(Vec::new());
        }
        let outer = self.arguments.len();
        loop {
            let argument = self.expression()?;
            self.blanks();
            match self.peek() {
                Some(b',') => self.at += 1,
                // Most calls have one argument.
                Some(b')') if self.arguments.len() == outer => {
                    self.at += 1;
                    return Ok(vec![argument]);
                }
                Some(b')') => {
                    self.at += 1;
                    self.arguments.push(argument);
                    return Ok(self.arguments.drain(outer..).collect());
                }
                _ => return Err(self.unexpected("`,` or `)`")),
            }
            self.arguments.push(argument);
        }
    }

    fn name(&mut self, expected: &str) -> Parsed<Name> {
        let start = self.at;
        let is_start = |byte: u8| byte.is_ascii_alphabetic() || byte == b'_' || byte == b'$';
        if !self.peek().is_some_and(is_start) {
            return Err(self.unexpected(expected));
        }
        while self.peek().is_some_and(|byte| is_start(byte) || byte.is_ascii_digit()) {
            self.at += 1;
        }
        let text = self.names.intern(&self.text[start..self.at]);
        Ok(Name { text, span: self.span(start, self.at) })
    }

    fn string(&mut self) -> Parsed<Expr> {
        let start = self.at;
        let bytes = self.text.as_bytes();
        let mut at = start + 1;
        let mut doubled = false;
        loop {
            match memchr::memchr(b'\'', &bytes[at..self.end]) {
                None => return Err(self.error(start, start + 1, "this quote is never closed".to_owned())),
                Some(found) if at + found + 1 < self.end && bytes[at + found + 1] == b'\'' => {
                    doubled = true;
                    at += found + 2;
                }
                Some(found) => {
                    at += found;
                    break;
                }
            }
        }
        let inside = &self.text[start + 1..at];
        self.at = at + 1;
        let whole = self.span(start, self.at);
        if doubled {
            return Ok(Expr::new(ExprKind::String(inside.replace("''", "'").into()), whole));
        }
        let (file, offsets) = (self.file, self.offsets);
        let part = |range: Range<usize>| {
            let [start, end] = [range.start, range.end].map(|offset| offsets(start + 1 + offset));
            Span { file, start, end }
        };
        Ok(super::text(inside, Site::Expression, whole, &part, self.names))
    }

    fn number(&mut self) -> Parsed<Expr> {
        let start = self.at;
        self.at += 1;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        let fraction =
            self.peek() == Some(b'.') && self.text.as_bytes().get(self.at + 1).is_some_and(u8::is_ascii_digit);
        if fraction {
            let message = "expressions have whole numbers only; write a fraction as `json('0.5')`".to_owned();
            return Err(self.error(start, self.at + 1, message));
        }
        match self.text[start..self.at].parse() {
            Ok(number) => Ok(Expr::new(ExprKind::Integer(number), self.span(start, self.at))),
            Err(_) => Err(self.error(start, self.at, "this is not a whole number of 64 bits".to_owned())),
        }
    }

    fn expect(&mut self, byte: u8) -> Parsed<()> {
        self.blanks();
        if self.peek() == Some(byte) {
            self.at += 1;
            return Ok(());
        }
        Err(self.unexpected(&format!("`{}`", byte as char)))
    }

    fn blanks(&mut self) {
        while self.peek().is_some_and(|byte| byte.is_ascii_whitespace()) {
            self.at += 1;
        }
    }

    fn peek(&self) -> Option<u8> {
        (self.at < self.end).then(|| self.text.as_bytes()[self.at])
    }

    fn span(&self, start: usize, end: usize) -> Span {
        Span { file: self.file, start: (self.offsets)(start), end: (self.offsets)(end) }
    }

    fn error(&self, start: usize, end: usize, message: String) -> SyntaxError {
        SyntaxError { span: self.span(start, end), message }
    }

    /// An error at the present place; at the end of the expression it marks the closing bracket.
    fn unexpected(&self, expected: &str) -> SyntaxError {
        let found = self.text[self.at..self.end].chars().next();
        let (found, length) = match found {
            None if self.end == 1 => ("nothing".to_owned(), 1),
            None => ("the end of the expression".to_owned(), 1),
            Some('"') => ("`\"`; strings in expressions have single quotes".to_owned(), 1),
            Some(quote @ ('\u{2018}' | '\u{2019}')) => {
                (format!("`{quote}`; strings have straight quotes"), quote.len_utf8())
            }
            Some(other) => (format!("`{}`", other.escape_default()), other.len_utf8()),
        };
        self.error(self.at, self.at + length, format!("expected {expected}, found {found}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Parses the contents of a JSON string without escapes; offsets in the result count from its first quote.
    fn parse(contents: &str) -> (Expr, Vec<SyntaxError>) {
        let mut errors = Vec::new();
        let span = Span::new(FileId(0), 0, contents.len() + 2);
        let expr =
            parse_string(FileId(0), contents, span, &|offset| offset as u32 + 1, &mut Interner::default(), &mut errors);
        (expr, errors)
    }

    fn marked(contents: &str, span: Span) -> &str {
        &contents[span.start as usize - 1..span.end as usize - 1]
    }

    #[test]
    fn strings_without_both_brackets_are_literals() {
        for (contents, value) in [("a", "a"), ("[a", "[a"), (" [x()]", " [x()]"), ("[[x]", "[x]"), ("[[x", "[[x")] {
            assert_eq!(parse(contents).0.as_str(), Some(value), "{contents}");
        }
        assert_eq!(parse("['it''s']").0.as_str(), Some("it's"));
    }

    #[test]
    fn every_part_has_its_own_span() {
        let contents = "[concat( 'a', x.f(1)[0].b )]";
        let (expr, errors) = parse(contents);
        assert_eq!((errors, expr.span.len()), (vec![], contents.len() + 2));
        let ExprKind::Call { name, args } = &expr.kind else { panic!("{expr:?}") };
        assert_eq!(marked(contents, name.span), "concat");
        assert_eq!(marked(contents, args[0].span), "'a'");
        assert_eq!(marked(contents, args[1].span), "x.f(1)[0].b");
        let ExprKind::Property { base, name } = &args[1].kind else { panic!("{args:?}") };
        assert_eq!((marked(contents, name.span), marked(contents, base.span)), ("b", "x.f(1)[0]"));
        let ExprKind::Index { base, .. } = &base.kind else { panic!("{base:?}") };
        let ExprKind::Call { name, .. } = &base.kind else { panic!("{base:?}") };
        assert_eq!((&*name.text, marked(contents, name.span)), ("x.f", "x.f"));
    }

    #[test]
    fn errors_are_at_the_token() {
        for (contents, place, message) in [
            ("[]", "]", "expected an expression, found nothing"),
            ("[a(]", "]", "expected an expression, found the end of the expression"),
            ("[a('x' 'y')]", "'", "expected `,` or `)`, found `\\'`"),
            ("[a('x)]", "'", "this quote is never closed"),
            ("[a() b]", "b", "expected the end of the expression, found `b`"),
            ("[foo]", "foo", "`foo` is not a value; a string needs quotes and a function its arguments"),
            ("[f(1.5)]", "1.", "expressions have whole numbers only; write a fraction as `json('0.5')`"),
            ("[f(99999999999999999999)]", "99999999999999999999", "this is not a whole number of 64 bits"),
            ("[f(\"x\")]", "\"", "expected an expression, found `\"`; strings in expressions have single quotes"),
            ("[a()[0]", "]", "expected `]`, found the end of the expression"),
        ] {
            let (_, errors) = parse(contents);
            let [error] = errors.as_slice() else { panic!("{contents}: {errors:?}") };
            assert_eq!((marked(contents, error.span), &*error.message), (place, message), "{contents}");
        }
    }

    #[test]
    fn nesting_is_bounded() {
        for open in ["a(", "a()[", "a().b"] {
            let contents = format!(
                "[{}]",
                if open == "a().b" { "a()".to_owned() + &".b".repeat(100_000) } else { open.repeat(100_000) }
            );
            let (_, errors) = parse(&contents);
            assert_eq!(errors.len(), 1);
            assert!(errors[0].message.starts_with("nested deeper"), "{}", errors[0].message);
        }
    }

    #[test]
    fn no_prefix_of_an_expression_panics() {
        let contents = "[concat('é', format('{0}', x.y(1, -2)[0]['k'].z), 'it''s')]";
        for end in (0..contents.len()).filter(|end| contents.is_char_boundary(*end)) {
            let prefix = format!("{}]", &contents[..end]);
            let (_, errors) = parse(&prefix);
            for error in errors {
                assert!(error.span.end as usize <= prefix.len() + 1, "{prefix}: {error:?}");
            }
        }
    }
}
