//! Types in the compiler's words.

use plimsoll::syntax::bicep::{Key, TupleItem, Type, TypeKind, TypeProperty, TypedLambda};

use super::Walk;

impl Walk<'_> {
    pub(super) fn typed_lambda(&mut self, lambda: &TypedLambda) {
        self.add("TypedLambdaSyntax", lambda.span);
        self.add("TypedVariableBlockSyntax", lambda.parameters_span);
        for parameter in &lambda.parameters {
            self.add("TypedLocalVariableSyntax", parameter.span);
            self.name(&parameter.name);
            self.value_type(&parameter.value_type);
        }
        self.value_type(&lambda.returns);
        self.expr(&lambda.body);
    }

    pub(super) fn value_type(&mut self, value_type: &Type) {
        self.operand_types(value_type);
        let kind = match &value_type.kind {
            TypeKind::Name(_) => "TypeVariableAccessSyntax",
            TypeKind::Generic { .. } => "ParameterizedTypeInstantiationSyntax",
            TypeKind::MemberGeneric { .. } => "InstanceParameterizedTypeInstantiationSyntax",
            TypeKind::Property { .. } => "TypePropertyAccessSyntax",
            TypeKind::AdditionalProperties(_) => "TypeAdditionalPropertiesAccessSyntax",
            TypeKind::Items(_) => "TypeItemsAccessSyntax",
            TypeKind::Element { .. } => "TypeArrayAccessSyntax",
            TypeKind::Array(_) => "ArrayTypeSyntax",
            TypeKind::Nullable(_) => "NullableTypeSyntax",
            TypeKind::NonNullable(_) => "NonNullableTypeSyntax",
            TypeKind::Unary { .. } => "UnaryTypeOperationSyntax",
            TypeKind::Null => "NullTypeLiteralSyntax",
            TypeKind::Bool(_) => "BooleanTypeLiteralSyntax",
            TypeKind::Integer(_) => "IntegerTypeLiteralSyntax",
            TypeKind::Object(_) => "ObjectTypeSyntax",
            TypeKind::Tuple(_) => "TupleTypeSyntax",
            TypeKind::Parenthesized(_) => "ParenthesizedTypeSyntax",
            TypeKind::Union(_) => "UnionTypeSyntax",
            TypeKind::Resource(_) => "ResourceTypeSyntax",
            TypeKind::String(_) | TypeKind::Invalid => return,
        };
        self.add(kind, value_type.span);
    }

    fn operand_types(&mut self, value_type: &Type) {
        match &value_type.kind {
            TypeKind::Name(name) => self.name(name),
            TypeKind::Generic { name, args } => {
                self.name(name);
                self.type_args(args);
            }
            TypeKind::MemberGeneric { base, name, args } => {
                self.value_type(base);
                self.name(name);
                self.type_args(args);
            }
            TypeKind::Property { base, name } => {
                self.value_type(base);
                self.name(name);
            }
            TypeKind::Element { base, index } => {
                self.value_type(base);
                self.expr(index);
            }
            TypeKind::Array(item) => {
                self.add("ArrayTypeMemberSyntax", item.span);
                self.value_type(item);
            }
            TypeKind::AdditionalProperties(only)
            | TypeKind::Items(only)
            | TypeKind::Nullable(only)
            | TypeKind::NonNullable(only)
            | TypeKind::Unary { operand: only, .. }
            | TypeKind::Parenthesized(only) => self.value_type(only),
            TypeKind::String(string) => self.string("StringTypeLiteralSyntax", string),
            TypeKind::Object(properties) => properties.iter().for_each(|property| self.type_property(property)),
            TypeKind::Tuple(items) => items.iter().for_each(|item| self.tuple_item(item)),
            TypeKind::Union(members) => {
                for member in members {
                    if member.kind != TypeKind::Invalid {
                        self.add("UnionTypeMemberSyntax", member.span);
                    }
                    self.value_type(member);
                }
            }
            TypeKind::Resource(resource_type) => {
                if let Some(resource_type) = resource_type {
                    self.expr(resource_type);
                }
            }
            TypeKind::Null | TypeKind::Bool(_) | TypeKind::Integer(_) | TypeKind::Invalid => {}
        }
    }

    fn type_property(&mut self, property: &TypeProperty) {
        for decorator in &property.decorators {
            self.decorator(decorator);
        }
        self.key(&property.key);
        self.value_type(&property.value);
        let kind = match property.key {
            Key::Wildcard(_) => "ObjectTypeAdditionalPropertiesSyntax",
            _ => "ObjectTypePropertySyntax",
        };
        self.add(kind, property.span);
    }

    fn tuple_item(&mut self, item: &TupleItem) {
        for decorator in &item.decorators {
            self.decorator(decorator);
        }
        self.value_type(&item.value);
        if item.value.kind != TypeKind::Invalid {
            self.add("TupleTypeItemSyntax", item.span);
        }
    }

    fn type_args(&mut self, args: &[Type]) {
        for arg in args {
            self.add("ParameterizedTypeArgumentSyntax", arg.span);
            self.value_type(arg);
        }
    }
}
