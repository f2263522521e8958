//! The shell parsers against real grammars: the same commands, with the same words in the same places.

mod blocks;
mod grammar;

use std::collections::{BTreeMap, BTreeSet};

use plimsoll::script::{Dialect, Origin, Script};
use plimsoll::source::{FileId, MappedText, Span};
use plimsoll::syntax::shell::{Program, Surroundings, Word, parse};

use blocks::Block;
use grammar::{Place, Unread};

/// The builtins that the grammar of bash does not call commands.
const DECLARATIONS: [&str; 7] = ["export", "declare", "local", "readonly", "typeset", "unset", "["];

fn program(text: &str, dialect: Dialect) -> Program {
    parse(&MappedText::plain(FileId(0), text, 0), dialect, Surroundings::default())
}

/// The words of each command of a script as this crate sees them, in its file. What a comma joins in PowerShell is one.
fn ours(script: &Script) -> BTreeSet<Vec<Span>> {
    let is_declaration = |word: &Word| DECLARATIONS.iter().any(|name| word.is(name));
    let commands = script.program.commands.iter();
    let commands = commands.filter(|command| script.dialect != Dialect::Posix || !is_declaration(&command.words[0]));
    let words = |words: &[Word]| {
        let mut spans: Vec<Span> = Vec::new();
        for word in words {
            match spans.last_mut().filter(|last| script.program.commas.contains(&(last.end, word.span.start))) {
                Some(last) => last.end = word.span.end,
                None => spans.push(word.span),
            }
        }
        spans
    };
    commands.map(|command| words(&command.words)).collect()
}

/// What this crate and the grammar see differently in a script; an error when the grammar can't read it.
fn differences(script: &Script) -> Result<Vec<String>, Unread> {
    let text = script.text.text();
    let in_file =
        |words: &Vec<Place>| -> Vec<Span> { words.iter().map(|(start, end)| script.text.span(*start..*end)).collect() };
    let show = |words: &Vec<Place>| words.iter().map(|word| &text[word.0..word.1]).collect::<Vec<_>>().join("⟩⟨");
    let expected: BTreeMap<Vec<Span>, Vec<Place>> =
        grammar::commands(script)?.into_iter().map(|words| (in_file(&words), words)).collect();
    let found = ours(script);
    let missing = expected.iter().filter(|(spans, _)| !found.contains(*spans));
    let missing = missing.map(|(_, words)| format!("only the grammar has ⟨{}⟩", show(words)));
    let extra = found.iter().filter(|spans| !expected.contains_key(*spans));
    let extra = extra.map(|spans| {
        let places: Vec<_> = spans.iter().map(|span| (span.start, span.end)).collect();
        format!("only plimsoll has words at {places:?} of {:?}", script.span())
    });
    Ok(missing.chain(extra).collect())
}

/// Fails where this crate and the grammar see a script differently, if the grammar can read it.
pub(crate) fn agree(script: &Script) {
    let differences = differences(script).unwrap_or_default();
    assert!(differences.is_empty(), "{:?} {}\n{}", script.dialect, script.text.text(), differences.join("\n"));
}

/// The scripts that a grammar can't read, by the file that holds them, and why.
const UNREADABLE: [(&str, &str); 0] = [];

/// Compares scripts; the number of those of each origin and dialect that were.
fn compare(blocks: Vec<Block>) -> BTreeMap<(String, String), usize> {
    let (mut problems, mut unreadable, mut counts) = (Vec::new(), Vec::new(), BTreeMap::new());
    for Block { name, script } in blocks {
        match differences(&script) {
            Ok(found) => {
                problems.extend(found.into_iter().map(|found| format!("{name}: {found}")));
                *counts.entry((format!("{:?}", script.origin), format!("{:?}", script.dialect))).or_default() += 1;
            }
            Err(Unread::Errors) => unreadable.push(name),
            Err(Unread::NoGrammar) => assert_eq!(script.dialect, Dialect::Batch, "{name}"),
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    assert_eq!(unreadable, UNREADABLE.map(|(name, _)| name));
    counts
}

/// Fails unless at least so many scripts of an origin and dialect are among those counted.
fn at_least(counts: &BTreeMap<(String, String), usize>, wanted: &[(Origin, Dialect, usize)]) {
    for (origin, dialect, least) in wanted {
        let count = counts.get(&(format!("{origin:?}"), format!("{dialect:?}"))).copied().unwrap_or_default();
        assert!(count >= *least, "{count} scripts: {origin:?} {dialect:?}");
    }
}

#[test]
fn scripts_in_examples_have_the_words_that_a_real_parser_finds() {
    let counts = compare(blocks::of_examples());
    let wanted = [
        (Origin::File, Dialect::Posix, 200),
        (Origin::File, Dialect::PowerShell, 15),
        (Origin::Workflow, Dialect::Posix, 6),
        (Origin::Pipeline, Dialect::Posix, 4),
        (Origin::Document, Dialect::Posix, 1),
        (Origin::Template, Dialect::Posix, 8),
        (Origin::Template, Dialect::PowerShell, 4),
    ];
    at_least(&counts, &wanted);
}

#[test]
fn scripts_in_files_have_the_words_that_a_real_parser_finds() {
    let counts = compare(blocks::of_files());
    at_least(&counts, &[(Origin::File, Dialect::Posix, 2), (Origin::File, Dialect::PowerShell, 2)]);
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
        ("x[", Dialect::Posix),
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
    for Block { name, script } in blocks::of_files().into_iter().filter(|block| block.script.origin == Origin::File) {
        let text = script.text.text().replace("tab", "é");
        for end in (0..=text.len()).step_by(3).filter(|end| text.is_char_boundary(*end)) {
            for dialect in [script.dialect, Dialect::Batch] {
                let program = program(&text[..end], dialect);
                for word in program.commands.iter().flat_map(|command| &command.words) {
                    assert!(text[..end].get(word.span.range()).is_some(), "{name} {dialect:?} {end}");
                    for piece in &*word.pieces {
                        assert!(word.span.contains(piece.span), "{name} {dialect:?} {end} {word:?}");
                    }
                }
                assert!(program.blocks.iter().enumerate().all(|(index, block)| block.parent <= index));
            }
        }
    }
}
