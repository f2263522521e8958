//! Visits every expression of a template and of the templates nested in it, and tells where each stands.

use std::ptr;

use super::{Copy, EvaluationScope, Function, Looped, NestedTemplate, Resource, Template};
use crate::syntax::expression::{Expr, ExprKind, Name};

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

/// What part of a template an expression belongs to, as far as it matters to the functions that may stand there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// The default of a parameter.
    Default,
    /// The default of a parameter of a nested template that is evaluated in the template around it.
    NestedDefault,
    /// What a user-defined function returns.
    Function,
    /// The value of a variable.
    Variable,
    /// The number of copies that a loop in a variable makes.
    VariableCount,
    /// Whether an output is there.
    OutputCondition,
    /// The number of copies that the loop of an output makes.
    OutputCount,
    /// The value of an output.
    Output,
    /// The condition of a resource.
    Condition,
    /// The number of copies of a resource.
    CopyCount,
    /// The name of a resource's loop.
    CopyName,
    /// The number of copies that a loop among the values of a resource makes.
    PropertyCount,
    /// The properties, tags or SKU of a resource, and all of a nested template that is evaluated around it.
    Values,
    /// What decides where, when and as what a resource is deployed, by the name of the member.
    Member(&'static str),
    /// What is not evaluated.
    Unevaluated,
    /// Anything else of a resource.
    Other,
}

/// Where an expression stands: whose names it may use, and in what.
#[derive(Debug, Clone, Copy)]
pub struct Site<'t> {
    /// The template whose parameters, variables and functions are meant.
    pub names: &'t Template,
    /// What of that template the expression is part of; `None` for outputs, and for what only a template nested in it
    /// can name.
    pub within: Option<Definition>,
    /// The part that it is.
    pub place: Place,
    /// The innermost loop around it, as an index into what [`walk`] returns.
    pub inside: Option<usize>,
    /// Whether it may stay unevaluated whatever the deployment: in a branch, or in what is never deployed.
    pub perhaps: bool,
}

/// A loop that expressions stand in.
#[derive(Debug, Clone, Copy)]
pub struct Loop<'t> {
    /// What it makes copies of.
    pub kind: LoopKind,
    /// Its name, where that is written out.
    pub name: Option<&'t str>,
    /// The loop around it.
    pub outer: Option<usize>,
}

/// What a loop makes copies of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LoopKind {
    /// Resources.
    Resource,
    /// Elements of an output.
    Output,
    /// Elements of a variable or a property.
    Value,
}

impl<'t> Site<'t> {
    /// Whether another expression stands in the same place.
    pub fn is_that_of(&self, other: &Self) -> bool {
        ptr::eq(self.names, other.names)
            && (self.within, self.place, self.inside, self.perhaps)
                == (other.within, other.place, other.inside, other.perhaps)
    }

    /// The user-defined function that the expression is part of.
    pub fn function(&self) -> Option<&'t Function> {
        match self.within {
            Some(Definition::Function(index)) => self.names.functions.get(index),
            _ => None,
        }
    }
}

/// The members of a resource, and the parts that they are.
const MEMBERS: [(&str, Place); 20] = [
    ("properties", Place::Values),
    ("name", Place::Member("name")),
    ("apiVersion", Place::Member("apiVersion")),
    ("type", Place::Unevaluated),
    ("location", Place::Member("location")),
    ("tags", Place::Values),
    ("sku", Place::Values),
    ("kind", Place::Member("kind")),
    ("dependsOn", Place::Member("dependsOn")),
    ("condition", Place::Condition),
    ("scope", Place::Member("scope")),
    ("identity", Place::Member("identity")),
    ("zones", Place::Member("zones")),
    ("plan", Place::Member("plan")),
    ("resourceGroup", Place::Member("resourceGroup")),
    ("subscriptionId", Place::Member("subscriptionId")),
    ("comments", Place::Unevaluated),
    ("metadata", Place::Unevaluated),
    ("asserts", Place::Unevaluated),
    ("apiProfile", Place::Unevaluated),
];

/// Functions that evaluate their arguments by need, and how many of those always.
const BY_NEED: [(&str, usize); 5] = [("if", 1), ("and", 1), ("or", 1), ("coalesce", 1), ("lambda", 0)];

/// The arguments of a call that are evaluated with it, and those that are only where they are needed.
pub fn by_need<'t>(name: &Name, args: &'t [Expr]) -> (&'t [Expr], &'t [Expr]) {
    let known = BY_NEED.iter().find(|(known, _)| name.is(known));
    args.split_at(known.map_or(args.len(), |(_, always)| args.len().min(*always)))
}

/// Calls `visit` for every expression, an expression before its parts, and returns the loops that they stand in.
pub fn walk<'t>(template: &'t Template, visit: &mut impl FnMut(&Site<'t>, &'t Expr)) -> Vec<Loop<'t>> {
    let mut walk = Walk { loops: Vec::new(), visit };
    walk.template(template, template, None, false);
    walk.loops
}

struct Walk<'t, 'v, F> {
    loops: Vec<Loop<'t>>,
    visit: &'v mut F,
}

impl<'t, F: FnMut(&Site<'t>, &'t Expr)> Walk<'t, '_, F> {
    /// Walks a template whose expressions mean what `names` declares, but for its parameters and functions; those of one
    /// that is evaluated in the template around it are part of the deployment at `around`.
    fn template(&mut self, template: &'t Template, names: &'t Template, around: Option<Site<'t>>, perhaps: bool) {
        let is_own = around.is_none();
        let own = |definition, place| Site {
            names: template,
            within: is_own.then_some(definition),
            place,
            inside: None,
            perhaps,
        };
        let site = |definition: Option<Definition>, place| {
            around.unwrap_or(Site { names, within: definition, place, inside: None, perhaps })
        };
        let default = if is_own { Place::Default } else { Place::NestedDefault };
        for (index, parameter) in template.parameters.iter().enumerate() {
            let here = own(Definition::Parameter(index), default);
            parameter.default.iter().for_each(|default| self.expr(&here, default));
        }
        for (index, function) in template.functions.iter().enumerate() {
            let here =
                Site { within: Some(Definition::Function(index)), ..own(Definition::Function(index), Place::Function) };
            self.expr(&here, &function.output);
        }
        for (index, variable) in template.variables.iter().enumerate() {
            let here = |place| site(Some(Definition::Variable(index)), place);
            self.looped(&variable.value, &here(Place::Variable), &here(Place::VariableCount), LoopKind::Value);
        }
        for output in &template.outputs {
            let here = |place| site(None, place);
            output.condition.iter().for_each(|expr| self.expr(&here(Place::OutputCondition), expr));
            let value = output.value.iter();
            value.for_each(|it| self.looped(it, &here(Place::Output), &here(Place::OutputCount), LoopKind::Output));
        }
        // The loops that the resources stand in, for those that are written in them.
        let mut inside: Vec<Option<usize>> = Vec::with_capacity(template.resources.len());
        for (index, resource) in template.resources.iter().enumerate() {
            let here = site(Some(Definition::Resource(index)), Place::Other);
            let parent = resource.parent.filter(|_| resource.parent_reference.is_none());
            let outer = parent.map_or(here.inside, |parent| inside.get(parent).copied().flatten());
            // The service makes no copies of what is written in another resource.
            let own = resource.copy.as_deref().filter(|_| parent.is_none());
            inside.push(match own {
                Some(copy) => Some(self.enter(LoopKind::Resource, copy.name.as_ref(), outer)),
                // It has no number of copies, which is the mistake.
                None if parent.is_none() && resource.body.get("copy").is_some() => {
                    Some(self.enter(LoopKind::Resource, None, outer))
                }
                None => outer,
            });
            self.resource(resource, Site { inside: inside[index], ..here }, outer, around.is_some());
        }
    }

    /// Walks a resource at `site`; its own loop stands in `outer`.
    fn resource(&mut self, resource: &'t Resource, site: Site<'t>, outer: Option<usize>, is_around: bool) {
        let site = Site { perhaps: site.perhaps || is_never(resource), ..site };
        // All of a template that is evaluated around it is a value there.
        let at = |place| Site { place: if is_around { Place::Values } else { place }, ..site };
        let before = |place| Site { inside: outer, ..at(place) };
        for part in resource.parts() {
            if let (ExprKind::Object(members), true) = (&part.kind, ptr::eq(part, &raw const resource.body)) {
                (self.visit)(&site, part);
                for member in members {
                    self.expr(&site, &member.key);
                    let key = member.key.as_str().unwrap_or_default();
                    if key.eq_ignore_ascii_case("copy") {
                        (self.visit)(&site, &member.value);
                        for part in member.value.members() {
                            self.expr(&site, &part.key);
                            let is_name = part.key.as_str().is_some_and(|key| key.eq_ignore_ascii_case("name"));
                            let place = if is_name { Place::CopyName } else { Place::CopyCount };
                            self.expr(&before(place), &part.value);
                        }
                        continue;
                    }
                    let known = MEMBERS.iter().find(|(name, _)| name.eq_ignore_ascii_case(key));
                    self.expr(&at(known.map_or(Place::Other, |(_, place)| *place)), &member.value);
                }
            } else if resource.copy.as_ref().is_some_and(|copy| ptr::eq(part, &raw const copy.count)) {
                self.expr(&before(Place::CopyCount), part);
            } else if resource.parent_reference.as_deref().is_some_and(|parent| ptr::eq(part, parent)) {
                self.expr(&at(Place::Other), part);
            } else {
                self.expr(&at(Place::Values), part);
            }
        }
        if let Some(nested) = &resource.deployment
            && let NestedTemplate::Inline(inner) = &nested.template
        {
            match nested.evaluation {
                EvaluationScope::Inner => self.template(inner, inner, None, site.perhaps),
                EvaluationScope::Outer => {
                    let around = Site { within: None, place: Place::Values, ..site };
                    self.template(inner, site.names, Some(around), site.perhaps);
                }
            }
        }
    }

    fn looped(&mut self, looped: &'t Looped, site: &Site<'t>, count: &Site<'t>, kind: LoopKind) {
        match looped {
            Looped::Once(value) => self.expr(site, value),
            Looped::Each { copy: Copy { name, count: number }, input } => {
                self.expr(count, number);
                let inside = Some(self.enter(kind, name.as_ref(), site.inside));
                self.expr(&Site { inside, ..*site }, input);
            }
        }
    }

    /// A loop of this name.
    fn enter(&mut self, kind: LoopKind, name: Option<&'t Name>, outer: Option<usize>) -> usize {
        let name = name.map(|name| &*name.text).filter(|name| !name.starts_with('['));
        self.loops.push(Loop { kind, name, outer });
        self.loops.len() - 1
    }

    fn expr(&mut self, site: &Site<'t>, expr: &'t Expr) {
        (self.visit)(site, expr);
        match &expr.kind {
            ExprKind::Array(items) => items.iter().for_each(|item| self.expr(site, item)),
            ExprKind::Object(members) => {
                for member in members {
                    self.expr(site, &member.key);
                    match &member.value.kind {
                        ExprKind::Array(loops)
                            if member.key.as_str().is_some_and(|key| key.eq_ignore_ascii_case("copy")) =>
                        {
                            (self.visit)(site, &member.value);
                            for item in loops {
                                self.value_loop(site, item);
                            }
                        }
                        _ => self.expr(site, &member.value),
                    }
                }
            }
            ExprKind::Interpolation { holes, .. } => holes.iter().for_each(|hole| self.expr(site, hole)),
            ExprKind::Call { name, args } => {
                let (always, rest) = if site.perhaps { (&**args, &[][..]) } else { by_need(name, args) };
                for arg in always {
                    self.expr(site, arg);
                }
                let perhaps = Site { perhaps: true, ..*site };
                for arg in rest {
                    self.expr(&perhaps, arg);
                }
            }
            ExprKind::Property { base, .. } => self.expr(site, base),
            ExprKind::Resource { iteration: Some(index), .. } => self.expr(site, index),
            ExprKind::Index { base, index } => {
                self.expr(site, base);
                self.expr(site, index);
            }
            _ => {}
        }
    }

    /// Walks a loop among values.
    fn value_loop(&mut self, site: &Site<'t>, item: &'t Expr) {
        let ExprKind::Object(members) = &item.kind else { return self.expr(site, item) };
        (self.visit)(site, item);
        let name = item.get("name").and_then(Expr::as_str);
        self.loops.push(Loop { kind: LoopKind::Value, name, outer: site.inside });
        let inside = Some(self.loops.len() - 1);
        for member in members {
            self.expr(site, &member.key);
            let is = |name: &str| member.key.as_str().is_some_and(|key| key.eq_ignore_ascii_case(name));
            let count = match site.place {
                Place::Values => Place::PropertyCount,
                Place::Variable => Place::VariableCount,
                other => other,
            };
            match () {
                () if is("input") => self.expr(&Site { inside, ..*site }, &member.value),
                () if is("count") => self.expr(&Site { place: count, ..*site }, &member.value),
                () => self.expr(site, &member.value),
            }
        }
    }
}

/// Whether a resource is never deployed, as its condition or its number of copies is written out.
fn is_never(resource: &Resource) -> bool {
    let is_false = |condition: &Expr| match &condition.kind {
        ExprKind::Bool(value) => !value,
        ExprKind::Call { name, args } => name.is("false") && args.is_empty(),
        _ => false,
    };
    resource.condition().is_some_and(is_false)
        || resource.copy.as_ref().is_some_and(|copy| copy.count.kind == ExprKind::Integer(0))
}
