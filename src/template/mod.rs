//! L4. One model for what a deployment declares, whichever language it is written in.
//!
//! Everything that an expression may compute stays an [`Expr`]; nothing is evaluated here.

mod declared;
mod from_bicep;
mod from_json;
mod from_value;
mod link;
mod name_index;
mod parameter_file;
mod resource_type;
mod secure_parts;
pub mod sites;
pub mod walk;

pub use declared::{Bound, BoundKind, Constraints, Others, Shape, Type, TypeId, Types};
pub use from_bicep::{
    FUNCTIONS, PARAMETER_FILE_FUNCTIONS, Reference, ReferenceKind, Surroundings, decode, lower_bicep,
    lower_bicep_parameters, references,
};
pub use from_json::{lower_literal, lower_parameter_file, lower_template};
pub use link::Link;
pub use parameter_file::{Assignment, ParameterFile};
pub use resource_type::ResourceType;

use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};

use crate::source::{Span, names_secret};
use crate::syntax::expression::{Expr, ExprKind, Member, Name};
use name_index::NameIndex;

/// What a template is deployed to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TargetScope {
    /// A resource group, by far the most common.
    ResourceGroup,
    /// A subscription.
    Subscription,
    /// A management group.
    ManagementGroup,
    /// The tenant.
    Tenant,
}

/// A template, or the template inside a nested deployment.
#[derive(Debug)]
pub struct Template {
    /// The whole template object.
    pub span: Span,
    /// What it is deployed to.
    pub scope: TargetScope,
    /// Whether it is written in Bicep, so that a compiler has followed its symbols.
    pub is_bicep: bool,
    /// The parameters, in the order written.
    pub parameters: Vec<Parameter>,
    /// Where parameters are declared: the object in JSON, the last declaration in Bicep. In Bicep without any it is the
    /// place, before all that may speak of one, where the first belongs; `None` when there is no such thing.
    pub parameters_at: Option<Span>,
    /// The variables, in the order written.
    pub variables: Vec<Variable>,
    /// The user-defined functions.
    pub functions: Vec<Function>,
    /// The resources; a child that is written inside its parent follows it.
    pub resources: Vec<Resource>,
    /// Their types in lower case, with those of the templates that are nested in this one.
    pub types: BTreeSet<Arc<str>>,
    /// The outputs.
    pub outputs: Vec<Output>,
    /// Parts that do not have the shape the template language asks for.
    pub errors: Vec<TemplateError>,
    /// The types inside of those of its parameters and outputs.
    pub declared: Types,
    /// Where to look names up.
    pub names: Names,
}

/// The names that a template declares, and what else is asked of all of it again and again. Nothing is added to a
/// template once it is asked for any.
#[derive(Debug, Default)]
pub struct Names {
    parameters: NameIndex,
    variables: NameIndex,
    outputs: NameIndex,
    symbols: NameIndex,
    is_symbolic: OnceLock<bool>,
    /// Whether something in a file of Bicep can only be said in templates whose resources have symbolic names.
    asks_for_symbols: bool,
    deploys_unseen: OnceLock<bool>,
    tells_secrets: OnceLock<bool>,
}

/// The members of an object that are called like secrets; of the variables of containers and applications,
/// `{name: 'DB_PASSWORD', value: '…'}`, the value.
pub fn secret_members(members: &[Member]) -> impl Iterator<Item = &Member> {
    let is = |member: &Member, key: &str| member.key.as_str().is_some_and(|text| text.eq_ignore_ascii_case(key));
    let is_named = move || members.iter().any(|it| is(it, "name") && it.value.as_str().is_some_and(names_secret));
    members.iter().filter(move |it| it.key.as_str().is_some_and(names_secret) || (is(it, "value") && is_named()))
}

/// A part of a template that the service would refuse.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateError {
    /// Where.
    pub span: Span,
    /// What is wrong.
    pub kind: TemplateErrorKind,
}

/// What is wrong with a part of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TemplateErrorKind {
    /// A string in brackets that is not an expression; the message says why.
    Expression(String),
    /// A part of the wrong shape; the message says what is expected.
    Shape(String),
    /// A part that is not there; the message says which. Of a text that is broken nobody can tell.
    Missing(String),
    /// The name of a resource that has another number of segments than its type; the message says how many.
    Segments(String),
    /// A call with the wrong number of arguments; the message says how many there are.
    ArgumentCount(String),
    /// A call of a function that does not exist.
    Function {
        /// What is wrong.
        message: String,
        /// What may have been meant.
        help: Option<String>,
    },
    /// A name that nothing declares, or that stands for something else than it is used as.
    Name {
        /// What is wrong.
        message: String,
        /// What may have been meant.
        help: Option<String>,
    },
}

/// A parameter.
#[derive(Debug)]
pub struct Parameter {
    /// Its name.
    pub name: Name,
    /// Its type, as far as evaluation needs it.
    pub ty: ParameterType,
    /// Whether its value is a secret.
    pub secure: bool,
    /// The paths of the properties that are secrets where the whole is none.
    pub secure_parts: Vec<Vec<Arc<str>>>,
    /// Whether it may be left out and is null then.
    pub nullable: bool,
    /// The value used when none is given.
    pub default: Option<Expr>,
    /// The values that are allowed, of an array those of its elements; empty when any is.
    pub allowed: Vec<Expr>,
    /// What else its declaration asks of the value.
    pub constraints: Option<Box<Constraints>>,
}

/// The type of a parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ParameterType {
    /// `string` or `securestring`.
    String,
    /// `int`.
    Integer,
    /// `bool`.
    Bool,
    /// `array`.
    Array,
    /// `object` or `secureobject`.
    Object,
    /// Not given, or not a type.
    Unknown,
}

/// A variable.
#[derive(Debug)]
pub struct Variable {
    /// Its name.
    pub name: Name,
    /// Its value; for a variable made by a copy loop, the array that the loop yields.
    pub value: Looped,
}

/// A value, or the loop that yields an array of it.
#[derive(Debug)]
pub enum Looped {
    /// The value itself.
    Once(Expr),
    /// An array with one element for each iteration.
    Each {
        /// The loop.
        copy: Copy,
        /// One element.
        input: Expr,
    },
}

/// A copy loop.
#[derive(Debug)]
pub struct Copy {
    /// The name that `copyIndex('…')` refers to it by.
    pub name: Option<Name>,
    /// Number of iterations.
    pub count: Expr,
}

/// A user-defined function.
#[derive(Debug)]
pub struct Function {
    /// Its namespace.
    pub namespace: Name,
    /// Its name.
    pub name: Name,
    /// The names of its parameters, in order.
    pub parameters: Vec<Name>,
    /// What it returns.
    pub output: Expr,
}

/// An output.
#[derive(Debug)]
pub struct Output {
    /// Its name.
    pub name: Name,
    /// Its type, as written.
    pub ty: Option<String>,
    /// Whether it is there at all.
    pub condition: Option<Expr>,
    /// Its value.
    pub value: Option<Looped>,
    /// What its declaration asks of the value.
    pub declared: Type,
}

/// A resource.
#[derive(Debug)]
pub struct Resource {
    /// Its symbolic name.
    pub symbol: Option<Name>,
    /// Its full type, with the types of the parents it is written in.
    pub ty: ResourceType,
    /// The resource that it is a child of, when it is written inside that or names it, as an index into
    /// [`Template::resources`].
    pub parent: Option<usize>,
    /// How it names that, when it is not written inside of it.
    pub parent_reference: Option<Box<Expr>>,
    /// Whether it is only referred to, not deployed.
    pub existing: bool,
    /// The loop that makes several of it.
    pub copy: Option<Box<Copy>>,
    /// The whole resource as an object, these parts included.
    pub body: Expr,
    /// The template it deploys, if it is a deployment.
    pub deployment: Option<Box<NestedDeployment>>,
}

/// The template that a deployment resource deploys.
#[derive(Debug)]
pub struct NestedDeployment {
    /// Where its expressions look for parameters and variables.
    pub evaluation: EvaluationScope,
    /// The parameter values that it is given: an object `{name: {value: …}}`.
    pub parameters: Option<Expr>,
    /// The key that they stand under.
    pub parameters_at: Option<Span>,
    /// The template.
    pub template: NestedTemplate,
}

/// Where the template of a nested deployment is.
#[derive(Debug)]
pub enum NestedTemplate {
    /// Written in place.
    Inline(Box<Template>),
    /// In a file beside this one.
    File(Link),
    /// Somewhere that is not looked at: a URI, a template spec, an expression. The span says where it is written.
    Elsewhere(Span),
}

/// Where the expressions of a nested template look for parameters and variables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EvaluationScope {
    /// In the nested template itself.
    Inner,
    /// In the template around it.
    Outer,
}

impl ParameterType {
    /// The type of this name, without regard to ASCII case.
    fn named(name: &str) -> Self {
        let is = |known: &str| name.eq_ignore_ascii_case(known);
        match () {
            () if is("string") || is("securestring") => Self::String,
            () if is("int") => Self::Integer,
            () if is("bool") => Self::Bool,
            () if is("array") => Self::Array,
            () if is("object") || is("secureobject") => Self::Object,
            () => Self::Unknown,
        }
    }
}

impl Output {
    /// Whether its value is kept out of the history of deployments: its type is `securestring` or `secureobject`.
    pub fn is_secure(&self) -> bool {
        self.ty.as_ref().is_some_and(|ty| ty.get(..6).is_some_and(|start| start.eq_ignore_ascii_case("secure")))
    }
}

impl Resource {
    /// The resource's name.
    pub fn name(&self) -> Option<&Expr> {
        self.body.get("name")
    }

    /// Whether it is a module of Bicep, whose compiler compares it with its template; a deployment in JSON has properties.
    pub fn is_module(&self) -> bool {
        self.deployment.is_some() && self.body.get("properties").is_none()
    }

    /// Whether an extension of the template language manages it, not Azure Resource Manager.
    pub fn is_extensible(&self) -> bool {
        self.body.get("import").or_else(|| self.body.get("extension")).is_some()
    }

    /// All that is written of it, each part once: the body and, as Bicep has them elsewhere, the number of copies, the
    /// parent and the `params` of a module.
    pub fn parts(&self) -> impl Iterator<Item = &Expr> {
        let count = self.copy.as_ref().map(|copy| &copy.count).filter(|_| self.body.get("copy").is_none());
        let given = self.deployment.as_ref().and_then(|deployment| deployment.parameters.as_ref());
        let given = given.filter(|_| self.body.get("properties").and_then(|body| body.get("parameters")).is_none());
        [Some(&self.body), count, self.parent_reference.as_deref(), given].into_iter().flatten()
    }

    /// Which iteration of the parent it names, where the parent is a loop of its own.
    pub fn parent_iteration(&self) -> Option<&Expr> {
        match &self.parent_reference.as_ref()?.kind {
            ExprKind::Resource { iteration, .. } => iteration.as_deref(),
            _ => None,
        }
    }

    /// The resource's API version.
    pub fn api_version(&self) -> Option<&Expr> {
        self.body.get("apiVersion")
    }

    /// Whether it is deployed at all; always, without one.
    pub fn condition(&self) -> Option<&Expr> {
        self.body.get("condition")
    }

    /// What is deployed before it: names, ids or symbolic names.
    pub fn depends_on(&self) -> &[Expr] {
        match self.body.get("dependsOn").map(|list| &list.kind) {
            Some(ExprKind::Array(items)) => items,
            _ => &[],
        }
    }
}

impl Template {
    /// The parameter of this name.
    pub fn parameter(&self, name: &str) -> Option<usize> {
        self.names.parameters.find(&self.parameters, |parameter| Some(&parameter.name.text), name)
    }

    /// The variable of this name.
    pub fn variable(&self, name: &str) -> Option<usize> {
        self.names.variables.find(&self.variables, |variable| Some(&variable.name.text), name)
    }

    /// The output of this name.
    pub fn output(&self, name: &str) -> Option<usize> {
        self.names.outputs.find(&self.outputs, |output| Some(&output.name.text), name)
    }

    /// The resource with this symbolic name.
    pub fn symbol(&self, name: &str) -> Option<usize> {
        self.names.symbols.find(&self.resources, |resource| Some(&resource.symbol.as_ref()?.text), name)
    }

    /// Whether any of its resources has a symbolic name.
    pub fn is_symbolic(&self) -> bool {
        let has_symbol = |resource: &Resource| resource.symbol.is_some();
        *self.names.is_symbolic.get_or_init(|| self.resources.iter().any(has_symbol))
    }

    /// Whether something in a file of Bicep asks the compiler for symbolic names.
    pub fn asks_for_symbols(&self) -> bool {
        self.names.asks_for_symbols
    }

    /// Whether it, or a template written in it, deploys one that is somewhere else, so that there are resources nobody
    /// sees.
    pub fn deploys_unseen(&self) -> bool {
        let deploys = |resource: &Resource| match resource.deployment.as_ref().map(|nested| &nested.template) {
            Some(NestedTemplate::Elsewhere(_)) => true,
            Some(NestedTemplate::Inline(inner)) => inner.deploys_unseen(),
            Some(NestedTemplate::File(_)) | None => false,
        };
        *self.names.deploys_unseen.get_or_init(|| self.resources.iter().any(deploys))
    }

    /// Whether something in its objects is called like a secret. Whoever asks first finds it in the processor's caches or
    /// pays for it. Objects `in_calls` are looked at, too, as there are in Bicep.
    pub fn tells_secrets(&self, in_calls: bool) -> bool {
        *self.names.tells_secrets.get_or_init(|| {
            let mut tells = false;
            walk::walk_wholes(self, &mut |whole| {
                walk::walk_objects(whole, in_calls, &mut |members| tells |= secret_members(members).next().is_some());
            });
            tells
        })
    }

    /// Whether resources are called by symbolic names when they are deployed, as far as the template alone tells.
    pub fn has_symbols(&self) -> bool {
        // The template of a Bicep file is written by nobody.
        let is_compiled = self.span.is_empty();
        self.is_symbolic() && (!is_compiled || self.asks_for_symbols())
    }

    /// The templates that are written in its deployments.
    pub fn inline(&self) -> impl Iterator<Item = &Self> {
        self.resources.iter().filter_map(|resource| match &resource.deployment.as_ref()?.template {
            NestedTemplate::Inline(inner) => Some(&**inner),
            NestedTemplate::File(_) | NestedTemplate::Elsewhere(_) => None,
        })
    }

    /// The user-defined function `namespace.name`.
    pub fn function(&self, qualified: &str) -> Option<&Function> {
        let (namespace, name) = qualified.split_once('.')?;
        self.functions.iter().find(|function| function.namespace.is(namespace) && function.name.is(name))
    }
}
