//! How many segments a name has, as far as its text tells: enough to know of most that they have as many as they must.

use super::shape::{Shape, Shapes};
use crate::syntax::expression::{Expr, ExprKind};
use crate::template::Looped;

/// Deepest nesting of expressions and variables that is looked at.
const MAX_DEPTH: usize = 12;

/// Functions whose results have as many slashes as all of their arguments.
const JOINING: [&str; 6] = ["concat", "format", "string", "toLower", "toUpper", "trim"];

/// Functions whose results have no slash if their first arguments have none.
const CUTTING: [&str; 3] = ["padLeft", "substring", "take"];

/// Functions whose results have no slash.
const PLAIN: [&str; 7] = ["add", "copyIndex", "guid", "length", "newGuid", "uniqueString", "utcNow"];

impl<'t> Shapes<'t> {
    /// Whether the name of a resource may be empty, or have another number of segments than it must. What somebody else
    /// gives has one.
    pub(super) fn may_be_misnamed(&mut self, name: &'t Expr, segments: usize) -> bool {
        self.slashes(name, 0).is_none_or(|slashes| slashes + 1 != segments)
    }

    /// How many slashes there are in a text that is not empty; `None` where only its value tells.
    fn slashes(&mut self, expr: &'t Expr, depth: usize) -> Option<usize> {
        if depth > MAX_DEPTH {
            return None;
        }
        match &expr.kind {
            ExprKind::String(text) => Some(text.bytes().filter(|byte| *byte == b'/').count()),
            ExprKind::Integer(_) | ExprKind::Placeholder { .. } | ExprKind::Index { .. } => Some(0),
            ExprKind::Interpolation { segments, holes } => {
                let written: usize = segments.iter().map(|segment| segment.text.matches('/').count()).sum();
                Some(written + self.slashes_of_all(holes, depth)?)
            }
            ExprKind::Property { base, name } => match self.told(base) {
                Shape::Object(Some(literal)) => self.slashes_of_value(literal.get(&name.text)?, depth),
                _ => Some(0),
            },
            ExprKind::Call { name, args } => self.slashes_of_call(&name.text, args, depth),
            _ => None,
        }
    }

    /// The slashes of a text that may be all of a name.
    fn slashes_of_value(&mut self, expr: &'t Expr, depth: usize) -> Option<usize> {
        if expr.as_str() == Some("") { None } else { self.slashes(expr, depth + 1) }
    }

    fn slashes_of_all(&mut self, exprs: &'t [Expr], depth: usize) -> Option<usize> {
        exprs.iter().map(|expr| self.slashes(expr, depth + 1)).sum()
    }

    fn slashes_of_call(&mut self, name: &str, args: &'t [Expr], depth: usize) -> Option<usize> {
        match (name, args) {
            ("parameters", [name]) => {
                let index = self.template.parameter(name.as_str()?)?;
                if self.is_given_oddly(index) {
                    return None;
                }
                let default = self.template.parameters[index].default.as_ref();
                default.map_or(Some(0), |default| self.slashes_of_value(default, depth))
            }
            ("variables", [name]) => {
                let index = self.template.variable(name.as_str()?)?;
                let Looped::Once(value) = &self.template.variables[index].value else { return None };
                self.slashes_of_value(value, depth)
            }
            ("if", [_, yes, no]) => {
                let (yes, no) = (self.slashes_of_value(yes, depth)?, self.slashes_of_value(no, depth)?);
                (yes == no).then_some(yes)
            }
            ("replace", [text, _, new]) => {
                let sum = self.slashes(text, depth + 1)? + self.slashes(new, depth + 1)?;
                (sum == 0).then_some(0)
            }
            _ if JOINING.contains(&name) => self.slashes_of_all(args, depth),
            (_, [first, ..]) if CUTTING.contains(&name) => {
                self.slashes(first, depth + 1).filter(|slashes| *slashes == 0)
            }
            _ => PLAIN.contains(&name).then_some(0),
        }
    }
}
