//! `copy-count`: a loop with more iterations than a deployment may have, as it is written out. What is evaluated is judged
//! with all that Azure may refuse of it.

use crate::checks::FileCheck;
use crate::engine::finding::Finding;
use crate::source::limits::MAX_COPIES;
use crate::syntax::expression::{Expr, ExprKind};
use crate::template::{Looped, Template};

pub(super) fn check(check: &mut FileCheck<'_>) {
    for copy in check.copies() {
        let loops = match &copy.kind {
            ExprKind::Array(loops) => loops,
            _ => std::slice::from_ref(*copy),
        };
        for finding in loops.iter().filter_map(|copy| judge(copy.get("count")?)) {
            check.report(finding);
        }
    }
    if let Some(template) = check.template() {
        check_definitions(check, template);
    }
}

/// Checks the loops that make variables and outputs, which are no parts of an object.
fn check_definitions(check: &mut FileCheck<'_>, template: &Template) {
    let variables = template.variables.iter().map(|variable| &variable.value);
    let outputs = template.outputs.iter().filter_map(|output| output.value.as_ref());
    for looped in variables.chain(outputs) {
        if let Looped::Each { copy, .. } = looped {
            check.report(judge(&copy.count));
        }
    }
    template.inline().for_each(|inner| check_definitions(check, inner));
}

fn judge(count: &Expr) -> Option<Finding> {
    let ExprKind::Integer(number) = count.kind else { return None };
    if (0..=MAX_COPIES).contains(&number) {
        return None;
    }
    Some(Finding::new(count.span, format!("a loop makes 0 to {MAX_COPIES} copies, not {number}")))
}
