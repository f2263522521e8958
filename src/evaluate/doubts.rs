//! Which expressions of a template Azure may refuse, told from what they are made of: most it can't, and they need not be
//! tried.

use super::existing;
use super::expression::{PropertyLoop, property_loops};
use super::placement::may_be_misplaced;
use super::roots::Place;
use super::shape::{Shape, Shapes};
use super::wanted::Wanted;
use crate::syntax::expression::{Expr, ExprKind, Member, Name};
use crate::template::{Looped, Resource, Template};

/// What of a template may be refused.
#[derive(Debug, Default)]
pub(super) struct Doubts<'t> {
    /// Defaults, by the indices of their parameters.
    pub defaults: Vec<(usize, Doubt<'t>)>,
    /// Variables.
    pub variables: Vec<Doubt<'t>>,
    /// Outputs, by their indices.
    pub outputs: Vec<(usize, Doubt<'t>)>,
    /// The names of resources, by the indices of these.
    pub names: Vec<(usize, Doubt<'t>)>,
    /// The numbers of copies that the loops of resources make, likewise.
    pub counts: Vec<(usize, Doubt<'t>)>,
    /// The conditions of resources, likewise.
    pub conditions: Vec<(usize, Doubt<'t>)>,
    /// Other parts of resources, likewise.
    pub resources: Vec<(usize, Doubt<'t>)>,
}

/// An expression that may be refused.
#[derive(Debug, Clone)]
pub(super) struct Doubt<'t> {
    /// The expression.
    pub expr: &'t Expr,
    /// The loops that make what it is part of, the outermost first.
    pub loops: Vec<Loop<'t>>,
    /// What its value has to be.
    pub wanted: Wanted,
}

/// A loop that makes a variable, an output or a property.
#[derive(Debug, Clone)]
pub(super) struct Loop<'t> {
    /// What `copyIndex` calls it.
    pub name: Option<Name>,
    /// How often it runs.
    pub count: &'t Expr,
}

/// Members of a resource that are not evaluated with it, or by themselves.
const NOT_THERE: [&str; 8] = ["apiVersion", "comments", "condition", "copy", "metadata", "name", "resources", "type"];

impl<'t> Doubts<'t> {
    /// What of `template` may be refused, whose expressions have these `shapes`.
    pub(super) fn of(template: &'t Template, shapes: Shapes<'t>) -> Self {
        let mut collector = Collector { shapes, loops: Vec::new(), found: Vec::new() };
        let mut doubts = Self::default();
        for (index, parameter) in template.parameters.iter().enumerate() {
            parameter.default.iter().for_each(|default| collector.collect(default));
            doubts.defaults.extend(collector.found(index));
        }
        for variable in &template.variables {
            collector.collect_looped(&variable.value);
            doubts.variables.append(&mut collector.found);
        }
        let reads_existing = existing::are_in(template);
        for (index, output) in template.outputs.iter().enumerate() {
            output.value.iter().for_each(|value| collector.collect_looped(value));
            if reads_existing && let Some(value) = output.value.as_ref().and_then(existing::once) {
                for part in existing::read_by(template, value) {
                    collector.collect(part);
                }
            }
            doubts.outputs.extend(collector.found(index));
        }
        let has_symbols = template.has_symbols();
        for (index, resource) in template.resources.iter().enumerate() {
            // What Bicep only refers to is not part of what it deploys, unless by its symbolic name.
            if resource.existing && !has_symbols {
                continue;
            }
            if let Some(name) = resource.name() {
                collector.collect_name(name, resource, segments_asked(template, resource));
                // Without symbolic names, a name is one with those of the resources that it is a part of.
                if reads_existing && !resource.existing {
                    let parts = existing::read_by(template, name);
                    let parents =
                        resource.parent.map(|parent| existing::names_of(template, parent)).unwrap_or_default();
                    parts.into_iter().chain(parents).for_each(|part| collector.collect(part));
                }
                doubts.names.extend(collector.found(index));
            }
            if resource.existing {
                collector.collect_resource(resource);
                doubts.resources.extend(collector.found(index));
                continue;
            }
            // The service makes no copies of what is written in another resource.
            let is_inside = resource.parent.is_some() && resource.parent_reference.is_none();
            if let Some(copy) = resource.copy.as_ref().filter(|_| !is_inside) {
                collector.collect_count(&copy.count);
                doubts.counts.extend(collector.found(index));
            }
            if let Some(condition) = resource.condition() {
                collector.collect_condition(condition);
                doubts.conditions.extend(collector.found(index));
            }
            if let Some(name) = resource.name().filter(|_| may_be_misplaced(template, resource)) {
                collector.push(name, Wanted::Placement);
            }
            collector.collect_resource(resource);
            if reads_existing {
                let is_read =
                    |key: &str| !NOT_THERE.iter().chain(&["dependsOn"]).any(|it| it.eq_ignore_ascii_case(key));
                let members = resource.body.members().iter().filter(|it| it.key.as_str().is_some_and(is_read));
                let parts = members.map(|member| &member.value).chain(given_to(resource));
                for part in parts.flat_map(|part| existing::read_by(template, part)) {
                    collector.collect(part);
                }
            }
            doubts.resources.extend(collector.found(index));
        }
        doubts
    }

    /// All about resources, and what they are parts of.
    pub(super) fn of_resources(&self) -> impl Iterator<Item = (Place, &(usize, Doubt<'t>))> {
        let names = self.names.iter().map(|doubt| (Place::Name, doubt));
        let counts = self.counts.iter().map(|doubt| (Place::Count, doubt));
        let conditions = self.conditions.iter().map(|doubt| (Place::Condition, doubt));
        let others = self.resources.iter().map(|doubt| (Place::Resource, doubt));
        names.chain(counts).chain(conditions).chain(others)
    }

    /// Whether nothing can be refused.
    pub(super) fn is_empty(&self) -> bool {
        self.of_resources().next().is_none() && !self.are_in_definitions()
    }

    /// Whether a default, variable or output may be refused.
    pub(super) fn are_in_definitions(&self) -> bool {
        !(self.defaults.is_empty() && self.variables.is_empty() && self.outputs.is_empty())
    }
}

/// What is found of one template.
struct Collector<'t> {
    shapes: Shapes<'t>,
    /// The loops around what is looked at.
    loops: Vec<Loop<'t>>,
    found: Vec<Doubt<'t>>,
}

impl<'t> Collector<'t> {
    /// What was found since the last time, in something with an index.
    fn found(&mut self, index: usize) -> impl Iterator<Item = (usize, Doubt<'t>)> {
        self.found.drain(..).map(move |doubt| (index, doubt))
    }

    /// Finds the largest parts of `expr` that are no objects or arrays and may be refused.
    fn collect(&mut self, expr: &'t Expr) {
        match &expr.kind {
            ExprKind::Object(members) => {
                for member in members {
                    if let Some(loops) = property_loops(member) {
                        self.collect_clashes(members, &member.value);
                        for PropertyLoop { name, count, input } in loops {
                            self.collect_loop(Some(name), count, input);
                        }
                    } else {
                        if member.key.as_str().is_none() {
                            let is_text = |shape| matches!(shape, Shape::Text | Shape::Later);
                            self.collect_wanted(&member.key, Wanted::Key, is_text);
                        }
                        self.collect(&member.value);
                    }
                }
            }
            ExprKind::Array(items) => items.iter().for_each(|item| self.collect(item)),
            ExprKind::String(_) | ExprKind::Integer(_) | ExprKind::Bool(_) | ExprKind::Null => {}
            _ if self.shapes.may_be_refused(expr) => self.push(expr, Wanted::Anything),
            _ => {}
        }
    }

    /// Finds the names of loops that something else in their object has.
    fn collect_clashes(&mut self, members: &'t [Member], loops: &'t Expr) {
        let ExprKind::Array(loops) = &loops.kind else { return };
        let mut names: Vec<&str> = Vec::with_capacity(loops.len());
        for name in loops.iter().filter_map(|item| item.get("name")) {
            let Some(text) = name.as_str() else { continue };
            let is_it = |known: &str| known.eq_ignore_ascii_case(text);
            let is_beside = members.iter().any(|member| member.key.as_str().is_some_and(is_it));
            if is_beside || names.iter().any(|known| is_it(known)) {
                self.push(name, Wanted::Unused);
            }
            names.push(text);
        }
    }

    fn push(&mut self, expr: &'t Expr, wanted: Wanted) {
        self.found.push(Doubt { expr, loops: self.loops.clone(), wanted });
    }

    /// Finds out whether an expression may be refused, or be something else than it must be.
    fn collect_wanted(&mut self, expr: &'t Expr, wanted: Wanted, is_fine: fn(Shape<'t>) -> bool) {
        let may_be_refused = self.shapes.may_be_refused(expr);
        if may_be_refused || !is_fine(self.shapes.told(expr)) {
            self.push(expr, wanted);
        }
    }

    /// A number of copies. One that is written out is judged by its text.
    fn collect_count(&mut self, count: &'t Expr) {
        match &count.kind {
            ExprKind::Integer(_) | ExprKind::Null => {}
            // No array is that long, but one that is made so.
            ExprKind::Call { name, args } if name.is("length") && !args.iter().any(is_range) => {
                self.collect_wanted(count, Wanted::Count, |shape| matches!(shape, Shape::Integer | Shape::Later));
            }
            _ => self.collect_wanted(count, Wanted::Count, |shape| matches!(shape, Shape::Later)),
        }
    }

    /// The condition of a resource. What is written out is no boolean to all tools, and yet the service may take it.
    fn collect_condition(&mut self, condition: &'t Expr) {
        if !is_written_out(condition) {
            let is_given = matches!(&condition.kind, ExprKind::Call { name, .. } if name.is("parameters"));
            let wanted = if is_given { Wanted::Switch } else { Wanted::Condition };
            self.collect_wanted(condition, wanted, |shape| matches!(shape, Shape::Bool | Shape::Later));
        }
    }

    /// The name of a resource, of so many segments where that is known. One that is written out is judged by its text.
    fn collect_name(&mut self, name: &'t Expr, resource: &Resource, segments: Option<usize>) {
        if is_written_out(name) || resource.is_extensible() {
            return;
        }
        let wanted = Wanted::Name(segments);
        if segments.is_some_and(|segments| self.shapes.may_be_misnamed(name, segments)) {
            return self.push(name, wanted);
        }
        self.collect_wanted(name, wanted, |shape| matches!(shape, Shape::Text | Shape::Later));
    }

    /// The id of a subscription.
    fn collect_subscription(&mut self, id: &'t Expr) {
        self.collect_wanted(id, Wanted::Subscription, |shape| matches!(shape, Shape::Later));
    }

    fn collect_looped(&mut self, looped: &'t Looped) {
        match looped {
            Looped::Once(value) => self.collect(value),
            Looped::Each { copy, input } => self.collect_loop(copy.name.clone(), &copy.count, input),
        }
    }

    fn collect_loop(&mut self, name: Option<Name>, count: &'t Expr, input: &'t Expr) {
        self.collect_count(count);
        self.loops.push(Loop { name, count });
        self.collect(input);
        self.loops.pop();
    }

    fn collect_resource(&mut self, resource: &'t Resource) {
        for member in resource.body.members() {
            let is_called = |name: &str| member.key.as_str().is_some_and(|key| key.eq_ignore_ascii_case(name));
            if !NOT_THERE.iter().any(|name| is_called(name)) {
                self.collect(&member.value);
            }
            // Of all resources, these say where they are by more than an id.
            if resource.deployment.is_some() || resource.existing {
                let id = if is_called("scope") { subscription_of(&member.value) } else { None };
                let id = if is_called("subscriptionId") { Some(&member.value) } else { id };
                if let Some(id) = id {
                    self.collect_subscription(id);
                }
            }
        }
        if let Some(version) = resource.api_version().filter(|version| !is_written_out(version)) {
            self.collect_wanted(version, Wanted::Version, |shape| matches!(shape, Shape::Text | Shape::Later));
        }
        if let Some(given) = given_to(resource) {
            self.collect(given);
        }
    }
}

/// What a module is given, which is no part of its body.
fn given_to(resource: &Resource) -> Option<&Expr> {
    resource.deployment.as_ref()?.parameters.as_ref().filter(|_| resource.is_module())
}

/// The subscription that a scope of Bicep names: `resourceGroup(id, …)` or `subscription(id)`, as they are lowered.
fn subscription_of(scope: &Expr) -> Option<&Expr> {
    let ExprKind::Call { name, args } = &scope.kind else { return None };
    let [form, id, ..] = args.as_slice() else { return None };
    (name.is("format") && form.as_str()?.starts_with("/subscriptions/{0}")).then_some(id)
}

/// Whether lowering has seen what kind of value it is.
fn is_written_out(expr: &Expr) -> bool {
    use ExprKind::{Array, Bool, Float, Integer, Null, Object, String};
    matches!(expr.kind, Null | Bool(_) | Integer(_) | Float(_) | String(_) | Array(_) | Object(_))
}

/// Whether an expression is an array of consecutive numbers.
fn is_range(expr: &Expr) -> bool {
    matches!(&expr.kind, ExprKind::Call { name, .. } if name.is("range"))
}

/// How many segments the name of a resource has to have.
fn segments_asked(template: &Template, resource: &Resource) -> Option<usize> {
    // What is wrong with such a type is told by itself.
    if resource.ty.folded().contains("//") {
        return None;
    }
    if let Some(segments) = resource.ty.segments_in_parent() {
        return Some(segments).filter(|wanted| *wanted > 0);
    }
    let named = resource.parent.filter(|_| resource.parent_reference.is_some());
    let parent = named.and_then(|parent| template.resources.get(parent));
    let below = parent.filter(|parent| resource.ty.is_below(&parent.ty)).map_or(0, |parent| parent.ty.depth());
    resource.ty.depth().checked_sub(below).filter(|wanted| *wanted > 0)
}
