//! Which files the compiler turns into templates of the second language version, whose resources are called by their
//! symbolic names: those with something that the first version has no words for.

use super::types::decorator;
use crate::syntax::bicep::{Expr, ObjectItem, Program, Statement, StatementKind, Type, TypeKind};

/// Whether something in the file itself asks for symbolic names. What its modules and its loops ask for is told from the
/// template.
pub(super) fn are_asked_for(program: &Program) -> bool {
    program.statements.iter().any(asks)
}

fn asks(statement: &Statement) -> bool {
    match &statement.kind {
        StatementKind::Type { .. }
        | StatementKind::Function { .. }
        | StatementKind::Import(_)
        | StatementKind::Extension { .. }
        | StatementKind::Assert { .. }
        | StatementKind::Variable { value_type: Some(_), .. } => true,
        StatementKind::Parameter { value_type, .. } | StatementKind::Output { value_type, .. } => {
            is_composed(value_type)
        }
        StatementKind::Module { body, .. } => has(body, "name") == Some(false),
        StatementKind::Resource { existing, body, .. } => {
            existing.is_some() && has(body, "dependsOn") == Some(true)
                || decorator(&statement.decorators, "onlyIfNotExists").is_some()
                || items(body).unwrap_or_default().iter().any(|item| match item {
                    ObjectItem::Resource(inner) => asks(inner),
                    _ => false,
                })
        }
        _ => false,
    }
}

/// What stands in the body of a resource or module.
fn items(body: &Expr) -> Option<&[ObjectItem]> {
    body.layers().object
}

/// Whether a body has a property; `None` where there is no body.
fn has(body: &Expr, key: &str) -> Option<bool> {
    let is_it = |item: &ObjectItem| matches!(item, ObjectItem::Property(found) if found.key.as_str() == Some(key));
    items(body).map(|items| items.iter().any(is_it))
}

/// Whether a type is put together from others, and not only the name of one.
fn is_composed(ty: &Type) -> bool {
    match &ty.kind {
        TypeKind::Object(_) | TypeKind::Array(_) | TypeKind::Tuple(_) | TypeKind::Union(_) | TypeKind::Nullable(_) => {
            true
        }
        TypeKind::Parenthesized(inner) | TypeKind::NonNullable(inner) => is_composed(inner),
        TypeKind::Generic { args, .. } | TypeKind::MemberGeneric { args, .. } => args.iter().any(is_composed),
        _ => false,
    }
}
