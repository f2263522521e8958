//! Our tree in the compiler's words.

mod expression;
mod types;

use plimsoll::source::{FileId, Span};
use plimsoll::syntax::bicep::{
    Decorator, ExprKind, ExtensionSource, Imported, Name, Program, Statement, StatementKind, UsingTarget, WithClause,
};

use super::compiler_tree::Node;

/// All nodes, leaving out what is empty or invalid.
pub(crate) fn nodes(text: &str, program: &Program) -> Vec<Node> {
    let mut walk = Walk { offsets: utf16_offsets(text), text, nodes: Vec::new() };
    for statement in &program.statements {
        walk.statement(statement);
    }
    walk.nodes.sort();
    walk.nodes
}

fn utf16_offsets(text: &str) -> Vec<usize> {
    let mut offsets = Vec::with_capacity(text.len() + 1);
    let mut at = 0;
    for c in text.chars() {
        offsets.extend(std::iter::repeat_n(at, c.len_utf8()));
        at += c.len_utf16();
    }
    offsets.push(at);
    offsets
}

fn span(start: u32, end: u32) -> Span {
    Span { file: FileId(0), start, end }
}

struct Walk<'a> {
    offsets: Vec<usize>,
    text: &'a str,
    nodes: Vec<Node>,
}

impl Walk<'_> {
    fn add(&mut self, kind: &str, span: Span) {
        if !span.is_empty() {
            let (start, end) = (self.offsets[span.start as usize], self.offsets[span.end as usize]);
            self.nodes.push(Node { start, end, kind: kind.to_owned() });
        }
    }

    fn name(&mut self, name: &Name) {
        self.add("IdentifierSyntax", name.span);
    }

    fn statement(&mut self, statement: &Statement) {
        for decorator in &statement.decorators {
            self.decorator(decorator);
        }
        if let Some(name) = statement.name() {
            self.name(name);
        }
        self.parts(&statement.kind);
        let kind = match &statement.kind {
            StatementKind::TargetScope { .. } => "TargetScopeSyntax",
            StatementKind::Metadata { .. } => "MetadataDeclarationSyntax",
            StatementKind::Type { .. } => "TypeDeclarationSyntax",
            StatementKind::Parameter { .. } => "ParameterDeclarationSyntax",
            StatementKind::Variable { .. } => "VariableDeclarationSyntax",
            StatementKind::Function { .. } => "FunctionDeclarationSyntax",
            StatementKind::Resource { .. } => "ResourceDeclarationSyntax",
            StatementKind::Module { .. } => "ModuleDeclarationSyntax",
            StatementKind::Test { .. } => "TestDeclarationSyntax",
            StatementKind::Output { .. } => "OutputDeclarationSyntax",
            StatementKind::Assert { .. } => "AssertDeclarationSyntax",
            StatementKind::Import(_) => "CompileTimeImportDeclarationSyntax",
            StatementKind::Extension { .. } => "ExtensionDeclarationSyntax",
            StatementKind::Using { .. } => "UsingDeclarationSyntax",
            StatementKind::Extends { .. } => "ExtendsDeclarationSyntax",
            StatementKind::Assignment { .. } => "ParameterAssignmentSyntax",
            StatementKind::ExtensionConfig { .. } => "ExtensionConfigAssignmentSyntax",
            StatementKind::Missing => {
                // The compiler counts the line break after the decorators in.
                let rest = &self.text[statement.span.end as usize..];
                let breaks = rest.find(|c| c != '\r' && c != '\n').unwrap_or(rest.len());
                let end = statement.span.end + breaks as u32;
                return self.add("MissingDeclarationSyntax", span(statement.span.start, end));
            }
            StatementKind::Invalid => return,
        };
        self.add(kind, statement.span);
    }

    /// What stands after the name of a declaration.
    fn parts(&mut self, kind: &StatementKind) {
        match kind {
            StatementKind::TargetScope { value }
            | StatementKind::Metadata { value, .. }
            | StatementKind::Assert { value, .. }
            | StatementKind::Assignment { value, .. }
            | StatementKind::Extends { path: value } => self.expr(value),
            StatementKind::Type { value, .. } => self.value_type(value),
            StatementKind::Parameter { value_type, default, .. } => {
                self.value_type(value_type);
                if let Some(default) = default {
                    self.add("ParameterDefaultValueSyntax", default.span);
                    self.expr(&default.value);
                }
            }
            StatementKind::Variable { value_type, value, .. } => {
                if let Some(value_type) = value_type {
                    self.value_type(value_type);
                }
                self.expr(value);
            }
            StatementKind::Output { value_type, value, .. } => {
                self.value_type(value_type);
                self.expr(value);
            }
            StatementKind::Function { lambda, .. } => {
                if let Some(lambda) = lambda {
                    self.typed_lambda(lambda);
                }
            }
            StatementKind::Resource { resource_type: string, body, .. }
            | StatementKind::Module { path: string, body, .. }
            | StatementKind::Test { path: string, body, .. } => {
                self.expr(string);
                self.expr(body);
            }
            StatementKind::Import(import) => {
                self.imported(&import.imported);
                self.expr(&import.path);
                if import.path.kind != ExprKind::Invalid {
                    let before = &self.text[..import.path.span.start as usize];
                    let from = before.rfind("from").unwrap() as u32;
                    self.add("CompileTimeImportFromClauseSyntax", span(from, import.path.span.end));
                }
            }
            StatementKind::Extension { source, with, alias } => {
                match source {
                    ExtensionSource::Name(name) => self.name(name),
                    ExtensionSource::Reference(expr) => self.expr(expr),
                }
                self.with_clause("ExtensionWithClauseSyntax", with.as_ref());
                self.as_clause(alias.as_ref());
            }
            StatementKind::Using { target, with } => {
                match target {
                    UsingTarget::None(span) => self.add("NoneLiteralSyntax", *span),
                    UsingTarget::Path(path) => self.expr(path),
                }
                self.with_clause("UsingWithClauseSyntax", with.as_ref());
            }
            StatementKind::ExtensionConfig { with, .. } => {
                self.with_clause("ExtensionWithClauseSyntax", with.as_ref());
            }
            StatementKind::Missing | StatementKind::Invalid => {}
        }
    }

    fn decorator(&mut self, decorator: &Decorator) {
        self.add("DecoratorSyntax", decorator.span);
        self.expr(&decorator.expr);
    }

    fn with_clause(&mut self, kind: &str, with: Option<&WithClause>) {
        if let Some(with) = with {
            self.add(kind, with.span);
            self.expr(&with.config);
        }
    }

    /// `as alias`, whose name has been added already where the statement declares it.
    fn as_clause(&mut self, alias: Option<&Name>) {
        if let Some(alias) = alias {
            let before = &self.text[..alias.span.start as usize];
            let start = before.rfind("as").unwrap() as u32;
            self.add("AliasAsClauseSyntax", span(start, alias.span.end));
        }
    }

    fn imported(&mut self, imported: &Imported) {
        match imported {
            Imported::All { alias, span } => {
                self.add("WildcardImportSyntax", *span);
                self.as_clause(Some(alias));
                self.name(alias);
            }
            Imported::Symbols { items, span } => {
                self.add("ImportedSymbolsListSyntax", *span);
                for item in items {
                    match &item.name.kind {
                        ExprKind::Symbol(name) => self.name(name),
                        _ => self.expr(&item.name),
                    }
                    self.as_clause(item.alias.as_ref());
                    if let Some(alias) = &item.alias {
                        self.name(alias);
                    }
                    self.add("ImportedSymbolsListItemSyntax", item.span);
                }
            }
            Imported::Invalid(_) => {}
        }
    }
}
