//! Parameters, variables, functions and outputs.

use super::Lowering;
use super::declared::Definitions;
use crate::syntax::json::{Kind, Node};
use crate::template::{Function, Looped, Output, Parameter, ParameterType, Variable};

impl Lowering {
    pub(super) fn parameters<'a>(&mut self, template: Node<'a>, definitions: &mut Definitions<'a>) -> Vec<Parameter> {
        let mut parameters = Vec::new();
        for (key, node) in self.section(template, "parameters") {
            let Some(name) = self.name(key) else { continue };
            if node.kind() != Kind::Object {
                self.misshapen(node, "an object that declares a parameter");
                continue;
            }
            self.check_parameter(template, node);
            let declared = self.declared(node, definitions);
            let has_parts = !declared.secure
                && matches!(declared.kind, ParameterType::Object | ParameterType::Array)
                && declared.constraints.is_some();
            parameters.push(Parameter {
                name,
                ty: declared.kind,
                secure: declared.secure,
                secure_parts: if has_parts { definitions.secure_parts(node).paths() } else { Vec::new() },
                nullable: declared.nullable,
                default: node.get("defaultValue").map(|default| self.expr(default)),
                allowed: declared.allowed,
                constraints: declared.constraints,
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

    pub(super) fn outputs<'a>(&mut self, template: Node<'a>, definitions: &mut Definitions<'a>) -> Vec<Output> {
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
                ty: definitions.type_name(node),
                condition: node.get("condition").map(|condition| self.expr(condition)),
                value,
                declared: self.declared(node, definitions),
            });
        }
        outputs
    }
}
