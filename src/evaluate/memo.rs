//! Answers that are asked for again and again, each computed once for the worlds that decide alike.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::hash::Hash;

use foldhash::fast::RandomState;

use super::world::{Bound, ChoiceId, Decision, LeftOut, Reads, Worlds};
use crate::source::limits::MAX_WORLDS;

/// The answers to questions `K`.
#[derive(Debug)]
pub struct Memo<K, T>(HashMap<K, Answers<T>, RandomState>);

/// The answers to one question by what it asks first, then next, and so on: that depends on nothing but the decisions
/// before.
#[derive(Debug)]
enum Answers<T> {
    /// It asks nothing more.
    One(Option<LeftOut>, T),
    /// It asks how a choice is settled; what follows for each way that has been met.
    Ask(ChoiceId, Vec<Option<Self>>),
}

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
        let mut answers = self.0.get(question)?;
        loop {
            match answers {
                Answers::Ask(choice, ways) => answers = ways.get(worlds.decide(*choice) as usize)?.as_ref()?,
                Answers::One(left_out, answer) => {
                    worlds.leave_out_again(*left_out);
                    return Some(answer.clone());
                }
            }
        }
    }

    /// Keeps an answer that rests on `reads`, unless whoever asks next may be told more.
    pub fn keep(&mut self, question: K, reads: &Reads, answer: T) {
        if reads.left_out.is_some_and(|(_, bound)| bound == Bound::Steps) {
            return;
        }
        let new = |decisions: &[Decision], answer| {
            let one = Answers::One(reads.left_out, answer);
            decisions.iter().rev().fold(one, |answers, &(choice, taken)| {
                let mut ways: Vec<_> = (0..taken).map(|_| None).collect();
                ways.push(Some(answers));
                Answers::Ask(choice, ways)
            })
        };
        let decisions = reads.decisions.as_slice();
        let Some(mut known) = self.0.get_mut(&question) else {
            self.0.insert(question, new(decisions, answer));
            return;
        };
        for (at, &(choice, taken)) in decisions.iter().enumerate() {
            // The first choice may be that of a parameter file, and each file has as many worlds.
            if at == 1 && known.count() >= MAX_WORLDS {
                *known = new(&decisions[at..], answer);
                return;
            }
            // What could not be looked at the last time can be now, so that something else is asked.
            if !matches!(known, Answers::Ask(asked, _) if *asked == choice) {
                *known = new(&decisions[at..], answer);
                return;
            }
            let Answers::Ask(_, ways) = known else { return };
            let taken = taken as usize;
            if ways.len() <= taken {
                ways.resize_with(taken + 1, || None);
            }
            match &mut ways[taken] {
                Some(next) => known = next,
                way => {
                    *way = Some(new(&decisions[at + 1..], answer));
                    return;
                }
            }
        }
        *known = new(&[], answer);
    }
}

impl<T> Answers<T> {
    /// How many answers there are.
    fn count(&self) -> usize {
        match self {
            Self::One(..) => 1,
            Self::Ask(_, ways) => ways.iter().flatten().map(Self::count).sum(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::unseen::Unseen;
    use crate::evaluate::world::{Choice, Subject};
    use crate::source::{FileId, Span};

    fn choice(worlds: &mut Worlds, name: &str, count: usize) -> ChoiceId {
        let alternatives = (0..count).map(|at| at.to_string().into()).collect();
        worlds.add(Choice { subject: Subject::Parameter(name.into()), alternatives, beyond: 0 })
    }

    #[test]
    fn an_answer_holds_where_its_decisions_do_and_is_no_more_complete_than_it_was() {
        let mut worlds = Worlds::default();
        let choice = choice(&mut worlds, "p", 2);
        let mut memo = Memo::default();
        let mark = worlds.mark();
        worlds.decide(choice);
        let span = Span::new(FileId(0), 1, 2);
        worlds.leave_out(span, Bound::Instances);
        memo.keep("question".to_owned(), &worlds.reads_since(mark), 7);
        assert_eq!(memo.recall("other", &mut worlds), None);

        worlds.restart();
        let mark = worlds.mark();
        assert_eq!(
            (memo.recall("question", &mut worlds), worlds.left_out()),
            (Some(7), Some((span, Bound::Instances)))
        );
        assert_eq!(worlds.reads_since(mark).decisions, [(choice, 0)]);

        worlds.advance(&mut Unseen::default());
        assert_eq!((memo.recall("question", &mut worlds), worlds.left_out()), (None, None));
    }

    #[test]
    fn what_is_asked_next_depends_on_what_was_decided() {
        let mut worlds = Worlds::default();
        let (first, second) = (choice(&mut worlds, "p", 3), choice(&mut worlds, "q", 2));
        let mut memo = Memo::default();
        let compute = |worlds: &mut Worlds| match worlds.decide(first) {
            1 => 10 + worlds.decide(second),
            other => other,
        };
        for is_known in [false, true] {
            worlds.restart();
            let mut answers = Vec::new();
            loop {
                let known = memo.recall(&(), &mut worlds);
                assert_eq!(known.is_some(), is_known);
                let mark = worlds.mark();
                let answer = known.unwrap_or_else(|| compute(&mut worlds));
                if !is_known {
                    memo.keep((), &worlds.reads_since(mark), answer);
                }
                answers.push(answer);
                if !worlds.advance(&mut Unseen::default()) {
                    break;
                }
            }
            assert_eq!(answers, [0, 10, 11, 2]);
        }
    }

    #[test]
    fn no_more_answers_are_kept_than_one_question_has_worlds() {
        let mut worlds = Worlds::default();
        let choices = [choice(&mut worlds, "file", 3), choice(&mut worlds, "p", 1000)];
        let mut memo = Memo::default();
        for first in 0..3 {
            for second in 0..200 {
                memo.keep(
                    (),
                    &Reads { decisions: vec![(choices[0], first), (choices[1], second)], left_out: None },
                    second,
                );
            }
        }
        let kept = memo.0.values().map(Answers::count).sum::<usize>();
        assert!((3..=3 * MAX_WORLDS).contains(&kept), "{kept}");
    }
}
