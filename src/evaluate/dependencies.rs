//! What resources depend on: on nothing that the template declares, or on themselves by some way.

use std::collections::HashMap;

use foldhash::fast::RandomState;

use super::deployment::DeploymentId;
use super::refusal::Refusal;
use super::resource_id::ResourceId;
use super::spelling::Spelling;
use super::value::Value;
use super::{Evaluator, Instance};
use crate::source::Span;
use crate::syntax::expression::{Expr, ExprKind};
use crate::template::walk::walk_expr;
use crate::template::{Looped, Resource, Template};

/// Most resources of a template whose dependencies are followed by their values.
const MAX_RESOURCES: usize = 2000;

/// Whether the dependencies of a template may lead nowhere or back. Those of Bicep are symbols, and its compiler follows
/// them. `refers` are the resources that refer to others without a version.
pub(super) fn may_be_wrong(template: &Template, refers: &[usize]) -> bool {
    let resources = &template.resources;
    if template.is_bicep || refers.is_empty() && resources.iter().all(|resource| resource.depends_on().is_empty()) {
        return false;
    }
    let spelled = Spelled::of(template);
    let mut edges: Vec<Vec<usize>> = vec![Vec::new(); resources.len()];
    for (index, resource) in resources.iter().enumerate() {
        for item in resource.depends_on() {
            match (&item.kind, spelled.find(template, item)) {
                (ExprKind::Resource { .. }, _) => {}
                (_, Some(other)) => edges[index].push(other),
                (_, None) => return true,
            }
        }
    }
    for index in refers.iter().copied() {
        for_references(&resources[index], &mut |argument| edges[index].extend(spelled.find(template, argument)));
    }
    cycle(&edges).is_some()
}

/// Calls `visit` with what a resource refers to without a version.
fn for_references<'t>(resource: &'t Resource, visit: &mut impl FnMut(&'t Expr)) {
    for part in resource.parts() {
        walk_expr(part, &mut |expr| {
            if let ExprKind::Call { name, args } = &expr.kind
                && name.is("reference")
                && let [argument] = args.as_slice()
            {
                visit(argument);
            }
        });
    }
}

/// The resources of a template by all that they are called, as far as that is told by the text.
struct Spelled {
    found: HashMap<u64, usize, RandomState>,
}

impl Spelled {
    fn of(template: &Template) -> Self {
        let mut found = HashMap::default();
        for (index, resource) in template.resources.iter().enumerate() {
            let mut add = |spelling: Option<Spelling>| {
                if let Some(number) = spelling.and_then(|it| it.finish()) {
                    found.entry(number).or_insert(index);
                }
            };
            let ty = resource.ty.to_string();
            add(Spelling::new().name(template, resource));
            add(Spelling::new().text(&ty).text("/").name(template, resource));
            add(Spelling::new().text(&ty).text("|").name(template, resource));
            add(resource.symbol.as_ref().map(|symbol| Spelling::new().text(&symbol.text)));
            let name = resource.copy.as_ref().and_then(|copy| copy.name.as_ref());
            add(name.map(|name| Spelling::new().text(&name.text)));
        }
        Self { found }
    }

    /// The resource that an expression certainly names.
    fn find(&self, template: &Template, expr: &Expr) -> Option<usize> {
        let expr = match &expr.kind {
            ExprKind::Call { name, args } if name.is("variables") => {
                match &template.variables.get(template.variable(args.first()?.as_str()?)?)?.value {
                    Looped::Once(value) => value,
                    Looped::Each { .. } => return None,
                }
            }
            _ => expr,
        };
        let spelling = match &expr.kind {
            ExprKind::Call { name, args } if name.is("resourceId") => {
                let (ty, names) = args.split_first()?;
                let (first, rest) = names.split_first()?;
                let spelling = Spelling::new().text(ty.as_str().filter(|ty| ty.contains('/'))?).text("|").expr(first);
                rest.iter().fold(spelling, |spelling, name| spelling.text("/").expr(name))
            }
            _ => Spelling::new().expr(expr),
        };
        self.found.get(&spelling.finish()?).copied()
    }
}

/// A way from something back to itself, if there is one: its last step.
fn cycle(edges: &[Vec<usize>]) -> Option<(usize, usize)> {
    let mut is_done = vec![false; edges.len()];
    let mut is_open = vec![false; edges.len()];
    for start in 0..edges.len() {
        let mut path: Vec<(usize, usize)> = if is_done[start] { Vec::new() } else { vec![(start, 0)] };
        while let Some((at, next)) = path.last_mut() {
            let from = *at;
            is_open[from] = true;
            let Some(to) = edges[from].get(*next).copied() else {
                (is_open[from], is_done[from]) = (false, true);
                path.pop();
                continue;
            };
            if is_open[to] {
                return Some((from, *next));
            }
            *next += 1;
            if !is_done[to] {
                path.push((to, 0));
            }
        }
    }
    None
}

/// What the resources of a deployment are called in the present world.
struct Called<'t> {
    instances: Vec<(Instance<'t>, Option<ResourceId>, Option<String>)>,
    /// Symbols and names of loops, in lower case.
    groups: HashMap<String, Vec<usize>, RandomState>,
    /// Those of which only some names are known may be called anything.
    are_known: bool,
}

/// What a dependency leads to.
enum Target {
    Found(Vec<usize>),
    Nothing,
    Unknown,
}

impl<'t> Evaluator<'t> {
    /// Notes which dependencies of the resources of a deployment lead nowhere, and which lead back.
    pub(super) fn check_dependencies(&mut self, deployment: DeploymentId) {
        let called = self.called(deployment);
        if called.instances.len() > MAX_RESOURCES {
            return;
        }
        let mut edges: Vec<Vec<usize>> = vec![Vec::new(); called.instances.len()];
        let mut places: Vec<Vec<Span>> = vec![Vec::new(); called.instances.len()];
        for (index, (instance, ..)) in called.instances.iter().enumerate() {
            let is_certain = self.is_made(instance) == Some(true) && self.condition(instance).as_bool() == Some(true);
            if !is_certain || instance.resource.existing {
                continue;
            }
            for item in instance.resource.depends_on() {
                if matches!(item.kind, ExprKind::Resource { .. }) {
                    continue;
                }
                let value = self.apart(|this| this.evaluate(item, &instance.env));
                match self.target(deployment, &called, &value) {
                    Target::Found(others) => {
                        places[index].extend(others.iter().map(|_| item.span));
                        edges[index].extend(others);
                    }
                    Target::Nothing => {
                        let message = "no resource of this template is called so";
                        self.refuse(Refusal::Dependency, item.span, message);
                    }
                    Target::Unknown => {}
                }
            }
            let mut referred = Vec::new();
            for_references(instance.resource, &mut |argument| referred.push(argument));
            for argument in referred {
                let value = self.apart(|this| this.evaluate(argument, &instance.env));
                if let Target::Found(others) = self.target(deployment, &called, &value) {
                    places[index].extend(others.iter().map(|_| argument.span));
                    edges[index].extend(others);
                }
            }
        }
        if let Some((from, at)) = cycle(&edges) {
            let is_own = edges[from][at] == from;
            let message = if is_own {
                "the resource depends on itself"
            } else {
                "the resources depend on each other in a circle, which ends here"
            };
            self.refuse(Refusal::Circle, places[from][at], message);
        }
    }

    fn called(&mut self, deployment: DeploymentId) -> Called<'t> {
        let template = self.template_of(deployment);
        let mut called = Called { instances: Vec::new(), groups: HashMap::default(), are_known: true };
        for (index, resource) in template.resources.iter().enumerate() {
            for instance in self.instances_of(deployment, index) {
                if called.instances.len() > MAX_RESOURCES {
                    return called;
                }
                let id = self.id(&instance);
                let name = self.apart(|this| this.name(&instance)).as_str().map(str::to_ascii_lowercase);
                called.are_known &= name.is_some();
                let loop_name = resource.copy.as_ref().and_then(|copy| copy.name.as_ref());
                for group in [resource.symbol.as_ref(), loop_name].into_iter().flatten() {
                    let members = called.groups.entry(group.text.to_ascii_lowercase()).or_default();
                    members.push(called.instances.len());
                }
                called.instances.push((instance, id, name));
            }
            // A loop that makes nothing is there, and so is what it would have made.
            if let Some(copy) = &resource.copy {
                called.are_known &= !called.instances.is_empty();
                let name = copy.name.iter().chain(&resource.symbol);
                name.for_each(|name| _ = called.groups.entry(name.text.to_ascii_lowercase()).or_default());
            }
        }
        called
    }

    /// What the value of a dependency leads to.
    fn target(&mut self, deployment: DeploymentId, called: &Called<'t>, value: &Value) -> Target {
        let text = value.as_str().map(str::to_ascii_lowercase);
        if let Some(text) = &text {
            if let Some(group) = called.groups.get(text) {
                return Target::Found(group.clone());
            }
            if text.is_empty() {
                return Target::Unknown;
            }
        }
        if let Some(id) = ResourceId::parse(value) {
            return self.target_of_id(deployment, called, &id);
        }
        let Some(text) = text else { return Target::Unknown };
        let is_called = |(instance, _, name): &(Instance<'t>, Option<ResourceId>, Option<String>)| {
            let Some(name) = name else { return false };
            let ty = instance.resource.ty.folded();
            let last = name.rsplit('/').next().unwrap_or(name);
            *name == text || last == text || text == format!("{ty}/{name}") || text == in_order(ty, name)
        };
        let found: Vec<usize> =
            (0..called.instances.len()).filter(|index| is_called(&called.instances[*index])).collect();
        let loops = called.instances.iter().any(|(instance, ..)| instance.resource.copy.is_some());
        match found.is_empty() {
            false => Target::Found(found),
            true if called.are_known && !loops && !text.starts_with('/') => Target::Nothing,
            true => Target::Unknown,
        }
    }

    fn target_of_id(&mut self, deployment: DeploymentId, called: &Called<'t>, id: &ResourceId) -> Target {
        let mut found = Vec::new();
        for (index, (_, other, _)) in called.instances.iter().enumerate() {
            match other.as_ref().map(|other| other.same(id)) {
                Some(Some(true)) => found.push(index),
                Some(Some(false)) => {}
                Some(None) | None => return Target::Unknown,
            }
        }
        if !found.is_empty() {
            return Target::Found(found);
        }
        let template = self.template_of(deployment);
        let may_be_made =
            |resource: &Resource| resource.copy.is_some() && resource.ty.folded().eq_ignore_ascii_case(&id.ty);
        // What is elsewhere may be deployed by another one.
        let is_here = self.scope(deployment).id().same(&id.scope) == Some(true);
        if is_here && !template.resources.iter().any(may_be_made) { Target::Nothing } else { Target::Unknown }
    }
}

/// A type and a name with their segments in turn, as in an id.
fn in_order(ty: &str, name: &str) -> String {
    let mut parts = ty.split('/');
    let mut text = parts.next().unwrap_or_default().to_owned();
    for (ty, name) in parts.zip(name.split('/')) {
        text.extend(["/", ty, "/", name]);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_circle_is_found_wherever_it_begins() {
        assert_eq!(cycle(&[vec![1], vec![2], vec![]]), None);
        assert_eq!(cycle(&[vec![1, 2], vec![2], vec![]]), None);
        assert_eq!(cycle(&[vec![0]]), Some((0, 0)));
        assert_eq!(cycle(&[vec![], vec![2], vec![0, 3], vec![1]]), Some((3, 0)));
    }
}
