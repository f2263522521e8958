//! Operators: the functions of the template language that they stand for.

use super::{Lowering, call};
use crate::source::Span;
use crate::syntax::bicep::{self, BinaryOperator, UnaryOperator};
use crate::syntax::expression::{Expr, ExprKind};

impl<'a> Lowering<'a> {
    pub(super) fn unary(&mut self, operator: UnaryOperator, operand: &'a bicep::Expr, span: Span) -> Expr {
        if let (UnaryOperator::Minus, bicep::ExprKind::Integer(number)) = (operator, &operand.kind) {
            let number = i64::try_from(-i128::from(*number));
            return Expr::new(number.map_or(ExprKind::Invalid, ExprKind::Integer), span);
        }
        let operand = self.expr(operand);
        match operator {
            UnaryOperator::Minus => call("sub", vec![Expr::new(ExprKind::Integer(0), span), operand], span),
            UnaryOperator::Not => call("not", vec![operand], span),
        }
    }

    pub(super) fn binary(
        &mut self,
        operator: BinaryOperator,
        left: &'a bicep::Expr,
        right: &'a bicep::Expr,
        span: Span,
    ) -> Expr {
        let args = vec![self.expr(left), self.expr(right)];
        let negated = |function: &str, args| call("not", vec![call(function, args, span)], span);
        let folded = |args: Vec<Expr>| {
            args.into_iter()
                .map(|arg| {
                    let span = arg.span;
                    call("toLower", vec![arg], span)
                })
                .collect()
        };
        match operator {
            BinaryOperator::Multiply => call("mul", args, span),
            BinaryOperator::Divide => call("div", args, span),
            BinaryOperator::Modulo => call("mod", args, span),
            BinaryOperator::Add => call("add", args, span),
            BinaryOperator::Subtract => call("sub", args, span),
            BinaryOperator::Greater => call("greater", args, span),
            BinaryOperator::GreaterOrEqual => call("greaterOrEquals", args, span),
            BinaryOperator::Less => call("less", args, span),
            BinaryOperator::LessOrEqual => call("lessOrEquals", args, span),
            BinaryOperator::Equal => call("equals", args, span),
            BinaryOperator::NotEqual => negated("equals", args),
            BinaryOperator::EqualInsensitive => call("equals", folded(args), span),
            BinaryOperator::NotEqualInsensitive => negated("equals", folded(args)),
            BinaryOperator::And => call("and", args, span),
            BinaryOperator::Or => call("or", args, span),
            BinaryOperator::Coalesce => call("coalesce", args, span),
        }
    }
}
