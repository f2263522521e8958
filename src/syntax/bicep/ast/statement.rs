//! Statements: what a file consists of.

use super::{Expr, Name, Type, TypedLambda};
use crate::source::Span;
use crate::syntax::bicep::lexer::{Comment, Pragma};

/// A file.
#[derive(Debug, Clone, PartialEq)]
pub struct Program {
    /// The statements in their order.
    pub statements: Vec<Statement>,
    /// All comments in their order.
    pub comments: Vec<Comment>,
    /// All pragmas in their order.
    pub pragmas: Vec<Pragma>,
}

/// A declaration with its decorators.
#[derive(Debug, Clone, PartialEq)]
pub struct Statement {
    /// What is declared.
    pub kind: StatementKind,
    /// The decorators before it.
    pub decorators: Vec<Decorator>,
    /// From the first decorator, or the keyword, to the end.
    pub span: Span,
    /// The word that says what is declared; empty where there is none.
    pub keyword: Span,
}

/// `@name(args…)` or `@sys.name(args…)`.
#[derive(Debug, Clone, PartialEq)]
pub struct Decorator {
    /// What stands after the `@`: a call, or whatever else the author wrote.
    pub expr: Expr,
    /// From the `@` to the end.
    pub span: Span,
}

/// The kinds of statement. A type or path that is a string is [`ExprKind::String`](super::ExprKind::String) or invalid.
#[derive(Debug, Clone, PartialEq)]
pub enum StatementKind {
    /// `targetScope = value`.
    TargetScope {
        /// A string, or an array of strings.
        value: Expr,
    },
    /// `metadata name = value`.
    Metadata {
        /// The name.
        name: Name,
        /// The value.
        value: Expr,
    },
    /// `type name = value`.
    Type {
        /// The name.
        name: Name,
        /// The type that it stands for.
        value: Type,
    },
    /// `param name type = default`.
    Parameter {
        /// The name.
        name: Name,
        /// The type.
        value_type: Type,
        /// The default value.
        default: Option<DefaultValue>,
    },
    /// `var name type = value`.
    Variable {
        /// The name.
        name: Name,
        /// The type, if it is written.
        value_type: Option<Type>,
        /// The value.
        value: Expr,
    },
    /// `func name(…) type => body`.
    Function {
        /// The name.
        name: Name,
        /// Parameters, type and body; `None` where they can't be read.
        lambda: Option<Box<TypedLambda>>,
    },
    /// `resource name 'type@version' = body`.
    Resource {
        /// The symbolic name.
        name: Name,
        /// The type with the API version.
        resource_type: Expr,
        /// The word `existing`.
        existing: Option<Span>,
        /// The body: an object, a condition or a loop ([`Expr::layers`]).
        body: Expr,
    },
    /// `module name 'path' = body`.
    Module {
        /// The symbolic name.
        name: Name,
        /// The file or the registry reference.
        path: Expr,
        /// The body: an object, a condition or a loop ([`Expr::layers`]).
        body: Expr,
    },
    /// `test name 'path' = body`.
    Test {
        /// The name.
        name: Name,
        /// The file under test.
        path: Expr,
        /// The body, an object.
        body: Expr,
    },
    /// `output name type = value`.
    Output {
        /// The name.
        name: Name,
        /// The type.
        value_type: Type,
        /// The value.
        value: Expr,
    },
    /// `assert name = value`.
    Assert {
        /// The name.
        name: Name,
        /// What is asserted.
        value: Expr,
    },
    /// `import … from 'path'`.
    Import(Import),
    /// `extension source with {…} as alias`, also in its older form `import 'source'`.
    Extension {
        /// Which extension.
        source: ExtensionSource,
        /// The configuration.
        with: Option<WithClause>,
        /// The name that it is given.
        alias: Option<Name>,
    },
    /// `using 'path' with {…}`, in a parameter file.
    Using {
        /// The template.
        target: UsingTarget,
        /// The settings of the deployment.
        with: Option<WithClause>,
    },
    /// `extends 'path'`, in a parameter file.
    Extends {
        /// The parameter file that this one extends.
        path: Expr,
    },
    /// `param name = value`, in a parameter file.
    Assignment {
        /// The parameter.
        name: Name,
        /// Its value.
        value: Expr,
    },
    /// `extensionConfig alias with {…}`, in a parameter file.
    ExtensionConfig {
        /// The extension's name in the template.
        alias: Name,
        /// The configuration.
        with: Option<WithClause>,
    },
    /// Decorators without a declaration after them.
    Missing,
    /// Text that is no declaration. Its error has been reported.
    Invalid,
}

/// `= value` after the type of a parameter.
#[derive(Debug, Clone, PartialEq)]
pub struct DefaultValue {
    /// The value.
    pub value: Expr,
    /// From the `=` to the end of the value.
    pub span: Span,
}

/// What an `import` brings in, and from where.
#[derive(Debug, Clone, PartialEq)]
pub struct Import {
    /// What it brings in.
    pub imported: Imported,
    /// The file or the registry reference.
    pub path: Expr,
}

/// What an `import` brings in.
#[derive(Debug, Clone, PartialEq)]
pub enum Imported {
    /// `* as alias`.
    All {
        /// The name under which the symbols are found.
        alias: Name,
        /// From the `*` to the end of the name.
        span: Span,
    },
    /// `{…}`.
    Symbols {
        /// The symbols.
        items: Vec<ImportItem>,
        /// With the braces.
        span: Span,
    },
    /// Neither; the text in their place.
    Invalid(Span),
}

/// `name`, `name as alias` or `'name' as alias`.
#[derive(Debug, Clone, PartialEq)]
pub struct ImportItem {
    /// The symbol's name where it is exported: [`ExprKind::Symbol`](super::ExprKind::Symbol), a string, or invalid.
    pub name: Expr,
    /// The name that it is given here.
    pub alias: Option<Name>,
    /// From the name to the end.
    pub span: Span,
}

/// Which extension is meant.
#[derive(Debug, Clone, PartialEq)]
pub enum ExtensionSource {
    /// A name from the configuration, or a built-in one.
    Name(Name),
    /// A registry reference or path; or invalid.
    Reference(Expr),
}

/// `with {…}`.
#[derive(Debug, Clone, PartialEq)]
pub struct WithClause {
    /// An object, or invalid.
    pub config: Expr,
    /// From `with` to the end.
    pub span: Span,
}

/// Which template a parameter file is for.
#[derive(Debug, Clone, PartialEq)]
pub enum UsingTarget {
    /// `none`: no one template. Any other word is taken for it, as the compiler does; the span is the word.
    None(Span),
    /// A path or registry reference; or invalid.
    Path(Expr),
}

impl Statement {
    /// The name that the statement declares or assigns.
    pub fn name(&self) -> Option<&Name> {
        use StatementKind as Kind;
        match &self.kind {
            Kind::Metadata { name, .. }
            | Kind::Type { name, .. }
            | Kind::Parameter { name, .. }
            | Kind::Variable { name, .. }
            | Kind::Function { name, .. }
            | Kind::Resource { name, .. }
            | Kind::Module { name, .. }
            | Kind::Test { name, .. }
            | Kind::Output { name, .. }
            | Kind::Assert { name, .. }
            | Kind::Assignment { name, .. }
            | Kind::ExtensionConfig { alias: name, .. } => Some(name),
            Kind::Extension { alias, .. } => alias.as_ref(),
            Kind::TargetScope { .. }
            | Kind::Import(_)
            | Kind::Using { .. }
            | Kind::Extends { .. }
            | Kind::Missing
            | Kind::Invalid => None,
        }
    }
}
