//! What Azure refuses to evaluate, and reads of what is not deployed: asked of each expression by itself, in the worlds
//! that it depends on.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{Undecided, own_finding};
use crate::diagnostic::Diagnostic;
use crate::evaluate::world::Bound;
use crate::evaluate::{Context, Evaluator, Inputs, Refusal, Unseen};
use crate::source::Span;
use crate::source::limits::{MAX_REFUSAL_STEPS, MAX_RULE_STEPS};

/// The rule about reads of what is not deployed.
const UNDEPLOYED_READ: &str = "undeployed-read";

/// What the questions about a template came to.
#[derive(Debug, Default)]
pub(super) struct Refused {
    pub diagnostics: Vec<Diagnostic>,
    pub undecided: Vec<Undecided>,
}

/// What the template reads of resources and modules in worlds in which they are not deployed.
pub(super) fn undeployed_reads(evaluator: &mut Evaluator<'_>) -> Refused {
    let mut answers = Answers::new(evaluator, UNDEPLOYED_READ);
    let (readers, unseen) = answers.evaluator.readers();
    answers.add_unseen(&unseen, answers.evaluator.template().span);
    for reader in readers {
        answers.ask(reader.span(), &mut |evaluator| evaluator.undeployed_reads(&reader));
    }
    answers.finish(|(span, symbol): (Span, Arc<str>)| {
        let message = format!("`{symbol}` is not deployed, so there is nothing to read");
        own_finding(UNDEPLOYED_READ, span, message)
            .with_help("read it under the same condition, or with `.?` and a value for when it is not there")
    })
}

/// What Azure refuses of the template in some world or all, but for what it refuses for the sake of the values at
/// `misfits`: those are told by themselves. An empty default may stand for a value that is always given, so that, without
/// a parameter file, nothing is refused for its sake alone.
pub(super) fn refusals(evaluator: &mut Evaluator<'_>, inputs: Inputs<'_>, misfits: &BTreeSet<Span>) -> Refused {
    let mut refused = refused(evaluator, misfits);
    if inputs.parameter_files.is_empty() && inputs.overrides.is_none() && !refused.diagnostics.is_empty() {
        let context = Context { fills_empty: true, ..inputs.context.clone() };
        let given = self::refused(&mut Evaluator::new(Inputs { context: &context, ..inputs }), misfits);
        let is_certain = |found: &Diagnostic| {
            let is_same = |it: &Diagnostic| (&it.rule, it.primary.span) == (&found.rule, found.primary.span);
            given.diagnostics.iter().any(is_same)
        };
        let (certain, open) = refused.diagnostics.into_iter().partition(is_certain);
        let undecided = |found: Diagnostic| {
            let reason = "depends on a parameter that is empty unless it is given".to_owned();
            Undecided { span: found.primary.span, rule: found.rule, reason }
        };
        refused.undecided.extend(Vec::into_iter(open).map(undecided));
        refused.diagnostics = certain;
    }
    refused
}

fn refused(evaluator: &mut Evaluator<'_>, misfits: &BTreeSet<Span>) -> Refused {
    let mut answers = Answers::new(evaluator, rule_of(Refusal::Argument));
    let (roots, unseen) = answers.evaluator.roots();
    answers.add_unseen(&unseen, answers.evaluator.template().span);
    let mut left = MAX_REFUSAL_STEPS;
    for root in roots {
        // No expression takes from the next what it may cost, unless many cost much.
        let allowed = left.min(MAX_RULE_STEPS);
        answers.evaluator.allow(allowed);
        answers.ask(root.span(), &mut |evaluator| {
            let refused = evaluator.refusals(&root).into_iter();
            let refused = refused.filter(|(_, reason)| !reason.because.is_some_and(|span| misfits.contains(&span)));
            refused.map(|((span, refusal), reason)| (span, (refusal, reason.message))).collect()
        });
        left -= allowed.saturating_sub(answers.evaluator.steps_left());
    }
    answers.finish(|(span, (refusal, message))| own_finding(rule_of(refusal), span, message))
}

fn rule_of(refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::Argument => "invalid-argument",
        Refusal::Index => "index-out-of-range",
        Refusal::Property => "unknown-property",
        Refusal::Failure => "assertion-failed",
        Refusal::Count => "copy-count",
        Refusal::Condition => "condition-type",
        Refusal::Shape => "template-shape",
        Refusal::Segments => "resource-name-segments",
        Refusal::Output => "unknown-output",
        Refusal::Placement => "resource-location",
    }
}

/// Answers to one question of many expressions: what is wrong where, and when.
struct Answers<'e, 't, T> {
    evaluator: &'e mut Evaluator<'t>,
    rule: &'static str,
    /// Each with the world that shows it; without one, it always is so.
    found: BTreeMap<(Span, T), Option<String>>,
    undecided: Vec<Undecided>,
}

impl<'e, 't, T: Ord + Clone> Answers<'e, 't, T> {
    fn new(evaluator: &'e mut Evaluator<'t>, rule: &'static str) -> Self {
        evaluator.allow(MAX_RULE_STEPS);
        Self { evaluator, rule, found: BTreeMap::new(), undecided: Vec::new() }
    }

    /// Asks about what stands at `span`.
    fn ask(&mut self, span: Span, question: &mut dyn FnMut(&mut Evaluator<'t>) -> BTreeMap<Span, T>) {
        if self.evaluator.is_spent() {
            return self.add_undecided(span, format!("depends on {}", Bound::Steps));
        }
        let (worlds, unseen) = self.evaluator.explore(question);
        if worlds.iter().all(|guarded| guarded.answer.is_empty()) {
            return self.add_unseen(&unseen, span);
        }
        let seen: Vec<_> = worlds.iter().map(|guarded| guarded.world.clone()).collect();
        let all: BTreeMap<&Span, &T> = worlds.iter().flat_map(|guarded| &guarded.answer).collect();
        for (span, answer) in all {
            let holds: Vec<usize> = (0..worlds.len()).filter(|at| worlds[*at].answer.contains_key(span)).collect();
            let witness = self.evaluator.worlds.witness(&holds, &seen, &unseen);
            let known = self.found.entry((*span, answer.clone())).or_insert_with(|| witness.clone());
            // What is always so for one use is so, whatever another one needs.
            known.take_if(|_| witness.is_none());
        }
    }

    fn add_unseen(&mut self, unseen: &Unseen, span: Span) {
        if let Some(reason) = unseen.reason() {
            self.add_undecided(span, reason);
        }
    }

    fn add_undecided(&mut self, span: Span, reason: String) {
        self.undecided.push(Undecided { span, rule: self.rule.into(), reason });
    }

    fn finish(self, finding: impl Fn((Span, T)) -> Diagnostic) -> Refused {
        let with_witness = |(found, witness)| Diagnostic { witness, ..finding(found) };
        Refused { diagnostics: self.found.into_iter().map(with_witness).collect(), undecided: self.undecided }
    }
}
