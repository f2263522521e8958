//! The compiler's trees and diagnostics as its baselines hold them: a line of the text, then lines that start with
//! `//@[start:end)` about what starts on it. Columns count UTF-16 units, and `end - start` is a length.

use std::collections::BTreeMap;
use std::fmt::Write as _;

/// A node: its kind in the compiler's words, and where it is, in UTF-16 units.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Node {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) kind: String,
}

/// The nodes that our tree has too: no tokens but those of strings, nothing empty, nothing within skipped text.
pub(crate) fn nodes(text: &str, baseline: &str) -> Vec<Node> {
    let starts = line_starts(text);
    let mut nodes = Vec::new();
    let mut skipped_depth = usize::MAX;
    for (line, note) in notes(baseline) {
        let Some((place, rest)) = note.split_once(") ") else { continue };
        let (column, end) = place.split_once(':').unwrap();
        let (column, end): (usize, usize) = (column.parse().unwrap(), end.parse().unwrap());
        let name_at = rest.find(|c: char| c.is_ascii_alphabetic()).unwrap();
        let depth = rest[..name_at].chars().count() / 2;
        if depth > skipped_depth {
            continue;
        }
        skipped_depth = usize::MAX;
        let name = rest[name_at..].split_whitespace().next().unwrap();
        let kind = if let Some(token) = name.strip_prefix("Token(") {
            let token = token.trim_end_matches(')');
            if !token.starts_with("String") {
                continue;
            }
            token
        } else {
            name
        };
        if kind == "SkippedTriviaSyntax" {
            skipped_depth = depth;
            continue;
        }
        if end == column || kind == "ProgramSyntax" {
            continue;
        }
        let start = starts[line] + column;
        nodes.push(Node { start, end: start + end - column, kind: kind.to_owned() });
    }
    nodes.sort();
    nodes
}

/// Line, number and text of each error with one of these codes.
pub(crate) fn diagnostics(baseline: &str, codes: &[u16]) -> Vec<(usize, u16, String)> {
    let mut found = Vec::new();
    for (line, note) in notes(baseline) {
        let Some((_, rest)) = note.split_once(") [BCP") else { continue };
        let Some((code, message)) = rest.split_once(" (Error)] ") else { continue };
        let code: u16 = code.parse().unwrap();
        if codes.contains(&code) {
            found.push((line, code, message.chars().take(100).collect()));
        }
    }
    found
}

/// The notes with the number of the line, from 0, that they are about.
fn notes(baseline: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut line = 0;
    baseline.trim_start_matches('\u{feff}').lines().filter_map(move |text| {
        let note = text.strip_prefix("//@[");
        line += usize::from(note.is_none());
        note.map(|note| (line - 1, note))
    })
}

/// Offsets in UTF-16 units of the starts of the lines.
fn line_starts(text: &str) -> Vec<usize> {
    let mut starts = vec![0];
    let mut at = 0;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        at += c.len_utf16();
        if c == '\n' || c == '\r' && chars.peek() != Some(&'\n') {
            starts.push(at);
        }
    }
    starts
}

fn counts(nodes: &[Node]) -> BTreeMap<&Node, isize> {
    let mut counts = BTreeMap::new();
    for node in nodes {
        *counts.entry(node).or_default() += 1;
    }
    counts
}

/// How many nodes are in both trees.
pub(crate) fn common(theirs: &[Node], ours: &[Node]) -> usize {
    let ours = counts(ours);
    let shared = |(node, count): (&&Node, &isize)| (*count).min(ours.get(*node).copied().unwrap_or(0)).unsigned_abs();
    counts(theirs).iter().map(shared).sum()
}

/// The nodes that are in one of the trees only, by line.
pub(crate) fn difference(text: &str, theirs: &[Node], ours: &[Node]) -> String {
    let starts = line_starts(text);
    let mut counts = counts(theirs);
    for node in ours {
        *counts.entry(node).or_default() -= 1;
    }
    let mut shown = String::new();
    for (node, count) in counts.into_iter().filter(|(_, count)| *count != 0) {
        let line = starts.partition_point(|&start| start <= node.start);
        let side = if count > 0 { "theirs" } else { "ours" };
        let column = node.start - starts[line - 1];
        writeln!(shown, "  {side} {line}:{column}+{} {}", node.end - node.start, node.kind).unwrap();
    }
    shown
}
