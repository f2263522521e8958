//! L5. Partial evaluation of a template: what can be known before deployment is known, the rest stays symbolic.

pub mod functions;
pub mod term;
pub mod value;
