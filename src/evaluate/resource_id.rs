//! Resource ids, known or symbolic, read from any of their spellings and compared part by part.

use std::sync::LazyLock;

use super::pieces::{Piece, join, pieces, split};
use super::term::Term;
use super::value::{Kind, Value};

/// The id of a resource; each part may be unknown.
#[derive(Debug, Clone, PartialEq)]
pub struct ResourceId {
    /// Where the resource is.
    pub scope: IdScope,
    /// Its full type.
    pub ty: String,
    /// Its names, one for each part of the type after the provider.
    pub names: Vec<Value>,
}

/// What a resource id starts with.
#[derive(Debug, Clone, PartialEq)]
pub enum IdScope {
    /// `/subscriptions/…/resourceGroups/…`.
    ResourceGroup {
        /// Subscription id.
        subscription: Value,
        /// Name of the resource group.
        group: Value,
    },
    /// `/subscriptions/…`.
    Subscription(Value),
    /// `/providers/Microsoft.Management/managementGroups/…`.
    ManagementGroup(Value),
    /// The tenant: the id starts with `/providers`.
    Tenant,
    /// The resource extends another one.
    Resource(Box<ResourceId>),
    /// Anything else.
    Other(Value),
}

/// The subscription of the deployment, when nothing is known of it.
pub fn current_subscription() -> Value {
    static VALUE: LazyLock<Value> = LazyLock::new(|| property_of_call("subscription", "subscriptionId"));
    VALUE.clone()
}

/// The name of the deployment's resource group, when nothing is known of it.
pub fn current_group() -> Value {
    static VALUE: LazyLock<Value> = LazyLock::new(|| property_of_call("resourceGroup", "name"));
    VALUE.clone()
}

/// The name of the deployment's management group, when nothing is known of it.
pub fn current_management_group() -> Value {
    static VALUE: LazyLock<Value> = LazyLock::new(|| property_of_call("managementGroup", "name"));
    VALUE.clone()
}

/// The term `function().property`.
pub fn property_of_call(function: &str, property: &str) -> Value {
    let base = Value::unknown(Term::Call { name: function.into(), args: Vec::new() });
    Value::unknown(Term::Property { base, name: property.into() })
}

impl ResourceId {
    /// Reads an id in any spelling: a literal, `resourceId(…)` and its kin, or `concat` and `format` of parts.
    /// `None` when `value` is not recognisably an id.
    pub fn parse(value: &Value) -> Option<Self> {
        if let Some(id) = value.as_term().and_then(Self::from_call) {
            return Some(id);
        }
        match IdScope::parse_rows(split(pieces(value)?, '/'))? {
            IdScope::Resource(id) => Some(*id),
            _ => None,
        }
    }

    fn from_call(term: &Term) -> Option<Self> {
        let Term::Call { name, args } = term else { return None };
        match name.to_ascii_lowercase().as_str() {
            // Case is of no account in an id.
            "tolower" | "toupper" => Self::parse(args.first()?),
            "resourceid" => {
                let (leading, ty, names) = split_arguments(args)?;
                let scope = match leading {
                    [] => IdScope::ResourceGroup { subscription: current_subscription(), group: current_group() },
                    [group] => IdScope::ResourceGroup { subscription: current_subscription(), group: group.clone() },
                    [subscription, group] => {
                        IdScope::ResourceGroup { subscription: subscription.clone(), group: group.clone() }
                    }
                    _ => return None,
                };
                Some(Self { scope, ty, names })
            }
            "subscriptionresourceid" => {
                let (leading, ty, names) = split_arguments(args)?;
                let subscription = leading.first().cloned().unwrap_or_else(current_subscription);
                Some(Self { scope: IdScope::Subscription(subscription), ty, names })
            }
            "tenantresourceid" => {
                let (_, ty, names) = split_arguments(args)?;
                Some(Self { scope: IdScope::Tenant, ty, names })
            }
            "managementgroupresourceid" => {
                let (leading, ty, names) = split_arguments(args)?;
                let group = leading.first().cloned().unwrap_or_else(current_management_group);
                Some(Self { scope: IdScope::ManagementGroup(group), ty, names })
            }
            "extensionresourceid" => {
                let (base, rest) = args.split_first()?;
                let (_, ty, names) = split_arguments(rest)?;
                Some(Self { scope: IdScope::parse(base), ty, names })
            }
            _ => None,
        }
    }

    /// The id as a value: a string when all parts are known, else the shortest call that computes it.
    pub fn to_value(&self) -> Value {
        match self.to_text() {
            Some(text) => Value::from(text),
            None => Value::unknown(self.to_term()),
        }
    }

    fn to_text(&self) -> Option<String> {
        let mut text = self.scope.to_text()?;
        // Two types have ids without their provider.
        match (&self.scope, self.names.as_slice()) {
            (IdScope::Subscription(_), [group])
                if self.ty.eq_ignore_ascii_case("Microsoft.Resources/resourceGroups") =>
            {
                return Some(format!("{text}/resourceGroups/{}", group.as_str()?));
            }
            (IdScope::Tenant, [subscription]) if self.ty.eq_ignore_ascii_case("Microsoft.Resources/subscriptions") => {
                return Some(format!("/subscriptions/{}", subscription.as_str()?));
            }
            _ => {}
        }
        let (provider, types) = self.ty.split_once('/')?;
        text.push_str("/providers/");
        text.push_str(provider);
        for (ty, name) in types.split('/').zip(&self.names) {
            text.push('/');
            text.push_str(ty);
            text.push('/');
            text.push_str(name.as_str()?);
        }
        Some(text)
    }

    fn to_term(&self) -> Term {
        let mut args = Vec::new();
        let name = match &self.scope {
            IdScope::ResourceGroup { subscription, group } => {
                let other_subscription = *subscription != current_subscription();
                if other_subscription {
                    args.push(subscription.clone());
                }
                if other_subscription || *group != current_group() {
                    args.push(group.clone());
                }
                "resourceId"
            }
            IdScope::Subscription(subscription) => {
                if *subscription != current_subscription() {
                    args.push(subscription.clone());
                }
                "subscriptionResourceId"
            }
            IdScope::ManagementGroup(group) => {
                if *group != current_management_group() {
                    args.push(group.clone());
                }
                "managementGroupResourceId"
            }
            IdScope::Tenant => "tenantResourceId",
            IdScope::Resource(id) => {
                args.push(id.to_value());
                "extensionResourceId"
            }
            IdScope::Other(value) => {
                args.push(value.clone());
                "extensionResourceId"
            }
        };
        args.push(Value::from(self.ty.as_str()));
        args.extend(self.names.iter().cloned());
        Term::Call { name: name.into(), args }
    }

    /// Whether two ids name the same resource; `None` when that depends on what is unknown.
    pub fn same(&self, other: &Self) -> Option<bool> {
        if !self.ty.eq_ignore_ascii_case(&other.ty) || self.names.len() != other.names.len() {
            return Some(false);
        }
        let names = self.names.iter().zip(&other.names).map(|(a, b)| same_name(a, b));
        all_same(names.chain([self.scope.same(&other.scope)]))
    }

    /// The id of the resource that this one is a child of.
    pub fn parent(&self) -> Option<Self> {
        let (ty, _) = self.ty.rsplit_once('/')?;
        if !ty.contains('/') {
            return None;
        }
        let names = self.names[..self.names.len().checked_sub(1)?].to_vec();
        Some(Self { scope: self.scope.clone(), ty: ty.to_owned(), names })
    }

    /// The resource's own name, the last one.
    pub fn name(&self) -> Option<&Value> {
        self.names.last()
    }
}

impl IdScope {
    /// Reads a scope: the id of a subscription, resource group, management group or resource, in any spelling.
    pub fn parse(value: &Value) -> Self {
        if let Some(id) = value.as_term().and_then(ResourceId::from_call) {
            return Self::of_resource(id);
        }
        if let Some(Term::Property { base, name }) = value.as_term()
            && name.eq_ignore_ascii_case("id")
            && let Some(base) = base.as_term()
        {
            if base.call("resourceGroup").is_some_and(<[_]>::is_empty) {
                return Self::ResourceGroup { subscription: current_subscription(), group: current_group() };
            }
            if base.call("subscription").is_some_and(<[_]>::is_empty) {
                return Self::Subscription(current_subscription());
            }
            if base.call("managementGroup").is_some_and(<[_]>::is_empty) {
                return Self::ManagementGroup(current_management_group());
            }
        }
        pieces(value)
            .filter(|row| !matches!(row.as_slice(), [Piece::Unknown(_)]))
            .and_then(|row| Self::parse_rows(split(row, '/')))
            .unwrap_or_else(|| Self::Other(value.clone()))
    }

    /// The scope that a resource is: itself, or one of the scopes with a form of their own.
    fn of_resource(mut id: ResourceId) -> Self {
        let management_group = id.ty.eq_ignore_ascii_case("Microsoft.Management/managementGroups");
        let resource_group = id.ty.eq_ignore_ascii_case("Microsoft.Resources/resourceGroups");
        match (id.names.pop(), &id.scope, id.names.is_empty()) {
            (Some(name), _, true) if management_group => Self::ManagementGroup(name),
            (Some(group), Self::Subscription(subscription), true) if resource_group => {
                Self::ResourceGroup { subscription: subscription.clone(), group }
            }
            (name, ..) => {
                id.names.extend(name);
                Self::Resource(Box::new(id))
            }
        }
    }

    /// Reads a scope that may be written relative to the deployment's: `Microsoft.KeyVault/vaults/v`.
    pub fn parse_in(value: &Value, base: &Self) -> Self {
        let Some(row) = pieces(value) else { return Self::Other(value.clone()) };
        match row.first() {
            Some(Piece::Text(text)) if !text.starts_with('/') && text.contains('.') => {
                let providers = vec![Piece::Text("providers".into())];
                let rows = [providers].into_iter().chain(split(row, '/')).collect();
                Self::continue_rows(base.clone(), rows).unwrap_or_else(|| Self::Other(value.clone()))
            }
            _ => Self::parse(value),
        }
    }

    fn parse_rows(rows: Vec<Vec<Piece>>) -> Option<Self> {
        let mut rows = rows;
        let scope = match rows.drain(..1).next()?.as_slice() {
            [] => Self::Tenant,
            [Piece::Unknown(first)] => Self::parse(first),
            [Piece::Text(_)] => return None,
            several => Self::Other(join(several.to_vec())),
        };
        Self::continue_rows(scope, rows)
    }

    /// Reads the parts of an id that follow `scope`.
    fn continue_rows(mut scope: Self, rows: Vec<Vec<Piece>>) -> Option<Self> {
        let mut parts = rows.into_iter().map(join).peekable();
        while let Some(part) = parts.next() {
            let keyword = part.as_str()?.to_ascii_lowercase();
            if keyword.is_empty() && parts.peek().is_none() {
                break;
            }
            scope = match (keyword.as_str(), scope) {
                ("subscriptions", Self::Tenant) => Self::Subscription(parts.next()?),
                ("resourcegroups", Self::Subscription(subscription)) => {
                    Self::ResourceGroup { subscription, group: parts.next()? }
                }
                ("providers", scope) => {
                    let mut ty = parts.next()?.as_str()?.to_owned();
                    let mut names = Vec::new();
                    while let Some(next) = parts.next_if(|next| next.as_str().is_none_or(|text| !is_providers(text))) {
                        ty.push('/');
                        ty.push_str(next.as_str()?);
                        names.push(parts.next()?);
                    }
                    if names.is_empty() {
                        return None;
                    }
                    Self::of_resource(ResourceId { scope, ty, names })
                }
                // A child of the resource whose id the first part yields: `{registryId}/exportPipelines/{name}`.
                (_, Self::Resource(mut id)) => {
                    id.ty.push('/');
                    id.ty.push_str(part.as_str()?);
                    id.names.push(parts.next()?);
                    Self::Resource(id)
                }
                _ => return None,
            };
        }
        Some(scope)
    }

    fn to_text(&self) -> Option<String> {
        Some(match self {
            Self::ResourceGroup { subscription, group } => {
                format!("/subscriptions/{}/resourceGroups/{}", subscription.as_str()?, group.as_str()?)
            }
            Self::Subscription(subscription) => format!("/subscriptions/{}", subscription.as_str()?),
            Self::ManagementGroup(group) => {
                format!("/providers/Microsoft.Management/managementGroups/{}", group.as_str()?)
            }
            Self::Tenant => String::new(),
            Self::Resource(id) => id.to_text()?,
            Self::Other(value) => value.as_str()?.trim_end_matches('/').to_owned(),
        })
    }

    /// The scope as a value.
    pub fn to_value(&self) -> Value {
        match (self, self.to_text()) {
            (_, Some(text)) => Value::from(text),
            (Self::Resource(id), None) => id.to_value(),
            (Self::Other(value), None) => value.clone(),
            (Self::ResourceGroup { subscription, group }, None) => {
                if *subscription == current_subscription() && *group == current_group() {
                    return property_of_call("resourceGroup", "id");
                }
                let group = [Piece::Text("/resourceGroups/".into()), Piece::Unknown(group.clone())];
                let scope = Self::Subscription(subscription.clone()).to_value();
                join([Piece::Unknown(scope)].into_iter().chain(group).collect())
            }
            (Self::Subscription(subscription), None) if *subscription != current_subscription() => {
                join(vec![Piece::Text("/subscriptions/".into()), Piece::Unknown(subscription.clone())])
            }
            (Self::ManagementGroup(group), None) if *group != current_management_group() => {
                let start = Piece::Text("/providers/Microsoft.Management/managementGroups/".into());
                join(vec![start, Piece::Unknown(group.clone())])
            }
            (Self::ManagementGroup(_), None) => property_of_call("managementGroup", "id"),
            (Self::Subscription(_) | Self::Tenant, None) => property_of_call("subscription", "id"),
        }
    }

    /// Whether two scopes are the same; `None` when that depends on what is unknown.
    pub fn same(&self, other: &Self) -> Option<bool> {
        match (self, other) {
            (Self::ResourceGroup { subscription: a, group: x }, Self::ResourceGroup { subscription: b, group: y }) => {
                all_same([same_name(a, b), same_name(x, y)])
            }
            (Self::Subscription(a), Self::Subscription(b)) | (Self::ManagementGroup(a), Self::ManagementGroup(b)) => {
                same_name(a, b)
            }
            (Self::Tenant, Self::Tenant) => Some(true),
            (Self::Resource(a), Self::Resource(b)) => a.same(b),
            (Self::Other(a), Self::Other(b)) if a == b => Some(true),
            (Self::Other(_), _) | (_, Self::Other(_)) => None,
            _ => Some(false),
        }
    }
}

/// Whether two names or ids are the same, without regard to ASCII case; `None` when that depends on what is unknown.
pub fn same_name(a: &Value, b: &Value) -> Option<bool> {
    if let (Some(a), Some(b)) = (a.as_str(), b.as_str()) {
        return Some(a.eq_ignore_ascii_case(b));
    }
    let (a, b) = (without_case(a), without_case(b));
    if a == b || pieces(a).is_some_and(|row| Some(row) == pieces(b)) {
        return Some(true);
    }
    None
}

/// What is put into another case, if the value is that.
fn without_case(value: &Value) -> &Value {
    let folded = |term: &'_ Term| ["toLower", "toUpper"].iter().any(|name| term.call(name).is_some());
    match value.as_term() {
        Some(term @ Term::Call { args, .. }) if folded(term) => args.first().unwrap_or(value),
        _ => value,
    }
}

fn all_same(parts: impl IntoIterator<Item = Option<bool>>) -> Option<bool> {
    let mut all = Some(true);
    for part in parts {
        match part {
            Some(false) => return Some(false),
            None => all = None,
            Some(true) => {}
        }
    }
    all
}

fn is_providers(text: &str) -> bool {
    text.eq_ignore_ascii_case("providers")
}

/// Splits the arguments of `resourceId` and its kin at the type: the first known string with a slash.
pub fn split_arguments(args: &[Value]) -> Option<(&[Value], String, Vec<Value>)> {
    let at = args.iter().position(|arg| arg.as_str().is_some_and(|text| text.contains('/')))?;
    let ty = args[at].as_str()?.trim_matches('/').to_owned();
    let names = args[at + 1..].to_vec();
    // A reference to a resource by an expression of the wrong number of names is an error of the template.
    (names.len() == ty.matches('/').count()
        && names.iter().all(|name| matches!(name.kind, Kind::String(_) | Kind::Unknown(_) | Kind::Undecidable(_))))
    .then(|| (&args[..at], ty, names))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(name: &str, args: &[Value]) -> Value {
        Value::unknown(Term::Call { name: name.into(), args: args.to_vec() })
    }

    fn parameter(name: &str) -> Value {
        call("parameters", &[Value::from(name)])
    }

    const TYPE: &str = "Microsoft.ContainerRegistry/registries/exportPipelines";

    #[test]
    fn a_literal_id_and_back() {
        let text =
            "/subscriptions/1/resourceGroups/rg/providers/Microsoft.ContainerRegistry/registries/r/exportPipelines/p";
        let id = ResourceId::parse(&Value::from(text)).unwrap();
        assert_eq!(id.ty, TYPE);
        assert_eq!(id.names, [Value::from("r"), Value::from("p")]);
        assert_eq!(id.to_value(), Value::from(text));
        assert_eq!(id.parent().unwrap().ty, "Microsoft.ContainerRegistry/registries");
    }

    #[test]
    fn three_spellings_of_one_unknown_id_are_the_same() {
        let (registry, pipeline) = (parameter("registry"), parameter("pipeline"));
        let by_function = call("resourceId", &[Value::from(TYPE), registry.clone(), pipeline.clone()]);
        let group = property_of_call("resourceGroup", "id");
        let by_format = call(
            "format",
            &[
                Value::from("{0}/providers/Microsoft.ContainerRegistry/registries/{1}/exportPipelines/{2}"),
                group.clone(),
                registry.clone(),
                pipeline.clone(),
            ],
        );
        let by_concat = call(
            "concat",
            &[
                group,
                Value::from("/providers/microsoft.containerregistry/registries/"),
                registry,
                Value::from("/exportPipelines/"),
                pipeline,
            ],
        );
        let ids: Vec<ResourceId> =
            [by_function, by_format, by_concat].iter().map(|value| ResourceId::parse(value).unwrap()).collect();
        assert_eq!(ids[0].same(&ids[1]), Some(true));
        assert_eq!(ids[1].same(&ids[2]), Some(true));
    }

    #[test]
    fn ids_with_different_unknown_names_may_or_may_not_be_the_same() {
        let id = |name: &Value| ResourceId::parse(&call("resourceId", &[Value::from("A.B/c"), name.clone()])).unwrap();
        assert_eq!(id(&parameter("x")).same(&id(&parameter("y"))), None);
        assert_eq!(id(&Value::from("x")).same(&id(&Value::from("y"))), Some(false));
    }

    #[test]
    fn an_extension_resource_has_the_other_resource_as_its_scope() {
        let vault = call("resourceId", &[Value::from("Microsoft.KeyVault/vaults"), parameter("v")]);
        let lock =
            call("extensionResourceId", &[vault, Value::from("Microsoft.Authorization/locks"), Value::from("l")]);
        let id = ResourceId::parse(&lock).unwrap();
        let IdScope::Resource(scope) = &id.scope else { panic!("scope is {:?}", id.scope) };
        assert_eq!(scope.ty, "Microsoft.KeyVault/vaults");
        assert_eq!(id.to_value(), lock);
    }

    #[test]
    fn an_id_may_continue_the_id_of_its_parent() {
        let registry = call("resourceId", &[Value::from("Microsoft.ContainerRegistry/registries"), parameter("r")]);
        let id = call("concat", &[registry, Value::from("/exportPipelines/pipe1")]);
        let id = ResourceId::parse(&id).unwrap();
        assert_eq!(id.ty, TYPE);
        assert_eq!(id.names, [parameter("r"), Value::from("pipe1")]);
        assert_eq!(id.parent().unwrap().names, [parameter("r")]);
    }

    #[test]
    fn what_is_no_id_is_not_read_as_one() {
        for text in ["", "pipe01", "https://x/secrets/y", "/subscriptions/1", "/subscriptions/1/providers/A.B"] {
            assert_eq!(ResourceId::parse(&Value::from(text)), None, "{text}");
        }
    }
}
