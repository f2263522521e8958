//! Which expressions Azure certainly evaluates, told from what they are made of: most are, and need not be tried.

use crate::syntax::expression::{Expr, ExprKind};
use crate::template::{Looped, ParameterType, Template};

/// Deepest nesting of variables and calls that is looked at.
const MAX_DEPTH: usize = 16;

/// Most expressions that are looked at for one.
const MAX_STEPS: usize = 200;

/// What a value certainly is, if it is anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    Text,
    Integer,
    Bool,
    Array,
    Object,
    /// Not known before the deployment: nothing is refused for what it is.
    Later,
    /// Anything.
    Any,
}

/// Functions of texts that return one.
const OF_TEXTS: [&str; 7] = ["base64", "guid", "toLower", "toUpper", "trim", "uniqueString", "uriComponent"];

/// Functions whose values are known at the deployment only, or are objects of which every property may be read.
const LATER: [&str; 12] = [
    "reference",
    "references",
    "resourceGroup",
    "subscription",
    "deployment",
    "environment",
    "managementGroup",
    "tenant",
    "newGuid",
    "utcNow",
    "providers",
    "pickZones",
];

/// Functions that make ids.
const IDS: [&str; 5] =
    ["resourceId", "subscriptionResourceId", "extensionResourceId", "tenantResourceId", "managementGroupResourceId"];

/// Whether nothing in an expression of `template` can be refused for the values that it is given.
pub(super) fn is_sound(expr: &Expr, template: &Template) -> bool {
    let mut reader = Reader { template, left: MAX_STEPS, is_sound: true };
    reader.shape(expr, 0);
    reader.is_sound
}

struct Reader<'t> {
    template: &'t Template,
    /// How many more expressions may be looked at.
    left: usize,
    is_sound: bool,
}

impl Reader<'_> {
    /// What an expression is; whether it is sound is noted.
    fn shape(&mut self, expr: &Expr, depth: usize) -> Shape {
        if depth > MAX_DEPTH || self.left == 0 {
            self.is_sound = false;
            return Shape::Any;
        }
        self.left -= 1;
        match &expr.kind {
            ExprKind::String(_) => Shape::Text,
            ExprKind::Integer(_) => Shape::Integer,
            ExprKind::Bool(_) => Shape::Bool,
            ExprKind::Array(items) => {
                items.iter().for_each(|item| _ = self.shape(item, depth + 1));
                Shape::Array
            }
            ExprKind::Object(members) => {
                members.iter().for_each(|member| {
                    self.shape(&member.key, depth + 1);
                    self.shape(&member.value, depth + 1);
                });
                Shape::Object
            }
            ExprKind::Call { name, args } => self.call(&name.text, args, depth),
            ExprKind::Interpolation { holes, .. } => {
                for hole in holes {
                    let shape = self.shape(hole, depth + 1);
                    self.is_sound &= shape != Shape::Any;
                }
                Shape::Text
            }
            ExprKind::Property { base, .. } => self.part(base, depth),
            ExprKind::Index { base, index } => {
                self.shape(index, depth + 1);
                self.part(base, depth)
            }
            ExprKind::Resource { iteration, .. } => {
                iteration.iter().for_each(|index| _ = self.shape(index, depth + 1));
                Shape::Later
            }
            ExprKind::Null | ExprKind::Float(_) => Shape::Any,
            _ => {
                self.is_sound = false;
                Shape::Any
            }
        }
    }

    /// A part of `base`, which has it for certain only when nobody knows what it is.
    fn part(&mut self, base: &Expr, depth: usize) -> Shape {
        let shape = self.shape(base, depth + 1);
        self.is_sound &= shape == Shape::Later;
        Shape::Later
    }

    fn call(&mut self, name: &str, args: &[Expr], depth: usize) -> Shape {
        match (name, args) {
            ("parameters", [name]) => return name.as_str().map_or(Shape::Any, |name| self.parameter(name)),
            ("variables", [name]) => return name.as_str().map_or(Shape::Any, |name| self.variable(name, depth)),
            ("copyIndex", _) => return Shape::Integer,
            _ => {}
        }
        let shapes: Vec<Shape> = args.iter().map(|arg| self.shape(arg, depth + 1)).collect();
        let are = |wanted: &[Shape]| shapes.iter().all(|shape| *shape == Shape::Later || wanted.contains(shape));
        match (name, shapes.as_slice()) {
            _ if LATER.contains(&name) || name.starts_with("list") => Shape::Later,
            _ if IDS.contains(&name) && are(&[Shape::Text, Shape::Integer]) => Shape::Text,
            ("concat", _) if are(&[Shape::Text, Shape::Integer, Shape::Bool]) => Shape::Text,
            _ if OF_TEXTS.contains(&name) && are(&[Shape::Text]) => Shape::Text,
            ("format", [Shape::Text, rest @ ..]) if !rest.contains(&Shape::Any) && is_plain(args) => Shape::Text,
            ("equals", [_, _]) => Shape::Bool,
            ("empty", [Shape::Text | Shape::Array | Shape::Object | Shape::Later]) => Shape::Bool,
            ("not", [Shape::Bool | Shape::Later]) => Shape::Bool,
            ("and" | "or", _) if are(&[Shape::Bool]) => Shape::Bool,
            ("if", [Shape::Bool | Shape::Later, yes, no]) => {
                if yes == no {
                    *yes
                } else {
                    Shape::Any
                }
            }
            ("length", [Shape::Text | Shape::Array | Shape::Object | Shape::Later]) => Shape::Integer,
            ("true" | "false", []) => Shape::Bool,
            ("null", []) => Shape::Any,
            ("json", [Shape::Later]) | ("createObject", []) => Shape::Any,
            ("createArray" | "array", _) => Shape::Array,
            ("string", [Shape::Text | Shape::Integer | Shape::Bool | Shape::Array | Shape::Object | Shape::Later]) => {
                Shape::Text
            }
            _ => {
                self.is_sound = false;
                Shape::Any
            }
        }
    }

    fn parameter(&self, name: &str) -> Shape {
        let Some(index) = self.template.parameter(name) else { return Shape::Any };
        let parameter = &self.template.parameters[index];
        match parameter.ty {
            _ if parameter.nullable => Shape::Any,
            ParameterType::String => Shape::Text,
            ParameterType::Integer => Shape::Integer,
            ParameterType::Bool => Shape::Bool,
            ParameterType::Array => Shape::Array,
            ParameterType::Object => Shape::Object,
            ParameterType::Unknown => Shape::Any,
        }
    }

    /// A variable's shape; whether it is sound is asked where it is declared.
    fn variable(&mut self, name: &str, depth: usize) -> Shape {
        let Some(index) = self.template.variable(name) else { return Shape::Any };
        match &self.template.variables[index].value {
            Looped::Each { .. } => Shape::Array,
            Looped::Once(value) => {
                let is_sound = std::mem::replace(&mut self.is_sound, true);
                let shape = self.shape(value, depth + 1);
                let shape = if self.is_sound { shape } else { Shape::Any };
                self.is_sound = is_sound;
                shape
            }
        }
    }
}

/// Whether the first argument is a text whose braces are `{0}`, `{1}`, …, each of an argument.
fn is_plain(args: &[Expr]) -> bool {
    let Some(text) = args.first().and_then(Expr::as_str) else { return false };
    let mut pieces = text.split('{');
    let head = pieces.next().unwrap_or_default();
    !head.contains('}')
        && pieces.all(|piece| {
            let hole = piece.split_once('}').filter(|(_, rest)| !rest.contains('}'));
            hole.and_then(|(number, _)| number.parse::<usize>().ok()).is_some_and(|number| number + 1 < args.len())
        })
}
