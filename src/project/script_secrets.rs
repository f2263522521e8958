//! Where scripts write secrets as text: the values that they store in a vault or sign in with.

use std::collections::BTreeSet;

use crate::script::{Found, Invocation, Script};
use crate::source::{Span, names_secret};
use crate::syntax::shell::{Assigned, Word};

/// Options whose values are secret.
const OPTIONS: [&str; 9] = [
    "--account-key",
    "--source-account-key",
    "--sas-token",
    "--source-sas",
    "--destination-sas",
    "--connection-string",
    "-StorageAccountKey",
    "-SasToken",
    "-ConnectionString",
];

/// What the names of variables end with that hold secrets, or names of secrets, in lower case.
const AMBIGUOUS: [&str; 3] = ["sas", "secret", "token"];

/// A value of such a variable that is shorter is the name of something.
const MIN_LENGTH: usize = 20;

/// The places of the secrets that the scripts of a file write.
pub fn script_secrets(found: &Found) -> BTreeSet<Span> {
    let mut spans = BTreeSet::new();
    for script in &found.scripts {
        for call in script.all_invocations() {
            let stores = call.is_az(&["keyvault", "secret", "set"]);
            let names: &[&str] = if stores { &["--value"] } else { &OPTIONS };
            if let Some(word) = call.option(names).and_then(|option| option.values.into_iter().next()) {
                add_used(&call, &word, &mut spans);
            }
        }
        add_variables(script, &mut spans);
    }
    spans
}

/// Adds the text that a word is, where it is written.
fn add_used(call: &Invocation<'_>, word: &Word, spans: &mut BTreeSet<Span>) {
    let pieces = call.script.expand(word, call.command);
    if pieces.iter().all(|piece| piece.literal().is_some()) {
        spans.extend(pieces.iter().map(|piece| piece.span).filter(|span| !span.is_empty()));
    }
}

fn add_variables(script: &Script, spans: &mut BTreeSet<Span>) {
    let assigned = script.program.assignments.iter().filter_map(|assignment| match &assignment.value {
        Assigned::Word(word) => Some((&assignment.name, word)),
        Assigned::Added(more) => match &**more {
            Assigned::Word(word) => Some((&assignment.name, word)),
            _ => None,
        },
        _ => None,
    });
    let given = script.environment.iter().map(|variable| (&variable.name, &variable.value));
    for (name, word) in assigned.chain(given) {
        let is_ambiguous = AMBIGUOUS.iter().any(|end| name.to_ascii_lowercase().ends_with(end));
        let is_secret = |text: &&str| !text.contains("://") && (!is_ambiguous || text.len() >= MIN_LENGTH);
        if names_secret(name) && word.literal().as_deref().is_some_and(|text| is_secret(&text)) {
            spans.extend(word.pieces.iter().map(|piece| piece.span));
        }
    }
}
