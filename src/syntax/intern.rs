//! One allocation for all equal strings of a file: templates repeat a few keys and function names all over.

use std::collections::HashSet;
use std::sync::Arc;

use foldhash::fast::RandomState;

/// Longer strings are seldom repeated, and not kept.
const MAX_SHARED_BYTES: usize = 48;

/// How many strings there is room for at once: most files have no more.
const USUAL_STRINGS: usize = 224;

/// The strings seen so far.
#[derive(Debug)]
pub struct Interner {
    strings: HashSet<Arc<str>, RandomState>,
}

impl Default for Interner {
    fn default() -> Self {
        Self { strings: HashSet::with_capacity_and_hasher(USUAL_STRINGS, RandomState::default()) }
    }
}

impl Interner {
    /// `text`, shared with every equal one.
    pub fn intern(&mut self, text: &str) -> Arc<str> {
        if text.len() > MAX_SHARED_BYTES {
            return text.into();
        }
        if let Some(known) = self.strings.get(text) {
            return Arc::clone(known);
        }
        let shared: Arc<str> = text.into();
        self.strings.insert(Arc::clone(&shared));
        shared
    }
}
