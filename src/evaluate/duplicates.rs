//! Resources that a template declares twice: of the same type, name and scope.

use std::collections::HashMap;

use foldhash::fast::RandomState;

use super::deployment::DeploymentId;
use super::refusal::Refusal;
use super::resource_id::ResourceId;
use super::spelling::Spelling;
use super::{Evaluator, Instance};
use crate::syntax::expression::{Expr, ExprKind};
use crate::template::walk::walk_expr;
use crate::template::{Looped, Resource, Template};

/// Most resources of one type whose computed names are compared with those of all others.
const MAX_COMPUTED: usize = 24;

/// Most resources with names that are not known that are compared with each other.
const MAX_OPEN: usize = 32;

/// Deepest nesting of expressions and variables that is looked at.
const MAX_DEPTH: usize = 8;

/// The resources of a template that may be declared twice, by their indices: those of one type each.
pub(super) fn crowds(template: &Template) -> Vec<Vec<usize>> {
    let is_deployed =
        |resource: &Resource| !resource.existing && !resource.is_extensible() && resource.name().is_some();
    let mut by_type: HashMap<&str, Vec<usize>, RandomState> = HashMap::default();
    for (index, resource) in template.resources.iter().enumerate().filter(|(_, resource)| is_deployed(resource)) {
        by_type.entry(resource.ty.folded()).or_default().push(index);
    }
    let mut crowds: Vec<Vec<usize>> = by_type.into_values().filter_map(|all| crowd(template, &all)).collect();
    crowds.sort_unstable();
    crowds
}

/// Those among resources of one type that may be the same.
fn crowd(template: &Template, all: &[usize]) -> Option<Vec<usize>> {
    let mut found: Vec<usize> = all.iter().copied().filter(|index| may_repeat(&template.resources[*index])).collect();
    if all.len() > 1 {
        let mut first: HashMap<u64, usize, RandomState> = HashMap::default();
        for index in all.iter().copied() {
            let resource = &template.resources[index];
            let Some(spelled) = Spelling::new().name(template, resource).and_then(|it| it.finish()) else { continue };
            match first.get(&spelled) {
                Some(other) if are_apart(resource, &template.resources[*other]) => {}
                Some(other) => found.extend([*other, index]),
                None => _ = first.insert(spelled, index),
            }
        }
        let name = |index: &usize| template.resources[*index].name().filter(|name| name.as_str().is_none());
        let computed = all.iter().filter(|index| name(index).is_some()).take(MAX_COMPUTED);
        for index in computed.copied() {
            let resource = &template.resources[index];
            for other in all.iter().copied().filter(|other| *other != index) {
                let other_resource = &template.resources[other];
                if !are_apart(resource, other_resource) && may_be_same(template, resource, other_resource) {
                    found.extend([index, other]);
                }
            }
        }
    }
    found.sort_unstable();
    found.dedup();
    (!found.is_empty()).then_some(found)
}

/// Whether the loop of a resource may make two of the same name.
fn may_repeat(resource: &Resource) -> bool {
    let Some(name) = resource.name().filter(|_| resource.copy.is_some()) else { return false };
    let is_inside = resource.ty.segments_in_parent().is_some();
    !is_inside && !counts(name) && resource.parent_iteration().is_none()
}

/// Whether the number of the iteration is part of what an expression yields, and does not only pick something.
fn counts(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Call { name, args } => name.is("copyIndex") || args.iter().any(counts),
        ExprKind::Interpolation { holes, .. } => holes.iter().any(counts),
        ExprKind::Property { base, .. } | ExprKind::Index { base, .. } => counts(base),
        _ => false,
    }
}

/// Whether two resources certainly have different scopes or parents.
fn are_apart(one: &Resource, other: &Resource) -> bool {
    let declared = |expr: Option<&Expr>| match expr.map(|expr| &expr.kind) {
        Some(ExprKind::Resource { declared, .. }) => Some(*declared),
        _ => None,
    };
    let differ = |one: Option<usize>, other: Option<usize>| one.is_some() && other.is_some() && one != other;
    differ(declared(one.body.get("scope")), declared(other.body.get("scope")))
        || one.body.get("scope").is_some() != other.body.get("scope").is_some()
}

/// Whether what two names begin and end with leaves open that they are the same.
fn may_be_same(template: &Template, one: &Resource, other: &Resource) -> bool {
    let (Some(one), Some(other)) = (one.name(), other.name()) else { return false };
    let mut has_index = [false; 2];
    for (expr, has) in [one, other].into_iter().zip(&mut has_index) {
        walk_expr(expr, &mut |expr| *has |= matches!(&expr.kind, ExprKind::Call { name, .. } if name.is("copyIndex")));
    }
    // Loops beside each other mostly make different things, and to try all of them costs much.
    if has_index[0] != has_index[1] {
        return false;
    }
    let agree = |a: Option<&str>, b: Option<&str>, is_end: bool| {
        let (Some(a), Some(b)) = (a, b) else { return true };
        let length = a.len().min(b.len());
        let part = |text: &str| {
            let bytes = text.as_bytes();
            let part = if is_end { &bytes[bytes.len() - length..] } else { &bytes[..length] };
            part.to_ascii_lowercase()
        };
        part(a) == part(b)
    };
    agree(edge(template, one, false, 0), edge(template, other, false, 0), false)
        && agree(edge(template, one, true, 0), edge(template, other, true, 0), true)
}

/// The text that an expression certainly begins or ends with.
fn edge<'t>(template: &'t Template, expr: &'t Expr, is_end: bool, depth: usize) -> Option<&'t str> {
    if depth > MAX_DEPTH {
        return None;
    }
    match &expr.kind {
        ExprKind::String(text) => Some(text),
        ExprKind::Interpolation { segments, .. } => {
            let segment = if is_end { segments.last() } else { segments.first() };
            segment.map(|segment| &*segment.text)
        }
        ExprKind::Call { name, args } if name.is("concat") => {
            let arg = if is_end { args.last() } else { args.first() };
            edge(template, arg?, is_end, depth + 1)
        }
        ExprKind::Call { name, args } if name.is("format") => {
            let text = args.first()?.as_str()?;
            if is_end { text.rsplit('}').next() } else { text.split('{').next() }
        }
        ExprKind::Call { name, args } if name.is("toLower") || name.is("toUpper") => {
            edge(template, args.first()?, is_end, depth + 1)
        }
        ExprKind::Call { name, args } if name.is("variables") => {
            let Looped::Once(value) = &template.variables[template.variable(args.first()?.as_str()?)?].value else {
                return None;
            };
            edge(template, value, is_end, depth + 1)
        }
        _ => None,
    }
}

impl<'t> Evaluator<'t> {
    /// Notes which of these resources of a deployment another one is already.
    pub(super) fn check_duplicates(&mut self, deployment: DeploymentId, indices: &[usize]) {
        let mut known: HashMap<String, Vec<(ResourceId, Instance<'t>)>, RandomState> = HashMap::default();
        let mut open: Vec<(ResourceId, Instance<'t>)> = Vec::new();
        for index in indices {
            for instance in self.instances_of(deployment, *index) {
                let is_certain = self.is_made(&instance) == Some(true)
                    && self.apart(|this| this.condition(&instance)).as_bool() == Some(true);
                let Some(id) = is_certain.then(|| self.id(&instance)).flatten() else { continue };
                let names: Option<Vec<&str>> = id.names.iter().map(|name| name.as_str()).collect();
                let others = match names {
                    Some(names) => known.entry(names.join("/").to_ascii_lowercase()).or_default(),
                    None if open.len() < MAX_OPEN => &mut open,
                    None => continue,
                };
                match others.iter().find(|(other, _)| other.same(&id) == Some(true)) {
                    Some((_, other)) => {
                        let other = other.clone();
                        self.refuse_duplicate(&instance, &other);
                    }
                    None => others.push((id, instance)),
                }
            }
        }
    }

    fn refuse_duplicate(&mut self, instance: &Instance<'t>, other: &Instance<'t>) {
        let (Some(name), Some(first)) = (instance.resource.name(), other.resource.name()) else { return };
        let (message, other) = if std::ptr::eq(name, first) {
            ("the loop makes two resources of the same name", None)
        } else {
            ("the template declares this resource already, with the same type, name and scope", Some(first.span))
        };
        self.refuse_beside(Refusal::Duplicate, name.span, message, other);
    }
}
