//! Clauses: what a rule asks of values, compiled from [`spec`] and answered in three values.

use std::collections::BTreeMap;

use regex::Regex;

use super::api_version::{ApiVersion, defines_type};
use super::identity::{Identity, is_identity_of};
use super::query::{Found, Path, Start};
use super::role;
use super::spec;
use super::truth::Truth;
use crate::evaluate::resource_id::ResourceId;
use crate::evaluate::value::{Kind, Value};
use crate::evaluate::{Evaluator, Instance, varies};

/// A compiled clause.
#[derive(Debug)]
pub enum Clause {
    /// All of these hold.
    All(Vec<Clause>),
    /// One of these holds.
    Any(Vec<Clause>),
    /// This does not hold.
    Not(Box<Clause>),
    /// What a path leads to passes a test, all of it.
    Path(Path, Test),
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

/// A test of one value.
#[derive(Debug)]
pub enum Test {
    /// It is there, or it is not.
    Exists(bool),
    /// It is one of these, or none of these.
    OneOf(Vec<Value>, bool),
    /// It is one of these strings, whatever their case.
    OneOfFolded(Vec<String>),
    /// Each element is one of these.
    SubsetOf(Vec<Value>),
    /// The string matches, or it does not.
    Matches(Regex, bool),
    /// Number of elements or characters.
    Length(spec::RangeSpec),
    /// The number itself.
    Number(spec::RangeSpec),
    /// The type.
    Is(String),
    /// The API version.
    ApiVersion(spec::ApiVersionSpec),
    /// The role definition is one of these, by id.
    Role(Vec<String>),
    /// It is the principal of this resource's identity.
    IdentityOf(String),
    /// It is the id of this resource.
    ResourceIs(String),
    /// No element stands twice.
    Unique,
    /// It is the same at each deployment, or it is not.
    Constant(bool),
    /// Elements meet clauses.
    Elements(Quantifier, Vec<Clause>),
}

/// What clauses are asked about.
#[derive(Debug)]
pub struct Subject<'a, 't> {
    /// Where paths start.
    pub start: Start<'a, 't>,
    /// The resource that the rule looks at.
    pub resource: &'a Instance<'t>,
    /// The related resources by name.
    pub related: &'a BTreeMap<String, Vec<Instance<'t>>>,
    /// What a clause about an absent value says.
    pub absent: bool,
}

/// What decided: the value that failed or is unknown. `None` for what has no place, such as a missing resource.
pub type Shown = Option<Found>;

impl Clause {
    /// Compiles a clause; the error says what is wrong with it.
    pub fn compile(clause: &spec::Clause) -> Result<Self, String> {
        let all = |clauses: &[spec::Clause]| clauses.iter().map(Self::compile).collect::<Result<Vec<_>, _>>();
        if let Some(clauses) = &clause.all {
            return Ok(Self::All(all(clauses)?));
        }
        if let Some(clauses) = &clause.any {
            return Ok(Self::Any(all(clauses)?));
        }
        if let Some(clause) = &clause.not {
            return Ok(Self::Not(Box::new(Self::compile(clause)?)));
        }
        let quantified =
            [(Quantifier::Some, &clause.some), (Quantifier::None, &clause.none), (Quantifier::Each, &clause.each)];
        let quantified = quantified.iter().find_map(|(quantifier, list)| list.as_ref().map(|list| (*quantifier, list)));
        match (&clause.of, &clause.path, quantified) {
            (Some(name), None, Some((quantifier, list))) => Ok(Self::Related(name.clone(), quantifier, all(list)?)),
            (None, Some(path), Some((quantifier, list))) => {
                Ok(Self::Path(Path::parse(path)?, Test::Elements(quantifier, all(list)?)))
            }
            (None, Some(path), None) => Ok(Self::Path(Path::parse(path)?, Test::compile(clause)?)),
            _ => Err("a clause needs `all`, `any`, `not`, or a `path` or `of` with an operator".to_owned()),
        }
    }

    /// Whether the clause holds of `subject`.
    pub fn ask<'t>(&self, evaluator: &mut Evaluator<'t>, subject: &Subject<'_, 't>) -> Truth<Shown> {
        match self {
            Self::All(clauses) => all(clauses, evaluator, subject),
            Self::Any(clauses) => {
                let answers: Vec<_> = clauses.iter().map(|clause| clause.ask(evaluator, subject)).collect();
                Truth::any(answers, None)
            }
            Self::Not(clause) => {
                let inside = Subject {
                    start: subject.start.clone(),
                    resource: subject.resource,
                    related: subject.related,
                    absent: !subject.absent,
                };
                let shown = match clause.as_ref() {
                    Self::Path(path, _) => path.find(evaluator, &subject.start).into_iter().next(),
                    _ => None,
                };
                clause.ask(evaluator, &inside).negate(shown)
            }
            Self::Path(path, test) => {
                let found = path.find(evaluator, &subject.start);
                let answers: Vec<_> = found.into_iter().map(|found| test.ask(evaluator, subject, found)).collect();
                Truth::all(answers)
            }
            Self::Related(name, quantifier, clauses) => {
                let resources = subject.related.get(name).map_or(&[][..], Vec::as_slice);
                let answers: Vec<_> = resources
                    .iter()
                    .map(|resource| {
                        let start = Start::Resource(resource);
                        let inside = Subject { start, resource, related: subject.related, absent: false };
                        all(clauses, evaluator, &inside)
                    })
                    .collect();
                quantifier.apply(answers)
            }
        }
    }
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
    fn apply(self, answers: Vec<Truth<Shown>>) -> Truth<Shown> {
        match self {
            Self::Some => match Truth::any(answers, None) {
                // What fails is that there is none at all, and that has no place.
                Truth::Fails(_) => Truth::Fails(None),
                other => other,
            },
            Self::None => Truth::any(answers, None).negate(None),
            Self::Each => Truth::all(answers),
        }
    }
}

impl Test {
    fn compile(clause: &spec::Clause) -> Result<Self, String> {
        let regex = |text: &str| Regex::new(text).map_err(|error| error.to_string());
        let values = |list: &[serde_json::Value]| list.iter().map(from_json).collect::<Vec<_>>();
        let mut tests = Vec::new();
        tests.extend(clause.exists.map(Self::Exists));
        tests.extend(clause.equals.as_ref().map(|value| Self::OneOf(vec![from_json(value)], true)));
        tests.extend(clause.not_equals.as_ref().map(|value| Self::OneOf(vec![from_json(value)], false)));
        tests.extend(clause.one_of.as_ref().map(|list| Self::OneOf(values(list), true)));
        tests.extend(clause.not_in.as_ref().map(|list| Self::OneOf(values(list), false)));
        tests.extend(clause.in_ignore_case.clone().map(Self::OneOfFolded));
        tests.extend(clause.subset_of.as_ref().map(|list| Self::SubsetOf(values(list))));
        if let Some(text) = &clause.matches {
            tests.push(Self::Matches(regex(text)?, true));
        }
        if let Some(text) = &clause.not_matches {
            tests.push(Self::Matches(regex(text)?, false));
        }
        tests.extend(clause.length.map(Self::Length));
        tests.extend(clause.number.map(Self::Number));
        tests.extend(clause.is.clone().map(Self::Is));
        tests.extend(clause.api_version.clone().map(Self::ApiVersion));
        if let Some(names) = &clause.role {
            let id = |name: &String| role::by_text(name).map(|role| role.id.to_owned());
            let ids = names.iter().map(|name| id(name).ok_or_else(|| format!("unknown role `{name}`")));
            tests.push(Self::Role(ids.collect::<Result<_, _>>()?));
        }
        if let Some(target) = &clause.refers_to {
            tests.extend(target.identity_of.clone().map(Self::IdentityOf));
            tests.extend(target.resource.clone().map(Self::ResourceIs));
        }
        tests.extend(clause.unique.map(|_| Self::Unique));
        tests.extend(clause.constant.map(Self::Constant));
        match tests.len() {
            1 => Ok(tests.remove(0)),
            found => Err(format!("a clause has exactly one operator, this one has {found}")),
        }
    }

    fn ask<'t>(&self, evaluator: &mut Evaluator<'t>, subject: &Subject<'_, 't>, found: Found) -> Truth<Shown> {
        let Some(value) = found.value() else {
            let holds = match self {
                Self::Exists(wanted) => !wanted,
                _ => subject.absent,
            };
            return Truth::from_answer(Some(holds), Some(found));
        };
        if matches!(self, Self::Exists(true)) && value.as_str() == Some("") {
            let shown = found.key().map(|holder| Found::Absent { holder });
            return Truth::Fails(shown);
        }
        if let Self::Elements(quantifier, clauses) = self {
            return elements(*quantifier, clauses, value, &found, evaluator, subject);
        }
        let value = value.clone();
        match self {
            Self::SubsetOf(allowed) => match value.as_array() {
                Some(items) => Truth::all(items.iter().map(|item| {
                    let answer = (!item.is_unknown()).then(|| allowed.contains(item));
                    let key = found.key();
                    Truth::from_answer(answer, Some(Found::Value { value: item.clone(), key }))
                })),
                None => Truth::from_answer((!value.is_unknown()).then_some(true), Some(found)),
            },
            Self::Unique => match value.as_array() {
                Some(items) => {
                    let twice =
                        items.iter().enumerate().find(|(at, item)| item.is_known() && items[..*at].contains(item));
                    match twice {
                        Some((_, item)) => {
                            let key = found.key();
                            Truth::Fails(Some(Found::Value { value: item.clone(), key }))
                        }
                        None => Truth::Holds,
                    }
                }
                None => Truth::from_answer((!value.is_unknown()).then_some(true), Some(found)),
            },
            _ => Truth::from_answer(self.answer(evaluator, subject, &value), Some(found)),
        }
    }

    fn answer<'t>(&self, evaluator: &mut Evaluator<'t>, subject: &Subject<'_, 't>, value: &Value) -> Option<bool> {
        match self {
            Self::Constant(wanted) => return Some(varies(value) != *wanted),
            Self::IdentityOf(name) => {
                return is_identity_of(evaluator, subject.named(name)?, value, Identity::is);
            }
            Self::ResourceIs(name) => {
                let own = evaluator.id(subject.named(name)?)?;
                return ResourceId::parse(value)?.same(&own);
            }
            Self::Role(ids) => return role::definition_id(value).map(|id| ids.contains(&id)),
            _ => {}
        }
        if value.is_unknown() {
            return None;
        }
        Some(match self {
            // An empty string is as good as nothing.
            Self::Exists(wanted) => (value.as_str() != Some("")) == *wanted,
            Self::OneOf(values, wanted) => values.contains(value) == *wanted,
            Self::OneOfFolded(names) => {
                let text = value.as_str()?;
                names.iter().any(|name| name.eq_ignore_ascii_case(text))
            }
            Self::Matches(regex, wanted) => regex.is_match(value.as_str()?) == *wanted,
            Self::Length(range) => range.contains(length(value)?),
            Self::Number(range) => range.contains(value.as_integer()?),
            Self::Is(name) => type_name(value) == name,
            Self::ApiVersion(demand) => {
                return meets(demand, value.as_str()?, &subject.resource.resource.ty.to_string());
            }
            _ => return None,
        })
    }
}

impl<'t> Subject<'_, 't> {
    /// The only resource that goes by `name`; `self` is the rule's own.
    fn named(&self, name: &str) -> Option<&Instance<'t>> {
        match self.related.get(name).map(Vec::as_slice) {
            _ if name == "self" => Some(self.resource),
            Some([only]) => Some(only),
            _ => None,
        }
    }
}

fn elements<'t>(
    quantifier: Quantifier,
    clauses: &[Clause],
    value: &Value,
    found: &Found,
    evaluator: &mut Evaluator<'t>,
    subject: &Subject<'_, 't>,
) -> Truth<Shown> {
    let Some(items) = value.as_array() else {
        return if value.is_unknown() { Truth::Unknown(Some(found.clone())) } else { Truth::Holds };
    };
    let answers = items
        .iter()
        .map(|item| {
            let start = Start::Value { value: item.clone(), key: found.key() };
            let Subject { resource, related, absent, .. } = *subject;
            all(clauses, evaluator, &Subject { start, resource, related, absent })
        })
        .collect();
    match quantifier.apply(answers) {
        Truth::Fails(None) => Truth::Fails(Some(found.clone())),
        other => other,
    }
}

fn meets(demand: &spec::ApiVersionSpec, version: &str, ty: &str) -> Option<bool> {
    let parsed = ApiVersion::parse(version)?;
    let bound = |text: &Option<String>| text.as_deref().and_then(ApiVersion::parse).map(|bound| parsed.cmp(&bound));
    if bound(&demand.min).is_some_and(std::cmp::Ordering::is_lt)
        || bound(&demand.max).is_some_and(std::cmp::Ordering::is_gt)
    {
        return Some(false);
    }
    match demand.defines_type {
        Some(wanted) => defines_type(version, ty).map(|defined| defined == wanted),
        None => Some(true),
    }
}

fn length(value: &Value) -> Option<i64> {
    let length = match &value.kind {
        Kind::String(text) => text.value.chars().count(),
        Kind::Array(items) => items.len(),
        Kind::Object(object) => object.len(),
        _ => return None,
    };
    i64::try_from(length).ok()
}

fn type_name(value: &Value) -> &'static str {
    match value.kind {
        Kind::Null => "null",
        Kind::Bool(_) => "bool",
        Kind::Integer(_) => "int",
        Kind::Float(_) => "number",
        Kind::String(_) => "string",
        Kind::Array(_) => "array",
        Kind::Object(_) => "object",
        Kind::Unknown(_) => "unknown",
    }
}

impl spec::RangeSpec {
    fn contains(self, number: i64) -> bool {
        self.min.is_none_or(|min| min <= number) && self.max.is_none_or(|max| number <= max)
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
