//! Variables, functions and types of other files. Those that are used become part of the template.

use std::sync::Arc;

use super::symbols::{Symbol, Unit};
use super::{Lowering, name};
use crate::source::Span;
use crate::syntax::bicep::{self, Statement, StatementKind, TypedLambda};
use crate::syntax::expression::Name;
use crate::template::{Function, Variable};

/// Namespace of user-defined functions, as the compiler calls it.
pub(super) const NAMESPACE: &str = "__bicep";

/// A symbol and the file that declares it.
pub(super) type Found<'a> = (usize, Symbol<'a>);

impl<'a> Lowering<'a> {
    /// The declaration of a symbol that another file exports.
    pub(super) fn imported(&mut self, path: &'a bicep::Expr, wanted: &str) -> Option<Found<'a>> {
        let (mut path, mut wanted) = (path, wanted.to_owned());
        let mut from = self.unit;
        // An export may itself be an import; a circle of them ends.
        for _ in 0..16 {
            let unit = self.unit_at(from, path)?;
            match self.units[unit].symbols.get(wanted.as_str()).copied()? {
                Symbol::Imported { path: next, name } => {
                    path = next;
                    name.clone_into(&mut wanted);
                    from = unit;
                }
                symbol => return Some((unit, symbol)),
            }
        }
        None
    }

    pub(super) fn unit_at(&mut self, from: usize, path: &bicep::Expr) -> Option<usize> {
        let key = (self.units[from].file, path.as_str()?.to_owned());
        let (file, program) = *self.surroundings.programs.get(&key)?;
        if let Some(known) = self.units.iter().position(|unit| unit.file == file) {
            return Some(known);
        }
        let prefix = format!("_{}.", self.units.len());
        self.units.push(Unit::new(file, program, prefix, self.surroundings));
        Some(self.units.len() - 1)
    }

    /// Runs `lower` at the top level of another file.
    pub(super) fn within<T>(&mut self, unit: usize, lower: impl FnOnce(&mut Self) -> T) -> T {
        let outer = (self.unit, std::mem::take(&mut self.locals), self.inside.take());
        self.unit = unit;
        let lowered = lower(self);
        (self.unit, self.locals, self.inside) = outer;
        lowered
    }

    /// Lowers the variables of the file itself.
    pub(super) fn variables_of_file(&mut self) {
        for statement in &self.program().statements {
            if matches!(statement.kind, StatementKind::Variable { .. }) {
                self.variable(0, statement);
            }
        }
    }

    /// Lowers the functions of the file itself.
    pub(super) fn functions_of_file(&mut self) {
        for statement in &self.program().statements {
            if let StatementKind::Function { name, lambda: Some(lambda) } = &statement.kind {
                self.function(0, &name.text, lambda);
            }
        }
    }

    /// Makes a variable part of the template; returns the name that it has there.
    pub(super) fn variable(&mut self, unit: usize, statement: &'a Statement) -> Arc<str> {
        let StatementKind::Variable { name: declared, value, .. } = &statement.kind else { return "".into() };
        if let Some(known) = self.named.get(&(unit, &*declared.text)) {
            return Arc::clone(known);
        }
        let prefix = &self.units[unit].prefix;
        let is_own = prefix.is_empty();
        let text = if is_own { Arc::clone(&declared.text) } else { format!("{prefix}{}", declared.text).into() };
        self.named.insert((unit, &declared.text), Arc::clone(&text));
        let value = self.within(unit, |this| this.looped(value, Some(&text)));
        self.variables.push(Variable { name: Name { text: Arc::clone(&text), span: declared.span }, value });
        text
    }

    /// Makes a function part of the template; returns the name that it is called by.
    pub(super) fn function(&mut self, unit: usize, declared: &str, lambda: &'a TypedLambda) -> Arc<str> {
        let text: Arc<str> = format!("{}{declared}", self.units[unit].prefix).into();
        if self.done.insert(format!("function {text}")) {
            let parameters: Vec<Name> = lambda.parameters.iter().map(|parameter| name(&parameter.name)).collect();
            let output = self.within(unit, |this| {
                let locals = parameters.iter().map(|name| (Arc::clone(&name.text), super::Local::Parameter));
                this.locals.extend(locals.collect::<Vec<_>>());
                this.expr(&lambda.body)
            });
            let at = |text: Arc<str>, span: Span| Name { text, span };
            let namespace = at(NAMESPACE.into(), lambda.span);
            self.functions.push(Function { namespace, name: at(Arc::clone(&text), lambda.span), parameters, output });
        }
        format!("{NAMESPACE}.{text}").into()
    }
}
