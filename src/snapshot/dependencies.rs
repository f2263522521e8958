//! What a resource is deployed after: first the resources that it reads, in the order of the text, then those that
//! `dependsOn` lists.

use std::collections::{HashMap, HashSet};

use crate::evaluate::resource_id::ResourceId;
use crate::evaluate::term::{Term, expression};
use crate::evaluate::value::{Kind, Value};
use crate::evaluate::{Evaluator, Instance};
use crate::syntax::expression::{Expr, ExprKind};

/// The resources of one deployment by all that others call them, each as an index into its list.
#[derive(Debug, Default)]
pub(super) struct Addresses {
    ids: HashMap<String, usize>,
    /// Those that nothing leads to, for their ids are not known.
    unknown: HashSet<usize>,
    /// By type and names as an id has them after the provider's namespace.
    paths: HashMap<String, Vec<usize>>,
    /// By the last part of the name.
    names: HashMap<String, Vec<usize>>,
    /// By symbolic name and name of the loop, and by both with the number of the iteration.
    symbols: HashMap<String, Vec<usize>>,
    /// By the declaration.
    declarations: HashMap<usize, Vec<usize>>,
}

impl Addresses {
    /// The addresses of `resources`. Where those have symbolic names, an id that is not known leads to one all the same.
    pub(super) fn of<'t>(evaluator: &mut Evaluator<'t>, resources: &[Instance<'t>], is_symbolic: bool) -> Self {
        let mut addresses = Self::default();
        for (at, instance) in resources.iter().enumerate() {
            let (_, declared, copy) = instance.key();
            addresses.declarations.entry(declared).or_default().push(at);
            let resource = instance.resource;
            let of_loop = resource.copy.as_ref().and_then(|copy| copy.name.as_ref());
            let mut symbols: Vec<String> =
                [resource.symbol.as_ref(), of_loop].into_iter().flatten().map(|name| folded(&name.text)).collect();
            symbols.dedup();
            for symbol in symbols {
                if let Some(copy) = copy {
                    addresses.symbols.entry(format!("{symbol}[{copy}]")).or_default().push(at);
                }
                addresses.symbols.entry(symbol).or_default().push(at);
            }
            let Some(id) = evaluator.id(instance) else { continue };
            if !is_symbolic && id.to_value().is_unknown() {
                addresses.unknown.insert(at);
                continue;
            }
            addresses.ids.entry(key(&id.to_value())).or_insert(at);
            if let Some(name) = id.name().and_then(Value::as_str) {
                addresses.names.entry(folded(name)).or_default().push(at);
            }
            if let Some(path) = path(&id) {
                addresses.paths.entry(path).or_default().push(at);
            }
        }
        addresses
    }

    /// What `evaluator`, which answers no reference, sees that `instance` is deployed after.
    pub(super) fn before<'t>(&self, evaluator: &mut Evaluator<'t>, instance: &Instance<'t>, reads: bool) -> Vec<usize> {
        let mut found = Vec::new();
        if reads {
            let resource = instance.resource;
            let parts = resource
                .body
                .members()
                .iter()
                .filter(|member| member.key.as_str().is_none_or(|key| !key.eq_ignore_ascii_case("dependsOn")));
            let parts: Vec<&'t Expr> = parts.map(|member| &member.value).collect();
            let given = resource.deployment.as_ref().and_then(|deployment| deployment.parameters.as_ref());
            for part in parts.into_iter().chain(given) {
                let value = evaluator.evaluate(part, &instance.env);
                self.read_in(&value, &mut found);
            }
        }
        let mut listed: Vec<&'t Expr> = instance.resource.depends_on().iter().collect();
        // The compiler of Bicep lists them by their symbolic names.
        listed.sort_by_key(|target| declared(target).map(|(name, ..)| folded(name)));
        for target in listed {
            if let Some((_, declared, iteration)) = declared(target) {
                let all = self.declarations.get(&declared).map_or(&[][..], Vec::as_slice);
                let number = iteration.and_then(|number| evaluator.evaluate(number, &instance.env).as_integer());
                match number.and_then(|number| all.get(usize::try_from(number).ok()?)) {
                    Some(one) => found.push(*one),
                    None => found.extend(all),
                }
                found.retain(|at| !self.unknown.contains(at));
            } else {
                let target = evaluator.evaluate(target, &instance.env);
                found.extend(self.named(&target));
            }
        }
        found
    }

    /// The resources that an element of `dependsOn` names.
    fn named(&self, target: &Value) -> &[usize] {
        let Some(text) = target.as_str().map(folded) else {
            return self.ids.get(&key(target)).map_or(&[], std::slice::from_ref);
        };
        if text.starts_with('/') {
            return self.ids.get(&text).map_or(&[], std::slice::from_ref);
        }
        let by = if text.contains('/') { &self.paths } else { &self.names };
        self.symbols.get(&text).or_else(|| by.get(&text)).map_or(&[], Vec::as_slice)
    }

    /// Collects what is read by `reference` and the functions that list.
    fn read_in(&self, value: &Value, found: &mut Vec<usize>) {
        match &value.kind {
            Kind::Array(items) => items.iter().for_each(|item| self.read_in(item, found)),
            Kind::Object(object) => {
                for (key, member) in object.entries() {
                    if let Some(open) = key.open() {
                        self.read_in(open, found);
                    }
                    self.read_in(&member.value, found);
                }
            }
            Kind::Unknown(term) => match term.as_ref() {
                Term::Call { name, args } => {
                    if let Some(id) = args.first().filter(|_| is_read(name)) {
                        match id.as_str() {
                            Some(text) if !text.starts_with('/') => found.extend(self.named(id)),
                            _ => found.extend(self.ids.get(&key(id))),
                        }
                    }
                    for arg in args {
                        self.read_in(arg, found);
                    }
                }
                Term::Property { base, .. } => self.read_in(base, found),
                Term::Index { base, index } => {
                    self.read_in(base, found);
                    self.read_in(index, found);
                }
                Term::Placeholder(_) => {}
            },
            _ => {}
        }
    }
}

/// Whether a function reads the resource that its first argument names.
fn is_read(function: &str) -> bool {
    let function = function.to_ascii_lowercase();
    function.starts_with("list") || function == "reference" || function == "references"
}

/// The declaration that an element of `dependsOn` in Bicep names, and which of its iterations.
fn declared(target: &Expr) -> Option<(&str, usize, Option<&Expr>)> {
    let resource = match &target.kind {
        ExprKind::Property { base, .. } => base,
        _ => target,
    };
    match &resource.kind {
        ExprKind::Resource { name, declared, iteration } => Some((&name.text, *declared, iteration.as_deref())),
        _ => None,
    }
}

/// Type and names of a resource as its id has them, without where it is.
fn path(id: &ResourceId) -> Option<String> {
    let (provider, types) = id.ty.split_once('/')?;
    let mut path = folded(provider);
    for (ty, name) in types.split('/').zip(&id.names) {
        path.extend(["/", ty, "/", name.as_str()?]);
    }
    Some(folded(&path))
}

fn key(id: &Value) -> String {
    id.as_str().map_or_else(|| folded(&expression(id).to_string()), folded)
}

fn folded(text: &str) -> String {
    text.to_ascii_lowercase()
}
