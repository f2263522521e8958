//! The core pack: what makes a template invalid whatever it deploys.

mod argument_count;
mod circular_definition;
mod copy_count;
mod function_not_allowed;
mod unknown_function;
mod unknown_name;
mod unknown_role;

use super::FileRule;

/// Rules about templates alone.
pub(super) const TEMPLATE_CHECKS: &[(&str, FileRule)] = &[
    ("argument-count", argument_count::check),
    ("circular-definition", circular_definition::check),
    ("copy-count", copy_count::check),
    ("function-not-allowed", function_not_allowed::check),
    ("unknown-function", unknown_function::check),
    ("unknown-name", unknown_name::check),
    ("unknown-role", unknown_role::check),
];
