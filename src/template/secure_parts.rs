//! The properties of a type that are secrets.

use std::sync::Arc;

/// Longest path of such a property. A type may hold itself.
const MAX_PATH: usize = 8;

/// Most properties of one type that are looked at.
const MAX_STEPS: usize = 1000;

/// Collects the paths of secret properties on a walk through a type.
#[derive(Default)]
pub(super) struct SecureParts {
    path: Vec<Arc<str>>,
    steps: usize,
    found: Vec<Vec<Arc<str>>>,
}

impl SecureParts {
    /// Goes to the property `key`; whether it may be looked at. Whoever does leaves it again.
    pub(super) fn enter(&mut self, key: &str) -> bool {
        let may = self.path.len() < MAX_PATH && self.steps < MAX_STEPS;
        if may {
            self.steps += 1;
            self.path.push(key.into());
        }
        may
    }

    /// Whether the elements of an array may be looked at. A path leads through arrays without a word.
    pub(super) fn enter_elements(&mut self) -> bool {
        self.steps += 1;
        self.steps <= MAX_STEPS
    }

    /// Takes the property for a secret.
    pub(super) fn mark(&mut self) {
        self.found.push(self.path.clone());
    }

    /// Goes back to where the property belongs.
    pub(super) fn leave(&mut self) {
        self.path.pop();
    }

    /// What was found.
    pub(super) fn paths(self) -> Vec<Vec<Arc<str>>> {
        self.found
    }
}
