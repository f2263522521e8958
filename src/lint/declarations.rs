//! Values that the declarations of parameters and outputs do not take: asked of each by itself, in the worlds that its
//! value depends on.

use std::collections::{BTreeMap, BTreeSet};

use super::{Undecided, own_finding};
use crate::diagnostic::{Diagnostic, Label};
use crate::evaluate::world::Bound;
use crate::evaluate::{Evaluator, Misfit, Misfitting};
use crate::source::limits::MAX_RULE_STEPS;
use crate::source::{FileId, Span};

/// The rule about this.
fn rule_of(kind: Misfitting) -> &'static str {
    match kind {
        Misfitting::Parameter => "parameter-value",
        Misfitting::Output => "output-type",
        Misfitting::Unknown => "parameter-unknown",
        Misfitting::Missing => "parameter-missing",
    }
}

/// What the questions about a template came to.
#[derive(Debug, Default)]
pub(super) struct Misfits {
    pub diagnostics: Vec<Diagnostic>,
    /// Those about names, each with the file that would have to declare them.
    pub of_names: Vec<(FileId, Diagnostic)>,
    pub undecided: Vec<Undecided>,
}

/// What is wrong at a place, and the world that shows it; without one, it always is.
struct Found {
    misfit: Misfit,
    witness: Option<String>,
}

/// The values of the template, and of those that it deploys, that are not what is declared; but for values in `foreign`
/// files, which are for other templates.
pub(super) fn misfits(evaluator: &mut Evaluator<'_>, foreign: &BTreeSet<FileId>) -> Misfits {
    evaluator.allow(MAX_RULE_STEPS);
    let mut undecided = Vec::new();
    let (entries, unseen) = evaluator.entries();
    let mut leave_open = |rule: &str, span, reason: Option<String>| {
        undecided.extend(reason.map(|reason| Undecided { span, rule: rule.into(), reason }));
    };
    leave_open(rule_of(Misfitting::Parameter), evaluator.template().span, unseen.reason());
    // A value that is wrong is handed on: it is told where it enters first.
    let mut found: BTreeMap<Span, Found> = BTreeMap::new();
    for entry in entries {
        let rule = rule_of(entry.kind());
        if evaluator.is_spent() {
            leave_open(rule, entry.span(), Some(format!("depends on {}", Bound::Steps)));
            continue;
        }
        let (worlds, unseen) = evaluator.explore(|evaluator| evaluator.misfits(&entry));
        if worlds.iter().all(|guarded| guarded.answer.is_empty()) {
            leave_open(rule, entry.span(), unseen.reason());
            continue;
        }
        let seen: Vec<_> = worlds.iter().map(|guarded| guarded.world.clone()).collect();
        let mut holds: BTreeMap<Span, (&Misfit, Vec<usize>)> = BTreeMap::new();
        for (at, guarded) in worlds.iter().enumerate() {
            for misfit in &guarded.answer {
                let (_, known) = holds.entry(misfit.span).or_insert((misfit, Vec::new()));
                if known.last() != Some(&at) {
                    known.push(at);
                }
            }
        }
        for (span, (misfit, holds)) in holds {
            let witness = evaluator.worlds.witness(&holds, &seen, &unseen);
            match found.get_mut(&span) {
                // What is always so for one use is so, whatever another one needs.
                Some(known) => known.witness = known.witness.take().filter(|_| witness.is_some()),
                None => _ = found.insert(span, Found { misfit: misfit.clone(), witness }),
            }
        }
    }
    found.retain(|span, _| !foreign.contains(&span.file));
    let (mut diagnostics, mut of_names) = (Vec::new(), Vec::new());
    for Found { misfit, witness } in found.into_values() {
        let declared_in = misfit.asked.file;
        match misfit.kind {
            Misfitting::Unknown | Misfitting::Missing => of_names.push((declared_in, finding(misfit, witness))),
            Misfitting::Parameter | Misfitting::Output => diagnostics.push(finding(misfit, witness)),
        }
    }
    Misfits { diagnostics, of_names, undecided }
}

/// The finding that something does not fit, in the world that shows it.
pub(super) fn finding(misfit: Misfit, witness: Option<String>) -> Diagnostic {
    let Misfit { kind, span, message, asked, used, help, of_secret, .. } = misfit;
    let mut finding = own_finding(rule_of(kind), span, message);
    finding.related.extend(used.map(|used| Label::new(used, "used here")));
    // All parameters together would be too much to show.
    if kind != Misfitting::Unknown && !span.contains(asked) && !asked.contains(span) {
        finding.related.push(Label::new(asked, "asked for here"));
    }
    Diagnostic { witness, help, of_secret, ..finding }
}
