//! `docs/troubleshooting-coverage.md`: what Microsoft's troubleshooting page tells to look at, and what looks at it here.

use std::fmt::Write;
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

use plimsoll::diagnose::diagnose;
use plimsoll::diagnose::spec::DiagnosisSpec;
use plimsoll::engine::catalogue::Catalogue;
use plimsoll::engine::spec::{EntrySpec, ExampleSpec, RuleSpec, SectionSpec, TroubleshootingSpec};
use plimsoll::lint::{Input, Settings, lint};

use super::{assert_current, in_project, note};
use crate::diagnose::diagnosis_files;
use crate::examples::{Example, NOW, lint_files, rule_files};

/// Most characters of an example that are shown.
const MOST: usize = 120;

/// The page, and everything that answers it.
struct Coverage {
    page: TroubleshootingSpec,
    rules: Vec<RuleSpec>,
    diagnoses: Vec<DiagnosisSpec>,
}

impl Coverage {
    fn read() -> Self {
        let page = fs::read_to_string(in_project("rules/troubleshooting.yaml")).unwrap();
        Self {
            page: serde_saphyr::from_str(&page).unwrap(),
            rules: rule_files().into_iter().map(|(_, rule)| rule).collect(),
            diagnoses: diagnosis_files(),
        }
    }

    fn rules(&self, entry: &EntrySpec) -> impl Iterator<Item = &RuleSpec> {
        self.rules.iter().filter(|rule| rule.troubleshooting.contains(&entry.id))
    }

    fn diagnoses(&self, entry: &EntrySpec) -> impl Iterator<Item = &DiagnosisSpec> {
        self.diagnoses.iter().filter(|diagnosis| diagnosis.troubleshooting.contains(&entry.id))
    }

    /// The example that shows `entry` and what it draws, run here and now; an error says why there is none.
    fn example(&self, entry: &EntrySpec) -> Result<String, String> {
        if let Some(rule) = self.rules(entry).find(|rule| rule.id == entry.shown_by) {
            return finding(rule, entry.example.as_deref());
        }
        let diagnosis = self.diagnoses(entry).find(|diagnosis| diagnosis.id == entry.shown_by);
        let diagnosis = diagnosis.ok_or_else(|| format!("`{}` does not name the entry", entry.shown_by))?;
        diagnosed(diagnosis)
    }
}

/// The line to which a failing example of `rule` is pointed at, and the message.
fn finding(rule: &RuleSpec, title: Option<&str>) -> Result<String, String> {
    let fails = |spec: &&ExampleSpec| {
        let fails = spec.fail_arm.is_some() || spec.fail_bicep.is_some() || !spec.fail_file.is_empty();
        fails && title.is_none_or(|title| spec.title.as_deref() == Some(title))
    };
    let spec = rule.examples.iter().find(fails).ok_or("there is no such failing example")?;
    let example = Example::new(rule, spec);
    let outcome = lint_files(&example.files, &rule.id);
    let found = outcome.diagnostics.iter().find(|found| *found.rule == *rule.id).ok_or("the example draws nothing")?;
    let span = found.primary.span;
    let file = outcome.sources.file(span.file);
    let line = marked_line(file.text(), span.range());
    Ok(format!("`{}`: {}<br>**{}**: {}", file.path(), code(&line), found.severity, found.headline()))
}

/// The first example of `diagnosis`, or of a long one what it is recognised by, and what is said of it.
fn diagnosed(diagnosis: &DiagnosisSpec) -> Result<String, String> {
    let example = diagnosis.examples.first().ok_or("there is no example")?;
    let found = diagnose(example);
    let [one] = &*found.diagnoses else { return Err("the example draws no diagnosis, or several".to_owned()) };
    if one.id != diagnosis.id {
        return Err(format!("the example draws `{}`", one.id));
    }
    let is_short = example.lines().count() == 1 && example.len() <= MOST;
    let quoted = if is_short { example.trim() } else { &one.recognised_by };
    let mut shown = format!("{}<br>**diagnosis**: {}", code(quoted), one.title);
    for id in &found.ids.correlation {
        write!(shown, "<br>**correlation id for support**: {id}").unwrap();
    }
    Ok(shown)
}

/// The first line of `range` between its marks, and what fits of the text around it.
fn marked_line(text: &str, range: Range<usize>) -> String {
    const BEFORE: usize = 30;
    let marked = text[range.clone()].lines().next().unwrap_or_default();
    let before = text[..range.start].rsplit('\n').next().unwrap_or_default().trim_start();
    let after = text[range.start + marked.len()..].lines().next().unwrap_or_default();
    let cut = before.chars().count().saturating_sub(BEFORE);
    let before: String = before.chars().skip(cut).collect();
    let line = format!("{}{before}«{marked}»{after}", if cut > 0 { "…" } else { "" });
    match line.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

/// `text` as code in a cell of a table.
fn code(text: &str) -> String {
    let text = text.replace('|', "\\|");
    if text.contains('`') { format!("`` {text} ``") } else { format!("`{text}`") }
}

/// The anchor of a heading, on Microsoft's pages and in Markdown.
fn anchor(heading: &str) -> String {
    heading.to_lowercase().replace(' ', "-")
}

#[test]
fn the_coverage_of_the_troubleshooting_page_is_current() {
    let coverage = Coverage::read();
    let mut problems = Vec::new();
    let mut page = format!(
        "# What is covered of the troubleshooting page\n\nGenerated from `rules/`. Each entry of Microsoft's \
         [page on transfers that failed]({}), in our words; the rules that find it in files, mostly before deployment; \
         the diagnoses of `plimsoll diagnose` for what happened all the same; and an example from their tests with what it \
         draws. « » enclose what a finding points at.\n",
        coverage.page.page
    );
    for section in &coverage.page.sections {
        let SectionSpec { heading, entries } = section;
        write!(page, "\n## {heading}\n\n<{}#{}>\n\n", coverage.page.page, anchor(heading)).unwrap();
        page.push_str("| what to look at | rules | diagnoses | an example |\n|---|---|---|---|\n");
        for entry in entries {
            let example = coverage.example(entry).unwrap_or_else(|problem| {
                problems.push(format!("{}: {problem}", entry.id));
                String::new()
            });
            let rules: Vec<String> = coverage.rules(entry).map(|rule| rule_link(&rule.id)).collect();
            let diagnoses: Vec<String> = coverage
                .diagnoses(entry)
                .map(|DiagnosisSpec { id, .. }| format!("[`{id}`](../rules/diagnose/{id}.yaml)"))
                .collect();
            writeln!(
                page,
                "| {} | {} | {} | {example} |",
                entry.says.replace('|', "\\|"),
                rules.join(", "),
                diagnoses.join(", ")
            )
            .unwrap();
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    assert!(!page.contains("sig="), "an example with a token in it");
    assert_current("docs/troubleshooting-coverage.md", &page);
}

fn rule_link(id: &str) -> String {
    let status = Catalogue::built_in().rule(id).unwrap().metadata.status;
    format!("[`{id}`](rules.md#{id}){}", note(status))
}

/// The bullets and boxes below each heading of a page, in its order.
fn bullets(page: &str, headings: &[&str]) -> Vec<(String, usize)> {
    let mut found: Vec<(String, usize)> = Vec::new();
    for line in page.lines().map(str::trim) {
        if headings.contains(&line) {
            found.push((line.to_owned(), 0));
        } else if line.starts_with('•') || line == "Important" || line == "Note" {
            found.last_mut().expect("a bullet below a heading").1 += 1;
        }
    }
    found
}

/// The text of the page, which is not part of the project.
fn brief() -> Option<String> {
    let folders = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().skip(1);
    let path = |folder: &Path| -> PathBuf { folder.join("shared/brief/acr-transfer-troubleshooting.txt") };
    folders.map(path).find_map(|path| fs::read_to_string(path).ok())
}

#[test]
fn no_bullet_of_the_page_is_left_out() {
    let Some(text) = brief() else {
        eprintln!("skipped: `shared/brief` is not beside the project");
        return;
    };
    let page = Coverage::read().page;
    let headings: Vec<&str> = page.sections.iter().map(|section| &*section.heading).collect();
    // A heading without a bullet is an entry itself.
    let on_page: Vec<(String, usize)> =
        bullets(&text, &headings).into_iter().map(|(heading, count)| (heading, count.max(1))).collect();
    let here: Vec<(String, usize)> =
        page.sections.iter().map(|section| (section.heading.clone(), section.entries.len())).collect();
    assert_eq!(here, on_page);
}

/// What the page calls expected draws no finding.
#[test]
fn an_expected_answer_draws_no_finding() {
    let specs = diagnosis_files();
    let expected = ["key-vault-uri-null", "principal-id-null"];
    let examples = specs.iter().filter(|spec| expected.contains(&&*spec.id)).flat_map(|spec| &spec.examples);
    let answers: Vec<&String> = examples.filter(|example| example.contains("\"type\"")).collect();
    assert_eq!(answers.len(), 4);
    for answer in answers {
        let path = "answer.json".to_owned();
        let input = Input { path, text: Ok(answer.clone()), explicit: false };
        let outcome = lint(vec![input], &Settings::at(NOW.parse().unwrap()), &|_: &str| None);
        assert!(outcome.diagnostics.is_empty(), "{:?}", outcome.diagnostics);
    }
}
