//! `acr-transfer-secret-get-missing`: a pipeline may not read the secret that holds its SAS token.

use super::access::{Verdict, is_given_by_script, vault};
use super::argument::values_span;
use super::flags::SECRET_URI;
use super::pipeline::{Mode, endpoint, named, secret, shown};
use super::script_access::ScriptAccess;
use super::script_grants::Access as ScriptedAccess;
use super::script_verdict::{self as script, Verdict as ScriptedVerdict};
use crate::checks::FileCheck;
use crate::diagnostic::Edit;
use crate::diagnostic::{Fix, Safety, Severity};
use crate::engine::check::Check;
use crate::engine::finding::Finding;
use crate::engine::fix::insert_element;
use crate::engine::grants::Access;
use crate::engine::query::Found;
use crate::evaluate::Instance;
use crate::evaluate::value::Kind;
use crate::source::Span;
use crate::syntax::edit;

const HELP: &str =
    "assign `Key Vault Secrets User` on the vault, or add an access policy with the secret permission `get`";

pub(super) fn check<'t>(check: &mut Check<'_, 't>, pipeline: &Instance<'t>) {
    match vault(check, pipeline) {
        Verdict::Missing => missing(check, pipeline),
        Verdict::TooLittle(grants) => {
            for grant in grants {
                if let Access::Policy { secrets, .. } = &grant.access {
                    let finding = Finding::at(secrets, "this access policy does not let the pipeline get secrets");
                    let fix = add_get(check, secrets);
                    check.report(finding.map(|finding| finding.help("add `get` to the secret permissions").fix(fix)));
                }
            }
        }
        Verdict::Unknown(reason) => {
            let (uri, _) = secret(check, pipeline);
            check.undecided(&reason.unwrap_or(uri));
        }
        _ => {}
    }
}

fn missing<'t>(check: &mut Check<'_, 't>, pipeline: &Instance<'t>) {
    let (_, place) = secret(check, pipeline);
    let vault = place
        .name
        .as_ref()
        .and_then(named)
        .map_or_else(|| "its key vault".to_owned(), |name| format!("key vault {name}"));
    let message =
        format!("nothing in this deployment lets the identity of {} get secrets of {vault}", shown(check, pipeline));
    let uri = check.find(pipeline, &["properties", endpoint(pipeline), "keyVaultUri"]);
    let Some(key) = uri.key() else { return };
    if is_given_by_script(check, pipeline, false) {
        return check.undecided(&uri);
    }
    check.report(Finding::new(key, message).severity(Severity::Warning).help(HELP));
}

/// Adds `get` to permissions that are written out.
fn add_get(check: &Check<'_, '_>, secrets: &Found) -> Option<Fix> {
    let value = secrets.value()?;
    let (Kind::Array(_), Some(span)) = (&value.kind, value.origin.span) else { return None };
    let get = edit::literal(check.sources.file(span.file).language(), &"get".into())?;
    let edits = vec![insert_element(check.sources, span, &get)?];
    Some(Fix { title: "add `get` to the secret permissions".to_owned(), safety: Safety::Safe, edits })
}

pub(super) fn check_commands(check: &mut FileCheck<'_>) {
    let Some(access) = ScriptAccess::of(check) else { return };
    let mut reported = Vec::new();
    for pipeline in access.pipelines.iter().chain(&access.others) {
        match script::vault(access, pipeline) {
            ScriptedVerdict::TooLittle(grants) => {
                for grant in grants {
                    let ScriptedAccess::Policy(_, option) = &grant.access else { continue };
                    let written = |option| Some(values_span(&grant.invocation, option).unwrap_or(option.span));
                    let span = option.as_ref().and_then(written).unwrap_or_else(|| grant.invocation.path_span());
                    if reported.contains(&span) {
                        continue;
                    }
                    reported.push(span);
                    let finding = Finding::new(span, "this access policy does not let the pipeline get secrets");
                    let fix = option.as_ref().filter(|_| grant.invocation.program == "az").and_then(|option| {
                        let last = option.values.last()?.span;
                        let edit = Edit { span: Span { start: last.end, ..last }, replacement: " get".to_owned() };
                        let title = "add `get` to the secret permissions".to_owned();
                        Some(Fix { title, safety: Safety::Safe, edits: vec![edit] })
                    });
                    check.report(pipeline.shown_in(finding).help("add `get` to the secret permissions").fix(fix));
                }
            }
            ScriptedVerdict::Missing if pipeline.mode == Some(Mode::SasToken) => {
                let option = pipeline.call.argument(SECRET_URI).filter(|_| !pipeline.is_given_elsewhere(check, false));
                let Some(option) = option else { continue };
                let vault = pipeline.vault.as_ref();
                let vault =
                    vault.map_or_else(|| "its key vault".to_owned(), |name| format!("key vault `{}`", name.text));
                let message =
                    format!("nothing in this file lets the identity of {} get secrets of {vault}", pipeline.shown());
                check.report(Finding::new(option.span, message).severity(Severity::Warning).help(HELP));
            }
            _ => {}
        }
    }
}
