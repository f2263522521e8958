//! How much the values of an evaluation may take up: asked before a value is built, so that none is built in vain.

use std::cell::Cell;

use super::value::{Kind, Value};
use crate::source::limits::{MAX_BUILT, MAX_VALUE_PARTS, MAX_VALUE_SIZE};

/// What is left to build. What is asked for and is too much is refused, and so is everything after it.
#[derive(Debug)]
pub struct Budget {
    /// In bytes.
    left: Cell<usize>,
    is_spent: Cell<bool>,
}

impl Default for Budget {
    fn default() -> Self {
        Self::new(MAX_BUILT)
    }
}

impl Budget {
    /// A budget of as many bytes.
    pub fn new(bytes: usize) -> Self {
        Self { left: Cell::new(bytes), is_spent: Cell::new(false) }
    }

    /// Whether something was refused.
    pub fn is_spent(&self) -> bool {
        self.is_spent.get()
    }

    /// How many bytes may still be built.
    pub(super) fn left(&self) -> usize {
        self.left.get()
    }

    /// Takes `bytes`; `false` when that is too much.
    pub fn take(&self, bytes: usize) -> bool {
        match self.left.get().checked_sub(bytes) {
            Some(left) if !self.is_spent() => self.left.set(left),
            _ => self.is_spent.set(true),
        }
        !self.is_spent()
    }

    /// Takes what a text of `length` bytes needs to become `more` bytes longer; `false` also for a text that is too long
    /// in itself.
    pub fn take_text(&self, length: usize, more: usize) -> bool {
        length.saturating_add(more) <= MAX_VALUE_SIZE && self.take(more)
    }

    /// Takes what an array or object of `length` elements needs to have `more` of them; `false` also for one that is too
    /// long in itself.
    pub fn take_elements(&self, length: usize, more: usize) -> bool {
        length.saturating_add(more) <= MAX_VALUE_SIZE && self.take(more.saturating_mul(size_of::<Value>()))
    }

    /// Takes what it costs to look at all of `values` once.
    pub fn take_look(&self, values: &[Value]) -> bool {
        let size = |value: &Value| match &value.kind {
            Kind::String(text) => text.value.len(),
            Kind::Array(_) | Kind::Object(_) => value.size_within(MAX_VALUE_PARTS).unwrap_or(MAX_VALUE_PARTS),
            Kind::Null
            | Kind::Bool(_)
            | Kind::Integer(_)
            | Kind::Float(_)
            | Kind::Unknown(_)
            | Kind::Undecidable(_) => 0,
        };
        self.take(values.iter().map(size).sum())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_much_ends_it() {
        let budget = Budget::default();
        assert!(budget.take_text(10, MAX_VALUE_SIZE - 10) && !budget.take_text(11, MAX_VALUE_SIZE - 10));
        assert!(!budget.is_spent());
        assert!(!budget.take_elements(0, usize::MAX) && !budget.is_spent());
        assert!(budget.take(MAX_BUILT - MAX_VALUE_SIZE) && !budget.take(MAX_VALUE_SIZE));
        assert!(budget.is_spent() && !budget.take(0));
    }
}
