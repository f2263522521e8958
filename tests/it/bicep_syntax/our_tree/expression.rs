//! Expressions in the compiler's words.

use plimsoll::source::Span;
use plimsoll::syntax::bicep::{ArrayItem, Expr, ExprKind, Key, Name, ObjectItem, Spread, StringLiteral};

use super::{Walk, span};

impl Walk<'_> {
    pub(super) fn string(&mut self, kind: &str, string: &StringLiteral) {
        self.add(kind, string.span);
        let last = string.segments.len() - 1;
        let source = &self.text[string.span.range()];
        let dollars = source.len() - source.trim_start_matches('$').len();
        let hole = if string.is_multi_line { dollars + 1 } else { 2 } as u32;
        for (index, segment) in string.segments.iter().enumerate() {
            let start = if index == 0 { string.span.start } else { segment.span.start - 1 };
            let end = if index == last { string.span.end } else { segment.span.end + hole };
            let kind = match (index == 0, index == last) {
                (true, true) => "StringComplete",
                (true, false) => "StringLeftPiece",
                (false, false) => "StringMiddlePiece",
                (false, true) => "StringRightPiece",
            };
            self.add(kind, span(start, end));
        }
        for hole in &string.holes {
            self.expr(hole);
        }
    }

    pub(super) fn key(&mut self, key: &Key) {
        match key {
            Key::Name(name) => self.name(name),
            Key::String(string) => self.string("StringSyntax", string),
            Key::Wildcard(_) | Key::Invalid(_) => {}
        }
    }

    fn spread(&mut self, spread: &Spread) {
        self.add("SpreadExpressionSyntax", spread.span);
        self.expr(&spread.value);
    }

    fn variables(&mut self, names: &[&Name], span: Span) {
        if names.len() != 1 || names[0].span != span {
            self.add("VariableBlockSyntax", span);
        }
        for name in names.iter().filter(|name| !name.is_missing()) {
            self.add("LocalVariableSyntax", name.span);
            self.name(name);
        }
    }

    fn args(&mut self, args: &[Expr]) {
        for arg in args {
            self.add("FunctionArgumentSyntax", arg.span);
            self.expr(arg);
        }
    }

    pub(super) fn expr(&mut self, expr: &Expr) {
        self.operands(expr);
        let kind = match &expr.kind {
            ExprKind::Null => "NullLiteralSyntax",
            ExprKind::Bool(_) => "BooleanLiteralSyntax",
            ExprKind::Integer(_) => "IntegerLiteralSyntax",
            ExprKind::Array(_) => "ArraySyntax",
            ExprKind::Object(_) => "ObjectSyntax",
            ExprKind::For(_) => "ForSyntax",
            ExprKind::If(_) => "IfConditionSyntax",
            ExprKind::Symbol(_) => "VariableAccessSyntax",
            ExprKind::Call { .. } => "FunctionCallSyntax",
            ExprKind::MethodCall { .. } => "InstanceFunctionCallSyntax",
            ExprKind::Property { .. } => "PropertyAccessSyntax",
            ExprKind::Nested { .. } => "ResourceAccessSyntax",
            ExprKind::Index { .. } => "ArrayAccessSyntax",
            ExprKind::NonNull(_) => "NonNullAssertionSyntax",
            ExprKind::Lambda(_) => "LambdaSyntax",
            ExprKind::Unary { .. } => "UnaryOperationSyntax",
            ExprKind::Binary { .. } => "BinaryOperationSyntax",
            ExprKind::Ternary { .. } => "TernaryOperationSyntax",
            ExprKind::Parenthesized(_) => "ParenthesizedExpressionSyntax",
            ExprKind::String(_) | ExprKind::Invalid => return,
        };
        self.add(kind, expr.span);
    }

    fn operands(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::String(string) => self.string("StringSyntax", string),
            ExprKind::Array(items) => items.iter().for_each(|item| self.array_item(item)),
            ExprKind::Object(items) => items.iter().for_each(|item| self.object_item(item)),
            ExprKind::For(repeat) => {
                let names: Vec<&Name> = [&repeat.item].into_iter().chain(&repeat.index).collect();
                self.variables(&names, repeat.variables_span);
                self.expr(&repeat.source);
                self.expr(&repeat.body);
            }
            ExprKind::If(check) => {
                self.expr(&check.condition);
                self.expr(&check.body);
            }
            ExprKind::Symbol(name) => self.name(name),
            ExprKind::Call { name, args } => {
                self.name(name);
                self.args(args);
            }
            ExprKind::MethodCall { base, name, args } => {
                self.expr(base);
                self.name(name);
                self.args(args);
            }
            ExprKind::Property { base, name, .. } | ExprKind::Nested { base, name } => {
                self.expr(base);
                self.name(name);
            }
            ExprKind::Index { base, index, .. } => {
                self.expr(base);
                self.expr(index);
            }
            ExprKind::Lambda(lambda) => {
                self.variables(&lambda.parameters.iter().collect::<Vec<_>>(), lambda.parameters_span);
                self.expr(&lambda.body);
            }
            ExprKind::Unary { operand: only, .. } | ExprKind::NonNull(only) | ExprKind::Parenthesized(only) => {
                self.expr(only);
            }
            ExprKind::Binary { left, right, .. } => {
                self.expr(left);
                self.expr(right);
            }
            ExprKind::Ternary { condition, then, otherwise } => {
                for part in [condition, then, otherwise] {
                    self.expr(part);
                }
            }
            ExprKind::Null | ExprKind::Bool(_) | ExprKind::Integer(_) | ExprKind::Invalid => {}
        }
    }

    fn array_item(&mut self, item: &ArrayItem) {
        match item {
            ArrayItem::Item(item) => {
                if item.kind != ExprKind::Invalid {
                    self.add("ArrayItemSyntax", item.span);
                }
                self.expr(item);
            }
            ArrayItem::Spread(spread) => self.spread(spread),
        }
    }

    fn object_item(&mut self, item: &ObjectItem) {
        match item {
            ObjectItem::Property(property) => {
                self.add("ObjectPropertySyntax", property.span);
                self.key(&property.key);
                self.expr(&property.value);
            }
            ObjectItem::Spread(spread) => self.spread(spread),
            ObjectItem::Resource(statement) => self.statement(statement),
        }
    }
}
