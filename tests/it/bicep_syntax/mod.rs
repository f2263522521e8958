//! The Bicep parser against the compiler's own tokens, trees and diagnostics, and against hostile texts.

mod compiler_tree;
mod our_tree;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use plimsoll::source::{FileId, SourceFile};
use plimsoll::syntax::SyntaxError;
use plimsoll::syntax::bicep::{Dialect, Program, parse};

use crate::corpus::corpus;

/// Codes of diagnostics that the compiler's lexer and parser give.
const SYNTAX_CODES: [u16; 54] = [
    1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 22, 24, 64, 68, 87, 96, 97, 103, 117, 118,
    123, 132, 140, 147, 153, 162, 163, 167, 226, 236, 237, 238, 243, 249, 266, 279, 290, 292, 322, 325, 346, 347, 348,
    349,
];

/// The files below `folder` with this extension, sorted.
fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let entries = walkdir::WalkDir::new(folder).sort_by_file_name().into_iter().map(|entry| entry.unwrap().into_path());
    entries.filter(|path| path.extension().is_some_and(|found| found == extension)).collect()
}

fn read(path: &Path) -> SourceFile {
    SourceFile::new(path.display().to_string(), fs::read_to_string(path).unwrap())
}

fn dialect(path: &Path) -> Dialect {
    let is_parameters = path.extension().is_some_and(|extension| extension == "bicepparam");
    if is_parameters { Dialect::Parameters } else { Dialect::Template }
}

fn parse_file(path: &Path) -> (SourceFile, Program, Vec<SyntaxError>) {
    let source = read(path);
    let (program, errors) = parse(FileId(0), source.text(), dialect(path));
    (source, program, errors)
}

fn show(source: &SourceFile, error: &SyntaxError) -> String {
    let position = source.lines().position(source.text(), error.span.start);
    format!("{}:{}:{}: {}", source.path(), position.line, position.column, error.message)
}

#[test]
fn what_the_compiler_accepts_has_no_error() {
    let mut problems = Vec::new();
    for (folder, extension) in [("pairs", "bicep"), ("bicepparam", "bicep"), ("bicepparam", "bicepparam")] {
        let Some(folder) = corpus(folder) else { return };
        for path in files(&folder, extension) {
            // These hold marks of the compiler's tests between the lines.
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if [".symbols.", ".syntax.", ".tokens.", ".diagnostics."].iter().any(|mark| name.contains(mark)) {
                continue;
            }
            let (source, _, errors) = parse_file(&path);
            problems.extend(errors.iter().map(|error| show(&source, error)));
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn the_tree_is_the_compilers() {
    let mut report = String::new();
    let (mut agreed, mut total, mut ours_total) = (0, 0, 0);
    let mut cases = Vec::new();
    if let Some(folder) = corpus("bicep-syntax") {
        cases.extend(
            files(&folder, "bicep").into_iter().map(|path| (path.with_file_name("main.syntax.bicep.txt"), path)),
        );
    }
    if let Some(folder) = corpus("bicepparam") {
        let parameters =
            files(&folder, "bicepparam").into_iter().filter(|path| path.ends_with("parameters.bicepparam"));
        cases.extend(parameters.map(|path| (path.with_file_name("parameters.syntax.bicepparam"), path)));
    }
    for (official, path) in cases {
        let (source, program, _) = parse_file(&path);
        let theirs = compiler_tree::nodes(source.text(), &fs::read_to_string(official).unwrap());
        let ours = our_tree::nodes(source.text(), &program);
        let common = compiler_tree::common(&theirs, &ours);
        agreed += common;
        total += theirs.len();
        ours_total += ours.len();
        if common < theirs.len() || common < ours.len() {
            writeln!(report, "{}: {common} of {}, ours {}", path.display(), theirs.len(), ours.len()).unwrap();
            report.push_str(&compiler_tree::difference(source.text(), &theirs, &ours));
        }
    }
    if total == 0 {
        return;
    }
    let share = 10_000 * agreed / total.max(ours_total);
    let share = format!("{}.{:02} %", share / 100, share % 100);
    println!("{report}\n{agreed} of {total} nodes of the compiler are in our tree of {ours_total}: {share}");
    assert!(100 * agreed >= 99 * total.max(ours_total), "{report}\n{share}");
}

#[test]
fn errors_are_on_the_compilers_lines() {
    let Some(folder) = corpus("bicep-syntax") else { return };
    let mut problems = String::new();
    let mut extra: BTreeMap<u16, usize> = BTreeMap::new();
    for path in files(&folder, "bicep") {
        let (source, _, errors) = parse_file(&path);
        let official = fs::read_to_string(path.with_file_name("main.diagnostics.bicep.txt")).unwrap();
        let expected = compiler_tree::diagnostics(&official, &SYNTAX_CODES);
        let ours: BTreeSet<usize> = errors.iter().map(|error| source.lines().line_at(error.span.start)).collect();
        let is_near =
            |lines: &BTreeSet<usize>, line: usize| (line.saturating_sub(1)..=line + 1).any(|l| lines.contains(&l));
        for (line, code, message) in &expected {
            if !is_near(&ours, *line) {
                *extra.entry(*code).or_default() += 1;
                writeln!(problems, "{}:{}: missing BCP{code:03} {message}", path.display(), line + 1).unwrap();
            }
        }
        let theirs: BTreeSet<usize> = expected.iter().map(|(line, ..)| *line).collect();
        for error in &errors {
            if !is_near(&theirs, source.lines().line_at(error.span.start)) {
                writeln!(problems, "extra {}", show(&source, error)).unwrap();
            }
        }
    }
    assert!(problems.is_empty(), "{problems}\n{extra:?}");
}

/// Parses a text that may be spoilt: every span lies on characters, and no node overlaps another without holding it.
fn check(text: &str, dialect: Dialect, place: &str) {
    let (program, errors) = parse(FileId(0), text, dialect);
    assert!(errors.iter().all(|error| text.get(error.span.range()).is_some()), "{place}");
    let mut nodes = our_tree::nodes(text, &program);
    nodes.sort_by_key(|node| (node.start, Reverse(node.end)));
    let mut open: Vec<usize> = Vec::new();
    for node in &nodes {
        while open.last().is_some_and(|&end| end <= node.start) {
            open.pop();
        }
        assert!(open.last().is_none_or(|&end| node.end <= end), "{place}: {node:?} overlaps");
        open.push(node.end);
    }
}

/// Every text cut off at many places, and with a character replaced there.
#[test]
fn spoilt_texts_parse() {
    let Some(folder) = corpus("bicep-syntax") else { return };
    for path in files(&folder, "bicep") {
        let source = read(&path);
        let text = source.text();
        let step = (text.len() / 100).max(1);
        let mut replacements = ["'", "{", "}", "[", ")", "\n", "${", "@", "\u{1F600}"].iter().cycle();
        for at in (0..=text.len()).step_by(step).filter(|&at| text.is_char_boundary(at)) {
            let place = format!("{}: {at}", path.display());
            check(&text[..at], dialect(&path), &place);
            // Long texts take long; the place matters more than what surrounds it.
            if text.len() < 60_000 {
                let rest = text[at..].char_indices().nth(1).map_or("", |(next, _)| &text[at + next..]);
                let replacement = replacements.next().unwrap();
                check(&format!("{}{replacement}{rest}", &text[..at]), dialect(&path), &place);
            }
        }
    }
}

#[test]
fn deep_nesting_is_one_error() {
    let many = 100_000;
    let shapes = [
        ("var a = ", "(", ")"),
        ("var a = ", "[", "]"),
        ("var a = ", "[\n", "\n]"),
        ("var a = ", "{a:", "}"),
        ("var a = ", "{\na:", "\n}"),
        ("var a = ", "'${", "}'"),
        ("var a = ", "$'''${", "}'''"),
        ("var a = ", "-(", ")"),
        ("var a = ", "f(", ")"),
        ("var a = b", "[1", "]"),
        ("var a = b", ".c", ""),
        ("var a = b", "!", ""),
        ("var a = 1", " + 1", ""),
        ("var a = ", "a ? b : ", ""),
        ("var a = ", "x => ", ""),
        ("var a = ", "[for a in b: ", "]"),
        ("type a = ", "(", ")"),
        ("type a = ", "{a:", "}"),
        ("type a = ", "[", "]"),
        ("type a = b", "[]", ""),
        ("type a = b", "!", ""),
        ("type a = b", "<c", ">"),
        ("resource a 'b@1' = ", "{\nresource a 'b@1' = ", "\n}"),
        ("@a", ".b", ""),
        ("@a(", "(", ")"),
    ];
    for (prefix, open, close) in shapes {
        for close in [close, ""] {
            let text = format!("{prefix}{}1{}\n", open.repeat(many), close.repeat(many));
            let start = Instant::now();
            let (_, errors) = parse(FileId(0), &text, Dialect::Template);
            assert!(start.elapsed() < Duration::from_secs(20), "{prefix}{open}: {:?}", start.elapsed());
            // A string that is never closed is the cause of all that follows.
            let cause = if open.contains('$') && close.is_empty() { "is not closed" } else { "nested deeper" };
            let causes = errors.iter().filter(|error| error.message.contains(cause)).count();
            assert_eq!((causes, errors.len()), (1, 1), "{prefix}{open}: {:?}", &errors[..errors.len().min(3)]);
        }
    }
}

#[test]
fn parsing_is_fast_enough() {
    let Some(folder) = corpus("pairs") else { return };
    let texts: Vec<String> = files(&folder, "bicep").iter().map(|path| read(path).text().to_owned()).collect();
    let bytes: usize = texts.iter().map(String::len).sum();
    let pass = |_| {
        let start = Instant::now();
        for text in &texts {
            std::hint::black_box(parse(FileId(0), text, Dialect::Template));
        }
        start.elapsed()
    };
    // The best of some passes, since others may use the machine too.
    let best = (0..5).map(pass).min().unwrap();
    println!("{} MB/s over {bytes} bytes", bytes as u128 / best.as_micros().max(1));
    // Far below what a release build reaches, so that a busy machine does not fail it.
    assert!(best < Duration::from_secs(10), "{best:?} for {bytes} bytes");
}
