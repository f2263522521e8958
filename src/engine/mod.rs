//! L6. The rule engine: declarative rules over evaluated templates.

mod metadata;

pub use metadata::{Metadata, Status};
