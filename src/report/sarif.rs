//! SARIF 2.1.0, for code scanning. The shapes are those of the standard, with the members that we fill.

use std::fmt::Write;

use serde::Serialize;

use super::Options;
use super::mask::Masked;
use crate::diagnostic::{Diagnostic, Edit, Fix, Label, Severity};
use crate::engine::{Metadata, Status};
use crate::lint::{Omitted, Undecided};
use crate::source::{FileId, Span};

const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// The symbol for the folder that relative paths start at, as code scanning knows it.
const ROOT: &str = "%SRCROOT%";

/// How much of a line on each side of a finding makes up its fingerprint, in characters.
const FINGERPRINTED: usize = 80;

#[derive(Debug, Serialize)]
pub(super) struct Log<'m> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run<'m>; 1],
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Run<'m> {
    tool: Tool<'m>,
    invocations: [Invocation<'m>; 1],
    column_kind: &'static str,
    newline_sequences: [&'static str; 3],
    results: Vec<Finding<'m>>,
}

#[derive(Debug, Serialize)]
struct Tool<'m> {
    driver: Driver<'m>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver<'m> {
    name: &'static str,
    semantic_version: &'static str,
    #[serde(skip_serializing_if = "str::is_empty")]
    information_uri: &'static str,
    rules: Vec<RuleDescriptor<'m>>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct RuleDescriptor<'m> {
    id: &'m str,
    short_description: Text<'m>,
    full_description: Text<'m>,
    help: Help,
    #[serde(skip_serializing_if = "Option::is_none")]
    help_uri: Option<&'m str>,
    default_configuration: Configuration,
    properties: RuleProperties<'m>,
}

#[derive(Debug, Serialize)]
struct Text<'m> {
    text: &'m str,
}

#[derive(Debug, Serialize)]
struct OwnedText {
    text: String,
}

#[derive(Debug, Serialize)]
struct Help {
    text: String,
    markdown: String,
}

#[derive(Debug, Serialize)]
struct Configuration {
    enabled: bool,
    level: &'static str,
}

#[derive(Debug, Serialize)]
struct RuleProperties<'m> {
    tags: Vec<&'m str>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Invocation<'m> {
    execution_successful: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tool_execution_notifications: Vec<Notification<'m>>,
    properties: Coverage,
}

#[derive(Debug, Serialize)]
struct Coverage {
    files: usize,
    resources: usize,
    #[serde(rename = "filledLater")]
    filled_later: usize,
    undecided: usize,
    unparsed: usize,
    omitted: usize,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Notification<'m> {
    level: &'static str,
    message: OwnedText,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    locations: Vec<Location<'m>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    associated_rule: Option<RuleReference<'m>>,
}

#[derive(Debug, Serialize)]
struct RuleReference<'m> {
    id: &'m str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Finding<'m> {
    rule_id: &'m str,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule_index: Option<usize>,
    level: &'static str,
    message: OwnedText,
    locations: [Location<'m>; 1],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<Location<'m>>,
    partial_fingerprints: Fingerprints,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fixes: Vec<Mend<'m>>,
}

#[derive(Debug, Serialize)]
struct Fingerprints {
    #[serde(rename = "plimsollFinding/v1")]
    finding: String,
}

#[derive(Debug, Serialize)]
struct Location<'m> {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<usize>,
    #[serde(rename = "physicalLocation")]
    place: PhysicalLocation,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Text<'m>>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct PhysicalLocation {
    artifact_location: Artifact,
    region: Region,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Artifact {
    uri: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    uri_base_id: Option<&'static str>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: usize,
    start_column: usize,
    end_line: usize,
    end_column: usize,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Mend<'m> {
    description: Text<'m>,
    artifact_changes: Vec<Change<'m>>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Change<'m> {
    artifact_location: Artifact,
    replacements: Vec<Replacement<'m>>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Replacement<'m> {
    deleted_region: Region,
    inserted_content: Text<'m>,
}

pub(super) fn log<'m>(masked: &'m Masked<'_>, rules: &[&'m Metadata], options: Options) -> Log<'m> {
    let coverage = masked.coverage();
    let asked = if options.show_unknown { &*masked.undecided } else { &[] };
    let invocation = Invocation {
        execution_successful: coverage.unparsed == 0,
        tool_execution_notifications: {
            let asked = asked.iter().map(|undecided| question(masked, undecided));
            asked.chain(masked.omitted.iter().map(|omitted| unread(masked, omitted))).collect()
        },
        properties: Coverage {
            files: coverage.files,
            resources: coverage.resources,
            filled_later: coverage.filled_later,
            undecided: coverage.undecided.len(),
            unparsed: coverage.unparsed,
            omitted: coverage.omitted.len(),
        },
    };
    let driver = Driver {
        name: env!("CARGO_PKG_NAME"),
        semantic_version: env!("CARGO_PKG_VERSION"),
        information_uri: env!("CARGO_PKG_REPOSITORY"),
        rules: rules.iter().map(|rule| descriptor(rule)).collect(),
    };
    let run = Run {
        tool: Tool { driver },
        invocations: [invocation],
        column_kind: "unicodeCodePoints",
        newline_sequences: ["\r\n", "\n", "\r"],
        results: masked.each(|diagnostic| finding(masked, rules, diagnostic)).collect(),
    };
    Log { schema: SCHEMA, version: "2.1.0", runs: [run] }
}

fn descriptor(rule: &Metadata) -> RuleDescriptor<'_> {
    let (why, how) = (rule.why.trim(), rule.how_to_fix.trim());
    let links: Vec<String> = rule.links.iter().map(|link| format!("- <{link}>")).collect();
    let see = if links.is_empty() { String::new() } else { format!("\n\nSee also:\n\n{}", links.join("\n")) };
    RuleDescriptor {
        id: &rule.id,
        short_description: Text { text: &rule.summary },
        full_description: Text { text: why },
        help: Help {
            text: format!("{why}\n\nHow to fix it: {how}"),
            markdown: format!("{why}\n\n**How to fix it:** {how}{see}"),
        },
        help_uri: rule.links.first().map(String::as_str),
        default_configuration: Configuration { enabled: rule.status != Status::Off, level: level(rule.severity) },
        properties: RuleProperties { tags: vec!["azure", &rule.pack] },
    }
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}

fn finding<'m>(masked: &'m Masked<'_>, rules: &[&Metadata], diagnostic: &'m Diagnostic) -> Finding<'m> {
    let related = diagnostic.related.iter().enumerate();
    let help = diagnostic.help.as_ref().map(|help| format!("; {help}")).unwrap_or_default();
    Finding {
        rule_id: &diagnostic.rule,
        rule_index: rules.iter().position(|rule| rule.id == diagnostic.rule),
        level: level(diagnostic.severity),
        message: OwnedText { text: format!("{}{help}", diagnostic.headline()) },
        locations: [location(masked, None, &diagnostic.primary)],
        related_locations: related.map(|(at, label)| location(masked, Some(at + 1), label)).collect(),
        partial_fingerprints: Fingerprints { finding: fingerprint(masked, diagnostic) },
        fixes: diagnostic.fix.iter().map(|fix| mend(masked, fix)).collect(),
    }
}

fn question<'m>(masked: &Masked<'_>, undecided: &'m Undecided) -> Notification<'m> {
    let place = physical(masked, undecided.span);
    Notification {
        level: "note",
        message: OwnedText { text: undecided.reason.clone() },
        locations: vec![Location { id: None, place, message: None }],
        associated_rule: Some(RuleReference { id: &undecided.rule }),
    }
}

/// Says what was not looked into, since a run without findings about it proves nothing.
fn unread<'m>(masked: &Masked<'_>, omitted: &Omitted) -> Notification<'m> {
    let place = omitted.place.map(|span| Location { id: None, place: physical(masked, span), message: None });
    Notification {
        level: "note",
        message: OwnedText { text: format!("not analysed: {}: {}", omitted.kind.words(1), omitted.name) },
        locations: place.into_iter().collect(),
        associated_rule: None,
    }
}

fn location<'m>(masked: &Masked<'_>, id: Option<usize>, label: &'m Label) -> Location<'m> {
    let message = (!label.text.is_empty()).then_some(Text { text: &label.text });
    Location { id, place: physical(masked, label.span), message }
}

fn physical(masked: &Masked<'_>, span: Span) -> PhysicalLocation {
    PhysicalLocation { artifact_location: artifact(masked, span.file), region: region(masked, span) }
}

fn region(masked: &Masked<'_>, span: Span) -> Region {
    let [start, end] = masked.positions(span);
    Region { start_line: start.line, start_column: start.column, end_line: end.line, end_column: end.column }
}

fn artifact(masked: &Masked<'_>, file: FileId) -> Artifact {
    let path = masked.path(file);
    let encoded = percent_encoded(path);
    if path.starts_with('/') {
        Artifact { uri: format!("file://{encoded}"), uri_base_id: None }
    } else if path.as_bytes().get(1) == Some(&b':') {
        Artifact { uri: format!("file:///{encoded}"), uri_base_id: None }
    } else {
        Artifact { uri: encoded, uri_base_id: Some(ROOT) }
    }
}

/// A path as the path of a URI (RFC 3986).
fn percent_encoded(path: &str) -> String {
    let mut encoded = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/!$&'()*+,;=@".contains(&byte) {
            encoded.push(byte as char);
        } else {
            // Writing to a string cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

fn mend<'m>(masked: &Masked<'_>, fix: &'m Fix) -> Mend<'m> {
    let mut files: Vec<FileId> = fix.edits.iter().map(|edit| edit.span.file).collect();
    files.sort_unstable();
    files.dedup();
    let replacement = |edit: &'m Edit| Replacement {
        deleted_region: region(masked, edit.span),
        inserted_content: Text { text: &edit.replacement },
    };
    let change = |file: FileId| Change {
        artifact_location: artifact(masked, file),
        replacements: fix.edits.iter().filter(|edit| edit.span.file == file).map(replacement).collect(),
    };
    Mend { description: Text { text: &fix.title }, artifact_changes: files.into_iter().map(change).collect() }
}

/// Tells whether a finding of a later run is this one: the rule, the file and the text of the line round the mark, but
/// neither its number nor its indentation.
fn fingerprint(masked: &Masked<'_>, diagnostic: &Diagnostic) -> String {
    let span = diagnostic.primary.span;
    let text = masked.text(span.file);
    let end_of_line = |c: char| matches!(c, '\n' | '\r');
    let before = text[..span.start as usize].chars().rev().take_while(|c| !end_of_line(*c)).take(FINGERPRINTED);
    let before: Vec<char> = before.collect();
    let marked = text[span.range()].chars().take_while(|c| !end_of_line(*c)).take(FINGERPRINTED);
    let after = text[span.end as usize..].chars().take_while(|c| !end_of_line(*c)).take(FINGERPRINTED);
    let line: String = before.into_iter().rev().chain(marked).chain(after).filter(|c| !c.is_whitespace()).collect();
    format!("{:016x}", fnv1a(&[&diagnostic.rule, masked.path(span.file), &line]))
}

/// The 64-bit FNV-1a hash of `parts`, which stays the same in every version of plimsoll.
fn fnv1a(parts: &[&str]) -> u64 {
    let bytes = parts.iter().flat_map(|part| part.bytes().chain([0]));
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_becomes_the_path_of_a_uri() {
        assert_eq!(percent_encoded("infra/my file#1%.json"), "infra/my%20file%231%25.json");
        assert_eq!(percent_encoded("é:x"), "%C3%A9%3Ax");
    }

    #[test]
    fn the_hash_is_fnv1a() {
        assert_eq!(fnv1a(&[]), 0xcbf2_9ce4_8422_2325);
        assert_eq!(fnv1a(&["a"]), fnv1a(&["a"]));
        assert_ne!(fnv1a(&["ab", "c"]), fnv1a(&["a", "bc"]));
    }
}
