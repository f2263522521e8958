//! The other files that a Bicep file names.

use std::collections::HashMap;
use std::sync::Arc;

use super::loads::{LISTS_FOLDER, LOADS_CONTENT};
use super::symbols::Table;
use crate::source::{FileId, Span};
use crate::syntax::bicep::{
    ArrayItem, Expr, ExprKind, ObjectItem, Part, Program, Statement, StatementKind, UsingTarget,
};
use crate::template::Template;

/// The files around a Bicep file, each by the file that names it and the path it uses.
#[derive(Debug, Default)]
pub struct Surroundings<'a> {
    /// Bicep files.
    pub programs: HashMap<(FileId, String), (FileId, &'a Program)>,
    /// Templates in JSON.
    pub templates: HashMap<(FileId, String), (FileId, &'a Template)>,
    /// The bytes of files that are loaded.
    pub contents: HashMap<(FileId, String), (FileId, &'a [u8])>,
    /// The names of the files in folders that are listed.
    pub folders: HashMap<(FileId, String), &'a [String]>,
    /// What the names stand for in those Bicep files that others import from.
    pub(super) tables: HashMap<FileId, Arc<Table<'a>>>,
}

impl<'a> Surroundings<'a> {
    /// Adds a Bicep file that others import from; what its names stand for is worked out once for all of them.
    pub fn share(&mut self, file: FileId, program: &'a Program) {
        self.tables.entry(file).or_insert_with(|| Arc::new(Table::new(program)));
    }
}

/// A file that a Bicep file names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// The path as written.
    pub path: String,
    /// Where it is written, quotes included.
    pub span: Span,
    /// What it is named for.
    pub kind: ReferenceKind,
}

/// What a file is named for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ReferenceKind {
    /// It is deployed as a module.
    Module,
    /// Symbols are imported from it, or parameter values are taken over.
    Import,
    /// A parameter file is meant for it.
    Using,
    /// Its content becomes part of the template.
    Content,
    /// It is a folder, and the names of its files become part of the template.
    Folder,
}

impl Reference {
    /// Whether the path leads to a registry, not to a file.
    pub fn is_remote(&self) -> bool {
        is_remote(&self.path)
    }
}

/// Whether a module's path leads to a registry or a template spec.
pub(super) fn is_remote(path: &str) -> bool {
    ["br:", "br/", "ts:", "ts/"].iter().any(|scheme| path.starts_with(scheme))
}

/// The files that a program, which `text` spells, names with paths that the compiler knows.
pub fn references(program: &Program, text: &str) -> Vec<Reference> {
    let mut found = Found { program, references: Vec::new() };
    let may_load = text.contains("load");
    for statement in &program.statements {
        collect(statement, may_load, &mut found);
    }
    found.references
}

/// What is found in a program.
struct Found<'a> {
    program: &'a Program,
    references: Vec<Reference>,
}

/// The value of an expression that the compiler computes: of a literal, of a variable, or of a part of either.
pub(super) fn constant<'a>(program: &'a Program, expr: &'a Expr) -> Option<&'a Expr> {
    // A variable may lead to another; a chain longer than this is a circle.
    follow(program, expr, &mut 32)
}

fn follow<'a>(program: &'a Program, expr: &'a Expr, left: &mut usize) -> Option<&'a Expr> {
    let mut steps = Vec::new();
    let mut expr = expr;
    while *left > 0 {
        *left -= 1;
        match (&expr.kind, steps.last()) {
            (ExprKind::Parenthesized(inner) | ExprKind::NonNull(inner), _) => expr = inner,
            (ExprKind::Symbol(symbol), _) => {
                expr = program.statements.iter().find_map(|statement| match &statement.kind {
                    StatementKind::Variable { name, value, .. } if name.text == symbol.text => Some(value),
                    _ => None,
                })?;
            }
            (ExprKind::Property { base, name, .. }, _) => {
                steps.push(Step::Key(&name.text));
                expr = base;
            }
            (ExprKind::Index { base, index, is_from_end: false, .. }, _) => {
                steps.push(match follow(program, index, left).map(|index| &index.kind)? {
                    ExprKind::Integer(index) => Step::Index(usize::try_from(*index).ok()?),
                    ExprKind::String(key) => Step::Key(key.as_str()?),
                    _ => return None,
                });
                expr = base;
            }
            (ExprKind::Array(items), Some(Step::Index(index))) => {
                let ArrayItem::Item(item) = items.get(*index)? else { return None };
                steps.pop();
                expr = item;
            }
            (ExprKind::Object(items), Some(Step::Key(key))) => {
                expr = items.iter().find_map(|item| match item {
                    ObjectItem::Property(property) if property.key.as_str() == Some(key) => Some(&property.value),
                    _ => None,
                })?;
                steps.pop();
            }
            (_, Some(_)) => return None,
            (_, None) => return Some(expr),
        }
    }
    None
}

/// A step from a value into it.
enum Step<'a> {
    Key(&'a str),
    Index(usize),
}

fn collect(statement: &Statement, may_load: bool, found: &mut Found<'_>) {
    let mut add = |path: &Expr, kind| {
        let reference = path.as_str().map(|text| Reference { path: text.to_owned(), span: path.span, kind });
        found.references.extend(reference);
    };
    match &statement.kind {
        StatementKind::Module { path, .. } => add(path, ReferenceKind::Module),
        StatementKind::Import(import) => add(&import.path, ReferenceKind::Import),
        StatementKind::Extends { path } => add(path, ReferenceKind::Import),
        StatementKind::Using { target: UsingTarget::Path(path), .. } => add(path, ReferenceKind::Using),
        _ => {}
    }
    if !may_load {
        return;
    }
    match &statement.kind {
        StatementKind::Parameter { default: Some(default), .. } => collect_loads(&default.value, found),
        StatementKind::Function { lambda: Some(lambda), .. } => collect_loads(&lambda.body, found),
        StatementKind::Variable { value, .. }
        | StatementKind::Output { value, .. }
        | StatementKind::Assert { value, .. }
        | StatementKind::Assignment { value, .. }
        | StatementKind::Resource { body: value, .. }
        | StatementKind::Module { body: value, .. } => collect_loads(value, found),
        _ => {}
    }
}

/// Collects the calls that load files. The nesting of expressions is bounded by the parser.
fn collect_loads(expr: &Expr, found: &mut Found<'_>) {
    match &expr.kind {
        ExprKind::Call { name, args } | ExprKind::MethodCall { name, args, .. } => {
            let kind = match &*name.text {
                name if LOADS_CONTENT.contains(&name) => Some(ReferenceKind::Content),
                LISTS_FOLDER => Some(ReferenceKind::Folder),
                _ => None,
            };
            if let Some(kind) = kind
                && let Some(path) = args.first()
                && let Some(text) = constant(found.program, path).and_then(Expr::as_str)
            {
                found.references.push(Reference { path: text.to_owned(), span: path.span, kind });
            }
            args.iter().for_each(|arg| collect_loads(arg, found));
            if let ExprKind::MethodCall { base, .. } = &expr.kind {
                collect_loads(base, found);
            }
        }
        ExprKind::String(string) => {
            for part in string.parts() {
                if let Part::Hole(hole) = part {
                    collect_loads(hole, found);
                }
            }
        }
        ExprKind::Array(items) => {
            for item in items {
                match item {
                    ArrayItem::Item(item) => collect_loads(item, found),
                    ArrayItem::Spread(spread) => collect_loads(&spread.value, found),
                }
            }
        }
        ExprKind::Object(items) => {
            for item in items {
                match item {
                    ObjectItem::Property(property) => collect_loads(&property.value, found),
                    ObjectItem::Spread(spread) => collect_loads(&spread.value, found),
                    ObjectItem::Resource(nested) => collect(nested, true, found),
                }
            }
        }
        ExprKind::For(repeat) => {
            collect_loads(&repeat.source, found);
            collect_loads(&repeat.body, found);
        }
        ExprKind::If(check) => {
            collect_loads(&check.condition, found);
            collect_loads(&check.body, found);
        }
        ExprKind::Property { base, .. } | ExprKind::Nested { base, .. } => collect_loads(base, found),
        ExprKind::Index { base, index, .. } => {
            collect_loads(base, found);
            collect_loads(index, found);
        }
        ExprKind::NonNull(inner) | ExprKind::Parenthesized(inner) => collect_loads(inner, found),
        ExprKind::Lambda(lambda) => collect_loads(&lambda.body, found),
        ExprKind::Unary { operand, .. } => collect_loads(operand, found),
        ExprKind::Binary { left, right, .. } => {
            collect_loads(left, found);
            collect_loads(right, found);
        }
        ExprKind::Ternary { condition, then, otherwise } => {
            for part in [condition, then, otherwise] {
                collect_loads(part, found);
            }
        }
        ExprKind::Null | ExprKind::Bool(_) | ExprKind::Integer(_) | ExprKind::Symbol(_) | ExprKind::Invalid => {}
    }
}
