//! Evaluation of expressions: literals, containers with their copy loops, property access and indexes.

use std::sync::Arc;

use super::call::term;
use super::deployment::DeploymentId;
use super::term::Term;
use super::value::{Key, Kind, Member, Object, Reason, Text, Value};
use super::{Evaluator, references};
use crate::source::Span;
use crate::source::limits::{MAX_COPIES, MAX_VALUE_PARTS};
use crate::syntax::expression::{self as syntax, Expr, ExprKind, Name};

/// Where an expression is evaluated: in which deployment, and inside which loops, lambdas and functions.
#[derive(Debug, Clone)]
pub struct Env {
    /// The deployment whose parameters and variables are meant.
    pub deployment: DeploymentId,
    /// The innermost frame.
    pub(super) frame: Option<Arc<Frame>>,
    /// The nested deployment that the expression is written in, and that evaluates what is left to it.
    pub(super) inner: Option<DeploymentId>,
}

/// What a loop, lambda or user-defined function brings into scope.
#[derive(Debug)]
pub(super) struct Frame {
    pub kind: FrameKind,
    pub outer: Option<Arc<Frame>>,
}

/// The kinds of frame.
#[derive(Debug)]
pub(super) enum FrameKind {
    /// One iteration of a copy loop; `None` names nothing but answers to a bare `copyIndex()`.
    Loop { name: Option<Arc<str>>, of_resource: bool, index: Value },
    /// A variable of a lambda.
    Lambda { name: Arc<str>, value: Value },
    /// A call of a user-defined function: it sees these parameters and nothing outside.
    Function { arguments: Vec<(Arc<str>, Value)> },
}

impl Env {
    /// The top level of a deployment.
    pub fn top(deployment: DeploymentId) -> Self {
        Self { deployment, frame: None, inner: None }
    }

    /// The same place inside one more frame.
    pub(super) fn inside(&self, kind: FrameKind) -> Self {
        Self { frame: Some(Arc::new(Frame { kind, outer: self.frame.clone() })), ..*self }
    }

    /// The same place outside the innermost frame.
    pub(super) fn outside(&self) -> Self {
        let frame = self.frame.as_ref().and_then(|frame| frame.outer.clone());
        Self { frame, ..*self }
    }

    /// The frames, innermost first.
    pub(super) fn frames(&self) -> impl Iterator<Item = &FrameKind> {
        std::iter::successors(self.frame.as_deref(), |frame| frame.outer.as_deref()).map(|frame| &frame.kind)
    }
}

impl<'t> Evaluator<'t> {
    /// The value of `expr` in `env`, in the present world.
    pub fn evaluate(&mut self, expr: &'t Expr, env: &Env) -> Value {
        let value = self.evaluate_base(expr, env);
        self.dereferenced(value, env)
    }

    /// The value of what a property or an element is taken of. A reference stays one, for what is absent or unknown in
    /// its answer is no answer.
    fn evaluate_base(&mut self, expr: &'t Expr, env: &Env) -> Value {
        self.deeper(expr.span, |this| this.evaluate_kind(expr, env).or_at(expr.span))
    }

    /// The value, unless it has grown beyond all bounds. What is used by name can be used many times over.
    pub(super) fn bounded(&self, value: Value, span: Span) -> Value {
        match value.size_within(MAX_VALUE_PARTS) {
            Some(size) if self.budget.take(size) => value,
            _ => Value::undecidable(Reason::TooComplex, span),
        }
    }

    fn evaluate_kind(&mut self, expr: &'t Expr, env: &Env) -> Value {
        match &expr.kind {
            ExprKind::Null => Value::null(),
            ExprKind::Bool(value) => Value::from(*value),
            ExprKind::Integer(value) => Value::from(*value),
            ExprKind::Float(value) => Value::from(*value),
            ExprKind::String(text) => Value::new(Kind::String(Text { value: Arc::clone(text), parts: None })),
            ExprKind::Array(items) => Value::from(items.iter().map(|i| self.evaluate(i, env)).collect::<Vec<_>>()),
            ExprKind::Object(members) => self.evaluate_object(members, env),
            ExprKind::Call { name, args } => self.evaluate_call(name, args, expr.span, env),
            ExprKind::Interpolation { segments, holes } => self.interpolation(segments, holes, expr.span, env),
            ExprKind::Resource { declared, iteration, .. } => {
                self.symbol(*declared, iteration.as_deref(), expr.span, env)
            }
            ExprKind::Property { base, name } => {
                if let ExprKind::Resource { declared, iteration, .. } = &base.kind {
                    return self.symbol_property(*declared, iteration.as_deref(), name, expr.span, env);
                }
                let base = self.evaluate_base(base, env);
                self.check_property(&base, &name.text, name.span);
                self.check_scope_property(&base, &name.text, name.span, env);
                self.property(base, name, expr.span, env)
            }
            ExprKind::Index { base, index: written } => {
                let base = self.evaluate_base(base, env);
                let index = self.evaluate(written, env);
                self.check_index(&base, &index, written.span);
                self.index(base, index, expr.span, env)
            }
            ExprKind::Placeholder { text, default } => self.placeholder(text, default.as_ref(), expr.span),
            ExprKind::Deferred(expr) => {
                let inside = env.inner.map_or_else(|| env.clone(), Env::top);
                self.evaluate(expr, &inside)
            }
            ExprKind::Invalid => Value::undecidable(Reason::Invalid, expr.span),
            ExprKind::TooComplex => Value::undecidable(Reason::TooComplex, expr.span),
        }
    }

    fn evaluate_object(&mut self, members: &'t [syntax::Member], env: &Env) -> Value {
        let mut object = Object::default();
        for member in members {
            if let Some(loops) = property_loops(member) {
                for PropertyLoop { name, count, input } in loops {
                    let value = self.evaluate_loop(count, Some(&name), env, |this, env| this.evaluate(input, env));
                    let key_span = Some(name.span);
                    object.insert(Arc::clone(&name.text), Member { key_span, value: value.or_at(input.span) });
                }
                continue;
            }
            let value = self.evaluate(&member.value, env);
            let member_value = Member { key_span: Some(member.key.span), value };
            if let Some(key) = member.key.as_str() {
                object.insert(key, member_value);
                continue;
            }
            if let Some(key) = Key::new(&self.evaluate(&member.key, env)) {
                object.insert_key(key, member_value);
            }
        }
        Value::object(object)
    }

    /// The array of a copy loop with one element for each iteration.
    pub(super) fn evaluate_loop(
        &mut self,
        count: &'t Expr,
        name: Option<&Name>,
        env: &Env,
        mut element: impl FnMut(&mut Self, &Env) -> Value,
    ) -> Value {
        let at = count.span;
        let count = self.evaluate(count, env);
        match count.as_integer() {
            Some(number) if (0..=MAX_COPIES).contains(&number) => {
                let frame = |index: i64| FrameKind::Loop {
                    name: name.map(|name| Arc::clone(&name.text)),
                    of_resource: false,
                    index: Value::from(index),
                };
                let items: Vec<Value> = (0..number).map(|index| element(self, &env.inside(frame(index)))).collect();
                Value::from(items)
            }
            _ if count.is_unknown() => {
                // What the loop would be if it were written as a call: nothing in the language stands for the loop itself.
                let variable = Value::from(name.map_or("index", |name| &name.text));
                let index = term("lambdaVariables", vec![variable.clone()]);
                let name = name.map(|name| Arc::clone(&name.text));
                let inside = env.inside(FrameKind::Loop { name, of_resource: false, index });
                let element = self.perhaps(|this| element(this, &inside));
                let range = term("range", vec![Value::from(0), count]);
                term("map", vec![range, term("lambda", vec![variable, element])])
            }
            // The deployment fails.
            _ => Value::undecidable(Reason::Invalid, at),
        }
    }

    /// `base.name`, which is written at `span`.
    fn property(&mut self, base: Value, name: &Name, span: Span, env: &Env) -> Value {
        match &base.kind {
            Kind::Object(object) => match object.member(&name.text) {
                Some(Member { key_span, value }) => {
                    let mut value = value.clone();
                    value.origin.trail = value.origin.trail.or(base.origin.trail);
                    match key_span {
                        Some(key) => value.named(*key),
                        None => value,
                    }
                }
                // The deployment would fail; the term says where.
                None => Value::unknown(Term::Property { base, name: Arc::clone(&name.text) }),
            },
            Kind::Unknown(term) => match self.known_property(term, &name.text, span, env) {
                Some(value) => value,
                None => Value::unknown(Term::Property { base, name: Arc::clone(&name.text) }),
            },
            _ => Value::unknown(Term::Property { base, name: Arc::clone(&name.text) }),
        }
    }

    fn index(&mut self, base: Value, index: Value, span: Span, env: &Env) -> Value {
        if let Some(text) = index.as_str() {
            let at = index.origin.span.or(base.origin.span);
            if let Some(at) = at {
                return self.property(base, &Name { text: text.into(), span: at }, span, env);
            }
        }
        if let (Some(items), Some(number)) = (base.as_array(), index.as_integer())
            && let Some(item) = usize::try_from(number).ok().and_then(|number| items.get(number))
        {
            let mut item = item.clone();
            item.origin.trail = item.origin.trail.or(base.origin.trail);
            return item;
        }
        Value::unknown(Term::Index { base, index })
    }

    /// What is known of a property of something unknown.
    fn known_property(&mut self, term: &Term, name: &str, span: Span, env: &Env) -> Option<Value> {
        self.scope_property(term, name, env)
            .or_else(|| references::declared_property(term, name))
            .or_else(|| references::output_property(self, term, name, span, env))
    }
}

/// A loop that makes a property: one element of an object's `copy` array.
pub(super) struct PropertyLoop<'t> {
    pub name: Name,
    pub count: &'t Expr,
    pub input: &'t Expr,
}

/// The loops that the `copy` member of an object declares; `None` for a member that is a plain property.
pub(super) fn property_loops(member: &syntax::Member) -> Option<Vec<PropertyLoop<'_>>> {
    if !member.key.as_str()?.eq_ignore_ascii_case("copy") {
        return None;
    }
    let ExprKind::Array(items) = &member.value.kind else { return None };
    let property_loop = |item| {
        let name: &Expr = Expr::get(item, "name")?;
        let ExprKind::String(text) = &name.kind else { return None };
        let name = Name { text: Arc::clone(text), span: name.span };
        Some(PropertyLoop { name, count: item.get("count")?, input: item.get("input")? })
    };
    items.iter().map(property_loop).collect()
}
