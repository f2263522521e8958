//! `argument-count`: a call with another number of arguments than the function takes.

use crate::checks::FileCheck;
use crate::engine::finding::Finding;
use crate::evaluate::signature;
use crate::source::Language;
use crate::syntax::expression::{Expr, ExprKind, Name};
use crate::template::TargetScope;
use crate::template::sites::Site;

/// The functions that take lambdas, and the fewest and most variables that one of those may have.
const TAKE_LAMBDAS: [(&str, usize, usize); 7] = [
    ("filter", 1, 2),
    ("groupBy", 1, 1),
    ("map", 1, 2),
    ("mapValues", 1, 1),
    ("reduce", 2, 3),
    ("sort", 2, 2),
    ("toObject", 1, 1),
];

pub(super) fn check(check: &mut FileCheck<'_>) {
    // Lowering has judged the functions that Bicep has by itself: they have other arguments there.
    let is_bicep = check.source().language() == Language::Bicep;
    for (site, expr) in check.expressions() {
        let ExprKind::Call { name, args } = &expr.kind else { continue };
        if is_bicep && !name.text.contains('.') {
            continue;
        }
        check.report(judge(site, name, args));
    }
}

fn judge(site: &Site<'_>, name: &Name, args: &[Expr]) -> Option<Finding> {
    let given = args.len();
    if name.text.contains('.') {
        let wanted = site.names.function(&name.text)?.parameters.len();
        return (wanted != given).then(|| wrong_number(name, wanted, wanted, given));
    }
    let (known, min, max) = signature(&name.text)?;
    // In a group, the engine takes its first argument for the management group.
    let is_far = known == "managementGroupResourceId" && site.names.scope == TargetScope::ResourceGroup;
    let min = if is_far { 3 } else { min };
    if !(min..=max).contains(&given) {
        return Some(wrong_number(name, min, max, given));
    }
    if known == "createObject" && given % 2 == 1 {
        let message = format!("`{}` takes keys and values in turn, found {given} arguments", name.text);
        return Some(Finding::new(name.span, message));
    }
    let (_, min, max) = TAKE_LAMBDAS.into_iter().find(|(function, ..)| *function == known)?;
    let lambda = |arg: &Expr| match &arg.kind {
        ExprKind::Call { name, args } if name.is("lambda") => Some((name.span, args.len().checked_sub(1)?)),
        _ => None,
    };
    let (span, found) = args.iter().filter_map(lambda).find(|(_, variables)| !(min..=max).contains(variables))?;
    let wanted = wanted(min, max);
    let noun = if max == 1 { "variable" } else { "variables" };
    Some(Finding::new(span, format!("a lambda of `{}` has {wanted} {noun}, found {found}", name.text)))
}

fn wrong_number(name: &Name, min: usize, max: usize, given: usize) -> Finding {
    let noun = if min == 1 && matches!(max, 1 | usize::MAX) { "argument" } else { "arguments" };
    Finding::new(name.span, format!("`{}` takes {} {noun}, found {given}", name.text, wanted(min, max)))
}

fn wanted(min: usize, max: usize) -> String {
    match (min, max) {
        (min, max) if min == max => format!("{min}"),
        (min, usize::MAX) => format!("at least {min}"),
        (min, max) => format!("{min} to {max}"),
    }
}
