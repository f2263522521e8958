//! What commands set of the storage accounts, key vaults and registries of pipelines: the part about scripts of the rules
//! about these.

use jiff::Timestamp;

use super::argument::{Given, given};
use super::sas::generators;
use crate::checks::FileCheck;
use crate::checks::storage_place::{same, text_of};
use crate::diagnostic::Severity;
use crate::engine::finding::Finding;
use crate::engine::view::{TransferPipeline, is_known_same};
use crate::sas::{Kind, instant};
use crate::script::{Invocation, Origin};
use crate::source::Span;

/// The commands that make or change resources of a type.
struct Resource {
    commands: &'static [&'static [&'static str]],
    cmdlets: &'static [&'static str],
    /// The options that name the resource.
    names: &'static [&'static str],
}

const ACCOUNT: Resource = Resource {
    commands: &[&["storage", "account", "create"], &["storage", "account", "update"]],
    cmdlets: &["new-azstorageaccount", "set-azstorageaccount", "update-azstorageaccountnetworkruleset"],
    names: &["--name", "-n", "-Name", "-AccountName", "-StorageAccountName"],
};

const EXCEPTIONS: Resource = Resource {
    commands: &[&["storage", "account", "network-rule", "add"]],
    cmdlets: &["add-azstorageaccountnetworkrule"],
    names: &["--account-name", "-n", "-Name", "-AccountName", "-StorageAccountName"],
};

const VAULT: Resource = Resource {
    commands: &[&["keyvault", "create"], &["keyvault", "update"]],
    cmdlets: &["new-azkeyvault", "update-azkeyvault", "update-azkeyvaultnetworkruleset"],
    names: &["--name", "-n", "-Name", "-VaultName"],
};

const REGISTRY: Resource = Resource {
    commands: &[&["acr", "create"], &["acr", "update"]],
    cmdlets: &["new-azcontainerregistry", "update-azcontainerregistry"],
    names: &["--name", "-n", "-Name", "-RegistryName"],
};

const SECRET: Resource = Resource {
    commands: &[&["keyvault", "secret", "set"], &["keyvault", "secret", "set-attributes"]],
    cmdlets: &["set-azkeyvaultsecret", "update-azkeyvaultsecret"],
    names: &["--name", "-n", "-Name", "-SecretName"],
};

const PUBLIC: &[&str] = &["--public-network-access", "-PublicNetworkAccess"];
const DEFAULT_ACTION: &[&str] = &["--default-action", "-DefaultAction"];

/// Days before its end that a secret is about to expire.
const SOON_DAYS: i64 = 30;

/// What a command sets.
struct Setting<'s> {
    call: Invocation<'s>,
    /// The name of the resource.
    subject: String,
    value: Given,
    text: String,
}

impl Setting<'_> {
    fn is(&self, texts: &[&str]) -> bool {
        texts.iter().any(|text| self.text.eq_ignore_ascii_case(text))
    }
}

impl Resource {
    /// The commands about it, each with the name that it gives.
    fn calls<'s>(&self, check: &FileCheck<'s>) -> Vec<(Invocation<'s>, String)> {
        let is_one = |call: &Invocation<'_>| {
            self.commands.iter().any(|path| call.is_az(path)) || self.cmdlets.contains(&call.program)
        };
        let named = |call: Invocation<'s>| {
            let name = text_of(call.script, call.option(self.names)?.values.first()?, call.command);
            Some((call, name))
        };
        check.invocations().filter(is_one).filter_map(named).collect()
    }

    /// What is set last of each resource by one of these options.
    fn settings<'s>(&self, check: &FileCheck<'s>, options: &[&str]) -> Vec<Setting<'s>> {
        let mut settings: Vec<Setting<'s>> = Vec::new();
        for (call, subject) in self.calls(check) {
            let Some(value) = given(&call, options) else { continue };
            let text = match value.pattern() {
                // So PowerShell writes it.
                text if text == "${false}" => "false".to_owned(),
                text => text,
            };
            settings.retain(|other| !other.subject.eq_ignore_ascii_case(&subject));
            settings.push(Setting { call, subject, value, text });
        }
        settings
    }
}

pub(super) fn check(check: &mut FileCheck<'_>) {
    if check.project.pipelines.is_empty() {
        return;
    }
    let findings = match check.rule_id() {
        "acr-transfer-storage-kind" => kinds(check),
        "acr-transfer-storage-firewall" => storage_firewalls(check),
        "acr-transfer-sas-shared-key-disabled" => shared_keys(check),
        "acr-transfer-vault-firewall" => vault_firewalls(check),
        "acr-transfer-export-policy" => export_policies(check),
        "acr-transfer-secret-validity" => secrets(check),
        _ => Vec::new(),
    };
    for finding in findings {
        check.report(finding);
    }
}

/// Whether a name that a pipeline has is that which a command of this file gives: a variable is the same only here.
fn is_named(check: &FileCheck<'_>, pipeline: &TransferPipeline, own: Option<&str>, name: &str) -> bool {
    if pipeline.file == check.file { same(own, Some(name)) == Some(true) } else { is_known_same(own, Some(name)) }
}

/// The pipeline that uses a resource, where it says so.
fn user<'a>(check: &FileCheck<'a>, is_its: impl Fn(&TransferPipeline) -> bool) -> Option<&'a TransferPipeline> {
    check.project.pipelines.iter().find(|pipeline| !pipeline.is_answer && is_its(pipeline))
}

fn user_of_account<'a>(check: &FileCheck<'a>, account: &str) -> Option<&'a TransferPipeline> {
    user(check, |pipeline| is_named(check, pipeline, pipeline.place.account.as_deref(), account))
}

fn user_of_vault<'a>(check: &FileCheck<'a>, vault: &str) -> Option<&'a TransferPipeline> {
    user(check, |pipeline| {
        let own = pipeline.secret.as_ref().and_then(|(vault, _)| vault.as_deref());
        !pipeline.uses_identity && is_named(check, pipeline, own, vault)
    })
}

fn at_account(pipeline: &TransferPipeline) -> Span {
    pipeline.uri.unwrap_or(pipeline.at)
}

fn kinds(check: &FileCheck<'_>) -> Vec<Finding> {
    let settings = ACCOUNT.settings(check, &["--kind", "-Kind"]).into_iter();
    let judge = |setting: Setting<'_>| {
        let user = user_of_account(check, &setting.subject)?;
        let finding = setting.value.finding("a storage account of the kind `FileStorage` holds files, no blobs");
        Some(finding.related(at_account(user), "a pipeline uses it").help("use `StorageV2`"))
    };
    settings.filter(|setting| setting.is(&["FileStorage"])).filter_map(judge).collect()
}

fn storage_firewalls(check: &FileCheck<'_>) -> Vec<Finding> {
    const HELP: &str = "transfer through an account of its own that allows access from all networks";
    let mut findings = Vec::new();
    let mut private = Vec::new();
    for setting in ACCOUNT.settings(check, PUBLIC) {
        if !setting.is(&["Disabled", "SecuredByPerimeter"]) {
            continue;
        }
        if let Some(user) = user_of_account(check, &setting.subject) {
            let finding = setting.value.finding("a registry can't reach a storage account without public access");
            findings.push(finding.related(at_account(user), "a pipeline uses it").help(HELP));
        }
        private.push(setting.subject);
    }
    for setting in ACCOUNT.settings(check, DEFAULT_ACTION) {
        if !setting.is(&["Deny"]) || private.contains(&setting.subject) {
            continue;
        }
        let Some(user) = user_of_account(check, &setting.subject) else { continue };
        let has_exception =
            EXCEPTIONS.calls(check).iter().any(|(_, name)| same(Some(name), Some(&setting.subject)) != Some(false));
        let (message, severity) = if has_exception {
            ("a registry reaches this storage account only where an exception lets it in", Severity::Warning)
        } else {
            (
                "the storage account's firewall keeps the registry out: it is not a trusted service of Azure Storage",
                Severity::Error,
            )
        };
        let finding = setting.value.finding(message).severity(severity);
        findings.push(finding.related(at_account(user), "a pipeline uses it").help(HELP));
    }
    findings
}

fn shared_keys(check: &FileCheck<'_>) -> Vec<Finding> {
    let settings = ACCOUNT.settings(check, &["--allow-shared-key-access", "-AllowSharedKeyAccess"]).into_iter();
    let scripts = check.scripts().map(|found| found.scripts.as_slice()).unwrap_or_default();
    let judge = |setting: Setting<'_>| {
        let is_its = |pipeline: &TransferPipeline| {
            !pipeline.uses_identity
                && pipeline.secret.is_some()
                && is_named(check, pipeline, pipeline.place.account.as_deref(), &setting.subject)
        };
        let user = user(check, is_its)?;
        // The key of a user delegation SAS is no key of the account.
        let is_delegated = scripts.iter().flat_map(generators).any(|made| {
            made.sas.kind() == Some(Kind::UserDelegation)
                && same(made.place.account.as_deref(), Some(&setting.subject)) != Some(false)
        });
        let finding = setting.value.finding("the account refuses keys, and every SAS that is signed with one");
        let finding = finding.related(user.secret_at.unwrap_or(user.at), "the SAS of a pipeline");
        (!is_delegated)
            .then(|| finding.help("let the pipelines use their managed identity, or allow shared key access"))
    };
    settings.filter(|setting| setting.is(&["false"])).filter_map(judge).collect()
}

fn vault_firewalls(check: &FileCheck<'_>) -> Vec<Finding> {
    let closed = |options: &[&str], text: &str, vault: &str| {
        let settings = VAULT.settings(check, options);
        let found = settings.into_iter().find(|setting| setting.is(&[text]) && setting.subject == vault);
        found.map(|setting| setting.value.span)
    };
    let judge = |setting: Setting<'_>| {
        user_of_vault(check, &setting.subject)?;
        let (message, severity, at) = if let Some(at) = closed(DEFAULT_ACTION, "Deny", &setting.subject) {
            ("the vault's firewall lets no Azure service in", Severity::Error, at)
        } else {
            let at = closed(PUBLIC, "Disabled", &setting.subject)?;
            ("the vault is private and lets no Azure service in", Severity::Warning, at)
        };
        let finding = setting.value.finding(format!("{message}, so the registry can't read the secret"));
        let finding = finding.severity(severity).related(at, "access is restricted here");
        Some(finding.help("set `bypass` to `AzureServices`; the registry is a trusted service"))
    };
    let settings = VAULT.settings(check, &["--bypass", "-Bypass"]).into_iter();
    settings.filter(|setting| setting.is(&["None"])).filter_map(judge).collect()
}

fn export_policies(check: &FileCheck<'_>) -> Vec<Finding> {
    const FORBIDDEN: &[&str] = &["--allow-exports", "-ExportPolicyStatus"];
    let judge = |setting: Setting<'_>| {
        let is_its =
            |pipeline: &TransferPipeline| is_named(check, pipeline, pipeline.registry.as_deref(), &setting.subject);
        if let Some(user) = user(check, |pipeline| pipeline.exports && is_its(pipeline)) {
            let finding = setting.value.finding("the registry forbids exports, but has an export pipeline");
            let help = "enable exports, or delete the export pipelines before disabling them";
            return Some(finding.related(user.at, "exports from it").help(help));
        }
        user(check, is_its)?;
        let public = given(&setting.call, &["--public-network-enabled", "-PublicNetworkAccess"]);
        let is_public = match public.map(|public| public.pattern().to_ascii_lowercase()) {
            Some(public) => ["true", "enabled"].contains(&&*public),
            // Of a registry that exists, it may have been turned off before.
            None => setting.call.is_az(&["acr", "create"]) || setting.call.program.starts_with("new-"),
        };
        is_public.then(|| {
            let finding = setting.value.finding("exports can only be forbidden on a registry without public access");
            finding.help("add `--public-network-enabled false`, or enable exports")
        })
    };
    let settings = REGISTRY.settings(check, FORBIDDEN).into_iter();
    settings.filter(|setting| setting.is(&["false", "disabled"])).filter_map(judge).collect()
}

fn secrets(check: &FileCheck<'_>) -> Vec<Finding> {
    let is_used = |setting: &Setting<'_>| {
        let vault = setting.call.option(&["--vault-name", "-VaultName"]);
        let vault =
            vault.and_then(|vault| Some(text_of(setting.call.script, vault.values.first()?, setting.call.command)));
        let is_its = |pipeline: &TransferPipeline| {
            let Some((own_vault, own)) = &pipeline.secret else { return false };
            !pipeline.uses_identity
                && is_named(check, pipeline, own.as_deref(), &setting.subject)
                && vault.as_ref().is_some_and(|vault| is_named(check, pipeline, own_vault.as_deref(), vault))
        };
        user(check, is_its).is_some()
    };
    let used = |options: &[&str]| SECRET.settings(check, options).into_iter().filter(is_used).collect::<Vec<_>>();
    let mut findings = Vec::new();
    let off = |setting: &Setting<'_>, text: &str| {
        let is_off = setting.is(&[text]);
        is_off.then(|| setting.value.finding("the secret is disabled, so no run can read it"))
    };
    findings.extend(used(&["--disabled"]).iter().filter_map(|setting| off(setting, "true")));
    findings.extend(used(&["--enabled"]).iter().filter_map(|setting| off(setting, "false")));
    for setting in used(&["--expires", "-Expires"]) {
        findings.extend(instant(&setting.text).and_then(|end| judge_expiry(&setting, end, check.now)));
    }
    for setting in used(&["--not-before", "-NotBefore"]) {
        let is_later = instant(&setting.text).is_some_and(|start| start > check.now);
        findings.extend(is_later.then(|| setting.value.finding("the secret is not valid yet, so no run can read it")));
    }
    findings
}

/// The times in a document are there to be replaced, and run out by themselves.
fn judge_expiry(setting: &Setting<'_>, end: Timestamp, now: Timestamp) -> Option<Finding> {
    let is_example = setting.call.script.origin == Origin::Document;
    let left = end.duration_since(now);
    let days = left.as_hours() / 24;
    if left.is_negative() {
        let severity = if is_example { Severity::Warning } else { Severity::Error };
        let finding = setting.value.finding("the secret has expired, so no run can read it");
        return Some(finding.severity(severity));
    }
    let severity = if is_example { Severity::Info } else { Severity::Warning };
    let finding = setting.value.finding(format!("the secret expires in {days} days")).severity(severity);
    (days < SOON_DAYS).then_some(finding)
}
