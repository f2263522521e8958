//! Which expressions of a template Azure may refuse, told from what they are made of: most it can't, and they need not be
//! tried.

use super::expression::{PropertyLoop, property_loops};
use super::shape::Shapes;
use crate::syntax::expression::{Expr, ExprKind, Name};
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
const NOT_THERE: [&str; 7] = ["comments", "condition", "copy", "metadata", "name", "resources", "type"];

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
        for (index, output) in template.outputs.iter().enumerate() {
            output.value.iter().for_each(|value| collector.collect_looped(value));
            doubts.outputs.extend(collector.found(index));
        }
        let has_symbols = template.has_symbols();
        let is_evaluated = |resource: &Resource| !resource.existing || has_symbols;
        for (index, resource) in template.resources.iter().enumerate().filter(|(_, resource)| is_evaluated(resource)) {
            resource.name().into_iter().for_each(|name| collector.collect(name));
            doubts.names.extend(collector.found(index));
            collector.collect_resource(resource);
            doubts.resources.extend(collector.found(index));
        }
        doubts
    }

    /// Whether nothing can be refused.
    pub(super) fn is_empty(&self) -> bool {
        self.names.is_empty() && self.resources.is_empty() && !self.are_in_definitions()
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
                        for PropertyLoop { name, count, input } in loops {
                            self.collect_loop(Some(name), count, input);
                        }
                    } else {
                        self.collect(&member.key);
                        self.collect(&member.value);
                    }
                }
            }
            ExprKind::Array(items) => items.iter().for_each(|item| self.collect(item)),
            ExprKind::String(_) | ExprKind::Integer(_) | ExprKind::Bool(_) | ExprKind::Null => {}
            _ if self.shapes.may_be_refused(expr) => self.found.push(Doubt { expr, loops: self.loops.clone() }),
            _ => {}
        }
    }

    fn collect_looped(&mut self, looped: &'t Looped) {
        match looped {
            Looped::Once(value) => self.collect(value),
            Looped::Each { copy, input } => self.collect_loop(copy.name.clone(), &copy.count, input),
        }
    }

    fn collect_loop(&mut self, name: Option<Name>, count: &'t Expr, input: &'t Expr) {
        self.collect(count);
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
        }
        // What a module is given is no part of its body.
        let given = resource.deployment.as_ref().and_then(|deployment| deployment.parameters.as_ref());
        if let Some(given) = given.filter(|_| resource.is_module()) {
            self.collect(given);
        }
    }
}
