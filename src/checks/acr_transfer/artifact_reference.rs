//! `acr-transfer-artifact-reference`: an artifact that no registry would find.

use super::artifact::{Artifact, Mistake};
use super::cli::{Call, is_list, replace};
use super::flags::{ARTIFACTS, REGISTRY};
use super::pipeline_run::{PipelineRun, is_abridged};
use crate::checks::FileCheck;
use crate::diagnostic::{Safety, Severity};
use crate::engine::check::Check;
use crate::engine::finding::Finding;
use crate::engine::fix::replace_value;
use crate::engine::query::Found;
use crate::evaluate::Instance;
use crate::evaluate::pieces::{Piece, pieces};
use crate::evaluate::value::Value;
use crate::script::Origin;
use crate::source::Sources;

pub(super) fn check<'t>(check: &mut Check<'_, 't>, instance: &Instance<'t>) {
    let run = PipelineRun::read(check, instance);
    if run.ignores_artifacts() {
        return;
    }
    let registry = check.evaluator.names(instance).and_then(|names| Some(names.first()?.as_str()?.to_owned()));
    let (artifacts, _) = run.listed();
    for artifact in artifacts {
        let found = Found::Value { value: artifact, key: None };
        let finding = look(check.sources, &found, registry.as_deref());
        if finding.is_none() && found.value().is_some_and(Value::is_unknown) {
            check.undecided(&found);
        }
        check.report(finding);
    }
}

fn look(sources: &Sources, found: &Found, registry: Option<&str>) -> Option<Finding> {
    match found.value().and_then(Value::as_str) {
        Some(text) if is_abridged(text) => None,
        Some(text) => judge(sources, found, &Artifact::parse(text).err()?, registry),
        None => found.value().and_then(partly_wrong).and_then(|message| Finding::at(found, message)),
    }
}

/// The artifacts that commands list.
pub(super) fn check_scripts(check: &mut FileCheck<'_>) {
    for call in Call::runs(check).filter(|call| call.exports() != Some(false)) {
        let registry = call.text(REGISTRY);
        // Documents shorten digests.
        let is_document = call.invocation.script.origin == Origin::Document;
        for found in call.values(ARTIFACTS) {
            let text = found.value().and_then(Value::as_str).unwrap_or_default();
            if is_list(text) || (is_document && text.contains("@sha256:")) {
                continue;
            }
            let rest = match Artifact::parse(text) {
                Err(Mistake::Host { rest, .. }) => Some(rest.to_owned()),
                _ => None,
            };
            let finding = look(check.sources, &found, registry.as_deref());
            let fix = rest.and_then(|rest| replace(check.sources, &found, &rest, Safety::Safe));
            check.report(finding.map(|finding| finding.fix(fix)));
        }
    }
}

fn judge(sources: &Sources, found: &Found, mistake: &Mistake<'_>, registry: Option<&str>) -> Option<Finding> {
    match mistake {
        Mistake::Host { host, rest } => {
            // From another registry's image to the same repository here is a step that the author has to judge.
            let own = registry.is_none_or(|registry| {
                host.get(..registry.len()).is_some_and(|start| start.eq_ignore_ascii_case(registry))
                    && host[registry.len()..].starts_with('.')
            });
            let safety = if own { Safety::Safe } else { Safety::Unsafe };
            let fix = replace_value(sources, found, &(*rest).into(), safety);
            let finding = Finding::at(found, format!("an artifact must not contain the login server `{host}`"))?;
            Some(finding.help(format!("write `{rest}`")).fix(fix))
        }
        Mistake::Placeholder => {
            let finding = Finding::at(found, "the digest is all zeros: it stands for one that is to be filled in")?;
            Some(finding.severity(Severity::Info))
        }
        Mistake::Malformed(message) => {
            let help = "write `repository`, `repository:tag` or `repository@sha256:<64 hexadecimal digits>`";
            Some(Finding::at(found, message.clone())?.help(help))
        }
    }
}

/// What is wrong with a reference whatever its unknown parts are.
fn partly_wrong(value: &Value) -> Option<&'static str> {
    let known = pieces(value)?.into_iter().filter_map(|piece| match piece {
        Piece::Text(text) => Some(text.to_ascii_lowercase()),
        Piece::Unknown(_) => None,
    });
    for text in known {
        if text.contains(char::is_whitespace) {
            return Some("an artifact must not contain blanks");
        }
        if text.contains(',') {
            return Some("several artifacts in one string; each needs its own");
        }
        if text.contains("://") || [".azurecr.io/", ".azurecr.us/", ".azurecr.cn/"].iter().any(|end| text.contains(end))
        {
            return Some("an artifact must not contain the login server");
        }
    }
    None
}
