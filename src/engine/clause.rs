//! Clauses: what a rule asks of a resource, compiled from [`spec`] and answered in three values.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use super::query::{Found, Path, Start};
use super::rule::Related;
use super::spec;
use super::stray::astray;
use super::test::Test;
use super::truth::Truth;
use super::words::{Words, did_you_mean};
use crate::evaluate::value::Value;
use crate::evaluate::{Evaluator, Instance};

/// A compiled clause.
#[derive(Debug)]
pub enum Clause {
    /// All of these hold.
    All(Vec<Clause>),
    /// One of these holds.
    Any(Vec<Clause>),
    /// This does not hold.
    Not(Box<Clause>),
    /// This is known to hold.
    Certain(Box<Clause>),
    /// What a path leads to passes a test, all of it.
    Path(Path, Test),
    /// Properties elsewhere than on the way of a path are named like these.
    Astray(Path, Vec<String>),
    /// Elements meet clauses.
    Elements(Path, Quantifier, Vec<Clause>),
    /// Related resources meet clauses.
    Related(String, Quantifier, Vec<Clause>),
}

/// How many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quantifier {
    /// At least one.
    Some,
    /// Not one.
    None,
    /// Every one.
    Each,
}

/// What clauses are asked about.
#[derive(Debug)]
pub struct Subject<'a, 't> {
    /// Where paths with `@` start.
    pub current: Start<'a, 't>,
    /// What came before it in the rule's `each`.
    pub before: &'a [Found],
    /// The resource that the rule looks at, where paths with `$` start, and those beside it.
    pub scope: &'a Scope<'a, 't>,
    /// What a clause about an absent value says.
    pub absent: bool,
}

/// The resource that a rule looks at and its related resources, which are looked up when first spoken of.
#[derive(Debug)]
pub struct Scope<'a, 't> {
    /// The resource.
    pub resource: &'a Instance<'t>,
    related: &'a BTreeMap<String, Related>,
    found: RefCell<BTreeMap<String, Rc<[Instance<'t>]>>>,
    undecided: RefCell<Vec<Found>>,
}

/// What decided: the value that failed or is unknown. `None` for what has no place, such as a missing resource.
pub type Shown = Option<Found>;

impl<'a, 't> Scope<'a, 't> {
    /// The scope of `resource`.
    pub fn new(resource: &'a Instance<'t>, related: &'a BTreeMap<String, Related>) -> Self {
        Self { resource, related, found: RefCell::default(), undecided: RefCell::default() }
    }

    /// What nobody could tell of candidates for related resources.
    pub fn undecided(self) -> Vec<Found> {
        self.undecided.into_inner()
    }

    /// The related resources of this name.
    pub fn related(&self, evaluator: &mut Evaluator<'t>, name: &str) -> Rc<[Instance<'t>]> {
        if let Some(found) = self.found.borrow().get(name) {
            return Rc::clone(found);
        }
        let none = || Rc::from(Vec::new());
        let Some(related) = self.related.get(name) else { return none() };
        // What a condition of its own asks of it is none.
        self.found.borrow_mut().insert(name.to_owned(), none());
        let wanted = |resource: &crate::template::Resource| {
            (related.existing || !resource.existing) && related.types.iter().any(|ty| ty == resource.ty.folded())
        };
        let mut found = Vec::new();
        let also = if related.existing { "mentioned" } else { "declared" };
        let question = format!("any {also} {}", related.types.join(" "));
        for candidate in evaluator.known_candidates(&question, &wanted).iter() {
            let current = Start::Resource(candidate);
            let subject = Subject { current, before: &[], scope: self, absent: false };
            let answer = all(&related.conditions, evaluator, &subject);
            match answer {
                Truth::Fails(_) => {}
                // Nobody needs to know of any other whether it is deployed.
                _ if !evaluator.exists(candidate) => {}
                Truth::Holds => found.push(candidate.clone()),
                Truth::Unknown(shown) => self.undecided.borrow_mut().extend(shown),
            }
        }
        let found: Rc<[Instance<'t>]> = Rc::from(found);
        self.found.borrow_mut().insert(name.to_owned(), Rc::clone(&found));
        found
    }
}

impl<'t> Subject<'_, 't> {
    /// The resources that go by `name`: `self` is the rule's own, `@` the one that is asked about.
    pub(super) fn named(&self, evaluator: &mut Evaluator<'t>, name: &str) -> Vec<Instance<'t>> {
        match (name, &self.current) {
            ("self", _) => vec![self.scope.resource.clone()],
            ("@", Start::Resource(instance)) => vec![(*instance).clone()],
            _ => self.scope.related(evaluator, name).to_vec(),
        }
    }

    /// What a path leads to.
    pub(super) fn find(&self, evaluator: &mut Evaluator<'t>, path: &Path) -> Vec<Found> {
        if path.is_relative() {
            path.find(evaluator, &self.current)
        } else {
            path.find(evaluator, &Start::Resource(self.scope.resource))
        }
    }
}

impl Clause {
    /// Compiles a clause; the error says what is wrong with it.
    pub(super) fn compile(clause: &spec::Clause, words: &Words<'_>, related: &[&String]) -> Result<Self, String> {
        let one = |clause: &spec::Clause| Self::compile(clause, words, related);
        let all = |clauses: &[spec::Clause]| clauses.iter().map(one).collect::<Result<Vec<_>, _>>();
        let path = clause.path.as_deref().map(|path| Path::parse(&words.known(path)?)).transpose()?;
        let mut found = Vec::new();
        if let Some(clauses) = &clause.all {
            found.push(Self::All(all(clauses)?));
        }
        if let Some(clauses) = &clause.any {
            found.push(Self::Any(all(clauses)?));
        }
        if let Some(clause) = &clause.not {
            found.push(Self::Not(Box::new(one(clause)?)));
        }
        if let Some(clause) = &clause.certain {
            found.push(Self::Certain(Box::new(one(clause)?)));
        }
        if let Some(name) = &clause.holds {
            found.push(words.condition(name, one)?);
        }
        let quantified =
            [(Quantifier::Some, &clause.some), (Quantifier::None, &clause.none), (Quantifier::Each, &clause.each)];
        for (quantifier, list) in quantified {
            let Some(list) = list else { continue };
            found.push(match (&clause.of, &path) {
                (Some(name), None) => Self::Related(check_name(name, related)?, quantifier, all(list)?),
                (None, Some(path)) => Self::Elements(path.clone(), quantifier, all(list)?),
                _ => return Err("`some`, `none` and `each` go with a `path` or with `of`".to_owned()),
            });
        }
        if let Some(names) = &clause.astray {
            let path = path.clone().ok_or("`astray` needs a `path`")?;
            if path.names().is_none() || path.is_relative() {
                return Err("`astray` needs a path of names from `$`".to_owned());
            }
            found.push(Self::Astray(path, words.list(names)?));
        }
        let is_test = found.is_empty();
        let tests = Test::compile(clause, words, related)?;
        let operators = found.len() + tests.len();
        if operators != 1 {
            return Err(format!("a clause has exactly one operator, this one has {operators}"));
        }
        match path {
            Some(path) => found.extend(tests.into_iter().map(|test| Self::Path(path.clone(), test))),
            None if is_test => return Err("an operator needs a `path`".to_owned()),
            None => {}
        }
        found.pop().ok_or_else(|| "a clause needs an operator".to_owned())
    }

    /// Whether the clause holds of `subject`.
    pub fn ask<'t>(&self, evaluator: &mut Evaluator<'t>, subject: &Subject<'_, 't>) -> Truth<Shown> {
        match self {
            Self::All(clauses) => all(clauses, evaluator, subject),
            Self::Any(clauses) => {
                let mut answers = Vec::new();
                for clause in clauses {
                    // One that holds ends the question, so that later ones depend on no further choices.
                    match clause.ask(evaluator, subject) {
                        Truth::Holds => return Truth::Holds,
                        other => answers.push(other),
                    }
                }
                Truth::any(answers, None)
            }
            Self::Not(clause) => {
                let inside = Subject { current: subject.current.clone(), absent: !subject.absent, ..*subject };
                let shown = match clause.as_ref() {
                    Self::Path(path, _) => subject.find(evaluator, path).into_iter().next(),
                    _ => None,
                };
                clause.ask(evaluator, &inside).negate(shown)
            }
            Self::Certain(clause) => match clause.ask(evaluator, subject) {
                Truth::Unknown(shown) => Truth::Fails(shown),
                other => other,
            },
            Self::Path(path, test) => {
                let found = subject.find(evaluator, path);
                let answers: Vec<_> = found.into_iter().map(|found| test.ask(evaluator, subject, found)).collect();
                Truth::all(answers)
            }
            Self::Astray(path, names) => {
                let way = path.names().unwrap_or_default();
                let answer = astray(evaluator, subject.scope.resource, way, names);
                Truth::from_answer(Some(answer), None)
            }
            Self::Elements(path, quantifier, clauses) => {
                let found = subject.find(evaluator, path);
                let ask = |found| elements(*quantifier, clauses, found, evaluator, subject);
                let answers: Vec<_> = found.into_iter().map(ask).collect();
                Truth::all(answers)
            }
            Self::Related(name, quantifier, clauses) => {
                let resources = subject.scope.related(evaluator, name);
                let answers = resources.iter().map(|resource| {
                    let current = Start::Resource(resource);
                    let inside = Subject { current, absent: *quantifier == Quantifier::Each, ..*subject };
                    (all(clauses, evaluator, &inside), None)
                });
                quantifier.apply(answers.collect())
            }
        }
    }
}

/// A name of `related` that exists, or `self` or `@`.
pub(super) fn check_name(name: &str, related: &[&String]) -> Result<String, String> {
    if name == "self" || name == "@" || related.iter().any(|known| *known == name) {
        return Ok(name.to_owned());
    }
    Err(format!("there is no `{name}` in `related`{}", did_you_mean(name, related.iter().copied())))
}

/// Whether all clauses hold of `subject`.
pub fn all<'t>(clauses: &[Clause], evaluator: &mut Evaluator<'t>, subject: &Subject<'_, 't>) -> Truth<Shown> {
    let mut answer = Truth::Holds;
    for clause in clauses {
        // A clause that fails ends the question, so that later ones depend on no further choices.
        match clause.ask(evaluator, subject) {
            fails @ Truth::Fails(_) => return fails,
            other => answer = Truth::all([answer, other]),
        }
    }
    answer
}

impl Quantifier {
    /// From the answer for each one, with the one itself.
    fn apply(self, answers: Vec<(Truth<Shown>, Shown)>) -> Truth<Shown> {
        match self {
            Self::Some => match Truth::any(answers.into_iter().map(|(answer, _)| answer), None) {
                // What fails is that there is none at all, and that has no place.
                Truth::Fails(_) => Truth::Fails(None),
                other => other,
            },
            Self::None => {
                let first = answers.iter().position(|(answer, _)| matches!(answer, Truth::Holds));
                let shown = first.and_then(|first| answers.get(first)).and_then(|(_, shown)| shown.clone());
                Truth::any(answers.into_iter().map(|(answer, _)| answer), None).negate(shown)
            }
            Self::Each => Truth::all(answers.into_iter().map(|(answer, _)| answer)),
        }
    }
}

fn elements<'t>(
    quantifier: Quantifier,
    clauses: &[Clause],
    found: Found,
    evaluator: &mut Evaluator<'t>,
    subject: &Subject<'_, 't>,
) -> Truth<Shown> {
    let items = match (&found, found.value()) {
        (Found::Value { value, .. }, _) if value.as_array().is_some() => value.as_array().unwrap_or_default(),
        (_, Some(value)) if value.is_unknown() => return Truth::Unknown(Some(found)),
        (_, None) => return Truth::from_answer(Some(subject.absent), Some(found)),
        _ => return Truth::Holds,
    };
    let mut answers = Vec::new();
    for item in items {
        let element = Found::Value { value: item.clone(), key: found.key() };
        let current = Start::Found(element.clone());
        let answer = all(clauses, evaluator, &Subject { current, ..*subject });
        answers.push((answer, Some(element)));
    }
    match quantifier.apply(answers) {
        Truth::Fails(None) => Truth::Fails(Some(found)),
        other => other,
    }
}

/// A value of a rule file.
pub fn from_json(value: &serde_json::Value) -> Value {
    match value {
        serde_json::Value::Null => Value::null(),
        serde_json::Value::Bool(value) => Value::from(*value),
        serde_json::Value::Number(number) => match number.as_i64() {
            Some(number) => Value::from(number),
            None => Value::from(number.as_f64().unwrap_or_default()),
        },
        serde_json::Value::String(text) => Value::from(text.as_str()),
        serde_json::Value::Array(items) => Value::from(items.iter().map(from_json).collect::<Vec<_>>()),
        serde_json::Value::Object(members) => {
            Value::object(members.iter().map(|(key, value)| (key.as_str(), from_json(value))).collect())
        }
    }
}
