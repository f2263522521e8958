//! Types, as far as they say which values a parameter may have.

use std::sync::Arc;

use super::Lowering;
use super::symbols::Symbol;
use crate::syntax::bicep::{self, Decorator, ExprKind as Bicep, Key, Type, TypeKind};
use crate::syntax::expression::{Expr, ExprKind};
use crate::template::ParameterType;
use crate::template::secure_parts::SecureParts;

/// What a type says of a value.
#[derive(Debug)]
pub(super) struct Constraint {
    pub ty: ParameterType,
    pub secure: bool,
    pub nullable: bool,
    /// The only values, when there are finitely many.
    pub allowed: Vec<Expr>,
}

/// A type inside of another one: the file that it stands in, the type, and the decorators before it.
pub(super) type Part<'a> = (usize, &'a Type, &'a [Decorator]);

/// A type may lead to another; a chain longer than this is a cycle.
const MAX_STEPS: usize = 32;

/// Most named types that one type is made of. A cycle of unions doubles with every step.
const MAX_TYPES: usize = 1024;

impl<'a> Lowering<'a> {
    pub(super) fn constraint(&mut self, ty: &'a Type) -> Constraint {
        self.named_types = 0;
        self.constraint_at(ty, 0)
    }

    fn constraint_at(&mut self, ty: &'a Type, steps: usize) -> Constraint {
        let mut found = Constraint { ty: ParameterType::Unknown, secure: false, nullable: false, allowed: Vec::new() };
        if steps > MAX_STEPS {
            return found;
        }
        match &ty.kind {
            TypeKind::Name(name) => match (self.symbol(&name.text), &*name.text) {
                (Some(symbol), _) => return self.constraint_of(self.unit, symbol, steps),
                (None, built_in) => found.ty = parameter_type(built_in),
            },
            TypeKind::Property { base, name } => {
                if let Some(ty) = self.type_of_language(base, &name.text) {
                    found.ty = ty;
                    return found;
                }
                match self.part(self.unit, ty, steps) {
                    Some(part) => return self.constraint_of_part(part, steps),
                    None if is_resource_type(base) => found.ty = resource_property_type(&name.text),
                    None => {}
                }
            }
            TypeKind::Items(_) | TypeKind::Element { .. } | TypeKind::AdditionalProperties(_) => {
                if let Some(part) = self.part(self.unit, ty, steps) {
                    return self.constraint_of_part(part, steps);
                }
            }
            TypeKind::Nullable(inner) => {
                found = self.constraint_at(inner, steps + 1);
                found.nullable = true;
            }
            TypeKind::NonNullable(inner) => {
                found = self.constraint_at(inner, steps + 1);
                found.nullable = false;
            }
            TypeKind::Parenthesized(inner) => return self.constraint_at(inner, steps + 1),
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
                    members.iter().map(|member| self.constraint_at(member, steps + 1)).collect();
                let is_null = |member: &Constraint| {
                    member.ty == ParameterType::Unknown && member.nullable && member.allowed.is_empty()
                };
                found.nullable = members.iter().any(|member| member.nullable);
                let mut types = members.iter().filter(|member| !is_null(member)).map(|member| member.ty);
                let first = types.next().unwrap_or(ParameterType::Unknown);
                if types.all(|other| other == first) {
                    found.ty = first;
                }
                if members.iter().all(|member| is_null(member) || !member.allowed.is_empty()) {
                    found.allowed = members.into_iter().flat_map(|member| member.allowed).collect();
                }
            }
            TypeKind::Generic { .. } | TypeKind::MemberGeneric { .. } if is_resource_type(ty) => {
                found.ty = ParameterType::Object;
            }
            TypeKind::Generic { .. } | TypeKind::MemberGeneric { .. } | TypeKind::Resource(_) | TypeKind::Invalid => {}
        }
        found
    }

    fn constraint_of(&mut self, unit: usize, symbol: Symbol<'a>, steps: usize) -> Constraint {
        match symbol {
            Symbol::Type(ty, decorators) if self.named_types < MAX_TYPES => {
                self.named_types += 1;
                let mut found = self.within(unit, |this| this.constraint_at(ty, steps + 1));
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

    fn constraint_of_part(&mut self, (unit, ty, decorators): Part<'a>, steps: usize) -> Constraint {
        let mut found = self.within(unit, |this| this.constraint_at(ty, steps + 1));
        found.secure |= is_secure(decorators);
        found
    }

    /// The paths of the secret properties of a type.
    pub(super) fn secure_parts(&mut self, ty: &'a Type) -> Vec<Vec<Arc<str>>> {
        let mut parts = SecureParts::default();
        self.find_secure_parts(self.unit, ty, &mut parts);
        parts.paths()
    }

    fn find_secure_parts(&mut self, unit: usize, ty: &'a Type, parts: &mut SecureParts) {
        let (unit, properties) = match self.resolve(unit, ty, 0) {
            Some((unit, TypeKind::Object(properties))) => (unit, properties),
            Some((unit, TypeKind::Array(item))) if parts.enter_elements() => {
                return self.find_secure_parts(unit, item, parts);
            }
            _ => return,
        };
        for property in properties {
            if !property.key.as_str().is_some_and(|key| parts.enter(key)) {
                continue;
            }
            if is_secure(&property.decorators) || self.within(unit, |this| this.constraint(&property.value)).secure {
                parts.mark();
            } else {
                self.find_secure_parts(unit, &property.value, parts);
            }
            parts.leave();
        }
    }

    /// The type `sys.name`.
    fn type_of_language(&mut self, base: &'a Type, name: &str) -> Option<ParameterType> {
        let TypeKind::Name(symbol) = &base.kind else { return None };
        (matches!(&*symbol.text, "sys" | "az") && self.symbol(&symbol.text).is_none()).then(|| parameter_type(name))
    }

    /// The type that `base.name`, `base[*]`, `base[index]` or `base.*` takes out of another one.
    pub(super) fn part(&mut self, unit: usize, ty: &'a Type, steps: usize) -> Option<Part<'a>> {
        let no_decorators: &[Decorator] = &[];
        match &ty.kind {
            TypeKind::Property { base, name } => {
                if let TypeKind::Name(symbol) = &base.kind
                    && let Some(Symbol::Namespace { path }) = self.within(unit, |this| this.symbol(&symbol.text))
                {
                    return match self.within(unit, |this| this.imported(path, &name.text))? {
                        (unit, Symbol::Type(ty, decorators)) => Some((unit, ty, decorators)),
                        _ => None,
                    };
                }
                let (unit, TypeKind::Object(properties)) = self.resolve(unit, base, steps)? else { return None };
                let property = properties.iter().find(|property| property.key.as_str() == Some(&name.text))?;
                Some((unit, &property.value, &property.decorators))
            }
            TypeKind::AdditionalProperties(base) => {
                let (unit, TypeKind::Object(properties)) = self.resolve(unit, base, steps)? else { return None };
                let property = properties.iter().find(|property| matches!(property.key, Key::Wildcard(_)))?;
                Some((unit, &property.value, &property.decorators))
            }
            TypeKind::Items(base) => {
                let (unit, TypeKind::Array(item)) = self.resolve(unit, base, steps)? else { return None };
                Some((unit, item, no_decorators))
            }
            TypeKind::Element { base, index } => {
                let (unit, TypeKind::Tuple(items)) = self.resolve(unit, base, steps)? else { return None };
                let Bicep::Integer(index) = index.kind else { return None };
                let item = items.get(usize::try_from(index).ok()?)?;
                Some((unit, &item.value, &item.decorators))
            }
            _ => None,
        }
    }

    /// The type that a name stands for, in the end.
    fn resolve(&mut self, unit: usize, ty: &'a Type, steps: usize) -> Option<(usize, &'a TypeKind)> {
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
            TypeKind::Property { .. }
            | TypeKind::Items(_)
            | TypeKind::Element { .. }
            | TypeKind::AdditionalProperties(_) => {
                let (unit, part, _) = self.part(unit, ty, steps + 1)?;
                self.resolve(unit, part, steps + 1)
            }
            kind => Some((unit, kind)),
        }
    }
}

/// Whether a type is that of a resource: `resourceInput<'…'>`.
fn is_resource_type(ty: &Type) -> bool {
    let (TypeKind::Generic { name, .. } | TypeKind::MemberGeneric { name, .. }) = &ty.kind else { return false };
    matches!(&*name.text, "resource" | "resourceInput" | "resourceOutput")
}

/// The type of a property that resources of many types have, and all of one type.
fn resource_property_type(name: &str) -> ParameterType {
    match name {
        "id" | "name" | "type" | "apiVersion" | "location" | "kind" => ParameterType::String,
        "properties" | "tags" | "identity" => ParameterType::Object,
        _ => ParameterType::Unknown,
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
