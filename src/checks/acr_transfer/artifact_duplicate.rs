//! `acr-transfer-artifact-duplicate`: an artifact that is listed twice.

use super::artifact::{Artifact, Version};
use super::pipeline_run::PipelineRun;
use crate::diagnostic::{Safety, Severity};
use crate::engine::check::Check;
use crate::engine::finding::Finding;
use crate::engine::fix::remove_element;
use crate::engine::query::Found;
use crate::evaluate::Instance;
use crate::evaluate::value::Value;

pub(super) fn check<'t>(check: &mut Check<'_, 't>, instance: &Instance<'t>) {
    let run = PipelineRun::read(check, instance);
    if run.ignores_artifacts() {
        return;
    }
    let (artifacts, _) = run.listed();
    let known: Vec<(&Value, Artifact<'_>)> =
        artifacts.iter().filter_map(|value| Some((value, Artifact::parse(value.as_str()?).ok()?))).collect();
    for (at, (value, artifact)) in known.iter().enumerate() {
        let before = &known[..at];
        let twice = before.iter().find(|(_, other)| same(artifact, other));
        let maybe = before.iter().find(|(_, other)| may_be_same(artifact, other));
        let found = Found::Value { value: (*value).clone(), key: None };
        let finding = match (twice, maybe) {
            (Some((first, _)), _) => {
                let message = format!("`{}` is listed twice", value.as_str().unwrap_or_default());
                let fix = remove_element(check.sources, value, Safety::Safe);
                Finding::at(&found, message).map(|finding| relate(finding, first).help("list it once").fix(fix))
            }
            (None, Some((first, _))) => {
                let message = format!("`{}` may be the same image by tag and by digest", artifact.repository);
                Finding::at(&found, message).map(|finding| relate(finding, first).severity(Severity::Info))
            }
            (None, None) => None,
        };
        check.report(finding);
    }
}

fn same(a: &Artifact<'_>, b: &Artifact<'_>) -> bool {
    let version = |artifact: &Artifact<'_>| match artifact.version {
        Version::Tag(tag) => tag.unwrap_or("latest").to_owned(),
        Version::Digest(digest) => digest.to_ascii_lowercase(),
    };
    a.repository == b.repository && version(a) == version(b)
}

fn may_be_same(a: &Artifact<'_>, b: &Artifact<'_>) -> bool {
    let digest = |artifact: &Artifact<'_>| matches!(artifact.version, Version::Digest(_));
    a.repository == b.repository && digest(a) != digest(b)
}

fn relate(finding: Finding, first: &Value) -> Finding {
    match first.origin.span {
        Some(span) => finding.related(span, "first here"),
        None => finding,
    }
}
