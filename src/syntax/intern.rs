//! One allocation for all equal strings of a file: templates repeat a few keys and function names all over.

use std::cell::Cell;
use std::collections::HashMap;
use std::sync::Arc;

use foldhash::fast::RandomState;

/// Longer strings are seldom repeated, and not kept.
const MAX_SHARED_BYTES: usize = 48;

/// How many strings there is room for at once: most files have no more.
const USUAL_STRINGS: usize = 224;

/// The strings seen so far.
#[derive(Debug)]
pub struct Interner {
    /// Each with the facts that are known of it, a bit for each.
    strings: HashMap<Arc<str>, Cell<u8>, RandomState>,
    wanted: fn(&str) -> bool,
    has_met: bool,
}

impl Default for Interner {
    fn default() -> Self {
        Self::watching(|_| false)
    }
}

impl Interner {
    /// Looks out for strings that are `wanted`.
    pub fn watching(wanted: fn(&str) -> bool) -> Self {
        let strings = HashMap::with_capacity_and_hasher(USUAL_STRINGS, RandomState::default());
        Self { strings, wanted, has_met: false }
    }

    /// Whether one that is wanted has been seen.
    pub fn has_met(&self) -> bool {
        self.has_met
    }

    /// `text`, shared with every equal one.
    pub fn intern(&mut self, text: &str) -> Arc<str> {
        if text.len() > MAX_SHARED_BYTES {
            return self.alone(text);
        }
        match self.strings.get_key_value(text) {
            Some((known, _)) => Arc::clone(known),
            None => self.keep(text, 0),
        }
    }

    /// The same for a text of which a fact holds, and nothing for another. The fact has a number below eight, and is asked
    /// once of equal texts.
    pub fn intern_if(&mut self, text: &str, fact: u8, holds: impl FnOnce() -> bool) -> Option<Arc<str>> {
        if text.len() > MAX_SHARED_BYTES {
            return holds().then(|| self.alone(text));
        }
        let fact = 1 << fact;
        let Some((known, facts)) = self.strings.get_key_value(text) else {
            return holds().then(|| self.keep(text, fact));
        };
        if facts.get() & fact == 0 {
            if !holds() {
                return None;
            }
            facts.set(facts.get() | fact);
        }
        Some(Arc::clone(known))
    }

    fn keep(&mut self, text: &str, facts: u8) -> Arc<str> {
        let shared = self.alone(text);
        self.strings.insert(Arc::clone(&shared), Cell::new(facts));
        shared
    }

    fn alone(&mut self, text: &str) -> Arc<str> {
        self.has_met |= (self.wanted)(text);
        text.into()
    }
}
