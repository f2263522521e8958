//! What Azure refuses to evaluate: a function with a wrong argument, an index or a property that is not there.

use std::collections::BTreeMap;

use super::Evaluator;
use super::call::Written;
use super::functions::type_name;
use super::value::{Kind, Value};
use crate::source::Span;

/// What is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Refusal {
    /// An argument of a function.
    Argument,
    /// The index of an element.
    Index,
    /// The name of a property.
    Property,
    /// Whatever the template's author refuses.
    Failure,
    /// A number of copies.
    Count,
    /// The condition of a resource.
    Condition,
    /// A part of the wrong kind.
    Shape,
    /// The number of segments of a name.
    Segments,
    /// An output that a nested deployment does not have.
    Output,
    /// The location of a nested deployment, which is missing or too much.
    Placement,
}

/// What is refused where, and why.
pub type Refusals = BTreeMap<(Span, Refusal), Grounds>;

/// Why something is refused.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Grounds {
    /// One sentence in lower case without any value.
    pub message: String,
    /// Where the value is written that is not taken, where that is told.
    pub because: Option<Span>,
}

impl Evaluator<'_> {
    /// Notes that Azure refuses what stands at `span`, unless nothing evaluates that for certain.
    pub(super) fn refuse(&mut self, refusal: Refusal, span: Span, message: impl Into<String>) {
        self.refuse_value(refusal, span, message, None);
    }

    /// [`refuse`](Self::refuse), for the sake of a value that is written at `because`.
    pub(super) fn refuse_value(
        &mut self,
        refusal: Refusal,
        span: Span,
        message: impl Into<String>,
        because: Option<Span>,
    ) {
        if self.watch.tells_refusals() {
            let grounds = || Grounds { message: message.into(), because };
            self.watch.refused.entry((span, refusal)).or_insert_with(grounds);
        }
    }

    /// Notes that the template itself refuses the deployment.
    pub(super) fn check_fail(&mut self, written: Written<'_>, args: &[Value]) {
        let [reason] = args else { return };
        if reason.secret_inside().is_some() {
            return;
        }
        match &reason.kind {
            Kind::String(text) => {
                let message = format!("the template refuses this deployment: {}", text.value);
                self.refuse(Refusal::Failure, written.name.span, message);
            }
            Kind::Unknown(_) | Kind::Undecidable(_) => {
                self.refuse(Refusal::Failure, written.name.span, "the template refuses this deployment");
            }
            other => {
                let message = format!("argument 1 of `fail` must be a string, not {}", type_name(other));
                self.refuse(Refusal::Argument, written.args.first().map_or(written.name.span, |arg| arg.span), message);
            }
        }
    }

    /// Notes that what `reference` is asked for is no name.
    pub(super) fn check_reference(&mut self, written: Written<'_>, args: &[Value]) {
        if let (Some(asked), Some(argument)) = (args.first(), written.args.first())
            && !asked.is_unknown()
            && asked.as_str().is_none()
        {
            let found = type_name(&asked.kind);
            let message = format!("argument 1 of `reference` must be a string, not {found}");
            self.refuse_value(Refusal::Argument, argument.span, message, asked.origin.span);
        }
    }

    /// Notes that the lambda of a function, which is written at `span`, returns what is not `wanted`.
    pub(super) fn check_returned(&mut self, function: &str, wanted: &str, value: &Value, span: Span) {
        if !value.is_unknown() && value.secret_inside().is_none() {
            let found = type_name(&value.kind);
            self.refuse(
                Refusal::Argument,
                span,
                format!("the lambda of `{function}` must return {wanted}, not {found}"),
            );
        }
    }

    /// Notes that the argument `index` of the function `name`, which is written at `span`, is no boolean.
    pub(super) fn check_boolean(&mut self, name: &str, index: usize, value: &Value, span: Span) {
        if !value.is_unknown() && value.as_bool().is_none() {
            let found = type_name(&value.kind);
            let message = format!("argument {} of `{name}` must be a boolean, not {found}", index + 1);
            self.refuse_value(Refusal::Argument, span, message, value.origin.span);
        }
    }

    /// Notes what is wrong with an index, which is written at `span`.
    pub(super) fn check_index(&mut self, base: &Value, index: &Value, span: Span) {
        if !self.watch.tells_refusals() || index.is_unknown() {
            return;
        }
        match (&base.kind, &index.kind) {
            (Kind::Unknown(_) | Kind::Undecidable(_), _) => {}
            (Kind::Array(items), Kind::Integer(at)) => {
                if !usize::try_from(*at).is_ok_and(|at| at < items.len()) {
                    let elements = if items.len() == 1 { "element" } else { "elements" };
                    let message = format!("there is no element {at}: the array has {} {elements}", items.len());
                    self.refuse(Refusal::Index, span, message);
                }
            }
            (Kind::Object(_), Kind::String(name)) => self.check_property(base, &name.value, span),
            (Kind::Array(_) | Kind::Object(_), other) => {
                let wanted = if matches!(base.kind, Kind::Array(_)) { "an integer" } else { "a string" };
                let of = type_name(&base.kind);
                let message = format!("the index of {of} must be {wanted}, not {}", type_name(other));
                self.refuse(Refusal::Index, span, message);
            }
            (other, _) => self.refuse(Refusal::Index, span, format!("{} has no elements", type_name(other))),
        }
    }

    /// Notes that something has no property of this name, which is written at `span`.
    pub(super) fn check_property(&mut self, base: &Value, name: &str, span: Span) {
        if !self.watch.tells_refusals() {
            return;
        }
        match &base.kind {
            Kind::Unknown(_) | Kind::Undecidable(_) => {}
            Kind::Object(object) if object.member(name).is_some() || object.may_have(name) => {}
            Kind::Object(object) => {
                let mut known: Vec<&str> = object.iter().map(|(key, _)| &**key).collect();
                known.truncate(MAX_SHOWN);
                let has = if known.is_empty() {
                    "it is empty".to_owned()
                } else {
                    format!("it has `{}`", known.join("`, `"))
                };
                self.refuse(Refusal::Property, span, format!("the object has no property `{name}`: {has}"));
            }
            other => self.refuse(Refusal::Property, span, format!("{} has no properties", type_name(other))),
        }
    }
}

/// Most properties that a message lists.
const MAX_SHOWN: usize = 10;
