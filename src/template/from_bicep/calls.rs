//! Calls: functions of the language, of the file, of imports, methods of resources, and what the compiler computes.

use std::sync::Arc;

use super::surroundings::LOADS_TEXT;
use super::symbols::Symbol;
use super::{Lowering, call, name, property, string};
use crate::source::Span;
use crate::syntax::bicep::{self, ExprKind as Bicep};
use crate::syntax::expression::{Expr, ExprKind, Name};
use crate::syntax::json;
use crate::template::from_json;

impl<'a> Lowering<'a> {
    pub(super) fn call(&mut self, function: &'a bicep::Name, args: &'a [bicep::Expr], span: Span) -> Expr {
        let unit = self.unit;
        match self.symbol(&function.text) {
            Some(Symbol::Function(lambda)) => self.user_function(unit, &function.text, lambda, function, args, span),
            Some(Symbol::Imported { path, name }) => match self.imported(path, name) {
                Some((unit, Symbol::Function(lambda))) => self.user_function(unit, name, lambda, function, args, span),
                _ => Expr::new(ExprKind::Invalid, span),
            },
            _ => self.built_in(function, args, span),
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
            ("nameof", [symbol]) => match last_name(symbol) {
                Some(text) => string(text, span),
                None => Expr::new(ExprKind::Invalid, span),
            },
            (load, [path, rest @ ..]) if LOADS_TEXT.contains(&load) => self.load(load, path, rest, span),
            _ => {
                let args = args.iter().map(|arg| self.expr(arg)).collect();
                Expr::new(ExprKind::Call { name: name(function), args }, span)
            }
        }
    }

    /// The content of a file. What can't be read as the function asks stays a call, which no one can evaluate.
    fn load(&mut self, function: &str, path: &'a bicep::Expr, rest: &'a [bicep::Expr], span: Span) -> Expr {
        let key = path.as_str().map(|path| (self.file(), path.to_owned()));
        let content = key.and_then(|key| self.surroundings.contents.get(&key)).copied();
        let loaded = content.and_then(|(file, text)| match function {
            "loadTextContent" => Some(string(text, span)),
            "loadFileAsBase64" => Some(call("base64", vec![string(text, span)], span)),
            "loadJsonContent" if rest.is_empty() => {
                let (document, errors) = json::parse(file, text);
                let root = document.root(text).filter(|_| errors.is_empty())?;
                Some(from_json::lower_literal(file, root))
            }
            _ => None,
        });
        loaded.unwrap_or_else(|| {
            let args = [path].into_iter().chain(rest).map(|arg| self.expr(arg)).collect();
            call(function, args, span)
        })
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
                    return match self.imported(path, &function.text) {
                        Some((unit, Symbol::Function(lambda))) => {
                            self.user_function(unit, &function.text, lambda, function, args, span)
                        }
                        _ => Expr::new(ExprKind::Invalid, span),
                    };
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
        let id = property(resource.clone(), "id", span);
        let lowered = if function.text.starts_with("list") {
            let mut rest = given.into_iter();
            let version = rest.next().unwrap_or_else(|| property(resource, "apiVersion", span));
            [id, version].into_iter().chain(rest).collect()
        } else {
            [id].into_iter().chain(given).collect()
        };
        Expr::new(ExprKind::Call { name: name(function), args: lowered }, span)
    }
}

/// The last name of `a`, `a.b`, `a::b` or `a[i]`.
fn last_name(expr: &bicep::Expr) -> Option<Arc<str>> {
    match &expr.kind {
        Bicep::Symbol(name) | Bicep::Property { name, .. } | Bicep::Nested { name, .. } => Some(Arc::clone(&name.text)),
        Bicep::Index { base, .. } | Bicep::NonNull(base) | Bicep::Parenthesized(base) => last_name(base),
        _ => None,
    }
}
