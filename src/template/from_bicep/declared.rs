//! What types and decorators say of a value.

use super::Lowering;
use super::symbols::Symbol;
use super::types::{Constraint, Part, decorator, is_secure};
use crate::syntax::bicep::{self, Decorator, ExprKind as Bicep, Key, Type, TypeKind};
use crate::template::{self, Bound, BoundKind, Constraints, Others, ParameterType, Shape, TypeId};

/// A type may lead to another; a chain longer than this is a cycle.
const MAX_STEPS: usize = 32;

/// Most types inside of others that one file has.
const MAX_TYPES: usize = 20_000;

/// The decorators that bound a value.
const BOUNDS: [(&str, BoundKind); 4] = [
    ("minLength", BoundKind::MinLength),
    ("maxLength", BoundKind::MaxLength),
    ("minValue", BoundKind::MinValue),
    ("maxValue", BoundKind::MaxValue),
];

/// The number of a type that is spoken of and not looked at yet, and what is written of it.
pub(super) type Pending<'a> = (TypeId, Part<'a>);

impl<'a> Lowering<'a> {
    /// What is asked of a value beside its kind: by its type and by the decorators before it.
    pub(super) fn constraints(
        &mut self,
        ty: &'a Type,
        decorators: &'a [Decorator],
        constraint: &Constraint,
    ) -> Option<Box<Constraints>> {
        let found = self.constraints_of((self.unit, ty, decorators), constraint);
        while let Some((id, part)) = self.pending_types.pop() {
            let ty = self.type_of_part(part);
            self.declared.set(id, ty);
        }
        found
    }

    fn type_of_part(&mut self, (unit, ty, decorators): Part<'a>) -> template::Type {
        let mut constraint = self.within(unit, |this| this.constraint(ty));
        constraint.secure |= is_secure(decorators);
        let constraints = self.constraints_of((unit, ty, decorators), &constraint);
        template::Type {
            span: ty.span,
            kind: constraint.ty,
            nullable: constraint.nullable || constraint.ty == ParameterType::Unknown,
            secure: constraint.secure,
            allowed: constraint.allowed,
            constraints,
        }
    }

    fn constraints_of(&mut self, part: Part<'a>, constraint: &Constraint) -> Option<Box<Constraints>> {
        let is_plain = |ty: &Type| matches!(&ty.kind, TypeKind::Name(name) if is_built_in(&name.text));
        if part.2.is_empty() && is_plain(part.1) {
            return None;
        }
        let (unit, ty, decorators) = self.follow(part);
        let found = |name| decorators.iter().find_map(|list| decorator(list, name));
        let bounds = BOUNDS.into_iter().filter(|(_, kind)| kind.is_of(constraint.ty)).filter_map(|(name, kind)| {
            let written = found(name)?.first()?;
            Some(Bound { kind, limit: integer(written)?, span: written.span })
        });
        let bounds = bounds.collect();
        let shape = match &ty.kind {
            TypeKind::Object(properties) => {
                let is_sealed = found("sealed").is_some();
                let mut others = if is_sealed { Others::None } else { Others::Any };
                let mut known = Vec::new();
                for property in properties {
                    let part = (unit, &property.value, &*property.decorators);
                    match (&property.key, property.key.as_str()) {
                        (Key::Wildcard(_), _) => others = Others::Of(self.reference(part)),
                        (_, Some(key)) => known.push((key.into(), self.reference(part))),
                        (_, None) => others = Others::Any,
                    }
                }
                Shape::Object { properties: known, others }
            }
            TypeKind::Array(item) => {
                Shape::Array { first: Vec::new(), others: Others::Of(self.reference((unit, item, &[]))) }
            }
            TypeKind::Tuple(items) => {
                let first = items.iter().map(|item| self.reference((unit, &item.value, &item.decorators)));
                Shape::Array { first: first.collect(), others: Others::None }
            }
            TypeKind::Union(members) => {
                let property = found("discriminator").and_then(|args| args.first()?.as_str());
                property.and_then(|property| self.tagged(unit, property, members)).unwrap_or_default()
            }
            _ => Shape::Any,
        };
        Constraints::boxed(bounds, shape)
    }

    /// The object types of a union by what `property` is in each.
    fn tagged(&mut self, unit: usize, property: &str, members: &'a [Type]) -> Option<Shape> {
        let (mut variants, mut left) = (Vec::new(), Vec::new());
        left.extend(members.iter().rev().map(|member| (unit, member)));
        while let Some((unit, member)) = left.pop() {
            if variants.len() + left.len() > MAX_TYPES {
                return None;
            }
            let (found, ty, _) = self.follow((unit, member, &[]));
            match &ty.kind {
                TypeKind::Union(members) if left.len() < MAX_STEPS => {
                    left.extend(members.iter().rev().map(|member| (found, member)));
                }
                TypeKind::Object(properties) => {
                    let tag = properties.iter().find(|it| it.key.as_str() == Some(property))?;
                    let tag = self.within(found, |this| this.constraint(&tag.value)).allowed;
                    let [tag] = tag.as_slice() else { return None };
                    variants.push((tag.as_str()?.into(), self.reference((unit, member, &[]))));
                }
                _ => return None,
            }
        }
        Some(Shape::Tagged { property: property.into(), variants })
    }

    /// The number of the type that is written in a place.
    fn reference(&mut self, part: Part<'a>) -> TypeId {
        let key = (part.0, std::ptr::from_ref(part.1));
        if let Some(known) = self.known_types.get(&key) {
            return *known;
        }
        let id = self.declared.reserve(part.1.span);
        if self.declared.len() <= MAX_TYPES {
            self.known_types.insert(key, id);
            self.pending_types.push((id, part));
        }
        id
    }

    /// The type that is meant in the end, where that is written, and the decorators of all on the way there.
    fn follow(&mut self, (mut unit, mut ty, decorators): Part<'a>) -> (usize, &'a Type, Vec<&'a [Decorator]>) {
        let mut found = vec![decorators];
        for _ in 0..MAX_STEPS {
            let next = match &ty.kind {
                TypeKind::Name(name) => self.named(unit, &name.text),
                TypeKind::Nullable(inner) | TypeKind::NonNullable(inner) | TypeKind::Parenthesized(inner) => {
                    Some((unit, &**inner, &[][..]))
                }
                TypeKind::Property { .. }
                | TypeKind::Items(_)
                | TypeKind::Element { .. }
                | TypeKind::AdditionalProperties(_) => self.part(unit, ty, 0),
                _ => None,
            };
            let Some((next_unit, next, decorators)) = next else { break };
            (unit, ty) = (next_unit, next);
            found.push(decorators);
        }
        (unit, ty, found)
    }

    /// The type that a name stands for in the file of a unit.
    fn named(&mut self, unit: usize, name: &str) -> Option<Part<'a>> {
        let (unit, symbol) = match self.within(unit, |this| this.symbol(name))? {
            Symbol::Imported { path, name } => self.within(unit, |this| this.imported(path, name))?,
            symbol => (unit, symbol),
        };
        match symbol {
            Symbol::Type(ty, decorators) => Some((unit, ty, decorators)),
            _ => None,
        }
    }

    /// What an output says of its value.
    pub(super) fn output_type(
        &mut self,
        ty: &'a Type,
        decorators: &'a [Decorator],
        constraint: Constraint,
    ) -> template::Type {
        let constraints = self.constraints(ty, decorators, &constraint);
        let Constraint { ty: kind, secure, nullable, allowed } = constraint;
        template::Type { span: ty.span, kind, nullable, secure, allowed, constraints }
    }
}

/// Whether a name is that of a type of the language, unless a file gives it to another.
fn is_built_in(name: &str) -> bool {
    matches!(name, "string" | "int" | "bool" | "array" | "object")
}

/// A whole number that is written out.
fn integer(written: &bicep::Expr) -> Option<i64> {
    match &written.kind {
        Bicep::Integer(number) => i64::try_from(*number).ok(),
        Bicep::Unary { operator: bicep::UnaryOperator::Minus, operand } => match operand.kind {
            Bicep::Integer(number) => i64::try_from(-i128::from(number)).ok(),
            _ => None,
        },
        _ => None,
    }
}
