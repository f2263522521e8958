//! `unknown-role`: `roleDefinitions()` of a role that neither Azure nor the template has.

use crate::checks::FileCheck;
use crate::engine::finding::Finding;
use crate::evaluate::built_in_roles::{BUILT_IN_ROLES, definition_of};
use crate::syntax::expression::{Expr, ExprKind};

/// The type of custom roles.
const DEFINITIONS: &str = "microsoft.authorization/roledefinitions";

pub(super) fn check(check: &mut FileCheck<'_>) {
    let declares_roles = check.template().is_some_and(|template| template.types.iter().any(|ty| **ty == *DEFINITIONS));
    if declares_roles {
        return;
    }
    for (_, expr) in check.expressions() {
        check.report(judge(expr));
    }
}

fn judge(expr: &Expr) -> Option<Finding> {
    let ExprKind::Call { name, args } = &expr.kind else { return None };
    let [argument] = args.as_slice() else { return None };
    let wanted = argument.as_str().filter(|_| name.is("roleDefinitions"))?;
    if definition_of(wanted).is_some() {
        return None;
    }
    let by_id = BUILT_IN_ROLES.iter().find(|(_, id)| wanted.to_ascii_lowercase().ends_with(id));
    let finding = Finding::new(argument.span, format!("no built-in role is known here as `{wanted}`"));
    Some(match by_id.or_else(|| nearest(wanted)) {
        Some((known, _)) if by_id.is_some() => finding.help(format!("roles go by their names here: `{known}`")),
        Some((known, _)) => finding.help(format!("did you mean `{known}`?")),
        None => finding,
    })
}

/// The role whose name is most like `name`, if any is like it.
fn nearest(name: &str) -> Option<&'static (&'static str, &'static str)> {
    let name = name.to_ascii_lowercase();
    BUILT_IN_ROLES
        .iter()
        .map(|role| (strsim::jaro_winkler(&name, &role.0.to_ascii_lowercase()), role))
        .filter(|(likeness, _)| *likeness > 0.85)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, role)| role)
}
