//! Answers that are asked for again and again, each computed once for the worlds that decide alike.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::hash::Hash;

use foldhash::fast::RandomState;

use super::world::{Reads, Worlds};
use crate::source::limits::MAX_WORLDS;

/// The latest answers to questions `K`, each in at most [`MAX_WORLDS`] worlds.
#[derive(Debug)]
pub struct Memo<K, T>(HashMap<K, Vec<(Reads, T)>, RandomState>);

impl<K, T> Default for Memo<K, T> {
    fn default() -> Self {
        Self(HashMap::default())
    }
}

impl<K: Eq + Hash, T: Clone> Memo<K, T> {
    /// The answer in the present world, if it is known. What it rests on counts as read.
    pub fn recall<Q: Eq + Hash + ?Sized>(&self, question: &Q, worlds: &mut Worlds) -> Option<T>
    where
        K: Borrow<Q>,
    {
        let (reads, answer) = self.0.get(question)?.iter().find(|(reads, _)| worlds.agrees(&reads.decisions))?;
        worlds.reread(reads);
        Some(answer.clone())
    }

    /// Keeps an answer that rests on `reads`.
    pub fn keep(&mut self, question: K, reads: Reads, answer: T) {
        let known = self.0.entry(question).or_default();
        if known.len() == MAX_WORLDS {
            known.remove(0);
        }
        known.push((reads, answer));
    }
}
