//! YAML with byte spans, also of what stands inside a scalar. Aliases are followed, never expanded.

mod parser;
mod scalar;
mod tree;

pub use parser::{parse, parse_at};
pub use tree::{Kind, Member, Node, Scalar, Stream, Style};
