//! Where scripts write secrets as text: the values that they store in a vault or sign in with.

use std::collections::BTreeSet;

use crate::script::{Found, Invocation, Script};
use crate::source::{MappedText, Span, may_name_name, names_secret};
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

/// A value that is shorter is the name of something where it may be one.
const MIN_LENGTH: usize = 20;

/// Commands that sign in with the password that `-p` gives.
const LOGINS: [&[&str]; 3] = [&["login"], &["acr", "login"], &["acr", "import"]];

/// The places of the secrets that the scripts of a file write.
pub fn script_secrets(found: &Found) -> BTreeSet<Span> {
    let mut spans = BTreeSet::new();
    for script in &found.scripts {
        for call in script.all_invocations() {
            let stores = call.is_az(&["keyvault", "secret", "set"]);
            let signs_in = LOGINS.iter().any(|login| call.is_az(login));
            let is_known = |name: &str| {
                let is_login = signs_in && name == "-p";
                let is_one = OPTIONS.iter().any(|known| known.eq_ignore_ascii_case(name)) || is_login;
                if stores { name == "--value" } else { is_one }
            };
            for option in call.options_named(|name| is_known(name) || names_secret(name)) {
                let Some(word) = option.values.first() else { continue };
                let is_name = !is_known(&option.name) && may_name_name(&option.name);
                if !is_name || word.literal().is_some_and(|text| is_secret(&text, true)) {
                    add_used(&call, word, &mut spans);
                }
            }
        }
        add_variables(script, &mut spans);
    }
    spans
}

/// Whether a text that is called a secret is one.
fn is_secret(text: &str, may_be_name: bool) -> bool {
    !text.contains("://") && (!may_be_name || text.len() >= MIN_LENGTH)
}

/// Adds the text that a word is, where it is written.
fn add_used(call: &Invocation<'_>, word: &Word, spans: &mut BTreeSet<Span>) {
    let pieces = call.script.expand(word, call.command);
    if pieces.iter().all(|piece| piece.literal().is_some()) {
        spans.extend(pieces.iter().map(|piece| piece.span).filter(|span| !span.is_empty()));
    }
}

fn add_variables(script: &Script, spans: &mut BTreeSet<Span>) {
    for (index, assignment) in script.program.assignments.iter().enumerate() {
        let name = &assignment.name;
        let word = match &assignment.value {
            Assigned::Word(word) => word,
            Assigned::Added(more) => match &**more {
                Assigned::Word(word) => word,
                _ => continue,
            },
            _ => continue,
        };
        if names_secret(name) && !add_written(name, word, spans) && !may_name_name(name) {
            // It may be put together from variables that nothing calls secret.
            let pieces = script.expand_assigned(index);
            let text: Option<String> = pieces.iter().map(|piece| piece.literal().map(MappedText::text)).collect();
            if text.is_some_and(|text| is_secret(&text, false)) {
                spans.extend(pieces.iter().map(|piece| piece.span).filter(|span| !span.is_empty()));
            }
        }
    }
    for variable in script.environment.iter().filter(|variable| names_secret(&variable.name)) {
        add_written(&variable.name, &variable.value, spans);
    }
}

/// Adds a text that is written as the value of the variable `name`, if it is one.
fn add_written(name: &str, word: &Word, spans: &mut BTreeSet<Span>) -> bool {
    let is_one = word.literal().as_deref().is_some_and(|text| is_secret(text, may_name_name(name)));
    if is_one {
        spans.extend(word.pieces.iter().map(|piece| piece.span));
    }
    is_one
}
