//! The parameters that decide what is deployed: those that a condition asks about, be it in a template that is given
//! their values.

use std::collections::{BTreeSet, HashMap, HashSet};

use crate::source::FileId;
use crate::syntax::expression::{Expr, ExprKind};
use crate::template::walk::walk_expr;
use crate::template::{EvaluationScope, Looped, NestedTemplate, Template};

/// The parameters of `template`, as indexes, that the conditions of resources ask about; `links` are the templates in
/// other files.
pub(super) fn of<'t>(template: &'t Template, links: &HashMap<(FileId, String), &'t Template>) -> BTreeSet<usize> {
    Search { links, known: HashMap::new() }.of(template)
}

struct Search<'t, 'l> {
    links: &'l HashMap<(FileId, String), &'t Template>,
    /// What was found of each template; a template that deploys itself has none of its own while it is looked at.
    known: HashMap<*const Template, BTreeSet<usize>>,
}

impl<'t> Search<'t, '_> {
    fn of(&mut self, template: &'t Template) -> BTreeSet<usize> {
        let key = std::ptr::from_ref(template);
        if let Some(known) = self.known.get(&key) {
            return known.clone();
        }
        self.known.insert(key, BTreeSet::new());
        let mut asked = Vec::new();
        self.collect(template, &mut asked);
        let found = parameters(template, asked);
        self.known.insert(key, found.clone());
        found
    }

    /// Adds the expressions that conditions in `template` depend on, as they are written there.
    fn collect(&mut self, template: &'t Template, asked: &mut Vec<&'t Expr>) {
        for resource in &template.resources {
            asked.extend(resource.condition());
            let Some(nested) = &resource.deployment else { continue };
            let inner = match &nested.template {
                NestedTemplate::Inline(inner) if nested.evaluation == EvaluationScope::Outer => {
                    self.collect(inner, asked);
                    continue;
                }
                NestedTemplate::Inline(inner) => &**inner,
                NestedTemplate::File(link) => match self.links.get(&link.key()) {
                    Some(linked) => linked,
                    None => continue,
                },
                NestedTemplate::Elsewhere(_) => continue,
            };
            for at in self.of(inner) {
                let given = inner.parameters.get(at).map(|parameter| &*parameter.name.text);
                asked.extend(given.and_then(|name| nested.parameters.as_ref()?.get(name)));
            }
        }
    }
}

/// The parameters that `asked` speak of, by themselves or through variables.
fn parameters<'t>(template: &'t Template, mut asked: Vec<&'t Expr>) -> BTreeSet<usize> {
    let (mut found, mut followed) = (BTreeSet::new(), HashSet::new());
    while let Some(expr) = asked.pop() {
        walk_expr(expr, &mut |expr| {
            let ExprKind::Call { name, args } = &expr.kind else { return };
            let Some(wanted) = args.first().and_then(Expr::as_str) else { return };
            if name.is("parameters") {
                found.extend(template.parameter(wanted));
            } else if name.is("variables")
                && let Some(at) = template.variable(wanted)
                && followed.insert(at)
            {
                match &template.variables[at].value {
                    Looped::Once(value) => asked.push(value),
                    Looped::Each { copy, input } => asked.extend([&copy.count, input]),
                }
            }
        });
    }
    found
}
