//! What the formats print: exact places, bounded size, the same bytes every time.

use plimsoll::diagnostic::{Diagnostic, Edit, Fix, Label, Safety, Severity};
use plimsoll::engine::catalogue::Catalogue;
use plimsoll::lint::{Outcome, Undecided};
use plimsoll::report::{self, Format, Options};
use plimsoll::source::{SourceFile, Span};
use serde_json::{Value, json};

use crate::command::{Folder, HEAD};

const FORMATS: [&str; 4] = ["text", "concise", "json", "sarif"];

/// A template with a wrong function behind a byte order mark, CRLF, a tab and an emoji.
fn awkward() -> String {
    format!("\u{feff}{HEAD},\r\n\t\"variables\": {{\"😀\": \"[toLow('X')]\"}},\r\n\"resources\": []}}\r\n")
}

fn json_of(folder: &Folder, arguments: &[&str]) -> Value {
    let ran = folder.check(arguments);
    serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{error}: {}", ran.stdout))
}

fn print(outcome: &Outcome, format: Format, options: Options) -> String {
    let rules: Vec<_> = Catalogue::built_in().rules().iter().map(|rule| &rule.metadata).collect();
    let mut out = Vec::new();
    report::write(outcome, &rules, format, options, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// An outcome with one finding at the first `marked` of `text`.
fn outcome(text: &str, marked: &str) -> (Outcome, Span) {
    let mut outcome = Outcome::default();
    let file = outcome.sources.add(SourceFile::new("main.json", text));
    let at = text.find(marked).unwrap();
    let span = Span::new(file, at, at + marked.len());
    outcome.diagnostics.push(Diagnostic::new("unknown-name", Severity::Error, "`x` is wrong", Label::new(span, "")));
    (outcome, span)
}

#[test]
fn places_are_exact_in_every_format() {
    let folder = Folder::new("places").with("main.json", awkward());
    let ran = folder.check(&["--format", "concise"]);
    assert_eq!(ran.stdout, "main.json:2:23: error[unknown-function] there is no function `toLow`\n");
    assert_eq!(ran.stderr, "1 error in 1 file (0 resources)\n");
    assert_eq!(ran.code, Some(1));

    let ran = folder.check(&[]);
    let marked = "\
  ┌─ main.json:2:23
  │
2 │     \"variables\": {\"😀\": \"[toLow('X')]\"},
  │                           ^^^^^
";
    assert!(ran.stdout.contains(marked), "{}", ran.stdout);

    let found = &json_of(&folder, &["--format", "json"])["diagnostics"][0];
    let offset = awkward().find("toLow").unwrap();
    let range = json!({
        "start": {"line": 2, "column": 23, "offset": offset},
        "end": {"line": 2, "column": 28, "offset": offset + 5},
    });
    assert_eq!((&found["path"], &found["range"]), (&json!("main.json"), &range));

    let run = &json_of(&folder, &["--format", "sarif"])["runs"][0];
    assert_eq!(run["columnKind"], "unicodeCodePoints");
    let region = json!({"startLine": 2, "startColumn": 23, "endLine": 2, "endColumn": 28});
    assert_eq!(run["results"][0]["locations"][0]["physicalLocation"]["region"], region);
}

#[test]
fn text_shows_the_places_the_fix_and_the_numbers() {
    let resource = r#"{
    "type": "Microsoft.ContainerRegistry/registries/exportPipelines",
    "apiVersion": "2023-01-01-preview",
    "name": "contoso/exportPipe",
    "properties": {"target": {"storageAccessMode": "ManagedIdentity"}}
  }"#;
    let folder = Folder::new("text").with("main.json", format!("{HEAD},\n\"resources\": [\n  {resource}\n]}}\n"));
    let arguments = ["--select", "acr-transfer-access-mode-api-version"];
    let expected = "\
error[acr-transfer-access-mode-api-version]: `storageAccessMode` needs API version 2025-06-01-preview or later; \
found 2023-01-01-preview
  ┌─ main.json:5:19
  │
5 │     \"apiVersion\": \"2023-01-01-preview\",
  │                   ^^^^^^^^^^^^^^^^^^^^
6 │     \"name\": \"contoso/exportPipe\",
7 │     \"properties\": {\"target\": {\"storageAccessMode\": \"ManagedIdentity\"}}
  │                                                    ----------------- used here
  │
  = fix: replace by '2025-06-01-preview'
  = see: plimsoll explain acr-transfer-access-mode-api-version

1 error in 1 file (1 resource)
";
    assert_eq!(folder.check(&arguments).stdout, expected);

    let sarif = json_of(&folder, &[&["--format", "sarif"], &arguments[..]].concat());
    let result = &sarif["runs"][0]["results"][0];
    assert_eq!(result["relatedLocations"][0]["message"]["text"], "used here");
    let replacement = &result["fixes"][0]["artifactChanges"][0]["replacements"][0];
    let expected = json!({
        "deletedRegion": {"startLine": 5, "startColumn": 19, "endLine": 5, "endColumn": 39},
        "insertedContent": {"text": "\"2025-06-01-preview\""},
    });
    assert_eq!(replacement, &expected);
}

#[test]
fn a_huge_line_gives_a_small_report() {
    let filler = "\"x\", ".repeat(50_000);
    let text =
        format!("{HEAD}, \"variables\": {{\"f\": [{filler}\"[toLow('X')]\", {filler}\"y\"]}}, \"resources\": []}}");
    assert!(text.len() > 500_000);
    let column = text.find("toLow").unwrap() + 1;
    let folder = Folder::new("huge_line").with("main.json", text);
    for format in FORMATS {
        let ran = folder.check(&["--format", format, "--select", "unknown-function"]);
        assert!(ran.stdout.len() < 4000, "{format}: {} bytes", ran.stdout.len());
        assert!(ran.stdout.contains(&column.to_string()), "{format}: {}", ran.stdout);
    }
    let ran = folder.check(&[]);
    let shown = ran.stdout.lines().find(|line| line.contains("toLow('X')")).unwrap();
    assert!(shown.chars().count() < 180 && shown.matches('…').count() == 2, "{shown}");
}

#[test]
fn marks_far_apart_in_one_line_are_shown_apart() {
    let text = format!("A{}B", " ".repeat(1000));
    let (mut found, span) = outcome(&text, "A");
    let other = Span::new(span.file, 1001, 1002);
    found.diagnostics[0].related.push(Label::new(other, "here too"));
    let printed = print(&found, Format::Text, Options::default());
    assert!(printed.contains("┌─ main.json:1:1\n") && printed.contains("┌─ main.json:1:1002\n"), "{printed}");
    assert!(printed.contains("- here too\n"), "{printed}");
}

#[test]
fn a_mark_over_lines_and_one_at_the_end_are_shown_in_their_first_line() {
    let (found, _) = outcome("a\r\n  {\r\n  }\r\n", "{\r\n  }");
    let printed = print(&found, Format::Text, Options::default());
    assert!(printed.contains("┌─ main.json:2:3\n  │\n2 │   {\n  │   ^\n"), "{printed}");
    let (mut found, span) = outcome("abc\n", "c");
    found.diagnostics[0].primary.span = Span::new(span.file, 4, 4);
    let printed = print(&found, Format::Text, Options::default());
    assert!(printed.contains("┌─ main.json:2:1\n"), "{printed}");
}

#[test]
fn an_info_is_called_info() {
    let (mut found, _) = outcome("abc", "b");
    found.diagnostics[0].severity = Severity::Info;
    let printed = print(&found, Format::Text, Options::default());
    assert!(printed.starts_with("info[unknown-name]: `x` is wrong\n"), "{printed}");
    assert!(printed.ends_with("\n1 info in 0 files (0 resources)\n"), "{printed}");
    assert!(print(&found, Format::Sarif, Options::default()).contains("\"level\": \"note\""));
}

#[test]
fn undecided_questions_are_listed_when_asked_for() {
    let resource = r#"{"type": "Microsoft.ContainerRegistry/registries/exportPipelines", "apiVersion": "2023-01-01-preview",
        "name": "contoso/exportPipe", "properties": {"target": {"storageAccessMode": "[parameters('mode')]"}}}"#;
    let text =
        format!("{HEAD},\n\"parameters\": {{\"mode\": {{\"type\": \"string\"}}}},\n\"resources\": [{resource}]}}");
    let folder = Folder::new("undecided").with("main.json", text);
    let select = ["--select", "acr-transfer-access-mode-api-version"];
    let with = |more: &[&'static str]| [&select[..], more].concat();

    let plain = folder.check(&select);
    let hint = "no findings in 1 file (1 resource); 1 question undecided (--show-unknown lists them)\n";
    assert_eq!((plain.code, &*plain.stdout), (Some(0), hint));

    let line = "main.json:2:16: undecided[acr-transfer-access-mode-api-version] depends on `parameters('mode')`\n";
    assert_eq!(folder.check(&with(&["--show-unknown", "--format", "concise"])).stdout, line);
    let text = folder.check(&with(&["--show-unknown"])).stdout;
    assert_eq!(text, format!("{line}\nno findings in 1 file (1 resource); 1 question undecided\n"));

    let json = json_of(&folder, &with(&["--show-unknown", "--format", "json"]));
    assert_eq!(json["undecided"][0]["reason"], "depends on `parameters('mode')`");
    assert_eq!(json["undecided"][0]["range"]["start"]["column"], 16);
    assert_eq!(json_of(&folder, &with(&["--format", "json"])).get("undecided"), None);
    let sarif = json_of(&folder, &with(&["--show-unknown", "--format", "sarif"]));
    let notes = &sarif["runs"][0]["invocations"][0]["toolExecutionNotifications"];
    assert_eq!(notes[0]["associatedRule"]["id"], "acr-transfer-access-mode-api-version");
}

#[test]
fn json_says_everything_about_a_finding() {
    let (mut found, span) = outcome("a: b", "b");
    let fix = Fix {
        title: "replace by c".to_owned(),
        safety: Safety::Safe,
        edits: vec![Edit { span, replacement: "c".to_owned() }],
    };
    let diagnostic = &mut found.diagnostics[0];
    diagnostic.witness = Some("when `a` is 1".to_owned());
    diagnostic.help = Some("write c".to_owned());
    diagnostic.fix = Some(fix);
    found.coverage.unparsed = 2;
    let printed: Value = serde_json::from_str(&print(&found, Format::Json, Options::default())).unwrap();
    let point = |column: usize| json!({"line": 1, "column": column, "offset": column - 1});
    let range = json!({"start": point(4), "end": point(5)});
    let expected = json!({
        "version": 1,
        "tool": {"name": "plimsoll", "version": env!("CARGO_PKG_VERSION")},
        "diagnostics": [{
            "path": "main.json",
            "range": range,
            "severity": "error",
            "rule": "unknown-name",
            "message": "`x` is wrong",
            "witness": "when `a` is 1",
            "help": "write c",
            "related": [],
            "fix": {
                "title": "replace by c",
                "safety": "safe",
                "edits": [{"path": "main.json", "range": range, "replacement": "c"}],
            },
        }],
        "summary": {
            "errors": 1, "warnings": 0, "infos": 0, "files": 0, "resources": 0, "suppressed": 0, "filledLater": 0, "undecided": 0, "unparsed": 2,
            "omitted": [],
        },
    });
    assert_eq!(printed, expected);
}

/// `serde-sarif` is generated from the standard's JSON schema. It drops members that it does not know, so that only what
/// the standard knows comes back.
fn accepted(sarif: &Value) -> bool {
    let log: Result<serde_sarif::sarif::Sarif, _> = serde_json::from_value(sarif.clone());
    log.is_ok_and(|log| serde_json::to_value(log).unwrap() == *sarif)
}

#[test]
fn a_bug_in_a_report_costs_one_finding() {
    let (mut found, span) = outcome("[b]", "b");
    // No rule makes such a place.
    let nowhere = Span::new(span.file, 900, 901);
    found.diagnostics.push(Diagnostic::new("unknown-name", Severity::Error, "lost", Label::new(nowhere, "")));
    for format in [Format::Concise, Format::Json, Format::Sarif] {
        let mut out = Vec::new();
        let all_shown = report::write(&found, &[], format, Options::default(), &mut out).unwrap();
        let printed = String::from_utf8(out).unwrap();
        assert!(!all_shown && printed.contains("`x` is wrong") && !printed.contains("lost"), "{printed}");
        assert!(printed.contains("internal-error") && printed.contains("failed to show a finding"), "{printed}");
    }
}

#[test]
fn sarif_is_what_the_standard_asks_for() {
    let (mut found, span) = outcome("[\n  b\n]", "b");
    found.diagnostics[0].related.push(Label::new(span, "related"));
    let edits = vec![Edit { span: Span::new(span.file, 0, 0), replacement: "c".to_owned() }];
    found.diagnostics[0].fix = Some(Fix { title: "add c".to_owned(), safety: Safety::Unsafe, edits });
    found.coverage.undecided.push(Undecided { span, rule: "unknown-name".into(), reason: "depends".to_owned() });
    let printed = print(&found, Format::Sarif, Options { color: false, show_unknown: true });
    let sarif: Value = serde_json::from_str(&printed).unwrap();
    assert!(accepted(&sarif), "{printed}");

    let mut wrong = sarif.clone();
    wrong["runs"][0]["results"][0]["colour"] = json!("red");
    assert!(!accepted(&wrong));
    let mut wrong = sarif.clone();
    wrong["runs"][0]["results"][0]["level"] = json!("fatal");
    assert!(!accepted(&wrong));

    assert_eq!((&sarif["version"], &sarif["runs"][0]["tool"]["driver"]["name"]), (&json!("2.1.0"), &json!("plimsoll")));
    let result = &sarif["runs"][0]["results"][0];
    let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
    let rule = &sarif["runs"][0]["tool"]["driver"]["rules"][index];
    assert_eq!(rule["id"], result["ruleId"]);
    assert_eq!(rule["defaultConfiguration"]["level"], "error");
    assert!(rule["help"]["markdown"].as_str().unwrap().contains("**How to fix it:** Declare the name"));
    let artifact = &result["locations"][0]["physicalLocation"]["artifactLocation"];
    assert_eq!(artifact, &json!({"uri": "main.json", "uriBaseId": "%SRCROOT%"}));
}

#[test]
fn the_binary_writes_sarif_that_is_accepted() {
    let folder =
        Folder::new("sarif").with("a b/é#.json", awkward()).with("broken.json", format!("{HEAD}, \"resources\": ["));
    let sarif = json_of(&folder, &["--format", "sarif", "--show-unknown"]);
    assert!(accepted(&sarif), "{sarif:#}");
    let run = &sarif["runs"][0];
    let uri = |at: usize| &run["results"][at]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
    assert_eq!((uri(0), uri(1)), (&json!("a%20b/%C3%A9%23.json"), &json!("broken.json")));
    assert_eq!(run["invocations"][0]["executionSuccessful"], false);
}

#[test]
fn a_fingerprint_survives_new_lines_and_indentation_only() {
    let fingerprint = |text: &str| {
        let (found, _) = outcome(text, "bad");
        let sarif: Value = serde_json::from_str(&print(&found, Format::Sarif, Options::default())).unwrap();
        sarif["runs"][0]["results"][0]["partialFingerprints"]["plimsollFinding/v1"].as_str().unwrap().to_owned()
    };
    let first = fingerprint("a\nx: bad,\nb");
    assert_eq!(first, fingerprint("\r\n\r\na\n   x:bad,\r\nc"));
    assert_ne!(first, fingerprint("a\ny: bad,\nb"));
}

#[test]
fn output_is_the_same_on_every_run_and_thread_count() {
    let mut folder = Folder::new("same");
    for at in 0..12 {
        let text =
            format!("{HEAD}, \"variables\": {{\"a\": \"[f{at}()]\", \"b\": \"[g()]\", \"A\": 1}}, \"resources\": []}}");
        folder = folder.with(&format!("{}/{at}.json", at % 3), text);
    }
    for format in FORMATS {
        let on = |threads: &str| folder.check(&["--format", format, "--threads", threads]);
        let first = on("1");
        assert_eq!(first.code, Some(1));
        assert!(first.stdout.len() > 1000, "{}", first.stdout);
        assert_eq!(first, on("2"), "{format}");
        assert_eq!(first, on("2"), "{format}");
    }
}

#[test]
fn colour_is_for_those_who_want_it() {
    let folder = Folder::new("colour").with("main.json", awkward());
    assert!(folder.check(&["--color", "always"]).stdout.contains("\u{1b}["));
    assert!(!folder.check(&[]).stdout.contains('\u{1b}'));
    for format in &FORMATS[1..] {
        assert!(!folder.check(&["--color", "always", "--format", format]).stdout.contains('\u{1b}'), "{format}");
    }
    let plain = folder.run(&["check"], &[("NO_COLOR", "1"), ("CLICOLOR_FORCE", "1")]);
    assert!(!plain.stdout.contains('\u{1b}'), "{}", plain.stdout);
}

#[test]
fn many_findings_stay_cheap() {
    let (mut found, span) = outcome(&"y".repeat(600_000), "y");
    for at in 0..200 {
        let span = Span::new(span.file, at * 3000, at * 3000 + 1);
        found.diagnostics.push(Diagnostic::new(
            "unknown-name",
            Severity::Error,
            "z".repeat(9000),
            Label::new(span, ""),
        ));
    }
    for format in [Format::Text, Format::Concise, Format::Json, Format::Sarif] {
        let printed = print(&found, format, Options::default());
        assert!(printed.len() < 600_000, "{format:?}: {}", printed.len());
    }
    assert_eq!(report::summary_line(&found, Options::default()), "201 errors in 0 files (0 resources)");
}
