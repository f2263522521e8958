//! The core pack: what makes a template invalid whatever it deploys.

mod circular_definition;
mod copy_count;
mod unknown_function;
mod unknown_name;

use super::{ExpressionRule, FileRule};

/// Rules about files.
pub(super) const FILE_CHECKS: &[(&str, FileRule)] = &[("circular-definition", circular_definition::check)];

/// Rules about expressions.
pub(super) const EXPRESSION_CHECKS: &[(&str, ExpressionRule)] = &[
    ("copy-count", copy_count::check),
    ("unknown-function", unknown_function::check),
    ("unknown-name", unknown_name::check),
];
