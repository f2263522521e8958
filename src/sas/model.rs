//! What a shared access signature says.

use std::collections::BTreeMap;

/// A part of a shared access signature, called as its query key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// `sv`: the version of the storage service.
    Version,
    /// `ss`: the services of an account SAS, `b` for blobs.
    Services,
    /// `srt`: the resource types of an account SAS, of `s`, `c` and `o`.
    ResourceTypes,
    /// `sr`: the resource of a service SAS, `c` for a container.
    Resource,
    /// `sp`: the permissions, one letter each.
    Permissions,
    /// `st`: valid from then on.
    Start,
    /// `se`: valid until then.
    Expiry,
    /// `spr`: `https` or `https,http`.
    Protocol,
    /// `sip`: the addresses that may use it.
    Addresses,
    /// `si`: the stored access policy of the container that holds what the token leaves out.
    Policy,
    /// `skoid`: who made the user delegation SAS.
    Delegate,
    /// `skt`: the start of the user delegation key.
    KeyStart,
    /// `ske`: the expiry of the user delegation key.
    KeyExpiry,
}

impl Field {
    /// All fields.
    pub const ALL: [Self; 13] = [
        Self::Version,
        Self::Services,
        Self::ResourceTypes,
        Self::Resource,
        Self::Permissions,
        Self::Start,
        Self::Expiry,
        Self::Protocol,
        Self::Addresses,
        Self::Policy,
        Self::Delegate,
        Self::KeyStart,
        Self::KeyExpiry,
    ];

    /// The key in a token.
    pub fn key(self) -> &'static str {
        match self {
            Self::Version => "sv",
            Self::Services => "ss",
            Self::ResourceTypes => "srt",
            Self::Resource => "sr",
            Self::Permissions => "sp",
            Self::Start => "st",
            Self::Expiry => "se",
            Self::Protocol => "spr",
            Self::Addresses => "sip",
            Self::Policy => "si",
            Self::Delegate => "skoid",
            Self::KeyStart => "skt",
            Self::KeyExpiry => "ske",
        }
    }

    /// The field with this key; keys are told apart by case.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.key() == key)
    }
}

/// Which of the three kinds of shared access signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Signed with an account key, for services and resource types of the account.
    Account,
    /// Signed with an account key, for one container, blob or other resource.
    Service,
    /// Signed with a key that Microsoft Entra ID gave to a user, for at most seven days.
    UserDelegation,
}

/// What is known of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content<'a> {
    /// It is not there.
    Absent,
    /// It is there, or may be, but what it says is not known.
    Unknown,
    /// What it says, decoded.
    Known(&'a str),
}

/// A shared access signature without its signature.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sas {
    kind: Option<Kind>,
    fields: BTreeMap<Field, Option<String>>,
    open: bool,
}

impl Sas {
    /// One of a known kind that says nothing yet.
    pub fn of_kind(kind: Kind) -> Self {
        Self { kind: Some(kind), ..Self::default() }
    }

    /// Sets a field; `None` for a value that is not known.
    pub fn set(&mut self, field: Field, value: Option<String>) {
        self.fields.insert(field, value);
    }

    /// Says that there may be fields nobody sees, so that none counts as absent.
    pub fn set_open(&mut self) {
        self.open = true;
    }

    /// What is known of a field. An empty one is absent.
    pub fn get(&self, field: Field) -> Content<'_> {
        match self.fields.get(&field) {
            Some(Some(value)) if !value.is_empty() => Content::Known(value),
            Some(None) => Content::Unknown,
            Some(Some(_)) | None if self.open => Content::Unknown,
            Some(Some(_)) | None => Content::Absent,
        }
    }

    /// What a field says, if that is known.
    pub fn known(&self, field: Field) -> Option<&str> {
        match self.get(field) {
            Content::Known(value) => Some(value),
            Content::Absent | Content::Unknown => None,
        }
    }

    /// Whether a field is there, whatever it says.
    pub fn has(&self, field: Field) -> bool {
        self.fields.get(&field).is_some_and(|value| value.as_ref().is_none_or(|value| !value.is_empty()))
    }

    /// The kind, said or told from the fields; `None` when they don't tell.
    pub fn kind(&self) -> Option<Kind> {
        if self.kind.is_some() {
            self.kind
        } else if self.has(Field::Delegate) {
            Some(Kind::UserDelegation)
        } else if self.has(Field::Services) || self.has(Field::ResourceTypes) {
            Some(Kind::Account)
        } else if self.has(Field::Resource) && !self.open {
            Some(Kind::Service)
        } else {
            None
        }
    }
}
