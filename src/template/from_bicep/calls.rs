//! Calls: functions of the language, of the file, of imports, methods of resources, and what the compiler computes.

use std::sync::Arc;

use super::loads::{LISTS_FOLDER, LOADS_CONTENT};
use super::symbols::{Local, Symbol};
use super::{Lowering, name, property, string, word};
use crate::source::Span;
use crate::syntax::bicep::{self, ExprKind as Bicep};
use crate::syntax::expression::{Expr, ExprKind, Name};

impl<'a> Lowering<'a> {
    pub(super) fn call(&mut self, function: &'a bicep::Name, args: &'a [bicep::Expr], span: Span) -> Expr {
        let unit = self.unit;
        match self.symbol(&function.text) {
            Some(Symbol::Function(lambda)) => self.user_function(unit, &function.text, lambda, function, args, span),
            Some(Symbol::Imported { path, name }) => self.imported_function(path, name, function, args, span),
            Some(other) => {
                self.not_a_function(function, other);
                self.built_in(function, args, span)
            }
            None => self.built_in(function, args, span),
        }
    }

    /// A call of the function that the file at `path` exports as `wanted`.
    fn imported_function(
        &mut self,
        path: &'a bicep::Expr,
        wanted: &'a str,
        function: &'a bicep::Name,
        args: &'a [bicep::Expr],
        span: Span,
    ) -> Expr {
        if let Some(template) = self.compiled(path) {
            let text = self.compiled_function(template, wanted);
            let args = args.iter().map(|arg| self.expr(arg)).collect();
            return Expr::new(
                text.map_or(ExprKind::Invalid, |text| ExprKind::Call {
                    name: Name { text, span: function.span },
                    args,
                }),
                span,
            );
        }
        match self.imported(path, wanted) {
            Some((unit, Symbol::Function(lambda))) => self.user_function(unit, wanted, lambda, function, args, span),
            _ => Expr::new(ExprKind::Invalid, span),
        }
    }

    fn user_function(
        &mut self,
        unit: usize,
        declared: &str,
        lambda: &'a bicep::TypedLambda,
        function: &bicep::Name,
        args: &'a [bicep::Expr],
        span: Span,
    ) -> Expr {
        let text = self.function(unit, declared, lambda);
        let args = args.iter().map(|arg| self.expr(arg)).collect();
        Expr::new(ExprKind::Call { name: Name { text, span: function.span }, args }, span)
    }

    fn built_in(&mut self, function: &'a bicep::Name, args: &'a [bicep::Expr], span: Span) -> Expr {
        match (&*function.text, args) {
            ("any", [value]) => self.expr(value),
            ("nameof", [symbol]) => {
                if let (Some(inside), Some(resource)) = (self.inside, self.resource_in(symbol)) {
                    self.spoken_of.push((inside, resource));
                }
                match last_name(symbol) {
                    Some(text) => string(text, span),
                    None => Expr::new(ExprKind::Invalid, span),
                }
            }
            // Of another scope than the present one a template knows nothing.
            ("resourceGroup" | "subscription" | "managementGroup", [_, ..]) => {
                for arg in args {
                    self.expr(arg);
                }
                Expr::new(ExprKind::Object(Vec::new()), span)
            }
            ("readCliArg" | "readEnvVar", [argument]) => {
                let kind = if &*function.text == "readCliArg" { "sys.cliArg" } else { "sys.envVar" };
                let args = vec![string(kind, function.span), self.expr(argument)];
                super::call("externalInput", args, span)
            }
            (load, _) if LOADS_CONTENT.contains(&load) || load == LISTS_FOLDER => self.load(load, args, span),
            _ => {
                let of_modules = args.first().is_some_and(|first| self.is_module_value(first));
                let lower = |arg: &'a bicep::Expr| match &arg.without_parentheses().kind {
                    Bicep::Lambda(lambda) if of_modules => self.lambda(lambda, &Local::Module, arg.span),
                    _ => self.expr(arg),
                };
                let args = args.iter().map(lower).collect();
                Expr::new(ExprKind::Call { name: name(function), args }, span)
            }
        }
    }

    pub(super) fn method(
        &mut self,
        base: &'a bicep::Expr,
        function: &'a bicep::Name,
        args: &'a [bicep::Expr],
        span: Span,
    ) -> Expr {
        if let Some(resource) = self.resource(base) {
            return self.method_of_resource(resource, function, args, span);
        }
        if let Bicep::Symbol(symbol) = &base.kind
            && self.local(&symbol.text).is_none()
        {
            match self.symbol(&symbol.text) {
                None if matches!(&*symbol.text, "az" | "sys") => return self.built_in(function, args, span),
                Some(Symbol::Namespace { path }) => {
                    return self.imported_function(path, &function.text, function, args, span);
                }
                _ => {}
            }
        }
        // Nothing else has methods; the arguments may still hold mistakes.
        self.expr(base);
        for arg in args {
            self.expr(arg);
        }
        Expr::new(ExprKind::Invalid, span)
    }

    /// The resource that a chain of names starts with.
    fn resource_in(&mut self, expr: &'a bicep::Expr) -> Option<Expr> {
        self.resource(expr).or_else(|| match &expr.kind {
            Bicep::Property { base, .. } | Bicep::Index { base, .. } | Bicep::NonNull(base) => self.resource_in(base),
            _ => None,
        })
    }

    /// `resource.listKeys(…)`: the function of the template language with the resource's id and API version before its
    /// own arguments.
    fn method_of_resource(
        &mut self,
        resource: Expr,
        function: &'a bicep::Name,
        args: &'a [bicep::Expr],
        span: Span,
    ) -> Expr {
        let given: Vec<Expr> = args.iter().map(|arg| self.expr(arg)).collect();
        let id = property(resource.clone(), word("id"), span);
        let lowered = if function.text.starts_with("list") {
            let mut rest = given.into_iter();
            let version = rest.next().unwrap_or_else(|| property(resource, word("apiVersion"), span));
            [id, version].into_iter().chain(rest).collect()
        } else {
            [id].into_iter().chain(given).collect()
        };
        Expr::new(ExprKind::Call { name: name(function), args: lowered }, span)
    }
}

/// The last name of `a`, `a.b`, `a::b`, `a['b']` or `a[i]`.
fn last_name(expr: &bicep::Expr) -> Option<Arc<str>> {
    match &expr.kind {
        Bicep::Index { index, .. } if index.as_str().is_some() => index.as_str().map(Arc::from),
        Bicep::Symbol(name) | Bicep::Property { name, .. } | Bicep::Nested { name, .. } => Some(Arc::clone(&name.text)),
        Bicep::Index { base, .. } | Bicep::NonNull(base) | Bicep::Parenthesized(base) => last_name(base),
        _ => None,
    }
}
