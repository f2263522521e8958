//! Visits every expression of a template and of the templates nested in it.

use super::{Copy, EvaluationScope, Function, Looped, NestedTemplate, Template};
use crate::syntax::expression::{Expr, ExprKind, Member};

/// Something of a template that expressions can name, by its index among those of its kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Definition {
    /// A parameter.
    Parameter(usize),
    /// A variable.
    Variable(usize),
    /// A user-defined function.
    Function(usize),
    /// A resource.
    Resource(usize),
}

/// Where an expression stands: whose names it may use.
#[derive(Debug, Clone, Copy)]
pub struct Site<'t> {
    /// The template whose parameters, variables and functions are meant.
    pub names: &'t Template,
    /// What of that template the expression is part of; `None` for outputs, and for what only a template nested in it
    /// can name.
    pub within: Option<Definition>,
}

impl<'t> Site<'t> {
    /// The user-defined function that the expression is part of.
    pub fn function(&self) -> Option<&'t Function> {
        match self.within {
            Some(Definition::Function(index)) => self.names.functions.get(index),
            _ => None,
        }
    }
}

/// Calls `visit` for every expression, an expression before its parts.
pub fn walk<'t>(template: &'t Template, visit: &mut impl FnMut(Site<'t>, &'t Expr)) {
    walk_wholes(template, &mut |site, whole| walk_expr(whole, &mut |expr| visit(site, expr)));
}

/// Calls `visit` for every expression that is no part of another.
pub fn walk_wholes<'t>(template: &'t Template, visit: &mut impl FnMut(Site<'t>, &'t Expr)) {
    walk_template(template, template, visit);
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

/// Walks a template whose expressions mean what `names` declares, but for its parameters and functions.
fn walk_template<'t>(template: &'t Template, names: &'t Template, visit: &mut impl FnMut(Site<'t>, &'t Expr)) {
    let is_own = std::ptr::eq(template, names);
    let own = |definition: Definition| Site { names: template, within: is_own.then_some(definition) };
    let site = |definition: Definition| Site { names, within: is_own.then_some(definition) };
    for (index, parameter) in template.parameters.iter().enumerate() {
        let here = own(Definition::Parameter(index));
        parameter.default.iter().for_each(|default| visit(here, default));
    }
    for (index, function) in template.functions.iter().enumerate() {
        let here = Site { names: template, within: Some(Definition::Function(index)) };
        visit(here, &function.output);
    }
    for (index, variable) in template.variables.iter().enumerate() {
        walk_looped(&variable.value, site(Definition::Variable(index)), visit);
    }
    for output in &template.outputs {
        let here = Site { names, within: None };
        output.condition.iter().for_each(|expr| visit(here, expr));
        output.value.iter().for_each(|value| walk_looped(value, here, visit));
    }
    for (index, resource) in template.resources.iter().enumerate() {
        let here = site(Definition::Resource(index));
        resource.parts().for_each(|part| visit(here, part));
        if let Some(nested) = &resource.deployment
            && let NestedTemplate::Inline(inner) = &nested.template
        {
            walk_template(inner, if nested.evaluation == EvaluationScope::Inner { inner } else { names }, visit);
        }
    }
}

fn walk_looped<'t>(looped: &'t Looped, site: Site<'t>, visit: &mut impl FnMut(Site<'t>, &'t Expr)) {
    match looped {
        Looped::Once(value) => visit(site, value),
        Looped::Each { copy: Copy { count, .. }, input } => {
            visit(site, count);
            visit(site, input);
        }
    }
}
