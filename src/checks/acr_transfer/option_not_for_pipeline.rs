//! `option-not-for-pipeline`: an option of the other kind of pipeline, or of none.

use super::cli::{Call, is_list, remove_word, replace};
use super::flags::{OPTIONS, SOURCE_TRIGGER};
use super::options::{canonical, of_kind, other_kind};
use super::shape::Kind;
use crate::checks::FileCheck;
use crate::diagnostic::{Edit, Fix, Safety, Severity};
use crate::engine::finding::Finding;
use crate::engine::query::Found;
use crate::evaluate::value::Value;
use crate::script::Argument;
use crate::source::{Sources, Span};
use crate::syntax::shell::Word;

/// An option that the kind of pipeline does not have.
fn judge(found: &Found, kind: Kind, text: &str) -> Option<Finding> {
    let (severity, message) = match other_kind(kind, text) {
        Some(other) => (Severity::Error, format!("`{text}` is an option of {}, not of {}", other.noun(), kind.noun())),
        None => (Severity::Warning, format!("{} has no option `{text}`", kind.noun())),
    };
    let help = match nearest(kind, text) {
        Some(option) => format!("did you mean `{option}`?"),
        None => format!("the options of {} are {}", kind.noun(), list(of_kind(kind))),
    };
    Some(Finding::at(found, message)?.severity(severity).help(help))
}

/// What the help text of the command line calls an option, but is none.
const DISABLE_TRIGGER: &str = "DisableSourceTrigger";

/// The options that commands are given.
pub(super) fn check_scripts(check: &mut FileCheck<'_>) {
    for call in Call::pipelines(check) {
        let Some(argument) = call.argument(OPTIONS) else { continue };
        for word in &argument.values {
            let found = call.found(word);
            let Some(text) = found.value().and_then(Value::as_str).map(str::to_owned) else { continue };
            if text.is_empty() || is_list(&text) || canonical(call.kind, &text).is_some() {
                continue;
            }
            if text.eq_ignore_ascii_case(DISABLE_TRIGGER) && call.kind == Kind::Import {
                let message = format!("`{text}` is not an option");
                let fix = set_trigger(check.sources, call, argument, word);
                let finding = Finding::at(&found, message).map(|finding| {
                    let finding = finding.severity(Severity::Error);
                    if call.is_cmdlet {
                        finding.help("use `-SourceTriggerStatus Disabled`")
                    } else {
                        finding.help("use `--source-trigger-enabled False`").fix(fix)
                    }
                });
                check.report(finding);
                continue;
            }
            let fix = match nearest(call.kind, &text) {
                Some(option) => replace(check.sources, &found, option, Safety::Unsafe),
                None => remove_word(check.sources, argument, word, Safety::Unsafe),
            };
            check.report(judge(&found, call.kind, &text).map(|finding| finding.fix(fix)));
        }
    }
}

/// Says by a flag of its own that there is to be no source trigger.
fn set_trigger(sources: &Sources, call: &Call<'_>, argument: &Argument, word: &Word) -> Option<Fix> {
    let mut fix = remove_word(sources, argument, word, Safety::Safe)?;
    if call.lacks(SOURCE_TRIGGER) {
        let flag = format!(" {SOURCE_TRIGGER} False");
        let end = argument.values.last().map_or(argument.span.end, |last| last.span.end);
        fix.title = format!("use `{}` instead", flag.trim());
        match fix.edits.first_mut().filter(|edit| edit.span.end == end) {
            Some(edit) => edit.replacement = flag,
            None => fix.edits.push(Edit { span: Span { start: end, end, ..word.span }, replacement: flag }),
        }
    }
    Some(fix)
}

/// The option of the kind of pipeline that is spelt much like `text`.
fn nearest(kind: Kind, text: &str) -> Option<&'static str> {
    let text = text.to_ascii_lowercase();
    let likeness = |option: &str| strsim::jaro_winkler(&option.to_ascii_lowercase(), &text);
    let close = of_kind(kind).iter().copied().filter(|option| likeness(option) > 0.93);
    close.max_by(|a, b| likeness(a).total_cmp(&likeness(b)))
}

fn list(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
