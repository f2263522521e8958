//! `key-vault-uri-malformed`: a `keyVaultUri` that is not the URI of a secret.

use std::ops::Range;

use super::cli::{Call, report};
use super::flags::SECRET_URI;
use super::shape::{Access, Kind, is_missing};
use crate::checks::FileCheck;
use crate::diagnostic::{Fix, Safety, Severity};
use crate::engine::check::Check;
use crate::engine::cloud::{Cloud, Service};
use crate::engine::endpoint::{Scheme, Uri};
use crate::engine::finding::Finding;
use crate::engine::fix::replace_in_literal;
use crate::engine::query::Found;
use crate::evaluate::Instance;
use crate::evaluate::partial::HOLE;
use crate::evaluate::term::Term;
use crate::source::Sources;

const HELP: &str = "the URI of a secret is `https://<vault>.vault.azure.net/secrets/<name>`";

pub(super) fn check<'t>(check: &mut Check<'_, 't>, instance: &Instance<'t>) {
    let Some(endpoint) = Kind::of(instance).and_then(|kind| kind.endpoints().first()) else { return };
    let found = check.find(instance, &[*endpoint, &["keyVaultUri"]].concat());
    let Some(uri) = found.value().filter(|_| !is_missing(&found)).and_then(Uri::parse) else { return };
    // With its identity a pipeline has no use for the URI, right or wrong.
    if Access::of(check, instance, endpoint) == Access::ManagedIdentity {
        return;
    }
    if !uri.text.is_known(0..uri.text.text().len()) {
        check.undecided(&found);
    }
    for finding in findings(check.sources, &found, &uri) {
        check.report(finding);
    }
}

/// The URIs that commands are given.
pub(super) fn check_scripts(check: &mut FileCheck<'_>) {
    for call in Call::pipelines(check) {
        if call.access() == Access::ManagedIdentity {
            continue;
        }
        let Some(found) = call.value(SECRET_URI).filter(|found| !is_missing(found)) else { continue };
        let Some(uri) = found.value().and_then(Uri::parse) else { continue };
        report(check, findings(check.sources, &found, &uri));
    }
}

fn findings(sources: &Sources, found: &Found, uri: &Uri) -> Vec<Finding> {
    let finding = |problem: Problem| {
        let finding = Finding::within(found, &uri.text, problem.range, problem.message)?;
        Some(finding.severity(problem.severity).help(problem.help.unwrap_or(HELP)).fix(problem.fix))
    };
    judge(sources, uri).into_iter().filter_map(finding).collect()
}

/// Something wrong with a part of the URI.
struct Problem {
    range: Range<usize>,
    severity: Severity,
    message: String,
    help: Option<&'static str>,
    fix: Option<Fix>,
}

fn error(range: Range<usize>, message: impl Into<String>) -> Problem {
    Problem { range, severity: Severity::Error, message: message.into(), help: None, fix: None }
}

fn judge(sources: &Sources, uri: &Uri) -> Vec<Problem> {
    let whole = 0..uri.text.text().len();
    if looks_like_sas(uri.text.text()) {
        let help = "store the SAS token as a secret, and give the URI of the secret";
        return vec![Problem {
            help: Some(help),
            ..error(whole, "this is a SAS token, not the URI of the secret that holds it")
        }];
    }
    let mut problems = Vec::new();
    match &uri.scheme {
        Scheme::Known(range) if uri.text.slice(range.clone()).eq_ignore_ascii_case("https") => {}
        Scheme::Known(range) if uri.text.slice(range.clone()).eq_ignore_ascii_case("http") => {
            let span = uri.text.origin(range.clone()).span;
            let fix = span.and_then(|span| replace_in_literal(sources, span, "http://", "https://", Safety::Safe));
            problems.push(Problem { fix, ..error(range.clone(), "a vault must be reached by `https`, not by `http`") });
        }
        Scheme::Known(_) | Scheme::Missing => {
            return vec![error(whole, "this is not the `https` URI of a key vault secret")];
        }
        Scheme::Unknown => {}
    }
    problems.extend(vault(uri));
    if let Some(start) = uri.query {
        problems.push(error(start..start + 1, "the URI of a secret must not have a query string"));
    }
    problems.extend(path(sources, uri));
    problems
}

/// Whether a text holds what only a SAS token has, and no secret URI.
fn looks_like_sas(text: &str) -> bool {
    text.contains("sig=") || text.contains("?sv=") || text.starts_with("sv=")
}

fn vault(uri: &Uri) -> Option<Problem> {
    let host = uri.host();
    if host.is_empty() || host.contains("..") {
        return Some(error(uri.authority.clone(), "the host has an empty part between its dots"));
    }
    let Some((name, domain)) = host.split_once('.') else {
        let known = !host.contains(HOLE);
        return known.then(|| error(uri.authority.clone(), format!("`{host}` is not the host of a vault")));
    };
    let is_letter = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == HOLE;
    let length = name.chars().filter(|c| *c != HOLE).count();
    // Put together from a parameter that is empty unless somebody sets it.
    if name.is_empty() && uri.text.stretches().count() > 1 {
        return None;
    }
    if !name.chars().all(is_letter) || length > 24 || (!name.contains(HOLE) && length < 3) {
        let range = uri.authority.start..uri.authority.start + name.len();
        let shown = name.replace(HOLE, "…");
        return Some(error(range, format!("the name of a vault must have 3 to 24 letters, digits and `-`: `{shown}`")));
    }
    if domain.contains(HOLE) || Cloud::of_domain(Service::Vault, domain).is_some() {
        return None;
    }
    if [Service::Blob, Service::Registry].iter().any(|other| Cloud::of_domain(*other, domain).is_some()) {
        return Some(error(uri.authority.clone(), format!("`{host}` is not the host of a vault")));
    }
    let help = Some("that is right only in an isolated cloud with a domain of its own");
    let message = format!("`{domain}` is not the vault domain of a known cloud");
    Some(Problem { severity: Severity::Info, help, ..error(uri.authority.clone(), message) })
}

fn path(sources: &Sources, uri: &Uri) -> Option<Problem> {
    let filled: Vec<&Range<usize>> = uri.segments.iter().filter(|range| !range.is_empty()).collect();
    let text = |range: &Range<usize>| uri.text.slice(range.clone());
    let Some((kind, rest)) = filled.split_first() else {
        return (!uri.open).then(|| error(uri.authority.clone(), "the URI names no secret"));
    };
    let name = text(kind);
    if ["keys", "certificates"].iter().any(|other| other.eq_ignore_ascii_case(name)) {
        return Some(error((*kind).clone(), format!("the URI names one of the vault's `{name}`, not a secret")));
    }
    if !name.eq_ignore_ascii_case("secrets") {
        return not_secrets(uri, &filled);
    }
    if uri.segments.first().is_some_and(Range::is_empty) {
        let at = kind.start - 1..kind.end;
        let span = uri.text.origin(at.clone()).span;
        let fix = span.and_then(|span| {
            let [twice, once] = [format!("//{name}"), format!("/{name}")];
            replace_in_literal(sources, span, &twice, &once, Safety::Safe)
                .or_else(|| replace_in_literal(sources, span, &once, name, Safety::Safe))
        });
        let help = Some("`vaultUri` ends with a slash already");
        let problem = error(at, "there are two slashes before `secrets`");
        return Some(Problem { severity: Severity::Warning, help, fix, ..problem });
    }
    let Some((secret, version)) = rest.split_first() else {
        return Some(error((*kind).clone(), "the URI names no secret after `secrets`"));
    };
    if !text(secret).chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == HOLE) {
        let shown = text(secret).replace(HOLE, "…");
        return Some(error(
            (*secret).clone(),
            format!("the name of a secret must have letters, digits and `-` only: `{shown}`"),
        ));
    }
    match version {
        [] => None,
        [version] => pinned(sources, uri, version),
        [.., last] => Some(error((*last).clone(), "the URI goes on after the version of the secret")),
    }
}

/// The first segment is something else, unless what is known of it may still turn out right.
fn not_secrets(uri: &Uri, filled: &[&Range<usize>]) -> Option<Problem> {
    let text = |range: &Range<usize>| uri.text.slice(range.clone());
    let open = filled.iter().any(|range| {
        let text = text(range);
        text.contains(HOLE) || text.eq_ignore_ascii_case("secrets")
    });
    let unsure = uri.open || uri.scheme == Scheme::Unknown || open;
    let first = filled.first()?;
    (!unsure)
        .then(|| error((*first).clone(), format!("the URI has `/{}` where `/secrets/<name>` belongs", text(first))))
}

fn pinned(sources: &Sources, uri: &Uri, version: &Range<usize>) -> Option<Problem> {
    let text = uri.text.slice(version.clone());
    let from_secret = |at: usize| matches!(uri.text.hole(at).and_then(|v| v.as_term()), Some(Term::Property { .. }));
    if text.chars().all(|c| c == HOLE) && !from_secret(version.start) {
        return None;
    }
    let old = format!("/{text}");
    let span = uri.text.origin(version.start - 1..version.end).span;
    let fix = span.and_then(|span| replace_in_literal(sources, span, &old, "", Safety::Unsafe));
    let problem =
        error(version.clone(), "the URI is that of one version of the secret: a new SAS token is not picked up");
    let help = Some("leave the version out, so that the newest one is used");
    Some(Problem { severity: Severity::Info, help, fix, ..problem })
}
