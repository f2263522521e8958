//! `container-uri`: the URI of a pipeline's storage that is not that of a blob container.

use std::ops::Range;

use super::cli::{Call, report};
use super::flags::CONTAINER_URI;
use super::shape::{Kind, is_missing};
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
use crate::source::Sources;

const HELP: &str = "a container's URI is `https://<account>.blob.core.windows.net/<container>`";

pub(super) fn check<'t>(check: &mut Check<'_, 't>, instance: &Instance<'t>) {
    let Some(endpoint) = Kind::of(instance).and_then(|kind| kind.endpoints().first()) else { return };
    let found = check.find(instance, &[*endpoint, &["uri"]].concat());
    let Some(uri) = found.value().filter(|_| !is_missing(&found)).and_then(Uri::parse) else { return };
    if !uri.text.is_known(0..uri.text.text().len()) {
        check.undecided(&found);
    }
    for finding in judge(check.sources, &found, &uri, Case::Kept) {
        check.report(finding);
    }
}

/// What becomes of upper-case letters on the way to the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Case {
    /// They stay.
    Kept,
    /// The command line makes them lower case.
    Lowered,
}

/// The URIs that commands are given.
pub(super) fn check_scripts(check: &mut FileCheck<'_>) {
    for call in Call::pipelines(check) {
        let Some(found) = call.value(CONTAINER_URI).filter(|found| !is_missing(found)) else { continue };
        let Some(uri) = found.value().and_then(Uri::parse) else { continue };
        let case = if call.is_cmdlet { Case::Kept } else { Case::Lowered };
        report(check, judge(check.sources, &found, &uri, case));
    }
}

fn judge(sources: &Sources, found: &Found, uri: &Uri, case: Case) -> Vec<Finding> {
    let mut problems = Vec::new();
    let part = |range: &Range<usize>| uri.text.slice(range.clone());
    match &uri.scheme {
        Scheme::Known(range) if part(range).eq_ignore_ascii_case("https") => {}
        Scheme::Known(range) if part(range).eq_ignore_ascii_case("http") => {
            let fix = edit(sources, uri, range.clone(), "http://", "https://", Safety::Safe);
            problems.push(
                Problem::error(range, "storage must be reached by `https`, not by `http`").help("use `https`").fix(fix),
            );
        }
        Scheme::Known(range) => {
            let message = format!("`{}` is not the scheme of a container's URI", part(range));
            return findings(found, uri, vec![Problem::error(range, message)]);
        }
        Scheme::Missing => {
            let problem = Problem::error(&uri.authority, "this is not a URI: it does not start with `https://`");
            return findings(found, uri, vec![problem]);
        }
        Scheme::Unknown => {}
    }
    problems.extend(host(sources, uri));
    if let Some(label) = uri.first_label().filter(|_| case == Case::Kept) {
        problems.extend(upper_case(sources, uri, &label, "storage account"));
    }
    path(sources, uri, case, &mut problems);
    if let Some(start) = uri.query {
        let message = "a container's URI must not have a query string; a SAS token in it is not used";
        let problem = Problem::error(&(start..start + 1), message);
        problems.push(
            problem.help("keep the SAS token in a key vault secret, and give the pipeline the URI of the secret"),
        );
    }
    findings(found, uri, problems)
}

/// Something wrong with a part of the URI.
struct Problem {
    range: Range<usize>,
    severity: Severity,
    message: String,
    help: &'static str,
    fix: Option<Fix>,
}

impl Problem {
    fn error(range: &Range<usize>, message: impl Into<String>) -> Self {
        Self { range: range.clone(), severity: Severity::Error, message: message.into(), help: HELP, fix: None }
    }

    fn severity(mut self, severity: Severity) -> Self {
        self.severity = severity;
        self
    }

    fn help(mut self, help: &'static str) -> Self {
        self.help = help;
        self
    }

    fn fix(mut self, fix: Option<Fix>) -> Self {
        self.fix = fix;
        self
    }
}

fn findings(found: &Found, uri: &Uri, problems: Vec<Problem>) -> Vec<Finding> {
    let finding = |problem: Problem| {
        let finding = Finding::within(found, &uri.text, problem.range, problem.message)?;
        Some(finding.severity(problem.severity).help(problem.help).fix(problem.fix))
    };
    problems.into_iter().filter_map(finding).collect()
}

/// Replaces text in the literal that a range is taken from.
fn edit(sources: &Sources, uri: &Uri, range: Range<usize>, old: &str, new: &str, safety: Safety) -> Option<Fix> {
    replace_in_literal(sources, uri.text.origin(range).span?, old, new, safety)
}

const OTHER_SERVICES: [&str; 5] = ["dfs", "file", "queue", "table", "web"];

fn host(sources: &Sources, uri: &Uri) -> Option<Problem> {
    let host = uri.host();
    if host.is_empty() || host.contains("..") || (host.starts_with('.') && uri.scheme != Scheme::Unknown) {
        return Some(Problem::error(&uri.authority, "the host has an empty part between its dots"));
    }
    let mut labels = host.split('.').skip(1);
    if let Some(service) =
        labels.clone().find(|label| OTHER_SERVICES.iter().any(|other| other.eq_ignore_ascii_case(label)))
        && !labels.clone().any(|label| label.eq_ignore_ascii_case("blob"))
    {
        let old = format!(".{service}.");
        let is_dfs = service.eq_ignore_ascii_case("dfs");
        let fix = edit(sources, uri, uri.authority.clone(), &old, ".blob.", Safety::Safe).filter(|_| is_dfs);
        let message = format!("the host is the account's `{service}` endpoint, not its `blob` endpoint");
        return Some(Problem::error(&uri.authority, message).fix(fix));
    }
    if labels.any(|label| label.eq_ignore_ascii_case("blob")) {
        let domain = uri.domain().filter(|domain| Cloud::of_domain(Service::Blob, domain).is_none())?;
        let message = format!("`{domain}` is not the storage domain of a known cloud");
        let help = "that is right only in an isolated cloud with a domain of its own";
        return Some(Problem::error(&uri.authority, message).severity(Severity::Info).help(help));
    }
    let known = !host.contains(HOLE);
    known.then(|| Problem::error(&uri.authority, format!("`{host}` is not the blob endpoint of a storage account")))
}

/// Storage names are in lower case, and unlike the command line a template sends them as they are.
fn upper_case(sources: &Sources, uri: &Uri, range: &Range<usize>, what: &str) -> Option<Problem> {
    let text = uri.text.slice(range.clone());
    let at = text.find(|c: char| c.is_ascii_uppercase())?;
    let start = text[..at].rfind(HOLE).map_or(0, |hole| hole + HOLE.len_utf8());
    let known = text[start..].split(HOLE).next().unwrap_or_default();
    let range = range.start + start..range.start + start + known.len();
    // With the character before it, the name is told from the same word elsewhere in the literal.
    let wider = range.start.saturating_sub(1)..range.end;
    let before = uri.text.slice(wider.clone()).strip_suffix(known).filter(|_| uri.text.is_known(wider.clone()));
    let old = format!("{}{known}", before.unwrap_or_default());
    let fix = edit(sources, uri, range.clone(), &old, &old.to_ascii_lowercase(), Safety::Safe)
        .or_else(|| edit(sources, uri, range.clone(), known, &known.to_ascii_lowercase(), Safety::Safe));
    let problem = Problem::error(&range, format!("the name of a {what} must not have upper-case letters: `{known}`"));
    Some(problem.help("write it in lower case").fix(fix))
}

fn path(sources: &Sources, uri: &Uri, case: Case, problems: &mut Vec<Problem>) {
    let filled: Vec<&Range<usize>> = uri.segments.iter().filter(|range| !range.is_empty()).collect();
    let Some((container, blob)) = filled.split_first() else {
        if !uri.open {
            problems.push(Problem::error(&uri.authority, "the URI names no container"));
        }
        return;
    };
    let first = uri.segments.first().is_some_and(Range::is_empty);
    if first {
        let at = container.start - 1..container.end;
        let old = format!("/{}", uri.text.slice((*container).clone()).split(HOLE).next().unwrap_or_default());
        let fix = edit(sources, uri, at.clone(), &old, &old[1..], Safety::Safe);
        let problem = Problem::error(&at, "there are two slashes before the container").severity(Severity::Warning);
        problems.push(problem.help("the blob endpoint of an account ends with a slash already").fix(fix));
    }
    if let (Some(start), Some(end)) = (blob.first(), blob.last()) {
        let rest = start.start - 1..end.end;
        let known = uri.text.is_known(rest.clone());
        let old = uri.text.slice(rest.clone());
        let fix = edit(sources, uri, rest.clone(), old, "", Safety::Unsafe).filter(|_| known);
        problems.push(Problem::error(&rest, "the URI goes on after the container, as that of a blob does").fix(fix));
    } else if uri.segments.last().is_some_and(Range::is_empty) {
        let slash = container.end..container.end + 1;
        let old = format!("{}/", uri.text.slice((*container).clone()).rsplit(HOLE).next().unwrap_or_default());
        let fix = edit(sources, uri, slash.clone(), &old, &old[..old.len() - 1], Safety::Safe).filter(|_| old != "/");
        let problem = Problem::error(&slash, "the URI of the container ends with a `/`").severity(Severity::Info);
        problems.push(problem.help("leave the trailing `/` out").fix(fix));
    }
    let upper = upper_case(sources, uri, container, "container");
    match upper {
        Some(upper) => problems.extend((case == Case::Kept).then_some(upper)),
        None => problems.extend(container_name(uri, container)),
    }
}

/// The fewest and most characters of a container's name.
const LENGTH: std::ops::RangeInclusive<usize> = 3..=63;

fn container_name(uri: &Uri, range: &Range<usize>) -> Option<Problem> {
    let name = uri.text.slice(range.clone());
    if name == "$root" || name == "$web" {
        let message = format!("`{name}` is a container with a purpose of its own");
        return Some(
            Problem::error(range, message).severity(Severity::Warning).help("use a container for the transfer"),
        );
    }
    let known = !name.contains(HOLE) && !uri.open;
    let letters = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == HOLE;
    let length = name.chars().filter(|c| *c != HOLE).count();
    let message = if !name.chars().all(letters) {
        format!(
            "the name of a container must have lower-case letters, digits and `-` only: `{}`",
            name.replace(HOLE, "…")
        )
    } else if name.contains("--") {
        format!("the name of a container must not have two `-` in a row: `{}`", name.replace(HOLE, "…"))
    } else if (name.starts_with('-') && !uri.open) || name.ends_with('-') {
        format!("the name of a container must start and end with a letter or a digit: `{}`", name.replace(HOLE, "…"))
    } else if length > *LENGTH.end() || (known && !LENGTH.contains(&length)) {
        format!("the name of a container must have 3 to 63 characters; `{}` has {length}", name.replace(HOLE, "…"))
    } else {
        return None;
    };
    Some(Problem::error(range, message))
}
