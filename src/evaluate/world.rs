//! Open choices, and the worlds that they span.
//!
//! A choice is what a deployment decides among finitely many values: a parameter with allowed values, a boolean
//! parameter, which parameter file is used. A world settles the choices that a question depends on. [`Worlds`] settles
//! them one way after another while the same question is asked again, so that a question meets every combination that
//! matters to its answer and no other.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use super::unseen::Unseen;
use crate::source::Span;
use crate::source::limits::{MAX_DEPLOYMENT_DEPTH, MAX_DEPLOYMENTS, MAX_INSTANCES, MAX_WORLDS};

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
    /// How many more there are that no world takes.
    pub beyond: usize,
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
    /// The decisions, each once, in the order in which they were first read.
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
    /// How many worlds were seen of each parameter file, and without one.
    seen: HashMap<Option<u32>, usize>,
    /// When each choice was last met by [`reads_since`](Self::reads_since), and how often that was asked.
    met: (Vec<u64>, u64),
}

impl Worlds {
    /// Adds a choice among `alternatives`, at least one.
    pub fn add(&mut self, choice: Choice) -> ChoiceId {
        self.choices.push(choice);
        self.settled.push(None);
        self.met.0.push(0);
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

    /// Marks a point from which [`reads_since`](Self::reads_since) tells what was read.
    pub fn mark(&self) -> Mark {
        Mark { reads: self.reads.len(), left_out: self.left_out.len() }
    }

    /// What was read since `mark`.
    pub fn reads_since(&mut self, mark: Mark) -> Reads {
        let (met, turn) = &mut self.met;
        *turn += 1;
        let is_first = |(id, _): &&Decision| std::mem::replace(&mut met[id.0 as usize], *turn) != *turn;
        let decisions = self.reads[mark.reads..].iter().filter(is_first).copied().collect();
        Reads { decisions, left_out: self.left_out.get(mark.left_out).copied() }
    }

    /// Counts what was left out from a result as left out again: it is used once more.
    pub fn leave_out_again(&mut self, left_out: Option<LeftOut>) {
        self.left_out.extend(left_out);
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

    /// Forgets all decisions, and that any world was seen.
    pub fn restart(&mut self) {
        self.seen.clear();
        self.settle(Vec::new());
    }

    /// Moves on to the next world; `false` when there is no other, or [`MAX_WORLDS`] have been seen of this parameter file
    /// and there is no other file. What is passed over on the way goes into `unseen`.
    pub fn advance(&mut self, unseen: &mut Unseen) -> bool {
        let mut path = std::mem::take(&mut self.path);
        let is_file = |(id, _): &&Decision| self.choice(*id).subject == Subject::ParameterFile;
        let file = path.iter().find(is_file).copied();
        let seen = self.seen.entry(file.map(|(_, taken)| taken)).or_default();
        *seen += 1;
        let is_enough = *seen >= MAX_WORLDS;
        let files = file.map_or(1, |(id, _)| self.choice(id).alternatives.len());
        let all = self.seen.values().sum::<usize>() >= MAX_WORLDS.saturating_mul(files);
        // How many worlds are below one decision, as far as those below the present one can tell.
        let mut below = 1_usize;
        while let Some((id, taken)) = path.pop() {
            let Choice { subject, alternatives, beyond } = self.choice(id);
            let next = taken + 1;
            let is_last = next as usize >= alternatives.len();
            let skipped = is_enough && (all || *subject != Subject::ParameterFile);
            if !is_last && !skipped {
                path.push((id, next));
                self.settle(path);
                return true;
            }
            let left = if is_last { 0 } else { alternatives.len() - next as usize };
            unseen.add(&path, id, next..next + left as u32, *beyond, below);
            below = below.saturating_mul(alternatives.len() + beyond);
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

    /// Reduces the worlds in which something holds, given by their places in `seen` in ascending order, to the choices
    /// that matter, and says when it holds: `None` when it holds in all of `seen` and there are no others.
    pub fn witness(&self, holds: &[usize], seen: &[Vec<Decision>], unseen: &Unseen) -> Option<String> {
        let fails = (0..seen.len()).filter(|at| holds.binary_search(at).is_err()).map(|at| &seen[at]);
        let others: Vec<&Vec<Decision>> = fails.chain(unseen.paths()).collect();
        let first = seen.get(*holds.first()?)?;
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
                beyond: 0,
            })
        };
        let mode = add("mode", &["'Sas'", "'Identity'"]);
        let flag = add("flag", &["true", "false"]);
        (worlds, mode, flag)
    }

    /// Asks `question` in every world; returns where it said yes, all paths, and what was not seen.
    fn ask(worlds: &mut Worlds, question: impl Fn(&mut Worlds) -> bool) -> (Vec<usize>, Vec<Vec<Decision>>, Unseen) {
        let (mut holds, mut seen, mut unseen) = (Vec::new(), Vec::new(), Unseen::default());
        worlds.restart();
        loop {
            let answer = question(worlds);
            seen.push(worlds.path().to_vec());
            if answer {
                holds.push(seen.len() - 1);
            }
            if !worlds.advance(&mut unseen) {
                return (holds, seen, unseen);
            }
        }
    }

    #[test]
    fn only_the_choices_that_are_asked_for_are_tried() {
        let (mut worlds, mode, flag) = worlds();
        let (holds, seen, unseen) = ask(&mut worlds, |w| w.decide(mode) == 1 && w.decide(flag) == 0);
        assert_eq!((holds.len(), seen.len()), (1, 3));
        assert_eq!(
            worlds.witness(&holds, &seen, &unseen).as_deref(),
            Some("when `mode` is 'Identity' and `flag` is true")
        );
    }

    #[test]
    fn a_choice_that_does_not_matter_is_left_out_of_the_witness() {
        let (mut worlds, mode, flag) = worlds();
        let (holds, seen, unseen) = ask(&mut worlds, |w| {
            w.decide(flag);
            w.decide(mode) == 1
        });
        assert_eq!(worlds.witness(&holds, &seen, &unseen).as_deref(), Some("when `mode` is 'Identity'"));
    }

    #[test]
    fn what_always_holds_has_no_witness() {
        let (mut worlds, mode, _) = worlds();
        let (holds, seen, unseen) = ask(&mut worlds, |w| w.decide(mode) < 2);
        assert_eq!(worlds.witness(&holds, &seen, &unseen), None);
    }

    #[test]
    fn a_computation_can_tell_what_it_read() {
        let (mut worlds, mode, flag) = worlds();
        worlds.decide(mode);
        let mark = worlds.mark();
        let taken = worlds.decide(flag);
        worlds.decide(flag);
        assert_eq!(worlds.reads_since(mark).decisions, [(flag, taken)]);
    }

    #[test]
    fn what_holds_wherever_it_was_looked_does_not_hold_always() {
        let mut worlds = Worlds::default();
        let flags: Vec<ChoiceId> = (0..8)
            .map(|at| {
                let subject = Subject::Parameter(format!("f{at}").into());
                worlds.add(Choice { subject, alternatives: vec!["true".into(), "false".into()], beyond: 0 })
            })
            .collect();
        let all = |w: &mut Worlds| flags.iter().map(|flag| w.decide(*flag)).sum::<u32>() < 9;
        let (holds, seen, unseen) = ask(&mut worlds, all);
        assert_eq!((seen.len(), unseen.count()), (MAX_WORLDS, 256 - MAX_WORLDS));
        // Those read last are settled in every way.
        assert_eq!(worlds.witness(&holds, &seen, &unseen).as_deref(), Some("when `f0` is true and `f1` is true"));
        let last = flags[7];
        let (holds, seen, unseen) = ask(&mut worlds, |w| all(w) && w.decide(last) == 1);
        let witness = worlds.witness(&holds, &seen, &unseen);
        assert_eq!(witness.as_deref(), Some("when `f0` is true and `f1` is true and `f7` is false"));
    }

    #[test]
    fn each_parameter_file_is_looked_at() {
        let mut worlds = Worlds::default();
        let alternatives = (0..100).map(|at| format!("f{at}").into()).collect();
        let file = worlds.add(Choice { subject: Subject::ParameterFile, alternatives, beyond: 0 });
        let values = (0..70).map(|at| at.to_string().into()).collect();
        let value = worlds.add(Choice { subject: Subject::Parameter("v".into()), alternatives: values, beyond: 3 });
        let (holds, seen, unseen) = ask(&mut worlds, |w| w.decide(file) == 99);
        assert_eq!((holds.len(), seen.len(), unseen.count()), (1, 100, 0));
        assert_eq!(worlds.witness(&holds, &seen, &unseen).as_deref(), Some("with f99"));
        let (holds, seen, unseen) = ask(&mut worlds, |w| w.decide(file) == 99 && w.decide(value) < 90);
        assert_eq!((holds.len(), seen.len(), unseen.count()), (MAX_WORLDS, 99 + MAX_WORLDS, 9));
        // Which of the values it is for matters no longer than all of them are seen.
        assert!(
            worlds.witness(&holds, &seen, &unseen).is_some_and(|witness| witness.starts_with("with f99, when `v`"))
        );
        // Whatever is asked first.
        let (_, seen, unseen) = ask(&mut worlds, |w| w.decide(value) + w.decide(file) > 0);
        assert_eq!((seen.len(), seen.len() + unseen.count()), (6400, 7300));
    }
}
