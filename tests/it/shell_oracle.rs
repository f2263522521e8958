//! The shell parsers against real grammars: the same commands, with the same words in the same places.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use plimsoll::source::{FileId, MappedText};
use plimsoll::syntax::shell::{Dialect, Program, Surroundings, parse};
use tree_sitter::{Node, Parser};

/// Start and end of a word.
type Place = (usize, usize);

/// The builtins that the grammar does not call commands.
const DECLARATIONS: [&str; 7] = ["export", "declare", "local", "readonly", "typeset", "unset", "["];

fn program(text: &str, dialect: Dialect) -> Program {
    parse(&MappedText::plain(FileId(0), text, 0), dialect, Surroundings::default())
}

/// The words of each command of `text` as this crate sees them.
fn ours(text: &str, dialect: Dialect) -> BTreeSet<Vec<Place>> {
    let program = program(text, dialect);
    let commands = program.commands.iter().filter(|command| !DECLARATIONS.iter().any(|name| command.words[0].is(name)));
    commands
        .map(|command| command.words.iter().map(|word| (word.span.start as usize, word.span.end as usize)).collect())
        .collect()
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

/// `text` with `${{ … }}` as a word of the same length, which the grammars do not know.
fn without_templates(text: &str) -> String {
    let mut rest = text;
    let mut out = String::new();
    while let Some((before, after)) = rest.split_once("${{") {
        let (inner, after) = after.split_once("}}").unwrap_or((after, ""));
        out.push_str(before);
        out.push_str(&"_".repeat(inner.len() + 5));
        rest = after;
    }
    out + rest
}

/// The words of each command of `text` as the grammar of bash sees them; `None` when it can't read the text.
fn bash(text: &str) -> Option<BTreeSet<Vec<Place>>> {
    let mut parser = Parser::new();
    parser.set_language(&tree_sitter_bash::LANGUAGE.into()).unwrap();
    let tree = parser.parse(text, None).unwrap();
    if tree.root_node().has_error() {
        return None;
    }
    let words = |command: Node<'_>| {
        let mut cursor = command.walk();
        let children = command.named_children(&mut cursor);
        let words = children.filter(|child| {
            let kind = child.kind();
            kind != "variable_assignment" && !kind.ends_with("redirect") && kind != "comment"
        });
        words.map(|word| (word.start_byte(), word.end_byte())).collect()
    };
    Some(nodes(tree.root_node(), "command").into_iter().map(words).collect())
}

/// The script blocks below `folder` of the repository, and the scenarios where they are there.
fn samples(extension: &str) -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folders = [
        root.join("tests"),
        root.join("samples"),
        root.join("../shared/scenarios"),
        root.join("../../shared/scenarios"),
    ];
    let mut samples = Vec::new();
    for folder in folders.iter().filter(|folder| folder.is_dir()) {
        for entry in walkdir::WalkDir::new(folder).sort_by_file_name() {
            let path = entry.unwrap().into_path();
            if path.extension().is_some_and(|found| found == extension) {
                samples.push((path.display().to_string(), fs::read_to_string(&path).unwrap()));
            }
        }
    }
    samples
}

#[test]
fn bash_scripts_have_the_words_that_a_real_parser_finds() {
    let samples = samples("sh");
    assert!(samples.len() >= 3, "{} samples", samples.len());
    for (path, text) in samples {
        let expected = bash(&without_templates(&text)).unwrap_or_else(|| panic!("{path}: the grammar can't read it"));
        let show = |commands: &BTreeSet<Vec<Place>>| -> Vec<String> {
            let texts =
                |words: &Vec<Place>| words.iter().map(|word| &text[word.0..word.1]).collect::<Vec<_>>().join("⟩⟨");
            commands.iter().map(texts).collect()
        };
        let found = ours(&text, Dialect::Posix);
        assert!(!expected.is_empty(), "{path}");
        assert_eq!(show(&found), show(&expected), "{path}");
        assert_eq!(found, expected, "{path}");
    }
}

/// The names of the commands of `text` with where they stand, as the grammar of PowerShell sees them.
fn powershell(text: &str) -> BTreeSet<Place> {
    let mut parser = Parser::new();
    parser.set_language(&tree_sitter_powershell::LANGUAGE.into()).unwrap();
    let tree = parser.parse(text, None).unwrap();
    assert!(!tree.root_node().has_error(), "the grammar can't read it");
    let names = nodes(tree.root_node(), "command")
        .into_iter()
        .filter_map(|command| command.child_by_field_name("command_name"));
    names.map(|name| (name.start_byte(), name.end_byte())).collect()
}

#[test]
fn powershell_scripts_have_the_commands_that_a_real_parser_finds() {
    let samples = samples("ps1");
    assert!(!samples.is_empty());
    for (path, text) in samples {
        let program = program(&text, Dialect::PowerShell);
        let names = program.commands.iter().map(|command| command.words[0].span);
        let found: BTreeSet<Place> = names.map(|span| (span.start as usize, span.end as usize)).collect();
        let show =
            |places: &BTreeSet<Place>| places.iter().map(|place| text[place.0..place.1].to_owned()).collect::<Vec<_>>();
        let expected = powershell(&text);
        assert!(expected.len() > 5, "{path}");
        assert_eq!(show(&found), show(&expected), "{path}");
        assert_eq!(found, expected, "{path}");
    }
}

#[test]
fn deep_nesting_ends() {
    for (open, dialect) in [
        ("$(", Dialect::Posix),
        ("`", Dialect::Posix),
        ("$((", Dialect::Posix),
        ("${x:-", Dialect::Posix),
        ("(", Dialect::Posix),
        ("\"$(", Dialect::Posix),
        ("{ ", Dialect::Posix),
        ("if ", Dialect::Posix),
        ("case x in a) ", Dialect::Posix),
        ("<(", Dialect::Posix),
        ("x=(", Dialect::Posix),
        ("<<A ", Dialect::Posix),
        ("${{", Dialect::Posix),
        ("a<<A\n", Dialect::Posix),
        ("[[ ", Dialect::Posix),
        ("f() ", Dialect::Posix),
        ("'", Dialect::Posix),
        ("x || ", Dialect::Posix),
        ("<a", Dialect::Posix),
        ("$(", Dialect::PowerShell),
        ("(", Dialect::PowerShell),
        ("@{a=", Dialect::PowerShell),
        ("if (", Dialect::PowerShell),
        ("{", Dialect::PowerShell),
        ("return ", Dialect::PowerShell),
        ("$a = ", Dialect::PowerShell),
        ("@(", Dialect::PowerShell),
        ("[a]::b(", Dialect::PowerShell),
        ("$a.b(", Dialect::PowerShell),
        ("\"$(", Dialect::PowerShell),
        ("switch (1) {", Dialect::PowerShell),
        ("@'\n", Dialect::PowerShell),
        ("'a''", Dialect::PowerShell),
        ("[", Dialect::PowerShell),
        ("a || ", Dialect::PowerShell),
        ("( ", Dialect::Batch),
        ("if a==b ", Dialect::Batch),
        ("%a", Dialect::Batch),
        ("for ", Dialect::Batch),
    ] {
        let start = std::time::Instant::now();
        let text = open.repeat(20_000);
        let commands = program(&text, dialect).commands.len();
        assert!(commands <= text.len(), "{open}");
        let took = start.elapsed();
        // Seconds in the quadratic case, a few hundredths of one otherwise.
        assert!(took.as_millis() < 1500, "{open} took {took:?}");
    }
}

#[test]
fn every_beginning_of_a_script_is_read_and_every_span_lies_in_it() {
    let all = ["sh", "ps1"].map(samples);
    for (texts, dialects) in
        all.into_iter().zip([[Dialect::Posix, Dialect::Batch], [Dialect::PowerShell, Dialect::Batch]])
    {
        for (path, text) in texts {
            let text = text.replace("tab", "é");
            for end in (0..=text.len()).step_by(3).filter(|end| text.is_char_boundary(*end)) {
                for dialect in dialects {
                    let program = program(&text[..end], dialect);
                    for command in &program.commands {
                        for word in &command.words {
                            assert!(text[..end].get(word.span.range()).is_some(), "{path} {dialect:?} {end}");
                            for piece in &word.pieces {
                                assert!(word.span.contains(piece.span), "{path} {dialect:?} {end} {word:?}");
                            }
                        }
                    }
                    assert!(program.blocks.iter().enumerate().all(|(index, block)| block.parent <= index));
                }
            }
        }
    }
}
