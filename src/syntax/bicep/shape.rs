//! Trees as text, to be compared in tests: every operation in parentheses, and `‹›` for what is invalid.

use super::{ArrayItem, Expr, ExprKind, Key, ObjectItem, Part, Spread, StringLiteral, Type, TypeKind};

fn list<T>(items: &[T], show: impl Fn(&T) -> String) -> String {
    items.iter().map(show).collect::<Vec<_>>().join(", ")
}

fn string(string: &StringLiteral) -> String {
    let part = |part| match part {
        Part::Text(segment) => segment.text.escape_debug().to_string(),
        Part::Hole(hole) => format!("${{{}}}", expr(hole)),
    };
    format!("'{}'", string.parts().map(part).collect::<String>())
}

fn key(key: &Key) -> String {
    match key {
        Key::Name(name) => name.text.to_string(),
        Key::String(literal) => string(literal),
        Key::Wildcard(_) => "*".to_owned(),
        Key::Invalid(_) => "‹›".to_owned(),
    }
}

fn spread(spread: &Spread) -> String {
    format!("...{}", expr(&spread.value))
}

fn object_item(item: &ObjectItem) -> String {
    match item {
        ObjectItem::Property(property) => format!("{}: {}", key(&property.key), expr(&property.value)),
        ObjectItem::Spread(item) => spread(item),
        ObjectItem::Resource(statement) => format!("resource {}", statement.name().map_or("", |name| &name.text)),
    }
}

/// An expression.
pub(super) fn expr(shown: &Expr) -> String {
    match &shown.kind {
        ExprKind::Null => "null".to_owned(),
        ExprKind::Bool(value) => value.to_string(),
        ExprKind::Integer(value) => value.to_string(),
        ExprKind::String(literal) => string(literal),
        ExprKind::Array(items) => {
            let item = |item: &ArrayItem| match item {
                ArrayItem::Item(item) => expr(item),
                ArrayItem::Spread(item) => spread(item),
            };
            format!("[{}]", list(items, item))
        }
        ExprKind::Object(items) => format!("{{{}}}", list(items, object_item)),
        ExprKind::For(repeat) => {
            let index = repeat.index.as_ref().map_or(String::new(), |index| format!(", {}", index.text));
            format!("[for {}{index} in {}: {}]", repeat.item.text, expr(&repeat.source), expr(&repeat.body))
        }
        ExprKind::If(check) => format!("if {} {}", expr(&check.condition), expr(&check.body)),
        ExprKind::Symbol(name) => name.text.to_string(),
        ExprKind::Call { name, args } => format!("{}({})", name.text, list(args, expr)),
        ExprKind::MethodCall { base, name, args } => format!("{}.{}({})", expr(base), name.text, list(args, expr)),
        ExprKind::Property { base, name, is_safe } => {
            format!("{}.{}{}", expr(base), if *is_safe { "?" } else { "" }, name.text)
        }
        ExprKind::Index { base, index, is_safe, is_from_end } => {
            let safe = if *is_safe { "?" } else { "" };
            format!("{}[{safe}{}{}]", expr(base), if *is_from_end { "^" } else { "" }, expr(index))
        }
        ExprKind::Nested { base, name } => format!("{}::{}", expr(base), name.text),
        ExprKind::NonNull(base) => format!("{}!", expr(base)),
        ExprKind::Lambda(lambda) => {
            format!("({}) => {}", list(&lambda.parameters, |name| name.text.to_string()), expr(&lambda.body))
        }
        ExprKind::Unary { operator, operand } => format!("({operator:?} {})", expr(operand)),
        ExprKind::Binary { operator, left, right, .. } => format!("({} {operator:?} {})", expr(left), expr(right)),
        ExprKind::Ternary { condition, then, otherwise } => {
            format!("({} ? {} : {})", expr(condition), expr(then), expr(otherwise))
        }
        ExprKind::Parenthesized(inner) => format!("({})", expr(inner)),
        ExprKind::Invalid => "‹›".to_owned(),
    }
}

/// A type.
pub(super) fn value_type(shown: &Type) -> String {
    match &shown.kind {
        TypeKind::Name(name) => name.text.to_string(),
        TypeKind::Generic { name, args } => format!("{}<{}>", name.text, list(args, value_type)),
        TypeKind::Property { base, name } => format!("{}.{}", value_type(base), name.text),
        TypeKind::MemberGeneric { base, name, args } => {
            format!("{}.{}<{}>", value_type(base), name.text, list(args, value_type))
        }
        TypeKind::AdditionalProperties(base) => format!("{}.*", value_type(base)),
        TypeKind::Items(base) => format!("{}[*]", value_type(base)),
        TypeKind::Element { base, index } => format!("{}[{}]", value_type(base), expr(index)),
        TypeKind::Array(item) => format!("{}[]", value_type(item)),
        TypeKind::Nullable(base) => format!("({}?)", value_type(base)),
        TypeKind::NonNullable(base) => format!("({}!)", value_type(base)),
        TypeKind::Unary { operator, operand } => format!("({operator:?} {})", value_type(operand)),
        TypeKind::Null => "null".to_owned(),
        TypeKind::Bool(value) => value.to_string(),
        TypeKind::Integer(value) => value.to_string(),
        TypeKind::String(literal) => string(literal),
        TypeKind::Object(properties) => {
            let property = |property: &super::TypeProperty| {
                let decorators = "@".repeat(property.decorators.len());
                format!("{decorators}{}: {}", key(&property.key), value_type(&property.value))
            };
            format!("{{{}}}", list(properties, property))
        }
        TypeKind::Tuple(items) => format!("[{}]", list(items, |item| value_type(&item.value))),
        TypeKind::Parenthesized(inner) => format!("({})", value_type(inner)),
        TypeKind::Union(members) => members.iter().map(value_type).collect::<Vec<_>>().join(" | "),
        TypeKind::Resource(None) => "resource".to_owned(),
        TypeKind::Resource(Some(resource_type)) => format!("resource {}", expr(resource_type)),
        TypeKind::Invalid => "‹›".to_owned(),
    }
}
