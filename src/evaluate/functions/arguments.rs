//! Access to a function's arguments that stops at what is unknown or of the wrong type.

use crate::evaluate::budget::Budget;
use crate::evaluate::value::{Kind, Object, Part, Value};

/// Why a function has no value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stop {
    /// An argument that decides the result is unknown: the call stays as a symbolic term.
    Unknown,
    /// The deployment would fail here.
    Invalid {
        /// The index of the argument that is to blame, where it is one.
        argument: Option<usize>,
        /// One sentence, lower case, no full stop, without any argument's value.
        message: String,
    },
}

/// The arguments of one call.
#[derive(Debug, Clone, Copy)]
pub struct Arguments<'a> {
    name: &'static str,
    values: &'a [Value],
    budget: &'a Budget,
}

impl<'a> Arguments<'a> {
    /// The arguments `values` of a call of `name`, whose result `budget` pays for.
    pub fn new(name: &'static str, values: &'a [Value], budget: &'a Budget) -> Self {
        Self { name, values, budget }
    }

    /// The name of the function.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// What the result is paid from.
    pub fn budget(&self) -> &'a Budget {
        self.budget
    }

    /// All arguments.
    pub fn all(&self) -> &'a [Value] {
        self.values
    }

    /// Number of arguments.
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Whether there is no argument.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// The argument at `index`, known or not. Arity has been checked: a required one is there.
    pub fn get(&self, index: usize) -> Option<&'a Value> {
        self.values.get(index)
    }

    /// The argument at `index`, which must be there and not unknown as a whole.
    pub fn value(&self, index: usize) -> Result<&'a Value, Stop> {
        match self.get(index) {
            None => Err(self.invalid(&format!("it needs at least {} arguments", index + 1))),
            Some(value) if value.is_unknown() => Err(Stop::Unknown),
            Some(value) => Ok(value),
        }
    }

    /// The argument at `index`, known with everything in it.
    pub fn known(&self, index: usize) -> Result<&'a Value, Stop> {
        let value = self.value(index)?;
        if value.is_known() { Ok(value) } else { Err(Stop::Unknown) }
    }

    /// A string.
    pub fn string(&self, index: usize) -> Result<&'a str, Stop> {
        self.value(index)?.as_str().ok_or_else(|| self.mismatch(index, "a string"))
    }

    /// A whole number.
    pub fn integer(&self, index: usize) -> Result<i64, Stop> {
        self.value(index)?.as_integer().ok_or_else(|| self.mismatch(index, "an integer"))
    }

    /// A boolean.
    pub fn bool(&self, index: usize) -> Result<bool, Stop> {
        self.value(index)?.as_bool().ok_or_else(|| self.mismatch(index, "a boolean"))
    }

    /// An array; its elements may be unknown.
    pub fn array(&self, index: usize) -> Result<&'a [Value], Stop> {
        self.value(index)?.as_array().ok_or_else(|| self.mismatch(index, "an array"))
    }

    /// An object; its values may be unknown.
    pub fn object(&self, index: usize) -> Result<&'a Object, Stop> {
        self.value(index)?.as_object().ok_or_else(|| self.mismatch(index, "an object"))
    }

    /// Asks for room for `more` bytes at the end of a text of `length` bytes, before they are written.
    pub fn text_room(&self, length: usize, more: usize) -> Result<(), Stop> {
        if self.budget.take_text(length, more) { Ok(()) } else { Err(Stop::Unknown) }
    }

    /// Like [`text_room`](Self::text_room) for text that is one part of a composed one.
    pub fn part_room(&self, length: usize, more: usize) -> Result<(), Stop> {
        if self.budget.take(size_of::<Part>()) { self.text_room(length, more) } else { Err(Stop::Unknown) }
    }

    /// Asks for room for `more` elements behind `length` of them, before they are made.
    pub fn element_room(&self, length: usize, more: usize) -> Result<(), Stop> {
        if self.budget.take_elements(length, more) { Ok(()) } else { Err(Stop::Unknown) }
    }

    /// The error for an argument of the wrong type.
    pub fn mismatch(&self, index: usize, expected: &str) -> Stop {
        let found = self.get(index).map_or("nothing", |value| type_name(&value.kind));
        let message = format!("argument {} of `{}` must be {expected}, not {found}", index + 1, self.name);
        Stop::Invalid { argument: Some(index), message }
    }

    /// An error of this function.
    pub fn invalid(&self, message: &str) -> Stop {
        Stop::Invalid { argument: None, message: format!("`{}`: {message}", self.name) }
    }
}

/// What people call a value of this kind.
pub fn type_name(kind: &Kind) -> &'static str {
    match kind {
        Kind::Null => "null",
        Kind::Bool(_) => "a boolean",
        Kind::Integer(_) => "an integer",
        Kind::Float(_) => "a number",
        Kind::String(_) => "a string",
        Kind::Array(_) => "an array",
        Kind::Object(_) => "an object",
        Kind::Unknown(_) | Kind::Undecidable(_) => "an unknown value",
    }
}
