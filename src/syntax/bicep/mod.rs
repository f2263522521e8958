//! Bicep and parameter files of Bicep: text to a spanned tree and the errors met on the way.
//!
//! The grammar and the places where reading resumes after an error are those of Bicep 0.46, so that a text is an
//! error here when, and where, it is one for the compiler.

mod ast;
mod edit;
mod lexer;
mod literal;
mod parser;
#[cfg(test)]
mod shape;
mod token;

pub use ast::{
    ArrayItem, BinaryOperator, Decorator, DefaultValue, Expr, ExprKind, ExtensionSource, For, If, Import, ImportItem,
    Imported, Key, Lambda, Layers, Name, ObjectItem, Part, Program, Property, Segment, Spread, Statement,
    StatementKind, StringLiteral, TupleItem, Type, TypeKind, TypeProperty, TypedLambda, TypedParameter, UnaryOperator,
    UsingTarget, WithClause,
};
pub use edit::{escape, indented, insert_item, literal, property, quote, remove_item};
pub use lexer::{Comment, Pragma, PragmaKind};
pub use literal::{decode_mapped, decode_segment};

use crate::source::limits::MAX_RECOVERIES;
use crate::source::{FileId, LineIndex};
use crate::syntax::SyntaxError;

/// Which of the two languages a text is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// `.bicep`: what is deployed.
    Template,
    /// `.bicepparam`: values for the parameters of a template.
    Parameters,
}

/// Parses `text`. The tree is whole even where the text is not: what is missing is invalid or has an empty name.
///
/// There is at most one error a line, since what follows an error on its line is mostly its consequence, and at most
/// [`MAX_RECOVERIES`] in all. Errors are sorted by place.
pub fn parse(file: FileId, text: &str, dialect: Dialect) -> (Program, Vec<SyntaxError>) {
    let lexed = lexer::lex(file, text);
    let (statements, errors) = parser::parse(file, text, &lexed.tokens, dialect);
    let program = Program { statements, comments: lexed.comments, pragmas: lexed.pragmas };
    (program, one_a_line(text, lexed.errors, errors))
}

/// The first error of each line; of a line with errors of the lexer the first of these, which is the cause.
fn one_a_line(text: &str, lexer: Vec<SyntaxError>, parser: Vec<SyntaxError>) -> Vec<SyntaxError> {
    if lexer.is_empty() && parser.is_empty() {
        return Vec::new();
    }
    let lines = LineIndex::new(text);
    let rank = |rank: u8| move |error: SyntaxError| (rank, error);
    let mut errors: Vec<_> = lexer.into_iter().map(rank(0)).chain(parser.into_iter().map(rank(1))).collect();
    errors.sort_by_key(|(rank, error)| (lines.line_at(error.span.start), *rank, error.span.start));
    errors.dedup_by_key(|(_, error)| lines.line_at(error.span.start));
    errors.truncate(MAX_RECOVERIES);
    errors.into_iter().map(|(_, error)| error).collect()
}
