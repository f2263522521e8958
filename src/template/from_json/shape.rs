//! What the service refuses when it reads a template, before it evaluates anything: keys, kinds, and what is missing.

use std::collections::HashSet;

use super::Lowering;
use crate::source::Span;
use crate::syntax::json::{Kind, Member, Node, Number};
use crate::template::{TemplateError, TemplateErrorKind};

/// The keys of a template.
const OF_TEMPLATE: &[&str] = &[
    "$schema",
    "contentVersion",
    "apiProfile",
    "languageVersion",
    "definitions",
    "parameters",
    "functions",
    "variables",
    "resources",
    "outputs",
    "metadata",
    "imports",
    "extensions",
    "asserts",
    "comments",
];

/// The keys of a resource.
const OF_RESOURCE: &[&str] = &[
    "type",
    "apiVersion",
    "name",
    "location",
    "properties",
    "tags",
    "sku",
    "kind",
    "dependsOn",
    "condition",
    "copy",
    "scope",
    "identity",
    "zones",
    "plan",
    "resources",
    "comments",
    "metadata",
    "existing",
    "extendedLocation",
    "managedBy",
    "managedByExtended",
    "scale",
    "resourceGroup",
    "subscriptionId",
    "asserts",
    "id",
    "systemData",
    "apiProfile",
    "placement",
];

/// The keys of a parameter.
const OF_PARAMETER: &[&str] = &[
    "type",
    "defaultValue",
    "allowedValues",
    "minValue",
    "maxValue",
    "minLength",
    "maxLength",
    "metadata",
    "nullable",
    "items",
    "prefixItems",
    "properties",
    "additionalProperties",
    "discriminator",
    "sealed",
    "description",
    "comments",
    "pattern",
];

/// The keys of most parameters: nothing is wrong with one that has no others.
const PLAIN: [&str; 3] = ["type", "defaultValue", "metadata"];

/// The keys of a parameter that only `languageVersion` 2.0 has.
const OF_VERSION_2: [&str; 6] =
    ["nullable", "items", "prefixItems", "properties", "additionalProperties", "discriminator"];

/// The types of parameters and outputs.
const TYPES: [&str; 7] = ["string", "securestring", "int", "bool", "array", "object", "secureobject"];

/// The `languageVersion`s besides those of experiments.
const LANGUAGE_VERSIONS: [&str; 2] = ["1.0", "2.0"];

/// Most outputs of a template.
const MAX_OUTPUTS: usize = 64;

/// Most resources of a template.
const MAX_RESOURCES: usize = 800;

impl Lowering {
    /// Checks the keys of a template, but not what they hold.
    pub(super) fn check_template(&mut self, node: Node<'_>) {
        self.check_schema(node);
        match node.get("contentVersion") {
            None => self.missing(self.start_of(node), "a template needs a `contentVersion`, such as `1.0.0.0`"),
            Some(version) if matches!(version.kind(), Kind::Array | Kind::Object) => {
                self.misshapen(version, "a version, such as `1.0.0.0`");
            }
            Some(_) => {}
        }
        if node.get("resources").is_none() && declares(node) {
            self.missing(self.start_of(node), "a template needs `resources`, be it an empty array");
        }
        if let Some(version) = node.get("languageVersion").filter(|it| !matches!(it.kind(), Kind::Null | Kind::Invalid))
        {
            let text = version.as_str();
            let is_known = |text: &str| LANGUAGE_VERSIONS.contains(&text) || text.ends_with("-experimental");
            if !text.is_some_and(|text| is_known(&text)) {
                self.refuse(version.span(self.file), "there is no such `languageVersion`; `2.0` is the newest");
            }
        }
        self.check_keys(node, OF_TEMPLATE, "a template");
        if let Some(copy) = node.get("variables").and_then(|it| it.get("copy")).filter(|it| it.kind() == Kind::Object) {
            self.misshapen(copy, "an array of loops");
        }
        if let Some(outputs) = node.get("outputs").filter(|outputs| outputs.members().nth(MAX_OUTPUTS).is_some()) {
            let count = outputs.members().count();
            let message = format!("a template has at most {MAX_OUTPUTS} outputs; this one has {count}");
            self.refuse(self.start_of(outputs), message);
        }
        let resources = node.get("resources").map_or(0, |it| it.elements().count() + it.members().count());
        if let Some(node) = node.get("resources").filter(|_| resources > MAX_RESOURCES) {
            let message = format!("a template has at most {MAX_RESOURCES} resources; this one has {resources}");
            self.refuse(self.start_of(node), message);
        }
    }

    fn check_schema(&mut self, node: Node<'_>) {
        let Some(schema) = node.get("$schema") else {
            return self
                .missing(self.start_of(node), "a template needs a `$schema`, which says what it is deployed to");
        };
        let Some(text) = schema.as_str() else { return self.misshapen(schema, "the URL of a schema of templates") };
        let text = text.to_ascii_lowercase();
        // Tools may have others that lead to those of the service.
        let is_of_service = text.is_empty() || text.contains("://schema.management.azure.com/");
        if is_of_service && !text.contains("deploymenttemplate.json") {
            self.refuse(schema.span(self.file), "this is not the schema of a template");
        }
    }

    /// Checks the keys of a resource of the template at `template`; of a child, the type that its parent has goes before
    /// its own.
    pub(super) fn check_resource(&mut self, template: Node<'_>, node: Node<'_>, is_child: bool) {
        let keys = ["import", "extension", "type", "apiVersion", "location", "name", "copy"];
        let [import, extension, ty, version, location, name, copy] = node.get_each(keys);
        if import.is_some() || extension.is_some() {
            return;
        }
        self.check_keys(node, OF_RESOURCE, "a resource");
        let Some(ty) = ty else { return };
        let written = ty.as_str().unwrap_or_default();
        let at = ty.span(self.file);
        if written.is_empty() {
            return self.refuse(at, "a resource needs a type, such as `Microsoft.Storage/storageAccounts`");
        }
        let is_structure = |node: &Node<'_>| matches!(node.kind(), Kind::Array | Kind::Object);
        match version {
            Some(version) if is_structure(&version) => self.misshapen(version, "an API version"),
            Some(version) if version.as_str().is_some_and(|text| text.is_empty()) => {
                self.refuse(version.span(self.file), "a resource needs an API version");
            }
            None if template.get("apiProfile").is_none() => self.missing(at, "a resource needs an `apiVersion`"),
            _ => {}
        }
        if let Some(location) = location.filter(is_structure) {
            self.misshapen(location, "the name of a region");
        }
        match name {
            None => self.missing(at, "a resource needs a `name`"),
            Some(name) if is_structure(&name) || name.kind() == Kind::Null => self.misshapen(name, "a name"),
            Some(name) => self.check_name(name, &written, at, is_child),
        }
        if let Some(copy) = copy {
            self.check_copy(copy);
        }
        if written.eq_ignore_ascii_case(crate::template::resource_type::DEPLOYMENTS) {
            self.check_deployment(node, at);
        }
    }

    /// Checks that a name has as many segments as the type asks for.
    fn check_name(&mut self, name: Node<'_>, ty: &str, at: Span, is_child: bool) {
        let Some(text) = name.as_str() else { return };
        if text.is_empty() {
            return self.refuse_segments(name.span(self.file), "the name of a resource can't be empty");
        }
        let count = |text: &str| text.split('/').filter(|segment| !segment.is_empty()).count();
        // The service takes an expression here for text, and reads no namespace in it.
        let is_relative = is_child && !ty.contains('.');
        let wanted = if is_relative { count(ty) } else { count(ty).saturating_sub(1) };
        if ty.contains("//") {
            return self.refuse(at, "there is an empty segment in this type");
        }
        if wanted == 0 {
            return self.refuse(at, "a type has a namespace and a name, such as `Microsoft.Storage/storageAccounts`");
        }
        // What is computed, or filled in by another tool, may have any number.
        let is_open = text.starts_with('[') || text.contains(['{', '$', '<', '#']) || text.contains("__");
        let is_open = is_open || ty.contains(['{', '$', '<', '#']);
        let found = count(&text);
        if !is_open && found != wanted {
            let segments = |count| if count == 1 { "1 segment".to_owned() } else { format!("{count} segments") };
            let message = format!("the type asks for a name of {}, this one has {}", segments(wanted), segments(found));
            self.refuse_segments(name.span(self.file), message);
        } else if !is_open && (text.starts_with('/') || text.ends_with('/')) {
            self.refuse_segments(name.span(self.file), "a name neither begins nor ends with `/`");
        }
    }

    /// Checks that no two resources with symbolic names have loops of one name.
    pub(super) fn check_loops(&mut self, resources: Node<'_>) {
        let mut known = HashSet::new();
        let named = resources.members().filter_map(|member| member.value.get("copy")?.get("name"));
        for name in named.filter(|name| name.as_str().is_some_and(|text| !text.starts_with('['))) {
            let text = name.as_str().unwrap_or_default();
            if !known.insert(text.to_ascii_lowercase()) {
                let message = "there is a loop of this name already, and resources with symbolic names share none";
                self.refuse(name.span(self.file), message);
            }
        }
    }

    fn check_copy(&mut self, copy: Node<'_>) {
        if copy.kind() != Kind::Object {
            return;
        }
        match copy.get("name") {
            None => self.missing(self.start_of(copy), "the loop of a resource needs a `name`"),
            Some(name) if name.as_str().is_some_and(|text| text.is_empty()) => {
                self.refuse(name.span(self.file), "the name of a loop can't be empty");
            }
            Some(_) => {}
        }
        match copy.get("count") {
            None => self.missing(self.start_of(copy), "a loop needs a `count`"),
            Some(count) if count.kind() == Kind::Null => self.misshapen(count, "the number of copies"),
            Some(_) => {}
        }
        let is_serial = copy.get("mode").is_none_or(|mode| {
            mode.as_str().is_none_or(|text| text.eq_ignore_ascii_case("serial") || text.starts_with('['))
        });
        if let Some(size) = copy.get("batchSize").filter(|_| !is_serial || copy.get("mode").is_none()) {
            self.refuse(size.span(self.file), "only a loop with `\"mode\": \"serial\"` has a `batchSize`");
        }
    }

    fn check_deployment(&mut self, node: Node<'_>, at: Span) {
        let Some(properties) = node.get("properties").filter(|it| it.kind() == Kind::Object) else { return };
        let has = |key: &str| properties.get(key).is_some_and(|node| node.kind() != Kind::Null);
        let is_existing = node.get("existing").is_some();
        if !has("template") && !has("templateLink") && !is_existing {
            self.missing(at, "a deployment needs a `template` or a `templateLink`");
        }
        let scope = properties.get("expressionEvaluationOptions").and_then(|options| options.get("scope"));
        if let Some(scope) = scope
            && let Some(text) = scope.as_str()
            && !["inner", "outer", "notspecified"].iter().any(|known| text.eq_ignore_ascii_case(known))
            && !text.starts_with('[')
        {
            self.refuse(scope.span(self.file), "expressions are evaluated in the scope `inner` or `outer`");
        }
    }

    /// Checks the keys of a parameter, and the kinds of its bounds.
    pub(super) fn check_parameter(&mut self, template: Node<'_>, node: Node<'_>) {
        let is_plain = |it: Member<'_>| it.key.as_str().is_some_and(|key| is_one_of(&key, &PLAIN));
        if node.members().all(is_plain) || node.get("$ref").is_some() {
            return;
        }
        self.check_keys(node, OF_PARAMETER, "a parameter");
        let is_version_2 = template.get("languageVersion").is_some();
        for Member { key, .. } in node.members().filter(|_| !is_version_2) {
            if key.as_str().is_some_and(|key| is_one_of(&key, &OF_VERSION_2)) {
                self.refuse(key.span(self.file), "this needs `\"languageVersion\": \"2.0\"` in the template");
            }
        }
        let Some(ty) = node.get("type").and_then(Node::as_str).map(|ty| ty.to_ascii_lowercase()) else { return };
        let bounds = |least: &str, most: &str| node.get(least).is_some() || node.get(most).is_some();
        let wrong = match &*ty {
            "int" if bounds("minLength", "maxLength") => ["minLength", "maxLength"],
            "string" | "securestring" | "array" if bounds("minValue", "maxValue") => ["minValue", "maxValue"],
            _ => ["", ""],
        };
        for bound in wrong
            .iter()
            .filter_map(|key| node.members().find(|it| it.key.as_str().is_some_and(|it| it.eq_ignore_ascii_case(key))))
        {
            if bound.value.kind() != Kind::Null {
                self.refuse(bound.key.span(self.file), format!("a parameter of type `{ty}` has no such bound"));
            }
        }
        for bound in ["minLength", "maxLength", "minValue", "maxValue"].iter().filter_map(|key| node.get(key)) {
            // Digits in quotes are taken for a number.
            if bound.as_str().is_some_and(|text| text.starts_with('[')) {
                self.refuse(bound.span(self.file), "a bound is a number that is written out");
            }
        }
        for [least, most] in [["minLength", "maxLength"], ["minValue", "maxValue"]] {
            let number = |key: &str| match node.get(key)?.as_number()? {
                Number::Integer(value) => Some(value),
                Number::Float(_) => None,
            };
            if let (Some(low), Some(high)) = (number(least), number(most))
                && low > high
                && let Some(bound) = node.get(least)
            {
                let message = format!("`{least}` is more than `{most}`, so no value fits");
                self.refuse(bound.span(self.file), message);
            }
        }
        self.check_allowed(node, &ty);
    }

    /// Checks that the allowed values are a list of what the type may be.
    fn check_allowed(&mut self, node: Node<'_>, ty: &str) {
        let Some(allowed) = node.get("allowedValues").filter(|allowed| allowed.kind() != Kind::Null) else { return };
        if allowed.kind() != Kind::Array {
            return self.misshapen(allowed, "an array of values");
        }
        let expected = match ty {
            "string" | "securestring" => "a string",
            "int" => "an integer",
            _ => return,
        };
        let is_right = |value: &Node<'_>| match value.kind() {
            Kind::String => expected == "a string",
            Kind::Number => expected == "an integer",
            Kind::Null | Kind::Invalid => true,
            Kind::Bool(_) | Kind::Array | Kind::Object => false,
        };
        if let Some(value) = allowed.elements().find(|value| !is_right(value)) {
            self.misshapen(value, expected);
        }
    }

    /// Checks the type of an output and that it has a value; `key` is its name.
    pub(super) fn check_output(&mut self, key: Node<'_>, node: Node<'_>) {
        let ty = node.get("type").and_then(|ty| Some((ty.as_str()?.to_ascii_lowercase(), ty.span(self.file))));
        let copy = node.get("copy").filter(|copy| copy.kind() == Kind::Object);
        let has_value = node.get("value").is_some_and(|value| value.kind() != Kind::Null);
        if copy.is_none() && !has_value && node.get("nullable").is_none() && node.get("$ref").is_none() {
            let is_null = node.get("value").is_some();
            let message = if is_null { "the value of an output can't be `null`" } else { "an output needs a `value`" };
            let at = node.get("value").unwrap_or(key).span(self.file);
            self.missing(at, message);
        }
        if let Some((ty, at)) = &ty
            && !TYPES.contains(&&**ty)
            && node.get("$ref").is_none()
        {
            self.refuse(*at, format!("there is no type `{ty}`; it is one of `{}`", TYPES.join("`, `")));
        }
        let Some(copy) = copy else { return };
        if let Some(name) =
            copy.members().find(|it| it.key.as_str().is_some_and(|key| key.eq_ignore_ascii_case("name")))
        {
            self.refuse(name.key.span(self.file), "the loop of an output has no name");
        }
        if let Some((ty, at)) = ty.filter(|(ty, _)| ty != "array") {
            self.refuse(at, format!("a loop yields an array, not what `{ty}` says"));
        }
    }

    /// Reports the keys of `node` that `what` does not have.
    fn check_keys(&mut self, node: Node<'_>, known: &[&str], what: &str) {
        for Member { key, .. } in node.members() {
            // What begins so is for tools, or newer than what is known here.
            let is_unknown = |text: &str| !text.starts_with(['$', '@']) && !is_one_of(text, known);
            let Some(text) = key.as_str().filter(|text| is_unknown(text)) else { continue };
            self.refuse(key.span(self.file), format!("{what} has no `{text}`"));
        }
    }

    fn refuse(&mut self, span: Span, message: impl Into<String>) {
        self.errors.push(TemplateError { span, kind: TemplateErrorKind::Shape(message.into()) });
    }

    fn refuse_segments(&mut self, span: Span, message: impl Into<String>) {
        self.errors.push(TemplateError { span, kind: TemplateErrorKind::Segments(message.into()) });
    }

    /// Reports what may only be missing because the text is broken.
    fn missing(&mut self, span: Span, message: &str) {
        self.errors.push(TemplateError { span, kind: TemplateErrorKind::Missing(message.to_owned()) });
    }

    /// The bracket that opens an object or array.
    fn start_of(&self, node: Node<'_>) -> Span {
        let span = node.span(self.file);
        Span { end: span.end.min(span.start + 1), ..span }
    }
}

/// Whether it is a template and no parameter file that names the schema of templates: it declares something.
fn declares(node: Node<'_>) -> bool {
    let mut parameters = node.get("parameters").into_iter().flat_map(Node::members);
    ["variables", "outputs", "functions", "definitions"].iter().any(|key| node.get(key).is_some())
        || parameters.any(|it| ["type", "$ref"].iter().any(|key| it.value.get(key).is_some()))
}

fn is_one_of(key: &str, known: &[&str]) -> bool {
    known.iter().any(|known| known.eq_ignore_ascii_case(key))
}
