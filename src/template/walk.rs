//! Visits the parts of expressions, and the expressions of templates.

use super::{Copy, Looped, NestedTemplate, Template};
use crate::syntax::expression::{Expr, ExprKind, Member};

/// Calls `visit` for every expression of a template, and of those written in it, that is no part of another.
pub fn walk_wholes<'t>(template: &'t Template, visit: &mut dyn FnMut(&'t Expr)) {
    template.parameters.iter().filter_map(|parameter| parameter.default.as_ref()).for_each(&mut *visit);
    template.functions.iter().map(|function| &function.output).for_each(&mut *visit);
    let outputs = template.outputs.iter();
    outputs.clone().filter_map(|output| output.condition.as_ref()).for_each(&mut *visit);
    let variables = template.variables.iter().map(|variable| &variable.value);
    for value in variables.chain(outputs.filter_map(|output| output.value.as_ref())) {
        match value {
            Looped::Once(value) => visit(value),
            Looped::Each { copy: Copy { count, .. }, input } => [count, input].into_iter().for_each(&mut *visit),
        }
    }
    for resource in &template.resources {
        resource.parts().for_each(&mut *visit);
        if let Some(NestedTemplate::Inline(inner)) = resource.deployment.as_ref().map(|nested| &nested.template) {
            walk_wholes(inner, visit);
        }
    }
}

/// Calls `visit` with the members of `expr` and of all objects that are part of it. Objects `in_calls` are part of calls
/// only in Bicep; in JSON there are none, and most expressions are calls.
pub fn walk_objects<'t>(expr: &'t Expr, in_calls: bool, visit: &mut impl FnMut(&'t [Member])) {
    match &expr.kind {
        ExprKind::Object(members) => {
            visit(members);
            for member in members {
                walk_objects(&member.value, in_calls, visit);
            }
        }
        ExprKind::Array(items) => items.iter().for_each(|item| walk_objects(item, in_calls, visit)),
        _ if !in_calls => {}
        ExprKind::Interpolation { holes, .. } => holes.iter().for_each(|hole| walk_objects(hole, in_calls, visit)),
        ExprKind::Call { args, .. } => args.iter().for_each(|arg| walk_objects(arg, in_calls, visit)),
        ExprKind::Property { base, .. } => walk_objects(base, in_calls, visit),
        ExprKind::Index { base, index } => {
            walk_objects(base, in_calls, visit);
            walk_objects(index, in_calls, visit);
        }
        _ => {}
    }
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
