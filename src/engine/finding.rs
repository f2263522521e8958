//! A finding in one world, before the worlds are put together.

use std::ops::Range;

use crate::diagnostic::{Fix, Label, Severity};
use crate::evaluate::partial::Partial;
use crate::evaluate::value::{Value, Via};
use crate::source::Span;

use super::query::Found;

/// A finding of a rule in one world.
#[derive(Debug, Clone)]
pub struct Finding {
    /// How bad it is; `None` for as bad as the rule says.
    pub severity: Option<Severity>,
    /// What is wrong here.
    pub message: String,
    /// Where, and why this place.
    pub primary: Label,
    /// Other places.
    pub related: Vec<Label>,
    /// What to do.
    pub help: Option<String>,
    /// A change that mends it.
    pub fix: Option<Fix>,
    /// Whether it tells of a value that is a secret, or is made of one.
    pub of_secret: bool,
}

impl Finding {
    /// A finding at `span`.
    pub fn new(span: Span, message: impl Into<String>) -> Self {
        Self {
            severity: None,
            message: message.into(),
            primary: Label::new(span, ""),
            related: Vec::new(),
            help: None,
            fix: None,
            of_secret: false,
        }
    }

    /// A finding at what was found, with the place that uses it when it is written elsewhere. `None` when it has no
    /// place.
    pub fn at(found: &Found, message: impl Into<String>) -> Option<Self> {
        let mut finding = Self::new(found.span()?, message);
        if let Some(value) = found.value() {
            finding = finding.used(value);
        }
        Some(finding)
    }

    /// A finding at the use of what was found: at the value itself, or where the output of a nested deployment is taken
    /// that is right in itself.
    pub fn at_use(found: &Found, message: impl Into<String>) -> Option<Self> {
        let steps = found.value().and_then(|value| value.origin.trail.as_deref());
        let mut steps = std::iter::successors(steps, |step| step.next.as_deref());
        let taken = steps.find_map(|step| match &step.via {
            Via::Output(name) => Some((step.span, name)),
            _ => None,
        });
        let Some((span, output)) = taken else { return Self::at(found, message) };
        let finding = Self::new(span, message);
        let finding = match found.span() {
            Some(written) => finding.related(written, format!("this is the output `{output}`")),
            None => finding,
        };
        Some(match found.value() {
            Some(value) => finding.used(value),
            None => finding,
        })
    }

    /// A finding at a part of the string that was found: where the part is written, with the place that uses it when
    /// that is another one. `None` when it has no place.
    pub fn within(found: &Found, text: &Partial, part: Range<usize>, message: impl Into<String>) -> Option<Self> {
        let origin = text.origin(part);
        let finding = Self::new(origin.span.or_else(|| found.span())?, message);
        let trail = found.value().and_then(|value| value.origin.trail.as_deref()).or(origin.trail.as_deref());
        let finding = match trail {
            Some(step) if step.span != finding.primary.span => finding.related(step.span, "used here"),
            _ => finding,
        };
        Some(finding.tells_of(found.value()))
    }

    /// Adds the place that uses `value`, when the finding points at where it is written.
    #[must_use]
    pub fn used(mut self, value: &Value) -> Self {
        if let Some(step) = value.origin.trail.as_deref()
            && step.span != self.primary.span
        {
            self.related.push(Label::new(step.span, "used here"));
        }
        self.tells_of(Some(value))
    }

    /// Marks what the finding tells of `value`, when it may show a secret.
    #[must_use]
    pub fn tells_of(mut self, value: Option<&Value>) -> Self {
        self.of_secret |= value.is_some_and(Value::may_hold_secret);
        self
    }

    /// Says how bad it is.
    #[must_use]
    pub fn severity(mut self, severity: Severity) -> Self {
        self.severity = Some(severity);
        self
    }

    /// Says why this place.
    #[must_use]
    pub fn label(mut self, text: impl Into<String>) -> Self {
        self.primary.text = text.into();
        self
    }

    /// Adds another place.
    #[must_use]
    pub fn related(mut self, span: Span, text: impl Into<String>) -> Self {
        self.related.push(Label::new(span, text));
        self
    }

    /// Says what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds a change that mends it.
    #[must_use]
    pub fn fix(mut self, fix: Option<Fix>) -> Self {
        self.fix = fix;
        self
    }
}
