//! Calls: the functions that see more than their arguments' values, and the way to those that don't.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use foldhash::fast::RandomState;

use super::deployment::DeploymentId;
use super::expression::{Env, FrameKind};
use super::functions::{self, Arguments, Stop};
use super::parameters::is_nothing;
use super::refusal::Refusal;
use super::term::Term;
use super::value::{Kind, Object, Part, Text, Value, Via};
use super::{Evaluator, Slot, built_in_roles, lambda, references};
use crate::source::Span;
use crate::syntax::expression::{Expr, Name};
use crate::template::Looped;

/// A function that the evaluator computes itself: its documented spelling, and fewest and most arguments.
type Signature = (&'static str, usize, usize);

/// The functions that depend on the deployment or evaluate their arguments by need.
const CONTEXTUAL: &[Signature] = &[
    ("and", 2, usize::MAX),
    ("copyIndex", 0, 2),
    ("deployer", 0, 0),
    ("deployment", 0, 0),
    ("environment", 0, 0),
    ("extensionResourceId", 3, usize::MAX),
    ("extensions", 1, 1),
    ("externalInput", 1, 2),
    ("externalInputs", 1, 1),
    ("fail", 1, 1),
    ("filter", 2, 2),
    ("getSecret", 2, 3),
    ("groupBy", 2, 3),
    ("if", 3, 3),
    ("lambda", 1, usize::MAX),
    ("lambdaVariables", 1, 1),
    ("managementGroup", 0, 1),
    ("managementGroupResourceId", 2, usize::MAX),
    ("map", 2, 2),
    ("mapValues", 2, 2),
    ("newGuid", 0, 0),
    ("or", 2, usize::MAX),
    ("parameters", 1, 1),
    ("pickZones", 3, 5),
    ("providers", 1, 2),
    ("reduce", 3, 3),
    ("reference", 1, 3),
    ("references", 1, 3),
    ("resourceGroup", 0, 2),
    ("resourceId", 2, usize::MAX),
    ("resourceInfo", 1, 1),
    ("roleDefinitions", 1, 1),
    ("sort", 2, 2),
    ("subscription", 0, 1),
    ("subscriptionResourceId", 2, usize::MAX),
    ("target", 0, 1),
    ("tenant", 0, 0),
    ("tenantResourceId", 2, usize::MAX),
    ("toLogicalZone", 3, 3),
    ("toLogicalZones", 3, 3),
    ("toObject", 2, 3),
    ("toPhysicalZone", 3, 3),
    ("toPhysicalZones", 3, 3),
    ("utcNow", 0, 1),
    ("variables", 1, 1),
];

/// The signature of each function by its documented spelling.
static SIGNATURES: LazyLock<HashMap<&'static str, Signature, RandomState>> = LazyLock::new(|| {
    let others = functions::all().iter().map(|function| (function.name, function.min, function.max));
    CONTEXTUAL.iter().copied().chain(others).map(|signature| (signature.0, signature)).collect()
});

/// The documented spelling of a function's name with its fewest and most arguments; `None` when there is no such
/// function. `list…` functions are as many as resource providers define.
pub fn signature(name: &str) -> Option<Signature> {
    // Nearly every call spells the name as it is documented.
    if let Some(known) = SIGNATURES.get(name) {
        return Some(*known);
    }
    let at = CONTEXTUAL.binary_search_by(|(known, ..)| functions::compare_folded(known, name));
    if let Ok(at) = at {
        return Some(CONTEXTUAL[at]);
    }
    if let Some(function) = functions::lookup(name) {
        return Some((function.name, function.min, function.max));
    }
    let is_list = name.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("list"));
    is_list.then_some(("list*", 1, 3))
}

/// The names of all functions, in their documented spelling.
pub fn names() -> impl Iterator<Item = &'static str> {
    CONTEXTUAL.iter().map(|(name, ..)| *name).chain(functions::all().iter().map(|function| function.name))
}

/// A call as it is written.
#[derive(Debug, Clone, Copy)]
pub(super) struct Written<'t> {
    pub name: &'t Name,
    pub args: &'t [Expr],
}

impl<'t> Evaluator<'t> {
    pub(super) fn evaluate_call(&mut self, name: &'t Name, args: &'t [Expr], span: Span, env: &Env) -> Value {
        if name.text.contains('.') {
            return self.call_user_function(name, args, span, env);
        }
        let folded = name.text.to_ascii_lowercase();
        match (folded.as_str(), args) {
            ("if", [written, yes, no]) => {
                let condition = self.evaluate(written, env);
                self.check_boolean("if", 0, &condition, written.span);
                match condition.as_bool() {
                    Some(true) => self.operand(yes, env),
                    Some(false) => self.operand(no, env),
                    None => {
                        let (yes, no) = self.perhaps(|this| (this.operand(yes, env), this.operand(no, env)));
                        term("if", vec![condition, yes, no])
                    }
                }
            }
            ("and", [_, _, ..]) => self.junction("and", false, args, env),
            ("or", [_, _, ..]) => self.junction("or", true, args, env),
            ("parameters", [name]) => self.call_parameter(name, span, env),
            ("variables", [name]) => self.call_variable(name, span, env),
            ("lambdavariables", [name]) => lambda::variable(self, name, env),
            ("filter" | "map" | "reduce" | "sort" | "toobject" | "groupby" | "mapvalues", _) => {
                lambda::call(self, Written { name, args }, &folded, env)
            }
            ("copyindex", _) => self.copy_index(args, env),
            // What is not null ends it.
            ("coalesce", [first, rest @ ..]) => {
                let first = self.operand(first, env);
                let rest = self.perhaps(|this| rest.iter().map(|arg| this.operand(arg, env)).collect::<Vec<_>>());
                self.call_with_values(
                    Written { name, args },
                    &folded,
                    std::iter::once(first).chain(rest).collect(),
                    env,
                )
            }
            _ => {
                let values: Vec<Value> = args.iter().map(|arg| self.operand(arg, env)).collect();
                self.call_with_values(Written { name, args }, &folded, values, env)
            }
        }
    }

    fn call_with_values(&mut self, written: Written<'t>, folded: &str, args: Vec<Value>, env: &Env) -> Value {
        let name = written.name;
        if signature(&name.text).is_some_and(|(_, min, max)| !(min..=max).contains(&args.len())) {
            return term(&name.text, args);
        }
        match folded {
            "resourceid"
            | "subscriptionresourceid"
            | "tenantresourceid"
            | "managementgroupresourceid"
            | "extensionresourceid" => {
                self.check_id_arguments(written, &name.text, &args, env);
                self.resource_id_call(folded, args, env)
            }
            "fail" => {
                self.check_fail(written, &args);
                self.apply_written(written, args)
            }
            "reference" => {
                self.check_reference(written, &args);
                references::reference(self, args, env)
            }
            "tryget" => {
                let resolved = references::try_get(self, &args, env);
                match resolved.as_deref() {
                    Some([found]) => found.clone(),
                    _ => self.apply_written(written, resolved.unwrap_or(args)),
                }
            }
            "references" => references::references(self, args, env),
            "resourceinfo" => references::resource_info(self, args, env),
            "roledefinitions" => self.role_definition(args, env),
            _ if self.waits_for(folded, &args) => {
                term(signature(&name.text).map_or(&name.text, |(known, ..)| known), args)
            }
            "empty" if args.first().is_some_and(|value| self.is_given(value)) => Value::from(false),
            "equals" if self.differ_by_being_given(&args) => Value::from(false),
            "coalesce" if args.first().is_some_and(|value| self.is_given(value)) => {
                args.into_iter().next().unwrap_or_default()
            }
            "utcnow" => self.utc_now(args),
            "replace" => self.replaced(&args).unwrap_or_else(|| self.apply_written(written, args)),
            "readenvironmentvariable" => self.environment_variable(args),
            _ if folded.starts_with("list") => {
                let mut args = args;
                if let Some(id) = args.first().and_then(|symbol| references::id_of_symbol(self, symbol, env)) {
                    args[0] = id;
                }
                self.apply_written(written, args)
            }
            _ => self.apply_written(written, args),
        }
    }

    /// Whether one of two values is nothing and the other something, though nobody knows what.
    fn differ_by_being_given(&mut self, args: &[Value]) -> bool {
        match args {
            [one, other] if is_nothing(one) => self.is_given(other),
            [one, other] if is_nothing(other) => self.is_given(one),
            _ => false,
        }
    }

    /// A variable of the environment that a parameter file is compiled in; its default, when all that will be known is.
    fn environment_variable(&self, args: Vec<Value>) -> Value {
        let context = self.context();
        let found = args.first().and_then(Value::as_str).and_then(|name| context.environment.get(name));
        match (found, args.as_slice()) {
            (Some(text), _) => Value::from(text.as_str()),
            (None, [_, default]) if context.settled => default.clone(),
            _ => term("readEnvironmentVariable", args),
        }
    }

    /// `roleDefinitions('name')`: the ids of a built-in role.
    fn role_definition(&mut self, args: Vec<Value>, env: &Env) -> Value {
        let found = args.first().and_then(Value::as_str).and_then(built_in_roles::definition_of);
        let Some(definition) = found else { return term("roleDefinitions", args) };
        // Both are written where the name is.
        let origin = args.first().map(|name| name.origin.clone()).unwrap_or_default();
        let definition = Value { origin: origin.clone(), ..Value::from(definition) };
        let id = vec![Value::from("Microsoft.Authorization/roleDefinitions"), definition.clone()];
        let id = Value { origin, ..self.resource_id_call("subscriptionresourceid", id, env) };
        Value::object(Object::from_iter([("id", id), ("roleDefinitionId", definition)]))
    }

    /// `and` and `or`: an argument that decides ends the evaluation, and one that is no boolean fails.
    fn junction(&mut self, name: &str, decisive: bool, args: &'t [Expr], env: &Env) -> Value {
        let mut open = Vec::new();
        for (at, arg) in args.iter().enumerate() {
            let is_open = !open.is_empty();
            let value = if is_open { self.perhaps(|it| it.evaluate(arg, env)) } else { self.evaluate(arg, env) };
            match value.as_bool() {
                Some(known) if known == decisive => return Value::from(decisive),
                Some(_) => {}
                None if value.is_unknown() => open.push(value),
                None => {
                    self.check_boolean(name, at, &value, arg.span);
                    let rest = &args[at + 1..];
                    let rest: Vec<Value> =
                        self.perhaps(|this| rest.iter().map(|arg| this.evaluate(arg, env)).collect());
                    return term(name, open.into_iter().chain([value]).chain(rest).collect());
                }
            }
        }
        match open.len() {
            0 => Value::from(!decisive),
            1 => open.remove(0),
            _ => term(name, open),
        }
    }

    fn call_parameter(&mut self, name: &'t Expr, span: Span, env: &Env) -> Value {
        let name = self.evaluate(name, env);
        let Some(text) = name.as_str() else { return term("parameters", vec![name]) };
        for frame in env.frames() {
            if let FrameKind::Function { arguments } = frame {
                let found = arguments.iter().find(|(name, _)| name.eq_ignore_ascii_case(text));
                return found.map_or_else(|| term("parameters", vec![Value::from(text)]), |(_, value)| value.clone());
            }
        }
        let template = self.deployment(env.deployment).template;
        match template.parameter(text) {
            Some(index) => {
                let parameter = &template.parameters[index];
                let name = Arc::clone(&parameter.name.text);
                let via = if parameter.secure { Via::Secret } else { Via::Parameter(name) };
                self.parameter(env.deployment, index).via(span, via)
            }
            None => term("parameters", vec![Value::from(text)]),
        }
    }

    fn call_variable(&mut self, name: &'t Expr, span: Span, env: &Env) -> Value {
        let name = self.evaluate(name, env);
        let Some(text) = name.as_str() else { return term("variables", vec![name]) };
        let template = self.deployment(env.deployment).template;
        match template.variable(text) {
            Some(index) => {
                let via = Via::Variable(Arc::clone(&template.variables[index].name.text));
                self.variable(env.deployment, index).via(span, via)
            }
            None => term("variables", vec![Value::from(text)]),
        }
    }

    /// The value of a variable.
    pub fn variable(&mut self, deployment: DeploymentId, index: usize) -> Value {
        let current = self.deployment(deployment);
        let variable = &current.template.variables[index];
        let env = current.outer.clone().unwrap_or_else(|| Env::top(deployment));
        self.memoised(Slot::Variable(deployment, index), variable.name.span, |this| {
            this.looped(&variable.value, &env).named(variable.name.span)
        })
    }

    /// The value of something that may be made by a loop.
    pub fn looped(&mut self, looped: &'t Looped, env: &Env) -> Value {
        match looped {
            Looped::Once(value) => self.evaluate(value, env),
            Looped::Each { copy, input } => self
                .evaluate_loop(&copy.count, copy.name.as_ref(), env, |this, env| this.evaluate(input, env))
                .or_at(input.span),
        }
    }

    fn call_user_function(&mut self, name: &'t Name, args: &'t [Expr], span: Span, env: &Env) -> Value {
        let mut values = Vec::with_capacity(args.len());
        for arg in args {
            let value = self.operand(arg, env);
            values.push(self.bounded(value, arg.span));
        }
        let Some(function) = self.deployment(env.deployment).template.function(&name.text) else {
            return term(&name.text, values);
        };
        let arguments = function.parameters.iter().map(|name| Arc::clone(&name.text)).zip(values).collect();
        let inside = Env::top(env.deployment).inside(FrameKind::Function { arguments });
        self.evaluate(&function.output, &inside).or_at(span)
    }

    fn copy_index(&mut self, args: &'t [Expr], env: &Env) -> Value {
        let values: Vec<Value> = args.iter().map(|arg| self.evaluate(arg, env)).collect();
        let name = values.first().and_then(Value::as_str);
        let offset = values.iter().find_map(Value::as_integer).unwrap_or(0);
        let loops = || {
            env.frames().filter_map(|frame| match frame {
                FrameKind::Loop { name, of_resource, index } => Some((name, *of_resource, index)),
                _ => None,
            })
        };
        // Without a name, the resource's own loop is meant; outside resources there is only one loop to mean.
        let found = match name {
            Some(wanted) => {
                loops().find(|(name, ..)| name.as_ref().is_some_and(|name| name.eq_ignore_ascii_case(wanted)))
            }
            None => loops().find(|(_, of_resource, _)| *of_resource).or_else(|| loops().next()),
        };
        match found.map(|(_, _, index)| index) {
            Some(index) if index.is_unknown() && offset == 0 => index.clone(),
            Some(index) if index.is_unknown() => term("add", vec![index.clone(), Value::from(offset)]),
            Some(index) => match index.as_integer().and_then(|index| index.checked_add(offset)) {
                Some(index) => Value::from(index),
                None => term("copyIndex", values),
            },
            None => term("copyIndex", values),
        }
    }

    /// Applies the function of a call that depends on nothing but its arguments, and notes what is wrong with these.
    fn apply_written(&mut self, written: Written<'t>, args: Vec<Value>) -> Value {
        if !self.watch.tells_refusals() {
            return self.apply(&written.name.text, args);
        }
        // What a function takes may depend on what is not known, and of what is secret nobody is told anything.
        let is_secret =
            |arg: &Value| arg.secret_inside().is_some() && (arg.as_str().is_none() || self.is_secret_text(arg));
        let is_open = args.iter().any(|arg| arg.is_unknown() || varies(arg) || is_secret(arg));
        let written_at: Vec<Option<Span>> = args.iter().map(|arg| arg.origin.span).collect();
        let (value, refused) = self.applied(&written.name.text, args);
        // An odd number of them is told from the text.
        let is_counted = written.name.is("createObject") && !written.args.len().is_multiple_of(2);
        if let Some((argument, message)) = refused.filter(|_| !is_open && !is_counted) {
            let at = if written.args.len() == 1 { Some(0) } else { argument };
            let span = at.and_then(|at| written.args.get(at)).map_or(written.name.span, |argument| argument.span);
            let because = at.and_then(|at| written_at.get(at).copied().flatten());
            self.refuse_value(Refusal::Argument, span, message, because);
        }
        value
    }

    /// Applies a function that depends on nothing but its arguments.
    pub(super) fn apply(&self, name: &str, args: Vec<Value>) -> Value {
        self.applied(name, args).0
    }

    /// What a function returns, and, if it is refused, the argument that is to blame and why.
    fn applied(&self, name: &str, args: Vec<Value>) -> (Value, Option<(Option<usize>, String)>) {
        let Some(function) = functions::lookup(name) else {
            let spelling = signature(name).map_or(name, |(known, ..)| if known == "list*" { name } else { known });
            return (term(spelling, args), None);
        };
        if !self.budget.take_look(&args) {
            return (term(function.name, args), None);
        }
        let value = match (function.apply)(&Arguments::new(function.name, &args, &self.budget)) {
            Ok(Value { kind: Kind::String(Text { value, parts: None }), origin }) if args.iter().any(varies) => {
                Value { origin, ..changing(value, function.name, args) }
            }
            Ok(_)
                if DISGUISING.contains(&function.name)
                    && args.first().is_some_and(|text| self.is_secret_text(text)) =>
            {
                term(function.name, args)
            }
            Ok(mut value) => {
                if value.origin.trail.is_none() {
                    value.origin.trail = match &value.kind {
                        Kind::String(_) => args.iter().find_map(Value::secret_inside).cloned(),
                        // What an argument holds keeps its own trail.
                        Kind::Array(_) | Kind::Object(_) => args.iter().find_map(Value::secret).cloned(),
                        _ => None,
                    };
                }
                value
            }
            Err(Stop::Unknown) => term(function.name, args),
            Err(Stop::Invalid { argument, message }) => {
                return (term(function.name, args), Some((argument, message)));
            }
        };
        (value, None)
    }

    /// Whether a value is a text that nobody may see. An empty one shows nothing, where it is certain that it stays so:
    /// without a parameter file, whoever deploys fills it in.
    fn is_secret_text(&self, value: &Value) -> bool {
        let is_text = |text: &str| !text.is_empty() || self.inputs.parameter_files.is_empty();
        value.as_str().is_some_and(is_text) && value.secret().is_some()
    }

    fn utc_now(&self, args: Vec<Value>) -> Value {
        let format = args.first().map_or(Some("yyyyMMddTHHmmssZ"), Value::as_str);
        match self.context().now.zip(format).map(|(now, format)| functions::format_utc(now, format)) {
            Some(Ok(text)) => changing(text.into(), "utcNow", args),
            _ => term("utcNow", args),
        }
    }
}

/// Functions that show a text in another form, or a part of it, by which nobody would know a secret to be masked.
const DISGUISING: [&str; 11] = [
    "base64",
    "base64ToString",
    "dataUri",
    "dataUriToString",
    "replace",
    "skip",
    "split",
    "substring",
    "take",
    "uriComponent",
    "uriComponentToString",
];

/// A string that is known at the time of the check and yet another at each deployment.
fn changing(value: Arc<str>, name: &str, args: Vec<Value>) -> Value {
    let part = Part { end: value.len(), value: term(name, args) };
    Value::new(Kind::String(Text { value, parts: Some([part].into()) }))
}

/// Whether a value differs from one deployment of the same template to the next.
pub fn varies(value: &Value) -> bool {
    match &value.kind {
        Kind::String(Text { parts: Some(parts), .. }) => {
            parts.iter().any(|part| part.value.is_unknown() || varies(&part.value))
        }
        Kind::Unknown(term) => match term.as_ref() {
            Term::Call { name, args } => {
                name.eq_ignore_ascii_case("newGuid") || name.eq_ignore_ascii_case("utcNow") || args.iter().any(varies)
            }
            Term::Property { base, .. } => varies(base),
            Term::Index { base, index } => varies(base) || varies(index),
            // Nobody can tell; whoever asks for a constant has to ask whether it is known, too.
            Term::Placeholder(_) => false,
        },
        Kind::Array(items) => items.iter().any(varies),
        Kind::Object(object) => object.iter().any(|(_, member)| varies(&member.value)),
        _ => false,
    }
}

/// Functions whose values are those of the place that is deployed to.
const OF_THE_PLACE: [&str; 6] =
    ["environment", "managementGroup", "resourceGroup", "resourceInfo", "subscription", "tenant"];

/// Whether an unknown value is the same at each deployment to one place. Of a parameter `names_the_place` says whether
/// it is.
pub fn is_settled(value: &Value, names_the_place: &dyn Fn(&str) -> bool) -> bool {
    let inside = |value: &Value| is_settled(value, names_the_place);
    match &value.kind {
        Kind::Unknown(term) => match term.as_ref() {
            Term::Call { name, args } if name.eq_ignore_ascii_case("parameters") => {
                matches!(args.as_slice(), [name] if name.as_str().is_some_and(names_the_place))
            }
            Term::Call { name, args } => {
                let is_of_place = OF_THE_PLACE.iter().any(|known| known.eq_ignore_ascii_case(name));
                let is_of_arguments =
                    functions::lookup(name).is_some() || name.to_ascii_lowercase().ends_with("resourceid");
                (is_of_place || is_of_arguments) && args.iter().all(inside)
            }
            Term::Property { base, .. } => inside(base),
            Term::Index { base, index } => inside(base) && inside(index),
            Term::Placeholder(_) => false,
        },
        Kind::Undecidable(_) => false,
        Kind::Array(items) => items.iter().all(inside),
        Kind::Object(object) => object.iter().all(|(_, member)| inside(&member.value)),
        _ => !varies(value),
    }
}

/// The call `name(args…)` as an unknown value.
pub(super) fn term(name: &str, args: Vec<Value>) -> Value {
    Value::unknown(Term::Call { name: name.into(), args })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_contextual_functions_are_sorted_for_the_search() {
        assert!(CONTEXTUAL.is_sorted_by(|(a, ..), (b, ..)| functions::compare_folded(a, b).is_lt()));
        assert_eq!(signature("COPYINDEX"), Some(("copyIndex", 0, 2)));
        assert_eq!(signature("listKeys"), Some(("list*", 1, 3)));
        assert_eq!(signature("list"), Some(("list*", 1, 3)));
        assert_eq!(signature("listing_of_nothing_else").map(|(name, ..)| name), Some("list*"));
        assert_eq!(signature("nope"), None);
    }
}
