//! `acr-transfer-artifact-duplicate`: an artifact that is listed twice.

use std::collections::HashMap;

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
    let known = artifacts.iter().filter_map(|value| Some((value, Artifact::parse(value.as_str()?).ok()?)));
    // The first of each version, and the first by tag and by digest of each repository.
    let mut versions: HashMap<(&str, String), &Value> = HashMap::new();
    let mut ways: HashMap<(&str, bool), &Value> = HashMap::new();
    for (value, artifact) in known {
        let by_digest = matches!(artifact.version, Version::Digest(_));
        let twice = versions.get(&(artifact.repository, version(&artifact))).copied();
        let maybe = ways.get(&(artifact.repository, !by_digest)).copied();
        versions.entry((artifact.repository, version(&artifact))).or_insert(value);
        ways.entry((artifact.repository, by_digest)).or_insert(value);
        let found = Found::Value { value: value.clone(), key: None };
        let finding = match (twice, maybe) {
            (Some(first), _) => {
                let message = format!("`{}` is listed twice", value.as_str().unwrap_or_default());
                let fix = remove_element(check.sources, value, Safety::Safe);
                Finding::at(&found, message).map(|finding| relate(finding, first).help("list it once").fix(fix))
            }
            (None, Some(first)) => {
                let message = format!("`{}` may be the same image by tag and by digest", artifact.repository);
                Finding::at(&found, message).map(|finding| relate(finding, first).severity(Severity::Info))
            }
            (None, None) => None,
        };
        check.report(finding);
    }
}

/// The version in one spelling.
fn version(artifact: &Artifact<'_>) -> String {
    match artifact.version {
        Version::Tag(tag) => tag.unwrap_or("latest").to_owned(),
        Version::Digest(digest) => digest.to_ascii_lowercase(),
    }
}

fn relate(finding: Finding, first: &Value) -> Finding {
    match first.origin.span {
        Some(span) => finding.related(span, "first here"),
        None => finding,
    }
}
