//! `circular-definition`: parameters, variables, functions or resources that need themselves.

use std::collections::HashMap;
use std::path::Path;

use foldhash::fast::RandomState;

use crate::checks::FileCheck;
use crate::engine::finding::Finding;
use crate::syntax::expression::{Expr, ExprKind};
use crate::template::walk::walk_expr;
use crate::template::{EvaluationScope, Function, Looped, NestedTemplate, Template};

/// Something with a name, by its index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Definition {
    Parameter(usize),
    Variable(usize),
    Function(usize),
    Resource(usize),
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
    let extension = Path::new(check.source().path()).extension();
    let is_bicep = extension.is_some_and(|extension| extension.eq_ignore_ascii_case("bicep"));
    check_template(template, is_bicep, &mut findings);
    for finding in findings {
        check.report(finding);
    }
}

fn check_template(template: &Template, is_bicep: bool, findings: &mut Vec<Finding>) {
    let parameters = (0..template.parameters.len()).map(Definition::Parameter);
    let variables = (0..template.variables.len()).map(Definition::Variable);
    let mut states = HashMap::default();
    let functions = (0..template.functions.len()).map(Definition::Function);
    // Resources speak of each other by symbolic name in Bicep only; a cycle of `reference` calls needs values to be seen.
    let symbolic = if is_bicep { template.resources.len() } else { 0 };
    let resources = (0..symbolic).map(Definition::Resource);
    for definition in parameters.chain(variables).chain(functions).chain(resources) {
        search(template, definition, &mut states, findings);
    }
    for resource in &template.resources {
        if let Some(nested) = &resource.deployment
            && nested.evaluation == EvaluationScope::Inner
            && let NestedTemplate::Inline(inner) = &nested.template
        {
            check_template(inner, is_bicep, findings);
        }
    }
}

/// Searches the definitions that `start` needs, depth first and without recursion: a chain may be long.
fn search(
    template: &Template,
    start: Definition,
    states: &mut HashMap<Definition, State, RandomState>,
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
        Definition::Function(index) => &template.functions[index].name.text,
        Definition::Resource(index) => {
            template.resources[index].symbol.as_ref().map_or("resource", |symbol| &symbol.text)
        }
    }
}

/// The definitions that one needs, and where it says so.
fn uses(template: &Template, definition: Definition) -> Vec<(Definition, &Expr)> {
    let mut uses = Vec::new();
    let collect = |expr: &Expr| -> Option<Definition> {
        let (name, args) = match &expr.kind {
            ExprKind::Call { name, args } => (name, args),
            ExprKind::Resource { declared, .. } if *declared < template.resources.len() => {
                return Some(Definition::Resource(*declared));
            }
            _ => return None,
        };
        if !template.functions.is_empty()
            && let Some((namespace, own)) = name.text.split_once('.')
        {
            let is_called = |function: &Function| function.namespace.is(namespace) && function.name.is(own);
            return template.functions.iter().position(is_called).map(Definition::Function);
        }
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
        // The parameters of a function are its own.
        Definition::Function(index) => {
            let output = &template.functions[index].output;
            walk_expr(output, &mut |expr| {
                uses.extend(
                    collect(expr).filter(|used| !matches!(used, Definition::Parameter(_))).map(|used| (used, expr)),
                );
            });
            return uses;
        }
        Definition::Resource(index) => {
            let resource = &template.resources[index];
            let given = resource.deployment.as_ref().and_then(|nested| nested.parameters.as_ref());
            let count = resource.copy.as_ref().map(|copy| &copy.count);
            [Some(&resource.body), given, count, resource.parent_iteration.as_ref()].into_iter().flatten().collect()
        }
    };
    for root in roots {
        walk_expr(root, &mut |expr| uses.extend(collect(expr).map(|used| (used, expr))));
    }
    uses
}
