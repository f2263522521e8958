//! `cli-list-value`: a list in one word where the command takes one word for each element.

use super::cli::{Call, is_list};
use super::flags::{ARTIFACTS, OPTIONS};
use crate::checks::FileCheck;
use crate::diagnostic::{Edit, Fix, Safety};
use crate::engine::finding::Finding;
use crate::evaluate::pieces::{Piece, pieces};
use crate::evaluate::value::Value;
use crate::source::Sources;
use crate::syntax::shell::Word;

pub(super) fn check(check: &mut FileCheck<'_>) {
    for call in Call::all(check).filter(|call| call.creates && !call.is_cmdlet) {
        // What an import ignores is ignored as a list, too.
        let flags = if call.exports() == Some(false) { [OPTIONS, ""] } else { [OPTIONS, ARTIFACTS] };
        for argument in flags.iter().filter_map(|flag| call.argument(flag)) {
            for word in &argument.values {
                let found = call.found(word);
                let is_it = match found.value() {
                    Some(value) if value.as_str().is_some() => is_list(value.as_str().unwrap_or_default()),
                    Some(value) => pieces(value).unwrap_or_default().iter().any(|piece| match piece {
                        Piece::Text(text) => text.contains(','),
                        Piece::Unknown(_) => false,
                    }),
                    None => false,
                };
                if !is_it {
                    continue;
                }
                let fix = found.value().and_then(|value| split(check.sources, value, word));
                let message = format!("`{}` takes its values as words of their own, not as one list", argument.name);
                let finding = Finding::at(&found, message);
                check.report(finding.map(|finding| finding.help("separate them with blanks").fix(fix)));
            }
        }
    }
}

/// The elements as words.
fn split(sources: &Sources, value: &Value, word: &Word) -> Option<Fix> {
    let text = value.as_str()?;
    // A list that a variable holds would stay one word there.
    if !value.origin.span.is_some_and(|span| word.span.contains(span)) || !sources.text(word.span).contains(text) {
        return None;
    }
    let list = text.trim_start_matches('[').trim_end_matches(']');
    let elements: Vec<&str> =
        list.split(',').map(|element| element.trim().trim_matches(['"', '\''])).filter(|it| !it.is_empty()).collect();
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_.:/@".contains(c);
    if elements.is_empty() || !elements.iter().all(|element| element.chars().all(plain)) {
        return None;
    }
    let edits = vec![Edit { span: word.span, replacement: elements.join(" ") }];
    Some(Fix { title: "separate the values with blanks".to_owned(), safety: Safety::Safe, edits })
}
