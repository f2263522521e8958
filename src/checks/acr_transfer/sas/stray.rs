//! The SAS that a template with transfer pipelines makes elsewhere than in a secret: in outputs, for scripts and apps.

use super::pipeline::{Direction, pipelines};
use super::{Form, HeldSas, ListCall, SECRET};
use crate::engine::check::Check;
use crate::evaluate::value::Value;
use crate::evaluate::{DeploymentId, Env, Instance};
use crate::sas::Needs;
use crate::syntax::expression::{Expr, ExprKind};
use crate::template::walk::walk_expr;
use crate::template::{Looped, Resource};

/// All of them. What an output is called may tell which pipelines it is for.
pub(super) fn strays(check: &mut Check<'_, '_>) -> Vec<HeldSas> {
    let mut found = Vec::new();
    let template = check.evaluator.template();
    for output in &template.outputs {
        let Some(Looped::Once(value)) = &output.value else { continue };
        let calls = calls_in(value);
        let needs = Direction::from_name(&output.name.text)
            .filter(|_| !calls.is_empty() && output.name.text.to_ascii_lowercase().contains("sas"))
            .map(|direction| needs_of(check, direction));
        for call in calls {
            let value = check.evaluator.evaluate(call, &Env::top(DeploymentId::ROOT));
            found.extend(made_by(&value, needs));
        }
    }
    let makes_one = |resource: &Resource| {
        !resource.ty.is(SECRET) && resource.deployment.is_none() && !calls_in(&resource.body).is_empty()
    };
    let instances: Vec<Instance<'_>> = check.evaluator.instances(&makes_one);
    for instance in instances {
        for call in calls_in(&instance.resource.body) {
            let value = check.evaluator.evaluate(call, &instance.env);
            found.extend(made_by(&value, None));
        }
    }
    found
}

fn needs_of(check: &mut Check<'_, '_>, direction: Direction) -> Needs {
    let mut needs = Needs::default();
    super::add_direction(&mut needs, Some(direction));
    for pipeline in pipelines(check).iter().filter(|pipeline| pipeline.direction == direction) {
        super::add_needs(&mut needs, pipeline);
    }
    needs
}

fn made_by(value: &Value, needs: Option<Needs>) -> Vec<HeldSas> {
    let calls = ListCall::all_in(value).into_iter();
    let held = |call: ListCall| HeldSas {
        sas: call.sas(),
        needs: needs.unwrap_or_default(),
        serves: needs.is_some(),
        users: Vec::new(),
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
