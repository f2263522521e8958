//! Variables and functions that are imported from a template in JSON.

use std::sync::Arc;

use super::Lowering;
use super::imports::NAMESPACE;
use crate::source::FileId;
use crate::syntax::bicep;
use crate::syntax::expression::{Expr, ExprKind, Name};
use crate::template::walk::walk_expr_mut;
use crate::template::{Copy, Function, Looped, Template, Variable};

impl<'a> Lowering<'a> {
    /// The template in JSON at a path, as seen from the file whose text is being lowered.
    pub(super) fn compiled(&self, path: &bicep::Expr) -> Option<(FileId, &'a Template)> {
        self.surroundings.templates.get(&(self.file(), path.as_str()?.to_owned())).copied()
    }

    /// Makes a variable of a compiled template, with those that it needs, part of this one; returns its name here.
    pub(super) fn compiled_variable(&mut self, from: (FileId, &'a Template), wanted: &str) -> Option<Arc<str>> {
        let (file, template) = from;
        let variable = &template.variables[template.variable(wanted)?];
        let text: Arc<str> = format!("(file {}).{}", file.0, variable.name.text).into();
        if self.done.insert(format!("variable {text}")) {
            let value = match &variable.value {
                Looped::Once(value) => Looped::Once(self.taken_over(from, value)),
                Looped::Each { copy, input } => Looped::Each {
                    copy: Copy { name: copy.name.clone(), count: self.taken_over(from, &copy.count) },
                    input: self.taken_over(from, input),
                },
            };
            let name = Name { text: Arc::clone(&text), span: variable.name.span };
            self.variables.push(Variable { name, value });
        }
        Some(text)
    }

    /// Makes a function of a compiled template part of this one; returns the name that it is called by here.
    pub(super) fn compiled_function(&mut self, from: (FileId, &'a Template), wanted: &str) -> Option<Arc<str>> {
        let (file, template) = from;
        let function = template.function(&format!("{NAMESPACE}.{wanted}"))?;
        let text: Arc<str> = format!("(file {}).{}", file.0, function.name.text).into();
        if self.done.insert(format!("function {text}")) {
            let output = self.taken_over(from, &function.output);
            self.functions.push(Function {
                namespace: function.namespace.clone(),
                name: Name { text: Arc::clone(&text), span: function.name.span },
                parameters: function.parameters.clone(),
                output,
            });
        }
        Some(format!("{NAMESPACE}.{text}").into())
    }

    /// An expression of a compiled template that speaks of the variables and functions as they are called here.
    fn taken_over(&mut self, from: (FileId, &'a Template), expr: &'a Expr) -> Expr {
        let mut taken = expr.clone();
        walk_expr_mut(&mut taken, &mut |expr| self.rename(from, expr));
        taken
    }

    fn rename(&mut self, from: (FileId, &'a Template), expr: &mut Expr) {
        let ExprKind::Call { name, args } = &mut expr.kind else { return };
        if let Some((_, wanted)) = name.text.split_once('.') {
            if let Some(text) = self.compiled_function(from, wanted) {
                name.text = text;
            }
        } else if name.is("variables")
            && let [Expr { kind: ExprKind::String(wanted), .. }] = args.as_mut_slice()
            && let Some(text) = self.compiled_variable(from, wanted)
        {
            *wanted = text;
        }
    }
}
