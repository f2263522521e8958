//! Implicit dependencies: a resource is deployed after each one that it speaks of.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::{property, string};
use crate::syntax::expression::{Expr, ExprKind, Member};
use crate::template::walk::walk_expr;
use crate::template::{Looped, Resource, Template};

/// Adds the implicit dependencies of every resource to its `dependsOn`.
pub(super) fn add(template: &mut Template) {
    let mut variables: HashMap<Arc<str>, Vec<Expr>> = HashMap::new();
    for variable in &template.variables {
        let mut found = Vec::new();
        match &variable.value {
            Looped::Once(value) => mentioned(value, &mut found),
            Looped::Each { copy, input } => {
                mentioned(&copy.count, &mut found);
                mentioned(input, &mut found);
            }
        }
        if !found.is_empty() {
            variables.insert(Arc::clone(&variable.name.text), found);
        }
    }
    let all: Vec<Vec<Expr>> =
        (0..template.resources.len()).map(|index| dependencies(template, index, &variables)).collect();
    for (resource, dependencies) in template.resources.iter_mut().zip(all) {
        if !dependencies.is_empty() && !resource.existing {
            extend(resource, dependencies);
        }
    }
}

fn extend(resource: &mut Resource, dependencies: Vec<Expr>) {
    let span = resource.ty.span;
    let ExprKind::Object(members) = &mut resource.body.kind else { return };
    match members.iter_mut().find(|member| member.key.as_str() == Some("dependsOn")).map(|m| &mut m.value.kind) {
        Some(ExprKind::Array(items)) => items.extend(dependencies),
        Some(_) => {}
        None => {
            let value = Expr::new(ExprKind::Array(dependencies), span);
            members.push(Member { key: string("dependsOn", span), value });
        }
    }
}

/// The resources that the resource at `index` speaks of, each once. One that exists already is not waited for, but what it
/// speaks of is.
fn dependencies(template: &Template, index: usize, variables: &HashMap<Arc<str>, Vec<Expr>>) -> Vec<Expr> {
    let mut found = Vec::new();
    mentioned_by(template, &template.resources[index], &mut found);
    let mut through: HashSet<Arc<str>> = HashSet::new();
    let mut resources: Vec<Expr> = Vec::new();
    let mut existing = HashSet::new();
    while let Some(mention) = found.pop() {
        match mention.kind {
            ExprKind::Call { args, .. } => {
                if let Some(Expr { kind: ExprKind::String(name), .. }) = args.into_iter().next()
                    && let Some(mentions) = variables.get(&name)
                    && through.insert(name)
                {
                    found.extend(mentions.iter().cloned());
                }
            }
            ExprKind::Resource { name, declared, iteration } if declared != index => {
                let Some(resource) = template.resources.get(declared) else { continue };
                if resource.existing {
                    if existing.insert(declared) {
                        mentioned_by(template, resource, &mut found);
                    }
                    continue;
                }
                // Which iteration is meant inside of a property is not known outside of it.
                let iteration = iteration.filter(|iteration| !is_inner(iteration));
                let span = mention.span;
                resources.push(Expr::new(ExprKind::Resource { name, declared, iteration }, span));
            }
            _ => {}
        }
    }
    resources.reverse();
    let mut unique: Vec<Expr> = Vec::new();
    for resource in resources {
        if !unique.iter().any(|known| is_same(known, &resource)) {
            unique.push(resource);
        }
    }
    unique.into_iter().map(|resource| address(template, resource)).collect()
}

/// What `dependsOn` says of a resource: its id, or its symbolic name when it has none.
fn address(template: &Template, resource: Expr) -> Expr {
    let span = resource.span;
    match &resource.kind {
        ExprKind::Resource { name, declared, .. } if template.resources[*declared].is_extensible() => {
            string(Arc::clone(&name.text), span)
        }
        _ => property(resource, "id", span),
    }
}

/// Collects what all parts of a resource speak of, its parent included.
fn mentioned_by(template: &Template, resource: &Resource, found: &mut Vec<Expr>) {
    if let Some(declared) = resource.parent
        && let Some(name) = template.resources.get(declared).and_then(|parent| parent.symbol.as_ref())
    {
        let iteration = resource.parent_iteration.clone().map(Box::new);
        found.push(Expr::new(ExprKind::Resource { name: name.clone(), declared, iteration }, resource.ty.span));
    }
    mentioned(&resource.body, found);
    if let Some(copy) = &resource.copy {
        mentioned(&copy.count, found);
    }
    if let Some(parameters) = resource.deployment.as_ref().and_then(|deployment| deployment.parameters.as_ref()) {
        mentioned(parameters, found);
    }
}

/// Whether an index depends on a loop inside of a resource, or on a lambda.
fn is_inner(index: &Expr) -> bool {
    let mut inner = false;
    walk_expr(index, &mut |expr| {
        if let ExprKind::Call { name, args } = &expr.kind {
            inner |= name.is("copyIndex") && !args.is_empty() || name.is("lambdaVariables");
        }
    });
    inner
}

/// Whether two expressions mean the same resource, wherever they are written.
fn is_same(a: &Expr, b: &Expr) -> bool {
    match (&a.kind, &b.kind) {
        (
            ExprKind::Resource { declared: x, iteration: i, .. },
            ExprKind::Resource { declared: y, iteration: j, .. },
        ) => {
            x == y
                && match (i, j) {
                    (None, None) => true,
                    (Some(i), Some(j)) => is_same(i, j),
                    _ => false,
                }
        }
        (ExprKind::Integer(x), ExprKind::Integer(y)) => x == y,
        (ExprKind::String(x), ExprKind::String(y)) => x == y,
        (ExprKind::Call { name: f, args: x }, ExprKind::Call { name: g, args: y }) => {
            f.text == g.text && x.len() == y.len() && x.iter().zip(y).all(|(x, y)| is_same(x, y))
        }
        (ExprKind::Index { base: x, index: i }, ExprKind::Index { base: y, index: j }) => {
            is_same(x, y) && is_same(i, j)
        }
        (ExprKind::Property { base: x, name: f }, ExprKind::Property { base: y, name: g }) => {
            f.text == g.text && is_same(x, y)
        }
        _ => false,
    }
}

/// Collects the uses of resources and of variables in an expression.
fn mentioned(expr: &Expr, found: &mut Vec<Expr>) {
    walk_expr(expr, &mut |expr| match &expr.kind {
        ExprKind::Resource { .. } => found.push(expr.clone()),
        ExprKind::Call { name, .. } if name.is("variables") => found.push(expr.clone()),
        _ => {}
    });
}
