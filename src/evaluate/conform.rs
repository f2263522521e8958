//! Whether a value is what its declaration asks for, and if not, which part of it is not.

use std::fmt::Write;
use std::sync::Arc;

use super::call::varies;
use super::value::{Kind, Value};
use crate::source::Span;
use crate::source::limits::{MAX_EVALUATION_DEPTH, MAX_VALUE_PARTS};
use crate::syntax::expression::{Expr, ExprKind};
use crate::template::{Bound, BoundKind, Constraints, Others, Parameter, ParameterType, Shape, Type, TypeId, Types};

/// What a declaration does not take something as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Misfitting {
    /// The value of a parameter.
    Parameter,
    /// The value of an output.
    Output,
    /// A name that stands for no parameter.
    Unknown,
    /// Parameters that nothing gives a value to.
    Missing,
}

/// Something that a declaration does not take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misfit {
    /// As what.
    pub kind: Misfitting,
    /// Where the smallest part is written that is wrong.
    pub span: Span,
    /// What is wrong with it.
    pub message: String,
    /// Where the declaration asks for something else.
    pub asked: Span,
    /// Where the value is used, if it is written elsewhere.
    pub used: Option<Span>,
    /// What to write instead.
    pub help: Option<String>,
    /// Whether it is null that is wrong.
    pub is_null: bool,
    /// Whether it tells of a value that may be a secret.
    pub of_secret: bool,
}

/// What is asked of a value.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked<'t> {
    pub kind: ParameterType,
    pub nullable: bool,
    pub secure: bool,
    pub allowed: &'t [Expr],
    pub constraints: Option<&'t Constraints>,
    /// Where it is.
    pub span: Span,
}

impl<'t> Asked<'t> {
    pub(super) fn of(ty: &'t Type) -> Self {
        let Type { span, kind, nullable, secure, ref allowed, ref constraints } = *ty;
        Self { kind, nullable, secure, allowed, constraints: constraints.as_deref(), span }
    }

    pub(super) fn of_parameter(parameter: &'t Parameter) -> Self {
        let Parameter { ty: kind, nullable, secure, ref name, ref allowed, ref constraints, .. } = *parameter;
        Self { kind, nullable, secure, allowed, constraints: constraints.as_deref(), span: name.span }
    }

    /// Whether only the kind of the value matters.
    pub(super) fn is_plain(&self) -> bool {
        self.allowed.is_empty() && self.constraints.is_none()
    }

    /// Whether any value will do.
    pub(super) fn is_free(&self) -> bool {
        self.kind == ParameterType::Unknown && self.is_plain()
    }
}

/// Most misfits of one value that are told.
const MAX_MISFITS: usize = 10;

/// Most words that a message lists.
const MAX_SHOWN: usize = 10;

/// Longest value that a message shows, in characters.
const MAX_SHOWN_CHARS: usize = 60;

/// What of `value`, which is that of the parameter or output `name` and otherwise written at its span, is not what is
/// `asked`.
pub(super) fn misfits(
    kind: Misfitting,
    value: &Value,
    asked: Asked<'_>,
    types: &Types,
    (name, place): (&str, Span),
) -> Vec<Misfit> {
    let used = value.origin.trail.as_ref().map(|step| step.span);
    let mut search = Search {
        kind,
        types,
        path: name.to_owned(),
        place,
        used,
        secure: asked.secure,
        depth: 0,
        left: MAX_VALUE_PARTS,
        found: Vec::new(),
    };
    search.value(value, asked);
    search.found
}

struct Search<'t> {
    kind: Misfitting,
    types: &'t Types,
    /// How people call the part that is looked at: `p.a[0]`.
    path: String,
    /// Where the value around is written.
    place: Span,
    used: Option<Span>,
    secure: bool,
    depth: usize,
    /// How many more parts may be looked at: those of a type may be many where those of the value are few.
    left: usize,
    found: Vec<Misfit>,
}

impl<'t> Search<'t> {
    fn value(&mut self, value: &Value, asked: Asked<'t>) {
        let is_enough = self.depth > MAX_EVALUATION_DEPTH || self.left == 0 || self.found.len() >= MAX_MISFITS;
        // What is another one at each deployment is not judged by that of now.
        let is_fleeting = matches!(value.kind, Kind::String(_)) && varies(value);
        if is_enough || value.is_unknown() || is_fleeting {
            return;
        }
        self.left -= 1;
        self.depth += 1;
        let outer = (self.place, self.secure);
        self.place = value.origin.span.unwrap_or(self.place);
        self.secure |= asked.secure || value.secret().is_some();
        if self.kind(value, asked) {
            self.allowed(value, asked);
            if let Some(constraints) = asked.constraints {
                constraints.bounds.iter().for_each(|bound| self.bound(value, *bound));
                self.parts(value, asked, &constraints.shape);
            }
        }
        (self.place, self.secure) = outer;
        self.depth -= 1;
    }

    /// Looks at a part that is called `suffix`.
    fn part(&mut self, value: &Value, ty: TypeId, suffix: &str) {
        let Some(ty) = self.types.get(ty) else { return };
        let length = self.path.len();
        self.path.push_str(suffix);
        self.value(value, Asked::of(ty));
        self.path.truncate(length);
    }

    fn add(&mut self, span: Span, asked: Span, problem: &str) {
        self.add_with(span, asked, problem, None);
    }

    fn add_with(&mut self, span: Span, asked: Span, problem: &str, help: Option<String>) {
        let message = format!("`{}` {problem}", self.path);
        let used = self.used.filter(|used| *used != span);
        let (kind, of_secret) = (self.kind, self.secure);
        self.found.push(Misfit { kind, span, message, asked, used, help, is_null: false, of_secret });
    }

    /// Whether the value is of the kind that is asked for.
    fn kind(&mut self, value: &Value, asked: Asked<'t>) -> bool {
        let (fits, found) = match &value.kind {
            Kind::Null if asked.nullable => return false,
            Kind::Null => (asked.kind == ParameterType::Unknown, "null"),
            Kind::Bool(_) => (asked.kind == ParameterType::Bool, "a boolean"),
            Kind::Integer(_) => (asked.kind == ParameterType::Integer, "an integer"),
            // No integer of 64 bits is so large, and how the service takes it is not known.
            Kind::Float(number) if number.abs() >= 9.0e18 => return false,
            Kind::Float(_) => (false, "a number with a fraction"),
            Kind::String(_) => (asked.kind == ParameterType::String, "a string"),
            Kind::Array(_) => (asked.kind == ParameterType::Array, "an array"),
            Kind::Object(_) => (asked.kind == ParameterType::Object, "an object"),
            Kind::Unknown(_) | Kind::Undecidable(_) => return false,
        };
        if fits || asked.kind == ParameterType::Unknown {
            return true;
        }
        let help = match (asked.kind, value.as_str()) {
            (ParameterType::Integer, Some(text)) if text.parse::<i64>().is_ok() => Some("write it without quotes"),
            (ParameterType::Bool, Some("true" | "false")) => Some("write it without quotes"),
            (ParameterType::String, None) if matches!(value.kind, Kind::Integer(_) | Kind::Bool(_)) => {
                Some("write it in quotes")
            }
            _ => None,
        };
        let problem = format!("must be {}, not {found}", described(asked.kind));
        self.add_with(self.place, asked.span, &problem, help.map(str::to_owned));
        self.found.iter_mut().rev().take(1).for_each(|misfit| misfit.is_null = value.is_null());
        false
    }

    fn allowed(&mut self, value: &Value, asked: Asked<'t>) {
        let (Some(first), Some(last)) = (asked.allowed.first(), asked.allowed.last()) else { return };
        // Those of a union may be written in several files.
        let list = if first.span.file == last.span.file { first.span.cover(last.span) } else { first.span };
        match &value.kind {
            // Those of an array are the allowed elements, unless they are arrays.
            Kind::Array(items) if asked.kind == ParameterType::Array => {
                if asked.allowed.iter().any(|allowed| matches!(allowed.kind, ExprKind::Array(_))) {
                    return;
                }
                for (at, item) in items.iter().enumerate() {
                    let length = self.path.len();
                    _ = write!(self.path, "[{at}]");
                    self.one_of(item, asked.allowed, list);
                    self.path.truncate(length);
                }
            }
            _ => self.one_of(value, asked.allowed, list),
        }
    }

    fn one_of(&mut self, value: &Value, allowed: &[Expr], list: Span) {
        let span = value.origin.span.unwrap_or(self.place);
        let is_allowed = |allowed: &Expr| is(value, allowed);
        if self.found.len() >= MAX_MISFITS
            || !value.is_known()
            || allowed.iter().any(|it| is_allowed(it) != Some(false))
        {
            return;
        }
        let is_secret = self.secure || value.may_hold_secret();
        let shown: Vec<String> = allowed.iter().take(MAX_SHOWN).filter_map(shown).collect();
        let more = if allowed.len() > MAX_SHOWN { ", …" } else { "" };
        let mut problem = format!("must be one of {}{more}", shown.join(", "));
        let mut help = None;
        if let Some(text) = value.as_str().filter(|_| !is_secret) {
            if text.is_empty() {
                problem.push_str(", not empty");
            } else if text.chars().count() <= MAX_SHOWN_CHARS {
                _ = write!(problem, ", not `{text}`");
            }
            let folded = allowed.iter().filter_map(Expr::as_str).find(|it| it.eq_ignore_ascii_case(text));
            help = folded.map(|known| format!("write `{known}`: upper and lower case count"));
        } else if let (Kind::Integer(number), false) = (&value.kind, is_secret) {
            _ = write!(problem, ", not {number}");
        }
        self.add_with(span, list, &problem, help);
    }

    fn bound(&mut self, value: &Value, bound: Bound) {
        let (found, of) = match &value.kind {
            Kind::String(text) => (text.value.encode_utf16().count(), "characters"),
            Kind::Array(items) => (items.len(), "elements"),
            Kind::Integer(number) => {
                let (is_broken, word) = match bound.kind {
                    BoundKind::MinValue => (*number < bound.limit, "least"),
                    BoundKind::MaxValue => (*number > bound.limit, "most"),
                    BoundKind::MinLength | BoundKind::MaxLength => return,
                };
                if is_broken {
                    let not = if self.secure { String::new() } else { format!(", not {number}") };
                    self.add(self.place, bound.span, &format!("must be at {word} {}{not}", bound.limit));
                }
                return;
            }
            _ => return,
        };
        let (is_broken, word) = match bound.kind {
            BoundKind::MinLength => (i64::try_from(found).is_ok_and(|found| found < bound.limit), "least"),
            BoundKind::MaxLength => (i64::try_from(found).is_ok_and(|found| found > bound.limit), "most"),
            BoundKind::MinValue | BoundKind::MaxValue => return,
        };
        if is_broken {
            let of = if bound.limit == 1 { of.trim_end_matches('s') } else { of };
            let not = if self.secure { String::new() } else { format!(", not {found}") };
            self.add(self.place, bound.span, &format!("must have at {word} {} {of}{not}", bound.limit));
        }
    }

    fn parts(&mut self, value: &Value, asked: Asked<'t>, shape: &'t Shape) {
        match (shape, &value.kind) {
            (Shape::Object { properties, others }, Kind::Object(_)) => self.object(value, asked, properties, *others),
            (Shape::Array { first, others }, Kind::Array(items)) => self.array(items, asked, first, *others),
            (Shape::Tagged { property, variants }, Kind::Object(_)) => self.tagged(value, asked, property, variants),
            _ => {}
        }
    }

    fn object(&mut self, value: &Value, asked: Asked<'t>, properties: &'t [(Arc<str>, TypeId)], others: Others) {
        let Kind::Object(object) = &value.kind else { return };
        let mut missing = Vec::new();
        for (name, id) in properties {
            let Some(ty) = self.types.get(*id) else { continue };
            match object.get(name) {
                Some(found) => self.part(found, *id, &format!(".{name}")),
                None if !ty.nullable && !object.may_have(name) => missing.push((name, ty.span)),
                None => {}
            }
        }
        if let Some((_, span)) = missing.first() {
            let names: Vec<String> = missing.iter().take(MAX_SHOWN).map(|(name, _)| format!("`{name}`")).collect();
            let word = if names.len() == 1 { "property" } else { "properties" };
            let key = value.origin.key.unwrap_or(self.place);
            self.add(key, *span, &format!("must have the {word} {}", names.join(", ")));
        }
        if others == Others::Any {
            return;
        }
        let is_named = |key: &str| properties.iter().any(|(name, _)| name.eq_ignore_ascii_case(key));
        for (key, member) in object.entries().filter(|(key, _)| key.open().is_none() && !is_named(key.text())) {
            match others {
                Others::Of(id) => self.part(&member.value, id, &format!(".{}", key.text())),
                _ if self.found.len() < MAX_MISFITS => {
                    let problem = format!("may not have the property `{}`", key.text());
                    self.add(member.key_span.unwrap_or(self.place), asked.span, &problem);
                }
                _ => {}
            }
        }
    }

    /// Of those with types of their own, the first that does not fit stands for those after it: they may be in another
    /// order.
    fn array(&mut self, items: &[Value], asked: Asked<'t>, first: &[TypeId], others: Others) {
        let (head, tail) = items.split_at(items.len().min(first.len()));
        let known = self.found.len();
        for (at, (item, id)) in head.iter().zip(first).enumerate() {
            self.part(item, *id, &format!("[{at}]"));
            if self.found.len() > known {
                return;
            }
        }
        if first[head.len()..].iter().any(|id| self.types.get(*id).is_some_and(|ty| !ty.nullable)) {
            let problem = format!("must have {} elements, not {}", first.len(), items.len());
            return self.add(self.place, asked.span, &problem);
        }
        match others {
            Others::Of(id) => {
                for (at, item) in tail.iter().enumerate() {
                    self.part(item, id, &format!("[{}]", at + first.len()));
                }
            }
            Others::None if !tail.is_empty() => {
                let problem = format!("must have {} elements, not {}", first.len(), items.len());
                self.add(tail[0].origin.span.unwrap_or(self.place), asked.span, &problem);
            }
            Others::None | Others::Any => {}
        }
    }

    fn tagged(&mut self, value: &Value, asked: Asked<'t>, property: &str, variants: &'t [(Arc<str>, TypeId)]) {
        let Kind::Object(object) = &value.kind else { return };
        let Some(tag) = object.get(property).filter(|tag| !tag.is_null()) else {
            if !object.may_have(property) {
                let key = value.origin.key.unwrap_or(self.place);
                self.add(key, asked.span, &format!("must have the property `{property}`"));
            }
            return;
        };
        let Some(text) = tag.as_str() else { return };
        if let Some((_, variant)) = variants.iter().find(|(name, _)| **name == *text) {
            return self.part(value, *variant, "");
        }
        let names: Vec<String> = variants.iter().take(MAX_SHOWN).map(|(name, _)| format!("`{name}`")).collect();
        let problem = format!("must have one of {} as its `{property}`", names.join(", "));
        self.add(tag.origin.span.unwrap_or(self.place), asked.span, &problem);
    }
}

fn described(kind: ParameterType) -> &'static str {
    match kind {
        ParameterType::String => "a string",
        ParameterType::Integer => "an integer",
        ParameterType::Bool => "a boolean",
        ParameterType::Array => "an array",
        ParameterType::Object => "an object",
        ParameterType::Unknown => "a value",
    }
}

/// Whether a value is one that a declaration spells out; `None` when that is no literal.
fn is(value: &Value, allowed: &Expr) -> Option<bool> {
    match (&allowed.kind, &value.kind) {
        (ExprKind::String(allowed), Kind::String(text)) => Some(*allowed == text.value),
        (ExprKind::Integer(allowed), Kind::Integer(number)) => Some(allowed == number),
        (ExprKind::Bool(allowed), Kind::Bool(value)) => Some(allowed == value),
        (ExprKind::Null, kind) => Some(matches!(kind, Kind::Null)),
        (ExprKind::String(_), Kind::Integer(_) | Kind::Bool(_) | Kind::Null)
        | (ExprKind::Integer(_), Kind::String(_) | Kind::Bool(_) | Kind::Null)
        | (ExprKind::Bool(_), Kind::Null) => Some(false),
        _ => None,
    }
}

/// A value that a declaration spells out, as a message shows it.
fn shown(allowed: &Expr) -> Option<String> {
    match &allowed.kind {
        ExprKind::String(text) => Some(format!("`{text}`")),
        ExprKind::Integer(number) => Some(number.to_string()),
        ExprKind::Bool(value) => Some(value.to_string()),
        _ => None,
    }
}
