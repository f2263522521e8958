//! The URIs that a transfer uses, of blob containers and of vault secrets, as far as they are known.
//!
//! `reference(<vault>).vaultUri` and `reference(<account>).primaryEndpoints.blob` count as the URIs that they will be.

use std::ops::Range;

use super::cloud::{Cloud, Service};
use crate::evaluate::partial::{HOLE, Partial};
use crate::evaluate::pieces::{Piece, Stretch, stretches};
use crate::evaluate::resource_id::{ResourceId, property_of_call};
use crate::evaluate::term::Term;
use crate::evaluate::value::Value;

/// A URI cut into its parts; the ranges are those of [`text`](Self::text).
#[derive(Debug, Clone)]
pub struct Uri {
    /// The whole URI; what it takes from references to resources is spelled out.
    pub text: Partial,
    /// The scheme.
    pub scheme: Scheme,
    /// Host and port.
    pub authority: Range<usize>,
    /// The segments of the path, those that are empty included: one empty segment for `https://host/`.
    pub segments: Vec<Range<usize>>,
    /// Where the query or fragment starts, with its `?` or `#`.
    pub query: Option<usize>,
    /// Whether the path may begin inside a hole, so that what is missing here may be there.
    pub open: bool,
}

/// The scheme of a URI.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scheme {
    /// Known, at this range.
    Known(Range<usize>),
    /// Part of a hole.
    Unknown,
    /// There is none.
    Missing,
}

impl Uri {
    /// Reads a URI; `None` for what is not a string.
    pub fn parse(value: &Value) -> Option<Self> {
        let expanded = joined(value)?.into_iter().flat_map(expand).collect();
        let text = Partial::of(expanded, value.origin.clone());
        let query = query(text.text());
        let body = &text.text()[..query.unwrap_or(text.text().len())];
        let first = body.find('/').unwrap_or(body.len());
        let (scheme, start) = match body.find("://") {
            Some(at) if body[..at].contains(HOLE) => (Scheme::Unknown, at + 3),
            Some(at) => (Scheme::Known(0..at), at + 3),
            None if body[..first].contains(HOLE) => (Scheme::Unknown, 0),
            None => (Scheme::Missing, 0),
        };
        let rest = &body[start..];
        let slash = rest.find('/').unwrap_or(rest.len());
        let head = &rest[..slash];
        // A hole before a name without dots is taken to end with the slash that the name needs before it.
        let fused = start == 0 && head.strip_prefix(HOLE).is_some_and(|tail| !tail.is_empty() && !tail.contains('.'));
        let end = if fused { HOLE.len_utf8() } else { start + slash };
        let path = start + slash.min(end - start)..body.len();
        let segments = segments(body, path);
        let open = fused || (segments.iter().all(Range::is_empty) && may_hide_path(&text, start..end));
        Some(Self { authority: start..end, segments, query, open, scheme, text })
    }

    /// The host, without a port.
    pub fn host(&self) -> &str {
        let authority = self.text.slice(self.authority.clone());
        authority.split_once(':').map_or(authority, |(host, _)| host)
    }

    /// The labels of the host, those in holes aside.
    pub fn labels(&self) -> impl Iterator<Item = &str> {
        self.host().split('.')
    }

    /// What follows the first label of the host, if it is known.
    pub fn domain(&self) -> Option<&str> {
        self.host().split_once('.').map(|(_, domain)| domain).filter(|domain| !domain.contains(HOLE))
    }

    /// The range of the host's first label, the name of an account or vault; `None` when it can't be told apart.
    pub fn first_label(&self) -> Option<Range<usize>> {
        let (label, _) = self.host().split_once('.')?;
        if label.is_empty() || (self.scheme == Scheme::Unknown && label.starts_with(HOLE)) {
            return None;
        }
        Some(self.authority.start..self.authority.start + label.len())
    }

    /// The value of the segment at `index`; `None` when it is empty or may stand elsewhere.
    fn segment(&self, index: usize) -> Option<Value> {
        let range = self.segments.get(index).filter(|range| !range.is_empty() && !self.open)?;
        Some(self.text.value(range.clone()))
    }
}

/// Where a container URI leads.
#[derive(Debug, Clone)]
pub struct Container {
    /// The name of the storage account; it may be a term, to be compared with
    /// [`same_name`](crate::evaluate::resource_id::same_name).
    pub account: Option<Value>,
    /// The id of the storage account, when the URI is taken from a reference to it.
    pub account_id: Option<ResourceId>,
    /// The name of the container; it may be a term.
    pub name: Option<Value>,
    /// The cloud.
    pub cloud: Option<Cloud>,
}

/// Reads the URI of a blob container, whether it is quite right or not; `None` for what is not a string.
pub fn container(value: &Value) -> Option<Container> {
    let uri = Uri::parse(value)?;
    Some(Container {
        account: uri.first_label().map(|range| {
            // The copy of an account in another region is no account of its own.
            let copy = if uri.text.slice(range.clone()).ends_with(COPY) { COPY.len() } else { 0 };
            uri.text.value(range.start..range.end - copy)
        }),
        account_id: referenced_in(value, STORAGE_ACCOUNT),
        name: uri.segment(0),
        cloud: uri.domain().and_then(|domain| Cloud::of_domain(Service::Blob, domain)),
    })
}

/// Where a secret URI leads.
#[derive(Debug, Clone)]
pub struct Secret {
    /// The name of the vault; it may be a term.
    pub vault: Option<Value>,
    /// The id of the vault, when the URI is taken from a reference to it.
    pub vault_id: Option<ResourceId>,
    /// The name of the secret; it may be a term.
    pub name: Option<Value>,
    /// The version.
    pub version: Option<Value>,
    /// The cloud.
    pub cloud: Option<Cloud>,
}

/// Reads the URI of a vault's secret, whether it is quite right or not; `None` for what is not a string.
pub fn secret(value: &Value) -> Option<Secret> {
    let uri = Uri::parse(value)?;
    let secrets = uri.segments.iter().position(|range| uri.text.slice(range.clone()).eq_ignore_ascii_case("secrets"));
    let after = |offset: usize| {
        let range = uri.segments.get(secrets? + offset).filter(|range| !range.is_empty())?;
        Some(uri.text.value(range.clone()))
    };
    Some(Secret {
        vault: uri.first_label().map(|range| uri.text.value(range)),
        vault_id: referenced_in(value, VAULT),
        name: after(1),
        version: after(2),
        cloud: uri.domain().and_then(|domain| Cloud::of_domain(Service::Vault, domain)),
    })
}

/// The end of an account's name in the endpoint of its copy in another region.
const COPY: &str = "-secondary";

const VAULT: &str = "Microsoft.KeyVault/vaults";
const VAULT_SECRET: &str = "Microsoft.KeyVault/vaults/secrets";
const STORAGE_ACCOUNT: &str = "Microsoft.Storage/storageAccounts";

/// Where the query starts. A SAS token counts as one even if its `?` is missing, so that no name is taken from it.
fn query(text: &str) -> Option<usize> {
    let mark = text.find(['?', '#', '&']);
    let signature = text.find("sig=");
    mark.into_iter().chain(signature).min()
}

fn segments(body: &str, path: Range<usize>) -> Vec<Range<usize>> {
    let text = &body[path.clone()];
    if text.is_empty() {
        return Vec::new();
    }
    let text = text.strip_prefix('/').unwrap_or(text);
    let mut start = body.len() - text.len();
    let mut segments = Vec::new();
    for segment in text.split('/') {
        segments.push(start..start + segment.len());
        start += segment.len() + 1;
    }
    segments
}

/// Whether the last hole of an authority may hold a path, too.
fn may_hide_path(text: &Partial, authority: Range<usize>) -> bool {
    let Some((_, tail)) = text.slice(authority.clone()).rsplit_once(HOLE) else { return false };
    let hole = text.hole(authority.end - tail.len() - HOLE.len_utf8());
    !tail.contains('.') && !hole.is_some_and(is_host)
}

/// Whether an unknown value is a host or the end of one.
fn is_host(value: &Value) -> bool {
    let Some(Term::Property { base, name }) = value.as_term() else { return false };
    name.as_ref() == HOST || is_property(base, "suffixes")
}

fn is_property(value: &Value, wanted: &str) -> bool {
    matches!(value.as_term(), Some(Term::Property { name, .. }) if name.eq_ignore_ascii_case(wanted))
}

/// The property that stands for the host of something unknown; no resource has one of this name.
const HOST: &str = "(host)";

/// The pieces of a URI, those that the function `uri` puts together included.
fn joined(value: &Value) -> Option<Vec<Stretch>> {
    let pieces = stretches(value)?.into_iter().flat_map(|stretch| match &stretch.piece {
        Piece::Unknown(value) => combined(value).unwrap_or_else(|| vec![stretch]),
        Piece::Text(_) => vec![stretch],
    });
    Some(pieces.collect())
}

/// What `uri(base, relative)` makes of a base without a path.
fn combined(value: &Value) -> Option<Vec<Stretch>> {
    let [base, relative] = value.as_term()?.call("uri")? else { return None };
    let mut row = stretches(base)?;
    let rest = stretches(relative)?;
    let Piece::Text(first) = &rest.first()?.piece else { return None };
    if first.is_empty() || first.starts_with(['/', '.', '?', '#']) || first.contains(':') {
        return None;
    }
    let expanded = Partial::of(row.iter().cloned().flat_map(expand).collect(), base.origin.clone());
    let (_, host) = expanded.text().split_once("://")?;
    match host.split_once('/') {
        Some((_, "")) => {}
        None if !may_hide_path(&expanded, expanded.text().len() - host.len()..expanded.text().len()) => {
            row.push(Stretch { piece: Piece::Text("/".to_owned()), origin: base.origin.clone() });
        }
        _ => return None,
    }
    row.extend(rest);
    Some(row)
}

/// What a reference to a resource will be, as far as that can be told.
fn expand(stretch: Stretch) -> Vec<Stretch> {
    let row = match &stretch.piece {
        Piece::Unknown(value) => spelled_out(value),
        Piece::Text(_) => None,
    };
    match row {
        Some(row) => row.into_iter().map(|piece| Stretch { piece, origin: stretch.origin.clone() }).collect(),
        None => vec![stretch],
    }
}

fn spelled_out(value: &Value) -> Option<Vec<Piece>> {
    let Term::Property { base, name } = value.as_term()? else { return None };
    let text = |text: &str| Piece::Text(text.to_owned());
    let name = name.to_ascii_lowercase();
    match name.as_str() {
        // The suffix of vaults has its leading dot, that of storage has none.
        "keyvaultdns" | "acrloginserver" if is_property(base, "suffixes") => {
            Some(vec![text("."), Piece::Unknown(value.clone())])
        }
        "vaulturi" => {
            let mut row = vec![text("https://")];
            row.extend(host(base, VAULT, &[".", "keyvaultDns"]));
            row.push(text("/"));
            Some(row)
        }
        "secreturi" | "secreturiwithversion" => {
            let id = referenced(base).filter(|id| id.ty.eq_ignore_ascii_case(VAULT_SECRET))?;
            let mut row = vec![text("https://")];
            row.extend(host(base, VAULT_SECRET, &[".", "keyvaultDns"]));
            row.push(text("/secrets/"));
            row.push(piece(id.names.get(1)?.clone()));
            if name == "secreturiwithversion" {
                row.extend([text("/"), Piece::Unknown(value.clone())]);
            }
            Some(row)
        }
        "blob" | "dfs" | "file" | "queue" | "table" | "web" => {
            let Term::Property { base: account, name: endpoints } = base.as_term()? else { return None };
            let copy = match &*endpoints.to_ascii_lowercase() {
                "primaryendpoints" => "",
                "secondaryendpoints" => COPY,
                _ => return None,
            };
            let mut row = vec![text("https://")];
            row.extend(host(account, STORAGE_ACCOUNT, &[&format!("{copy}.{name}."), "storage"]));
            row.push(text("/"));
            Some(row)
        }
        _ => None,
    }
}

/// The host of a resource that is referred to: its name, text, and the suffix of the cloud.
fn host(reference: &Value, ty: &str, [text, suffix]: &[&str; 2]) -> Vec<Piece> {
    let name =
        referenced(reference).filter(|id| id.ty.eq_ignore_ascii_case(ty)).and_then(|id| id.names.into_iter().next());
    let property = |base: Value, name: &str| Value::unknown(Term::Property { base, name: name.into() });
    let name = name.unwrap_or_else(|| property(reference.clone(), HOST));
    let suffix = property(property_of_call("environment", "suffixes"), suffix);
    vec![piece(name), Piece::Text((*text).to_owned()), Piece::Unknown(suffix)]
}

fn piece(value: Value) -> Piece {
    match value.as_str() {
        Some(text) => Piece::Text(text.to_owned()),
        None => Piece::Unknown(value),
    }
}

/// The id of the resource of which `value` is a reference or its properties.
fn referenced(value: &Value) -> Option<ResourceId> {
    let reference = match value.as_term()? {
        Term::Property { base, name } if name.eq_ignore_ascii_case("properties") => base.as_term()?,
        term => term,
    };
    ResourceId::parse(reference.call("reference")?.first()?)
}

/// The id of the resource of the type `ty` that a URI is taken from.
fn referenced_in(uri: &Value, ty: &str) -> Option<ResourceId> {
    joined(uri)?.iter().find_map(|stretch| {
        let Piece::Unknown(value) = &stretch.piece else { return None };
        let mut value = value;
        while let Term::Property { base, .. } = value.as_term()? {
            value = base;
        }
        let mut id = referenced(value)?;
        if ty == VAULT && id.ty.eq_ignore_ascii_case(VAULT_SECRET) {
            VAULT.clone_into(&mut id.ty);
            id.names.truncate(1);
        }
        id.ty.eq_ignore_ascii_case(ty).then_some(id)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(name: &str, args: Vec<Value>) -> Value {
        Value::unknown(Term::Call { name: name.into(), args })
    }

    fn property(base: Value, name: &str) -> Value {
        Value::unknown(Term::Property { base, name: name.into() })
    }

    fn parameter(name: &str) -> Value {
        call("parameters", vec![Value::from(name)])
    }

    fn reference(ty: &str, name: Value) -> Value {
        call("reference", vec![call("resourceId", vec![Value::from(ty), name])])
    }

    #[test]
    fn a_literal_uri_is_cut_into_its_parts() {
        let found = container(&"https://contoso.blob.core.usgovcloudapi.net/transfer".into()).unwrap();
        assert_eq!(found.account, Some("contoso".into()));
        assert_eq!(found.name, Some("transfer".into()));
        assert_eq!(found.cloud, Some(Cloud::UsGovernment));
        let uri = Uri::parse(&"https://contoso.vault.azure.net:443/secrets/a/b?x=y".into()).unwrap();
        assert_eq!(uri.host(), "contoso.vault.azure.net");
        let segments: Vec<&str> = uri.segments.iter().map(|range| uri.text.slice(range.clone())).collect();
        assert_eq!(segments, ["secrets", "a", "b"]);
        assert_eq!(uri.query.map(|at| &uri.text.text()[at..]), Some("?x=y"));
    }

    #[test]
    fn what_is_known_of_a_partly_known_uri_is_read() {
        let args = vec!["https://".into(), parameter("account"), ".blob.core.windows.net/in".into()];
        let found = container(&call("concat", args)).unwrap();
        assert_eq!(found.account, Some(parameter("account")));
        assert_eq!(found.name, Some("in".into()));
        assert_eq!(found.cloud, Some(Cloud::Public));
        let found = container(&call("concat", vec!["https://".into(), parameter("host")])).unwrap();
        assert!(found.account.is_none() && found.name.is_none());
        let found = container(&call("concat", vec![parameter("endpoint"), "in".into()])).unwrap();
        assert!(found.name.is_none());
    }

    #[test]
    fn a_reference_to_a_vault_is_its_uri() {
        let uri = property(reference(VAULT, parameter("v")), "vaultUri");
        let found = secret(&call("concat", vec![uri, "secrets/".into(), parameter("s")])).unwrap();
        assert_eq!((found.vault, found.name, found.version), (Some(parameter("v")), Some(parameter("s")), None));
        assert_eq!(found.vault_id.map(|id| id.names), Some(vec![parameter("v")]));
    }

    #[test]
    fn a_reference_to_an_account_is_its_endpoint() {
        let full = property(reference(STORAGE_ACCOUNT, "contoso".into()), "properties");
        let uri = property(property(full, "primaryEndpoints"), "blob");
        let found = container(&call("concat", vec![uri.clone(), "in".into()])).unwrap();
        assert_eq!((found.account, found.name), (Some("contoso".into()), Some("in".into())));
        assert!(found.account_id.is_some());
        let uri = Uri::parse(&uri).unwrap();
        assert!(!uri.open && uri.segments.len() == 1 && uri.segments[0].is_empty());
    }

    #[test]
    fn the_function_uri_puts_a_base_and_a_name_together() {
        let full = property(reference(STORAGE_ACCOUNT, "contoso".into()), "primaryEndpoints");
        let base = property(full, "blob");
        let found = container(&call("uri", vec![base, "in".into()])).unwrap();
        assert_eq!((found.account, found.name), (Some("contoso".into()), Some("in".into())));
        assert!(found.account_id.is_some());
        let base = call("concat", vec!["https://".into(), parameter("account"), ".blob.core.windows.net".into()]);
        let found = container(&call("uri", vec![base, "in".into()])).unwrap();
        assert_eq!((found.account, found.name), (Some(parameter("account")), Some("in".into())));
        let base = call("concat", vec!["https://".into(), parameter("host")]);
        assert!(container(&call("uri", vec![base, "in".into()])).unwrap().name.is_none());
        assert!(container(&call("uri", vec![parameter("base"), "in".into()])).unwrap().name.is_none());
    }

    #[test]
    fn an_unknown_value_may_hold_anything() {
        let uri = Uri::parse(&parameter("uri")).unwrap();
        assert!(uri.open && uri.scheme == Scheme::Unknown && uri.first_label().is_none());
        assert!(Uri::parse(&Value::from(true)).is_none());
    }
}
