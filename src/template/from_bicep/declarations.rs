//! Parameters and outputs.

use super::types::{Constraint, decorator, is_secure};
use super::{Lowering, name};
use crate::syntax::bicep::StatementKind;
use crate::syntax::expression::{Expr, ExprKind};
use crate::template::{Output, Parameter, ParameterType};

impl Lowering<'_> {
    pub(super) fn parameters(&mut self) -> Vec<Parameter> {
        let mut parameters = Vec::new();
        for statement in &self.program().statements {
            let StatementKind::Parameter { name: declared, value_type, default } = &statement.kind else { continue };
            let constraint = self.constraint(value_type);
            let constraints = self.constraints(value_type, &statement.decorators, &constraint);
            let listed = decorator(&statement.decorators, "allowed").and_then(<[_]>::first);
            let allowed = match listed.map(|list| self.expr(list).kind) {
                Some(ExprKind::Array(items)) => items,
                _ => constraint.allowed,
            };
            let default = default.as_ref().map(|default| self.expr(&default.value));
            // A type that only the resource provider knows shows in the default.
            let ty = match (constraint.ty, &default) {
                (ParameterType::Unknown, Some(default)) => type_of_value(default),
                (ty, _) => ty,
            };
            let secure = constraint.secure || is_secure(&statement.decorators);
            parameters.push(Parameter {
                name: name(declared),
                ty,
                secure,
                secure_parts: if secure { Vec::new() } else { self.secure_parts(value_type) },
                nullable: constraint.nullable,
                default,
                allowed,
                constraints,
            });
        }
        parameters
    }

    pub(super) fn outputs(&mut self) -> Vec<Output> {
        let mut outputs = Vec::new();
        for statement in &self.program().statements {
            let StatementKind::Output { name: declared, value_type, value } = &statement.kind else { continue };
            let mut constraint = self.constraint(value_type);
            constraint.secure |= is_secure(&statement.decorators);
            let ty = type_name(&constraint);
            let value = self.looped(value, None);
            let declared_type = self.output_type(value_type, &statement.decorators, constraint);
            let name = name(declared);
            outputs.push(Output { name, ty, condition: None, value: Some(value), declared: declared_type });
        }
        outputs
    }
}

/// The type of an output, as a template spells it.
fn type_name(constraint: &Constraint) -> Option<String> {
    let name = match constraint.ty {
        ParameterType::String => "string",
        ParameterType::Integer => "int",
        ParameterType::Bool => "bool",
        ParameterType::Array => "array",
        ParameterType::Object => "object",
        ParameterType::Unknown => return constraint.secure.then(|| "secure".to_owned()),
    };
    Some(if constraint.secure { format!("secure{name}") } else { name.to_owned() })
}

/// What the kind of a value that is written out says of its type.
fn type_of_value(value: &Expr) -> ParameterType {
    match value.kind {
        ExprKind::String(_) | ExprKind::Interpolation { .. } => ParameterType::String,
        ExprKind::Integer(_) => ParameterType::Integer,
        ExprKind::Bool(_) => ParameterType::Bool,
        ExprKind::Array(_) => ParameterType::Array,
        ExprKind::Object(_) => ParameterType::Object,
        _ => ParameterType::Unknown,
    }
}
