//! Implicit dependencies: a resource is deployed after each one that it speaks of.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::{property, string};
use crate::syntax::expression::{Expr, ExprKind, Member};
use crate::template::walk::walk_expr;
use crate::template::{Looped, Resource, Template};

/// Adds the implicit dependencies of every resource to its `dependsOn`.
pub(super) fn add(template: &mut Template) {
    let variables: HashMap<String, Vec<Expr>> = template
        .variables
        .iter()
        .map(|variable| {
            let mut found = Vec::new();
            match &variable.value {
                Looped::Once(value) => mentioned(value, &mut found),
                Looped::Each { copy, input } => {
                    mentioned(&copy.count, &mut found);
                    mentioned(input, &mut found);
                }
            }
            (variable.name.text.to_string(), found)
        })
        .collect();
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
    let ids = dependencies.into_iter().map(|resource| {
        let span = resource.span;
        property(resource, "id", span)
    });
    match members.iter_mut().find(|member| member.key.as_str() == Some("dependsOn")).map(|m| &mut m.value.kind) {
        Some(ExprKind::Array(items)) => items.extend(ids),
        Some(_) => {}
        None => {
            let value = Expr::new(ExprKind::Array(ids.collect()), span);
            members.push(Member { key: string("dependsOn", span), value });
        }
    }
}

/// The resources that the resource at `index` speaks of, each once.
fn dependencies(template: &Template, index: usize, variables: &HashMap<String, Vec<Expr>>) -> Vec<Expr> {
    let resource = &template.resources[index];
    let mut found = Vec::new();
    mentioned(&resource.body, &mut found);
    found.extend(resource.copy.iter().flat_map(|copy| {
        let mut inside = Vec::new();
        mentioned(&copy.count, &mut inside);
        inside
    }));
    if let Some(parameters) = resource.deployment.as_ref().and_then(|deployment| deployment.parameters.as_ref()) {
        mentioned(parameters, &mut found);
    }
    let mut through: HashSet<String> = HashSet::new();
    let mut resources = Vec::new();
    let mut known = BTreeSet::new();
    while let Some(mention) = found.pop() {
        match &mention.kind {
            ExprKind::Call { args, .. } => {
                let name = args.first().and_then(Expr::as_str).unwrap_or_default();
                if through.insert(name.to_owned()) {
                    found.extend(variables.get(name).into_iter().flatten().cloned());
                }
            }
            ExprKind::Resource { declared, iteration, .. } if *declared != index => {
                let existing = template.resources.get(*declared).is_none_or(|resource| resource.existing);
                if !existing && known.insert((*declared, format!("{:?}", iteration.as_ref().map(|it| &it.kind)))) {
                    resources.push(mention);
                }
            }
            _ => {}
        }
    }
    if let Some(parent) = resource.parent
        && let Some(outer) = template.resources.get(parent).filter(|outer| !outer.existing)
        && !known.iter().any(|(declared, _)| *declared == parent)
        && let Some(symbol) = &outer.symbol
    {
        let name = symbol.clone();
        let kind = ExprKind::Resource { name, declared: parent, iteration: None };
        resources.push(Expr::new(kind, resource.ty.span));
    }
    resources.reverse();
    resources
}

/// Collects the uses of resources and of variables in an expression.
fn mentioned(expr: &Expr, found: &mut Vec<Expr>) {
    walk_expr(expr, &mut |expr| match &expr.kind {
        ExprKind::Resource { .. } => found.push(expr.clone()),
        ExprKind::Call { name, .. } if name.is("variables") => found.push(expr.clone()),
        _ => {}
    });
}
