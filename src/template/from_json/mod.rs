//! Lowering of ARM JSON to the template model.

mod declarations;
mod declared;
mod expressions;
mod parameter_file;
mod resources;
mod shape;

pub use parameter_file::lower_parameter_file;

use declared::Definitions;

use crate::source::{FileId, Span, names_secret};
use crate::syntax::Interner;
use crate::syntax::expression::Expr;
use crate::syntax::json::{Kind, Node};
use crate::template::link::Names;
use crate::template::resource_type::types_of;
use crate::template::{self, TargetScope, Template, TemplateError, TemplateErrorKind};

/// The template that the object `root` of `file` describes.
pub fn lower_template(file: FileId, root: Node<'_>) -> Template {
    let mut lowering = Lowering::new(file);
    let mut template = lowering.template(root, None);
    template.errors = lowering.errors;
    if !lowering.names.has_met() {
        template.names.tells_secrets = false.into();
    }
    template
}

/// The value that a JSON text denotes outside of templates: every string is itself.
pub fn lower_literal(file: FileId, root: Node<'_>) -> Expr {
    Lowering::new(file).literal(root)
}

/// What lowering one file carries along.
struct Lowering {
    file: FileId,
    names: Interner,
    errors: Vec<TemplateError>,
    /// Whether strings are read that the template around leaves to the one that it deploys, when it has read them once.
    passes_on: bool,
    /// The templates in variables that are being read.
    within: Vec<Span>,
    /// How many more of them may be read: each may deploy several others.
    left: usize,
}

/// Most templates that are read from the variables of one file, each time that they are deployed.
const MAX_TEMPLATES: usize = 256;

/// What the names in an expression of a template mean: those of the template, or of the one around it.
#[derive(Clone, Copy)]
struct Declared<'s> {
    node: Node<'s>,
    names: Names<'s>,
}

impl Lowering {
    fn new(file: FileId) -> Self {
        let (names, errors) = (Interner::watching(names_secret), Vec::new());
        Self { file, names, errors, passes_on: false, within: Vec::new(), left: MAX_TEMPLATES }
    }

    /// A template, whose expressions mean what is declared `around` it if that is given; its errors stay with the
    /// lowering, those of nested templates too.
    fn template(&mut self, node: Node<'_>, around: Option<Declared<'_>>) -> Template {
        let outer = std::mem::replace(&mut self.passes_on, around.is_some());
        self.check_template(node);
        let mut definitions = Definitions::of(node);
        let parameters = self.parameters(node, &mut definitions);
        let variables = self.variables(node);
        let own = Declared { node, names: Names { parameters: &parameters, variables: &variables } };
        let resources = self.resources(node, around.unwrap_or(own));
        let template = Template {
            is_bicep: false,
            span: node.span(self.file),
            scope: node
                .get("$schema")
                .and_then(|schema| schema.as_str().map(|text| scope_of(&text)))
                .unwrap_or(TargetScope::ResourceGroup),
            parameters_at: node.get("parameters").map(|parameters| parameters.span(self.file)),
            functions: self.functions(node),
            types: types_of(&resources),
            outputs: self.outputs(node, &mut definitions),
            errors: Vec::new(),
            declared: definitions.types,
            names: template::Names::default(),
            parameters,
            variables,
            resources,
        };
        self.passes_on = outer;
        template
    }

    /// Reports that `node` is not what the template language asks for, unless its syntax is broken anyway.
    fn misshapen(&mut self, node: Node<'_>, expected: &str) {
        let is_broken = |node: Node<'_>| node.kind() == Kind::Invalid;
        let has_broken_part = node.members().any(|member| is_broken(member.key) || is_broken(member.value));
        if !is_broken(node) && !has_broken_part {
            let kind = TemplateErrorKind::Shape(format!("expected {expected}, found {}", describe(node.kind())));
            self.errors.push(TemplateError { span: node.span(self.file), kind });
        }
    }

    /// The members of the object `key` of `node`; none when it is absent.
    fn section<'a>(&mut self, node: Node<'a>, key: &str) -> Vec<(Node<'a>, Node<'a>)> {
        match node.get(key) {
            Some(section) if section.kind() == Kind::Object => {
                section.members().map(|member| (member.key, member.value)).collect()
            }
            Some(section) if section.kind() != Kind::Null => {
                self.misshapen(section, "an object");
                Vec::new()
            }
            _ => Vec::new(),
        }
    }
}

/// What a template with this `$schema` is deployed to.
pub(super) fn scope_of(schema: &str) -> TargetScope {
    let schema = schema.to_ascii_lowercase();
    if schema.contains("subscriptiondeploymenttemplate") {
        TargetScope::Subscription
    } else if schema.contains("managementgroupdeploymenttemplate") {
        TargetScope::ManagementGroup
    } else if schema.contains("tenantdeploymenttemplate") {
        TargetScope::Tenant
    } else {
        TargetScope::ResourceGroup
    }
}

fn describe(kind: Kind) -> &'static str {
    match kind {
        Kind::Null => "null",
        Kind::Bool(_) => "a boolean",
        Kind::Number => "a number",
        Kind::String => "a string",
        Kind::Array => "an array",
        Kind::Object => "an object",
        Kind::Invalid => "something that is not JSON",
    }
}
