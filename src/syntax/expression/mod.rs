//! Expressions of the template language, as strings `"[…]"` hold them.

mod ast;
mod parser;
mod text;

pub use ast::{Expr, ExprKind, Member, Name, Segment};
pub use parser::parse_string;
pub use text::{joined, push_text, text};
