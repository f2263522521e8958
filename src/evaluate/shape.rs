//! What the values of expressions are, as far as their text tells: enough to know of most that nothing in them is refused.

use super::Evaluator;
use super::function_shapes::{self, least_pieces};
use super::scope_properties;
use crate::syntax::expression::{Expr, ExprKind};
use crate::template::{Looped, ParameterType, Template};

/// Deepest nesting of expressions and variables that is looked at.
const MAX_DEPTH: usize = 24;
/// What a value is, if the deployment gets as far as to have it.
#[derive(Debug, Clone, Copy)]
pub(super) enum Shape<'t> {
    Text,
    Integer,
    Bool,
    /// An array, with its literal where there is one.
    Array(Option<&'t Expr>),
    /// An object, with its literal where there is one.
    Object(Option<&'t Expr>),
    /// Certainly not known before the deployment: nothing is refused for what it is.
    Later,
    /// Anything.
    Any,
}

/// How far a shape has been told.
#[derive(Debug, Clone, Copy)]
enum Known<'t> {
    Unread,
    /// Being read: what needs itself may be anything.
    Open,
    Read(Shape<'t>),
}

/// What a parameter is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Given {
    Nothing,
    /// Texts that are written out, each of one segment, or what nobody knows.
    Plainly,
    Anything,
}

/// Tells the shapes of the expressions in one template.
#[derive(Debug)]
pub(super) struct Shapes<'t> {
    pub(super) template: &'t Template,
    /// For each parameter what the deployment may give to it; without it, any may be given something.
    given: Option<Vec<Given>>,
    parameters: Vec<Known<'t>>,
    variables: Vec<Known<'t>>,
    /// Whether it is known beforehand where the deployment goes.
    knows_scope: bool,
    /// Whether something in the expression at hand may be refused.
    is_doubtful: bool,
}

impl<'t> Evaluator<'t> {
    /// The shapes in `template`, the one that is evaluated or one that it deploys.
    pub(super) fn shapes(&self, template: &'t Template) -> Shapes<'t> {
        let is_outermost = std::ptr::eq(template, self.template());
        let given = || (0..template.parameters.len()).map(|index| self.given_to(index)).collect();
        Shapes::of(template, is_outermost.then(given), self.context().knows_scope())
    }

    /// What is given to a parameter of the outermost template.
    fn given_to(&self, index: usize) -> Given {
        let is_plain = |value: &Expr| value.as_str().is_some_and(|text| !text.is_empty() && !text.contains('/'));
        self.assignments(index).fold(Given::Nothing, |given, assignment| match &assignment.value {
            Some(value) if !is_plain(value) => Given::Anything,
            _ if given == Given::Anything => given,
            _ => Given::Plainly,
        })
    }
}

impl<'t> Shapes<'t> {
    fn of(template: &'t Template, given: Option<Vec<Given>>, knows_scope: bool) -> Self {
        let parameters = vec![Known::Unread; template.parameters.len()];
        let variables = vec![Known::Unread; template.variables.len()];
        Self { template, given, parameters, variables, knows_scope, is_doubtful: false }
    }

    /// Whether something in an expression may be refused for the values that it has.
    pub(super) fn may_be_refused(&mut self, expr: &'t Expr) -> bool {
        self.is_doubtful = false;
        self.shape(expr, 0);
        self.is_doubtful
    }

    /// What an expression is.
    pub(super) fn told(&mut self, expr: &'t Expr) -> Shape<'t> {
        self.shape(expr, 0)
    }

    /// Whether a parameter is given something else than a text that is written out and of one segment.
    pub(super) fn is_given_oddly(&self, index: usize) -> bool {
        self.given.as_ref().is_some_and(|given| given[index] == Given::Anything)
    }

    /// What an expression is; whether it may be refused is noted.
    fn shape(&mut self, expr: &'t Expr, depth: usize) -> Shape<'t> {
        if depth > MAX_DEPTH {
            self.is_doubtful = true;
            return Shape::Any;
        }
        match &expr.kind {
            ExprKind::String(_) => Shape::Text,
            ExprKind::Integer(_) => Shape::Integer,
            ExprKind::Bool(_) => Shape::Bool,
            ExprKind::Array(items) => {
                for item in items {
                    self.shape(item, depth + 1);
                }
                Shape::Array(Some(expr))
            }
            ExprKind::Object(members) => {
                for member in members {
                    self.shape(&member.key, depth + 1);
                    self.shape(&member.value, depth + 1);
                }
                Shape::Object(Some(expr))
            }
            ExprKind::Call { name, args } => self.call(&name.text, args, depth),
            ExprKind::Interpolation { holes, .. } => {
                for hole in holes {
                    let shape = self.shape(hole, depth + 1);
                    self.is_doubtful |= matches!(shape, Shape::Any);
                }
                Shape::Text
            }
            ExprKind::Property { base, name } => {
                self.is_doubtful |= scope_properties::may_be_absent(self.template, base, &name.text);
                let base = self.shape(base, depth + 1);
                self.member(base, &name.text, depth)
            }
            ExprKind::Index { base, index } => {
                let (of_base, of_index) = (self.shape(base, depth + 1), self.shape(index, depth + 1));
                match (of_base, &index.kind) {
                    // The parts of a name that is made of several.
                    (Shape::Array(None), ExprKind::Integer(at))
                        if usize::try_from(*at).is_ok_and(|at| at < least_pieces(base)) =>
                    {
                        Shape::Text
                    }
                    _ => self.element(of_base, index, of_index, depth),
                }
            }
            ExprKind::Resource { iteration, .. } => {
                if let Some(index) = iteration {
                    self.shape(index, depth + 1);
                }
                Shape::Later
            }
            ExprKind::Null | ExprKind::Float(_) => Shape::Any,
            _ => {
                self.is_doubtful = true;
                Shape::Any
            }
        }
    }

    /// The member `name` of something.
    fn member(&mut self, base: Shape<'t>, name: &str, depth: usize) -> Shape<'t> {
        match base {
            Shape::Later => Shape::Later,
            Shape::Object(Some(literal)) => match literal.get(name) {
                Some(value) => self.told_elsewhere(value, depth),
                None => self.doubtful(Shape::Any),
            },
            _ => self.doubtful(Shape::Any),
        }
    }

    /// The element at `index` of something.
    fn element(&mut self, base: Shape<'t>, index: &'t Expr, of_index: Shape<'t>, depth: usize) -> Shape<'t> {
        match (base, &index.kind) {
            (Shape::Later, _) => Shape::Later,
            _ if matches!(of_index, Shape::Later) => Shape::Later,
            (Shape::Object(_), ExprKind::String(name)) => self.member(base, name, depth),
            (Shape::Array(Some(Expr { kind: ExprKind::Array(items), .. })), ExprKind::Integer(at)) => {
                match usize::try_from(*at).ok().and_then(|at| items.get(at)) {
                    Some(item) => self.told_elsewhere(item, depth),
                    None => self.doubtful(Shape::Any),
                }
            }
            _ => self.doubtful(Shape::Any),
        }
    }

    fn doubtful(&mut self, shape: Shape<'t>) -> Shape<'t> {
        self.is_doubtful = true;
        shape
    }

    /// What something is that stands where it is asked for itself whether it may be refused.
    fn told_elsewhere(&mut self, expr: &'t Expr, depth: usize) -> Shape<'t> {
        let is_doubtful = self.is_doubtful;
        let shape = self.shape(expr, depth + 1);
        self.is_doubtful = is_doubtful;
        shape
    }

    fn call(&mut self, name: &str, args: &'t [Expr], depth: usize) -> Shape<'t> {
        match (name, args) {
            ("parameters", [name]) => {
                let index = name.as_str().and_then(|name| self.template.parameter(name));
                return index.map_or(Shape::Any, |index| self.parameter(index, depth));
            }
            ("variables", [name]) => {
                let index = name.as_str().and_then(|name| self.template.variable(name));
                return index.map_or(Shape::Any, |index| self.variable(index, depth));
            }
            ("copyIndex", _) => return Shape::Integer,
            ("reference", [resource]) => {
                let shape = self.shape(resource, depth + 1);
                self.is_doubtful |= matches!(shape, Shape::Integer | Shape::Bool | Shape::Array(_) | Shape::Object(_));
                return Shape::Later;
            }
            ("deployment" | "managementGroup" | "resourceGroup" | "subscription" | "tenant", [])
                if self.knows_scope =>
            {
                return Shape::Object(None);
            }
            ("map" | "filter" | "reduce" | "sort" | "toObject" | "groupBy" | "mapValues", [array, ..]) => {
                return match self.shape(array, depth + 1) {
                    Shape::Later => Shape::Later,
                    _ => self.doubtful(Shape::Any),
                };
            }
            ("if", [condition, yes, no]) => {
                let condition = self.shape(condition, depth + 1);
                self.is_doubtful |= !matches!(condition, Shape::Bool | Shape::Later);
                return join(self.shape(yes, depth + 1), self.shape(no, depth + 1));
            }
            _ => {}
        }
        let mut shapes = [Shape::Any; MAX_SHAPES];
        let [shapes @ .., _] = &mut shapes;
        for (at, arg) in args.iter().enumerate() {
            let shape = self.shape(arg, depth + 1);
            if let Some(place) = shapes.get_mut(at) {
                *place = shape;
            }
        }
        let Some(shapes) = shapes.get(..args.len()) else { return self.doubtful(Shape::Any) };
        let (shape, is_fine) = function_shapes::returned(name, args, shapes);
        self.is_doubtful |= !is_fine;
        shape
    }

    fn parameter(&mut self, index: usize, depth: usize) -> Shape<'t> {
        match self.parameters[index] {
            Known::Read(shape) => return shape,
            Known::Open => return Shape::Any,
            Known::Unread => self.parameters[index] = Known::Open,
        }
        let parameter = &self.template.parameters[index];
        let is_choice = parameter.ty == ParameterType::Bool || !parameter.allowed.is_empty();
        let by_type = match parameter.ty {
            _ if parameter.nullable => Shape::Any,
            ParameterType::String => Shape::Text,
            ParameterType::Integer => Shape::Integer,
            ParameterType::Bool => Shape::Bool,
            ParameterType::Array => Shape::Array(None),
            ParameterType::Object => Shape::Object(None),
            ParameterType::Unknown => Shape::Any,
        };
        let default = parameter.default.as_ref().map(|default| self.told_elsewhere(default, depth));
        let is_settled = self.given.as_ref().is_some_and(|given| given[index] == Given::Nothing) && !is_choice;
        let shape = match default {
            Some(told) if is_settled && matches!(told, Shape::Object(_) | Shape::Array(_) | Shape::Later) => told,
            Some(told) if is_other(told, by_type) => Shape::Any,
            None if is_settled && !parameter.nullable => Shape::Later,
            _ => by_type,
        };
        self.parameters[index] = Known::Read(shape);
        shape
    }

    fn variable(&mut self, index: usize, depth: usize) -> Shape<'t> {
        match self.variables[index] {
            Known::Read(shape) => return shape,
            Known::Open => return Shape::Any,
            Known::Unread => self.variables[index] = Known::Open,
        }
        let shape = match &self.template.variables[index].value {
            Looped::Each { .. } => Shape::Array(None),
            Looped::Once(value) => self.told_elsewhere(value, depth),
        };
        self.variables[index] = Known::Read(shape);
        shape
    }
}

/// Most arguments of a call that are told.
const MAX_SHAPES: usize = 17;

/// Whether a default is certainly not what its parameter is said to be.
fn is_other(default: Shape<'_>, by_type: Shape<'_>) -> bool {
    match default {
        Shape::Any | Shape::Later => false,
        told => matches!(join(told, by_type), Shape::Any) && !matches!(by_type, Shape::Any),
    }
}

/// What is either of two.
fn join<'t>(one: Shape<'t>, other: Shape<'t>) -> Shape<'t> {
    match (one, other) {
        (Shape::Text, Shape::Text) => Shape::Text,
        (Shape::Integer, Shape::Integer) => Shape::Integer,
        (Shape::Bool, Shape::Bool) => Shape::Bool,
        (Shape::Array(_), Shape::Array(_)) => Shape::Array(None),
        (Shape::Object(_), Shape::Object(_)) => Shape::Object(None),
        (Shape::Later, Shape::Later) => Shape::Later,
        _ => Shape::Any,
    }
}
