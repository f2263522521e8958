//! The values of parameters: given by a file, an argument, a default, or open among finitely many.

use std::sync::Arc;

use super::call::term;
use super::deployment::{Arguments, Deployment, DeploymentId};
use super::expression::Env;
use super::term::Term;
use super::value::{Kind, Member, Object, Value, Via};
use super::world::{Choice, ChoiceId, Subject};
use super::{Evaluator, Inputs, Slot, switches};
use crate::source::Span;
use crate::source::limits::MAX_WORLDS;
use crate::syntax::expression::{self, Expr, ExprKind};
use crate::template::{Assignment, Parameter, ParameterFile, ParameterType};

impl<'t> Evaluator<'t> {
    /// The value of a parameter in the present world.
    pub fn parameter(&mut self, deployment: DeploymentId, index: usize) -> Value {
        let parameter = &self.deployment(deployment).template.parameters[index];
        self.memoised(Slot::Parameter(deployment, index), parameter.name.span, |this| {
            let value = this.parameter_value(deployment, index, parameter);
            let hides = this.context().hide_secrets;
            if parameter.secure {
                // What is given stays unknown to a prediction, be it empty.
                let is_given = || this.is_predicting() && !value.is_null() && this.is_given_to(deployment, index);
                return if hides && (is_secret(&value) || is_given()) { unknown(parameter) } else { value };
            }
            if parameter.secure_parts.is_empty() {
                return value;
            }
            let hides = match hides {
                true if this.is_predicting() && this.is_given_to(deployment, index) => Hides::Given,
                true => Hides::Secrets,
                false => Hides::Nothing,
            };
            let mark = |value, path: &Vec<Arc<str>>| with_secret_part(value, path, unknown(parameter), hides);
            parameter.secure_parts.iter().fold(value, mark)
        })
    }

    /// Whether a parameter is given a value, not left to its default.
    fn is_given_to(&self, deployment: DeploymentId, index: usize) -> bool {
        let current = self.deployment(deployment);
        match &current.arguments {
            Arguments::Root => self.may_be_given(index),
            Arguments::Nested { values, .. } => {
                let name = &current.template.parameters[index].name.text;
                values.is_some_and(|values| values.member(name).is_some())
            }
        }
    }

    fn parameter_value(&mut self, deployment: DeploymentId, index: usize, parameter: &'t Parameter) -> Value {
        match self.deployment(deployment).arguments.clone() {
            Arguments::Root => self.root_parameter(deployment, index, parameter),
            Arguments::Nested { values, env } => match self.argument(values, &parameter.name.text, &env) {
                Some(value) if value.is_unknown() => self.open(deployment, index, parameter, value),
                Some(value) if stands_for_nothing(&value, parameter) => self.default(deployment, index, parameter),
                Some(value) => value,
                None => self.default(deployment, index, parameter),
            },
        }
    }

    /// Whether nobody gives the parameter a value in the present world, so that its default counts.
    pub(super) fn takes_default(&mut self, deployment: DeploymentId, index: usize) -> bool {
        let current = self.deployment(deployment);
        let name = &current.template.parameters[index].name.text;
        match &current.arguments {
            Arguments::Root => {
                let is_set = |file: &ParameterFile| file.assignment(name).is_some();
                let inputs = self.inputs;
                !inputs.overrides.is_some_and(is_set)
                    && match inputs.parameter_files {
                        [] => true,
                        [(_, only)] => !is_set(only),
                        several => {
                            let choice = self.file_choice();
                            !is_set(several[self.worlds.decide(choice) as usize].1)
                        }
                    }
            }
            Arguments::Nested { values: None, .. } => true,
            Arguments::Nested { values: Some(values), .. } => {
                matches!(values.kind, ExprKind::Object(_)) && values.member(name).is_none()
            }
        }
    }

    /// Whether a file or the command line gives a value to the parameter of the outermost template.
    pub(super) fn may_be_given(&self, index: usize) -> bool {
        self.assignments(index).next().is_some()
    }

    /// What files or the command line give to the parameter of the outermost template.
    pub(super) fn assignments(&self, index: usize) -> impl Iterator<Item = &'t Assignment> + use<'t> {
        let Inputs { template, parameter_files, overrides, .. } = self.inputs;
        let name = &template.parameters[index].name.text;
        let files = parameter_files.iter().map(|(_, file)| *file).chain(overrides);
        files.filter_map(|file| file.assignment(name))
    }

    /// Which of several parameter files is deployed with.
    pub(super) fn file_choice(&mut self) -> ChoiceId {
        let files = self.inputs.parameter_files;
        *self.file_choice.get_or_insert_with(|| {
            let alternatives = files.iter().map(|(name, _)| Arc::clone(name)).collect();
            self.worlds.add(Choice { subject: Subject::ParameterFile, alternatives, beyond: 0 })
        })
    }

    /// The value that a parameter is given in the present world, and where; `None` when there is none.
    pub(super) fn given(&mut self, deployment: DeploymentId, parameter: &'t Parameter) -> Option<(Value, Span)> {
        let name = &parameter.name.text;
        match self.deployment(deployment).arguments.clone() {
            Arguments::Nested { values, env } => {
                let value = self.argument(values, name, &env)?;
                let written = values?;
                Some((value, written.member(name).map_or(written.span, |member| member.key.span)))
            }
            Arguments::Root => {
                let inputs = self.inputs;
                let over = inputs.overrides.and_then(|file| file.assignment(name));
                let (assignment, env) = match (over, inputs.parameter_files) {
                    (Some(assignment), _) => (assignment, Env::top(DeploymentId::ROOT)),
                    (None, []) => return None,
                    (None, files) => {
                        let at = if files.len() == 1 {
                            0
                        } else {
                            let choice = self.file_choice();
                            self.worlds.decide(choice) as usize
                        };
                        let file = files[at].1;
                        (file.assignment(name)?, Env::top(self.names_of(file)))
                    }
                };
                let value =
                    assignment.value.as_ref().map(|value| self.evaluate(value, &env).named(assignment.name.span));
                Some((value.unwrap_or_else(|| unknown(parameter)), assignment.span))
            }
        }
    }

    /// The value that the resource of a nested deployment gives to a parameter.
    fn argument(&mut self, values: Option<&'t Expr>, name: &str, env: &Env) -> Option<Value> {
        let values = values?;
        let given = match values.member(name) {
            Some(expression::Member { key, value: Expr { kind: ExprKind::Object(members), .. } }) => {
                let value = members
                    .iter()
                    .find(|member| member.key.as_str().is_some_and(|key| key.eq_ignore_ascii_case("value")));
                let is_loop = members.iter().any(|member| member.key.as_str() == Some("copy"));
                match value {
                    Some(value) => return Some(self.evaluate(&value.value, env).named(key.span)),
                    None if is_loop => values.get(name).map(|given| self.evaluate(given, env))?,
                    // From a key vault.
                    None => return Some(term("parameters", vec![Value::from(name)])),
                }
            }
            Some(given) => self.evaluate(&given.value, env),
            None if matches!(values.kind, ExprKind::Object(_)) => return None,
            None => match self.evaluate(values, env) {
                values if values.is_unknown() => values,
                values => values.as_object()?.get(name)?.clone(),
            },
        };
        Some(value_given(&given).unwrap_or_else(|| term("parameters", vec![Value::from(name)])))
    }

    fn root_parameter(&mut self, deployment: DeploymentId, index: usize, parameter: &'t Parameter) -> Value {
        let inputs = self.inputs;
        if let Some(assignment) = inputs.overrides.and_then(|file| file.assignment(&parameter.name.text)) {
            return self.assigned(assignment, &Env::top(DeploymentId::ROOT), index, parameter);
        }
        let file = match inputs.parameter_files {
            [] => return self.without_file(deployment, index, parameter),
            [(_, only)] => only,
            several => {
                let choice = self.file_choice();
                several[self.worlds.decide(choice) as usize].1
            }
        };
        match file.assignment(&parameter.name.text) {
            Some(assignment) => {
                let env = Env::top(self.names_of(file));
                self.assigned(assignment, &env, index, parameter)
            }
            None => self.default(deployment, index, parameter),
        }
    }

    /// Where the names in the values of a parameter file are looked up.
    fn names_of(&mut self, file: &'t ParameterFile) -> DeploymentId {
        let Some(names) = &file.names else { return DeploymentId::ROOT };
        if let Some(known) = self.file_names.get(&file.file) {
            return *known;
        }
        let id = self.add_deployment(Deployment::root(Inputs { template: names, ..self.inputs }));
        self.file_names.insert(file.file, id);
        id
    }

    fn assigned(&mut self, assignment: &'t Assignment, env: &Env, index: usize, parameter: &'t Parameter) -> Value {
        match &assignment.value {
            Some(value) => match self.evaluate(value, env) {
                value if stands_for_nothing(&value, parameter) => self.default(DeploymentId::ROOT, index, parameter),
                value if value.is_unknown() => self.open(DeploymentId::ROOT, index, parameter, value),
                value => value.named(assignment.name.span),
            },
            None => unknown(parameter).or_at(assignment.span),
        }
    }

    /// The default; without one, any of the allowed values.
    fn default(&mut self, deployment: DeploymentId, index: usize, parameter: &'t Parameter) -> Value {
        match &parameter.default {
            Some(default) => self.evaluate(default, &Env::top(deployment)).named(parameter.name.span),
            None if parameter.nullable => Value::null().or_at(parameter.name.span),
            None => self.open(deployment, index, parameter, unknown(parameter)),
        }
    }

    /// Nobody says what the parameter will be: the default first, then whatever else is allowed.
    fn without_file(&mut self, deployment: DeploymentId, index: usize, parameter: &'t Parameter) -> Value {
        if !self.is_open(parameter) {
            let default = self.default(deployment, index, parameter);
            return match () {
                () if !is_nothing(&default) => default,
                () if self.is_switch(index) => self.given_or_not(index, parameter, default),
                () if self.context().fills_empty => unknown(parameter),
                () => default,
            };
        }
        let first = match &parameter.default {
            Some(default) => Some(self.evaluate(default, &Env::top(deployment))),
            None if parameter.nullable => Some(Value::null().or_at(parameter.name.span)),
            None => None,
        };
        self.choose(deployment, index, parameter, first)
    }

    /// Whether what is deployed depends on the parameter of the outermost template.
    fn is_switch(&mut self, index: usize) -> bool {
        let Inputs { template, links, context, .. } = self.inputs;
        !context.settled && self.switches.get_or_insert_with(|| switches::of(template, links)).contains(&index)
    }

    /// The empty default of a parameter, and then something that is not empty.
    fn given_or_not(&mut self, index: usize, parameter: &Parameter, default: Value) -> Value {
        let worlds = &mut self.worlds;
        let choice = *self.switch_choices.entry(index).or_insert_with(|| {
            let shown =
                if default.is_null() || default.as_str().is_some() { display(&default) } else { "empty".into() };
            let subject = Subject::Parameter(Arc::clone(&parameter.name.text));
            worlds.add(Choice { subject, alternatives: vec![shown, "not empty".into()], beyond: 0 })
        });
        if worlds.decide(choice) == 0 { default } else { unknown(parameter) }
    }

    /// Whether a value is that of a parameter which is given something in the present world, so that it is not empty.
    pub(super) fn is_given(&mut self, value: &Value) -> bool {
        let Some([name]) = value.as_term().and_then(|term| term.call("parameters")) else { return false };
        let Some(index) = name.as_str().and_then(|name| self.template().parameter(name)) else { return false };
        self.switches.as_ref().is_some_and(|switches| switches.contains(&index))
            && self.switch_choices.get(&index).is_some_and(|choice| self.worlds.decide(*choice) == 1)
    }

    /// A value that is not known, though it must be one of the allowed values.
    fn open(&mut self, deployment: DeploymentId, index: usize, parameter: &'t Parameter, value: Value) -> Value {
        if self.is_open(parameter) { self.choose(deployment, index, parameter, None) } else { value }
    }

    /// Whether a parameter is one of finitely many values, all of which are looked at.
    fn is_open(&self, parameter: &Parameter) -> bool {
        // An array parameter may hold any selection of its allowed values.
        !parameter.secure
            && !self.context().settled
            && match parameter.ty {
                ParameterType::Bool => true,
                ParameterType::Array | ParameterType::Object => false,
                _ => !parameter.allowed.is_empty(),
            }
    }

    fn choose(
        &mut self,
        deployment: DeploymentId,
        index: usize,
        parameter: &'t Parameter,
        first: Option<Value>,
    ) -> Value {
        let Open { choice, values } = match self.parameter_choices.get(&(deployment, index)) {
            Some(open) => open.clone(),
            None => self.open_choice(deployment, index, parameter, first.as_ref()),
        };
        let taken = self.worlds.decide(choice) as usize;
        let value = match first {
            Some(first) if taken == 0 => Some(first),
            // The default may be another one in each world.
            Some(first) => values.iter().filter(|value| **value != first).nth(taken - 1).cloned(),
            None => values.get(taken).cloned(),
        };
        value.unwrap_or_else(|| unknown(parameter))
    }

    /// The choice of a parameter that is met for the first time.
    fn open_choice(
        &mut self,
        deployment: DeploymentId,
        index: usize,
        parameter: &'t Parameter,
        first: Option<&Value>,
    ) -> Open {
        let mut values = Vec::new();
        if parameter.allowed.is_empty() {
            values.extend([true, false].map(|value| Value::from(value).or_at(parameter.name.span)));
        }
        // No question is asked in more worlds.
        let (listed, beyond) = parameter.allowed.split_at(parameter.allowed.len().min(MAX_WORLDS));
        for allowed in listed {
            let value = self.evaluate(allowed, &Env::top(deployment));
            if !values.contains(&value) {
                values.push(value);
            }
        }
        let others = values.iter().filter(|value| Some(*value) != first);
        let choice = Choice {
            subject: Subject::Parameter(Arc::clone(&parameter.name.text)),
            alternatives: first.into_iter().chain(others).map(display).collect(),
            beyond: beyond.len(),
        };
        let open = Open { choice: self.worlds.add(choice), values: values.into() };
        self.parameter_choices.insert((deployment, index), open.clone());
        open
    }
}

/// A parameter whose value is open.
#[derive(Debug, Clone)]
pub(super) struct Open {
    choice: ChoiceId,
    /// The allowed values.
    values: Arc<[Value]>,
}

/// Whether a value given to a parameter means that none is given: the service takes null so when there is a default.
fn stands_for_nothing(value: &Value, parameter: &Parameter) -> bool {
    value.is_null() && !parameter.nullable && parameter.default.is_some()
}

/// Whether a value is one that stands for none.
pub(super) fn is_nothing(value: &Value) -> bool {
    match &value.kind {
        Kind::Null => true,
        Kind::String(text) => text.value.is_empty(),
        Kind::Array(items) => items.is_empty(),
        Kind::Object(object) => object.is_empty(),
        _ => false,
    }
}

/// Whether a value gives anything away: nothing is known of an empty or symbolic one, and a switch is no secret.
fn is_secret(value: &Value) -> bool {
    match &value.kind {
        Kind::Null | Kind::Unknown(_) | Kind::Undecidable(_) | Kind::Bool(_) => false,
        Kind::String(text) => !text.value.is_empty(),
        Kind::Array(items) => items.iter().any(is_secret),
        Kind::Object(object) => object.iter().any(|(_, member)| is_secret(&member.value)),
        Kind::Integer(_) | Kind::Float(_) => true,
    }
}

/// Which secret parts of a value stay symbolic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Hides {
    Nothing,
    /// What gives something away.
    Secrets,
    /// Whatever is there.
    Given,
}

impl Hides {
    fn hides(self, value: &Value) -> bool {
        match self {
            Self::Nothing => false,
            Self::Secrets => is_secret(value),
            Self::Given => !value.is_null(),
        }
    }
}

/// The value, in which what is at `path`, of each element of an array, counts as secret or `hides`; `whole` is the term
/// that stands for the value.
fn with_secret_part(value: Value, path: &[Arc<str>], whole: Value, hides: Hides) -> Value {
    let Some((key, rest)) = path.split_first() else {
        let span = value.origin.span.or(whole.origin.span);
        return match span {
            _ if hides.hides(&value) => whole,
            Some(span) => value.via(span, Via::Secret),
            None => value,
        };
    };
    let object = match &value.kind {
        Kind::Object(object) => object,
        Kind::Array(items) => {
            let element = |(at, item): (usize, &Value)| {
                let index = Value::from(i64::try_from(at).unwrap_or(i64::MAX));
                let term = Value::unknown(Term::Index { base: whole.clone(), index });
                let term = whole.origin.span.into_iter().fold(term, Value::or_at);
                with_secret_part(item.clone(), path, term, hides)
            };
            let items: Vec<Value> = items.iter().enumerate().map(element).collect();
            return Value { kind: Kind::Array(Arc::new(items)), origin: value.origin };
        }
        _ => return value,
    };
    let Some(Member { key_span, value: part }) = object.member(key).cloned() else { return value };
    let mut object = Object::clone(object);
    let span = whole.origin.span;
    let term = Value::unknown(Term::Property { base: whole, name: Arc::clone(key) });
    let term = span.into_iter().fold(term, Value::or_at);
    object.insert(Arc::clone(key), Member { key_span, value: with_secret_part(part, rest, term, hides) });
    Value { kind: Kind::Object(Arc::new(object)), origin: value.origin }
}

fn unknown(parameter: &Parameter) -> Value {
    term("parameters", vec![Value::from(Arc::clone(&parameter.name.text))]).or_at(parameter.name.span)
}

/// A value as people write it.
fn display(value: &Value) -> Arc<str> {
    match &value.kind {
        Kind::String(text) => format!("'{}'", text.value).into(),
        Kind::Bool(value) => value.to_string().into(),
        Kind::Integer(value) => value.to_string().into(),
        Kind::Null => "null".into(),
        _ => "its default".into(),
    }
}

/// The value in `{value: …}`, also where a condition decides between two such objects.
fn value_given(given: &Value) -> Option<Value> {
    match given.as_term().and_then(|term| term.call("if")) {
        Some([condition, yes, no]) => {
            let branches = vec![condition.clone(), value_given(yes)?, value_given(no)?];
            Some(term("if", branches).or_at(given.origin.span?))
        }
        _ => given.as_object()?.get("value").cloned(),
    }
}
