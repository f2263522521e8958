//! What the names of a file stand for.

use std::collections::{HashMap, HashSet};
use std::ops::Deref;
use std::sync::Arc;

use foldhash::fast::RandomState;

use super::Lowering;
use super::surroundings::Surroundings;
use super::types::decorator;
use crate::source::FileId;
use crate::syntax::bicep::{self, Decorator, Imported, Program, Statement, StatementKind, Type, TypedLambda};
use crate::syntax::expression::Expr;

/// One file's symbols.
#[derive(Debug)]
pub(super) struct Unit<'a> {
    pub file: FileId,
    pub program: &'a Program,
    /// What stands before the names of its variables and functions in the template.
    pub prefix: String,
    pub(super) table: Arc<Table<'a>>,
}

/// What the names of a file stand for.
#[derive(Debug, Default)]
pub(super) struct Table<'a> {
    pub symbols: HashMap<&'a str, Symbol<'a>, RandomState>,
    /// The resources and modules in order, nested ones after the one that they are nested in.
    pub declared: Vec<Declared<'a>>,
    /// The resources that are nested in others, by these and their names.
    nested: HashMap<(usize, &'a str), usize, RandomState>,
    /// The path of the file that it extends.
    pub extended: Option<&'a bicep::Expr>,
    /// The names that it exports.
    pub exported: HashSet<&'a str>,
}

/// What a name stands for.
#[derive(Debug, Clone, Copy)]
pub(super) enum Symbol<'a> {
    Parameter,
    /// A parameter's value in a parameter file.
    Assignment(&'a Statement),
    Variable(&'a Statement),
    Function(&'a TypedLambda),
    Type(&'a Type, &'a [Decorator]),
    /// A resource or module, by its index in [`Unit::declared`].
    Resource(usize),
    /// A symbol of the file at a path.
    Imported {
        path: &'a bicep::Expr,
        name: &'a str,
    },
    /// All symbols of the file at a path.
    Namespace {
        path: &'a bicep::Expr,
    },
    /// An extension, or anything else that has no value.
    Other,
}

/// A resource or module of a file.
#[derive(Debug, Clone, Copy)]
pub(super) struct Declared<'a> {
    pub name: &'a bicep::Name,
    pub statement: &'a Statement,
    /// The resource that it is nested in.
    pub outer: Option<usize>,
}

/// What a name inside a loop, lambda or function stands for.
#[derive(Debug, Clone)]
pub(super) enum Local {
    /// This expression.
    Value(Expr),
    /// A variable of a lambda.
    Lambda,
    /// A variable of a lambda that stands for a module.
    Module,
    /// A parameter of a user-defined function.
    Parameter,
}

impl<'a> Unit<'a> {
    pub(super) fn new(file: FileId, program: &'a Program, prefix: String, surroundings: &Surroundings<'a>) -> Self {
        let table = surroundings.tables.get(&file).map_or_else(|| Arc::new(Table::new(program)), Arc::clone);
        Self { file, program, prefix, table }
    }
}

/// The names of a file are asked of it.
impl<'a> Deref for Unit<'a> {
    type Target = Table<'a>;

    fn deref(&self) -> &Table<'a> {
        &self.table
    }
}

impl<'a> Table<'a> {
    pub(super) fn new(program: &'a Program) -> Self {
        let mut table = Self::default();
        for statement in &program.statements {
            table.declare(statement, None);
        }
        let exports = program.statements.iter().filter(|it| decorator(&it.decorators, "export").is_some());
        table.exported = exports.filter_map(|statement| Some(&*statement.name()?.text)).collect();
        table
    }

    fn declare(&mut self, statement: &'a Statement, outer: Option<usize>) {
        let symbol = match &statement.kind {
            StatementKind::Parameter { .. } => Symbol::Parameter,
            StatementKind::Assignment { .. } => Symbol::Assignment(statement),
            StatementKind::Variable { .. } => Symbol::Variable(statement),
            StatementKind::Type { value, .. } => Symbol::Type(value, &statement.decorators),
            StatementKind::Function { lambda: Some(lambda), .. } => Symbol::Function(lambda),
            StatementKind::Extension { .. } => Symbol::Other,
            StatementKind::Import(import) => return self.import(import),
            StatementKind::Extends { path } => {
                self.extended.get_or_insert(path);
                return;
            }
            StatementKind::Resource { name, body, .. } | StatementKind::Module { name, body, .. } => {
                let index = self.declared.len();
                self.declared.push(Declared { name, statement, outer });
                match outer {
                    Some(outer) => _ = self.nested.entry((outer, &name.text)).or_insert(index),
                    None => _ = self.symbols.insert(&name.text, Symbol::Resource(index)),
                }
                for item in body.layers().object.unwrap_or_default() {
                    if let bicep::ObjectItem::Resource(nested) = item {
                        self.declare(nested, Some(index));
                    }
                }
                return;
            }
            _ => return,
        };
        if let Some(name) = statement.name().filter(|name| !name.is_missing()) {
            self.symbols.insert(&name.text, symbol);
        }
    }

    fn import(&mut self, import: &'a bicep::Import) {
        match &import.imported {
            Imported::All { alias, .. } => {
                self.symbols.insert(&alias.text, Symbol::Namespace { path: &import.path });
            }
            Imported::Symbols { items, .. } => {
                for item in items {
                    let exported = match &item.name.kind {
                        bicep::ExprKind::Symbol(name) => Some(&*name.text),
                        _ => item.name.as_str(),
                    };
                    let Some(exported) = exported else { continue };
                    let name = item.alias.as_ref().map_or(exported, |alias| &*alias.text);
                    self.symbols.insert(name, Symbol::Imported { path: &import.path, name: exported });
                }
            }
            Imported::Invalid(_) => {}
        }
    }
}

impl<'a> Lowering<'a> {
    /// What a name that no loop, lambda or function introduces stands for here.
    pub(super) fn symbol(&self, name: &str) -> Option<Symbol<'a>> {
        let unit = &self.units[self.unit];
        let mut inside = self.inside;
        while let Some(outer) = inside {
            if let Some(nested) = unit.nested.get(&(outer, name)) {
                return Some(Symbol::Resource(*nested));
            }
            inside = unit.declared[outer].outer;
        }
        unit.symbols.get(name).copied()
    }

    /// What a loop, lambda or function calls `name`.
    pub(super) fn local(&self, name: &str) -> Option<&Local> {
        self.locals.iter().rev().find(|(known, _)| **known == *name).map(|(_, local)| local)
    }

    /// The resource `name` that is nested in another one.
    pub(super) fn nested(&self, outer: usize, name: &str) -> Option<usize> {
        self.units[self.unit].nested.get(&(outer, name)).copied()
    }
}
