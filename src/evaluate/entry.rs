//! Where values enter a deployment and leave it: its parameters and outputs, with what their declarations do not take.

use std::collections::{HashMap, HashSet};

use foldhash::fast::RandomState;

use super::argument_names::wrong_names;
use super::conform::{Asked, Misfit, Misfitting, misfits};
use super::deployment::{Arguments, DeploymentId};
use super::expression::Env;
use super::shape::{Shape, Shapes};
use super::unseen::Unseen;
use super::value::Value;
use super::{Evaluator, Instance};
use crate::source::Span;
use crate::syntax::expression::{Expr, ExprKind};
use crate::template::walk::walk_expr;
use crate::template::{Looped, Output, Parameter, ParameterType, Template, TemplateError, TemplateErrorKind};

/// What the expressions of each template are.
type AllShapes<'t> = HashMap<*const Template, Shapes<'t>, RandomState>;

/// A parameter or output of a deployment whose value may not be what is declared.
#[derive(Debug)]
pub struct Entry<'t> {
    /// The resource that deploys it; `None` for the outermost deployment.
    holder: Option<Instance<'t>>,
    deployment: DeploymentId,
    part: Part<'t>,
}

#[derive(Debug)]
enum Part<'t> {
    Parameter(usize, &'t Parameter),
    Output(&'t Output, &'t Looped),
    /// Names that are given values or are not, and what is wrong with that whenever the deployment is made.
    Names(Vec<Misfit>),
}

impl Entry<'_> {
    /// Where it is declared.
    pub fn span(&self) -> Span {
        match &self.part {
            Part::Parameter(_, parameter) => parameter.name.span,
            Part::Output(output, _) => output.name.span,
            Part::Names(found) => found[0].span,
        }
    }

    /// What may not fit.
    pub fn kind(&self) -> Misfitting {
        match self.part {
            Part::Parameter(..) => Misfitting::Parameter,
            Part::Output(..) => Misfitting::Output,
            Part::Names(_) => Misfitting::Unknown,
        }
    }
}

impl<'t> Evaluator<'t> {
    /// The parameters and outputs to look at with [`misfits`](Self::misfits), and the worlds in which there may be others.
    pub fn entries(&mut self) -> (Vec<Entry<'t>>, Unseen) {
        let (mut entries, mut shapes) = (Vec::new(), AllShapes::default());
        self.add_entries(None, DeploymentId::ROOT, &mut shapes, &mut entries);
        if self.templates().len() == 1 && !has_inline(self.template()) {
            return (entries, Unseen::default());
        }
        let (worlds, unseen) = self.explore(|this| this.candidates(&|resource| resource.deployment.is_some()));
        let mut met = HashSet::new();
        for holder in worlds.into_iter().flat_map(|guarded| guarded.answer) {
            if let Some(nested) = self.nested(&holder)
                && met.insert(nested)
            {
                self.add_entries(Some(&holder), nested, &mut shapes, &mut entries);
            }
        }
        (entries, unseen)
    }

    fn add_entries(
        &self,
        holder: Option<&Instance<'t>>,
        deployment: DeploymentId,
        shapes: &mut AllShapes<'t>,
        entries: &mut Vec<Entry<'t>>,
    ) {
        let current = self.deployment(deployment);
        let template = current.template;
        // Nothing reads the parameters of a template whose expressions are those of the template around.
        let is_read = current.outer.is_none();
        let mut add = |part| entries.push(Entry { holder: holder.cloned(), deployment, part });
        if is_read {
            let wrong = holder.map(|holder| wrong_names(holder.resource, template)).unwrap_or_default();
            if !wrong.is_empty() {
                add(Part::Names(wrong));
            }
            for (index, parameter) in template.parameters.iter().enumerate() {
                if self.may_misfit(deployment, parameter, shapes) && !self.is_misdeclared(template, index) {
                    add(Part::Parameter(index, parameter));
                }
            }
        }
        let names = match (&current.outer, holder) {
            (Some(_), Some(holder)) => self.template_of(holder.deployment),
            _ => template,
        };
        for output in &template.outputs {
            let asked = Asked::of(&output.declared);
            match &output.value {
                Some(value @ Looped::Once(expr)) if !is_sound(expr, self.shapes_of(names, shapes), asked) => {
                    add(Part::Output(output, value));
                }
                Some(value @ Looped::Each { .. })
                    if (!asked.is_plain() || asked.kind != ParameterType::Array)
                        && self.template().errors.iter().all(|error| error.span != asked.span) =>
                {
                    add(Part::Output(output, value));
                }
                _ => {}
            }
        }
    }

    fn shapes_of<'s>(&self, template: &'t Template, all: &'s mut AllShapes<'t>) -> &'s mut Shapes<'t> {
        all.entry(std::ptr::from_ref(template)).or_insert_with(|| self.shapes(template))
    }

    /// Whether a parameter may be given a value that it does not take.
    fn may_misfit(&self, deployment: DeploymentId, parameter: &'t Parameter, shapes: &mut AllShapes<'t>) -> bool {
        let asked = Asked::of_parameter(parameter);
        if asked.is_free() {
            return false;
        }
        let current = self.deployment(deployment);
        let name = &parameter.name.text;
        let own = self.shapes_of(current.template, shapes);
        parameter.default.as_ref().is_some_and(|default| !is_sound(default, own, asked))
            || match &current.arguments {
                Arguments::Root => {
                    let files = self.inputs.parameter_files.iter().map(|(_, file)| *file);
                    let mut given = files.chain(self.inputs.overrides).filter_map(|file| file.assignment(name));
                    given.any(|assignment| match &assignment.value {
                        // The names are those of the file.
                        Some(value) => !(value.is_literal() && is_sound(value, own, asked)),
                        None => false,
                    })
                }
                Arguments::Nested { values: None, .. } => false,
                Arguments::Nested { values: Some(values), env } => match &values.kind {
                    ExprKind::Object(_) => values.get(name).is_some_and(|given| {
                        let around = self.shapes_of(self.template_of(env.deployment), shapes);
                        !given.get("value").is_some_and(|value| is_sound(value, around, asked))
                    }),
                    _ => true,
                },
            }
    }

    /// Whether something is wrong with the declaration of a parameter itself.
    fn is_misdeclared(&self, template: &'t Template, index: usize) -> bool {
        let name = template.parameters[index].name.span;
        let next = template.parameters.get(index + 1).map(|next| next.name.span.start);
        let Some(end) = next.or(template.parameters_at.map(|at| at.end)) else { return false };
        let is_inside = |error: &TemplateError| {
            error.span.file == name.file
                && (name.end..end).contains(&error.span.start)
                && matches!(error.kind, TemplateErrorKind::Shape(_))
        };
        self.template().errors.iter().chain(&template.errors).any(is_inside)
    }

    /// What the declaration of a parameter or output does not take of its value in the present world.
    pub fn misfits(&mut self, entry: &Entry<'t>) -> Vec<Misfit> {
        let deployment = entry.deployment;
        let types = &self.template_of(deployment).declared;
        let found = match &entry.part {
            Part::Names(found) => found.clone(),
            &Part::Parameter(index, parameter) => {
                let (value, place) = self.entering(deployment, index, parameter);
                let is_typed = self.is_of_command_line(place);
                let asked = Asked::of_parameter(parameter);
                match value {
                    Some(value) if !(is_typed && is_converted(&value, asked.kind)) => {
                        misfits(Misfitting::Parameter, &value, asked, types, (&parameter.name.text, place))
                    }
                    _ => Vec::new(),
                }
            }
            &Part::Output(output, value) => {
                let outer = self.deployment(deployment).outer.clone();
                let env = outer.unwrap_or_else(|| Env::top(deployment));
                let is_there = |this: &mut Self| match &output.condition {
                    Some(condition) => this.evaluate(condition, &env).as_bool() == Some(true),
                    None => true,
                };
                let (written, value) = (value, self.looped(value, &env));
                // What a resource or deployment does not have, the service lets pass.
                if value.is_null() && reads_deployed(written) {
                    return Vec::new();
                }
                let mut found = misfits(
                    Misfitting::Output,
                    &value,
                    Asked::of(&output.declared),
                    types,
                    (&output.name.text, output.name.span),
                );
                // What is right where it is written is wrong here.
                let (Looped::Once(written) | Looped::Each { input: written, .. }) = written;
                for misfit in found.iter_mut().filter(|misfit| !written.span.contains(misfit.span)) {
                    (misfit.span, misfit.used) = (written.span, None);
                }
                if found.is_empty() || is_there(self) { found } else { Vec::new() }
            }
        };
        // What nobody deploys for certain is not refused for certain, and a parameter that need not be given may be.
        let is_open = self.inputs.parameter_files.is_empty() && !self.is_spelled_out(entry);
        let found: Vec<Misfit> = found.into_iter().filter(|misfit| !(is_open && misfit.is_null)).collect();
        match &entry.holder {
            // A module has to fit its template wherever it is compiled.
            Some(holder) if matches!(entry.part, Part::Names(_)) && holder.resource.is_module() => found,
            Some(holder) if !found.is_empty() && !self.is_deployed(holder) => Vec::new(),
            _ => found,
        }
    }

    /// The value that a parameter is given in the present world, or its default, and where that stands.
    fn entering(&mut self, deployment: DeploymentId, index: usize, parameter: &'t Parameter) -> (Option<Value>, Span) {
        let given = (!self.takes_default(deployment, index)).then(|| self.given(deployment, parameter)).flatten();
        match given {
            Some((value, place)) if !value.is_null() => (Some(value), place),
            // To the outermost deployment, null says that none is given.
            Some((value, place)) if parameter.default.is_none() && deployment != DeploymentId::ROOT => {
                (Some(value), place)
            }
            _ => {
                let name = parameter.name.span;
                let default = parameter.default.as_ref();
                (default.map(|default| self.evaluate(default, &Env::top(deployment)).named(name)), name)
            }
        }
    }

    /// Whether no parameter decides what a parameter or output is given.
    fn is_spelled_out(&self, entry: &Entry<'t>) -> bool {
        let written = match &entry.part {
            Part::Names(_) => return true,
            Part::Output(_, Looped::Once(value)) => Some(value),
            Part::Output(_, Looped::Each { .. }) => None,
            Part::Parameter(_, parameter) => match &self.deployment(entry.deployment).arguments {
                Arguments::Nested { values: Some(values), .. } if values.get(&parameter.name.text).is_some() => {
                    values.get(&parameter.name.text)
                }
                _ => parameter.default.as_ref(),
            },
        };
        let Some(written) = written else { return false };
        let mut is_plain = true;
        walk_expr(written, &mut |expr| {
            is_plain &= match &expr.kind {
                ExprKind::Call { name, .. } => {
                    !name.is("parameters") && !name.is("variables") && !name.text.contains('.')
                }
                ExprKind::Resource { .. } => false,
                _ => true,
            };
        });
        is_plain
    }

    fn is_of_command_line(&self, place: Span) -> bool {
        self.inputs.overrides.is_some_and(|file| file.file == place.file)
    }
}

/// Whether whoever deploys makes of what is typed a value of the kind that is asked for.
fn is_converted(value: &Value, kind: ParameterType) -> bool {
    match kind {
        ParameterType::String => value.as_str().is_none(),
        ParameterType::Integer => value.as_integer().is_none(),
        ParameterType::Bool => value.as_bool().is_none(),
        _ => value.as_str().is_some(),
    }
}

/// Whether a value is read of what is deployed.
fn reads_deployed(value: &Looped) -> bool {
    let (Looped::Once(value) | Looped::Each { input: value, .. }) = value;
    let mut reads = false;
    walk_expr(value, &mut |expr| {
        reads |= match &expr.kind {
            ExprKind::Resource { .. } => true,
            ExprKind::Call { name, .. } => name.is("reference") || name.is("references"),
            _ => false,
        };
    });
    reads
}

/// Whether templates are written inside of this one.
fn has_inline(template: &Template) -> bool {
    template.resources.iter().any(|resource| resource.deployment.is_some())
}

/// Whether an expression is certainly what is asked for, or not known before the deployment.
fn is_sound<'t>(expr: &'t Expr, shapes: &mut Shapes<'t>, asked: Asked<'_>) -> bool {
    asked.is_free()
        || match shapes.told(expr) {
            Shape::Later => true,
            _ if !asked.is_plain() => false,
            Shape::Text => asked.kind == ParameterType::String,
            Shape::Integer => asked.kind == ParameterType::Integer,
            Shape::Bool => asked.kind == ParameterType::Bool,
            Shape::Array(_) => asked.kind == ParameterType::Array,
            Shape::Object(_) => asked.kind == ParameterType::Object,
            Shape::Any => false,
        }
}
