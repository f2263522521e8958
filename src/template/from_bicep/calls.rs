//! Calls: functions of the language, of the file, of imports, methods of resources, and what the compiler computes.

use std::sync::Arc;

use super::loads::{LISTS_FOLDER, LOADS_CONTENT};
use super::symbols::{Local, Symbol};
use super::{Lowering, call, name, property, string, word};
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
                self.built_in(None, function, args, span)
            }
            None => self.built_in(None, function, args, span),
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

    /// A call of a function of the language, written with this namespace.
    fn built_in(
        &mut self,
        namespace: Option<&str>,
        function: &'a bicep::Name,
        args: &'a [bicep::Expr],
        span: Span,
    ) -> Expr {
        if !self.check_function(namespace, function, args.len()) {
            return self.no_call(args, span);
        }
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
                call("externalInput", args, span)
            }
            ("getRoleAssignmentName", [argument]) => self.role_assignment_name(argument, span),
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
                None if matches!(&*symbol.text, "az" | "sys") => {
                    return self.built_in(Some(&symbol.text), function, args, span);
                }
                None if self.is_this(symbol) => return self.method_of_this(function, args, span),
                Some(Symbol::Namespace { path }) => {
                    return self.imported_function(path, &function.text, function, args, span);
                }
                _ => {}
            }
        }
        // Nothing else has methods.
        self.expr(base);
        self.no_call(args, span)
    }

    /// What can't be called; the arguments may still hold mistakes.
    fn no_call(&mut self, args: &'a [bicep::Expr], span: Span) -> Expr {
        for arg in args {
            self.expr(arg);
        }
        Expr::new(ExprKind::Invalid, span)
    }

    /// Whether `symbol` stands for the resource in whose body it is.
    pub(super) fn is_this(&self, symbol: &bicep::Name) -> bool {
        &*symbol.text == "this" && self.inside.is_some_and(|inside| !self.is_module(inside))
    }

    /// `this.exists()` and `this.existingResource()`: what is there before the deployment.
    fn method_of_this(&mut self, function: &'a bicep::Name, args: &'a [bicep::Expr], span: Span) -> Expr {
        let target = || call("target", vec![string("full", span)], span);
        match (&*function.text, args) {
            ("existingResource", []) => target(),
            ("exists", []) => call("not", vec![call("empty", vec![target()], span)], span),
            _ => {
                self.unknown_method_of_this(function, args.len());
                self.no_call(args, span)
            }
        }
    }

    /// `getRoleAssignmentName({ scope, principalId, roleDefinitionId })`: a name made of the three, without their case.
    fn role_assignment_name(&mut self, argument: &'a bicep::Expr, span: Span) -> Expr {
        let argument = self.expr(argument);
        let part = |name: &str| match argument.get(name) {
            Some(part) => part.clone(),
            None => property(argument.clone(), word(name), span),
        };
        let role = call("split", vec![part("roleDefinitionId"), string("/", span)], span);
        let parts = [part("scope"), part("principalId"), call("last", vec![role], span)];
        let folded = parts.into_iter().map(|part| call("toLower", vec![part], span)).collect();
        call("guid", folded, span)
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
        if !function.text.starts_with("list") && &*function.text != "getSecret" {
            // Which functions the resources of an extension have is not known here.
            if !matches!(resource.kind, ExprKind::Resource { declared, .. } if self.is_of_extension(declared)) {
                self.unknown_method(function);
            }
            return self.no_call(args, span);
        }
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
