//! Pragmas silence findings where they start, in Bicep files and in their parameter files; nothing else is silenced.

use plimsoll::lint::{Input, Outcome, Settings, lint};

use crate::examples::NOW;

fn check(files: &[(&str, &str)]) -> Outcome {
    let input =
        |(path, text): &(&str, &str)| Input { path: (*path).to_owned(), text: Ok((*text).to_owned()), explicit: true };
    let mut settings = Settings::at(NOW.parse().unwrap());
    settings.select = ["acr-transfer-api-version", "acr-transfer-resource-name", "bicep-syntax", "unknown-suppression"]
        .map(str::to_owned)
        .to_vec();
    lint(files.iter().map(input).collect(), &settings, &|_: &str| None)
}

/// `path:line rule` of each finding.
fn shown(outcome: &Outcome) -> Vec<String> {
    let line = |diagnostic: &plimsoll::diagnostic::Diagnostic| {
        let span = diagnostic.primary.span;
        let path = outcome.sources.file(span.file).path();
        format!("{path}:{} {}", outcome.sources.position(span).line, diagnostic.rule)
    };
    outcome.diagnostics.iter().map(line).collect()
}

fn pipeline(symbol: &str, before: [&str; 2]) -> String {
    let [before_type, before_name] = before;
    format!(
        "{before_type}\nresource {symbol} 'Microsoft.ContainerRegistry/registries/exportPipelines@2023-07-01' = {{\n  \
         parent: registry\n{before_name}\n  name: '{symbol}-pipe'\n}}\n"
    )
}

const REGISTRY: &str =
    "resource registry 'Microsoft.ContainerRegistry/registries@2023-07-01' existing = {\n  name: 'contoso'\n}\n";

#[test]
fn a_pragma_silences_the_next_line_only() {
    let next = "#disable-next-line no-unused-vars acr-transfer-api-version";
    let text = format!("{REGISTRY}{}{}", pipeline("a", [next, next]), pipeline("b", ["", ""]));
    let outcome = check(&[("main.bicep", &text)]);
    let expected = [
        "main.bicep:8 acr-transfer-resource-name",
        "main.bicep:11 acr-transfer-api-version",
        "main.bicep:14 acr-transfer-resource-name",
    ];
    assert_eq!(shown(&outcome), expected);
    assert_eq!(outcome.coverage.suppressed, 1);
}

#[test]
fn a_region_ends_where_its_ids_are_restored() {
    let (off, on) =
        ("#disable-diagnostics acr-transfer-api-version acr-transfer-resource-name", "#restore-diagnostics");
    let on = format!("{on} acr-transfer-api-version");
    let parts = [pipeline("a", [off, ""]), pipeline("b", [&on, ""]), pipeline("c", ["", ""])];
    let outcome = check(&[("main.bicep", &format!("{REGISTRY}{}", parts.concat()))]);
    assert_eq!(shown(&outcome), ["main.bicep:11 acr-transfer-api-version", "main.bicep:17 acr-transfer-api-version"]);
    assert_eq!(outcome.coverage.suppressed, 4);
}

#[test]
fn a_value_is_silenced_where_it_is_written() {
    let main = format!(
        "param name string\n{REGISTRY}#disable-next-line acr-transfer-resource-name\nresource pipe \
         'Microsoft.ContainerRegistry/registries/exportPipelines@2025-06-01-preview' = {{\n  parent: registry\n  name: \
         name\n}}\n"
    );
    let loud = "using 'main.bicep'\nparam name = 'a-pipe'\n";
    let silent = "using 'main.bicep'\n#disable-next-line acr-transfer-resource-name\nparam name = 'a-pipe'\n";
    let outcome = check(&[("main.bicep", &main), ("main.bicepparam", loud)]);
    assert_eq!(shown(&outcome), ["main.bicepparam:2 acr-transfer-resource-name"]);
    let outcome = check(&[("main.bicep", &main), ("main.bicepparam", silent)]);
    assert_eq!((shown(&outcome), outcome.coverage.suppressed), (Vec::new(), 1));
}

#[test]
fn errors_of_syntax_are_always_shown() {
    let outcome = check(&[("main.bicep", "#disable-diagnostics bicep-syntax\nparam\n")]);
    assert_eq!(shown(&outcome), ["main.bicep:2 bicep-syntax"]);
}

#[test]
fn an_unknown_id_of_ours_is_a_finding() {
    let outcome =
        check(&[("main.bicep", "#disable-next-line acr-transfer-api-versions no-such-rule\nparam a string\n")]);
    let helps: Vec<_> = outcome.diagnostics.iter().map(|d| (&*d.message, d.help.as_deref())).collect();
    let expected = ("there is no rule `acr-transfer-api-versions`", Some("did you mean `acr-transfer-api-version`?"));
    assert_eq!(helps, [expected]);
}
