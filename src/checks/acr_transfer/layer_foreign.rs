//! `acr-transfer-layer-foreign`: a layer that registries do not keep, and transfers do not move.

use crate::checks::FileCheck;
use crate::engine::finding::Finding;

const FOREIGN: [&str; 5] = [
    "application/vnd.docker.image.rootfs.foreign.diff.tar",
    "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip",
    "application/vnd.oci.image.layer.nondistributable.v1.tar",
    "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip",
    "application/vnd.oci.image.layer.nondistributable.v1.tar+zstd",
];

/// Characters of a digest that tell it from others.
const SHOWN: usize = 19;

pub(super) fn check(check: &mut FileCheck<'_>) {
    let Some((artefact, text)) = check.artefact() else { return };
    for layer in artefact.layers(text) {
        let Some(node) = layer.media_type() else { continue };
        let is_foreign = |ty: &str| FOREIGN.iter().any(|foreign| foreign.eq_ignore_ascii_case(ty));
        if !node.as_str().is_some_and(|ty| is_foreign(&ty)) {
            continue;
        }
        let digest: String = layer.digest().unwrap_or_default().chars().take(SHOWN).collect();
        let message = format!("the foreign (nondistributable) layer `{digest}…` is not kept in the registry");
        check.report(
            Finding::new(node.span(check.file), message)
                .help("push it with `allow-nondistributable-artifacts` set for the registry before the export"),
        );
    }
}
