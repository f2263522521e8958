//! `acr-transfer-artifact-latest`: an artifact without tag and digest.

use super::artifact::{Artifact, Version};
use super::cli::{Call, replace};
use super::flags::ARTIFACTS;
use super::pipeline_run::{PipelineRun, is_abridged};
use crate::checks::FileCheck;
use crate::diagnostic::Safety;
use crate::engine::check::Check;
use crate::engine::finding::Finding;
use crate::engine::fix::replace_value;
use crate::engine::query::Found;
use crate::evaluate::Instance;

pub(super) fn check<'t>(check: &mut Check<'_, 't>, instance: &Instance<'t>) {
    let run = PipelineRun::read(check, instance);
    if run.ignores_artifacts() {
        return;
    }
    let (artifacts, _) = run.listed();
    for value in artifacts {
        let found = Found::Value { value, key: None };
        let Some((finding, completed)) = judge(&found) else { continue };
        let fix = replace_value(check.sources, &found, &completed.as_str().into(), Safety::Safe);
        check.report(finding.fix(fix));
    }
}

/// An artifact without a version, and what it is taken for.
fn judge(found: &Found) -> Option<(Finding, String)> {
    let text = found.value()?.as_str().filter(|text| !is_abridged(text))?;
    let Ok(Artifact { version: Version::Tag(None), .. }) = Artifact::parse(text) else { return None };
    let finding = Finding::at(found, format!("`{text}` has no tag or digest: `latest` is used"))?;
    Some((finding.help("say which version is meant"), format!("{text}:latest")))
}

/// The artifacts that commands list.
pub(super) fn check_scripts(check: &mut FileCheck<'_>) {
    for call in Call::runs(check).filter(|call| call.exports() != Some(false)) {
        for found in call.values(ARTIFACTS) {
            if let Some((finding, completed)) = judge(&found) {
                check.report(finding.fix(replace(check.sources, &found, &completed, Safety::Safe)));
            }
        }
    }
}
