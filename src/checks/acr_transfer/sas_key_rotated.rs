//! `acr-transfer-sas-key-rotated`: a script that makes new account keys after the SAS that they sign.

use super::moves::head;
use super::sas::{generators, kept, secret_sets};
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
            // The Azure CLI signs with the first key unless it is told another one.
            let is_second = text(&["--key", "-KeyName"])
                .is_some_and(|key| ["secondary", "key2"].contains(&&*key.to_ascii_lowercase()));
            let signed = made.iter().find(|made| {
                made.call.command < call.command
                    && same(made.place.account.as_deref(), account.as_deref()) != Some(false)
                    && !(is_second && made.call.option(&["--account-key", "--connection-string"]).is_none())
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

fn is_renewal(call: &Invocation<'_>) -> bool {
    call.is_az(&["storage", "account", "keys", "renew"]) || call.program == "new-azstorageaccountkey"
}
