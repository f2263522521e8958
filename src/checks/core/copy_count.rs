//! `copy-count`: a loop with more iterations than a deployment may have.

use crate::checks::FileCheck;
use crate::engine::finding::Finding;
use crate::source::limits::MAX_COPIES;
use crate::syntax::expression::{Expr, ExprKind};
use crate::template::walk::walk;

pub(super) fn check(check: &mut FileCheck<'_>) {
    let Some(template) = check.template() else { return };
    let mut findings = Vec::new();
    walk(template, &mut |_, expr| {
        if let Some(copy) = expr.get("copy") {
            match &copy.kind {
                ExprKind::Array(loops) => findings.extend(loops.iter().filter_map(judge)),
                _ => findings.extend(judge(copy)),
            }
        }
    });
    for finding in findings {
        check.report(finding);
    }
}

fn judge(copy: &Expr) -> Option<Finding> {
    let count = copy.get("count")?;
    let ExprKind::Integer(number) = count.kind else { return None };
    if (0..=MAX_COPIES).contains(&number) {
        return None;
    }
    Some(Finding::new(count.span, format!("a loop makes 0 to {MAX_COPIES} copies, not {number}")))
}
