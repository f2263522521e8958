//! Expressions of the template language, as strings `"[…]"` hold them.

mod ast;

pub use ast::{Expr, ExprKind, Member, Name};
