//! JSON with comments, byte spans and recovery.

mod edit;
mod parser;
mod string;
mod tree;

pub use edit::{insert_element, insert_member, remove_element, remove_member};
pub use parser::parse;
pub use string::{OffsetMap, decode, decode_mapped, quote};
pub use tree::{Document, Duplicate, Kind, Member, Node, Number};
