//! Strings with holes, as Bicep writes them: the `format` that the compiler makes of one, with a place for each stretch.

use super::Evaluator;
use super::budget::Budget;
use super::call::term;
use super::expression::Env;
use super::functions::{embedded, scalar};
use super::value::{Kind, Part, Reason, Text, Value};
use crate::source::Span;
use crate::syntax::expression::{Expr, Segment};

impl<'t> Evaluator<'t> {
    /// The string that `segments` and `holes` make in turn.
    pub(super) fn interpolation(&mut self, segments: &[Segment], holes: &'t [Expr], span: Span, env: &Env) -> Value {
        let values: Vec<Value> = holes.iter().map(|hole| self.evaluate(hole, env)).collect();
        let texts: Option<Vec<String>> = values.iter().map(|value| shown(&self.budget, value)).collect();
        if let ([value], true) = (&*values, segments.iter().all(|segment| segment.text.is_empty()))
            && value.as_str().is_some()
        {
            // It is the string itself, wherever that is written.
            return value.clone();
        }
        match texts {
            Some(texts) => {
                let composed = known(segments, &values, &texts, &self.budget);
                composed.unwrap_or_else(|| Value::undecidable(Reason::TooComplex, span))
            }
            None => term("format", [template(segments)].into_iter().chain(values).collect()),
        }
    }
}

/// A value as it stands in a string; `None` when it is not known.
fn shown(budget: &Budget, value: &Value) -> Option<String> {
    match &value.kind {
        Kind::Null => Some(String::new()),
        Kind::Array(_) | Kind::Object(_) => embedded(budget, value),
        _ => scalar(value),
    }
}

/// The string when all is known; `None` for one that `budget` does not pay for.
fn known(segments: &[Segment], values: &[Value], texts: &[String], budget: &Budget) -> Option<Value> {
    let length = segments.iter().map(|segment| segment.text.len()).chain(texts.iter().map(String::len)).sum();
    if !budget.take((segments.len() + texts.len()) * size_of::<Part>()) || !budget.take_text(0, length) {
        return None;
    }
    let mut whole = Whole::default();
    for (at, segment) in segments.iter().enumerate() {
        whole.push(&segment.text, literal(segment));
        if let (Some(text), Some(value)) = (texts.get(at), values.get(at)) {
            whole.push(text, value.clone());
        }
    }
    Some(Value::composed(whole.text, whole.parts))
}

/// The first argument of the `format`: its parts say where each stretch of text is written.
fn template(segments: &[Segment]) -> Value {
    let mut whole = Whole::default();
    for (at, segment) in segments.iter().enumerate() {
        whole.push(&segment.text.replace('{', "{{").replace('}', "}}"), literal(segment));
        if at + 1 < segments.len() {
            whole.push(&format!("{{{at}}}"), Value::null());
        }
    }
    Value::composed(whole.text, whole.parts)
}

fn literal(segment: &Segment) -> Value {
    Value::at(Kind::String(Text { value: segment.text.clone(), parts: None }), segment.span)
}

/// A string and its parts so far.
#[derive(Default)]
struct Whole {
    text: String,
    parts: Vec<Part>,
}

impl Whole {
    fn push(&mut self, text: &str, value: Value) {
        if !text.is_empty() {
            self.text.push_str(text);
            self.parts.push(Part { end: self.text.len(), value });
        }
    }
}
