//! Existing resources without symbolic names: the compiler of Bicep writes their names and scopes out where something reads
//! them, so that these are evaluated there, and nowhere else.

use crate::syntax::expression::{Expr, ExprKind};
use crate::template::sites::by_need;
use crate::template::{Looped, Template};

/// Most existing resources that one leads to.
const MAX_STEPS: usize = 8;

/// The expressions that belong to what `expr` reads for certain of existing resources in `template`.
pub(super) fn read_by<'t>(template: &'t Template, expr: &'t Expr) -> Vec<&'t Expr> {
    let mut found = Vec::new();
    collect(template, expr, MAX_STEPS, &mut found);
    found
}

/// The names of the existing resource `declared` and of those that it is a part of.
pub(super) fn names_of(template: &Template, declared: usize) -> Vec<&Expr> {
    let mut found = Vec::new();
    add(template, declared, false, MAX_STEPS, &mut found);
    found
}

/// The value of an output or variable that is evaluated once.
pub(super) fn once(looped: &Looped) -> Option<&Expr> {
    match looped {
        Looped::Once(value) => Some(value),
        Looped::Each { .. } => None,
    }
}

/// Whether a template has such resources.
pub(super) fn are_in(template: &Template) -> bool {
    !template.has_symbols() && template.resources.iter().any(|resource| resource.existing)
}

fn collect<'t>(template: &'t Template, expr: &'t Expr, steps: usize, found: &mut Vec<&'t Expr>) {
    let mut go_on = |expr| collect(template, expr, steps, found);
    match &expr.kind {
        ExprKind::Array(items) => items.iter().for_each(go_on),
        // A loop may make nothing.
        ExprKind::Object(members) if expr.get("copy").is_none() => {
            for member in members {
                go_on(&member.key);
                go_on(&member.value);
            }
        }
        ExprKind::Interpolation { holes, .. } => holes.iter().for_each(go_on),
        ExprKind::Call { name, args } => by_need(name, args).0.iter().for_each(go_on),
        ExprKind::Property { base, name } => match &base.kind {
            ExprKind::Resource { declared, .. } if name.is("name") => {
                add(template, *declared, false, steps, found);
            }
            ExprKind::Resource { .. } if name.is("type") || name.is("apiVersion") => {}
            _ => go_on(base),
        },
        ExprKind::Index { base, index } => [base, index].into_iter().for_each(|part| go_on(part)),
        ExprKind::Resource { declared, .. } => add(template, *declared, true, steps, found),
        _ => {}
    }
}

/// Adds the name of an existing resource and of those that it is a part of, and where they are if that is read, too.
fn add<'t>(template: &'t Template, declared: usize, reads_scope: bool, steps: usize, found: &mut Vec<&'t Expr>) {
    let resource = template.resources.get(declared);
    let Some(resource) = resource.filter(|it| it.existing && it.copy.is_none() && it.condition().is_none()) else {
        return;
    };
    let Some(steps) = steps.checked_sub(1) else { return };
    let scope = resource.body.get("scope").filter(|_| reads_scope);
    for part in resource.name().into_iter().chain(scope) {
        found.push(part);
        collect(template, part, steps, found);
    }
    if let Some(parent) = resource.parent {
        add(template, parent, reads_scope, steps, found);
    }
}
