//! The worlds that a question was not asked in.

use std::ops::Range;

use super::world::{ChoiceId, Decision};

/// What was passed over: there are more worlds than a question is asked in.
#[derive(Debug, Clone, Default)]
pub struct Unseen {
    /// The decisions that those worlds share.
    paths: Vec<Vec<Decision>>,
    count: usize,
}

/// The alternatives that are not listed, as one.
const UNLISTED: u32 = u32::MAX;

impl Unseen {
    /// Adds the worlds that decide as `path` does and then take one of the alternatives `taken`, or one of the `beyond`
    /// unlisted ones, each standing for `below` worlds.
    pub(super) fn add(&mut self, path: &[Decision], id: ChoiceId, taken: Range<u32>, beyond: usize, below: usize) {
        let unlisted = (beyond > 0).then_some(UNLISTED);
        let number = taken.len().saturating_add(beyond);
        for taken in taken.chain(unlisted) {
            self.paths.push(path.iter().copied().chain([(id, taken)]).collect());
        }
        self.count = self.count.saturating_add(number.saturating_mul(below));
    }

    /// What these worlds decide, as far as they have it in common.
    pub fn paths(&self) -> impl Iterator<Item = &Vec<Decision>> {
        self.paths.iter()
    }

    /// How many they are, if all of them depend on what the seen ones depend on.
    pub fn count(&self) -> usize {
        self.count
    }

    /// What depends on them, as a reason; `None` when all worlds were seen.
    pub fn reason(&self) -> Option<String> {
        match self.count {
            0 => None,
            1 => Some("depends on 1 combination of parameters that is not looked at".to_owned()),
            count => Some(format!("depends on {count} combinations of parameters that are not looked at")),
        }
    }
}
