//! `unknown-name`: a parameter or variable that the template does not declare.

use crate::checks::FileCheck;
use crate::engine::finding::Finding;
use crate::syntax::expression::{Expr, ExprKind, Name};
use crate::template::walk::Site;

pub(super) fn check(check: &mut FileCheck<'_>, site: Site<'_>, expr: &Expr) {
    let ExprKind::Call { name, args } = &expr.kind else { return };
    let [argument] = args.as_slice() else { return };
    let Some(wanted) = argument.as_str() else { return };
    let names = site.names;
    let finding = if name.is("parameters") {
        match site.function {
            Some(function) if function.parameters.iter().any(|name| name.is(wanted)) => return,
            Some(function) => unknown("parameter", wanted, argument, &mut function.parameters.iter()),
            None if names.parameter(wanted).is_some() => return,
            None => unknown("parameter", wanted, argument, &mut names.parameters.iter().map(|known| &known.name)),
        }
    } else if name.is("variables") && names.variable(wanted).is_none() {
        unknown("variable", wanted, argument, &mut names.variables.iter().map(|known| &known.name))
    } else {
        return;
    };
    check.report(finding);
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
