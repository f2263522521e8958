//! What the declarations of a template say of their values.

use std::collections::HashMap;

use foldhash::fast::RandomState;

use super::Lowering;
use crate::source::FileId;
use crate::syntax::json::{Kind, Node, Number};
use crate::template::secure_parts::SecureParts;
use crate::template::{Bound, BoundKind, Constraints, Others, ParameterType, Shape, Type, TypeId, Types};

/// A `$ref` may lead to another; a chain longer than this is a cycle.
const MAX_REFERENCES: usize = 32;

/// Most types inside of others that one template has.
const MAX_TYPES: usize = 20_000;

/// The words of a declaration that are about its value.
const WORDS: [&str; 12] = [
    "type",
    "allowedValues",
    "nullable",
    "properties",
    "additionalProperties",
    "items",
    "prefixItems",
    "discriminator",
    "minLength",
    "maxLength",
    "minValue",
    "maxValue",
];

/// What the last of these bound.
const BOUNDS: [(&str, BoundKind); 4] = [
    ("minLength", BoundKind::MinLength),
    ("maxLength", BoundKind::MaxLength),
    ("minValue", BoundKind::MinValue),
    ("maxValue", BoundKind::MaxValue),
];

/// What a declaration says, by [`WORDS`].
struct Attributes<'a>([Option<Node<'a>>; WORDS.len()]);

impl<'a> Attributes<'a> {
    fn get(&self, word: &str) -> Option<Node<'a>> {
        self.0[WORDS.iter().position(|known| *known == word)?]
    }
}

/// The types of a template: what its `$ref`s lead to, and those that are known so far.
pub(super) struct Definitions<'a> {
    template: Node<'a>,
    /// The type definitions by their names in lower case; of two with one name the later counts.
    by_name: HashMap<String, Node<'a>>,
    pub(super) types: Types,
    /// The types by where they start.
    known: HashMap<u32, TypeId, RandomState>,
    /// Those that are spoken of and not looked at yet: a chain of them may be long.
    pending: Vec<(TypeId, Node<'a>)>,
}

impl Lowering {
    /// What a parameter, an output or a type definition says of its value.
    pub(super) fn declared<'a>(&mut self, node: Node<'a>, definitions: &mut Definitions<'a>) -> Type {
        let declared = self.declared_type(node, definitions);
        while let Some((id, node)) = definitions.pending.pop() {
            let ty = self.declared_type(node, definitions);
            definitions.types.set(id, ty);
        }
        declared
    }

    fn declared_type<'a>(&mut self, node: Node<'a>, definitions: &mut Definitions<'a>) -> Type {
        let attributes = definitions.attributes(node);
        let written = attributes.get("type");
        let name = written.and_then(Node::as_str).unwrap_or_default();
        let kind = ParameterType::named(&name);
        let allowed = attributes.get("allowedValues").into_iter().flat_map(Node::elements);
        let allowed = allowed.map(|value| self.literal(value)).collect();
        let bound = |(word, kind): (&str, BoundKind)| {
            let written = attributes.get(word)?;
            let Some(Number::Integer(limit)) = written.as_number() else { return None };
            Some(Bound { kind, limit, span: written.span(self.file) })
        };
        let bounds = BOUNDS.into_iter().filter_map(bound).filter(|bound| bound.kind.is_of(kind)).collect();
        let shape = match kind {
            ParameterType::Object => definitions.object(&attributes, self.file),
            ParameterType::Array => definitions.array(&attributes, self.file),
            _ => Shape::Any,
        };
        Type {
            span: written.unwrap_or(node).span(self.file),
            kind,
            nullable: attributes.get("nullable").is_some_and(|flag| flag.kind() == Kind::Bool(true)),
            secure: name.get(..6).is_some_and(|start| start.eq_ignore_ascii_case("secure")),
            allowed,
            constraints: Constraints::boxed(bounds, shape),
        }
    }
}

impl<'a> Definitions<'a> {
    pub(super) fn of(template: Node<'a>) -> Self {
        let members = template.get("definitions").into_iter().flat_map(Node::members);
        let by_name = members.filter_map(|member| Some((member.key.as_str()?.to_ascii_lowercase(), member.value)));
        let (types, known, pending) = (Types::default(), HashMap::default(), Vec::new());
        Self { template, by_name: by_name.collect(), types, known, pending }
    }

    /// What a declaration says, and the type definition that its `$ref` leads to.
    fn attributes(&self, declaration: Node<'a>) -> Attributes<'a> {
        let mut found = Attributes([None; WORDS.len()]);
        let mut node = declaration;
        for _ in 0..MAX_REFERENCES {
            let mut own = [None; WORDS.len()];
            let mut reference = None;
            for member in node.members() {
                let Some(key) = member.key.as_str() else { continue };
                // The parts that most declarations have, and that say nothing of the value.
                if matches!(&*key, "value" | "metadata" | "defaultValue") {
                    continue;
                }
                if key == "$ref" {
                    reference = member.value.as_str();
                } else if let Some(at) = WORDS.iter().position(|word| key.eq_ignore_ascii_case(word)) {
                    own[at] = Some(member.value);
                }
            }
            for (found, own) in found.0.iter_mut().zip(own) {
                *found = found.or(own);
            }
            let Some(next) = reference.and_then(|reference| self.find(&reference)) else { break };
            node = next;
        }
        found
    }

    /// The name of the type of a declaration, as written.
    pub(super) fn type_name(&self, declaration: Node<'a>) -> Option<String> {
        self.attributes(declaration).get("type")?.as_str().map(String::from)
    }

    /// The paths of the secret properties of a declaration's value.
    pub(super) fn secure_parts(&self, declaration: Node<'a>) -> SecureParts {
        let mut parts = SecureParts::default();
        self.find_secure_parts(declaration, &mut parts);
        parts
    }

    fn find_secure_parts(&self, ty: Node<'a>, parts: &mut SecureParts) {
        if let Some(items) = self.attributes(ty).get("items").filter(|_| parts.enter_elements()) {
            self.find_secure_parts(items, parts);
        }
        for member in self.attributes(ty).get("properties").into_iter().flat_map(Node::members) {
            if !member.key.as_str().is_some_and(|key| parts.enter(&key)) {
                continue;
            }
            let name = self.attributes(member.value).get("type").and_then(Node::as_str);
            if name.is_some_and(|name| name.get(..6).is_some_and(|start| start.eq_ignore_ascii_case("secure"))) {
                parts.mark();
            } else {
                self.find_secure_parts(member.value, parts);
            }
            parts.leave();
        }
    }

    fn object(&mut self, attributes: &Attributes<'a>, file: FileId) -> Shape {
        if let Some(discriminator) = attributes.get("discriminator") {
            let property = discriminator.get("propertyName").and_then(Node::as_str);
            let (Some(property), Some(mapping)) = (property, discriminator.get("mapping")) else { return Shape::Any };
            let variant = |member: crate::syntax::json::Member<'a>| Some((member.key.as_str()?, member.value));
            let variants = mapping.members().filter_map(variant);
            let variants = variants.map(|(name, ty)| (name.into(), self.reference(ty, file))).collect();
            return Shape::Tagged { property: property.into(), variants };
        }
        let others = self.others(attributes.get("additionalProperties"), file);
        let members = attributes.get("properties").into_iter().flat_map(Node::members);
        let properties: Vec<_> = members
            .filter_map(|member| Some((member.key.as_str()?.into(), self.reference(member.value, file))))
            .collect();
        if properties.is_empty() && others == Others::Any { Shape::Any } else { Shape::Object { properties, others } }
    }

    fn array(&mut self, attributes: &Attributes<'a>, file: FileId) -> Shape {
        let others = self.others(attributes.get("items"), file);
        let first = attributes.get("prefixItems").into_iter().flat_map(Node::elements);
        let first: Vec<_> = first.map(|item| self.reference(item, file)).collect();
        if first.is_empty() && others == Others::Any { Shape::Any } else { Shape::Array { first, others } }
    }

    fn others(&mut self, written: Option<Node<'a>>, file: FileId) -> Others {
        match written.map(|node| (node, node.kind())) {
            Some((_, Kind::Bool(false))) => Others::None,
            Some((node, Kind::Object)) => Others::Of(self.reference(node, file)),
            _ => Others::Any,
        }
    }

    /// The number of the type that is written as `node`.
    fn reference(&mut self, node: Node<'a>, file: FileId) -> TypeId {
        let span = node.span(file);
        if let Some(known) = self.known.get(&span.start) {
            return *known;
        }
        let id = self.types.reserve(span);
        if self.types.len() <= MAX_TYPES {
            self.known.insert(span.start, id);
            self.pending.push((id, node));
        }
        id
    }

    fn find(&self, reference: &str) -> Option<Node<'a>> {
        let path = reference.strip_prefix("#/")?;
        let mut steps = path.split('/').map(|step| step.replace("~1", "/").replace("~0", "~"));
        let mut node = self.template;
        if path.starts_with("definitions/") {
            node = *self.by_name.get(&steps.nth(1)?.to_ascii_lowercase())?;
        }
        for step in steps {
            node = match node.kind() {
                Kind::Array => node.elements().nth(step.parse().ok()?)?,
                _ => node.get(&step)?,
            };
        }
        Some(node)
    }
}
