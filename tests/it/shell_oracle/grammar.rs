//! What the grammars of bash and PowerShell find in a script.

use std::collections::BTreeSet;

use plimsoll::script::{Dialect, Origin, Script};
use tree_sitter::{Node, Parser};

/// Start and end of a word in the script's text.
pub(super) type Place = (usize, usize);

/// The commands of a script, each as its words.
pub(super) type Commands = BTreeSet<Vec<Place>>;

/// Why a grammar can't tell the commands of a script.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Unread {
    /// There is none for the dialect.
    NoGrammar,
    /// The tree has errors.
    Errors,
}

/// The commands of a script.
pub(super) fn commands(script: &Script) -> Result<Commands, Unread> {
    let text = without_surroundings(script);
    let language = match script.dialect {
        Dialect::Posix => tree_sitter_bash::LANGUAGE,
        Dialect::PowerShell => tree_sitter_powershell::LANGUAGE,
        Dialect::Batch => return Err(Unread::NoGrammar),
    };
    let mut parser = Parser::new();
    parser.set_language(&language.into()).unwrap();
    let tree = parser.parse(&text, None).unwrap();
    if tree.root_node().has_error() {
        return Err(Unread::Errors);
    }
    let words = if script.dialect == Dialect::Posix { bash_words } else { powershell_words };
    let commands = nodes(tree.root_node(), "command").into_iter().map(|command| words(command, &text));
    // The grammar of PowerShell takes the range `1..3` for a command.
    let is_number = |words: &Vec<Place>| words.first().is_some_and(|word| text[word.0..].starts_with(char::is_numeric));
    Ok(commands.filter(|words| script.dialect == Dialect::Posix || !is_number(words)).collect())
}

/// The text of a script with a word of the same length wherever its surroundings put something in place of text: the
/// grammars know nothing of that.
fn without_surroundings(script: &Script) -> String {
    let mut text = script.text.text().to_owned();
    let mut replace = |pattern: &str| {
        let blanked = regex::Regex::new(pattern)
            .unwrap()
            .replace_all(&text, |found: &regex::Captures<'_>| "_".repeat(found[0].len()));
        text = blanked.into_owned();
    };
    replace(r"(?s)\$\{\{.*?\}\}");
    if script.origin == Origin::Pipeline {
        replace(r"\$\([A-Za-z_][A-Za-z0-9._-]*\)");
    }
    if script.origin == Origin::Document {
        replace(r"<[A-Za-z_][A-Za-z0-9._ /:'-]{0,62}>");
    }
    text
}

fn nodes<'t>(root: Node<'t>, kind: &str) -> Vec<Node<'t>> {
    let mut found = Vec::new();
    let mut open = vec![root];
    while let Some(node) = open.pop() {
        if node.kind() == kind {
            found.push(node);
        }
        open.extend(node.children(&mut node.walk()));
    }
    found
}

fn bash_words(command: Node<'_>, text: &str) -> Vec<Place> {
    let mut cursor = command.walk();
    let words = command.children(&mut cursor).filter(|child| {
        let kind = child.kind();
        kind != "variable_assignment" && !kind.ends_with("redirect") && kind != "comment"
    });
    let mut words: Vec<Place> = words.map(|word| (word.start_byte(), word.end_byte())).collect();
    // The grammar takes the words behind a redirection for more of its targets.
    let around = command.parent().filter(|parent| parent.kind() == "redirected_statement");
    for redirect in around.iter().flat_map(|around| around.children(&mut around.walk()).collect::<Vec<_>>()) {
        let mut cursor = redirect.walk();
        let targets: Vec<Node<'_>> = match redirect.kind() {
            "file_redirect" => redirect.children_by_field_name("destination", &mut cursor).skip(1).collect(),
            "heredoc_redirect" => redirect.children_by_field_name("argument", &mut cursor).collect(),
            _ => Vec::new(),
        };
        words.extend(targets.into_iter().map(|word| (word.start_byte(), word.end_byte())));
    }
    // What nothing separates is one word.
    words.dedup_by(|next, last| last.1 == next.0 && std::mem::replace(&mut last.1, next.1) == next.0);
    // `time` is a keyword.
    if words.len() > 1 && &text[words[0].0..words[0].1] == "time" {
        words.remove(0);
    }
    words
}

/// Name and arguments. What nothing separates is one argument, and so is what a comma joins.
fn powershell_words(command: Node<'_>, text: &str) -> Vec<Place> {
    let place = |node: Node<'_>| (node.start_byte(), node.end_byte());
    let mut words: Vec<Place> = command.child_by_field_name("command_name").map(place).into_iter().collect();
    let mut is_apart = true;
    let elements = command.child_by_field_name("command_elements");
    let mut cursor = command.walk();
    for element in elements.into_iter().flat_map(|elements| elements.children(&mut cursor).collect::<Vec<_>>()) {
        match element.kind() {
            // `-Name:value` is one word.
            "command_argument_sep" => is_apart = &text[element.byte_range()] != ":",
            "redirection" => is_apart = true,
            // The grammar takes the redirection of a numbered stream for an argument.
            _ if text[element.start_byte()..].trim_start_matches(|c: char| c.is_ascii_digit()).starts_with('>') => {}
            _ => {
                let (start, end) = place(element);
                match words.last_mut().filter(|_| !is_apart) {
                    Some(last) => last.1 = end,
                    None => words.push((start, end)),
                }
                is_apart = false;
            }
        }
    }
    words
}
