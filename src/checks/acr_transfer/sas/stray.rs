//! The SAS of a template with transfer pipelines that are not in a secret: made in outputs, for scripts and apps, or
//! given as parameters and variables.

use super::pipeline::{Direction, pipelines};
use super::{Form, HeldSas, ListCall, SECRET};
use crate::checks::name_words::says_sas;
use crate::engine::check::Check;
use crate::evaluate::partial::Partial;
use crate::evaluate::pieces::{Piece, pieces};
use crate::evaluate::term::Term;
use crate::evaluate::value::Value;
use crate::evaluate::{DeploymentId, Env};
use crate::sas::{DefectKind, Needs, Token};
use crate::syntax::expression::{Expr, ExprKind, Name};
use crate::template::walk::walk_expr;
use crate::template::{Looped, ParameterType, Resource};

/// All of them. What an output is called may tell which pipelines it is for.
pub(super) fn strays(check: &mut Check<'_, '_>) -> Vec<HeldSas> {
    let mut found = Vec::new();
    let template = check.evaluator.template();
    for output in &template.outputs {
        let Some(Looped::Once(value)) = &output.value else { continue };
        let calls = calls_in(value);
        let needs = if calls.is_empty() { None } else { told_by(check, &output.name) };
        for call in calls {
            let value = check.evaluator.evaluate(call, &Env::top(DeploymentId::ROOT));
            found.extend(made_by(&value, needs));
        }
    }
    for (index, parameter) in template.parameters.iter().enumerate() {
        // One of a few allowed values is no SAS, and would only add choices to what the rules ask.
        if parameter.ty != ParameterType::String || !parameter.allowed.is_empty() {
            continue;
        }
        let value = check.evaluator.parameter(DeploymentId::ROOT, index);
        found.extend(given(check, &parameter.name, value));
    }
    for variable in &template.variables {
        if let Looped::Once(literal) = &variable.value
            && is_written_out(literal)
        {
            let value = check.evaluator.evaluate(literal, &Env::top(DeploymentId::ROOT));
            found.extend(given(check, &variable.name, value));
        }
    }
    let makes_one = |resource: &Resource| {
        !resource.ty.is(SECRET) && resource.deployment.is_none() && !calls_in(&resource.body).is_empty()
    };
    let instances = check.evaluator.known_instances("calls for a SAS", &makes_one);
    for instance in instances.iter() {
        for call in calls_in(&instance.resource.body) {
            let value = check.evaluator.evaluate(call, &instance.env);
            found.extend(made_by(&value, None));
        }
    }
    found
}

/// What pipelines need of a SAS that is called `exportSas` or the like.
fn told_by(check: &mut Check<'_, '_>, name: &Name) -> Option<Needs> {
    let direction = Direction::from_name(&name.text).filter(|_| says_sas(&name.text))?;
    let mut needs = Needs::default();
    super::add_direction(&mut needs, Some(direction));
    for pipeline in pipelines(check).iter().filter(|pipeline| pipeline.direction == direction) {
        super::add_needs(&mut needs, pipeline);
    }
    Some(needs)
}

/// Whether an expression is a text, perhaps with places that another tool fills in.
fn is_written_out(literal: &Expr) -> bool {
    match &literal.kind {
        ExprKind::Interpolation { holes, .. } => {
            holes.iter().all(|hole| matches!(hole.kind, ExprKind::Placeholder { .. }))
        }
        _ => literal.as_str().is_some(),
    }
}

/// Whether nothing of a text is unknown but what another tool fills in.
fn is_spelt_out(value: &Value) -> bool {
    let is_known = |piece: &Piece| match piece {
        Piece::Text(_) => true,
        Piece::Unknown(value) => matches!(value.as_term(), Some(Term::Placeholder(_))),
    };
    value.as_str().is_some() || pieces(value).is_some_and(|row| row.iter().all(is_known))
}

/// The SAS that a parameter or variable is. One in a URL is no matter of its own: it has no place there.
fn given(check: &mut Check<'_, '_>, name: &Name, value: Value) -> Option<HeldSas> {
    let text = Partial::new(&value).filter(|_| is_spelt_out(&value))?;
    let token = Token::parse(text.text())?;
    if token.defects.iter().any(|defect| defect.kind == DefectKind::Url) {
        return None;
    }
    let needs = told_by(check, name);
    Some(HeldSas {
        sas: token.sas.clone(),
        needs: needs.unwrap_or_default(),
        serves: needs.is_some(),
        users: Vec::new(),
        elsewhere: Vec::new(),
        form: Form::Token(token, text),
        value,
    })
}

fn made_by(value: &Value, needs: Option<Needs>) -> Vec<HeldSas> {
    let calls = ListCall::all_in(value).into_iter();
    let held = |call: ListCall| HeldSas {
        sas: call.sas(),
        needs: needs.unwrap_or_default(),
        serves: needs.is_some(),
        users: Vec::new(),
        elsewhere: Vec::new(),
        form: Form::Call(call),
        value: value.clone(),
    };
    calls.map(held).collect()
}

/// The calls that make a SAS in `expr`, each with the property that is taken of it.
fn calls_in(expr: &Expr) -> Vec<&Expr> {
    let mut calls: Vec<&Expr> = Vec::new();
    walk_expr(expr, &mut |part| {
        let call = match &part.kind {
            ExprKind::Property { base, .. } | ExprKind::Index { base, .. } => base,
            _ => part,
        };
        let makes_one =
            matches!(&call.kind, ExprKind::Call { name, .. } if super::call::ListFunction::named(&name.text).is_some());
        // The call itself comes again after the property that is taken of it.
        let is_known = calls.last().is_some_and(|known| {
            matches!(&known.kind, ExprKind::Property { base, .. } | ExprKind::Index { base, .. }
                if std::ptr::eq(base.as_ref(), part))
        });
        if makes_one && !is_known {
            calls.push(part);
        }
    });
    calls
}
