//! The pipelines that the commands of a file make or ask for, and the access that they give.

use super::argument::{Given, Name, answer, name, same};
use super::cli::Call;
use super::flags::{ACCESS_MODE, CONTAINER_URI, IDENTITY, NAME, OPTIONS, REGISTRY, SECRET_URI};
use super::pipeline::Mode;
use super::script_grants::{Principal, ScriptGrant, is_identity, split_ignoring_case};
use super::shape::Access as CallAccess;
use crate::checks::FileCheck;
use crate::engine::finding::Finding;
use crate::engine::role::{Right, Role};
use crate::engine::view::{Needed, TransferPipeline, nearness};
use crate::script::Invocation;
use crate::source::{FileId, Span};

/// The pipelines and grants of a file.
#[derive(Debug)]
pub(super) struct ScriptAccess<'a> {
    /// The pipelines that are created, in order.
    pub pipelines: Vec<ScriptPipeline<'a>>,
    /// The pipelines that are only asked for, to be given access.
    pub others: Vec<ScriptPipeline<'a>>,
    /// The grants, in order.
    pub grants: Vec<ScriptGrant<'a>>,
    /// The calls that make or change a storage account or a vault, in order.
    pub makers: Vec<Maker<'a>>,
}

/// A call that makes or changes a storage account or a vault.
#[derive(Debug)]
pub(super) struct Maker<'a> {
    /// The call.
    pub invocation: Invocation<'a>,
    /// Its index among all calls.
    pub at: usize,
    /// The name of what it makes.
    pub name: Option<Name>,
}

/// A pipeline that a command creates.
#[derive(Debug)]
pub(super) struct ScriptPipeline<'a> {
    /// The command.
    pub call: &'a Call<'a>,
    /// Index of the command's call among all calls.
    pub at: usize,
    /// Whether the command creates it; else it only asks for it.
    pub is_created: bool,
    /// Whether it exports.
    pub exports: bool,
    /// Its name.
    pub name: Option<Name>,
    /// Its registry.
    pub registry: Option<Name>,
    /// How it reaches its storage.
    pub mode: Option<Mode>,
    /// Whose rights it uses.
    pub identity: Identity,
    /// Whether it deletes the blobs that it has imported.
    pub deletes: Option<bool>,
    /// Its storage account.
    pub account: Option<Name>,
    /// The key vault of its secret.
    pub vault: Option<Name>,
    /// Where another file declares it.
    declared: Option<Span>,
}

/// The identity of a pipeline.
#[derive(Debug)]
pub(super) enum Identity {
    /// Its own.
    System,
    /// A user-assigned one, by its name.
    User(Option<Name>),
    /// Nobody can tell.
    Unknown,
}

impl<'a> ScriptAccess<'a> {
    /// What the commands of a file say of access; `None` for one that does not speak of transfers.
    pub(super) fn of(check: &FileCheck<'a>) -> Option<&'a Self> {
        check.facts.scripts.access(check)
    }

    /// Reads the commands of a file.
    pub(super) fn read(check: &FileCheck<'a>) -> Self {
        let calls = check.facts.scripts.calls(check);
        let of =
            |verb: &str| calls.iter().filter_map(|(at, call)| ScriptPipeline::new(call, *at, verb)).collect::<Vec<_>>();
        let pipelines = of("create");
        let mut others = of("show");
        others.retain(|other| !pipelines.iter().any(|made| made.is_same(other) != Some(false)));
        for other in &mut others {
            other.complete(check);
        }
        let grants = check.invocations().enumerate().filter_map(|(at, call)| ScriptGrant::new(call, at)).collect();
        let makers = check.invocations().enumerate().filter_map(|(at, call)| Maker::new(call, at)).collect();
        Self { pipelines, others, grants, makers }
    }
}

impl<'a> Maker<'a> {
    fn new(invocation: Invocation<'a>, at: usize) -> Option<Self> {
        const PATHS: [&[&str]; 3] =
            [&["storage", "account", "create"], &["keyvault", "create"], &["keyvault", "update"]];
        let makes = PATHS.iter().any(|path| invocation.is_az(path));
        makes.then(|| Self { at, name: name(&invocation, &["--name", "-n"]), invocation })
    }
}

impl<'a> ScriptPipeline<'a> {
    fn new(call: &'a Call<'a>, at: usize, verb: &str) -> Option<Self> {
        let exports = call.is_of_pipeline(&[verb])?;
        let is_created = verb == "create";
        let secret = call.given(SECRET_URI);
        let mode = match (call.access(), call.text(ACCESS_MODE)) {
            (CallAccess::ManagedIdentity, _) => Some(Mode::ManagedIdentity),
            (CallAccess::SasToken, _) => Some(Mode::SasToken),
            (_, Some(_)) => None,
            (_, None) => secret.as_ref().map(|_| Mode::SasToken),
        };
        let container = call.given(CONTAINER_URI);
        Some(Self {
            at,
            is_created,
            exports,
            name: call.name(NAME),
            registry: call.name(REGISTRY),
            mode,
            identity: identity(call),
            deletes: if is_created { deletes(call) } else { None },
            account: container.and_then(|uri| first_label(&uri.pattern())),
            vault: secret.and_then(|uri| first_label(&uri.pattern())),
            declared: None,
            call,
        })
    }

    /// Adds what another file declares of the pipeline that a command asks for, unless others may give it access, too.
    fn complete(&mut self, check: &FileCheck<'_>) {
        let [registry, name] = [&self.registry, &self.name].map(|name| name.as_ref().and_then(Name::known));
        let is_it =
            |other: &TransferPipeline| !other.is_answer && other.exports == self.exports && other.is(registry, name);
        let declared = check.project.meant(check.sources, check.file, is_it);
        let Some((first, rest)) = declared.split_first() else { return };
        let near = |file: FileId| nearness(check.sources, check.file, file);
        let is_given_elsewhere = check.project.grants.iter().any(|grant| {
            let is_elsewhere = grant.file != check.file && near(grant.file) >= near(first.file);
            is_elsewhere && grant.may_be_for(self.exports, registry, name)
        });
        if is_given_elsewhere || first.is_beside_grants || rest.iter().any(|other| other != first) {
            return;
        }
        self.mode = match (first.uses_identity, &first.secret) {
            (true, _) => Some(Mode::ManagedIdentity),
            (false, Some(_)) => Some(Mode::SasToken),
            (false, None) => None,
        };
        self.deletes = if first.deletes { Some(true) } else { first.options.as_ref().map(|_| false) };
        self.account = first.place.account.as_deref().and_then(Name::new);
        self.vault = first.secret.as_ref().and_then(|(vault, _)| Name::new(vault.as_deref()?));
        self.declared = Some(first.at);
    }

    /// Whether another script may give it access to blobs, or else to secrets.
    pub(super) fn is_given_elsewhere(&self, check: &FileCheck<'_>, to_blobs: bool) -> bool {
        let on = if to_blobs { &self.account } else { &self.vault };
        let [registry, name, on] = [&self.registry, &self.name, on].map(|name| name.as_ref().and_then(Name::known));
        let needed = Needed { to_blobs, exports: self.exports, registry, name, on };
        check.project.may_be_given(Some(check.file), needed)
    }

    /// Adds to a finding where the pipeline is declared, when that is in another file.
    pub(super) fn shown_in(&self, finding: Finding) -> Finding {
        match self.declared {
            Some(at) => finding.related(at, "the pipeline is declared here"),
            None => finding,
        }
    }

    /// What the command has to do with the pipeline.
    pub(super) fn role_of_call(&self) -> &'static str {
        if self.is_created { "the pipeline is made here" } else { "the pipeline's identity" }
    }

    fn is_same(&self, other: &Self) -> Option<bool> {
        if self.exports == other.exports { same(self.name.as_ref(), other.name.as_ref()) } else { Some(false) }
    }

    /// Its name as people call it.
    pub(super) fn shown(&self) -> String {
        self.name.as_ref().map_or_else(|| "the pipeline".to_owned(), |name| format!("`{}`", name.text))
    }

    /// Whether `principal` is its identity.
    pub(super) fn is(&self, principal: &Principal) -> Option<bool> {
        match principal {
            Principal::Pipeline { exports, name, registry } => {
                let is_other = same(self.registry.as_ref(), registry.as_ref()) == Some(false);
                if *exports != self.exports || is_other {
                    return Some(false);
                }
                same(self.name.as_ref(), name.as_ref())
            }
            Principal::Identity(of) => match &self.identity {
                Identity::System => Some(false),
                Identity::User(name) => same(name.as_ref(), of.as_ref()),
                Identity::Unknown => None,
            },
            Principal::ClientId | Principal::Registry | Principal::Deployer | Principal::Person => Some(false),
            Principal::Unknown => None,
        }
    }

    /// Whether a role lets it do its work with blobs; `None` when unknown.
    pub(super) fn is_enough(&self, role: &Role) -> Option<bool> {
        let has = |right| role.rights.contains(&right);
        match (self.exports, self.deletes) {
            (true, _) => Some(has(Right::ReadBlobs) && has(Right::WriteBlobs)),
            (false, _) if !has(Right::ReadBlobs) => Some(false),
            (false, Some(deletes)) => Some(!deletes || has(Right::DeleteBlobs)),
            (false, None) => has(Right::DeleteBlobs).then_some(true),
        }
    }
}

fn identity(call: &Call<'_>) -> Identity {
    let Some(argument) = call.argument(IDENTITY) else {
        let has_map = call.invocation.option(&["-IdentityUserAssignedIdentity"]).is_some();
        return if has_map { Identity::Unknown } else { Identity::System };
    };
    let Some(word) = argument.values.first() else { return Identity::Unknown };
    let given = Given::new(&call.invocation, word);
    let pattern = given.pattern();
    if pattern.eq_ignore_ascii_case("[system]") {
        return Identity::System;
    }
    if let Some((_, name)) = split_ignoring_case(&pattern, "/userAssignedIdentities/") {
        return Identity::User(Name::new(name));
    }
    match answer(&call.invocation, &given) {
        Some(of) if is_identity(&of.call) => Identity::User(name(&of.call, &["--name", "-n", "-Name"])),
        _ => Identity::Unknown,
    }
}

fn deletes(call: &Call<'_>) -> Option<bool> {
    let Some(options) = call.argument(OPTIONS) else { return Some(false) };
    let texts: Vec<_> = options.values.iter().map(|word| Given::new(&call.invocation, word).text()).collect();
    let is_delete = |text: &Option<String>| {
        text.as_ref().is_some_and(|text| text.eq_ignore_ascii_case("DeleteSourceBlobOnSuccess"))
    };
    if texts.iter().any(is_delete) { Some(true) } else { texts.iter().all(Option::is_some).then_some(false) }
}

/// The first label of the host of a URI.
fn first_label(uri: &str) -> Option<Name> {
    let (_, rest) = uri.split_once("://")?;
    Name::new(rest.split(['.', '/']).next()?).filter(|name| !name.text.contains("${}"))
}
