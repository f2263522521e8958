//! `circular-definition`: parameters or variables that need themselves.

use std::collections::HashMap;

use crate::checks::FileCheck;
use crate::engine::finding::Finding;
use crate::syntax::expression::{Expr, ExprKind};
use crate::template::walk::walk_expr;
use crate::template::{EvaluationScope, Looped, NestedTemplate, Template};

/// A parameter or a variable, by its index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Definition {
    Parameter(usize),
    Variable(usize),
}

/// Most names that a message lists.
const MAX_SHOWN: usize = 12;

/// How far the search has come with a definition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Open,
    Done,
}

pub(super) fn check(check: &mut FileCheck<'_>) {
    let Some(template) = check.template() else { return };
    let mut findings = Vec::new();
    check_template(template, &mut findings);
    for finding in findings {
        check.report(finding);
    }
}

fn check_template(template: &Template, findings: &mut Vec<Finding>) {
    let parameters = (0..template.parameters.len()).map(Definition::Parameter);
    let variables = (0..template.variables.len()).map(Definition::Variable);
    let mut states = HashMap::new();
    for definition in parameters.chain(variables) {
        search(template, definition, &mut states, findings);
    }
    for resource in &template.resources {
        if let Some(nested) = &resource.deployment
            && nested.evaluation == EvaluationScope::Inner
            && let NestedTemplate::Inline(inner) = &nested.template
        {
            check_template(inner, findings);
        }
    }
}

/// Searches the definitions that `start` needs, depth first and without recursion: a chain may be long.
fn search(
    template: &Template,
    start: Definition,
    states: &mut HashMap<Definition, State>,
    findings: &mut Vec<Finding>,
) {
    if states.contains_key(&start) {
        return;
    }
    states.insert(start, State::Open);
    let mut path = vec![(start, uses(template, start))];
    while let Some((definition, uses_left)) = path.last_mut() {
        let definition = *definition;
        let Some((next, place)) = uses_left.pop() else {
            states.insert(definition, State::Done);
            path.pop();
            continue;
        };
        match states.get(&next) {
            None => {
                states.insert(next, State::Open);
                path.push((next, uses(template, next)));
            }
            Some(State::Open) => {
                let names: Vec<&str> = path
                    .iter()
                    .map(|(definition, _)| *definition)
                    .skip_while(|definition| *definition != next)
                    .chain([next])
                    .map(|definition| name(template, definition))
                    .collect();
                findings.push(Finding::new(place.span, format!("needs itself: {}", shown(&names))));
            }
            Some(State::Done) => {}
        }
    }
}

/// The way around; of a long one, both ends.
fn shown(names: &[&str]) -> String {
    match names {
        [first @ .., last] if names.len() > MAX_SHOWN => {
            format!("{} → … → {last}", first[..MAX_SHOWN - 2].join(" → "))
        }
        _ => names.join(" → "),
    }
}

fn name(template: &Template, definition: Definition) -> &str {
    match definition {
        Definition::Parameter(index) => &template.parameters[index].name.text,
        Definition::Variable(index) => &template.variables[index].name.text,
    }
}

/// The definitions that one needs, and where it says so.
fn uses(template: &Template, definition: Definition) -> Vec<(Definition, &Expr)> {
    let mut uses = Vec::new();
    let collect = |expr: &Expr| -> Option<Definition> {
        let ExprKind::Call { name, args } = &expr.kind else { return None };
        let [argument] = args.as_slice() else { return None };
        let wanted = argument.as_str()?;
        if name.is("parameters") {
            template.parameter(wanted).map(Definition::Parameter)
        } else if name.is("variables") {
            template.variable(wanted).map(Definition::Variable)
        } else {
            None
        }
    };
    let roots: Vec<&Expr> = match definition {
        Definition::Parameter(index) => template.parameters[index].default.iter().collect(),
        Definition::Variable(index) => match &template.variables[index].value {
            Looped::Once(value) => vec![value],
            Looped::Each { copy, input } => vec![&copy.count, input],
        },
    };
    for root in roots {
        walk_expr(root, &mut |expr| uses.extend(collect(expr).map(|used| (used, expr))));
    }
    uses
}
