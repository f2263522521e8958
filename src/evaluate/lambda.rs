//! The functions that take a lambda: `filter`, `map`, `reduce`, `sort`, `toObject`, `groupBy`, `mapValues`.

use std::sync::Arc;

use indexmap::IndexMap;

use super::Evaluator;
use super::call::{Written, signature, term};
use super::expression::{Env, FrameKind};
use super::functions::type_name;
use super::refusal::Refusal;
use super::value::{Key, Kind, Member, Object, Value};
use crate::source::Span;
use crate::syntax::expression::{Expr, ExprKind};

/// A lambda: the names of its variables and its body.
#[derive(Debug, Clone, Copy)]
struct Lambda<'t> {
    names: &'t [Expr],
    body: &'t Expr,
}

impl<'t> Lambda<'t> {
    fn of(expr: &'t Expr) -> Option<Self> {
        match &expr.kind {
            ExprKind::Call { name, args } if name.is("lambda") => {
                let (body, names) = args.split_last()?;
                names.iter().all(|name| name.as_str().is_some()).then_some(Self { names, body })
            }
            _ => None,
        }
    }

    fn apply(&self, evaluator: &mut Evaluator<'t>, arguments: &[Value], env: &Env) -> Value {
        let mut env = env.clone();
        for (variable, value) in self.names.iter().zip(arguments) {
            if let ExprKind::String(name) = &variable.kind {
                let value = evaluator.bounded(value.clone(), variable.span);
                env = env.inside(FrameKind::Lambda { name: Arc::clone(name), value });
            }
        }
        evaluator.operand(self.body, &env)
    }

    /// What the lambda of `function` has returned, which has to be a boolean.
    fn boolean(&self, evaluator: &mut Evaluator<'t>, function: &str, returned: &Value) -> Option<bool> {
        let boolean = returned.as_bool();
        if boolean.is_none() {
            evaluator.check_returned(function, "a boolean", returned, self.body.span);
        }
        boolean
    }

    /// The lambda as a term, with its variables left open.
    fn to_value(self, evaluator: &mut Evaluator<'t>, env: &Env) -> Value {
        let names: Vec<Value> = self.names.iter().filter_map(Expr::as_str).map(Value::from).collect();
        let open: Vec<Value> = names.iter().map(|name| term("lambdaVariables", vec![name.clone()])).collect();
        let body = evaluator.perhaps(|evaluator| self.apply(evaluator, &open, env));
        term("lambda", names.into_iter().chain([body]).collect())
    }
}

/// `lambdaVariables('name')`.
pub(super) fn variable<'t>(evaluator: &mut Evaluator<'t>, name: &'t Expr, env: &Env) -> Value {
    let name = evaluator.evaluate(name, env);
    let found = env.frames().find_map(|frame| match frame {
        FrameKind::Lambda { name: known, value } if name.as_str() == Some(known) => Some(value.clone()),
        _ => None,
    });
    found.unwrap_or_else(|| term("lambdaVariables", vec![name]))
}

/// A call of one of the functions of this file, by its folded name.
pub(super) fn call<'t>(evaluator: &mut Evaluator<'t>, written: Written<'t>, folded: &str, env: &Env) -> Value {
    let args = written.args;
    let (spelling, least, most) = signature(folded).unwrap_or(("", 0, 0));
    let known = args.split_first().and_then(|(subject, rest)| {
        let span = subject.span;
        let subject = evaluator.operand(subject, env);
        if (least..=most).contains(&args.len()) {
            check(evaluator, spelling, &subject, span, rest);
        }
        compute(evaluator, folded, &subject, rest, env)
    });
    known.unwrap_or_else(|| {
        let values = args
            .iter()
            .map(|arg| match Lambda::of(arg) {
                Some(lambda) => lambda.to_value(evaluator, env),
                None => evaluator.operand(arg, env),
            })
            .collect();
        term(spelling, values)
    })
}

/// Notes what is wrong with the arguments of `function`, of which `subject` stands at `span`.
fn check(evaluator: &mut Evaluator<'_>, function: &str, subject: &Value, span: Span, rest: &[Expr]) {
    let is_taken = match &subject.kind {
        Kind::Array(_) => function != "mapValues",
        Kind::Object(_) => function == "mapValues",
        _ => subject.is_unknown(),
    };
    if !is_taken && subject.secret_inside().is_none() {
        let wanted = if function == "mapValues" { "an object" } else { "an array" };
        let message = format!("argument 1 of `{function}` must be {wanted}, not {}", type_name(&subject.kind));
        return evaluator.refuse(Refusal::Argument, span, message);
    }
    let lambdas = if function == "reduce" { rest.get(1..) } else { Some(rest) };
    for (at, arg) in lambdas.unwrap_or_default().iter().enumerate() {
        if Lambda::of(arg).is_none() && !matches!(arg.kind, ExprKind::Invalid | ExprKind::TooComplex) {
            let at = args_before(function) + at + 1;
            return evaluator.refuse(
                Refusal::Argument,
                arg.span,
                format!("argument {at} of `{function}` must be a lambda"),
            );
        }
    }
}

/// How many arguments stand before the first lambda.
fn args_before(function: &str) -> usize {
    if function == "reduce" { 2 } else { 1 }
}

fn compute<'t>(
    evaluator: &mut Evaluator<'t>,
    folded: &str,
    subject: &Value,
    rest: &'t [Expr],
    env: &Env,
) -> Option<Value> {
    let lambda = Lambda::of(rest.last()?)?;
    // What takes one variable is not tried with more.
    let is_single = |arg: &Expr| Lambda::of(arg).is_none_or(|lambda| lambda.names.len() < 2);
    if matches!(folded, "groupby" | "mapvalues" | "toobject") && !rest.iter().all(is_single) {
        return None;
    }
    let size = subject.as_array().map(<[Value]>::len).or_else(|| Some(subject.as_object()?.len()))?;
    if !evaluator.budget.take_elements(0, size) {
        return None;
    }
    let items = || subject.as_array().map(|items| items.iter().enumerate());
    match folded {
        "map" => {
            let apply = |(index, item): (usize, &Value)| lambda.apply(evaluator, &[item.clone(), number(index)], env);
            Some(Value::from(items()?.map(apply).collect::<Vec<_>>()))
        }
        "filter" => {
            let mut kept = Vec::new();
            for (index, item) in items()? {
                let keeps = lambda.apply(evaluator, &[item.clone(), number(index)], env);
                if lambda.boolean(evaluator, "filter", &keeps)? {
                    kept.push(item.clone());
                }
            }
            Some(Value::from(kept))
        }
        "reduce" => {
            let mut current = evaluator.operand(rest.first()?, env);
            for (index, item) in items()? {
                current = lambda.apply(evaluator, &[current, item.clone(), number(index)], env);
            }
            Some(current)
        }
        "sort" => sort(evaluator, subject.as_array()?, lambda, env),
        "toobject" => {
            let key = Lambda::of(rest.first()?)?;
            let mut object = Object::default();
            for (_, item) in items()? {
                let name = key.apply(evaluator, std::slice::from_ref(item), env);
                let value = match rest {
                    [_, _] => lambda.apply(evaluator, std::slice::from_ref(item), env),
                    _ => item.clone(),
                };
                let Some(key) = Key::new(&name) else {
                    evaluator.check_returned("toObject", "a string", &name, key.body.span);
                    return None;
                };
                // Keys are told apart without regard to case.
                if key.open().is_none() && object.get(key.text()).is_some() {
                    let message = "the lambda of `toObject` returns the same key twice";
                    evaluator.refuse(Refusal::Argument, rest.first()?.span, message);
                    return None;
                }
                object.insert_key(key, Member { key_span: None, value });
            }
            Some(Value::object(object))
        }
        "groupby" => {
            let key = Lambda::of(rest.first()?)?;
            let mut groups: IndexMap<String, (String, Vec<Value>)> = IndexMap::new();
            for (index, item) in items()? {
                let arguments = [item.clone(), number(index)];
                let name = key.apply(evaluator, &arguments, env);
                let Some(name) = name.as_str() else {
                    evaluator.check_returned("groupBy", "a string", &name, key.body.span);
                    return None;
                };
                let value = match rest {
                    [_, _] => lambda.apply(evaluator, &arguments, env),
                    _ => item.clone(),
                };
                let group = groups.entry(name.to_lowercase()).or_insert_with(|| (name.to_owned(), Vec::new()));
                group.1.push(value);
            }
            Some(Value::object(groups.into_values().map(|(key, group)| (key, Value::from(group))).collect()))
        }
        "mapvalues" => {
            let mut object = Object::default();
            for (key, member) in subject.as_object()?.entries() {
                let value = lambda.apply(evaluator, std::slice::from_ref(&member.value), env);
                object.insert_key(key.clone(), Member { key_span: member.key_span, value });
            }
            Some(Value::object(object))
        }
        _ => None,
    }
}

/// Sorts by a lambda that says whether the first of two elements comes first.
fn sort<'t>(evaluator: &mut Evaluator<'t>, items: &[Value], lambda: Lambda<'t>, env: &Env) -> Option<Value> {
    let mut sorted: Vec<Value> = Vec::with_capacity(items.len());
    for item in items {
        let (mut low, mut high) = (0, sorted.len());
        while low < high {
            let middle = low.midpoint(high);
            let before = lambda.apply(evaluator, &[item.clone(), sorted[middle].clone()], env);
            // Equal elements keep their order: the new one goes after every one that it does not precede.
            if lambda.boolean(evaluator, "sort", &before)? && !precedes(evaluator, lambda, &sorted[middle], item, env)?
            {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        sorted.insert(low, item.clone());
    }
    Some(Value::from(sorted))
}

/// Whether the lambda also says so the other way round: `<=` does for equal elements.
fn precedes<'t>(
    evaluator: &mut Evaluator<'t>,
    lambda: Lambda<'t>,
    first: &Value,
    second: &Value,
    env: &Env,
) -> Option<bool> {
    lambda.apply(evaluator, &[first.clone(), second.clone()], env).as_bool()
}

fn number(index: usize) -> Value {
    Value::new(Kind::Integer(i64::try_from(index).unwrap_or(i64::MAX)))
}
