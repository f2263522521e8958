//! `acr-transfer-artifact-latest`: an artifact without tag and digest.

use super::artifact::{Artifact, Version};
use super::pipeline_run::{PipelineRun, is_placeholder};
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
        let Some(text) = value.as_str().filter(|text| !is_placeholder(text)) else { continue };
        let Ok(Artifact { version: Version::Tag(None), .. }) = Artifact::parse(text) else { continue };
        let completed = format!("{text}:latest");
        let message = format!("`{text}` has no tag or digest: `latest` is used");
        let found = Found::Value { value, key: None };
        let fix = replace_value(check.sources, &found, &completed.as_str().into(), Safety::Safe);
        let finding = Finding::at(&found, message);
        check.report(finding.map(|finding| finding.help("say which version is meant").fix(fix)));
    }
}
