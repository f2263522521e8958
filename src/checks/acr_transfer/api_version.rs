//! `api-version` in scripts: an API version without transfer types in `az resource` and `az rest`.

use super::cli::value;
use super::shape::TRANSFER_TYPES;
use crate::checks::FileCheck;
use crate::diagnostic::{Edit, Fix, Safety};
use crate::engine::api_version::defines_type;
use crate::engine::finding::Finding;
use crate::engine::query::Found;
use crate::evaluate::partial::{HOLE, Partial};
use crate::script::Invocation;
use crate::syntax::shell::Word;

const VERSION: &str = "2025-06-01-preview";

pub(super) fn check_scripts(check: &mut FileCheck<'_>) {
    for call in check.invocations().collect::<Vec<_>>() {
        let text = |word: &Word| Partial::new(&value(call.script, word, call.command));
        let (word, about) = if call.is_az(&["resource"]) {
            let Some(word) = first(&call, &["--api-version"]) else { continue };
            let about: Vec<Partial> =
                ["--resource-type", "--ids", "--id"].iter().filter_map(|name| text(&first(&call, &[name])?)).collect();
            (word, about)
        } else if call.is_az(&["rest"]) {
            let Some(word) = first(&call, &["--url", "--uri", "-u"]) else { continue };
            let about = text(&word).into_iter().collect();
            (word, about)
        } else {
            continue;
        };
        let Some(ty) = about.iter().find_map(|text| transfer_type(text.text())) else { continue };
        let found = Found::Value { value: value(call.script, &word, call.command), key: None };
        let Some(text) = found.value().and_then(Partial::new) else { continue };
        let start = if call.is_az(&["rest"]) {
            match text.text().to_ascii_lowercase().find("api-version=") {
                Some(at) => at + "api-version=".len(),
                None => continue,
            }
        } else {
            0
        };
        let rest = &text.text()[start..];
        let range = start..start + rest.find(['&', '#']).unwrap_or(rest.len());
        let version = text.slice(range.clone());
        if version.contains(HOLE) || defines_type(version, ty) != Some(false) {
            continue;
        }
        let message = format!("API version {version} has no transfer resources");
        let written = text.origin(range.clone()).span;
        let fix = written.and_then(|span| {
            let at = check.sources.text(span).rfind(version)? + span.start as usize;
            let span = crate::source::Span::new(span.file, at, at + version.len());
            let edits = vec![Edit { span, replacement: VERSION.to_owned() }];
            Some(Fix { title: format!("use {VERSION}"), safety: Safety::Unsafe, edits })
        });
        let finding = Finding::within(&found, &text, range, message);
        check.report(finding.map(|finding| finding.help(format!("use {VERSION} or a later preview")).fix(fix)));
    }
}

fn first(call: &Invocation<'_>, names: &[&str]) -> Option<Word> {
    call.option(names)?.values.into_iter().next()
}

/// The transfer type that a type or an id is of.
fn transfer_type(text: &str) -> Option<&'static str> {
    let text = text.to_ascii_lowercase();
    let last = |ty: &&&str| ty.rsplit('/').next().is_some_and(|last| text.contains(&format!("/{last}")));
    TRANSFER_TYPES.iter().find(last).copied()
}
