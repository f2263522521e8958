//! `unknown-name`: a parameter or variable that the template does not declare.

use crate::checks::FileCheck;
use crate::engine::finding::Finding;
use crate::syntax::expression::{Expr, ExprKind};
use crate::template::walk::{Site, walk};

pub(super) fn check(check: &mut FileCheck<'_>) {
    let Some(template) = check.template() else { return };
    let mut findings = Vec::new();
    walk(template, &mut |site, expr| {
        if let ExprKind::Call { name, args } = &expr.kind
            && let [argument] = args.as_slice()
            && let Some(wanted) = argument.as_str()
        {
            if name.is("parameters") {
                findings.extend(judge("parameter", wanted, argument, &parameters(site)));
            } else if name.is("variables") {
                let known: Vec<&str> = site.names.variables.iter().map(|variable| &*variable.name.text).collect();
                findings.extend(judge("variable", wanted, argument, &known));
            }
        }
    });
    for finding in findings {
        check.report(finding);
    }
}

fn parameters(site: Site<'_>) -> Vec<&str> {
    match site.function {
        Some(function) => function.parameters.iter().map(|name| &*name.text).collect(),
        None => site.names.parameters.iter().map(|parameter| &*parameter.name.text).collect(),
    }
}

fn judge(kind: &str, wanted: &str, argument: &Expr, known: &[&str]) -> Option<Finding> {
    if known.iter().any(|name| name.eq_ignore_ascii_case(wanted)) {
        return None;
    }
    let finding = Finding::new(argument.span, format!("the template declares no {kind} `{wanted}`"));
    let nearest = known
        .iter()
        .map(|name| (strsim::jaro_winkler(&name.to_ascii_lowercase(), &wanted.to_ascii_lowercase()), name))
        .filter(|(likeness, _)| *likeness > 0.85)
        .max_by(|(a, _), (b, _)| a.total_cmp(b));
    Some(match nearest {
        Some((_, name)) => finding.help(format!("did you mean `{name}`?")),
        None => finding,
    })
}
