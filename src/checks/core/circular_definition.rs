//! `circular-definition`: parameters, variables, functions or resources that need themselves.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::ptr;

use foldhash::fast::RandomState;

use crate::checks::FileCheck;
use crate::engine::finding::Finding;
use crate::source::Span;
use crate::syntax::expression::{Expr, ExprKind};
use crate::template::sites::{Definition, Site};
use crate::template::{Function, Template};

/// Most names that a message lists.
const MAX_SHOWN: usize = 12;

/// What each definition of a template needs, and where it says so.
type Uses = BTreeMap<Definition, Vec<(Definition, Span)>>;

/// The definitions of a template.
struct Graph<'t> {
    template: &'t Template,
    uses: Uses,
    /// Whether a parameter needs anything; else none is part of a circle.
    parameters_need: bool,
}

/// How far the search has come with a definition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Open,
    Done,
}

pub(super) fn check(check: &mut FileCheck<'_>) {
    let extension = Path::new(check.source().path()).extension();
    // Resources speak of each other by symbolic name in Bicep only; a cycle of `reference` calls needs values to be seen.
    let is_bicep = extension.is_some_and(|extension| extension.eq_ignore_ascii_case("bicep"));
    let mut graphs: HashMap<*const Template, Graph<'_>, RandomState> = HashMap::default();
    for (site, expr) in check.expressions() {
        let Some(user) = site.within.filter(|user| is_bicep || !matches!(user, Definition::Resource(_))) else {
            continue;
        };
        let graph = graphs.entry(ptr::from_ref(site.names)).or_insert_with(|| Graph::new(site.names));
        if let Some(used) = graph.used(*site, expr) {
            graph.uses.entry(user).or_default().push((used, expr.span));
        }
    }
    for Graph { template, mut uses, .. } in graphs.into_values() {
        let mut states = HashMap::default();
        let users: Vec<Definition> = uses.keys().copied().collect();
        for definition in users {
            for finding in search(template, definition, &mut uses, &mut states) {
                check.report(finding);
            }
        }
    }
}

impl<'t> Graph<'t> {
    fn new(template: &'t Template) -> Self {
        let mut defaults = template.parameters.iter().filter_map(|parameter| parameter.default.as_ref());
        let parameters_need = defaults.any(|default| !default.is_literal());
        Self { template, uses: Uses::new(), parameters_need }
    }

    /// The definition that an expression names, unless that is not part of a circle anyway.
    fn used(&self, site: Site<'_>, expr: &Expr) -> Option<Definition> {
        let template = self.template;
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
        // The parameters of a function are its own.
        if name.is("parameters") && self.parameters_need && site.function().is_none() {
            template.parameter(wanted).map(Definition::Parameter)
        } else if name.is("variables") {
            template.variable(wanted).map(Definition::Variable)
        } else {
            None
        }
    }
}

/// Searches the definitions that `start` needs, depth first and without recursion: a chain may be long. Takes what it
/// has looked at out of `uses`.
fn search(
    template: &Template,
    start: Definition,
    uses: &mut Uses,
    states: &mut HashMap<Definition, State, RandomState>,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    let Some(first) = uses.remove(&start) else { return findings };
    states.insert(start, State::Open);
    let mut path = vec![(start, first)];
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
                path.push((next, uses.remove(&next).unwrap_or_default()));
            }
            Some(State::Open) => {
                let names: Vec<&str> = path
                    .iter()
                    .map(|(definition, _)| *definition)
                    .skip_while(|definition| *definition != next)
                    .chain([next])
                    .map(|definition| name(template, definition))
                    .collect();
                findings.push(Finding::new(place, format!("needs itself: {}", shown(&names))));
            }
            Some(State::Done) => {}
        }
    }
    findings
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
