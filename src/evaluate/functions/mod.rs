//! The functions of the template language whose results depend on their arguments alone.
//!
//! One file per family of Microsoft's function reference. A function gets its arguments evaluated, possibly unknown,
//! and returns a value, or says that it cannot know, or that the deployment would fail. What it returns without an
//! origin counts as written at the call.

mod arguments;
mod array;
mod cidr;
mod collation;
mod comparison;
mod date;
mod date_format;
mod format;
mod hash;
mod json;
mod logical;
mod number_format;
mod numeric;
mod object;
mod sequence;
mod string;
mod text;
mod uri;

use std::cmp::Ordering;
use std::sync::LazyLock;

pub use arguments::{Arguments, Stop, type_name};
pub use date_format::format_utc;
pub(super) use text::{embedded, scalar};

use super::value::Value;

/// What a function returns.
pub type Evaluated = Result<Value, Stop>;

/// A function of the template language.
#[derive(Debug, Clone, Copy)]
pub struct Function {
    /// The name in its documented spelling.
    pub name: &'static str,
    /// Fewest arguments.
    pub min: usize,
    /// Most arguments.
    pub max: usize,
    /// Computes it.
    pub apply: fn(&Arguments<'_>) -> Evaluated,
}

/// Any number of arguments.
const MANY: usize = usize::MAX;

/// Every function, sorted for the search.
static FUNCTIONS: LazyLock<Vec<Function>> = LazyLock::new(|| {
    let families = [
        array::FUNCTIONS,
        cidr::FUNCTIONS,
        comparison::FUNCTIONS,
        date::FUNCTIONS,
        format::FUNCTIONS,
        hash::FUNCTIONS,
        json::FUNCTIONS,
        logical::FUNCTIONS,
        numeric::FUNCTIONS,
        object::FUNCTIONS,
        sequence::FUNCTIONS,
        string::FUNCTIONS,
        uri::FUNCTIONS,
    ];
    let mut functions = families.concat();
    functions.sort_by(|a, b| compare_folded(a.name, b.name));
    functions
});

const fn function(name: &'static str, min: usize, max: usize, apply: fn(&Arguments<'_>) -> Evaluated) -> Function {
    Function { name, min, max, apply }
}

/// The function of this name, without regard to ASCII case.
pub fn lookup(name: &str) -> Option<&'static Function> {
    let at = FUNCTIONS.binary_search_by(|function| compare_folded(function.name, name)).ok()?;
    FUNCTIONS.get(at)
}

/// These functions, sorted by name.
pub(super) fn all() -> &'static [Function] {
    &FUNCTIONS
}

/// The order of names, without regard to ASCII case.
pub(super) fn compare_folded(a: &str, b: &str) -> Ordering {
    let fold = |byte: u8| byte.to_ascii_lowercase();
    a.bytes().map(fold).cmp(b.bytes().map(fold))
}
