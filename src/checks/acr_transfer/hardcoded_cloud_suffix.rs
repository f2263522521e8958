//! `hardcoded-cloud-suffix`: the domain of one cloud in the text of a template.

use crate::checks::{FileCheck, is_about_transfers};
use crate::engine::cloud::{Cloud, domain_in};
use crate::engine::finding::Finding;
use crate::template::sites::walk;

pub(super) fn check(check: &mut FileCheck<'_>) {
    let Some(template) = check.template() else { return };
    if !is_about_transfers(template) {
        return;
    }
    let mut findings = Vec::new();
    walk(template, &mut |_, expr| {
        for (text, span) in expr.texts() {
            let Some((Cloud::Public, domain)) = domain_in(text) else { continue };
            let message = format!("`{domain}` is a domain of one cloud only");
            let help = "take it from `environment()`, or take the whole endpoint from the resource";
            findings.push(Finding::new(span, message).help(help));
        }
    });
    for finding in findings {
        check.report(finding);
    }
}
