//! `unknown-name`: a parameter or variable that the template does not declare.

use crate::checks::FileCheck;
use crate::engine::finding::Finding;
use crate::syntax::expression::{Expr, ExprKind, Name};
use crate::template::walk::Site;

pub(super) fn check(check: &mut FileCheck<'_>) {
    for (site, expr) in check.expressions() {
        check.report(judge(*site, expr));
    }
}

fn judge(site: Site<'_>, expr: &Expr) -> Option<Finding> {
    let ExprKind::Call { name, args } = &expr.kind else { return None };
    let [argument] = args.as_slice() else { return None };
    let wanted = argument.as_str()?;
    let names = site.names;
    if name.is("parameters") {
        match site.function() {
            Some(function) if function.parameters.iter().any(|name| name.is(wanted)) => None,
            Some(function) => Some(unknown("parameter", wanted, argument, &mut function.parameters.iter())),
            None if names.parameter(wanted).is_some() => None,
            None => Some(unknown("parameter", wanted, argument, &mut names.parameters.iter().map(|known| &known.name))),
        }
    } else if name.is("variables") && names.variable(wanted).is_none() {
        Some(unknown("variable", wanted, argument, &mut names.variables.iter().map(|known| &known.name)))
    } else {
        None
    }
}

fn unknown(kind: &str, wanted: &str, argument: &Expr, known: &mut dyn Iterator<Item = &Name>) -> Finding {
    let wanted_folded = wanted.to_ascii_lowercase();
    let finding = Finding::new(argument.span, format!("the template declares no {kind} `{wanted}`"));
    let nearest = known
        .map(|name| (strsim::jaro_winkler(&name.text.to_ascii_lowercase(), &wanted_folded), &name.text))
        .filter(|(likeness, _)| *likeness > 0.85)
        .max_by(|(a, _), (b, _)| a.total_cmp(b));
    match nearest {
        Some((_, name)) => finding.help(format!("did you mean `{name}`?")),
        None => finding,
    }
}
