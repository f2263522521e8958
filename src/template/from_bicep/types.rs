//! Types, as far as they say which values a parameter may have.

use super::Lowering;
use super::symbols::Symbol;
use crate::syntax::bicep::{self, Decorator, ExprKind as Bicep, Type, TypeKind};
use crate::syntax::expression::{Expr, ExprKind};
use crate::template::ParameterType;

/// What a type says of a value.
#[derive(Debug)]
pub(super) struct Constraint {
    pub ty: ParameterType,
    pub secure: bool,
    pub nullable: bool,
    /// The only values, when there are finitely many.
    pub allowed: Vec<Expr>,
}

/// A type may lead to another; a chain longer than this is a cycle.
const MAX_STEPS: usize = 32;

impl<'a> Lowering<'a> {
    pub(super) fn constraint(&mut self, ty: &'a Type, steps: usize) -> Constraint {
        let mut found = Constraint { ty: ParameterType::Unknown, secure: false, nullable: false, allowed: Vec::new() };
        if steps > MAX_STEPS {
            return found;
        }
        match &ty.kind {
            TypeKind::Name(name) => match (self.symbol(&name.text), &*name.text) {
                (Some(symbol), _) => return self.constraint_of(self.unit, symbol, steps),
                (None, built_in) => found.ty = parameter_type(built_in),
            },
            TypeKind::Property { base, name } => return self.member_type(base, &name.text, steps),
            TypeKind::Nullable(inner) => {
                found = self.constraint(inner, steps + 1);
                found.nullable = true;
            }
            TypeKind::NonNullable(inner) => {
                found = self.constraint(inner, steps + 1);
                found.nullable = false;
            }
            TypeKind::Parenthesized(inner) => return self.constraint(inner, steps + 1),
            TypeKind::Array(_) | TypeKind::Tuple(_) => found.ty = ParameterType::Array,
            TypeKind::Object(_) => found.ty = ParameterType::Object,
            TypeKind::Null => found.nullable = true,
            TypeKind::Bool(_) | TypeKind::Integer(_) | TypeKind::String(_) | TypeKind::Unary { .. } => {
                if let Some(literal) = literal_type(ty) {
                    found.ty = type_of(&literal);
                    found.allowed.push(literal);
                }
            }
            TypeKind::Union(members) => {
                let members: Vec<Constraint> =
                    members.iter().map(|member| self.constraint(member, steps + 1)).collect();
                let is_finite = |member: &Constraint| {
                    !member.allowed.is_empty() || member.ty == ParameterType::Unknown && member.nullable
                };
                if members.iter().all(is_finite) {
                    found.nullable = members.iter().any(|member| member.nullable);
                    found.ty = members
                        .iter()
                        .map(|member| member.ty)
                        .find(|ty| *ty != ParameterType::Unknown)
                        .unwrap_or(ParameterType::Unknown);
                    found.allowed = members.into_iter().flat_map(|member| member.allowed).collect();
                }
            }
            TypeKind::Generic { .. }
            | TypeKind::MemberGeneric { .. }
            | TypeKind::AdditionalProperties(_)
            | TypeKind::Items(_)
            | TypeKind::Element { .. }
            | TypeKind::Resource(_)
            | TypeKind::Invalid => {}
        }
        found
    }

    fn constraint_of(&mut self, unit: usize, symbol: Symbol<'a>, steps: usize) -> Constraint {
        match symbol {
            Symbol::Type(ty, decorators) => {
                let mut found = self.within(unit, |this| this.constraint(ty, steps + 1));
                found.secure |= is_secure(decorators);
                found
            }
            Symbol::Imported { path, name } => match self.imported(path, name) {
                Some((unit, symbol @ Symbol::Type(..))) => self.constraint_of(unit, symbol, steps + 1),
                _ => unconstrained(),
            },
            _ => unconstrained(),
        }
    }

    /// `base.name`: a type of a namespace, or the type of a property of an object type.
    fn member_type(&mut self, base: &'a Type, name: &str, steps: usize) -> Constraint {
        if let TypeKind::Name(symbol) = &base.kind {
            match self.symbol(&symbol.text) {
                None if matches!(&*symbol.text, "sys" | "az") => {
                    let mut found = unconstrained();
                    found.ty = parameter_type(name);
                    return found;
                }
                Some(Symbol::Namespace { path }) => {
                    return match self.imported(path, name) {
                        Some((unit, symbol)) => self.constraint_of(unit, symbol, steps + 1),
                        None => unconstrained(),
                    };
                }
                _ => {}
            }
        }
        let Some((unit, base)) = self.resolve(self.unit, base, steps) else { return unconstrained() };
        let TypeKind::Object(properties) = &base.kind else { return unconstrained() };
        match properties.iter().find(|property| property.key.as_str() == Some(name)) {
            Some(property) => {
                let mut found = self.within(unit, |this| this.constraint(&property.value, steps + 1));
                found.secure |= is_secure(&property.decorators);
                found
            }
            None => unconstrained(),
        }
    }

    /// The type that a name stands for, in the end.
    fn resolve(&mut self, unit: usize, ty: &'a Type, steps: usize) -> Option<(usize, &'a Type)> {
        if steps > MAX_STEPS {
            return None;
        }
        match &ty.kind {
            TypeKind::Name(name) => {
                let symbol = self.within(unit, |this| this.symbol(&name.text))?;
                let (unit, symbol) = match symbol {
                    Symbol::Imported { path, name } => self.within(unit, |this| this.imported(path, name))?,
                    symbol => (unit, symbol),
                };
                match symbol {
                    Symbol::Type(ty, _) => self.resolve(unit, ty, steps + 1),
                    _ => None,
                }
            }
            TypeKind::Nullable(inner) | TypeKind::NonNullable(inner) | TypeKind::Parenthesized(inner) => {
                self.resolve(unit, inner, steps + 1)
            }
            _ => Some((unit, ty)),
        }
    }
}

fn literal_type(ty: &Type) -> Option<Expr> {
    let kind = match &ty.kind {
        TypeKind::Bool(value) => ExprKind::Bool(*value),
        TypeKind::Integer(number) => ExprKind::Integer(i64::try_from(*number).ok()?),
        TypeKind::String(literal) => ExprKind::String(literal.as_str()?.into()),
        TypeKind::Unary { operator: bicep::UnaryOperator::Minus, operand } => match operand.kind {
            TypeKind::Integer(number) => ExprKind::Integer(i64::try_from(-i128::from(number)).ok()?),
            _ => return None,
        },
        _ => return None,
    };
    Some(Expr::new(kind, ty.span))
}

fn unconstrained() -> Constraint {
    Constraint { ty: ParameterType::Unknown, secure: false, nullable: false, allowed: Vec::new() }
}

fn parameter_type(name: &str) -> ParameterType {
    match name {
        "string" => ParameterType::String,
        "int" => ParameterType::Integer,
        "bool" => ParameterType::Bool,
        "array" => ParameterType::Array,
        "object" => ParameterType::Object,
        _ => ParameterType::Unknown,
    }
}

fn type_of(literal: &Expr) -> ParameterType {
    match literal.kind {
        ExprKind::Bool(_) => ParameterType::Bool,
        ExprKind::Integer(_) => ParameterType::Integer,
        _ => ParameterType::String,
    }
}

/// Whether `@secure()` stands among the decorators.
pub(super) fn is_secure(decorators: &[Decorator]) -> bool {
    decorator(decorators, "secure").is_some()
}

/// The arguments of the decorator `@name(…)` or `@sys.name(…)`.
pub(super) fn decorator<'a>(decorators: &'a [Decorator], wanted: &str) -> Option<&'a [bicep::Expr]> {
    decorators.iter().find_map(|decorator| match &decorator.expr.kind {
        Bicep::Call { name, args } | Bicep::MethodCall { name, args, .. } if &*name.text == wanted => Some(&**args),
        _ => None,
    })
}
