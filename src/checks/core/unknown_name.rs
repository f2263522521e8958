//! `unknown-name`: a parameter or variable that the template does not declare.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::ptr;

use foldhash::fast::RandomState;

use crate::checks::FileCheck;
use crate::diagnostic::Label;
use crate::engine::finding::Finding;
use crate::source::Nearest;
use crate::syntax::expression::{Expr, ExprKind, Name};
use crate::template::Template;
use crate::template::sites::Site;

/// Most uses of one name that are shown.
const MAX_SHOWN: usize = 10;

pub(super) fn check(check: &mut FileCheck<'_>) {
    let mut nearest = Nearest::default();
    // What is not declared is one mistake, however often it is used.
    let mut found: Vec<Finding> = Vec::new();
    let mut first: HashMap<(*const Template, bool, String), usize, RandomState> = HashMap::default();
    let errors = check.template().map_or(&[][..], |template| &template.errors);
    for (site, expr) in check.expressions() {
        let Some((finding, wanted)) = judge(*site, expr, &mut nearest) else { continue };
        let is_parameter = matches!(&expr.kind, ExprKind::Call { name, .. } if name.is("parameters"));
        // Nobody knows what is declared by something of another shape.
        if is_parameter && errors.iter().any(|error| Some(error.span) == site.names.parameters_at) {
            continue;
        }
        let within = site.function().map_or(ptr::from_ref(site.names).cast(), ptr::from_ref);
        match first.entry((within.cast(), is_parameter, wanted.to_ascii_lowercase())) {
            Entry::Vacant(entry) => {
                entry.insert(found.len());
                found.push(finding);
            }
            Entry::Occupied(entry) => {
                let known = &mut found[*entry.get()];
                if known.related.len() < MAX_SHOWN {
                    known.related.push(Label::new(finding.primary.span, "and here"));
                }
            }
        }
    }
    for finding in found {
        check.report(finding);
    }
}

/// The finding about an expression that names something unknown, and that name.
fn judge<'e>(site: Site<'_>, expr: &'e Expr, nearest: &mut Nearest) -> Option<(Finding, &'e str)> {
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
    let finding = if name.is("parameters") {
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
    };
    Some((finding?, wanted))
}
