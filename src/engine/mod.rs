//! L6. The rule engine: declarative rules over evaluated templates, and what native rules build on.

pub mod api_version;
pub mod catalogue;
pub mod check;
pub mod clause;
pub mod cloud;
pub mod endpoint;
pub mod finding;
pub mod fix;
pub mod grants;
pub mod identity;
mod metadata;
pub mod place;
pub mod query;
pub mod role;
pub mod rule;
pub mod run;
pub mod spec;
mod stray;
pub mod test;
mod truth;
pub mod view;
mod words;

pub use metadata::{Metadata, Status};
