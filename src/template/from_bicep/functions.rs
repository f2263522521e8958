//! The functions of Bicep: which there are, in which namespace, and how many arguments each takes.

use super::Lowering;
use super::names::question;
use crate::syntax::bicep::{self, StatementKind};
use crate::template::{TemplateError, TemplateErrorKind};

/// A function: its namespace and name, and the fewest and most arguments.
type Signature = (&'static str, &'static str, usize, usize);

/// Any number of arguments.
const MANY: usize = usize::MAX;

/// The functions of Bicep 0.49, without those that are only in parameter files.
pub const FUNCTIONS: &[Signature] = &[
    ("az", "deployer", 0, 0),
    ("az", "deployment", 0, 0),
    ("az", "environment", 0, 0),
    ("az", "extensionResourceId", 3, MANY),
    ("az", "getRoleAssignmentName", 1, 1),
    ("az", "managementGroup", 0, 1),
    ("az", "managementGroupResourceId", 2, MANY),
    ("az", "pickZones", 3, 5),
    ("az", "providers", 1, 2),
    ("az", "reference", 1, 3),
    ("az", "resourceGroup", 0, 2),
    ("az", "resourceId", 2, MANY),
    ("az", "roleDefinitions", 1, 1),
    ("az", "subscription", 0, 1),
    ("az", "subscriptionResourceId", 2, MANY),
    ("az", "tenant", 0, 0),
    ("az", "tenantResourceId", 2, MANY),
    ("az", "toLogicalZone", 3, 3),
    ("az", "toLogicalZones", 3, 3),
    ("az", "toPhysicalZone", 3, 3),
    ("az", "toPhysicalZones", 3, 3),
    ("sys", "any", 1, 1),
    ("sys", "array", 1, 1),
    ("sys", "base64", 1, 1),
    ("sys", "base64ToJson", 1, 1),
    ("sys", "base64ToString", 1, 1),
    ("sys", "bool", 1, 1),
    ("sys", "buildUri", 1, 1),
    ("sys", "cidrHost", 2, 2),
    ("sys", "cidrSubnet", 3, 3),
    ("sys", "concat", 1, MANY),
    ("sys", "contains", 2, 2),
    ("sys", "dataUri", 1, 1),
    ("sys", "dataUriToString", 1, 1),
    ("sys", "dateTimeAdd", 2, 3),
    ("sys", "dateTimeFromEpoch", 0, 1),
    ("sys", "dateTimeToEpoch", 0, 1),
    ("sys", "distinct", 1, 1),
    ("sys", "empty", 1, 1),
    ("sys", "endsWith", 2, 2),
    ("sys", "fail", 1, 1),
    ("sys", "filter", 2, 2),
    ("sys", "first", 1, 1),
    ("sys", "flatten", 1, 1),
    ("sys", "format", 1, MANY),
    ("sys", "groupBy", 2, 3),
    ("sys", "guid", 1, MANY),
    ("sys", "indexOf", 2, 2),
    ("sys", "int", 1, 1),
    ("sys", "intersection", 2, MANY),
    ("sys", "items", 1, 1),
    ("sys", "join", 2, 2),
    ("sys", "json", 1, 1),
    ("sys", "last", 1, 1),
    ("sys", "lastIndexOf", 2, 2),
    ("sys", "length", 1, 1),
    ("sys", "like", 2, 2),
    ("sys", "loadDirectoryFileInfo", 1, 2),
    ("sys", "loadFileAsBase64", 1, 1),
    ("sys", "loadJsonContent", 1, 3),
    ("sys", "loadTextContent", 1, 2),
    ("sys", "loadYamlContent", 1, 3),
    ("sys", "map", 2, 2),
    ("sys", "mapValues", 2, 2),
    ("sys", "max", 1, MANY),
    ("sys", "min", 1, MANY),
    ("sys", "nameof", 1, 1),
    ("sys", "newGuid", 0, 0),
    ("sys", "objectKeys", 1, 1),
    ("sys", "padLeft", 2, 3),
    ("sys", "parseCidr", 1, 1),
    ("sys", "parseUri", 1, 1),
    ("sys", "range", 2, 2),
    ("sys", "reduce", 3, 3),
    ("sys", "replace", 3, 3),
    ("sys", "shallowMerge", 1, 1),
    ("sys", "skip", 2, 2),
    ("sys", "sort", 2, 2),
    ("sys", "split", 2, 2),
    ("sys", "startsWith", 2, 2),
    ("sys", "string", 1, 1),
    ("sys", "substring", 2, 3),
    ("sys", "take", 2, 2),
    ("sys", "toLower", 1, 1),
    ("sys", "toObject", 2, 3),
    ("sys", "toUpper", 1, 1),
    ("sys", "trim", 1, 1),
    ("sys", "union", 2, MANY),
    ("sys", "uniqueString", 1, MANY),
    ("sys", "uri", 2, 2),
    ("sys", "uriComponent", 1, 1),
    ("sys", "uriComponentToString", 1, 1),
    ("sys", "utcNow", 0, 1),
];

/// The functions that only parameter files have.
pub const PARAMETER_FILE_FUNCTIONS: &[Signature] = &[
    ("az", "getSecret", 4, 5),
    ("sys", "externalInput", 1, 2),
    ("sys", "readCliArg", 1, 1),
    ("sys", "readEnvVar", 1, 1),
    ("sys", "readEnvironmentVariable", 1, 2),
];

/// `list…`: as many as resource providers define.
const LIST: Signature = ("az", "list*", 2, 3);

impl Lowering<'_> {
    /// Reports a call of a function that does not exist, or with the wrong number of arguments; `namespace` is the one
    /// that it is written with. Whether the call can be lowered.
    pub(super) fn check_function(&mut self, namespace: Option<&str>, function: &bicep::Name, given: usize) -> bool {
        if function.is_missing() {
            return false;
        }
        let name = &*function.text;
        let mine = |(at, known, ..): &&Signature| *known == name && namespace.is_none_or(|namespace| namespace == *at);
        let other = PARAMETER_FILE_FUNCTIONS.iter().find(mine);
        let found = FUNCTIONS.iter().find(mine).or(other.filter(|_| self.assigns_parameters())).or_else(|| {
            let is_list = name.strip_prefix("list").is_some_and(|rest| rest.chars().all(char::is_alphanumeric));
            (is_list && namespace != Some("sys")).then_some(&LIST)
        });
        let (message, help) = match found {
            Some((_, _, min, max)) if (min..=max).contains(&&given) => return true,
            Some((_, _, min, max)) => {
                let wanted = match (*min, *max) {
                    (min, max) if min == max => format!("{min}"),
                    (min, MANY) => format!("at least {min}"),
                    (min, max) => format!("{min} to {max}"),
                };
                let noun = if *min == 1 && matches!(*max, 1 | MANY) { "argument" } else { "arguments" };
                self.wrong_number(function, format!("`{name}` takes {wanted} {noun}, found {given}"));
                return false;
            }
            None if other.is_some() => (format!("`{name}` is a function of parameter files only"), None),
            None => {
                let known = FUNCTIONS.iter().map(|(_, known, ..)| *known);
                (
                    format!("there is no function `{name}`"),
                    in_bicep(name).or_else(|| self.nearest.to(name, known).map(question)),
                )
            }
        };
        self.function_error(function, message, help);
        false
    }

    /// Reports a method that no resource has.
    pub(super) fn unknown_method(&mut self, function: &bicep::Name) {
        let message = format!("a resource has no function `{}`", function.text);
        let help = self.nearest.to(&function.text, ["getSecret", "listKeys"]).map(question);
        self.function_error(function, message, help);
    }

    /// Reports a method that the resource in whose body it stands does not have.
    pub(super) fn unknown_method_of_this(&mut self, function: &bicep::Name, given: usize) {
        let name = &*function.text;
        let known = ["exists", "existingResource"];
        if known.contains(&name) {
            return self.wrong_number(function, format!("`{name}` takes 0 arguments, found {given}"));
        }
        let help = self.nearest.to(name, known).map(question);
        self.function_error(function, format!("`this` has no function `{name}`"), help);
    }

    fn wrong_number(&mut self, function: &bicep::Name, message: String) {
        if !function.is_missing() {
            let kind = TemplateErrorKind::ArgumentCount(message);
            self.errors.push(TemplateError { span: function.span, kind });
        }
    }

    fn function_error(&mut self, function: &bicep::Name, message: String, help: Option<String>) {
        if !function.is_missing() {
            let kind = TemplateErrorKind::Function { message, help };
            self.errors.push(TemplateError { span: function.span, kind });
        }
    }

    /// Whether the file whose text is lowered is a parameter file.
    fn assigns_parameters(&self) -> bool {
        let is_one = |kind: &StatementKind| {
            matches!(
                kind,
                StatementKind::Using { .. } | StatementKind::Assignment { .. } | StatementKind::Extends { .. }
            )
        };
        self.program().statements.iter().any(|statement| is_one(&statement.kind))
    }
}

/// What Bicep writes for a function that only templates in JSON have.
fn in_bicep(name: &str) -> Option<String> {
    let written = match name {
        "add" => "a + b",
        "and" => "a && b",
        "coalesce" => "a ?? b",
        "createArray" => "[a, b]",
        "createObject" => "{ key: value }",
        "div" => "a / b",
        "equals" => "a == b",
        "false" | "null" | "true" => return Some(format!("in Bicep, write `{name}`")),
        "greater" => "a > b",
        "greaterOrEquals" => "a >= b",
        "if" => "condition ? a : b",
        "less" => "a < b",
        "lessOrEquals" => "a <= b",
        "mod" => "a % b",
        "mul" => "a * b",
        "not" => "!a",
        "or" => "a || b",
        "parameters" | "variables" => "its name",
        "sub" => "a - b",
        "tryGet" => "a.?b",
        _ => return None,
    };
    Some(format!("in Bicep, write `{written}`"))
}
