//! `copy-count`: a loop with more iterations than a deployment may have.

use crate::checks::FileCheck;
use crate::engine::finding::Finding;
use crate::source::limits::MAX_COPIES;
use crate::syntax::expression::{Expr, ExprKind};

pub(super) fn check(check: &mut FileCheck<'_>) {
    for copy in check.copies() {
        let loops = match &copy.kind {
            ExprKind::Array(loops) => loops,
            _ => std::slice::from_ref(*copy),
        };
        for finding in loops.iter().filter_map(judge) {
            check.report(finding);
        }
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
