//! Resources: listed or named, nested in each other, and the templates that some of them deploy.

use super::{Declared, Lowering};
use crate::source::Span;
use crate::syntax::expression::{Expr, ExprKind, Name};
use crate::syntax::json::{Kind, Member, Node};
use crate::template::{EvaluationScope, NestedDeployment, NestedTemplate, Resource, ResourceType, Template, link};

impl Lowering {
    pub(super) fn resources(&mut self, template: Node<'_>, declared: Declared<'_>) -> Vec<Resource> {
        let mut resources = Vec::new();
        self.collect_resources((template, declared), template, None, &mut resources);
        resources
    }

    fn collect_resources(
        &mut self,
        template: (Node<'_>, Declared<'_>),
        holder: Node<'_>,
        parent: Option<usize>,
        resources: &mut Vec<Resource>,
    ) {
        let Some(node) = holder.get("resources") else { return };
        match node.kind() {
            Kind::Array => {
                resources.reserve(node.elements().count());
                for item in node.elements() {
                    self.collect_resource(template, item, None, parent, resources);
                }
            }
            Kind::Object => {
                self.check_loops(node);
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
        template: (Node<'_>, Declared<'_>),
        node: Node<'_>,
        symbol: Option<Name>,
        parent: Option<usize>,
        resources: &mut Vec<Resource>,
    ) {
        if node.kind() != Kind::Object {
            return self.misshapen(node, "an object that declares a resource");
        }
        let [ty, properties, existing, copy] = node.get_each(["type", "properties", "existing", "copy"]);
        let written = ty.and_then(|ty| Some((ty.as_str()?, ty.span(self.file))));
        let Some((written, span)) = written else {
            return self.misshapen(node, "a resource with a `type`");
        };
        let parent_type = parent.map(|parent| &resources[parent].ty);
        let ty = ResourceType::new(&written, parent_type, span);
        self.check_resource(template.0, node, parent.is_some());
        let deployed = properties.filter(|_| ty.deploys());
        let deployment = deployed.map(|properties| self.deployment(properties, span, ty.is_stack(), template.1));
        // Children and template are parts of their own. That a resource is managed by the service itself says nothing.
        let mut except: Vec<&[&str]> = vec![&["resources"]];
        let is_inline = deployment.as_ref().is_some_and(|it| matches!(it.template, NestedTemplate::Inline(_)));
        except.extend(is_inline.then_some(&["properties", "template"][..]));
        except.extend(azure_extension(template.0, node));
        let index = resources.len();
        let resource = Resource {
            symbol,
            ty,
            parent,
            parent_reference: None,
            existing: existing.is_some_and(|flag| flag.kind() == Kind::Bool(true)),
            copy: copy.and_then(|copy| self.copy(copy)).map(Box::new),
            body: self.resource_body(node, &except),
            deployment: deployment.map(Box::new),
        };
        resources.push(resource);
        self.collect_resources(template, node, Some(index), resources);
    }

    fn deployment(
        &mut self,
        properties: Node<'_>,
        resource: Span,
        is_stack: bool,
        declared: Declared<'_>,
    ) -> NestedDeployment {
        let option = properties.get("expressionEvaluationOptions").and_then(|options| options.get("scope"));
        let inner = option.and_then(Node::as_str).is_some_and(|scope| scope.eq_ignore_ascii_case("inner"));
        let mut evaluation = if inner && !is_stack { EvaluationScope::Inner } else { EvaluationScope::Outer };
        let link = properties.get("templateLink");
        let template = match properties.get("template") {
            Some(template) if template.kind() == Kind::Object => {
                let around = (evaluation == EvaluationScope::Outer).then_some(declared);
                Some(NestedTemplate::Inline(Box::new(self.template(template, around))))
            }
            Some(template) => {
                // What an expression yields has been read once, whatever the options say.
                evaluation = EvaluationScope::Outer;
                self.template_in_variable(template, declared).map(|found| NestedTemplate::Inline(Box::new(found)))
            }
            None => link.and_then(|link| {
                let found = match (link.get("relativePath"), link.get("uri")) {
                    (Some(path), _) => link::relative(&self.expr(path), declared.names),
                    (None, uri) => link::published(&self.expr(uri?), declared.names),
                };
                found.map(NestedTemplate::File)
            }),
        };
        let written = ["relativePath", "uri", "id"].into_iter().find_map(|key| link?.get(key));
        let written = properties.get("template").or(written).or(link);
        let elsewhere = NestedTemplate::Elsewhere(written.map_or(resource, |node| node.span(self.file)));
        let parameters = properties.get("parameters").map(|parameters| self.expr(parameters));
        let key = |member: Member<'_>| member.key.as_str().is_some_and(|key| key.eq_ignore_ascii_case("parameters"));
        let parameters_at = properties.members().find(|member| key(*member)).map(|member| member.key.span(self.file));
        NestedDeployment {
            evaluation,
            parameters_at,
            template: template.unwrap_or(elsewhere),
            // The values in another file are not looked at.
            parameters: parameters.or_else(|| {
                let link = properties.get("parametersLink")?;
                Some(Expr::new(ExprKind::Invalid, link.span(self.file)))
            }),
        }
    }

    /// The template that a variable, or a part of one, holds.
    fn template_in_variable(&mut self, written: Node<'_>, declared: Declared<'_>) -> Option<Template> {
        let node = variable(&self.expr(written), declared.node, 0)?;
        let span = node.span(self.file);
        if node.kind() != Kind::Object || self.left == 0 || self.within.contains(&span) {
            return None;
        }
        self.left -= 1;
        self.within.push(span);
        // Its mistakes are told where the variable is read.
        let told = self.errors.len();
        let template = self.template(node, Some(declared));
        self.errors.truncate(told);
        self.within.pop();
        Some(template)
    }
}

/// Most steps from an expression to the value of a variable.
const MAX_CHAIN: usize = 16;

/// The value of the variable, or of the part of one, that an expression is.
fn variable<'n>(expr: &Expr, template: Node<'n>, steps: usize) -> Option<Node<'n>> {
    if steps > MAX_CHAIN {
        return None;
    }
    match &expr.kind {
        ExprKind::Call { name, args } if name.is("variables") => {
            template.get("variables")?.get(args.first()?.as_str()?)
        }
        ExprKind::Property { base, name } => variable(base, template, steps + 1)?.get(&name.text),
        ExprKind::Index { base, index } => variable(base, template, steps + 1)?.get(index.as_str()?),
        _ => None,
    }
}

/// The member that names the extension of a resource, where that is Azure Resource Manager.
fn azure_extension(template: Node<'_>, resource: Node<'_>) -> Option<&'static [&'static str]> {
    let [extension, import] = resource.get_each(["extension", "import"]);
    let is_azure = |declarations: &str, member: Option<Node<'_>>, name: &str| {
        let declared = member.and_then(Node::as_str).and_then(|it| template.get(declarations)?.get(&it));
        declared.and_then(|it| it.get(name)?.as_str()).is_some_and(|name| name == "AzureResourceManager")
    };
    if is_azure("extensions", extension, "name") {
        return Some(&["extension"]);
    }
    is_azure("imports", import, "provider").then_some(&["import"])
}
