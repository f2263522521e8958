//! Answers that are asked for again and again, each computed once for the worlds that decide alike.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::hash::Hash;

use foldhash::fast::RandomState;

use super::world::{Bound, Reads, Worlds};
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

    /// Keeps an answer that rests on `reads`, unless whoever asks next may be told more.
    pub fn keep(&mut self, question: K, reads: Reads, answer: T) {
        if reads.left_out.is_some_and(|(_, bound)| bound == Bound::Steps) {
            return;
        }
        let known = self.0.entry(question).or_default();
        if known.len() == MAX_WORLDS {
            known.remove(0);
        }
        known.push((reads, answer));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::world::{Choice, Subject};
    use crate::source::{FileId, Span};

    #[test]
    fn an_answer_holds_where_its_decisions_do_and_is_no_more_complete_than_it_was() {
        let mut worlds = Worlds::default();
        let subject = Subject::Parameter("p".into());
        let choice = worlds.add(Choice { subject, alternatives: vec!["1".into(), "2".into()] });
        let mut memo = Memo::default();
        let mark = worlds.mark();
        worlds.decide(choice);
        let span = Span::new(FileId(0), 1, 2);
        worlds.leave_out(span, Bound::Instances);
        memo.keep("question".to_owned(), worlds.reads_since(mark), 7);
        assert_eq!(memo.recall("other", &mut worlds), None);

        worlds.restart();
        worlds.decide(choice);
        let mark = worlds.mark();
        assert_eq!(
            (memo.recall("question", &mut worlds), worlds.left_out()),
            (Some(7), Some((span, Bound::Instances)))
        );
        assert_eq!(worlds.reads_since(mark).decisions, [(choice, 0)]);

        worlds.advance();
        worlds.decide(choice);
        assert_eq!((memo.recall("question", &mut worlds), worlds.left_out()), (None, None));
    }

    #[test]
    fn only_the_latest_worlds_are_kept() {
        let mut worlds = Worlds::default();
        let mut memo = Memo::default();
        for answer in 0..=MAX_WORLDS {
            memo.keep((), Reads::default(), answer);
        }
        assert_eq!(memo.recall(&(), &mut worlds), Some(1));
    }
}
