//! Resources: listed or named, nested in each other, and the templates that some of them deploy.

use super::Lowering;
use crate::source::Span;
use crate::syntax::expression::Name;
use crate::syntax::json::{Kind, Node};
use crate::template::{EvaluationScope, NestedDeployment, NestedTemplate, Resource, ResourceType};

impl Lowering {
    pub(super) fn resources(&mut self, template: Node<'_>) -> Vec<Resource> {
        let mut resources = Vec::new();
        self.collect_resources(template, template, None, &mut resources);
        resources
    }

    fn collect_resources(
        &mut self,
        template: Node<'_>,
        holder: Node<'_>,
        parent: Option<usize>,
        resources: &mut Vec<Resource>,
    ) {
        let Some(node) = holder.get("resources") else { return };
        match node.kind() {
            Kind::Array => {
                for item in node.elements() {
                    self.collect_resource(template, item, None, parent, resources);
                }
            }
            Kind::Object => {
                for member in node.members() {
                    let symbol = self.name(member.key);
                    self.collect_resource(template, member.value, symbol, parent, resources);
                }
            }
            Kind::Null => {}
            _ => self.misshapen(node, "an array or an object of resources"),
        }
    }

    fn collect_resource(
        &mut self,
        template: Node<'_>,
        node: Node<'_>,
        symbol: Option<Name>,
        parent: Option<usize>,
        resources: &mut Vec<Resource>,
    ) {
        if node.kind() != Kind::Object {
            return self.misshapen(node, "an object that declares a resource");
        }
        let written = node.get("type").and_then(|ty| Some((ty.as_str()?, ty.span(self.file))));
        let Some((written, span)) = written else {
            return self.misshapen(node, "a resource with a `type`");
        };
        let parent_type = parent.map(|parent| &resources[parent].ty);
        let ty = ResourceType::new(&written, parent_type, span);
        let properties = node.get("properties");
        let is_deployment = ty.is("Microsoft.Resources/deployments");
        let deployment = properties.filter(|_| is_deployment).map(|properties| self.deployment(properties, span));
        // Children and template are parts of their own. That a resource is managed by the service itself says nothing.
        let mut except: Vec<&[&str]> = vec![&["resources"]];
        except.extend(is_deployment.then_some(&["properties", "template"][..]));
        except.extend(azure_extension(template, node));
        let index = resources.len();
        let resource = Resource {
            symbol,
            ty,
            parent,
            parent_iteration: None,
            existing: node.get("existing").is_some_and(|flag| flag.kind() == Kind::Bool(true)),
            copy: node.get("copy").and_then(|copy| self.copy(copy)),
            body: self.object_except(node, &except),
            deployment,
        };
        resources.push(resource);
        self.collect_resources(template, node, Some(index), resources);
    }

    fn deployment(&mut self, properties: Node<'_>, resource: Span) -> NestedDeployment {
        let option = properties.get("expressionEvaluationOptions").and_then(|options| options.get("scope"));
        let inner = option.and_then(Node::as_str).is_some_and(|scope| scope.eq_ignore_ascii_case("inner"));
        let link = properties.get("templateLink");
        let relative = link.and_then(|link| link.get("relativePath"));
        let template = match (properties.get("template"), relative) {
            (Some(template), _) if template.kind() == Kind::Object => {
                NestedTemplate::Inline(Box::new(self.template(template)))
            }
            (_, Some(path)) => NestedTemplate::RelativePath(self.expr(path)),
            (other, None) => NestedTemplate::Elsewhere(other.or(link).map_or(resource, |node| node.span(self.file))),
        };
        NestedDeployment {
            evaluation: if inner { EvaluationScope::Inner } else { EvaluationScope::Outer },
            parameters: properties.get("parameters").map(|parameters| self.expr(parameters)),
            template,
        }
    }
}

/// The member that names the extension of a resource, where that is Azure Resource Manager.
fn azure_extension(template: Node<'_>, resource: Node<'_>) -> Option<&'static [&'static str]> {
    let is_azure = |declarations: &str, member: &str, name: &str| {
        let declared = resource.get(member).and_then(Node::as_str).and_then(|it| template.get(declarations)?.get(&it));
        declared.and_then(|it| it.get(name)?.as_str()).is_some_and(|name| name == "AzureResourceManager")
    };
    if is_azure("extensions", "extension", "name") {
        return Some(&["extension"]);
    }
    is_azure("imports", "import", "provider").then_some(&["import"])
}
