//! `resource-name`: the own name of a pipeline or run, which is 5 to 50 letters and digits.

use std::ops::Range;

use super::cli::Call;
use super::flags::{NAME, REGISTRY};
use super::shape::Kind;
use crate::checks::FileCheck;
use crate::diagnostic::{Fix, Safety};
use crate::engine::check::Check;
use crate::engine::finding::Finding;
use crate::engine::fix::replace_in_literal;
use crate::engine::query::Found;
use crate::evaluate::Instance;
use crate::evaluate::partial::{HOLE, Partial};
use crate::source::Sources;

/// The fewest and most characters of a name.
const LENGTH: std::ops::RangeInclusive<usize> = 5..=50;

/// What the login servers of registries end with.
const LOGIN_SERVERS: [&str; 3] = [".azurecr.io", ".azurecr.us", ".azurecr.cn"];

pub(super) fn check<'t>(check: &mut Check<'_, 't>, instance: &Instance<'t>) {
    let Some(kind) = Kind::of(instance) else { return };
    let found = check.find(instance, &["name"]);
    let Some(name) = found.value().and_then(Partial::new) else { return };
    let Some(own) = own_part(&name, instance) else { return check.undecided(&found) };
    let text = name.slice(own.clone());
    if text.is_empty() {
        return;
    }
    if text.contains(HOLE) {
        check.undecided(&found);
    }
    let finding = judge(check.sources, &found, &name, own, kind);
    check.report(finding);
}

/// The names that commands give to what they make.
pub(super) fn check_scripts(check: &mut FileCheck<'_>) {
    for call in Call::all(check).filter(|call| call.creates) {
        let Some(found) = call.value(NAME) else { continue };
        let Some(name) = found.value().and_then(Partial::new).filter(|name| !name.text().is_empty()) else { continue };
        let own = 0..name.text().len();
        check.report(judge(check.sources, &found, &name, own, call.kind));
    }
    for call in Call::all(check) {
        let finding = call.value(REGISTRY).and_then(|found| login_server(check.sources, &found));
        check.report(finding);
    }
}

/// The login server of a registry, where its name belongs.
fn login_server(sources: &Sources, found: &Found) -> Option<Finding> {
    let name = found.value().and_then(Partial::new)?;
    let at = LOGIN_SERVERS.iter().find_map(|domain| name.text().to_ascii_lowercase().find(domain))?;
    let own = name.slice(0..at).trim_start_matches("https://").to_owned();
    let shown = name.text().replace(HOLE, "…");
    let message = format!("`{shown}` is the login server of the registry, not its name");
    let fix = replace_in_literal(sources, name.origin(0..name.text().len()).span?, name.text(), &own, Safety::Unsafe);
    let finding = Finding::within(found, &name, 0..name.text().len(), message)?;
    Some(finding.help("give the name of the registry alone").fix(fix.filter(|_| name.is_known(0..name.text().len()))))
}

fn judge(sources: &Sources, found: &Found, name: &Partial, own: Range<usize>, kind: Kind) -> Option<Finding> {
    let text = name.slice(own.clone());
    let length = text.chars().filter(|c| *c != HOLE).count();
    let known = !text.contains(HOLE);
    let range = match text.find(|c: char| !c.is_ascii_alphanumeric() && c != HOLE) {
        Some(at) => own.start + at..own.start + at + text[at..].chars().next().map_or(0, char::len_utf8),
        None if length > *LENGTH.end() || (known && !LENGTH.contains(&length)) => own.clone(),
        None => return None,
    };
    let what = if kind == Kind::Run { "run" } else { "pipeline" };
    let shown = text.replace(HOLE, "…");
    let message = format!("the {what} name `{shown}` must be 5 to 50 letters and digits");
    let fix = fix(sources, name, own);
    let finding = Finding::within(found, name, range, message)?;
    Some(finding.help("use letters and digits only, 5 to 50 of them").fix(fix))
}

/// The last part of the full name. When fewer parts are known than there must be, some are in holes: then only what
/// follows the last hole certainly belongs to it.
fn own_part(name: &Partial, instance: &Instance<'_>) -> Option<Range<usize>> {
    let text = name.text();
    let parts = if instance.resource.parent.is_some() { 1 } else { instance.resource.ty.depth() };
    let own = text.rfind('/').map_or(0, |at| at + 1)..text.len();
    match (text.matches('/').count() + 1).cmp(&parts) {
        std::cmp::Ordering::Equal => Some(own),
        std::cmp::Ordering::Less => {
            let hole = text[own.clone()].rfind(HOLE)?;
            Some(own.start + hole..own.end)
        }
        std::cmp::Ordering::Greater => None,
    }
}

/// The name without the characters that it can't have, if it is long enough then.
fn fix(sources: &Sources, name: &Partial, own: Range<usize>) -> Option<Fix> {
    let old = name.slice(own.clone());
    let new: String = old.chars().filter(char::is_ascii_alphanumeric).collect();
    if !name.is_known(own.clone()) || new == old || !LENGTH.contains(&new.len()) {
        return None;
    }
    replace_in_literal(sources, name.origin(own).span?, old, &new, Safety::Unsafe)
}
