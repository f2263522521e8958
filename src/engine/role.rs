//! Built-in roles, by name and id, and what they allow that a transfer needs.

use crate::evaluate::resource_id::ResourceId;
use crate::evaluate::value::Value;

/// A built-in role.
#[derive(Debug, PartialEq, Eq)]
pub struct Role {
    /// Its display name.
    pub name: &'static str,
    /// The id of its role definition.
    pub id: &'static str,
    /// What it allows.
    pub rights: &'static [Right],
}

/// Something that a role allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Right {
    /// Reading and listing blobs.
    ReadBlobs,
    /// Writing blobs.
    WriteBlobs,
    /// Deleting blobs.
    DeleteBlobs,
    /// Reading the values of key vault secrets.
    ReadSecrets,
}

use Right::{DeleteBlobs, ReadBlobs, ReadSecrets, WriteBlobs};

/// The built-in roles that rules speak of; ids as in Microsoft's list of built-in roles.
pub const ROLES: &[Role] = &[
    role(
        "Storage Blob Data Contributor",
        "ba92f5b4-2d11-453d-a403-e96b0029c9fe",
        &[ReadBlobs, WriteBlobs, DeleteBlobs],
    ),
    role("Storage Blob Data Owner", "b7e6dc6d-f1e8-4753-8033-0f276bb0955b", &[ReadBlobs, WriteBlobs, DeleteBlobs]),
    role("Storage Blob Data Reader", "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1", &[ReadBlobs]),
    role("Storage Blob Delegator", "db58b8e5-c6ad-4a2a-8342-4190687cbf4a", &[]),
    role("Storage Queue Data Contributor", "974c5e8b-45b9-4653-ba55-5f855dd0fb88", &[]),
    role("Storage Queue Data Reader", "19e7f393-937e-4f77-808e-94535e297925", &[]),
    role("Storage Table Data Contributor", "0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3", &[]),
    role("Storage Account Contributor", "17d1049b-9a84-46fb-8f53-869881c3d3ab", &[]),
    role("Contributor", "b24988ac-6180-42a0-ab88-20f7382dd24c", &[]),
    role("Owner", "8e3af657-a8ff-443c-a75c-2fe8c4bcb635", &[]),
    role("Reader", "acdd72a7-3385-48ef-bd42-f606fba81ae7", &[]),
    role("Key Vault Secrets User", "4633458b-17de-408a-b874-0445c86b69e6", &[ReadSecrets]),
    role("Key Vault Secrets Officer", "b86a8fe4-44ce-4948-aee5-eccb2c155cd7", &[ReadSecrets]),
    role("Key Vault Administrator", "00482a5a-887f-4fb3-b363-3b7fe8e74483", &[ReadSecrets]),
    role("Key Vault Reader", "21090545-7ca7-4776-b22c-e363652d74d2", &[]),
    role("Key Vault Contributor", "f25e0fa2-a7c8-4377-a976-54943a77a395", &[]),
    role("Key Vault Certificates Officer", "a4417e6f-fecd-4de8-b567-7b0420556985", &[]),
    role("Key Vault Crypto Officer", "14b46e9e-c2b7-41b4-b07b-48a6ebf60603", &[]),
    role("Key Vault Crypto User", "12338af0-0e69-4776-bea7-57ae8d297424", &[]),
    role("AcrPull", "7f951dda-4ed3-4680-a7ca-43fe172d538d", &[]),
    role("AcrPush", "8311e382-0749-4cb8-b61a-304f252e45ec", &[]),
    role("Container Registry Transfer Pipeline Contributor", "bf94e731-3a51-4a7c-8c54-a1ab9971dfc1", &[]),
];

const fn role(name: &'static str, id: &'static str, rights: &'static [Right]) -> Role {
    Role { name, id, rights }
}

/// The data actions that give each right, as custom roles spell them.
pub const DATA_ACTIONS: &[(Right, &str)] = &[
    (ReadBlobs, "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read"),
    (WriteBlobs, "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write"),
    (WriteBlobs, "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/add/action"),
    (DeleteBlobs, "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/delete"),
    (ReadSecrets, "Microsoft.KeyVault/vaults/secrets/getSecret/action"),
];

/// Whether an action of a role definition, with `*` for any characters, covers `action`.
pub fn covers(pattern: &str, action: &str) -> bool {
    let (pattern, action) = (pattern.to_ascii_lowercase(), action.to_ascii_lowercase());
    let Some((first, rest)) = pattern.split_once('*') else { return pattern == action };
    let Some(mut left) = action.strip_prefix(first) else { return false };
    let (middle, last) = rest.rsplit_once('*').unwrap_or(("", rest));
    for part in middle.split('*') {
        match left.find(part) {
            Some(at) => left = &left[at + part.len()..],
            None => return false,
        }
    }
    left.ends_with(last)
}

/// The role that `text` names: by its display name, its id, or a resource id that ends with it.
pub fn by_text(text: &str) -> Option<&'static Role> {
    let last = text.rsplit('/').next().unwrap_or(text);
    ROLES.iter().find(|role| role.id.eq_ignore_ascii_case(last) || role.name.eq_ignore_ascii_case(text))
}

/// The id of the role definition that `value` names, in any spelling of its resource id; `None` when unknown.
pub fn definition_id(value: &Value) -> Option<String> {
    if let Some(text) = value.as_str() {
        return Some(text.rsplit('/').next().unwrap_or(text).to_ascii_lowercase());
    }
    ResourceId::parse(value)?.name()?.as_str().map(str::to_ascii_lowercase)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::built_in_roles::definition_of;
    use crate::evaluate::term::Term;

    #[test]
    fn a_role_is_found_by_name_id_and_resource_id() {
        let id = "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1";
        let full = format!("/providers/Microsoft.Authorization/roleDefinitions/{id}");
        for text in ["storage blob data reader", id, &full] {
            assert_eq!(by_text(text).map(|role| role.name), Some("Storage Blob Data Reader"));
        }
        assert_eq!(by_text("reader of blobs"), None);
    }

    #[test]
    fn the_roles_are_called_as_in_the_list_of_built_in_roles() {
        for role in ROLES {
            assert_eq!(definition_of(role.name), Some(role.id), "{}", role.name);
        }
    }

    #[test]
    fn a_star_in_an_action_stands_for_any_characters() {
        let action = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read";
        for pattern in ["*", "Microsoft.Storage/*", "*/READ", "Microsoft.Storage/*/blobs/*", action] {
            assert!(covers(pattern, action), "{pattern}");
        }
        for pattern in ["", "Microsoft.Storage/*/write", "*/read/*", "Microsoft.KeyVault/*", "*/tables/*/read"] {
            assert!(!covers(pattern, action), "{pattern}");
        }
    }

    #[test]
    fn a_symbolic_role_definition_has_an_id() {
        let args = [Value::from("Microsoft.Authorization/roleDefinitions"), Value::from("ABC-1")];
        let value = Value::unknown(Term::Call { name: "subscriptionResourceId".into(), args: args.to_vec() });
        assert_eq!(definition_id(&value).as_deref(), Some("abc-1"));
    }
}
