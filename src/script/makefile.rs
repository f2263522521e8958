//! The recipes of makefiles.

use super::{Dialect, Origin, Script, Surroundings, Variable, is_relevant};
use crate::source::{FileId, MappedText};
use crate::syntax::shell;

/// The scripts of a makefile: the recipe of each rule.
pub(super) fn scripts(file: FileId, text: &str) -> Vec<Script> {
    let mut variables = Vec::new();
    let mut recipes = Vec::new();
    let mut recipe = MappedText::empty(file, 0);
    let mut at = 0;
    // A line that ends in a backslash goes on in the next one, also where that starts like one of another kind.
    let mut goes_on = false;
    for line in text.split_inclusive('\n') {
        let start = at;
        at += line.len();
        if goes_on || line.starts_with('\t') {
            let blank =
                if goes_on { 0 } else { line.len() - line.trim_start_matches(['\t', ' ', '@', '-', '+']).len() };
            add_line(&mut recipe, &line[blank..], start + blank);
            goes_on = line.trim_end_matches(['\r', '\n']).ends_with('\\');
            continue;
        }
        if !line.trim().is_empty() && !line.starts_with('#') {
            recipes.push(std::mem::replace(&mut recipe, MappedText::empty(file, 0)));
            variables.extend(variable(file, line, start));
        }
    }
    recipes.push(recipe);
    let names: Vec<String> = variables.iter().map(|variable: &Variable| variable.name.clone()).collect();
    // One that is set in several places may be any of them.
    variables.retain(|variable| names.iter().filter(|name| **name == variable.name).count() == 1);
    let read = |recipe: MappedText<'_>| {
        let mut script = Script::new(&recipe, Dialect::Posix, Origin::File);
        script.environment.clone_from(&variables);
        script
    };
    recipes.into_iter().filter(|recipe| is_relevant(recipe.text())).map(read).collect()
}

/// Adds a line as the shell gets it: `$$` is a dollar, and what else has one is put in by `make`.
fn add_line(recipe: &mut MappedText<'static>, line: &str, start: usize) {
    let mut at = 0;
    while let Some(dollar) = line[at..].find('$').map(|offset| at + offset) {
        recipe.push(&line[at..dollar], start + at);
        let rest = &line[dollar + 1..];
        let (shown, length) = match rest.chars().next() {
            Some('$') => ("$".to_owned(), 1),
            Some(open @ ('(' | '{')) => {
                let close = if open == '(' { ')' } else { '}' };
                let length = rest.find(close).map_or(rest.len(), |length| length + 1);
                (held(rest[1..length].trim_end_matches(close)), length)
            }
            Some(name) => (held(&name.to_string()), name.len_utf8()),
            None => ("$".to_owned(), 0),
        };
        at = dollar + 1 + length;
        recipe.push_escape(&shown, start + dollar..start + at);
    }
    recipe.push(&line[at..], start + at);
}

/// What stands for a variable of `make`, which is none of the shell.
fn held(name: &str) -> String {
    format!("${{{{ make.{} }}}}", name.replace(['{', '}', '\n'], " "))
}

/// The variable that a line sets.
fn variable(file: FileId, line: &str, start: usize) -> Option<Variable> {
    let equals = line.find('=')?;
    let given = line[..equals].trim_end_matches([':', '?', '+']);
    let name = given.trim().trim_start_matches("export ").trim();
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    if name.is_empty() || !name.bytes().all(is_name) {
        return None;
    }
    let written = &line[equals + 1..];
    let value = written.split(" #").next().unwrap_or_default().trim();
    if value.is_empty() || value.ends_with('\\') {
        return None;
    }
    let from = equals + 1 + written.len() - written.trim_start().len();
    let mut text = MappedText::empty(file, start + from);
    add_line(&mut text, value, start + from);
    let value = shell::raw(&text, Surroundings::default());
    let at = start + line.find(name)?;
    let span = MappedText::plain(file, name, at).whole();
    Some(Variable { name: format!("make {name}"), span, value })
}
