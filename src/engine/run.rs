//! Runs rules over a template: every rule, every resource that it selects, every world that matters.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::check::{Check, Known, NativeCheck};
use super::clause::{self, Scope, Shown, Subject};
use super::finding::Finding;
use super::fix::{build, right};
use super::query::{Found, Start};
use super::rule::{Case, Clauses, Fix, Part, Rule, Template};
use super::test::{least_length, length};
use super::truth::Truth;
use super::view::ProjectView;
use crate::diagnostic::{Diagnostic, Label, Safety, Severity};
use crate::evaluate::value::{Kind, Value};
use crate::evaluate::world::Bound;
use crate::evaluate::{Evaluator, Instance};
use crate::source::limits::MAX_RULE_STEPS;
use crate::source::{Sources, Span};
use crate::template;

/// The rule that a bug of plimsoll's own counts as.
const INTERNAL_ERROR: &str = "internal-error";

/// A rule and, for a native one, its logic.
#[derive(Debug, Clone, Copy)]
pub struct Runnable<'r> {
    /// The rule.
    pub rule: &'r Rule,
    /// Its logic that is Rust code: all of it, or what the declarative part leaves.
    pub native: Option<NativeCheck>,
}

/// What rules found in one template.
#[derive(Debug, Default)]
pub struct Findings {
    /// The findings.
    pub diagnostics: Vec<Diagnostic>,
    /// Questions that could not be decided: the rule's id, the place, the reason.
    pub undecided: BTreeSet<(String, Span, String)>,
}

/// The rules of a run, by the types of the resources that they are about: most templates concern few of them.
#[derive(Debug)]
pub struct RuleSet<'r> {
    rules: Vec<Runnable<'r>>,
    by_type: HashMap<&'r str, Vec<usize>>,
}

impl<'r> RuleSet<'r> {
    /// A set of `rules`; those that are not about resources are left out of what it runs.
    pub fn new(rules: Vec<Runnable<'r>>) -> Self {
        let mut by_type: HashMap<&str, Vec<usize>> = HashMap::new();
        for (at, runnable) in rules.iter().enumerate() {
            for ty in runnable.rule.select.iter().flat_map(|select| &select.types) {
                by_type.entry(ty).or_default().push(at);
            }
        }
        Self { rules, by_type }
    }

    /// The rules about resources of `types`, in their order.
    fn about(&self, types: &BTreeSet<&str>) -> impl Iterator<Item = Runnable<'r>> {
        let concerned: BTreeSet<usize> =
            types.iter().filter_map(|ty| self.by_type.get(ty)).flatten().copied().collect();
        concerned.into_iter().map(|at| self.rules[at]).filter(|runnable| {
            runnable.rule.select.as_ref().is_some_and(|select| {
                select.beside.is_empty() || select.beside.iter().any(|ty| types.contains(ty.as_str()))
            })
        })
    }
}

/// Runs `rules` over the template of `evaluator`.
pub fn run(rules: &RuleSet<'_>, evaluator: &mut Evaluator<'_>, sources: &Sources, project: &ProjectView) -> Findings {
    let mut findings = Findings::default();
    let types = evaluator.templates().into_iter().flat_map(|template| &template.types).map(|ty| &**ty).collect();
    let mut known = Known::default();
    for runnable in rules.about(&types) {
        run_rule(runnable, evaluator, &mut known, sources, project, &mut findings);
    }
    findings
}

fn run_rule<'t>(
    runnable: Runnable<'_>,
    evaluator: &mut Evaluator<'t>,
    known: &mut Known<'t>,
    sources: &Sources,
    project: &ProjectView,
    findings: &mut Findings,
) {
    let rule = runnable.rule;
    let Some(select) = &rule.select else { return };
    evaluator.allow(MAX_RULE_STEPS);
    let wanted = |resource: &template::Resource| {
        (select.existing || !resource.existing) && select.types.iter().any(|ty| ty == resource.ty.folded())
    };
    let (mut instances, mut keys) = (Vec::new(), HashSet::new());
    // Whether each is deployed is a question of its own, which depends on fewer choices than that for all of them.
    let (worlds, unseen) = evaluator.explore(|evaluator| (evaluator.candidates(&wanted), evaluator.worlds.left_out()));
    let id = || rule.metadata.id.to_string();
    findings.undecided.extend(unseen.reason().map(|reason| (id(), evaluator.template().span, reason)));
    for world in worlds {
        let (found, left_out) = world.answer;
        instances.extend(found.into_iter().filter(|instance| keys.insert(instance.key())));
        findings.undecided.extend(left_out.map(|(span, bound)| (id(), span, format!("one of {bound}"))));
    }
    let broken = instances.iter().filter(|_| !rule.native).find_map(|instance| {
        let reason = rule.clauses(instance.resource.ty.folded()).err()?;
        Some((instance.resource.ty.span, format!("the rule `{}` does not compile: {reason}", rule.metadata.id)))
    });
    if let Some((span, message)) = broken {
        let finding = Diagnostic::new(INTERNAL_ERROR, Severity::Error, message, Label::new(span, ""));
        return findings.diagnostics.push(finding);
    }
    let mut merged = Merged::default();
    for (index, instance) in instances.iter().enumerate() {
        if evaluator.is_spent() {
            let reason = format!("depends on {}", Bound::Steps);
            findings.undecided.insert((id(), instance.resource.ty.span, reason));
            continue;
        }
        let (worlds, unseen) = evaluator.explore(|evaluator| {
            if !evaluator.exists(instance) {
                return None;
            }
            let mut check = Check::new(evaluator, known, sources, project, rule);
            if !rule.native {
                declarative(&mut check, instance);
            }
            if let Some(native) = runnable.native {
                native(&mut check, instance);
            }
            let (found, undecided) = (check.findings, check.undecided);
            // Who has not seen all of a template can't tell what is missing in it.
            Some(match evaluator.worlds.left_out() {
                Some((span, bound)) => (Vec::new(), vec![(span, format!("depends on {bound}"))]),
                None => (found, undecided),
            })
        });
        findings.undecided.extend(unseen.reason().map(|reason| (id(), instance.resource.ty.span, reason)));
        let mut seen = Vec::new();
        let mut held: Held = BTreeMap::new();
        for guarded in worlds {
            let Some((found, undecided)) = guarded.answer else { continue };
            for finding in found {
                let key = (finding.primary.span, finding.message.clone());
                held.entry(key).or_insert_with(|| (finding, Vec::new())).1.push(seen.len());
            }
            for (span, reason) in undecided {
                findings.undecided.insert((id(), span, reason));
            }
            seen.push(guarded.world);
        }
        for (finding, worlds) in one_each(held) {
            merged.add(index, finding, evaluator.worlds.witness(&worlds, &seen, &unseen));
        }
    }
    findings.diagnostics.extend(merged.findings.into_iter().map(|(_, finding, witness)| {
        let severity = finding.severity.unwrap_or(rule.metadata.severity);
        let mut diagnostic = Diagnostic::new(rule.metadata.id.clone(), severity, finding.message, finding.primary);
        diagnostic.related = finding.related;
        diagnostic.witness = witness;
        diagnostic.help = finding.help;
        diagnostic.fix = finding.fix;
        diagnostic.of_secret = finding.of_secret;
        diagnostic
    }));
}

/// The findings about one resource by place and message, each with the worlds that show it.
type Held = BTreeMap<(Span, String), (Finding, Vec<usize>)>;

/// The findings without those that only say in other words, of another world, what is wrong at the same place: the
/// names in a message may be those of one parameter file. The one of the earliest world speaks for all.
fn one_each(held: Held) -> Vec<(Finding, Vec<usize>)> {
    let mut all: Vec<_> = held.into_values().collect();
    all.sort_by_key(|(finding, worlds)| (finding.primary.span, worlds.first().copied()));
    let mut kept: Vec<(Finding, Vec<usize>)> = Vec::new();
    for (finding, worlds) in all {
        let mut here = kept.iter().rev().take_while(|(known, _)| known.primary.span == finding.primary.span);
        if !here.any(|(known, others)| {
            known.severity == finding.severity && worlds.iter().all(|world| others.binary_search(world).is_err())
        }) {
            kept.push((finding, worlds));
        }
    }
    kept
}

/// The findings of one rule, each with the index of the resource that showed it first. What several resources take
/// from one place, the iterations of a loop or users of a variable, is one mistake and shown once.
#[derive(Debug, Default)]
struct Merged {
    findings: Vec<(usize, Finding, Option<String>)>,
    /// Which of them are at each place.
    by_place: HashMap<Span, Vec<usize>>,
}

impl Merged {
    fn add(&mut self, index: usize, finding: Finding, witness: Option<String>) {
        let here = self.by_place.entry(finding.primary.span).or_default();
        let known = here.iter().copied().find(|at| {
            let (first, known, _) = &self.findings[*at];
            known.severity == finding.severity && (known.message == finding.message || *first != index)
        });
        match known {
            Some(at) if witness.is_none() => self.findings[at].2 = None,
            Some(_) => {}
            None => {
                here.push(self.findings.len());
                self.findings.push((index, finding, witness));
            }
        }
    }
}

fn declarative<'t>(check: &mut Check<'_, 't>, instance: &Instance<'t>) {
    let rule = check.rule;
    let Ok(clauses) = rule.clauses(instance.resource.ty.folded()) else { return };
    let scope = Scope::new(instance, &clauses.related);
    let subject = Subject { current: Start::Resource(instance), before: &[], scope: &scope, absent: false };
    match clause::all(&clauses.when, check.evaluator, &subject) {
        Truth::Holds => match &clauses.each {
            None => cases(check, clauses, &subject),
            Some(path) => {
                let elements = subject.find(check.evaluator, path);
                for (at, element) in elements.iter().enumerate() {
                    let is_there = element.value().is_some_and(|value| value.as_str() != Some(""));
                    if is_there {
                        let current = Start::Found(element.clone());
                        cases(check, clauses, &Subject { current, before: &elements[..at], ..subject });
                    }
                }
            }
        },
        Truth::Fails(_) => {}
        Truth::Unknown(shown) => undecided(check, shown),
    }
    for found in scope.undecided() {
        check.undecided(&found);
    }
}

fn cases<'t>(check: &mut Check<'_, 't>, clauses: &Clauses, subject: &Subject<'_, 't>) {
    for case in &clauses.cases {
        match clause::all(&case.when, check.evaluator, subject) {
            Truth::Holds => {}
            Truth::Fails(_) => continue,
            Truth::Unknown(shown) => {
                undecided(check, shown);
                continue;
            }
        }
        let required = Subject { current: subject.current.clone(), absent: true, ..*subject };
        let answer = if case.require.is_empty() {
            Truth::Fails(None)
        } else {
            clause::all(&case.require, check.evaluator, &required)
        };
        match answer {
            Truth::Holds => {}
            Truth::Fails(shown) => {
                report(check, subject, case, shown);
                if !clauses.every_case {
                    return;
                }
            }
            Truth::Unknown(shown) => undecided(check, shown),
        }
    }
}

fn undecided(check: &mut Check<'_, '_>, shown: Shown) {
    if let Some(found) = shown {
        check.undecided(&found);
    }
}

fn report<'t>(check: &mut Check<'_, 't>, subject: &Subject<'_, 't>, case: &Case, shown: Shown) {
    let instance = subject.scope.resource;
    let at = match (&case.report.at, shown, &subject.current) {
        (Some(path), ..) => subject.find(check.evaluator, path).into_iter().next(),
        (None, Some(shown), _) => Some(shown),
        (None, None, Start::Found(element)) => Some(element.clone()),
        (None, None, Start::Resource(_)) => None,
    };
    let at = at.unwrap_or(Found::Absent { holder: instance.resource.ty.span });
    let fix = case.fix.as_ref();
    let message = fill(check, subject, &case.report.message, &at, fix);
    let Some(mut finding) = Finding::at(&at, message) else { return };
    finding.severity = Some(case.severity);
    finding.primary.text = fill(check, subject, &case.report.label, &at, fix);
    for also in &case.report.also {
        let resources = match &also.of {
            Some(name) => subject.named(check.evaluator, name),
            None => Vec::new(),
        };
        let current = resources.first().map_or_else(|| subject.current.clone(), Start::Resource);
        let inside = Subject { current, ..*subject };
        for found in inside.find(check.evaluator, &also.at) {
            if let (Some(_), Some(span)) = (found.value(), found.span())
                && span != finding.primary.span
            {
                let text = fill(check, &inside, &also.label, &found, fix);
                finding.related.retain(|known| known.span != span);
                finding.related.push(Label::new(span, text));
            }
        }
    }
    finding.help = case.report.help.as_ref().map(|help| fill(check, subject, help, &at, fix));
    finding.fix = fix.and_then(|fix| {
        let certain = !fix.safe_when.is_empty() && {
            let subject = Subject { current: subject.current.clone(), absent: true, ..*subject };
            matches!(clause::all(&fix.safe_when, check.evaluator, &subject), Truth::Holds)
        };
        let safety = if certain { Safety::Safe } else { fix.safety };
        build(check, instance, fix, safety, &at)
    });
    check.report(finding);
}

fn fill<'t>(
    check: &mut Check<'_, 't>,
    subject: &Subject<'_, 't>,
    template: &Template,
    at: &Found,
    fix: Option<&Fix>,
) -> String {
    let instance = subject.scope.resource;
    let mut text = String::new();
    for part in &template.0 {
        match part {
            Part::Text(part) => text.push_str(part),
            Part::Value => text.push_str(&shown_value(at.value())),
            Part::Key => {
                let key = at.key().map(|key| check.sources.text(key)).unwrap_or_default();
                text.push_str(key.trim_matches(['"', '\'']));
            }
            Part::Count => {
                let count = at.value().map(|value| match length(value) {
                    Some(count) => count.to_string(),
                    None => format!("at least {}", least_length(value, 0)),
                });
                text.push_str(&count.unwrap_or_else(|| "0".to_owned()));
            }
            Part::Right => {
                let right = fix.and_then(|fix| right(fix, at)).as_ref().map(clause::from_json);
                text.push_str(&shown_value(right.as_ref()));
            }
            Part::Name => {
                let name = check.evaluator.names(instance).and_then(|mut names| names.pop());
                text.push_str(&shown_beside(name.as_ref()));
            }
            Part::Kind => text.push_str(instance.resource.ty.leaf()),
            Part::Path(path) => {
                let found = subject.find(check.evaluator, path).into_iter().next();
                text.push_str(&shown_beside(found.as_ref().and_then(Found::value)));
            }
        }
    }
    text
}

/// A value that the finding does not point at, as a message shows it: by its place, nobody would know it for a secret.
fn shown_beside(value: Option<&Value>) -> String {
    let shown = shown_value(value);
    let is_secret = value.is_some_and(|value| value.secret_inside().is_some());
    if is_secret { "*".repeat(shown.chars().count()) } else { shown }
}

/// A value as a message shows it.
fn shown_value(value: Option<&Value>) -> String {
    match value.map(|value| &value.kind) {
        None | Some(Kind::Null) => "nothing".to_owned(),
        Some(Kind::Bool(value)) => value.to_string(),
        Some(Kind::Integer(value)) => value.to_string(),
        Some(Kind::Float(value)) => value.to_string(),
        Some(Kind::String(text)) => text.value.to_string(),
        Some(Kind::Array(items)) => format!("{} elements", items.len()),
        Some(Kind::Object(_)) => "an object".to_owned(),
        Some(Kind::Unknown(term)) => term.to_string(),
        Some(Kind::Undecidable(found)) => found.reason.to_string(),
    }
}
