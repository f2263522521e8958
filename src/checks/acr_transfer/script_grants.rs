//! The commands of a script that give access: who gets it, what it is, and on what.

use super::argument::{Answer, Given, Name, answer, given, name, same};
use super::cli::Call;
use super::flags::{NAME, REGISTRY};
use crate::engine::role::{self, Right, Role};
use crate::engine::view::{Grantee, SeenGrant};
use crate::script::{self, Argument, Invocation, Script};
use crate::source::{FileId, Span};

/// A command that gives access.
#[derive(Debug)]
pub(super) struct ScriptGrant<'a> {
    /// The command.
    pub invocation: Invocation<'a>,
    /// Index of the command's call among all calls.
    pub at: usize,
    /// Who is given it.
    pub to: Principal,
    /// Where that is written.
    pub to_at: Option<Span>,
    /// What is given.
    pub access: Access,
    /// On what.
    pub on: Scope,
    /// The scope as written.
    pub on_at: Option<Given>,
}

/// What is given.
#[derive(Debug)]
pub(super) enum Access {
    /// A role; `None` when it is not a known one.
    Role(Option<&'static Role>, Given),
    /// An access policy with these secret permissions; `None` when one of them is unknown.
    Policy(Option<Vec<String>>, Option<Argument>),
}

/// Who is given access.
#[derive(Debug)]
pub(super) enum Principal {
    /// The identity of a pipeline.
    Pipeline {
        /// Whether it exports.
        exports: bool,
        /// Its name.
        name: Option<Name>,
        /// Its registry.
        registry: Option<Name>,
    },
    /// A user-assigned identity.
    Identity(Option<Name>),
    /// A client id, which is not a principal id.
    ClientId,
    /// The identity of a registry.
    Registry,
    /// Whoever runs the script.
    Deployer,
    /// A user or a group.
    Person,
    /// Nobody can tell.
    Unknown,
}

/// What an option takes to say who is given access.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Takes {
    /// The id of a principal.
    ObjectId,
    /// The client id of an application or identity.
    ClientId,
    /// Either of them, or the name of a user.
    Any,
    /// The name of a user.
    User,
}

/// The options that say who is given access.
const HOLDERS: [(&[&str], Takes); 4] = [
    (&["--assignee-object-id", "--object-id", "-ObjectId", "-PrincipalId"], Takes::ObjectId),
    (&["--assignee"], Takes::Any),
    (&["-ApplicationId", "-ServicePrincipalName", "-SPN", "--spn"], Takes::ClientId),
    (&["--upn", "-SignInName", "-UserPrincipalName", "-EmailAddress", "-Email"], Takes::User),
];

/// What access is given on.
#[derive(Debug)]
pub(super) enum Scope {
    /// A subscription or more.
    Subscription,
    /// A resource group.
    Group,
    /// A resource.
    Resource(Service, Option<Name>),
    /// Nobody can tell.
    Unknown,
}

/// What a resource is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Service {
    /// A storage account, or a part of one.
    Storage,
    /// A key vault, or a part of one.
    Vault,
    /// A container registry.
    Registry,
    /// Anything else.
    Other,
}

impl<'a> ScriptGrant<'a> {
    /// Reads a command, the call number `at` of the file.
    pub(super) fn new(invocation: Invocation<'a>, at: usize) -> Option<Self> {
        if invocation.is_az(&["role", "assignment", "create"]) || invocation.program == "new-azroleassignment" {
            return Self::role(invocation, at);
        }
        let is_policy = invocation.is_az(&["keyvault", "set-policy"]);
        (is_policy || invocation.program == "set-azkeyvaultaccesspolicy").then(|| Self::policy(invocation, at))
    }

    fn role(invocation: Invocation<'a>, at: usize) -> Option<Self> {
        let role = given(&invocation, &["--role", "-RoleDefinitionName", "-RoleDefinitionId"])?;
        let known = role.text().as_deref().and_then(role::by_text);
        let (to, to_at) = Principal::named_by(&invocation);
        let on_at = given(&invocation, &["--scope", "-Scope"]);
        let in_group = invocation.option(&["--resource-group", "-g", "-ResourceGroupName"]).is_some();
        let on = match &on_at {
            Some(scope) => Scope::of(&invocation, scope),
            None if in_group && invocation.option(&["-ResourceName"]).is_none() => Scope::Group,
            None => Scope::Unknown,
        };
        Some(Self { at, to, to_at, access: Access::Role(known, role), on, on_at, invocation })
    }

    fn policy(invocation: Invocation<'a>, at: usize) -> Self {
        let secrets = invocation.option(&["--secret-permissions", "-PermissionsToSecrets"]);
        let words = secrets.iter().flat_map(|option| &option.values);
        let texts = words.map(|word| Given::new(&invocation, word).text().map(|text| text.to_ascii_lowercase()));
        let permissions = texts.collect();
        let (to, to_at) = Principal::named_by(&invocation);
        Self {
            at,
            to,
            to_at,
            access: Access::Policy(permissions, secrets),
            on: Scope::Resource(Service::Vault, name(&invocation, &["--name", "-n", "-VaultName"])),
            on_at: None,
            invocation,
        }
    }

    /// Whether it lets its holder read the values of secrets; `None` when unknown.
    pub(super) fn reads_secrets(&self) -> Option<bool> {
        match &self.access {
            Access::Role(role, _) => role.map(|role| role.rights.contains(&Right::ReadSecrets)),
            Access::Policy(permissions, _) => {
                permissions.as_ref().map(|all| all.iter().any(|one| one == "get" || one == "all"))
            }
        }
    }

    /// Whether it holds on the resource of this name; `None` when unknown.
    pub(super) fn reaches(&self, service: Service, name: Option<&Name>) -> Option<bool> {
        match &self.on {
            Scope::Subscription | Scope::Group => Some(true),
            Scope::Resource(other, of) if *other == service => same(of.as_ref(), name),
            Scope::Resource(..) => Some(false),
            Scope::Unknown => None,
        }
    }
}

impl Principal {
    /// Who is given access by a command, and where that is written.
    fn named_by(invocation: &Invocation<'_>) -> (Self, Option<Span>) {
        let named = HOLDERS.iter().find_map(|(names, takes)| Some((given(invocation, names)?, *takes)));
        let kind = given(invocation, &["--assignee-principal-type", "-ObjectType", "-PrincipalType"]);
        let kind = kind.and_then(|kind| kind.text()).unwrap_or_default();
        let is_person = ["user", "group"].iter().any(|other| kind.eq_ignore_ascii_case(other));
        match named {
            None => (Self::Unknown, None),
            Some((to, takes)) => {
                let is_user = is_person || takes == Takes::User || to.text().is_some_and(|to| to.contains('@'));
                (if is_user { Self::Person } else { Self::of(invocation, &to, takes) }, Some(to.span))
            }
        }
    }

    fn of(invocation: &Invocation<'_>, given: &Given, takes: Takes) -> Self {
        let Some(Answer { call, part }) = answer(invocation, given) else { return Self::Unknown };
        let is_client = part.ends_with("clientid") || part.ends_with("appid");
        let of_pipeline = answer(invocation, given).and_then(|answer| Call::new(answer.call));
        let shown = of_pipeline.as_ref().and_then(|call| Some((call.is_of_pipeline(&["show", "create"])?, call)));
        if is_client && takes == Takes::ObjectId {
            let is_identity = shown.is_some() || is_identity(&call);
            return if is_identity { Self::ClientId } else { Self::Unknown };
        }
        // The command refuses the id of a principal where it wants that of a client.
        if !is_client && takes == Takes::ClientId {
            return Self::Unknown;
        }
        if let Some((exports, call)) = shown {
            return if part.contains("principalid") || is_client {
                Self::Pipeline { exports, name: call.name(NAME), registry: call.name(REGISTRY) }
            } else {
                Self::Unknown
            };
        }
        if is_identity(&call) {
            return match part.as_str() {
                "principalid" | "clientid" => Self::Identity(name(&call, &["--name", "-n", "-Name"])),
                _ => Self::Unknown,
            };
        }
        match part.as_str() {
            "identity.principalid" if call.is_az(&["acr", "show"]) => Self::Registry,
            "id" if call.is_az(&["ad", "signed-in-user", "show"]) => Self::Deployer,
            _ => Self::Unknown,
        }
    }
}

/// Whether a call answers with a user-assigned identity.
pub(super) fn is_identity(call: &Invocation<'_>) -> bool {
    call.is_az(&["identity"]) || ["get-azuserassignedidentity", "new-azuserassignedidentity"].contains(&call.program)
}

impl Scope {
    fn of(invocation: &Invocation<'_>, given: &Given) -> Self {
        if let Some(Answer { call, part }) = answer(invocation, given) {
            let services: [(&[&str], &str, Service); 3] = [
                (&["storage", "account", "show"], "get-azstorageaccount", Service::Storage),
                (&["keyvault", "show"], "get-azkeyvault", Service::Vault),
                (&["acr", "show"], "get-azcontainerregistry", Service::Registry),
            ];
            let is_id = part == "id" || (part == "resourceid" && call.program != "az");
            if is_id && (call.is_az(&["group", "show"]) || call.program == "get-azresourcegroup") {
                return Self::Group;
            }
            let service = services.iter().find(|(path, cmdlet, _)| call.is_az(path) || call.program == *cmdlet);
            let names = ["--name", "-n", "-Name", "-AccountName", "-StorageAccountName", "-VaultName", "-RegistryName"];
            return service
                .filter(|_| is_id)
                .map_or(Self::Unknown, |(.., of)| Self::Resource(*of, name(&call, &names)));
        }
        Self::parse(&given.pattern())
    }

    /// Reads a resource id, with variables in place of some of its parts.
    fn parse(id: &str) -> Self {
        if let Some((_, resource)) = split_ignoring_case(id, "/providers/") {
            let mut parts = resource.split('/');
            let ty = [parts.next(), parts.next()].map(|part| part.unwrap_or_default().to_ascii_lowercase());
            let service = match [ty[0].as_str(), ty[1].as_str()] {
                ["microsoft.storage", "storageaccounts"] => Service::Storage,
                ["microsoft.keyvault", "vaults"] => Service::Vault,
                ["microsoft.containerregistry", "registries"] => Service::Registry,
                ["microsoft.management", _] => return Self::Subscription,
                _ => Service::Other,
            };
            return Self::Resource(service, parts.next().and_then(Name::new).filter(|name| !name.text.contains("${}")));
        }
        let parts: Vec<String> = id.trim_matches('/').split('/').map(str::to_ascii_lowercase).collect();
        match parts.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
            ["subscriptions", _] => Self::Subscription,
            ["subscriptions", _, "resourcegroups", _] => Self::Group,
            _ => Self::Unknown,
        }
    }
}

/// The access to blobs and secrets that scripts give, for other files to know.
pub(in crate::checks) fn seen_grants(file: FileId, found: &script::Found) -> Vec<SeenGrant> {
    let calls = found.scripts.iter().flat_map(Script::invocations).enumerate();
    let grants = calls.filter_map(|(at, call)| ScriptGrant::new(call, at));
    let seen = grants.filter_map(|grant| {
        let reads_blobs = match &grant.access {
            Access::Role(role, _) => role.map(|role| role.rights.contains(&Right::ReadBlobs)),
            Access::Policy(..) => Some(false),
        };
        let to_blobs = match (&grant.on, reads_blobs, grant.reads_secrets()) {
            (Scope::Resource(Service::Storage, _), ..) => true,
            (Scope::Resource(Service::Vault, _), ..) => false,
            (Scope::Resource(..), ..) => return None,
            (_, Some(true), _) => true,
            (_, _, Some(true)) => false,
            _ => return None,
        };
        let is_enough = if to_blobs { reads_blobs } else { grant.reads_secrets() };
        let text = |name: &Option<Name>| name.as_ref().and_then(Name::known).map(str::to_owned);
        let holder = match &grant.to {
            Principal::Pipeline { exports, name, registry } => {
                Grantee::Pipeline { exports: *exports, registry: text(registry), name: text(name) }
            }
            Principal::Identity(_) | Principal::Unknown if is_enough != Some(false) => Grantee::Unknown,
            _ => return None,
        };
        let on = match &grant.on {
            Scope::Resource(_, name) => text(name),
            _ => None,
        };
        Some(SeenGrant { file, to_blobs, holder, on })
    });
    seen.collect()
}

/// What stands before and after `separator`.
pub(super) fn split_ignoring_case<'t>(text: &'t str, separator: &str) -> Option<(&'t str, &'t str)> {
    let at = text.to_ascii_lowercase().find(&separator.to_ascii_lowercase())?;
    Some((text.get(..at)?, text.get(at + separator.len()..)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_resource_id_is_a_scope() {
        assert!(matches!(Scope::parse("/subscriptions/${SUB}"), Scope::Subscription));
        assert!(matches!(Scope::parse("/subscriptions/x/resourceGroups/y"), Scope::Group));
        let id =
            "/subscriptions/${}/resourceGroups/y/providers/Microsoft.Storage/storageAccounts/a/blobServices/default";
        assert!(matches!(Scope::parse(id), Scope::Resource(Service::Storage, Some(name)) if name.text == "a"));
        assert!(matches!(Scope::parse("${SCOPE}"), Scope::Unknown));
    }
}
