//! Properties that are misspelt or stand in the wrong place, told by their names.

use super::words::nearest;
use crate::evaluate::value::{Kind, Value};
use crate::evaluate::{Evaluator, Instance};
use crate::syntax::expression::{Expr, ExprKind};

/// How alike two spellings are that may mean the same, by Jaro and Winkler.
const ALIKE: f64 = 0.9;

/// Most objects inside one another.
const MAX_DEPTH: usize = 16;

/// Whether a resource has a property with one of these names, or much like one, that is not on `way`.
pub(super) fn astray<'t>(
    evaluator: &mut Evaluator<'t>,
    instance: &Instance<'t>,
    way: &[Vec<String>],
    names: &[String],
) -> bool {
    let search = Search { names };
    search.expr(evaluator, instance, &instance.resource.body, Some(way), 0)
}

struct Search<'a> {
    names: &'a [String],
}

impl Search<'_> {
    fn is_meant(&self, key: &str) -> bool {
        nearest(key, self.names.iter().map(String::as_str), ALIKE).is_some()
    }

    /// `way` is what is left of the way to here; `None` off it. Keys that are written out are read without their values,
    /// which may depend on more than they do.
    fn expr<'t>(
        &self,
        evaluator: &mut Evaluator<'t>,
        instance: &Instance<'t>,
        expr: &'t Expr,
        way: Option<&[Vec<String>]>,
        depth: usize,
    ) -> bool {
        let is_object = matches!(expr.kind, ExprKind::Object(_));
        if !is_object || depth >= MAX_DEPTH {
            let is_text = matches!(expr.kind, ExprKind::Array(_)) || expr.as_str().is_some();
            return !is_text && depth < MAX_DEPTH && self.value(&evaluator.evaluate(expr, &instance.env), way, depth);
        }
        // What stands beside `properties` and `identity` belongs to every resource, or holds no property of this type.
        let is_inside =
            |key: &str| depth > 0 || ["properties", "identity"].iter().any(|inside| inside.eq_ignore_ascii_case(key));
        expr.members().iter().any(|member| {
            let Some(key) = member.key.as_str() else { return false };
            let way = next(way, key);
            (way.is_none() && self.is_meant(key))
                || (is_inside(key) && self.expr(evaluator, instance, &member.value, way, depth + 1))
        })
    }

    fn value(&self, value: &Value, way: Option<&[Vec<String>]>, depth: usize) -> bool {
        let Kind::Object(object) = &value.kind else { return false };
        object.iter().any(|(key, member)| {
            let way = next(way, key);
            (way.is_none() && self.is_meant(key)) || (depth < MAX_DEPTH && self.value(&member.value, way, depth + 1))
        })
    }
}

/// The rest of the way after a property, if that is on it.
fn next<'w>(way: Option<&'w [Vec<String>]>, key: &str) -> Option<&'w [Vec<String>]> {
    let (first, rest) = way?.split_first()?;
    first.iter().any(|name| name.eq_ignore_ascii_case(key)).then_some(rest)
}
