//! `unknown-function`: a call of a function that does not exist, or with the wrong number of arguments.

use crate::checks::FileCheck;
use crate::engine::finding::Finding;
use crate::evaluate::{function_names, signature};
use crate::syntax::expression::{ExprKind, Name};
use crate::template::walk::Site;

pub(super) fn check(check: &mut FileCheck<'_>) {
    for (site, expr) in check.expressions() {
        if let ExprKind::Call { name, args } = &expr.kind {
            check.report(judge(*site, name, args.len()));
        }
    }
}

fn judge(site: Site<'_>, name: &Name, given: usize) -> Option<Finding> {
    if name.text.contains('.') {
        return match site.names.function(&name.text) {
            Some(function) if function.parameters.len() == given => None,
            Some(function) => Some(wrong_number(name, function.parameters.len(), function.parameters.len(), given)),
            None => Some(Finding::new(name.span, format!("the template has no function `{}`", name.text))),
        };
    }
    match signature(&name.text) {
        Some((_, min, max)) if (min..=max).contains(&given) => None,
        Some((_, min, max)) => Some(wrong_number(name, min, max, given)),
        None => {
            let finding = Finding::new(name.span, format!("there is no function `{}`", name.text));
            Some(match nearest(&name.text) {
                Some(known) => finding.help(format!("did you mean `{known}`?")),
                None => finding,
            })
        }
    }
}

fn wrong_number(name: &Name, min: usize, max: usize, given: usize) -> Finding {
    let wanted = match (min, max) {
        (min, max) if min == max => format!("{min}"),
        (min, usize::MAX) => format!("at least {min}"),
        (min, max) => format!("{min} to {max}"),
    };
    Finding::new(name.span, format!("`{}` takes {wanted} arguments, found {given}", name.text))
}

/// The function whose name is most like `name`, if any is like it.
fn nearest(name: &str) -> Option<&'static str> {
    let name = name.to_ascii_lowercase();
    function_names()
        .map(|known| (strsim::jaro_winkler(&name, &known.to_ascii_lowercase()), known))
        .filter(|(likeness, _)| *likeness > 0.85)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, known)| known)
}
