//! Implicit dependencies: a resource is deployed after each one that it speaks of.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use foldhash::fast::RandomState;

use super::{property, string, word};
use crate::syntax::expression::{Expr, ExprKind, Member};
use crate::template::walk::{walk_expr, walk_expr_mut};
use crate::template::{Looped, Resource, Template};

/// The uses of resources and of other variables in each variable that has any, by the names of the variables.
type Variables<'t> = HashMap<&'t str, Vec<Cow<'t, Expr>>, RandomState>;

/// Adds the implicit dependencies of every resource to its `dependsOn`: those of its body, and those in `spoken_of`, each
/// beside the index of the resource that has it.
pub(super) fn add(template: &mut Template, spoken_of: &[(usize, Expr)]) {
    let mut variables = Variables::default();
    for variable in &template.variables {
        let mut found = Vec::new();
        match &variable.value {
            Looped::Once(value) => mentioned(value, &mut found),
            Looped::Each { copy, input } => {
                mentioned(&copy.count, &mut found);
                mentioned(input, &mut found);
            }
        }
        if !found.is_empty() {
            variables.insert(&*variable.name.text, found);
        }
    }
    let of = |index: usize| {
        if template.resources[index].existing {
            Vec::new()
        } else {
            dependencies(template, index, spoken_of, &variables)
        }
    };
    let all: Vec<Vec<Expr>> = (0..template.resources.len()).map(of).collect();
    for (resource, dependencies) in template.resources.iter_mut().zip(all) {
        depend(resource, dependencies);
    }
}

/// Adds dependencies to the `dependsOn` of a resource, those that it has not.
fn depend(resource: &mut Resource, dependencies: Vec<Expr>) {
    if dependencies.is_empty() {
        return;
    }
    let span = resource.ty.span;
    let ExprKind::Object(members) = &mut resource.body.kind else { return };
    match members.iter_mut().find(|member| member.key.as_str() == Some("dependsOn")).map(|m| &mut m.value.kind) {
        Some(ExprKind::Array(items)) => {
            let mut known: HashSet<String> = items.iter().map(spelled).collect();
            items.extend(dependencies.into_iter().filter(|dependency| known.insert(spelled(dependency))));
        }
        Some(_) => {}
        None => {
            let value = Expr::new(ExprKind::Array(dependencies), span);
            members.push(Member { key: string("dependsOn", span), value });
        }
    }
}

/// The resources that the resource at `index` speaks of, each once. One that exists already is not waited for, but what it
/// speaks of is.
fn dependencies<'t>(
    template: &'t Template,
    index: usize,
    spoken_of: &'t [(usize, Expr)],
    variables: &Variables<'t>,
) -> Vec<Expr> {
    let own = spoken_of.iter().filter(|(resource, _)| *resource == index);
    let mut found: Vec<Cow<'t, Expr>> = own.map(|(_, resource)| Cow::Borrowed(resource)).collect();
    mentioned_by(template, &template.resources[index], &mut found);
    let mut through = HashSet::new();
    let mut resources: Vec<Expr> = Vec::new();
    while let Some(mention) = found.pop() {
        match &mention.kind {
            ExprKind::Index { base, index } => {
                if let Some((name, mentions)) = variable(base, variables)
                    && is_new(&mention, &mut through)
                {
                    let iteration = Some(&**index).filter(|index| !is_inner(index));
                    let of_loop =
                        |args: &[Expr]| args.first().is_some_and(|loop_name| loop_name.as_str() == Some(name));
                    found.extend(mentions.iter().map(|mention| at_iteration(mention, &of_loop, iteration)));
                }
            }
            ExprKind::Call { .. } => {
                if let Some((_, mentions)) = variable(&mention, variables)
                    && is_new(&mention, &mut through)
                {
                    found.extend(mentions.iter().cloned());
                }
            }
            ExprKind::Resource { name, declared, iteration } if *declared != index => {
                let Some(resource) = template.resources.get(*declared) else { continue };
                // Which iteration is meant inside of a property is not known outside of it.
                let iteration = iteration.clone().filter(|iteration| !is_inner(iteration));
                let kind = ExprKind::Resource { name: name.clone(), declared: *declared, iteration };
                let meant = Expr::new(kind, mention.span);
                if !resource.existing {
                    resources.push(meant);
                } else if is_new(&meant, &mut through) {
                    let ExprKind::Resource { iteration, .. } = &meant.kind else { continue };
                    let mut mentions = Vec::new();
                    mentioned_by(template, resource, &mut mentions);
                    let iteration = iteration.as_deref();
                    found.extend(mentions.iter().map(|mention| match resource.copy {
                        Some(_) => at_iteration(mention, &<[Expr]>::is_empty, iteration),
                        None => mention.clone(),
                    }));
                }
            }
            _ => {}
        }
    }
    resources.reverse();
    let mut known = HashSet::new();
    resources.retain(|resource| known.insert(spelled(resource)));
    resources.into_iter().map(|resource| address(template, resource)).collect()
}

/// The variable that an expression is, and what it speaks of.
fn variable<'v, 't>(expr: &Expr, variables: &'v Variables<'t>) -> Option<(&'t str, &'v [Cow<'t, Expr>])> {
    let ExprKind::Call { args, .. } = &expr.kind else { return None };
    let (name, mentions) = variables.get_key_value(args.first()?.as_str()?)?;
    Some((name, mentions))
}

/// Whether a mention is the first of its kind that is followed. Circles of loops could make ever longer ones.
fn is_new(mention: &Expr, through: &mut HashSet<String>) -> bool {
    const MOST: usize = 1000;
    through.len() < MOST && through.insert(spelled(mention))
}

/// Longest spelling of an iteration that is put into others. In a circle of loops it would double with every turn.
const MOST_LETTERS: usize = 512;

/// A mention inside of a loop as seen from outside, where `iteration` of the loop is meant: with that in place of the
/// loop's `copyIndex`; without one, all iterations of what is mentioned are meant.
fn at_iteration<'t>(
    mention: &Cow<'t, Expr>,
    of_loop: &dyn Fn(&[Expr]) -> bool,
    iteration: Option<&Expr>,
) -> Cow<'t, Expr> {
    let is_index =
        |expr: &Expr| matches!(&expr.kind, ExprKind::Call { name, args } if name.is("copyIndex") && of_loop(args));
    let mut depends = false;
    walk_expr(mention, &mut |expr| depends |= is_index(expr));
    if !depends {
        return mention.clone();
    }
    let mut mention = mention.clone().into_owned();
    match (iteration.filter(|iteration| spelled(iteration).len() <= MOST_LETTERS), &mut mention.kind) {
        (Some(iteration), _) => walk_expr_mut(&mut mention, &mut |expr| {
            if is_index(expr) {
                *expr = iteration.clone();
            }
        }),
        (None, ExprKind::Resource { iteration, .. }) => *iteration = None,
        (None, ExprKind::Index { base, .. }) => mention = (**base).clone(),
        _ => {}
    }
    Cow::Owned(mention)
}

/// What `dependsOn` says of a resource: its id, or its symbolic name when it has none.
fn address(template: &Template, resource: Expr) -> Expr {
    let span = resource.span;
    match &resource.kind {
        ExprKind::Resource { name, declared, .. } if template.resources[*declared].is_extensible() => {
            string(Arc::clone(&name.text), span)
        }
        _ => property(resource, word("id"), span),
    }
}

/// Collects what all parts of a resource speak of, the one it is written in included.
fn mentioned_by<'t>(template: &'t Template, resource: &'t Resource, found: &mut Vec<Cow<'t, Expr>>) {
    if let Some(reference) = &resource.parent_reference {
        found.push(Cow::Borrowed(reference));
    } else if let Some(declared) = resource.parent
        && let Some(name) = template.resources.get(declared).and_then(|parent| parent.symbol.as_ref())
    {
        let kind = ExprKind::Resource { name: name.clone(), declared, iteration: None };
        found.push(Cow::Owned(Expr::new(kind, resource.ty.span)));
    }
    mentioned(&resource.body, found);
    if let Some(copy) = &resource.copy {
        mentioned(&copy.count, found);
    }
    if let Some(parameters) = resource.deployment.as_ref().and_then(|deployment| deployment.parameters.as_ref()) {
        mentioned(parameters, found);
    }
}

/// Whether an index depends on a loop inside of a resource, or on a lambda.
fn is_inner(index: &Expr) -> bool {
    let mut inner = false;
    walk_expr(index, &mut |expr| {
        if let ExprKind::Call { name, args } = &expr.kind {
            inner |= name.is("copyIndex") && !args.is_empty() || name.is("lambdaVariables");
        }
    });
    inner
}

fn spelled(expr: &Expr) -> String {
    let mut text = String::new();
    spell(expr, &mut text);
    text
}

/// Spells an expression without its places: equal for two that mean the same resource.
fn spell(expr: &Expr, text: &mut String) {
    let mut all = |word: &str, parts: &[&Expr]| {
        text.push_str(word);
        for part in parts {
            text.push(' ');
            spell(part, text);
        }
        text.push(';');
    };
    match &expr.kind {
        ExprKind::Integer(number) => all(&number.to_string(), &[]),
        ExprKind::String(text) => all(&format!("{text:?}"), &[]),
        ExprKind::Call { name, args } => all(&name.text, &args.iter().collect::<Vec<_>>()),
        ExprKind::Index { base, index } => all("[]", &[base, index]),
        ExprKind::Property { base, name } => all(&format!(".{}", name.text), &[base]),
        ExprKind::Resource { declared, iteration, .. } => {
            all(&format!("#{declared}"), &iteration.iter().map(|index| &**index).collect::<Vec<_>>());
        }
        _ => all(&format!("{:?}", expr.span), &[]),
    }
}

/// Collects the uses of resources and of variables in an expression, those of one element of a variable as such.
fn mentioned<'t>(expr: &'t Expr, found: &mut Vec<Cow<'t, Expr>>) {
    let is_variable = |expr: &Expr| matches!(&expr.kind, ExprKind::Call { name, .. } if name.is("variables"));
    let mut whole = None;
    walk_expr(expr, &mut |expr| match &expr.kind {
        ExprKind::Index { base, .. } if is_variable(base) => {
            found.push(Cow::Borrowed(expr));
            whole = Some(std::ptr::from_ref(&**base));
        }
        ExprKind::Resource { .. } => found.push(Cow::Borrowed(expr)),
        ExprKind::Call { .. } if is_variable(expr) && whole != Some(std::ptr::from_ref(expr)) => {
            found.push(Cow::Borrowed(expr));
        }
        _ => {}
    });
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use crate::evaluate::value::Value;
    use crate::evaluate::{Context, Evaluator, Inputs};
    use crate::source::FileId;
    use crate::syntax::bicep::{Dialect, parse};
    use crate::template::{Surroundings, lower_bicep};

    /// What the resource `last` waits for, behind three networks of which it reads through `subnets`.
    fn waits_for(last: &str) -> Vec<String> {
        let text = format!(
            "resource networks 'A.B/networks@1' = [for i in range(0, 3): {{\n  name: 'n${{i}}'\n}}]\n\
             resource subnets 'A.B/networks/subnets@1' existing = [for i in range(0, 6): {{\n\
             parent: networks[i % 3]\n  name: 's'\n}}]\nvar ids = [for i in range(10, 6): subnets[i - 10].id]\n\
             resource last 'A.B/c@1' = {{\n  name: 'c'\n  properties: {{\n    a: {last}\n  }}\n}}\n"
        );
        let (program, errors) = parse(FileId(0), &text, Dialect::Template);
        assert_eq!(errors, []);
        let template = lower_bicep(FileId(0), &program, &Surroundings::default());
        let [subscription_id, resource_group] = ["s", "g"].map(|known| Some(known.to_owned()));
        let context = Context { subscription_id, resource_group, settled: true, ..Context::unknown() };
        let links = HashMap::new();
        let inputs =
            Inputs { template: &template, parameter_files: &[], overrides: None, links: &links, context: &context };
        let mut evaluator = Evaluator::new(inputs);
        let last = evaluator.instances(&|resource| resource.ty.is("A.B/c")).remove(0);
        let targets = last.resource.depends_on().iter().map(|target| evaluator.evaluate(target, &last.env));
        let leaf = |id: Value| id.as_str().and_then(|id| id.rsplit('/').next()).map(str::to_owned);
        targets.map(|id| leaf(id).unwrap_or_default()).collect()
    }

    #[test]
    fn an_element_leads_to_the_iteration_that_it_is_made_in() {
        assert_eq!(waits_for("subnets[4].id"), ["n1"]);
        assert_eq!(waits_for("ids[5]"), ["n2"]);
        assert_eq!(waits_for("[subnets[3].id, networks[2].id]"), ["n0", "n2"]);
        assert_eq!(waits_for("length(ids)"), ["networks"]);
        assert_eq!(waits_for("[for j in range(0, 2): subnets[j].id]"), ["networks"]);
        assert_eq!(waits_for("nameof(networks[2].properties.x)"), ["n2"]);
        assert_eq!(waits_for("nameof(subnets[4].properties.x)"), ["n1"]);
        assert_eq!(waits_for("nameof(last)"), [""; 0]);
    }
}
