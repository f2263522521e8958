//! Parameters and outputs.

use super::types::{decorator, is_secure};
use super::{Lowering, name};
use crate::syntax::bicep::{StatementKind, Type, TypeKind};
use crate::syntax::expression::ExprKind;
use crate::template::{Output, Parameter};

impl Lowering<'_> {
    pub(super) fn parameters(&mut self) -> Vec<Parameter> {
        let mut parameters = Vec::new();
        for statement in &self.program().statements {
            let StatementKind::Parameter { name: declared, value_type, default } = &statement.kind else { continue };
            let constraint = self.constraint(value_type, 0);
            let listed = decorator(&statement.decorators, "allowed").and_then(<[_]>::first);
            let allowed = match listed.map(|list| self.expr(list).kind) {
                Some(ExprKind::Array(items)) => items,
                _ => constraint.allowed,
            };
            parameters.push(Parameter {
                name: name(declared),
                ty: constraint.ty,
                secure: constraint.secure || is_secure(&statement.decorators),
                nullable: constraint.nullable,
                default: default.as_ref().map(|default| self.expr(&default.value)),
                allowed,
            });
        }
        parameters
    }

    pub(super) fn outputs(&mut self) -> Vec<Output> {
        let mut outputs = Vec::new();
        for statement in &self.program().statements {
            let StatementKind::Output { name: declared, value_type, value } = &statement.kind else { continue };
            let ty = type_name(value_type, is_secure(&statement.decorators));
            let value = self.looped(value, None);
            outputs.push(Output { name: name(declared), ty, condition: None, value: Some(value) });
        }
        outputs
    }
}

/// The type of an output, as a template spells it.
fn type_name(ty: &Type, secure: bool) -> Option<String> {
    let name = match &ty.kind {
        TypeKind::Name(name) => &*name.text,
        TypeKind::Array(_) | TypeKind::Tuple(_) => "array",
        TypeKind::Object(_) => "object",
        _ => return secure.then(|| "secure".to_owned()),
    };
    Some(if secure { format!("secure{name}") } else { name.to_owned() })
}
