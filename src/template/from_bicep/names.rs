//! What is wrong with the names of a file: declared twice, imported in vain, unknown, or used as what they are not.

use std::collections::HashSet;

use foldhash::fast::RandomState;

use std::sync::Arc;

use super::Lowering;
use super::symbols::Symbol;
use crate::source::Span;
use crate::syntax::bicep::{self, Imported, StatementKind};
use crate::template::{TemplateError, TemplateErrorKind};

impl<'a> Lowering<'a> {
    /// Reports names that the file declares more than once, and those that it imports though nothing exports them.
    pub(super) fn check_names(&mut self) {
        let mut declared = HashSet::default();
        let mut outputs = HashSet::default();
        for statement in &self.program().statements {
            let names = match &statement.kind {
                StatementKind::Output { .. } => &mut outputs,
                StatementKind::Metadata { .. } | StatementKind::Assert { .. } => continue,
                StatementKind::Import(import) => {
                    self.check_import(import, &mut declared);
                    continue;
                }
                _ => &mut declared,
            };
            if let Some(name) = statement.name().filter(|name| !name.is_missing())
                && !names.insert(&*name.text)
            {
                self.name_error(name.span, format!("`{}` is declared more than once", name.text), None);
            }
        }
    }

    fn check_import(&mut self, import: &'a bicep::Import, declared: &mut HashSet<&'a str, RandomState>) {
        let items = match &import.imported {
            Imported::All { alias, .. } => {
                if !alias.is_missing() && !declared.insert(&alias.text) {
                    self.name_error(alias.span, format!("`{}` is declared more than once", alias.text), None);
                }
                return;
            }
            Imported::Symbols { items, .. } => items,
            Imported::Invalid(_) => return,
        };
        for item in items {
            let exported = match &item.name.kind {
                bicep::ExprKind::Symbol(name) => &*name.text,
                _ => item.name.as_str().unwrap_or_default(),
            };
            let (here, span) =
                item.alias.as_ref().map_or((exported, item.name.span), |alias| (&*alias.text, alias.span));
            if exported.is_empty() {
                continue;
            }
            if !declared.insert(here) {
                self.name_error(span, format!("`{here}` is declared more than once"), None);
            }
            self.check_export(&import.path, exported, item.name.span);
        }
    }

    /// Reports a name that the file at `path` does not export.
    fn check_export(&mut self, path: &'a bicep::Expr, wanted: &str, span: Span) {
        let Some(unit) = self.unit_at(self.unit, path) else { return };
        let table = Arc::clone(&self.units[unit].table);
        if table.exported.contains(wanted) {
            return;
        }
        let file = path.as_str().unwrap_or_default();
        let is_there = table.symbols.contains_key(wanted);
        let (message, help) = if is_there {
            let help = "mark its declaration with `@export()`".to_owned();
            (format!("`{file}` declares `{wanted}` but does not export it"), Some(help))
        } else {
            (
                format!("`{file}` exports nothing called `{wanted}`"),
                self.nearest.to(wanted, table.exported.iter().copied()).map(question),
            )
        };
        self.name_error(span, message, help);
    }

    /// Reports a name that nothing declares.
    pub(super) fn unknown_name(&mut self, name: &bicep::Name) {
        let unit = &self.units[self.unit];
        let known = unit.symbols.keys().copied().chain(self.locals.iter().map(|(local, _)| &**local));
        let help = self.nearest.to(&name.text, known).map(question);
        self.name_error(name.span, format!("nothing here is called `{}`", name.text), help);
    }

    /// Reports a name that is used as a value though it stands for none.
    pub(super) fn not_a_value(&mut self, name: &bicep::Name, symbol: Symbol<'a>) {
        let what = match symbol {
            Symbol::Function(_) => "a function",
            Symbol::Type(..) => "a type",
            Symbol::Namespace { .. } => "a namespace",
            _ => return,
        };
        self.name_error(name.span, format!("`{}` is {what}, not a value", name.text), None);
    }

    /// Reports a call of a name that the file declares as something else, so that it hides the function.
    pub(super) fn not_a_function(&mut self, name: &bicep::Name, symbol: Symbol<'a>) {
        let what = match symbol {
            Symbol::Parameter | Symbol::Assignment(_) => "a parameter",
            Symbol::Variable(_) => "a variable",
            Symbol::Type(..) => "a type",
            Symbol::Resource(_) => "a resource or module",
            Symbol::Namespace { .. } => "a namespace",
            Symbol::Function(_) | Symbol::Imported { .. } | Symbol::Other => return,
        };
        let help =
            format!("a function of the language that has this name is called `sys.{0}` or `az.{0}` here", name.text);
        self.name_error(name.span, format!("`{}` is {what}, not a function", name.text), Some(help));
    }

    fn name_error(&mut self, span: Span, message: String, help: Option<String>) {
        if !span.is_empty() {
            self.errors.push(TemplateError { span, kind: TemplateErrorKind::Name { message, help } });
        }
    }
}

/// Whether a name is meant, as a question.
pub(super) fn question(name: &str) -> String {
    format!("did you mean `{name}`?")
}
