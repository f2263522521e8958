//! `cli-extension-version`: a version of the extension `acrtransfer` that does not know the storage access mode.

use super::argument::{Given, given, text};
use crate::checks::FileCheck;
use crate::diagnostic::{Edit, Fix, Safety, Severity};
use crate::script::Invocation;

pub(super) const WANTED: &str = "2.0.0";

pub(super) fn check(check: &mut FileCheck<'_>) {
    if !is_spoken_of(check) {
        return;
    }
    let calls: Vec<_> = check.invocations().collect();
    let mode = calls.iter().filter(|call| call.is_az(&["acr"])).find_map(|call| {
        let option = call.option(&["--storage-access-mode", "-m"])?;
        (call.is_az(&["acr", "export-pipeline"]) || call.is_az(&["acr", "import-pipeline"])).then_some(option.span)
    });
    for call in calls.iter().filter(|call| adds_extension(call)) {
        let Some((given, version)) = version(call) else { continue };
        if major(&version).is_none_or(|major| major >= 2) {
            continue;
        }
        let message = format!("version {version} of the extension `acrtransfer` does not know `--storage-access-mode`");
        let mut finding = given.finding(message).help(format!("use version {WANTED} or later")).fix(bump(call, &given));
        if let Some(span) = mode {
            finding = finding.severity(Severity::Error).related(span, "used here");
        }
        check.report(finding);
    }
}

/// Whether the text speaks of the extension.
pub(super) fn is_spoken_of(check: &FileCheck<'_>) -> bool {
    check.scripts().is_some() && check.source().text().contains("acrtransfer")
}

/// Whether a call adds the extension.
pub(super) fn adds_extension(call: &Invocation<'_>) -> bool {
    call.is_az(&["extension", "add"]) && names_extension(call)
}

/// Whether a call names the extension, or a package of it.
pub(super) fn names_extension(call: &Invocation<'_>) -> bool {
    let is_named = text(call, &["--name", "-n"]).is_some_and(|name| name.eq_ignore_ascii_case("acrtransfer"));
    let wheel = || text(call, &["--source", "-s"]).is_some_and(|source| wheel_version(&source).is_some());
    is_named || wheel()
}

/// The version that a call asks for, and where.
pub(super) fn version(call: &Invocation<'_>) -> Option<(Given, String)> {
    if let Some(given) = given(call, &["--version"]) {
        let version = given.text()?;
        return Some((given, version));
    }
    let given = given(call, &["--source", "-s"])?;
    let version = wheel_version(&given.text()?)?;
    Some((given, version))
}

/// The version in the name of a package: `…/acrtransfer-1.0.0-py2.py3-none-any.whl`.
fn wheel_version(source: &str) -> Option<String> {
    let file = source.rsplit(['/', '\\']).next()?;
    let version = file.strip_prefix("acrtransfer-")?.split('-').next()?;
    Some(version.to_owned())
}

/// The first number of a version.
pub(super) fn major(version: &str) -> Option<u32> {
    version.split(['.', 'a', 'b']).next()?.parse().ok()
}

fn bump(call: &Invocation<'_>, given: &Given) -> Option<Fix> {
    let edit = if call.option(&["--version"]).is_some() {
        Edit { span: given.span, replacement: WANTED.to_owned() }
    } else {
        let option = call.option(&["--source", "-s"]).filter(|option| !option.is_joined)?;
        let is_named = call.option(&["--name", "-n"]).is_some();
        let name = if is_named { "" } else { "--name acrtransfer " };
        let value = option.values.first().filter(|value| value.span == given.span)?;
        Edit { span: option.span.cover(value.span), replacement: format!("{name}--version {WANTED}") }
    };
    Some(Fix { title: format!("use version {WANTED}"), safety: Safety::Unsafe, edits: vec![edit] })
}
