//! Access to properties and elements, in their safe forms too, and to the outputs of modules.

use std::sync::Arc;

use super::symbols::{Local, Symbol};
use super::{Lowering, call, name, property, string, word};
use crate::source::Span;
use crate::syntax::bicep::{self, ExprKind as Bicep, StatementKind};
use crate::syntax::expression::{Expr, ExprKind};

impl<'a> Lowering<'a> {
    /// `base.name` and `base[index]`, in their safe forms, too.
    pub(super) fn access(&mut self, expr: &'a bicep::Expr) -> Expr {
        let span = expr.span;
        if let Some(resource) = self.resource(expr) {
            return self.shown(resource);
        }
        match &expr.kind {
            Bicep::Property { base, name: wanted, is_safe } => {
                if let Some(found) = self.member_of_namespace(base, wanted, span) {
                    return found;
                }
                if let Some(inherited) = self.inherited(base, wanted) {
                    return inherited;
                }
                self.member_access(base, wanted, *is_safe, span)
            }
            Bicep::Index { base, index, is_safe, is_from_end } => match index.as_str() {
                Some(text) if !is_from_end && self.is_named(base) => {
                    self.member_access(base, &bicep::Name { text: text.into(), span: index.span }, *is_safe, span)
                }
                _ => self.element(base, index, *is_safe, *is_from_end, span),
            },
            _ => Expr::new(ExprKind::Invalid, span),
        }
    }

    /// Whether the keys of an expression are properties of a resource or module, which mean more than those of objects.
    fn is_named(&mut self, base: &'a bicep::Expr) -> bool {
        self.meant(base).is_some() || self.outputs_of(base).is_some()
    }

    fn member_access(&mut self, base: &'a bicep::Expr, wanted: &bicep::Name, is_safe: bool, span: Span) -> Expr {
        if let Some(output) = self.module_output(base, wanted, is_safe, span) {
            return output;
        }
        let key = || string(Arc::clone(&wanted.text), wanted.span);
        if let Some(resource) = self.resource(base) {
            if is_safe {
                return self.safe_member_of_resource(resource, wanted, span);
            }
            return Expr::new(ExprKind::Property { base: Box::new(resource), name: name(wanted) }, span);
        }
        match self.base(base) {
            Base::Safe(args) if is_safe => call("tryGet", vec![call("tryGet", args, base.span), key()], span),
            Base::Safe(mut args) => {
                args.push(key());
                call("tryGet", args, span)
            }
            Base::Plain(base) if is_safe => call("tryGet", vec![base, key()], span),
            Base::Plain(base) => Expr::new(ExprKind::Property { base: Box::new(base), name: name(wanted) }, span),
        }
    }

    fn element(
        &mut self,
        base: &'a bicep::Expr,
        index: &'a bicep::Expr,
        is_safe: bool,
        is_from_end: bool,
        span: Span,
    ) -> Expr {
        let base = self.base(base);
        let index = self.expr(index);
        match (base, is_safe, is_from_end) {
            (Base::Plain(base), false, true) => call("indexFromEnd", vec![base, index], span),
            (Base::Plain(base), true, true) => call("tryIndexFromEnd", vec![base, index], span),
            (Base::Safe(args), true, true) => call("tryIndexFromEnd", vec![call("tryGet", args, span), index], span),
            (Base::Safe(mut args), false, true) => {
                let [value, from_end] = ["value", "fromEnd"].map(|key| string(word(key), span));
                args.push(call(
                    "createObject",
                    vec![value, index, from_end, Expr::new(ExprKind::Bool(true), span)],
                    span,
                ));
                call("tryGet", args, span)
            }
            (Base::Safe(args), true, false) => call("tryGet", vec![call("tryGet", args, span), index], span),
            (Base::Safe(mut args), _, false) => {
                args.push(index);
                call("tryGet", args, span)
            }
            (Base::Plain(base), true, false) => call("tryGet", vec![base, index], span),
            (Base::Plain(base), false, false) => {
                Expr::new(ExprKind::Index { base: Box::new(base), index: Box::new(index) }, span)
            }
        }
    }

    /// What is accessed. Where a safe access is followed by others, they are safe as well: `a.?b.c` is one `tryGet`.
    fn base(&mut self, base: &'a bicep::Expr) -> Base {
        let lowered = self.expr(base);
        let is_chain = matches!(&base.kind, Bicep::Property { .. } | Bicep::Index { .. });
        match lowered.kind {
            ExprKind::Call { name, args } if is_chain && name.is("tryGet") => Base::Safe(args),
            kind => Base::Plain(Expr::new(kind, lowered.span)),
        }
    }

    /// A resource as a value; of a module, its deployment shows the properties only.
    pub(super) fn shown(&self, resource: Expr) -> Expr {
        match &resource.kind {
            ExprKind::Resource { declared, .. } if self.is_module(*declared) => {
                let span = resource.span;
                property(resource, word("properties"), span)
            }
            _ => resource,
        }
    }

    /// `resource.?name`, which is null when the resource is not deployed.
    fn safe_member_of_resource(&mut self, resource: Expr, wanted: &bicep::Name, span: Span) -> Expr {
        let at = resource.span;
        let ExprKind::Resource { declared, iteration, .. } = &resource.kind else { return resource };
        let condition = self.condition_of(*declared, iteration.as_deref());
        let (found, key) = match &*wanted.text {
            "type" | "apiVersion" => return property(resource, Arc::clone(&wanted.text), span),
            "id" | "name" => (property(resource, Arc::clone(&wanted.text), span), None),
            text => (self.shown(resource), Some(string(text, wanted.span))),
        };
        let found = match condition {
            Some(condition) => call("if", vec![condition, found, Expr::new(ExprKind::Null, span)], at),
            None => found,
        };
        match key {
            Some(key) => call("tryGet", vec![found, key], span),
            None => found,
        }
    }

    /// `module.outputs.name`: the value of the output.
    fn module_output(
        &mut self,
        base: &'a bicep::Expr,
        wanted: &bicep::Name,
        is_safe: bool,
        span: Span,
    ) -> Option<Expr> {
        let outputs_are_safe = self.outputs_of(base)?;
        let outputs = self.expr(base);
        let key = string(Arc::clone(&wanted.text), wanted.span);
        let value = || string(word("value"), wanted.span);
        Some(match outputs.kind {
            kind if !is_safe && !outputs_are_safe => {
                let outputs = Box::new(Expr::new(kind, base.span));
                let output = Expr::new(ExprKind::Property { base: outputs, name: name(wanted) }, span);
                property(output, word("value"), span)
            }
            ExprKind::Call { name, mut args } if !is_safe => {
                args.extend([key, value()]);
                Expr::new(ExprKind::Call { name, args }, span)
            }
            kind => {
                let output = call("tryGet", vec![Expr::new(kind, base.span), key], span);
                call("tryGet", vec![output, value()], span)
            }
        })
    }

    /// Of `module.outputs` and `module.?outputs`: whether the access is a safe one.
    fn outputs_of(&mut self, expr: &'a bicep::Expr) -> Option<bool> {
        let Bicep::Property { base, name, is_safe } = &expr.without_parentheses().kind else { return None };
        (&*name.text == "outputs" && self.is_module_value(base)).then_some(*is_safe)
    }

    /// Whether an expression is a module, or one of several, by itself or through variables.
    pub(super) fn is_module_value(&mut self, expr: &'a bicep::Expr) -> bool {
        self.leads_to_module(expr, &mut 32)
    }

    /// The same, for as many more variables as are `left`.
    fn leads_to_module(&mut self, expr: &'a bicep::Expr, left: &mut usize) -> bool {
        match &expr.kind {
            Bicep::Symbol(symbol) => match (self.local(&symbol.text), self.symbol(&symbol.text)) {
                (Some(Local::Value(value)), _) => self.is_one_of_modules(value),
                (Some(local), _) => matches!(local, Local::Module),
                (None, Some(Symbol::Resource(declared))) => self.is_module(declared),
                (None, Some(Symbol::Variable(statement))) => match &statement.kind {
                    StatementKind::Variable { value, .. } if *left > 0 => {
                        *left -= 1;
                        self.within(self.unit, |this| this.leads_to_module(value, left))
                    }
                    _ => false,
                },
                _ => false,
            },
            Bicep::Ternary { then, otherwise, .. } => {
                self.leads_to_module(then, left) && self.leads_to_module(otherwise, left)
            }
            Bicep::Index { base, .. } | Bicep::NonNull(base) | Bicep::Parenthesized(base) => {
                self.leads_to_module(base, left)
            }
            _ => false,
        }
    }

    /// Whether a value is that of a loop's variable which stands for one of the modules that another loop makes.
    fn is_one_of_modules(&self, value: &Expr) -> bool {
        let ExprKind::Index { base, .. } = &value.kind else { return false };
        let ExprKind::Property { base, .. } = &base.kind else { return false };
        matches!(base.kind, ExprKind::Resource { declared, iteration: None, .. } if self.is_module(declared))
    }
}

/// What is accessed.
enum Base {
    /// A value.
    Plain(Expr),
    /// The arguments of a `tryGet`, to which more are added.
    Safe(Vec<Expr>),
}
