//! Scopes: what `scope` of a resource or module names, as an id.

use super::{Lowering, call, property, string, word};
use crate::syntax::bicep::{self, ExprKind as Bicep};
use crate::syntax::expression::{Expr, ExprKind};

impl<'a> Lowering<'a> {
    /// The id of a scope: of a resource, or of what `resourceGroup(…)` and its kin name.
    pub(super) fn scope_id(&mut self, scope: &'a bicep::Expr) -> Expr {
        let span = scope.span;
        if let Some(resource) = self.resource(scope) {
            return property(resource, word("id"), span);
        }
        let (function, args) = match &scope.without_parentheses().kind {
            Bicep::Call { name, args } | Bicep::MethodCall { name, args, .. } => (&*name.text, &**args),
            Bicep::Ternary { condition, then, otherwise } => {
                let args = vec![self.expr(condition), self.scope_id(then), self.scope_id(otherwise)];
                return call("if", args, span);
            }
            _ => return Expr::new(ExprKind::Invalid, span),
        };
        let args: Vec<Expr> = args.iter().map(|arg| self.expr(arg)).collect();
        let current = |function: &str| property(call(function, Vec::new(), span), word("id"), span);
        let text = |text: &str| string(text, span);
        match (function, <[Expr; 2]>::try_from(args)) {
            ("resourceGroup", Ok([subscription, group])) => {
                call("format", vec![text("/subscriptions/{0}/resourceGroups/{1}"), subscription, group], span)
            }
            (function, Err(args)) => match (function, <[Expr; 1]>::try_from(args)) {
                ("resourceGroup", Ok([group])) => {
                    call("format", vec![text("{0}/resourceGroups/{1}"), current("subscription"), group], span)
                }
                ("subscription", Ok([subscription])) => {
                    call("format", vec![text("/subscriptions/{0}"), subscription], span)
                }
                ("managementGroup", Ok([group])) => {
                    call("tenantResourceId", vec![text("Microsoft.Management/managementGroups"), group], span)
                }
                ("tenant", Err(_)) => text("/"),
                ("resourceGroup" | "subscription" | "managementGroup", Err(_)) => current(function),
                _ => Expr::new(ExprKind::Invalid, span),
            },
            _ => Expr::new(ExprKind::Invalid, span),
        }
    }
}
