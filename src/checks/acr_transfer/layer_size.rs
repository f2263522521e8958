//! `acr-transfer-layer-size`: a layer that is too large for a transfer.

use crate::checks::FileCheck;
use crate::diagnostic::Severity;
use crate::engine::finding::Finding;

/// The limit of 8 GB, if a GB has 10^9 bytes.
const GIGABYTES: f64 = 8e9;

/// The limit of 8 GB, if a GB has 2^30 bytes.
const GIBIBYTES: f64 = 8.0 * 1024.0 * 1024.0 * 1024.0;

pub(super) fn check(check: &mut FileCheck<'_>) {
    let Some((artefact, text)) = check.artefact() else { return };
    for (bytes, node) in artefact.layers(text).iter().filter_map(crate::artefact::Layer::size) {
        if bytes <= GIGABYTES {
            continue;
        }
        let size = bytes / 1e9;
        let message = format!("the layer has {size:.2} GB; a transfer moves layers of up to 8 GB");
        let finding = Finding::new(node.span(check.file), message)
            .help("build the image with smaller layers, such as one for each large file");
        // It is not said which kind of GB is meant.
        check.report(if bytes <= GIBIBYTES { finding.severity(Severity::Warning) } else { finding });
    }
}
