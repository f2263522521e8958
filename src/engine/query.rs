//! JSONPath over a resource that is evaluated no further than the path asks.
//!
//! Leading names are followed through the expressions themselves, so that a rule which asks for one property does not
//! depend on the choices behind the others. What follows the first wildcard, index or filter runs in `jsonpath-rust`.

use std::borrow::Cow;

use jsonpath_rust::parser::model::{JpQuery, Segment, Selector};
use jsonpath_rust::parser::parse_json_path;
use jsonpath_rust::query::js_path_process;
use jsonpath_rust::query::queryable::Queryable;

use crate::evaluate::value::{Kind, Value};
use crate::evaluate::{Env, Evaluator, Instance};
use crate::source::Span;
use crate::syntax::expression::{Expr, ExprKind};

/// A compiled path.
#[derive(Debug, Clone)]
pub struct Path {
    text: String,
    /// Whether it starts at `@`, the element or related resource that is asked about.
    relative: bool,
    /// Alternatives at each leading step: `['target','source']` is a step of two.
    names: Vec<Vec<String>>,
    rest: Option<JpQuery>,
}

/// What a path leads to.
#[derive(Debug, Clone)]
pub enum Found {
    /// A value; it may be unknown.
    Value {
        /// The value.
        value: Value,
        /// The key of the property that holds it.
        key: Option<Span>,
    },
    /// Perhaps something: it would be inside a value that is unknown.
    Hidden {
        /// That value.
        value: Value,
        /// The key of the property that holds it.
        key: Option<Span>,
    },
    /// Nothing: absent or null.
    Absent {
        /// The key of the nearest property around it that is there, or the resource's type.
        holder: Span,
    },
}

impl Found {
    /// The value, if there is one.
    pub fn value(&self) -> Option<&Value> {
        match self {
            Self::Value { value, .. } | Self::Hidden { value, .. } => Some(value),
            Self::Absent { .. } => None,
        }
    }

    /// Where to point: at a scalar itself, at the key of an object or array, at what should hold something absent.
    pub fn span(&self) -> Option<Span> {
        match self {
            Self::Value { value, key } | Self::Hidden { value, key } => match value.kind {
                Kind::Array(_) | Kind::Object(_) => value.origin.key.or(*key).or(value.origin.span),
                _ => value.origin.span.or(*key),
            },
            Self::Absent { holder } => Some(*holder),
        }
    }

    /// The key of the property, or where to point when there is none.
    pub fn key(&self) -> Option<Span> {
        match self {
            Self::Value { key, .. } | Self::Hidden { key, .. } => key.or_else(|| self.span()),
            Self::Absent { holder } => Some(*holder),
        }
    }
}

/// Where a path starts.
#[derive(Debug, Clone)]
pub enum Start<'a, 't> {
    /// At a resource.
    Resource(&'a Instance<'t>),
    /// At something inside one.
    Found(Found),
}

/// A place on the way.
#[derive(Debug, Clone)]
enum Place<'t> {
    Expr(&'t Expr, Env),
    Value(Value),
}

impl Path {
    /// Compiles a JSONPath that starts with `$` or `@`; the error is `jsonpath-rust`'s.
    pub fn parse(text: &str) -> Result<Self, String> {
        let relative = text.starts_with('@');
        let query = if relative { parse_json_path(&text.replacen('@', "$", 1)) } else { parse_json_path(text) };
        let query = query.map_err(|error| format!("`{text}` is not a path: {error}"))?;
        let mut segments = query.segments.into_iter().peekable();
        let mut names = Vec::new();
        while let Some(step) = segments.peek().and_then(step_names) {
            names.push(step);
            segments.next();
        }
        let rest: Vec<Segment> = segments.collect();
        let rest = (!rest.is_empty()).then(|| JpQuery::new(rest));
        Ok(Self { text: text.to_owned(), relative, names, rest })
    }

    /// A path of names; a name with `|` between alternatives leads to each that is there.
    pub fn of_names(names: &[&str]) -> Self {
        let names: Vec<Vec<String>> = names.iter().map(|step| step.split('|').map(str::to_owned).collect()).collect();
        Self { text: String::new(), relative: false, names, rest: None }
    }

    /// The steps, each with its alternatives, of a path that is nothing but names.
    pub fn names(&self) -> Option<&[Vec<String>]> {
        self.rest.is_none().then_some(&self.names)
    }

    /// Whether the path starts at `@` rather than at the rule's resource.
    pub fn is_relative(&self) -> bool {
        self.relative
    }

    /// The path as written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What the path leads to, at least one thing.
    pub fn find<'t>(&self, evaluator: &mut Evaluator<'t>, start: &Start<'_, 't>) -> Vec<Found> {
        let (place, key, holder) = match start {
            Start::Resource(instance) => {
                let ty = instance.resource.ty.span;
                if let [first, ..] = self.names.as_slice()
                    && let [name] = first.as_slice()
                    && let Some(value) = resource_property(evaluator, instance, name)
                {
                    let mut found = Vec::new();
                    self.follow(evaluator, Place::Value(value), None, ty, &self.names[1..], &mut found);
                    return found;
                }
                (Place::Expr(&instance.resource.body, instance.env.clone()), None, ty)
            }
            Start::Found(found) if self.names.is_empty() && self.rest.is_none() => return vec![found.clone()],
            Start::Found(found) => {
                let Some(holder) = found.key() else { return Vec::new() };
                let Some(value) = found.value() else { return vec![Found::Absent { holder }] };
                let key = match found {
                    Found::Value { key, .. } | Found::Hidden { key, .. } => *key,
                    Found::Absent { .. } => None,
                };
                (Place::Value(value.clone()), key, holder)
            }
        };
        let mut found = Vec::new();
        self.follow(evaluator, place, key, holder, &self.names, &mut found);
        found
    }

    fn follow<'t>(
        &self,
        evaluator: &mut Evaluator<'t>,
        place: Place<'t>,
        key: Option<Span>,
        holder: Span,
        names: &[Vec<String>],
        found: &mut Vec<Found>,
    ) {
        let Some((step, rest)) = names.split_first() else {
            self.finish(evaluator, place, key, holder, found);
            return;
        };
        let before = found.len();
        let mut open = None;
        for name in step {
            match descend(evaluator, &place, name) {
                Step::Into(next, next_key) => {
                    let next_holder = next_key.unwrap_or(holder);
                    self.follow(evaluator, next, next_key, next_holder, rest, found);
                }
                Step::Unknown(value) => open = Some(value),
                Step::Nothing => {}
            }
        }
        if found.len() == before {
            found.push(match open {
                Some(value) => Found::Hidden { value: value.or_at(holder), key },
                None => Found::Absent { holder },
            });
        }
    }

    fn finish<'t>(
        &self,
        evaluator: &mut Evaluator<'t>,
        place: Place<'t>,
        key: Option<Span>,
        holder: Span,
        found: &mut Vec<Found>,
    ) {
        let value = match place {
            Place::Expr(expr, env) => evaluator.evaluate(expr, &env),
            Place::Value(value) => value,
        };
        let Some(rest) = &self.rest else {
            found.push(if value.is_null() { Found::Absent { holder } } else { Found::Value { value, key } });
            return;
        };
        let selected = js_path_process(rest, &value).unwrap_or_default();
        let before = found.len();
        for item in selected {
            let item: &Value = item.val();
            let key = key_of(&value, item).or(key);
            let mut item = item.clone();
            // A part of what comes from elsewhere is used where the whole is.
            if item.origin.trail.is_none() {
                item.origin.trail.clone_from(&value.origin.trail);
            }
            found.push(Found::Value { value: item, key });
        }
        if found.len() == before {
            found.push(if value.is_known() {
                Found::Absent { holder }
            } else {
                Found::Hidden { value: unknown_part(value), key }
            });
        }
    }
}

/// Names that are computed rather than read from the body.
fn resource_property<'t>(evaluator: &mut Evaluator<'t>, instance: &Instance<'t>, name: &str) -> Option<Value> {
    match name {
        "id" => evaluator.id(instance).map(|id| id.to_value().or_at(instance.resource.ty.span)),
        "type" => {
            let value = Value::from(instance.resource.ty.to_string());
            Some(value.or_at(instance.resource.ty.span))
        }
        _ => None,
    }
}

fn step_names(segment: &Segment) -> Option<Vec<String>> {
    let name = |selector: &Selector| match selector {
        Selector::Name(name) => Some(name.trim_matches(['\'', '"']).to_owned()),
        _ => None,
    };
    match segment {
        Segment::Selector(selector) => Some(vec![name(selector)?]),
        Segment::Selectors(selectors) => selectors.iter().map(name).collect(),
        Segment::Descendant(_) => None,
    }
}

enum Step<'t> {
    Into(Place<'t>, Option<Span>),
    Unknown(Value),
    Nothing,
}

fn descend<'t>(evaluator: &mut Evaluator<'t>, place: &Place<'t>, name: &str) -> Step<'t> {
    let value = match place {
        Place::Expr(expr, env) => {
            if is_plain_object(expr) {
                return match expr.member(name) {
                    Some(member) => Step::Into(Place::Expr(&member.value, env.clone()), Some(member.key.span)),
                    None => Step::Nothing,
                };
            }
            Cow::Owned(evaluator.evaluate(expr, env))
        }
        Place::Value(value) => Cow::Borrowed(value),
    };
    match &value.kind {
        Kind::Object(object) => match object.member(name) {
            Some(member) => Step::Into(Place::Value(member.value.clone()), member.key_span),
            // A key that is an expression nobody can evaluate might be this one.
            None => object.keys().find(Value::is_unknown).map_or(Step::Nothing, Step::Unknown),
        },
        Kind::Unknown(_) | Kind::Undecidable(_) => Step::Unknown(value.into_owned()),
        _ => Step::Nothing,
    }
}

/// An object literal whose members are all written out: no computed keys, no copy loops.
fn is_plain_object(expr: &Expr) -> bool {
    matches!(expr.kind, ExprKind::Object(_))
        && expr.members().iter().all(|member| member.key.as_str().is_some_and(|key| !key.eq_ignore_ascii_case("copy")))
}

/// The key of the member of `root`, at any depth, whose value is `item` itself.
fn key_of(root: &Value, item: &Value) -> Option<Span> {
    match &root.kind {
        Kind::Object(object) => object.iter().find_map(|(_, member)| {
            if std::ptr::eq(&raw const member.value, item) { member.key_span } else { key_of(&member.value, item) }
        }),
        Kind::Array(items) => items.iter().find_map(|element| key_of(element, item)),
        _ => None,
    }
}

/// Some part of `value` that is unknown.
fn unknown_part(value: Value) -> Value {
    let part = match &value.kind {
        Kind::Array(items) => items.iter().find(|item| !item.is_known()).cloned(),
        Kind::Object(object) => object.iter().map(|(_, m)| &m.value).find(|item| !item.is_known()).cloned(),
        _ => None,
    };
    match part {
        Some(part) if !part.is_unknown() => unknown_part(part),
        Some(part) => part,
        None => value,
    }
}

/// Property names are looked up without regard to ASCII case, as the service does.
impl Queryable for Value {
    fn get(&self, key: &str) -> Option<&Self> {
        self.as_object()?.get(key.trim_matches(['\'', '"']))
    }

    fn as_array(&self) -> Option<&Vec<Self>> {
        match &self.kind {
            Kind::Array(items) => Some(items),
            _ => None,
        }
    }

    fn as_object(&self) -> Option<Vec<(&str, &Self)>> {
        let object = Self::as_object(self)?;
        Some(object.iter().map(|(key, member)| (key.as_ref(), &member.value)).collect())
    }

    fn as_str(&self) -> Option<&str> {
        Self::as_str(self)
    }

    fn as_i64(&self) -> Option<i64> {
        self.as_integer()
    }

    fn as_f64(&self) -> Option<f64> {
        match self.kind {
            Kind::Float(value) => Some(value),
            _ => None,
        }
    }

    fn as_bool(&self) -> Option<bool> {
        Self::as_bool(self)
    }

    fn null() -> Self {
        Self::null()
    }
}
