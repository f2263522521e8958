//! `cli-pipeline-type`: a `--pipeline-type` that is taken for `export` whatever it says.

use super::cli::{Call, replace};
use super::flags::PIPELINE_TYPE;
use crate::checks::FileCheck;
use crate::diagnostic::{Safety, Severity};
use crate::engine::finding::Finding;
use crate::evaluate::value::Value;

pub(super) fn check(check: &mut FileCheck<'_>) {
    for call in Call::runs(check) {
        let Some(found) = call.value(PIPELINE_TYPE) else { continue };
        let Some(text) = found.value().and_then(Value::as_str) else { continue };
        if matches!(text, "import" | "export") {
            continue;
        }
        let folded = text.to_ascii_lowercase();
        let right = ["import", "export"].into_iter().find(|right| folded.starts_with(right));
        let severity = if right == Some(folded.as_str()) { Severity::Warning } else { Severity::Error };
        let message = format!("the pipeline type `{text}` is not `import`, so the command takes it for `export`");
        let fix = right.and_then(|right| replace(check.sources, &found, right, Safety::Safe));
        let finding = Finding::at(&found, message).map(|finding| finding.severity(severity).fix(fix));
        check.report(finding.map(|finding| finding.help("write `import` or `export`")));
    }
}
