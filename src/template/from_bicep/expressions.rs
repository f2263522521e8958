//! Expressions.

use std::ops::Range;
use std::sync::Arc;

use super::symbols::{Local, Symbol};
use super::{Lowering, call, name, string};
use crate::source::Span;
use crate::source::limits::MAX_NESTING;
use crate::syntax::bicep::{self, ArrayItem, ExprKind as Bicep, Key, ObjectItem, StatementKind, StringLiteral};
use crate::syntax::expression::{self, Expr, ExprKind, Member, Name, Segment};
use crate::syntax::placeholder::placeholders;

/// Where a part of a piece of text is written; all of the piece where escapes stand in it.
fn part_of(segment: &bicep::Segment) -> impl Fn(Range<usize>) -> Span {
    let (span, is_plain) = (segment.span, segment.span.len() == segment.text.len());
    move |range| {
        let start = span.start as usize;
        if is_plain { Span::new(span.file, start + range.start, start + range.end) } else { span }
    }
}

impl<'a> Lowering<'a> {
    /// What an expression computes.
    pub(super) fn expr(&mut self, expr: &'a bicep::Expr) -> Expr {
        self.deeper(expr.span, |this| this.lower(expr))
    }

    fn lower(&mut self, expr: &'a bicep::Expr) -> Expr {
        let span = expr.span;
        let kind = match &expr.kind {
            Bicep::Null => ExprKind::Null,
            Bicep::Bool(value) => ExprKind::Bool(*value),
            Bicep::Integer(number) => match i64::try_from(*number) {
                Ok(number) => ExprKind::Integer(number),
                Err(_) => ExprKind::Invalid,
            },
            Bicep::String(literal) => return self.interpolation(literal),
            Bicep::Array(items) => return self.array(items, span),
            Bicep::Object(items) => return self.object(items, span),
            Bicep::Symbol(symbol) => return self.value_of(symbol),
            Bicep::Call { name, args } => return self.call(name, args, span),
            Bicep::MethodCall { base, name, args } => return self.method(base, name, args, span),
            Bicep::Property { .. } | Bicep::Index { .. } => return self.access(expr),
            Bicep::Nested { .. } => match self.resource(expr) {
                Some(resource) => return resource,
                None => ExprKind::Invalid,
            },
            Bicep::NonNull(inner) | Bicep::Parenthesized(inner) => return self.expr(inner),
            Bicep::Lambda(lambda) => return self.lambda(lambda, &Local::Lambda, span),
            Bicep::Unary { operator, operand } => return self.unary(*operator, operand, span),
            Bicep::Binary { operator, left, right, .. } => return self.binary(*operator, left, right, span),
            Bicep::Ternary { condition, then, otherwise } => {
                let args = vec![self.expr(condition), self.expr(then), self.expr(otherwise)];
                return call("if", args, span);
            }
            // A loop that makes no property, variable or output is a `map`.
            Bicep::For(repeat) => {
                let mut names = vec![string(Arc::clone(&repeat.item.text), repeat.item.span)];
                names.extend(repeat.index.iter().map(|index| string(Arc::clone(&index.text), index.span)));
                let source = self.expr(&repeat.source);
                let item = if self.is_module_value(&repeat.source) { Local::Module } else { Local::Lambda };
                let outer = self.locals.len();
                self.locals.push((Arc::clone(&repeat.item.text), item));
                self.locals.extend(repeat.index.iter().map(|index| (Arc::clone(&index.text), Local::Lambda)));
                names.push(self.expr(&repeat.body));
                self.locals.truncate(outer);
                return call("map", vec![source, call("lambda", names, span)], span);
            }
            Bicep::If(_) | Bicep::Invalid => ExprKind::Invalid,
        };
        Expr::new(kind, span)
    }

    /// A string, with or without holes.
    pub(super) fn interpolation(&mut self, literal: &'a StringLiteral) -> Expr {
        let (mut segments, mut holes) = (Vec::new(), Vec::new());
        for (at, segment) in literal.segments.iter().enumerate() {
            let found = placeholders(&segment.text, self.site);
            if found.is_empty() {
                segments.push(Segment { text: Arc::clone(&segment.text), span: segment.span });
            } else {
                expression::push_text(&segment.text, &found, &part_of(segment), &mut segments, &mut holes);
            }
            holes.extend(literal.holes.get(at).map(|hole| self.expr(hole)));
        }
        expression::joined(segments, holes, literal.span)
    }

    fn array(&mut self, items: &'a [ArrayItem], span: Span) -> Expr {
        if !items.iter().any(|item| matches!(item, ArrayItem::Spread(_))) {
            let mut lowered = Vec::with_capacity(items.len());
            lowered.extend(items.iter().filter_map(|item| match item {
                ArrayItem::Item(item) => Some(self.expr(item)),
                ArrayItem::Spread(_) => None,
            }));
            return Expr::new(ExprKind::Array(lowered), span);
        }
        let mut arrays: Vec<Expr> = Vec::new();
        let mut is_open = false;
        for item in items {
            match item {
                ArrayItem::Spread(spread) => {
                    arrays.push(self.expr(&spread.value));
                    is_open = false;
                }
                ArrayItem::Item(item) => {
                    let item = self.expr(item);
                    match arrays.last_mut().map(|last| &mut last.kind) {
                        Some(ExprKind::Array(items)) if is_open => items.push(item),
                        _ => arrays.push(Expr::new(ExprKind::Array(vec![item]), span)),
                    }
                    is_open = true;
                }
            }
        }
        call("flatten", vec![Expr::new(ExprKind::Array(arrays), span)], span)
    }

    fn object(&mut self, items: &'a [ObjectItem], span: Span) -> Expr {
        if !items.iter().any(|item| matches!(item, ObjectItem::Spread(_))) {
            return Expr::new(ExprKind::Object(self.members(items)), span);
        }
        let mut objects = Vec::new();
        for run in items.chunk_by(|a, b| matches!(a, ObjectItem::Property(_)) && matches!(b, ObjectItem::Property(_))) {
            match run {
                [ObjectItem::Spread(spread)] => objects.push(self.expr(&spread.value)),
                properties => objects.push(Expr::new(ExprKind::Object(self.members(properties)), span)),
            }
        }
        call("shallowMerge", vec![Expr::new(ExprKind::Array(objects), span)], span)
    }

    /// The properties among `items` as members.
    pub(super) fn members(&mut self, items: &'a [ObjectItem]) -> Vec<Member> {
        let mut members = Vec::with_capacity(items.len());
        for item in items {
            let ObjectItem::Property(found) = item else { continue };
            members.extend(self.member(found));
        }
        members
    }

    /// A property as a member: a loop becomes the copy loop that makes it.
    pub(super) fn member(&mut self, found: &'a bicep::Property) -> Option<Member> {
        if let (Some(key), Bicep::For(repeat)) = (found.key.as_str(), &found.value.without_parentheses().kind) {
            let key = Name { text: key.into(), span: found.key.span() };
            return Some(self.property_loop(&key, repeat));
        }
        let key = match &found.key {
            Key::Name(name) => string(Arc::clone(&name.text), name.span),
            Key::String(literal) => self.interpolation(literal),
            // It may be any property, also one that seems to be missing.
            Key::Invalid(span) => Expr::new(ExprKind::Invalid, *span),
            Key::Wildcard(_) => return None,
        };
        Some(Member { key, value: self.expr(&found.value) })
    }

    /// A lambda; each of its parameters is such a `local`.
    pub(super) fn lambda(&mut self, lambda: &'a bicep::Lambda, local: &Local, span: Span) -> Expr {
        let outer = self.locals.len();
        let mut args = Vec::new();
        for parameter in &lambda.parameters {
            args.push(string(Arc::clone(&parameter.text), parameter.span));
            self.locals.push((Arc::clone(&parameter.text), local.clone()));
        }
        args.push(self.expr(&lambda.body));
        self.locals.truncate(outer);
        call("lambda", args, span)
    }

    /// The value of a symbol.
    fn value_of(&mut self, symbol: &'a bicep::Name) -> Expr {
        let span = symbol.span;
        let text = || string(Arc::clone(&symbol.text), span);
        match self.local(&symbol.text) {
            Some(Local::Value(value)) => return value.clone(),
            Some(Local::Lambda | Local::Module) => return call("lambdaVariables", vec![text()], span),
            Some(Local::Parameter) => return call("parameters", vec![text()], span),
            None => {}
        }
        let unit = self.unit;
        if let Some(found) = self.symbol(&symbol.text) {
            self.value_of_symbol(unit, found, symbol)
        } else if self.extends_others(symbol) {
            self.all_inherited(span)
        } else if let Some(inherited) = self.inherited_value(symbol) {
            inherited
        } else {
            if !symbol.is_missing() {
                self.unknown_name(symbol);
            }
            Expr::new(ExprKind::Invalid, span)
        }
    }

    fn value_of_symbol(&mut self, unit: usize, found: Symbol<'a>, symbol: &'a bicep::Name) -> Expr {
        let span = symbol.span;
        match found {
            Symbol::Parameter => call("parameters", vec![string(Arc::clone(&symbol.text), span)], span),
            Symbol::Variable(statement) => {
                let text = self.variable(unit, statement);
                call("variables", vec![string(text, span)], span)
            }
            Symbol::Assignment(statement) => {
                let text = self.assigned(unit, statement);
                call("variables", vec![string(text, span)], span)
            }
            Symbol::Resource(declared) => {
                self.shown(Expr::new(ExprKind::Resource { name: name(symbol), declared, iteration: None }, span))
            }
            Symbol::Imported { path, name } => self.imported_value(path, name, symbol),
            Symbol::Function(_) | Symbol::Type(..) | Symbol::Namespace { .. } | Symbol::Other => {
                self.not_a_value(symbol, found);
                Expr::new(ExprKind::Invalid, span)
            }
        }
    }

    /// Which resource or module an expression means, and whether one iteration of it: `symbol`, `symbol[index]`,
    /// `outer::nested`, or a variable that is another name of these.
    pub(super) fn meant(&mut self, expr: &'a bicep::Expr) -> Option<(usize, bool)> {
        if self.depth >= MAX_NESTING {
            return None;
        }
        self.depth += 1;
        let found = match &expr.without_parentheses().kind {
            Bicep::Symbol(symbol) if self.local(&symbol.text).is_none() => match self.symbol(&symbol.text) {
                Some(Symbol::Resource(declared)) => Some((declared, false)),
                Some(Symbol::Variable(statement)) => {
                    alias(statement).and_then(|value| self.within(self.unit, |this| this.meant(value)))
                }
                _ => None,
            },
            Bicep::Index { base, index, is_safe: false, is_from_end: false } if index.as_str().is_none() => {
                self.meant(base).filter(|(_, is_iteration)| !is_iteration).map(|(declared, _)| (declared, true))
            }
            Bicep::Nested { base, name } => {
                let outer = self.meant(base);
                outer.and_then(|(outer, _)| Some((self.nested(outer, &name.text)?, false)))
            }
            Bicep::NonNull(inner) => self.meant(inner),
            _ => None,
        };
        self.depth -= 1;
        found
    }

    /// The resource or module that an expression means, with its iteration.
    pub(super) fn resource(&mut self, expr: &'a bicep::Expr) -> Option<Expr> {
        // Indexes are lowered only where they are needed: each may hold others.
        let (declared, _) = self.meant(expr)?;
        let resource = |name, iteration| Some(Expr::new(ExprKind::Resource { name, declared, iteration }, expr.span));
        match &expr.without_parentheses().kind {
            Bicep::Symbol(symbol) => match self.symbol(&symbol.text)? {
                Symbol::Variable(statement) => {
                    let value = alias(statement)?;
                    let found = self.inline(self.unit, |this| this.resource(value)).flatten()?;
                    Some(Expr { span: expr.span, ..found })
                }
                Symbol::Resource(_) => resource(name(symbol), None),
                _ => None,
            },
            Bicep::Index { base, index, .. } => {
                let ExprKind::Resource { name, .. } = self.resource(base)?.kind else { return None };
                let iteration = self.expr(index);
                resource(name, Some(Box::new(iteration)))
            }
            Bicep::Nested { name: wanted, .. } => resource(name(wanted), None),
            Bicep::NonNull(inner) => self.resource(inner),
            _ => None,
        }
    }

    /// `namespace.variable`, of a file that is imported as a whole.
    pub(super) fn member_of_namespace(
        &mut self,
        base: &'a bicep::Expr,
        wanted: &'a bicep::Name,
        span: Span,
    ) -> Option<Expr> {
        let Bicep::Symbol(symbol) = &base.kind else { return None };
        if self.local(&symbol.text).is_some() {
            return None;
        }
        let Symbol::Namespace { path } = self.symbol(&symbol.text)? else { return None };
        let mut value = self.imported_value(path, &wanted.text, wanted);
        value.span = span;
        Some(value)
    }

    /// The value of the variable that the file at `path` exports as `wanted`, called `symbol` here.
    fn imported_value(&mut self, path: &'a bicep::Expr, wanted: &str, symbol: &'a bicep::Name) -> Expr {
        let span = symbol.span;
        if let Some(template) = self.compiled(path) {
            let text = self.compiled_variable(template, wanted);
            return text
                .map_or(Expr::new(ExprKind::Invalid, span), |text| call("variables", vec![string(text, span)], span));
        }
        match self.imported(path, wanted) {
            Some((unit, found @ Symbol::Variable(_))) => self.value_of_symbol(unit, found, symbol),
            _ => Expr::new(ExprKind::Invalid, span),
        }
    }
}

/// The value of a variable.
fn alias(statement: &bicep::Statement) -> Option<&bicep::Expr> {
    match &statement.kind {
        StatementKind::Variable { value, .. } => Some(value),
        _ => None,
    }
}
