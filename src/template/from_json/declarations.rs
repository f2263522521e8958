//! Parameters, variables, functions and outputs.

use std::collections::HashMap;

use super::Lowering;
use crate::syntax::json::{Kind, Member, Node};
use crate::template::secure_parts::SecureParts;
use crate::template::{Function, Looped, Output, Parameter, ParameterType, Variable};

/// A `$ref` may lead to another; a chain longer than this is a cycle.
const MAX_REFERENCES: usize = 32;

impl Lowering {
    pub(super) fn parameters(&mut self, template: Node<'_>, definitions: &Definitions<'_>) -> Vec<Parameter> {
        let mut parameters = Vec::new();
        for (key, node) in self.section(template, "parameters") {
            let Some(name) = self.name(key) else { continue };
            if node.kind() != Kind::Object {
                self.misshapen(node, "an object that declares a parameter");
                continue;
            }
            self.check_parameter(template, node);
            let attribute = |key: &str| definitions.attribute(node, key);
            let type_name = attribute("type").and_then(|ty| ty.as_str().map(|text| text.to_ascii_lowercase()));
            let type_name = type_name.unwrap_or_default();
            let allowed = attribute("allowedValues").map(|list| list.elements().collect::<Vec<_>>());
            let secure = type_name.starts_with("secure");
            let mut parts = SecureParts::default();
            if !secure {
                definitions.find_secure_parts(node, &mut parts);
            }
            parameters.push(Parameter {
                name,
                ty: ParameterType::named(&type_name),
                secure,
                secure_parts: parts.paths(),
                nullable: attribute("nullable").is_some_and(|flag| flag.kind() == Kind::Bool(true)),
                default: node.get("defaultValue").map(|default| self.expr(default)),
                allowed: allowed.unwrap_or_default().into_iter().map(|value| self.literal(value)).collect(),
            });
        }
        parameters
    }

    pub(super) fn variables(&mut self, template: Node<'_>) -> Vec<Variable> {
        let mut variables = Vec::new();
        for (key, node) in self.section(template, "variables") {
            let Some(name) = self.name(key) else { continue };
            if !name.is("copy") || node.kind() != Kind::Array {
                variables.push(Variable { name, value: Looped::Once(self.expr(node)) });
                continue;
            }
            for item in node.elements() {
                let name = item.get("name").and_then(|name| self.name(name));
                if let (Some(name), Some(copy), Some(input)) = (name, self.copy(item), item.get("input")) {
                    variables.push(Variable { name, value: Looped::Each { copy, input: self.expr(input) } });
                } else {
                    self.misshapen(item, "a loop with `name`, `count` and `input`");
                }
            }
        }
        variables
    }

    pub(super) fn functions(&mut self, template: Node<'_>) -> Vec<Function> {
        let mut functions = Vec::new();
        let Some(list) = template.get("functions") else { return functions };
        for item in list.elements() {
            let Some(namespace) = item.get("namespace").and_then(|name| self.name(name)) else {
                self.misshapen(item, "a namespace of functions with `namespace` and `members`");
                continue;
            };
            for (key, node) in self.section(item, "members") {
                let output = node.get("output").and_then(|output| output.get("value"));
                let (Some(name), Some(output)) = (self.name(key), output) else {
                    self.misshapen(node, "a function with `output`");
                    continue;
                };
                let parameters = node.get("parameters").map(|list| list.elements().collect::<Vec<_>>());
                functions.push(Function {
                    namespace: namespace.clone(),
                    name,
                    parameters: parameters
                        .unwrap_or_default()
                        .into_iter()
                        .filter_map(|parameter| self.name(parameter.get("name")?))
                        .collect(),
                    output: self.expr(output),
                });
            }
        }
        functions
    }

    pub(super) fn outputs(&mut self, template: Node<'_>, definitions: &Definitions<'_>) -> Vec<Output> {
        let mut outputs = Vec::new();
        for (key, node) in self.section(template, "outputs") {
            let Some(name) = self.name(key) else { continue };
            if node.kind() != Kind::Object {
                self.misshapen(node, "an object that declares an output");
                continue;
            }
            self.check_output(key, node);
            let copy = node.get("copy");
            let looped = copy.and_then(|copy| Some((self.copy(copy)?, self.expr(copy.get("input")?))));
            let value = match looped {
                Some((copy, input)) => Some(Looped::Each { copy, input }),
                None => node.get("value").map(|value| Looped::Once(self.expr(value))),
            };
            outputs.push(Output {
                name,
                ty: definitions.attribute(node, "type").and_then(|ty| ty.as_str().map(String::from)),
                condition: node.get("condition").map(|condition| self.expr(condition)),
                value,
            });
        }
        outputs
    }
}

/// What the `$ref`s of a template lead to.
pub(super) struct Definitions<'a> {
    template: Node<'a>,
    /// The type definitions by their names in lower case; of two with one name the later counts.
    by_name: HashMap<String, Node<'a>>,
}

impl<'a> Definitions<'a> {
    pub(super) fn of(template: Node<'a>) -> Self {
        let members = template.get("definitions").into_iter().flat_map(Node::members);
        let by_name = members.filter_map(|member| Some((member.key.as_str()?.to_ascii_lowercase(), member.value)));
        Self { template, by_name: by_name.collect() }
    }

    /// An attribute of a parameter, or of the type definition that its `$ref` leads to.
    fn attribute(&self, parameter: Node<'a>, key: &str) -> Option<Node<'a>> {
        let mut node = parameter;
        for _ in 0..MAX_REFERENCES {
            if let Some(found) = node.get(key) {
                return Some(found);
            }
            node = self.find(&node.get("$ref")?.as_str()?)?;
        }
        None
    }

    /// Looks for the secret properties of a type.
    fn find_secure_parts(&self, ty: Node<'a>, parts: &mut SecureParts) {
        for Member { key, value } in self.attribute(ty, "properties").into_iter().flat_map(Node::members) {
            if !key.as_str().is_some_and(|key| parts.enter(&key)) {
                continue;
            }
            let name = self.attribute(value, "type").and_then(Node::as_str);
            if name.is_some_and(|name| name.to_ascii_lowercase().starts_with("secure")) {
                parts.mark();
            } else {
                self.find_secure_parts(value, parts);
            }
            parts.leave();
        }
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
