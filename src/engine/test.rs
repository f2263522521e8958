//! Tests: what a clause asks of one value.

use std::cmp::Ordering;

use jiff::Timestamp;
use regex::Regex;

use super::api_version::{ApiVersion, defines_type};
use super::clause::{Shown, Subject, check_name, from_json};
use super::endpoint;
use super::identity::{Identity, is_identity_of};
use super::query::{Found, Path, Start};
use super::role;
use super::spec;
use super::truth::Truth;
use super::words::{Words, nearest};

use crate::evaluate::pieces::{Piece, pieces};
use crate::evaluate::resource_id::{ResourceId, same_name};
use crate::evaluate::value::{Kind, Origin, Value};
use crate::evaluate::{Evaluator, Instance, is_filled_in_later, varies};

/// A test of one value.
#[derive(Debug)]
pub enum Test {
    /// It is there, or it is not.
    Exists(bool),
    /// It is there, known or not, or it is not.
    Given(bool),
    /// It is known, or it is not.
    Known(bool),
    /// It is one of these, or none of these.
    OneOf(Vec<Value>, bool),
    /// It is one of these strings, whatever their case, or none of them.
    OneOfFolded(Vec<String>, bool),
    /// It is spelt much like one of these.
    SimilarTo(Vec<String>),
    /// It is the value at another path.
    SameAs(Path),
    /// Each element is one of these.
    SubsetOf(Vec<Value>),
    /// The string matches, or it does not.
    Matches(Regex, bool),
    /// Number of elements or characters.
    Length(spec::RangeSpec),
    /// The number itself.
    Number(spec::RangeSpec),
    /// Days from now until then.
    DaysLeft(spec::RangeSpec),
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
    /// It is the id of a resource of one of these types.
    IdOf(Vec<String>),
    /// It is the id of a child of this resource.
    ChildOf(String),
    /// It is a URI that leads to this resource.
    LeadsTo(String),
    /// No element stands twice.
    Unique,
    /// Something equal came before, or did not.
    Repeated(bool),
    /// It is the same at each deployment, or it is not.
    Constant(bool),
}

/// How alike two spellings are that mean the same, by Jaro and Winkler.
const ALIKE: f64 = 0.93;

/// The one of `names` that `text` is a slip of.
pub(super) fn similar<'n>(text: &str, names: &'n [String]) -> Option<&'n str> {
    nearest(text, names.iter().map(String::as_str), ALIKE)
}

impl Test {
    /// The tests that a clause holds.
    pub(super) fn compile(clause: &spec::Clause, words: &Words<'_>, related: &[&String]) -> Result<Vec<Self>, String> {
        let regex = |text: &str| Regex::new(text).map_err(|error| error.to_string());
        let values = |list: &[serde_json::Value]| -> Result<Vec<Value>, String> {
            Ok(words.values(list)?.iter().map(from_json).collect())
        };
        let value = |value: &serde_json::Value| values(std::slice::from_ref(value));
        let mut tests = Vec::new();
        tests.extend(clause.exists.map(Self::Exists));
        tests.extend(clause.given.map(Self::Given));
        tests.extend(clause.known.map(Self::Known));
        for (one, wanted) in [(&clause.equals, true), (&clause.not_equals, false)] {
            if let Some(one) = one {
                tests.push(Self::OneOf(value(one)?, wanted));
            }
        }
        for (list, wanted) in [(&clause.one_of, true), (&clause.not_in, false)] {
            if let Some(list) = list {
                tests.push(Self::OneOf(values(list)?, wanted));
            }
        }
        for (list, wanted) in [(&clause.in_ignore_case, true), (&clause.not_in_ignore_case, false)] {
            if let Some(list) = list {
                tests.push(Self::OneOfFolded(words.list(list)?, wanted));
            }
        }
        if let Some(list) = &clause.similar_to {
            tests.push(Self::SimilarTo(words.list(list)?));
        }
        if let Some(path) = &clause.same_as {
            tests.push(Self::SameAs(Path::parse(&words.known(path)?)?));
        }
        if let Some(list) = &clause.subset_of {
            tests.push(Self::SubsetOf(values(list)?));
        }
        for (text, wanted) in [(&clause.matches, true), (&clause.not_matches, false)] {
            if let Some(text) = text {
                tests.push(Self::Matches(regex(&words.known(text)?)?, wanted));
            }
        }
        tests.extend(clause.length.map(Self::Length));
        tests.extend(clause.number.map(Self::Number));
        tests.extend(clause.days_left.map(Self::DaysLeft));
        if let Some(name) = &clause.is {
            if !spec::TYPES.contains(&name.as_str()) {
                return Err(format!("there is no type `{name}`; the types are {}", spec::TYPES.join(", ")));
            }
            tests.push(Self::Is(name.clone()));
        }
        tests.extend(clause.api_version.clone().map(Self::ApiVersion));
        if let Some(names) = &clause.role {
            let id = |name: &String| role::by_text(name).map(|role| role.id.to_owned());
            let ids = names.iter().map(|name| id(name).ok_or_else(|| format!("unknown role `{name}`")));
            tests.push(Self::Role(ids.collect::<Result<_, _>>()?));
        }
        if let Some(target) = &clause.refers_to {
            let named = |name: &Option<String>| name.as_ref().map(|name| check_name(name, related)).transpose();
            match (named(&target.identity_of)?, named(&target.resource)?) {
                (Some(name), None) => tests.push(Self::IdentityOf(name)),
                (None, Some(name)) => tests.push(Self::ResourceIs(name)),
                _ => return Err("`refersTo` has one of `identityOf` and `resource`".to_owned()),
            }
        }
        if let Some(types) = &clause.id_of {
            tests.push(Self::IdOf(words.list(types)?));
        }
        if let Some(name) = &clause.child_of {
            tests.push(Self::ChildOf(check_name(name, related)?));
        }
        if let Some(name) = &clause.leads_to {
            tests.push(Self::LeadsTo(check_name(name, related)?));
        }
        tests.extend(clause.unique.map(|_| Self::Unique));
        tests.extend(clause.repeated.map(Self::Repeated));
        tests.extend(clause.constant.map(Self::Constant));
        Ok(tests)
    }

    /// Whether what was found passes.
    pub(super) fn ask<'t>(
        &self,
        evaluator: &mut Evaluator<'t>,
        subject: &Subject<'_, 't>,
        found: Found,
    ) -> Truth<Shown> {
        let value = match &found {
            Found::Value { value, .. } => value,
            Found::Hidden { .. } => {
                let answer = matches!(self, Self::Known(false)).then_some(true);
                return Truth::from_answer(answer, Some(found));
            }
            Found::Absent { .. } => {
                let holds = match self {
                    Self::Exists(wanted) | Self::Given(wanted) => !wanted,
                    Self::Known(wanted) => *wanted,
                    _ => subject.absent,
                };
                return Truth::from_answer(Some(holds), Some(found));
            }
        };
        if matches!(self, Self::Exists(true) | Self::Given(true)) && value.as_str() == Some("") {
            let shown = found.key().map(|holder| Found::Absent { holder });
            return Truth::Fails(shown);
        }
        let part = |item: &Value| Some(Found::Value { value: item.clone(), key: found.key() });
        match (self, value.as_array()) {
            (Self::SubsetOf(allowed), Some(items)) => Truth::all(items.iter().map(|item| {
                let answer = (!item.is_unknown()).then(|| allowed.contains(item));
                Truth::from_answer(answer, part(item))
            })),
            (Self::Unique, Some(items)) => {
                let mut known = items.iter().enumerate().filter(|(_, item)| item.is_known());
                match known.find(|(at, item)| items.iter().take(*at).any(|other| other == *item)) {
                    Some((_, item)) => Truth::Fails(part(item)),
                    None => Truth::Holds,
                }
            }
            // A list of which only a part is known is still one list, called by its key.
            (Self::Length(range), None) if value.is_unknown() => {
                let mut list = value.clone();
                list.origin = Origin::default();
                let key = found.key();
                Truth::from_answer(range.at_least(least_length(value, 0)), Some(Found::Value { value: list, key }))
            }
            (Self::SubsetOf(_) | Self::Unique, None) => {
                Truth::from_answer((!value.is_unknown()).then_some(true), Some(found))
            }
            _ => Truth::from_answer(self.answer(evaluator, subject, value), Some(found)),
        }
    }

    fn answer<'t>(&self, evaluator: &mut Evaluator<'t>, subject: &Subject<'_, 't>, value: &Value) -> Option<bool> {
        let mut any = |name: &str, test: &mut dyn FnMut(&mut Evaluator<'t>, &Instance<'t>) -> Option<bool>| {
            let mut answer = Some(false);
            for instance in subject.named(evaluator, name) {
                match test(evaluator, &instance) {
                    Some(true) => return Some(true),
                    None => answer = None,
                    Some(false) => {}
                }
            }
            answer
        };
        match self {
            Self::Constant(_) if is_filled_in_later(value) => return None,
            Self::Constant(wanted) => return Some(varies(value) != *wanted),
            Self::IdentityOf(name) => {
                return any(name, &mut |evaluator, one| is_identity_of(evaluator, one, value, Identity::is));
            }
            Self::ResourceIs(name) => {
                let id = ResourceId::parse(&without_trailing_slash(value))?;
                return any(name, &mut |evaluator, one| id.same(&evaluator.id(one)?));
            }
            Self::ChildOf(name) => {
                let parent = ResourceId::parse(&without_trailing_slash(value))?.parent()?;
                return any(name, &mut |evaluator, one| parent.same(&evaluator.id(one)?));
            }
            Self::LeadsTo(name) => return any(name, &mut |evaluator, one| leads_to(evaluator, value, one)),
            Self::IdOf(types) => return id_of(value, types),
            Self::Role(ids) => return role::definition_id(value).map(|id| ids.contains(&id)),
            Self::Exists(wanted) => return filled(value).map(|filled| filled == *wanted),
            Self::Given(wanted) => return Some((value.as_str() != Some("")) == *wanted),
            Self::Known(wanted) => return Some(value.is_unknown() != *wanted),
            Self::SameAs(path) => {
                let other = subject.find(evaluator, path).into_iter().next()?;
                let other = other.value()?;
                return (value.is_known() && other.is_known()).then(|| value == other);
            }
            _ => {}
        }
        if value.is_unknown() {
            return None;
        }
        Some(match self {
            Self::OneOf(values, wanted) => values.contains(value) == *wanted,
            Self::OneOfFolded(names, wanted) => {
                value.as_str().is_some_and(|text| names.iter().any(|name| name.eq_ignore_ascii_case(text))) == *wanted
            }
            Self::SimilarTo(names) => value.as_str().is_some_and(|text| similar(text, names).is_some()),
            Self::Matches(regex, wanted) => regex.is_match(value.as_str()?) == *wanted,
            Self::Length(range) => range.contains(length(value)?),
            Self::Number(range) => range.contains(value.as_integer()?),
            Self::DaysLeft(range) => {
                let seconds = instant(value)?.as_second() - evaluator.context().now?.as_second();
                range.contains(seconds.div_euclid(24 * 60 * 60))
            }
            Self::Is(name) => type_name(value) == name,
            Self::ApiVersion(demand) => {
                let of = match &subject.current {
                    Start::Resource(instance) => instance,
                    Start::Found(_) => subject.scope.resource,
                };
                return meets(demand, value.as_str()?, &of.resource.ty.to_string());
            }
            Self::Repeated(wanted) => {
                let text = value.as_str()?;
                let same = |found: &Found| {
                    let other = found.value().and_then(Value::as_str);
                    other.is_some_and(|other| other.eq_ignore_ascii_case(text))
                };
                subject.before.iter().any(same) == *wanted
            }
            _ => return None,
        })
    }
}

/// Whether a value is more than nothing or an empty string; a string of which a part is known is.
pub fn filled(value: &Value) -> Option<bool> {
    const NEVER_EMPTY: [&str; 3] = ["newGuid", "guid", "uniqueString"];
    if let Some(text) = value.as_str() {
        return Some(!text.is_empty());
    }
    if !value.is_unknown() {
        return Some(!value.is_null());
    }
    let is_filled = |piece: &Piece| match piece {
        Piece::Text(text) => !text.is_empty(),
        Piece::Unknown(value) => {
            value.as_term().is_some_and(|term| NEVER_EMPTY.iter().any(|name| term.call(name).is_some()))
        }
    };
    pieces(value)?.iter().any(is_filled).then_some(true)
}

/// The same id without a `/` at its end.
pub fn without_trailing_slash(value: &Value) -> Value {
    match value.as_str().and_then(|text| text.strip_suffix('/')) {
        Some(text) => Value::from(text),
        None => value.clone(),
    }
}

/// Whether a value is the id of a resource of one of these types, told from the known part of it if need be.
fn id_of(value: &Value, types: &[String]) -> Option<bool> {
    if let Some(id) = ResourceId::parse(&without_trailing_slash(value)) {
        return Some(types.iter().any(|ty| ty.eq_ignore_ascii_case(&id.ty)));
    }
    if value.as_str().is_some() {
        return None;
    }
    let row = pieces(value)?;
    let has = |part: &str| {
        row.iter().any(|piece| matches!(piece, Piece::Text(text) if text.to_ascii_lowercase().contains(part)))
    };
    let leaf = |ty: &String| format!("/{}/", ty.rsplit('/').next().unwrap_or(ty).to_ascii_lowercase());
    types.iter().any(|ty| has(&leaf(ty))).then_some(true)
}

/// Whether a URI leads to a storage account, a key vault, or what is in one.
fn leads_to<'t>(evaluator: &mut Evaluator<'t>, uri: &Value, target: &Instance<'t>) -> Option<bool> {
    let ty = target.resource.ty.folded();
    let (owner, owner_id, item, item_at) = if ty.starts_with("microsoft.storage/storageaccounts") {
        let container = endpoint::container(uri)?;
        (container.account, container.account_id, container.name, 2)
    } else if ty.starts_with("microsoft.keyvault/vaults") {
        let secret = endpoint::secret(uri)?;
        (secret.vault, secret.vault_id, secret.name, 1)
    } else {
        return Some(false);
    };
    let names = evaluator.names(target)?;
    let is_owner = match (owner_id, names.len()) {
        (Some(id), 1) => evaluator.id(target)?.same(&id),
        _ => same_name(&owner?, names.first()?),
    };
    match (is_owner, names.get(item_at)) {
        (Some(true), Some(name)) => same_name(&item?, name),
        (answer, _) => answer,
    }
}

/// A time as a vault's attributes or a date write it.
fn instant(value: &Value) -> Option<Timestamp> {
    if let Some(seconds) = value.as_integer() {
        return Timestamp::from_second(seconds).ok();
    }
    crate::sas::instant(value.as_str()?)
}

fn meets(demand: &spec::ApiVersionSpec, version: &str, ty: &str) -> Option<bool> {
    let parsed = ApiVersion::parse(version)?;
    let bound = |text: &Option<String>| text.as_deref().and_then(ApiVersion::parse).map(|bound| parsed.cmp(&bound));
    if bound(&demand.min).is_some_and(Ordering::is_lt) || bound(&demand.max).is_some_and(Ordering::is_gt) {
        return Some(false);
    }
    match demand.defines_type {
        Some(wanted) => defines_type(version, ty).map(|defined| defined == wanted),
        None => Some(true),
    }
}

/// The elements that are known to be in an array which is put together from several.
pub(super) fn least_length(value: &Value, depth: usize) -> i64 {
    const MAX_DEPTH: usize = 16;
    if let Some(items) = value.as_array() {
        return i64::try_from(items.len()).unwrap_or(i64::MAX);
    }
    match value.as_term().and_then(|term| term.call("concat")) {
        Some(args) if depth < MAX_DEPTH => args.iter().map(|arg| least_length(arg, depth + 1)).sum(),
        _ => 0,
    }
}

/// The number of characters, elements or members.
pub(super) fn length(value: &Value) -> Option<i64> {
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
        Kind::Unknown(_) | Kind::Undecidable(_) => "unknown",
    }
}

impl spec::RangeSpec {
    fn contains(self, number: i64) -> bool {
        self.min.is_none_or(|min| min <= number) && self.max.is_none_or(|max| number <= max)
    }

    /// Whether a number that is `least` or more is within the bounds.
    fn at_least(self, least: i64) -> Option<bool> {
        if self.max.is_some_and(|max| least > max) {
            return Some(false);
        }
        (self.max.is_none() && self.min.is_none_or(|min| min <= least)).then_some(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::term::Term;

    fn call(name: &str, args: Vec<Value>) -> Value {
        Value::unknown(Term::Call { name: name.into(), args })
    }

    #[test]
    fn a_string_with_a_known_part_is_not_empty() {
        let open = call("parameters", vec![Value::from("blob")]);
        let mixed = call("concat", vec![open.clone(), Value::from("-x")]);
        let empty = call("concat", vec![open.clone(), Value::from("")]);
        assert_eq!(filled(&mixed), Some(true));
        assert_eq!(filled(&empty), None);
        assert_eq!(filled(&open), None);
        assert_eq!(filled(&call("newGuid", vec![])), Some(true));
        assert_eq!(filled(&Value::from("")), Some(false));
    }
}
