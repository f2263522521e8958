//! Visits every expression of a template and of the templates nested in it.

use super::{Copy, EvaluationScope, Function, Looped, NestedTemplate, Template};
use crate::syntax::expression::{Expr, ExprKind};

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
    walk_template(template, template, visit);
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
        parameter.default.iter().for_each(|default| walk_expr(default, &mut |expr| visit(here, expr)));
    }
    for (index, function) in template.functions.iter().enumerate() {
        let here = Site { names: template, within: Some(Definition::Function(index)) };
        walk_expr(&function.output, &mut |expr| visit(here, expr));
    }
    for (index, variable) in template.variables.iter().enumerate() {
        walk_looped(&variable.value, site(Definition::Variable(index)), visit);
    }
    for output in &template.outputs {
        let here = Site { names, within: None };
        output.condition.iter().for_each(|expr| walk_expr(expr, &mut |expr| visit(here, expr)));
        output.value.iter().for_each(|value| walk_looped(value, here, visit));
    }
    for (index, resource) in template.resources.iter().enumerate() {
        let here = site(Definition::Resource(index));
        resource.parts().for_each(|part| walk_expr(part, &mut |expr| visit(here, expr)));
        if let Some(nested) = &resource.deployment
            && let NestedTemplate::Inline(inner) = &nested.template
        {
            walk_template(inner, if nested.evaluation == EvaluationScope::Inner { inner } else { names }, visit);
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
