//! `acr-transfer-artifact-duplicate`: an artifact that is listed twice.

use std::collections::HashMap;

use super::artifact::{Artifact, Version};
use super::cli::{Call, report, with_blank};
use super::flags::ARTIFACTS;
use super::pipeline_run::PipelineRun;
use crate::checks::FileCheck;
use crate::diagnostic::{Edit, Fix, Safety, Severity};
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
    for finding in judge(&artifacts, &|value| remove_element(check.sources, value, Safety::Safe)) {
        check.report(finding);
    }
}

/// The artifacts that commands list.
pub(super) fn check_scripts(check: &mut FileCheck<'_>) {
    for call in Call::runs(check).filter(|call| call.exports() != Some(false)) {
        let artifacts: Vec<Value> = call.values(ARTIFACTS).iter().filter_map(|found| found.value().cloned()).collect();
        let remove = |value: &Value| {
            let span = with_blank(check.sources, value.origin.span?)?;
            let title = format!("remove `{}`", value.as_str()?);
            Some(Fix { title, safety: Safety::Safe, edits: vec![Edit { span, replacement: String::new() }] })
        };
        report(check, judge(&artifacts, &remove));
    }
}

/// What is listed twice; `remove` takes one away.
fn judge(artifacts: &[Value], remove: &dyn Fn(&Value) -> Option<Fix>) -> Vec<Finding> {
    let mut findings = Vec::new();
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
                let fix = remove(value);
                Finding::at(&found, message).map(|finding| relate(finding, first).help("list it once").fix(fix))
            }
            (None, Some(first)) => {
                let message = format!("`{}` may be the same image by tag and by digest", artifact.repository);
                Finding::at(&found, message).map(|finding| relate(finding, first).severity(Severity::Info))
            }
            (None, None) => None,
        };
        findings.extend(finding);
    }
    findings
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
