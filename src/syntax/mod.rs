//! L2. Text to spanned trees. Parsing never fails: it returns a tree and the errors it met.

pub mod bicep;
pub mod edit;
pub mod expression;
mod intern;
pub mod json;
pub mod placeholder;
pub mod shell;
pub mod yaml;

pub use intern::Interner;

use crate::source::Span;

/// Something in a text that its language does not allow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyntaxError {
    /// Where.
    pub span: Span,
    /// What was expected or is wrong; one sentence, lower case, no full stop.
    pub message: String,
}
