//! `unknown-name`: a parameter or variable that the template does not declare.

use crate::checks::FileCheck;
use crate::engine::finding::Finding;
use crate::source::Nearest;
use crate::syntax::expression::{Expr, ExprKind, Name};
use crate::template::sites::Site;

pub(super) fn check(check: &mut FileCheck<'_>) {
    let mut nearest = Nearest::default();
    for (site, expr) in check.expressions() {
        check.report(judge(*site, expr, &mut nearest));
    }
}

fn judge(site: Site<'_>, expr: &Expr, nearest: &mut Nearest) -> Option<Finding> {
    let ExprKind::Call { name, args } = &expr.kind else { return None };
    let [argument] = args.as_slice() else { return None };
    let wanted = argument.as_str()?;
    let names = site.names;
    let mut unknown = |kind, known: &mut dyn Iterator<Item = &Name>| {
        let finding = Finding::new(argument.span, format!("the template declares no {kind} `{wanted}`"));
        match nearest.to(wanted, known.map(|name| &*name.text)) {
            Some(name) => finding.help(format!("did you mean `{name}`?")),
            None => finding,
        }
    };
    if name.is("parameters") {
        match site.function() {
            Some(function) if function.parameters.iter().any(|name| name.is(wanted)) => None,
            Some(function) => Some(unknown("parameter", &mut function.parameters.iter())),
            None if names.parameter(wanted).is_some() => None,
            None => Some(unknown("parameter", &mut names.parameters.iter().map(|known| &known.name))),
        }
    } else if name.is("variables") && names.variable(wanted).is_none() {
        Some(unknown("variable", &mut names.variables.iter().map(|known| &known.name)))
    } else {
        None
    }
}
