//! What is deployed before a resource: what it depends on, directly or not, by `dependsOn` or by `reference`.

use crate::evaluate::pieces::{Piece, join, pieces};
use crate::evaluate::resource_id::{ResourceId, same_name};
use crate::evaluate::value::Value;
use crate::evaluate::{Evaluator, Instance};
use crate::syntax::expression::{Expr, ExprKind};
use crate::template::walk::walk_expr;

/// What is deployed before a resource.
#[derive(Debug)]
pub(super) struct Order<'t> {
    before: Vec<Instance<'t>>,
    /// Whether there may be more: a dependency that nobody can resolve.
    pub open: bool,
}

impl<'t> Order<'t> {
    /// What is deployed before `resource`.
    pub(super) fn before(evaluator: &mut Evaluator<'t>, resource: &Instance<'t>) -> Self {
        let all = evaluator.known_instances("all", &|_| true);
        let mut order = Self { before: Vec::new(), open: false };
        let mut next = vec![resource.clone()];
        while let Some(instance) = next.pop() {
            // What a deployment waits for, everything in it waits for.
            for waiting in std::iter::successors(Some(&instance), |inner| inner.enclosing()) {
                for target in targets(evaluator, waiting) {
                    let found = order.resolve(evaluator, &all, waiting, &target);
                    for dependency in found {
                        if !order.before.iter().any(|known| known.is(&dependency)) {
                            order.before.push(dependency.clone());
                            next.push(dependency);
                        }
                    }
                }
            }
        }
        order
    }

    /// Whether `instance`, or the deployment that it is part of, is deployed before.
    pub(super) fn contains(&self, instance: &Instance<'t>) -> bool {
        std::iter::successors(Some(instance), |inner| inner.enclosing())
            .any(|part| self.before.iter().any(|known| known.is(part)))
    }

    fn resolve(
        &mut self,
        evaluator: &mut Evaluator<'t>,
        all: &[Instance<'t>],
        from: &Instance<'t>,
        target: &Value,
    ) -> Vec<Instance<'t>> {
        // What can't be computed any more looks alike, and would name everything.
        if evaluator.is_spent() {
            self.open = true;
            return Vec::new();
        }
        let mut found = Vec::new();
        let mut possible = false;
        for candidate in all.iter().filter(|candidate| candidate.deployment == from.deployment && !candidate.is(from)) {
            match is_named(evaluator, candidate, target) {
                Some(true) => found.push(candidate.clone()),
                Some(false) => {}
                None => possible = true,
            }
        }
        self.open |= found.is_empty() && possible;
        found
    }
}

/// The values by which a resource names what it depends on.
fn targets<'t>(evaluator: &mut Evaluator<'t>, instance: &Instance<'t>) -> Vec<Value> {
    let mut exprs: Vec<&'t Expr> = instance.resource.depends_on().iter().collect();
    walk_expr(&instance.resource.body, &mut |expr| {
        if let ExprKind::Call { name, args } = &expr.kind
            && (name.is("reference") || name.is("resourceInfo"))
        {
            exprs.extend(args.first());
        }
    });
    exprs.into_iter().map(|expr| evaluator.evaluate(expr, &instance.env)).collect()
}

/// Whether `target` names a resource: by symbolic name, loop, id, `type/name` or name. `None` when unknown.
fn is_named<'t>(evaluator: &mut Evaluator<'t>, candidate: &Instance<'t>, target: &Value) -> Option<bool> {
    let resource = candidate.resource;
    if let Some(text) = target.as_str() {
        let symbol = text.split('[').next().unwrap_or(text);
        let copy = resource.copy.as_ref().and_then(|copy| copy.name.as_ref());
        if [resource.symbol.as_ref(), copy].into_iter().flatten().any(|name| name.is(symbol)) {
            return Some(true);
        }
    }
    if let Some(id) = ResourceId::parse(target) {
        if !resource.ty.is(&id.ty) {
            return Some(false);
        }
        let own = evaluator.id(candidate)?;
        return all_same(&own.names, &id.names);
    }
    let name = evaluator.name(candidate);
    let mut row = vec![Piece::Text(format!("{}/", resource.ty))];
    row.extend(pieces(&name)?);
    match (same_name(&name, target), same_name(&join(row), target)) {
        (Some(true), _) | (_, Some(true)) => Some(true),
        (Some(false), Some(false)) => Some(false),
        // A name that nobody knows is no path to a resource of another type.
        _ if target.as_str().is_some_and(|target| target.contains('/')) => Some(false),
        _ => None,
    }
}

fn all_same(a: &[Value], b: &[Value]) -> Option<bool> {
    if a.len() != b.len() {
        return Some(false);
    }
    let mut all = Some(true);
    for (a, b) in a.iter().zip(b) {
        match same_name(a, b) {
            Some(false) => return Some(false),
            None => all = None,
            Some(true) => {}
        }
    }
    all
}
