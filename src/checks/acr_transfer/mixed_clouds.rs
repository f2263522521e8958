//! `mixed-clouds`: a pipeline with its storage in one cloud and its secret in another.

use super::argument::{Given, given};
use super::cli::Call;
use super::flags::{CONTAINER_URI, SECRET_URI};
use super::script_facts::speaks_of_transfers;
use super::shape::{Access, Kind};
use crate::checks::FileCheck;
use crate::diagnostic::Severity;
use crate::engine::check::Check;
use crate::engine::cloud::{Cloud, Service};
use crate::engine::endpoint::{Uri, container, secret};
use crate::engine::finding::Finding;
use crate::engine::query::Found;
use crate::evaluate::Instance;
use crate::script::Invocation;

pub(super) fn check<'t>(check: &mut Check<'_, 't>, instance: &Instance<'t>) {
    let Some(endpoint) = Kind::of(instance).and_then(|kind| kind.endpoints().first()) else { return };
    // Then the secret has no use, whatever its cloud.
    if Access::of(check, instance, endpoint) == Access::ManagedIdentity {
        return;
    }
    let storage = check.find(instance, &[*endpoint, &["uri"]].concat());
    let vault = check.find(instance, &[*endpoint, &["keyVaultUri"]].concat());
    check.report(judge(&storage, &vault));
}

/// Commands that make pipelines.
pub(super) fn check_scripts(check: &mut FileCheck<'_>) {
    check_commands(check);
    check_set_cloud(check);
}

/// Commands that name storage in one cloud and a secret in another.
fn check_commands(check: &mut FileCheck<'_>) {
    for call in Call::pipelines(check) {
        if call.access() == Access::ManagedIdentity {
            continue;
        }
        let (Some(storage), Some(vault)) = (call.value(CONTAINER_URI), call.value(SECRET_URI)) else { continue };
        check.report(judge(&storage, &vault));
    }
}

fn judge(storage: &Found, vault: &Found) -> Option<Finding> {
    let storage_cloud = storage.value().and_then(container).and_then(|container| container.cloud);
    let vault_cloud = vault.value().and_then(secret).and_then(|secret| secret.cloud);
    let (a, b) = (storage_cloud?, vault_cloud?);
    if a == b {
        return None;
    }
    let message = format!("the vault is in {}, the storage account in {}", b.name(), a.name());
    // The host may be put together with the rest from several places.
    let uri = vault.value().and_then(Uri::parse)?;
    let mut finding = Finding::within(vault, &uri.text, uri.authority.clone(), message)?;
    if let Some(span) = storage.span() {
        finding = finding.related(span, format!("this is in {}", a.name()));
    }
    Some(finding.help("a pipeline, its storage account and its vault are in one cloud"))
}

/// A script that sets a cloud and then makes a pipeline with storage or a secret in another one.
fn check_set_cloud(check: &mut FileCheck<'_>) {
    if !speaks_of_transfers(check) {
        return;
    }
    let sets = |(_, call): &(usize, Invocation<'_>)| call.is_az(&["cloud", "set"]);
    let mut left = check.invocations().enumerate().filter(sets).peekable();
    if left.peek().is_none() {
        return;
    }
    let mut set: Option<(Cloud, Given)> = None;
    for (at, call) in check.facts.scripts.calls(check).iter().filter(|(_, call)| call.creates && call.kind != Kind::Run)
    {
        while let Some((_, call)) = left.next_if(|(set, _)| set < at) {
            let name = given(&call, &["--name", "-n"]);
            set = name.and_then(|name| Some((Cloud::by_name(&name.text()?)?, name)));
        }
        let Some((cloud, name)) = &set else { continue };
        // Then the secret has no use, whatever its cloud.
        let secret = call.given(SECRET_URI).filter(|_| call.access() != Access::ManagedIdentity);
        let places =
            [(Service::Blob, "the storage account", call.given(CONTAINER_URI)), (Service::Vault, "the vault", secret)];
        let found = places.map(|(service, what, uri)| {
            let cloud = cloud_of(service, &uri.as_ref()?.pattern())?;
            Some((what, uri?, cloud))
        });
        // Two clouds within one command is what `check_commands` finds.
        if let [Some((.., a)), Some((.., b))] = &found
            && a != b
        {
            continue;
        }
        for (what, uri, other) in found.into_iter().flatten().filter(|(.., other)| other != cloud) {
            let message = format!("{what} is in {}, but the script works in {}", other.name(), cloud.name());
            let finding = uri.finding(message).severity(Severity::Warning).related(name.span, "the cloud is set here");
            check.report(finding.help("a pipeline, its storage account and its vault are in one cloud"));
        }
    }
}

fn cloud_of(service: Service, uri: &str) -> Option<Cloud> {
    let (_, rest) = uri.split_once("://")?;
    let (_, domain) = rest.split('/').next()?.split_once('.')?;
    Cloud::of_domain(service, domain)
}
