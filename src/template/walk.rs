//! Visits every expression of a template and of the templates nested in it.

use super::{Copy, EvaluationScope, Function, Looped, NestedTemplate, Template};
use crate::syntax::expression::{Expr, ExprKind};

/// Where an expression stands: whose names it may use.
#[derive(Debug, Clone, Copy)]
pub struct Site<'t> {
    /// The template whose parameters, variables and functions are meant.
    pub names: &'t Template,
    /// The user-defined function that the expression is the body of.
    pub function: Option<&'t Function>,
}

/// Calls `visit` for every expression, an expression before its parts.
pub fn walk<'t>(template: &'t Template, visit: &mut impl FnMut(Site<'t>, &'t Expr)) {
    walk_template(template, Site { names: template, function: None }, visit);
}

/// Calls `visit` for `expr` and all of its parts.
pub fn walk_expr<'t>(expr: &'t Expr, visit: &mut impl FnMut(&'t Expr)) {
    visit(expr);
    match &expr.kind {
        ExprKind::Array(items) => items.iter().for_each(|item| walk_expr(item, visit)),
        ExprKind::Object(members) => {
            for member in members {
                walk_expr(&member.key, visit);
                walk_expr(&member.value, visit);
            }
        }
        ExprKind::Interpolation { holes, .. } => holes.iter().for_each(|hole| walk_expr(hole, visit)),
        ExprKind::Call { args, .. } => args.iter().for_each(|arg| walk_expr(arg, visit)),
        ExprKind::Property { base, .. } => walk_expr(base, visit),
        ExprKind::Resource { iteration: Some(index), .. } => walk_expr(index, visit),
        ExprKind::Index { base, index } => {
            walk_expr(base, visit);
            walk_expr(index, visit);
        }
        _ => {}
    }
}

/// Calls `visit` for `expr` and all of its parts, the parts first.
pub fn walk_expr_mut(expr: &mut Expr, visit: &mut dyn FnMut(&mut Expr)) {
    match &mut expr.kind {
        ExprKind::Array(items) => items.iter_mut().for_each(|item| walk_expr_mut(item, visit)),
        ExprKind::Object(members) => {
            for member in members {
                walk_expr_mut(&mut member.key, visit);
                walk_expr_mut(&mut member.value, visit);
            }
        }
        ExprKind::Interpolation { holes, .. } => holes.iter_mut().for_each(|hole| walk_expr_mut(hole, visit)),
        ExprKind::Call { args, .. } => args.iter_mut().for_each(|arg| walk_expr_mut(arg, visit)),
        ExprKind::Property { base, .. } => walk_expr_mut(base, visit),
        ExprKind::Resource { iteration: Some(index), .. } => walk_expr_mut(index, visit),
        ExprKind::Index { base, index } => {
            walk_expr_mut(base, visit);
            walk_expr_mut(index, visit);
        }
        _ => {}
    }
    visit(expr);
}

fn walk_template<'t>(template: &'t Template, site: Site<'t>, visit: &mut impl FnMut(Site<'t>, &'t Expr)) {
    let own = Site { names: template, function: None };
    for parameter in &template.parameters {
        parameter.default.iter().for_each(|default| walk_expr(default, &mut |expr| visit(own, expr)));
    }
    for function in &template.functions {
        let inside = Site { names: template, function: Some(function) };
        walk_expr(&function.output, &mut |expr| visit(inside, expr));
    }
    for variable in &template.variables {
        walk_looped(&variable.value, site, visit);
    }
    for output in &template.outputs {
        let parts = output.condition.iter();
        parts.for_each(|expr| walk_expr(expr, &mut |expr| visit(site, expr)));
        output.value.iter().for_each(|value| walk_looped(value, site, visit));
    }
    for resource in &template.resources {
        // Condition, loop and dependencies are part of the body.
        let parts = [&resource.body].into_iter().chain(resource.arguments());
        parts.for_each(|part| walk_expr(part, &mut |expr| visit(site, expr)));
        if let Some(nested) = &resource.deployment
            && let NestedTemplate::Inline(inner) = &nested.template
        {
            let inside = match nested.evaluation {
                EvaluationScope::Inner => Site { names: inner, function: None },
                EvaluationScope::Outer => site,
            };
            walk_template(inner, inside, visit);
        }
    }
}

fn walk_looped<'t>(looped: &'t Looped, site: Site<'t>, visit: &mut impl FnMut(Site<'t>, &'t Expr)) {
    match looped {
        Looped::Once(value) => walk_expr(value, &mut |expr| visit(site, expr)),
        Looped::Each { copy: Copy { count, .. }, input } => {
            walk_expr(count, &mut |expr| visit(site, expr));
            walk_expr(input, &mut |expr| visit(site, expr));
        }
    }
}
