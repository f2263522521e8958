//! `unknown-property`: a property that a transfer resource does not have.

use super::shape::{Kind, keys, meant};
use crate::diagnostic::{Edit, Fix, Safety, Severity};
use crate::engine::check::Check;
use crate::engine::finding::Finding;
use crate::engine::fix::remove_property;
use crate::engine::query::Path;
use crate::evaluate::Instance;
use crate::source::Span;

pub(super) fn check<'t>(check: &mut Check<'_, 't>, instance: &Instance<'t>) {
    let Some(kind) = Kind::of(instance) else { return };
    top_level(check, instance, kind);
    for (path, known) in kind.objects() {
        for (name, place) in keys(check, instance, path).unwrap_or_default() {
            let is_known = known.iter().any(|known| known.eq_ignore_ascii_case(&name));
            if is_known || is_computed(&name) {
                continue;
            }
            let Some(place) = place else { continue };
            let finding = judge(check, instance, kind, path, known, &name, place);
            check.report(finding);
        }
    }
}

/// Keys that are not properties: those that only an expression knows, and loops that make properties.
fn is_computed(name: &str) -> bool {
    name.starts_with('[') || name.eq_ignore_ascii_case("copy")
}

/// The service refuses or ignores many more at the top, but these are what people write.
fn top_level<'t>(check: &mut Check<'_, 't>, instance: &Instance<'t>, kind: Kind) {
    let mut unknown = vec!["tags"];
    if kind == Kind::Run {
        unknown.extend(["location", "identity"]);
    }
    for name in unknown {
        let Some(member) = instance.resource.body.member(name) else { continue };
        let fix = remove_property(check.sources, &instance.resource.body, &Path::of_names(&[name]), Safety::Safe);
        let message = format!("{} has no `{name}`", kind.noun());
        let finding = Finding::new(member.key.span, message).severity(Severity::Info).help("remove it");
        check.report(finding.fix(fix));
    }
    let known: Vec<_> = kind.objects().iter().filter(|(path, _)| path.first() == Some(&"properties")).collect();
    for member in instance.resource.body.members() {
        let Some(name) = member.key.as_str() else { continue };
        let inner = |(_, names): &&&(&[&str], &[&str])| names.iter().any(|known| known.eq_ignore_ascii_case(name));
        if name.eq_ignore_ascii_case("name") || name.eq_ignore_ascii_case("type") {
            continue;
        }
        if let Some((path, _)) = known.iter().find(inner) {
            check.report(misplaced(kind, name, path, member.key.span));
        }
    }
}

fn judge<'t>(
    check: &Check<'_, 't>,
    instance: &Instance<'t>,
    kind: Kind,
    path: &[&str],
    known: &[&'static str],
    name: &str,
    place: Span,
) -> Finding {
    let full = [path, &[name]].concat();
    let remove = remove_property(check.sources, &instance.resource.body, &Path::of_names(&full), Safety::Unsafe);
    if let Some(message) = of_another_kind(kind, name) {
        let help = if name.eq_ignore_ascii_case("options") {
            "options are set on the pipeline that the run uses".to_owned()
        } else {
            format!("call it `{}`", kind.endpoints()[0].last().copied().unwrap_or_default())
        };
        return Finding::new(place, message).severity(Severity::Error).help(help).fix(remove);
    }
    if let Some(right) = meant(name, known) {
        let finding = Finding::new(place, unknown(path, name)).severity(Severity::Error);
        return finding.help(format!("did you mean `{right}`?")).fix(rename(check, place, name, right));
    }
    for (right, names) in kind.objects() {
        if names.iter().any(|known| known.eq_ignore_ascii_case(name)) {
            return misplaced(kind, name, right, place).fix(remove);
        }
        if let Some(meant) = meant(name, names) {
            let finding = Finding::new(place, unknown(path, name)).severity(Severity::Error);
            return finding.help(format!("did you mean `{}.{meant}`?", right.join("."))).fix(remove);
        }
    }
    let list = known.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    let finding = Finding::new(place, unknown(path, name)).severity(Severity::Warning);
    finding.help(format!("it has {list}")).fix(remove)
}

/// What the other kinds of transfer resource have, and this one has not.
fn of_another_kind(kind: Kind, name: &str) -> Option<String> {
    let other = match (kind, name.to_ascii_lowercase().as_str()) {
        (Kind::Run, "options") => "they belong to the pipeline",
        (Kind::Import, "target") => "it has a `source`",
        (Kind::Export, "source") => "it has a `target`",
        _ => return None,
    };
    Some(format!("{} has no `{name}`; {other}", kind.noun()))
}

fn unknown(path: &[&str], name: &str) -> String {
    format!("`{}` has no property `{name}`", path.last().copied().unwrap_or_default())
}

fn misplaced(kind: Kind, name: &str, right: &[&str], place: Span) -> Finding {
    let message = format!("`{name}` is in the wrong place in {}", kind.noun());
    Finding::new(place, message).severity(Severity::Error).help(format!("it belongs in `{}`", right.join(".")))
}

fn rename(check: &Check<'_, '_>, place: Span, name: &str, right: &str) -> Option<Fix> {
    let at = place.start as usize + check.sources.text(place).find(name)?;
    let span = Span::new(place.file, at, at + name.len());
    let edits = vec![Edit { span, replacement: right.to_owned() }];
    Some(Fix { title: format!("call it `{right}`"), safety: Safety::Unsafe, edits })
}
