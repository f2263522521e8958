//! Open choices, and the worlds that they span.
//!
//! A choice is what a deployment decides among finitely many values: a parameter with allowed values, a boolean
//! parameter, which parameter file is used. A world settles the choices that a question depends on. [`Worlds`] settles
//! them one way after another while the same question is asked again, so that a question meets every combination that
//! matters to its answer and no other.

use std::fmt;
use std::sync::Arc;

use crate::source::Span;
use crate::source::limits::{MAX_DEPLOYMENT_DEPTH, MAX_DEPLOYMENTS, MAX_INSTANCES};

/// Index of a choice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ChoiceId(u32);

/// One settled choice: the choice and the index of the value taken.
pub type Decision = (ChoiceId, u32);

/// Something that a deployment decides.
#[derive(Debug)]
pub struct Choice {
    /// What is chosen: a parameter, or the parameter file.
    pub subject: Subject,
    /// The values to choose among, as people write them; the likeliest first.
    pub alternatives: Vec<Arc<str>>,
}

/// What is chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// The value of the parameter of this name.
    Parameter(Arc<str>),
    /// The parameter file that the template is deployed with.
    ParameterFile,
}

/// A bound on what is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Bound {
    /// [`MAX_INSTANCES`].
    Instances,
    /// [`MAX_DEPLOYMENTS`].
    Deployments,
    /// [`MAX_DEPLOYMENT_DEPTH`].
    Depth,
    /// What a rule, or all of a prediction, may do.
    Steps,
}

/// A resource that was left out, and the bound that it is beyond.
pub type LeftOut = (Span, Bound);

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Instances => write!(f, "more than {MAX_INSTANCES} resources"),
            Self::Deployments => write!(f, "more than {MAX_DEPLOYMENTS} deployments"),
            Self::Steps => f.write_str("more values than are computed"),
            Self::Depth => write!(f, "deployments nested deeper than {MAX_DEPLOYMENT_DEPTH}"),
        }
    }
}

/// What an answer rests on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reads {
    /// The decisions, each once.
    pub decisions: Vec<Decision>,
    /// What it would have to look at, too.
    pub left_out: Option<LeftOut>,
}

/// A point in time, for [`Worlds::reads_since`].
#[derive(Debug, Clone, Copy)]
pub struct Mark {
    reads: usize,
    left_out: usize,
}

/// The choices met so far and how the present world settles them.
#[derive(Debug, Default)]
pub struct Worlds {
    choices: Vec<Choice>,
    settled: Vec<Option<u32>>,
    /// The decisions of the present world, in the order in which they were asked for.
    path: Vec<Decision>,
    /// Every decision read, again and again, so that a computation can tell what it depended on.
    reads: Vec<Decision>,
    /// What was left out in the present world, again and again.
    left_out: Vec<LeftOut>,
}

impl Worlds {
    /// Adds a choice among `alternatives`, at least one.
    pub fn add(&mut self, choice: Choice) -> ChoiceId {
        self.choices.push(choice);
        self.settled.push(None);
        ChoiceId(self.choices.len() as u32 - 1)
    }

    /// The choice with this id.
    pub fn choice(&self, id: ChoiceId) -> &Choice {
        &self.choices[id.0 as usize]
    }

    /// How the present world settles a choice.
    pub fn decide(&mut self, id: ChoiceId) -> u32 {
        let taken = self.settled[id.0 as usize].unwrap_or_else(|| {
            self.settled[id.0 as usize] = Some(0);
            self.path.push((id, 0));
            0
        });
        self.reads.push((id, taken));
        taken
    }

    /// Whether the present world has already settled all of `decisions` in this way.
    pub fn agrees(&self, decisions: &[Decision]) -> bool {
        decisions.iter().all(|&(id, taken)| self.settled[id.0 as usize] == Some(taken))
    }

    /// Marks a point from which [`reads_since`](Self::reads_since) tells what was read.
    pub fn mark(&self) -> Mark {
        Mark { reads: self.reads.len(), left_out: self.left_out.len() }
    }

    /// What was read since `mark`.
    pub fn reads_since(&self, mark: Mark) -> Reads {
        let mut decisions = self.reads[mark.reads..].to_vec();
        decisions.sort_unstable();
        decisions.dedup();
        Reads { decisions, left_out: self.left_out.get(mark.left_out).copied() }
    }

    /// Counts `reads` as read: their result is used again.
    pub fn reread(&mut self, reads: &Reads) {
        self.reads.extend_from_slice(&reads.decisions);
        self.left_out.extend(reads.left_out);
    }

    /// Notes that the resource whose type is at `span` is not looked at.
    pub fn leave_out(&mut self, span: Span, bound: Bound) {
        self.left_out.push((span, bound));
    }

    /// The first resource that was left out in the present world.
    pub fn left_out(&self) -> Option<LeftOut> {
        self.left_out.first().copied()
    }

    /// The decisions of the present world.
    pub fn path(&self) -> &[Decision] {
        &self.path
    }

    /// Forgets all decisions.
    pub fn restart(&mut self) {
        self.settle(Vec::new());
    }

    /// Moves on to the next world; `false` when every combination has been seen.
    pub fn advance(&mut self) -> bool {
        let mut path = std::mem::take(&mut self.path);
        while let Some((id, taken)) = path.pop() {
            if (taken as usize) + 1 < self.choice(id).alternatives.len() {
                path.push((id, taken + 1));
                self.settle(path);
                return true;
            }
        }
        self.settle(Vec::new());
        false
    }

    fn settle(&mut self, path: Vec<Decision>) {
        self.settled.fill(None);
        self.reads.clear();
        self.left_out.clear();
        for &(id, taken) in &path {
            self.settled[id.0 as usize] = Some(taken);
        }
        self.path = path;
    }

    /// Reduces the worlds in which something holds to the choices that matter, and says when it holds: `None` when it
    /// holds in all of `seen`.
    pub fn witness(&self, holds: &[Vec<Decision>], seen: &[Vec<Decision>]) -> Option<String> {
        let others: Vec<&Vec<Decision>> = seen.iter().filter(|path| !holds.contains(path)).collect();
        let first = holds.first()?;
        if others.is_empty() {
            return None;
        }
        // A decision matters when, without it, some world in which the thing does not hold would be described as well.
        let mut kept = first.clone();
        for decision in first.iter().rev() {
            let without: Vec<Decision> = kept.iter().copied().filter(|other| other != decision).collect();
            if !others.iter().any(|path| compatible(path, &without)) {
                kept = without;
            }
        }
        let (mut files, mut parameters) = (Vec::new(), Vec::new());
        for &(id, taken) in &kept {
            let choice = self.choice(id);
            let value = &choice.alternatives[taken as usize];
            match &choice.subject {
                Subject::ParameterFile => files.push(format!("with {value}")),
                Subject::Parameter(name) => parameters.push(format!("`{name}` is {value}")),
            }
        }
        if !parameters.is_empty() {
            files.push(format!("when {}", parameters.join(" and ")));
        }
        Some(files.join(", "))
    }
}

/// Whether a world on this path may have settled all of `decisions` as they say.
fn compatible(path: &[Decision], decisions: &[Decision]) -> bool {
    decisions.iter().all(|&(id, taken)| path.iter().all(|&(other, value)| other != id || value == taken))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn worlds() -> (Worlds, ChoiceId, ChoiceId) {
        let mut worlds = Worlds::default();
        let mut add = |name: &str, values: &[&str]| {
            worlds.add(Choice {
                subject: Subject::Parameter(name.into()),
                alternatives: values.iter().map(|&value| value.into()).collect(),
            })
        };
        let mode = add("mode", &["'Sas'", "'Identity'"]);
        let flag = add("flag", &["true", "false"]);
        (worlds, mode, flag)
    }

    /// Asks `question` in every world; returns the paths where it said yes, and all paths.
    fn ask(worlds: &mut Worlds, question: impl Fn(&mut Worlds) -> bool) -> (Vec<Vec<Decision>>, Vec<Vec<Decision>>) {
        let (mut holds, mut seen) = (Vec::new(), Vec::new());
        worlds.restart();
        loop {
            let answer = question(worlds);
            seen.push(worlds.path().to_vec());
            if answer {
                holds.push(worlds.path().to_vec());
            }
            if !worlds.advance() {
                return (holds, seen);
            }
        }
    }

    #[test]
    fn only_the_choices_that_are_asked_for_are_tried() {
        let (mut worlds, mode, flag) = worlds();
        let (holds, seen) = ask(&mut worlds, |w| w.decide(mode) == 1 && w.decide(flag) == 0);
        assert_eq!((holds.len(), seen.len()), (1, 3));
        assert_eq!(worlds.witness(&holds, &seen).as_deref(), Some("when `mode` is 'Identity' and `flag` is true"));
    }

    #[test]
    fn a_choice_that_does_not_matter_is_left_out_of_the_witness() {
        let (mut worlds, mode, flag) = worlds();
        let (holds, seen) = ask(&mut worlds, |w| {
            w.decide(flag);
            w.decide(mode) == 1
        });
        assert_eq!(worlds.witness(&holds, &seen).as_deref(), Some("when `mode` is 'Identity'"));
    }

    #[test]
    fn what_always_holds_has_no_witness() {
        let (mut worlds, mode, _) = worlds();
        let (holds, seen) = ask(&mut worlds, |w| w.decide(mode) < 2);
        assert_eq!(worlds.witness(&holds, &seen), None);
    }

    #[test]
    fn a_computation_can_tell_what_it_read() {
        let (mut worlds, mode, flag) = worlds();
        worlds.decide(mode);
        let mark = worlds.mark();
        let taken = worlds.decide(flag);
        worlds.decide(flag);
        assert_eq!(worlds.reads_since(mark).decisions, [(flag, taken)]);
        assert!(worlds.agrees(&[(mode, 0), (flag, 0)]));
        assert!(!worlds.agrees(&[(mode, 1)]));
    }
}
