//! Resources by their symbolic names, as Bicep speaks of them.

use super::Evaluator;
use super::call::term;
use super::expression::Env;
use super::instance::Instance;
use super::references::references_to;
use super::term::Term;
use super::value::{Reason, Value};
use crate::source::Span;
use crate::syntax::expression::{Expr, Name};

impl<'t> Evaluator<'t> {
    /// A resource as a whole: what `reference` would show of it; of a loop, of all that it makes.
    pub(super) fn symbol(&mut self, declared: usize, iteration: Option<&'t Expr>, span: Span, env: &Env) -> Value {
        let resource = &self.deployment(env.deployment).template.resources[declared];
        if iteration.is_none() && resource.copy.is_some() {
            return self.all_of_symbol(declared, true, env);
        }
        match self.instance_of_symbol(declared, iteration, env) {
            Some(instance) => self.referred(&instance, true),
            None => Value::undecidable(Reason::Resource, span),
        }
    }

    fn all_of_symbol(&mut self, declared: usize, full: bool, env: &Env) -> Value {
        let symbol = self.deployment(env.deployment).template.resources[declared].symbol.as_ref();
        let symbol = symbol.map(|name| Value::from(name.text.clone()));
        references_to(self, declared, full, env).unwrap_or_else(|| {
            term("references", symbol.into_iter().chain(full.then(|| Value::from("full"))).collect())
        })
    }

    /// A property of a resource: known for those that its declaration spells out, else of its reference.
    pub(super) fn symbol_property(
        &mut self,
        declared: usize,
        iteration: Option<&'t Expr>,
        name: &Name,
        span: Span,
        env: &Env,
    ) -> Value {
        let Some(instance) = self.instance_of_symbol(declared, iteration, env) else {
            return Value::undecidable(Reason::Resource, name.span);
        };
        if instance.resource.is_extensible() {
            let base = self.referred(&instance, false);
            return Value::unknown(Term::Property { base, name: name.text.clone() });
        }
        if !matches!(&*name.text, "id" | "name" | "type" | "apiVersion") {
            self.note_read(&instance, span);
        }
        let unnamed = || Value::undecidable(Reason::Resource, name.span);
        match &*name.text {
            // A dependency on all iterations of a loop is written as the loop's name.
            "id" if iteration.is_none() && instance.resource.copy.is_some() => {
                let copy = instance.resource.copy.as_ref().and_then(|copy| copy.name.as_ref());
                copy.map_or_else(unnamed, |name| Value::from(name.text.clone()))
            }
            "id" => match self.id(&instance) {
                Some(id) => id.to_value(),
                None => self.id_of_cut_name(&instance).unwrap_or_else(unnamed),
            },
            // The name as it is declared: of a child without those of its parents.
            "name" => match instance.resource.name() {
                Some(name) => self.evaluate(name, &instance.env),
                None => Value::null(),
            },
            "type" => Value::from(instance.resource.ty.to_string()),
            "apiVersion" => match instance.resource.api_version() {
                Some(version) => self.evaluate(version, &instance.env),
                None => Value::null(),
            },
            "properties" if iteration.is_none() && instance.resource.copy.is_some() => {
                self.all_of_symbol(declared, false, env)
            }
            "properties" => self.referred(&instance, false),
            "outputs" if instance.resource.deployment.is_some() => {
                let base = self.referred(&instance, false);
                Value::unknown(Term::Property { base, name: name.text.clone() })
            }
            _ => {
                let base = self.referred(&instance, true);
                Value::unknown(Term::Property { base, name: name.text.clone() })
            }
        }
    }

    /// The id of a resource whose name has another number of parts than its type: each part is cut out of it, as the
    /// compiler does.
    fn id_of_cut_name(&mut self, instance: &Instance<'t>) -> Option<Value> {
        let own = self.evaluate(instance.resource.name()?, &instance.env);
        let parts = self.apply("split", vec![own, Value::from("/")]);
        let names = (0_i64..).take(instance.resource.ty.depth()).map(|at| {
            let known = usize::try_from(at).ok().and_then(|at| parts.as_array()?.get(at).cloned());
            known.unwrap_or_else(|| Value::unknown(Term::Index { base: parts.clone(), index: Value::from(at) }))
        });
        let args = [Value::from(instance.resource.ty.to_string())].into_iter().chain(names).collect();
        Some(self.resource_id_call("resourceid", args, &instance.env))
    }

    /// `reference(<id>, <version>)`, with `'full'` for all of the resource.
    pub(super) fn referred(&mut self, instance: &Instance<'t>, full: bool) -> Value {
        if let Some(symbol) = instance.resource.symbol.as_ref().filter(|_| instance.resource.is_extensible()) {
            // What an extension manages has no id, only its name here.
            return term("reference", vec![Value::from(symbol.text.clone())]);
        }
        let id = match self.id(instance) {
            Some(id) => id.to_value(),
            None => return Value::undecidable(Reason::Resource, instance.resource.ty.span),
        };
        let version = instance.resource.api_version().map(|version| self.evaluate(version, &instance.env));
        let args = [Some(id), version, full.then(|| Value::from("full"))];
        term("reference", args.into_iter().flatten().collect())
    }

    fn instance_of_symbol(&mut self, declared: usize, iteration: Option<&'t Expr>, env: &Env) -> Option<Instance<'t>> {
        match iteration {
            Some(index) => {
                let index = self.evaluate(index, env);
                self.iteration(env.deployment, declared, index)
            }
            None => self.instances_of(env.deployment, declared).into_iter().next(),
        }
    }
}
