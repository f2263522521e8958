//! `acr-transfer-layer-external-url`: a layer that is fetched from elsewhere than the registry.

use crate::artefact::Layer;
use crate::checks::FileCheck;
use crate::engine::finding::Finding;
use crate::syntax::json::Node;

/// The domains of Azure container registries in all clouds. Which of them is the image's own, a manifest does not say.
const REGISTRIES: [&str; 3] = [".azurecr.io", ".azurecr.us", ".azurecr.cn"];

pub(super) fn check(check: &mut FileCheck<'_>) {
    let Some((artefact, text)) = check.artefact() else { return };
    for urls in artefact.layers(text).iter().filter_map(Layer::urls) {
        let outside = urls.value.elements().filter_map(|url| Some((url, host(url)?)));
        let outside: Vec<(Node<'_>, String)> =
            outside.filter(|(_, host)| !REGISTRIES.iter().any(|domain| host.ends_with(domain))).collect();
        let Some((first, _)) = outside.first() else { continue };
        let mut hosts: Vec<&str> = Vec::new();
        for (_, host) in &outside {
            if !hosts.contains(&&**host) {
                hosts.push(host);
            }
        }
        let message = format!("the layer is fetched from `{}`; that fails in an isolated network", hosts.join("`, `"));
        check.report(
            Finding::new(first.span(check.file), message)
                .help("push the layer itself to the registry before the export"),
        );
    }
}

/// The host of a URL in lower case.
fn host(url: Node<'_>) -> Option<String> {
    let url = url.as_str()?;
    let (_, rest) = url.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let host = authority.rsplit('@').next()?.split(':').next()?;
    (!host.is_empty()).then(|| host.to_ascii_lowercase())
}
