//! `acr-transfer-sas-key-rotated`: a script that makes new account keys after the SAS that they sign.

use super::argument::{Answer, answer, given};
use super::moves::head;
use super::sas::{Generator, generators, kept, secret_sets};
use crate::checks::FileCheck;
use crate::checks::storage_place::{same, text_of};
use crate::engine::finding::Finding;
use crate::sas::Kind;
use crate::script::Invocation;

pub(super) fn check(check: &mut FileCheck<'_>) {
    let Some(found) = check.scripts() else { return };
    for script in &found.scripts {
        let sets = secret_sets(script);
        let made: Vec<_> = generators(script)
            .into_iter()
            .filter(|made| made.sas.kind() != Some(Kind::UserDelegation) && kept(check, made, &sets).serves)
            .collect();
        for call in script.invocations().filter(is_renewal) {
            let text = |names: &[&str]| {
                let option = call.option(names)?;
                Some(text_of(script, option.values.first()?, call.command))
            };
            let account = text(&["--account-name", "-n", "-Name", "-AccountName"]);
            let Some(renewed) = text(&["--key", "-KeyName"]).and_then(|key| key_called(&key)) else { continue };
            let signed = made.iter().find(|made| {
                made.call.command < call.command
                    && same(made.place.account.as_deref(), account.as_deref()) != Some(false)
                    && key_of(made) == Some(renewed)
            });
            if let Some(signed) = signed {
                let span = head(&call, if call.program == "az" { 4 } else { 0 });
                let finding = Finding::new(span, "a new account key makes the SAS invalid that the old one signed");
                let finding = finding.related(signed.span(), "the SAS is made here");
                check.report(finding.help("make the new key first, and then the SAS"));
            }
        }
    }
}

/// One of the two keys of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Key {
    First,
    Second,
}

/// The key that a name, or a part of a list of keys, stands for.
fn key_called(text: &str) -> Option<Key> {
    let text = text.to_ascii_lowercase();
    let has = |names: [&str; 3]| names.iter().position(|name| text.contains(name));
    // `[?keyName=='key2'] | [0]` has both.
    match (has(["key1", "primary", "[0]"]), has(["key2", "secondary", "[1]"])) {
        (Some(first), Some(second)) => Some(if first < second { Key::First } else { Key::Second }),
        (Some(_), None) => Some(Key::First),
        (None, Some(_)) => Some(Key::Second),
        (None, None) => None,
    }
}

/// The key that signs a SAS; the first one unless the command is given another.
fn key_of(made: &Generator<'_>) -> Option<Key> {
    let call = &made.call;
    let script = call.script;
    let is_set = |name: &str| script.assignment(name, call.command).is_some();
    if made.is_cmdlet {
        let mut contexts = script.invocations().filter(|call| call.program == "new-azstoragecontext");
        let is_by_key = |call: Invocation<'_>| call.option(&["-StorageAccountKey", "-ConnectionString"]).is_some();
        return (!contexts.any(is_by_key)).then_some(Key::First);
    }
    let Some(key) = given(call, &["--account-key", "--connection-string"]) else {
        let is_elsewhere = ["AZURE_STORAGE_KEY", "AZURE_STORAGE_CONNECTION_STRING"].into_iter().any(is_set);
        return (!is_elsewhere).then_some(Key::First);
    };
    let Answer { call: of, part } = answer(call, &key)?;
    if of.is_az(&["storage", "account", "show-connection-string"]) {
        return given(&of, &["--key"]).map_or(Some(Key::First), |key| key_called(&key.text()?));
    }
    key_called(&part)
}

fn is_renewal(call: &Invocation<'_>) -> bool {
    call.is_az(&["storage", "account", "keys", "renew"]) || call.program == "new-azstorageaccountkey"
}
