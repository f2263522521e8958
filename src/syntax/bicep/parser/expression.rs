//! Expressions with operators.
//!
//! What an operator adds to its operand is read by a function of its own, so that brackets within brackets, which pass
//! through every rank of operators, take little of the stack.

use super::{CLOSERS, Context, Parsed, Parser};
use crate::source::Span;
use crate::syntax::bicep::ast::{BinaryOperator, Expr, ExprKind, UnaryOperator};
use crate::syntax::bicep::token::TokenKind;

impl Parser<'_> {
    /// Any expression.
    pub(super) fn expression(&mut self, context: Context) -> Parsed<Expr> {
        let outer = self.depth;
        self.deeper()?;
        let parsed = self.ternary(context);
        self.depth = outer;
        parsed
    }

    fn ternary(&mut self, context: Context) -> Parsed<Expr> {
        let condition = self.binary(context, 0)?;
        // A line may start with the `?` and the `:` of what the line before began.
        if self.is(TokenKind::NewLine) && self.peek_next() == TokenKind::Question {
            self.bump();
        }
        if self.eat(TokenKind::Question) { Ok(self.branches(condition, context)) } else { Ok(condition) }
    }

    /// What follows the `?`.
    fn branches(&mut self, condition: Expr, context: Context) -> Expr {
        let stops = CLOSERS.with(TokenKind::Colon);
        let then = self.value(false, stops, context);
        if then.kind != ExprKind::Invalid && self.is(TokenKind::NewLine) && self.peek_next() == TokenKind::Colon {
            self.bump();
        }
        let colon = self.recover(then.is_missing(), CLOSERS, |parser| parser.expect(TokenKind::Colon, "`:`"));
        let is_quiet = colon.is_err_and(Span::is_empty);
        let otherwise = self.value(is_quiet, CLOSERS, context);
        let span = self.span(condition.span.start, otherwise.span.end);
        let kind =
            ExprKind::Ternary { condition: Box::new(condition), then: Box::new(then), otherwise: Box::new(otherwise) };
        Expr::new(kind, span)
    }

    /// Operators that bind tighter than `floor`; those of one rank group from the left.
    fn binary(&mut self, context: Context, floor: u8) -> Parsed<Expr> {
        let left = self.unary(context)?;
        if binary_operator(self.peek()).is_none() { Ok(left) } else { self.operations(left, context, floor) }
    }

    fn operations(&mut self, mut left: Expr, context: Context, floor: u8) -> Parsed<Expr> {
        while let Some((operator, rank)) = binary_operator(self.peek())
            && rank > floor
        {
            // A long chain nests as deep as brackets do.
            self.deeper()?;
            let token = self.bump();
            let right = self.recover_expr(false, CLOSERS, |parser| parser.binary(context, rank));
            let span = self.span(left.span.start, right.span.end);
            let operator_span = self.span_of(token);
            let kind = ExprKind::Binary { operator, operator_span, left: Box::new(left), right: Box::new(right) };
            left = Expr::new(kind, span);
        }
        Ok(left)
    }

    fn unary(&mut self, context: Context) -> Parsed<Expr> {
        if let Some(operator) = unary_operator(self.peek()) {
            return Ok(self.signed(operator, context));
        }
        let operand = self.postfix(context);
        if let Ok(Expr { kind: ExprKind::Integer(value), span }) = operand {
            self.check_integer(value, i64::MAX as u64, span);
        }
        operand
    }

    fn signed(&mut self, operator: UnaryOperator, context: Context) -> Expr {
        let start = self.bump().start;
        let operand = self.recover_expr(false, CLOSERS, |parser| parser.postfix(context));
        if let ExprKind::Integer(value) = operand.kind {
            self.check_integer(value, i64::MIN.unsigned_abs(), operand.span);
        }
        let span = self.span(start, operand.span.end);
        Expr::new(ExprKind::Unary { operator, operand: Box::new(operand) }, span)
    }

    fn check_integer(&mut self, value: u64, most: u64, span: Span) {
        if value > most {
            self.report_at(span, "this is not a whole number of 64 bits");
        }
    }
}

/// The operator before an operand that this token is.
pub(super) fn unary_operator(kind: TokenKind) -> Option<UnaryOperator> {
    match kind {
        TokenKind::Minus => Some(UnaryOperator::Minus),
        TokenKind::Exclamation => Some(UnaryOperator::Not),
        _ => None,
    }
}

/// The operator between operands that this token is, and how tightly it binds.
fn binary_operator(kind: TokenKind) -> Option<(BinaryOperator, u8)> {
    use BinaryOperator as Operator;
    Some(match kind {
        TokenKind::Asterisk => (Operator::Multiply, 7),
        TokenKind::Slash => (Operator::Divide, 7),
        TokenKind::Modulo => (Operator::Modulo, 7),
        TokenKind::Plus => (Operator::Add, 6),
        TokenKind::Minus => (Operator::Subtract, 6),
        TokenKind::RightChevron => (Operator::Greater, 5),
        TokenKind::GreaterThanOrEqual => (Operator::GreaterOrEqual, 5),
        TokenKind::LeftChevron => (Operator::Less, 5),
        TokenKind::LessThanOrEqual => (Operator::LessOrEqual, 5),
        TokenKind::Equals => (Operator::Equal, 4),
        TokenKind::NotEquals => (Operator::NotEqual, 4),
        TokenKind::EqualsInsensitive => (Operator::EqualInsensitive, 4),
        TokenKind::NotEqualsInsensitive => (Operator::NotEqualInsensitive, 4),
        TokenKind::LogicalAnd => (Operator::And, 3),
        TokenKind::LogicalOr => (Operator::Or, 2),
        TokenKind::DoubleQuestion => (Operator::Coalesce, 1),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::{marked, value};
    use crate::syntax::bicep::ExprKind;

    fn shown(text: &str) -> String {
        crate::syntax::bicep::shape::expr(&value(text))
    }

    #[test]
    fn operators_bind_as_in_the_compiler() {
        for (text, expected) in [
            ("a + b * c - d", "((a Add (b Multiply c)) Subtract d)"),
            ("a || b && c == d < e", "(a Or (b And (c Equal (d Less e))))"),
            ("a ?? b ?? c || d", "((a Coalesce b) Coalesce (c Or d))"),
            ("-a.b + !c[0]", "((Minus a.b) Add (Not c[0]))"),
            ("a =~ b != c", "((a EqualInsensitive b) NotEqual c)"),
            ("a ? b : c ? d : e", "(a ? b : (c ? d : e))"),
            ("a ? b ? 1 : 2 : 3", "(a ? (b ? 1 : 2) : 3)"),
            ("a\n  ? b\n  : c", "(a ? b : c)"),
            ("(a + b) * c", "((a Add b) Multiply c)".replace("(a Add b)", "((a Add b))").as_str()),
            ("a!.b", "a!.b"),
        ] {
            assert_eq!(shown(text), expected, "{text}");
        }
    }

    #[test]
    fn members_indexes_and_lambdas() {
        for (text, expected) in [
            ("a.?b[?0][^1].c::d", "a.?b[?0][^1].c::d"),
            ("az.resourceGroup('x').location", "az.resourceGroup('x').location"),
            ("map(a, x => x.b)", "map(a, (x) => x.b)"),
            ("map(\n  a,\n  (x, i) =>\n    x\n)", "map(a, (x, i) => x)"),
            ("reduce(a, 0, () => null)", "reduce(a, 0, () => null)"),
            ("[for (x, i) in a: { n: i }]", "[for x, i in a: {n: i}]"),
            ("[\n  for x in a: x\n]", "[for x in a: x]"),
            ("[1, ...a]", "[1, ...a]"),
            (
                "{\n  a: 1\n  'b c': 2\n  '${d}': 3\n  ...e\n  resource: f\n  for: null\n}",
                "{a: 1, 'b c': 2, '${d}': 3, ...e, resource: f, for: null}",
            ),
        ] {
            assert_eq!(shown(text), expected, "{text}");
        }
    }

    #[test]
    fn spans_are_exact() {
        let text = "f( a , b ).c + ( d )";
        let expr = value(text);
        assert_eq!(marked(text, expr.span), text);
        let ExprKind::Binary { left, right, operator_span, .. } = &expr.kind else { panic!("{expr:?}") };
        assert_eq!(marked(text, left.span), "f( a , b ).c");
        assert_eq!((marked(text, right.span), marked(text, *operator_span)), ("( d )", "+"));
        let ExprKind::Property { base, name, .. } = &left.kind else { panic!("{left:?}") };
        assert_eq!((marked(text, base.span), marked(text, name.span)), ("f( a , b )", "c"));
    }

    #[test]
    fn whole_numbers_have_64_bits() {
        assert_eq!(shown("-9223372036854775808"), "(Minus 9223372036854775808)");
        for text in ["9223372036854775808", "-9223372036854775809", "99999999999999999999"] {
            let (_, errors) = super::super::tests::parse(&format!("var a = {text}\n"));
            assert_eq!(errors.len(), 1, "{text}");
            assert_eq!(errors[0].message, "this is not a whole number of 64 bits");
        }
    }
}
