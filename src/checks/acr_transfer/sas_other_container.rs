//! `acr-transfer-sas-other-container`: a SAS made for another storage account or container than the pipeline uses.

use super::sas::{ACCOUNT, Form, generators, held_by, kept, secret_sets};
use crate::checks::FileCheck;
use crate::checks::storage_place::{MARK, same};
use crate::diagnostic::Label;
use crate::engine::check::Check;
use crate::engine::finding::Finding;
use crate::evaluate::Instance;
use crate::evaluate::pieces::{join, pieces, split};
use crate::evaluate::resource_id::{ResourceId, same_name};
use crate::evaluate::value::Value;

pub(super) fn check<'t>(check: &mut Check<'_, 't>, secret: &Instance<'t>) {
    for held in held_by(check, secret) {
        let Form::Call(call) = &held.form else { continue };
        let own = held.users.iter().filter_map(|user| {
            let container = user.container.as_ref()?;
            let uri = container.name.as_ref().or(container.account.as_ref()).and_then(|name| name.origin.span);
            Some((container.account.clone(), container.name.clone(), uri))
        });
        let elsewhere = held.elsewhere.iter().map(|user| {
            let name = |name: &Option<String>| name.as_deref().filter(|name| !name.contains(MARK)).map(Value::from);
            (name(&user.place.account), name(&user.place.container), user.uri)
        });
        for (account, container, uri) in own.chain(elsewhere) {
            let differs = |made_for: Option<&Value>, used: &Option<Value>| {
                made_for.zip(used.as_ref()).is_some_and(|(made_for, used)| same_name(made_for, used) == Some(false))
            };
            let id = call.args.first().and_then(ResourceId::parse);
            let resource = call.argument("canonicalizedResource").map(|member| &member.value);
            let parts = resource.and_then(canonical_parts).unwrap_or_default();
            let (what, value) = if differs(id.as_ref().and_then(ResourceId::name), &account) {
                ("storage account", call.args.first())
            } else if differs(parts.first(), &account) {
                ("storage account", resource)
            } else if differs(parts.get(1), &container) {
                ("container", resource)
            } else {
                continue;
            };
            let Some(value) = value else { continue };
            let Some(span) = value.origin.span.or(call.value.origin.span) else { continue };
            let finding = Finding::new(span, message(what));
            let finding = finding.help(HELP).used(value);
            check.report(match uri {
                Some(uri) => finding.related(uri, "the pipeline uses this"),
                None => finding,
            });
        }
    }
}

const HELP: &str = "make the SAS for the container in the pipeline's `uri`";

/// The options for the container; where a SAS for a blob is made, its name comes last.
const CONTAINER: &[&str] = &["--container-name", "-c", "-Container", "--name", "-n", "-Name"];

fn message(what: &str) -> String {
    format!("the SAS is for another {what} than the pipeline uses")
}

/// The SAS that scripts make.
pub(super) fn check_scripts(check: &mut FileCheck<'_>) {
    let Some(found) = check.scripts() else { return };
    for script in &found.scripts {
        let sets = secret_sets(script);
        for made in generators(script) {
            for user in kept(check, &made, &sets).users {
                let differs = |a: &Option<String>, b: &Option<String>| same(a.as_deref(), b.as_deref()) == Some(false);
                let (what, names): (&str, &[&str]) = if differs(&made.place.account, &user.place.account) {
                    ("storage account", &ACCOUNT)
                } else if differs(&made.place.container, &user.place.container) {
                    ("container", CONTAINER)
                } else {
                    continue;
                };
                let Some(option) = made.call.option(names) else { continue };
                let (span, used) = made.place_of_option(&option);
                let mut finding = Finding::new(span, message(what)).help(HELP);
                finding.related.extend(used.map(|used| Label::new(used, "used here")));
                finding.related.extend(user.uri.map(|uri| Label::new(uri, "the pipeline uses this")));
                check.report(finding);
            }
        }
    }
}

/// Account and container of `/blob/<account>/<container>`, each as far as it is known.
fn canonical_parts(resource: &Value) -> Option<Vec<Value>> {
    let parts = split(pieces(resource)?, '/').into_iter().map(join);
    let mut parts = parts.filter(|part| part.as_str() != Some(""));
    let service = parts.next()?;
    service.as_str()?.eq_ignore_ascii_case("blob").then(|| parts.collect())
}
