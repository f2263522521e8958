//! The inline examples of every rule file: the marked text is exactly what the rule points at.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use plimsoll::diagnostic::{Diagnostic, Edit, Label};
use plimsoll::engine::rule::severity;
use plimsoll::engine::spec::{ExampleSpec, RuleSpec};
use plimsoll::lint::{Input, Outcome, Settings, lint};

/// The time of all examples.
pub(crate) const NOW: &str = "2026-11-23T00:00:00Z";

/// All rule files: the path and the parsed file.
pub(crate) fn rule_files() -> Vec<(PathBuf, RuleSpec)> {
    let mut rules = Vec::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules");
    let is_rule =
        |entry: &walkdir::DirEntry| entry.file_name() != "diagnose" && entry.file_name() != "troubleshooting.yaml";
    for entry in walkdir::WalkDir::new(root).sort_by_file_name().into_iter().filter_entry(is_rule) {
        let path = entry.unwrap().into_path();
        let is_yaml = path.extension().is_some_and(|extension| extension == "yaml");
        if is_yaml && !path.ends_with("definitions.yaml") {
            let text = fs::read_to_string(&path).unwrap();
            let rule = serde_saphyr::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            rules.push((path, rule));
        }
    }
    rules
}

/// Ranges of bytes, each by its start and its end.
type Ranges = Vec<(usize, usize)>;

/// A text without its marks, and the ranges that those for findings enclose.
pub(crate) fn unmark(text: &str) -> (String, Ranges) {
    let (plain, ranges, _) = unmark_both(text);
    (plain, ranges)
}

/// A text without its marks, and the ranges that those for findings and those for other places enclose.
fn unmark_both(text: &str) -> (String, Ranges, Ranges) {
    let mut plain = String::new();
    let (mut open, mut ranges) = ([Vec::new(), Vec::new()], [Vec::new(), Vec::new()]);
    for c in text.chars() {
        match c {
            '«' => open[0].push(plain.len()),
            '‹' => open[1].push(plain.len()),
            '»' => ranges[0].push((open[0].pop().expect("`»` without `«`"), plain.len())),
            '›' => ranges[1].push((open[1].pop().expect("`›` without `‹`"), plain.len())),
            c => plain.push(c),
        }
    }
    assert!(open.iter().all(Vec::is_empty), "a mark is not closed");
    let [mut marks, mut others] = ranges;
    marks.sort_unstable();
    others.sort_unstable();
    (plain, marks, others)
}

/// Lints `files` with one rule.
pub(crate) fn lint_files(files: &BTreeMap<String, String>, rule: &str) -> Outcome {
    let inputs =
        files.iter().map(|(path, text)| Input { path: path.clone(), text: Ok(text.clone()), explicit: true }).collect();
    let mut settings = Settings::at(NOW.parse().unwrap());
    settings.select = [
        rule,
        "json-syntax",
        "bicep-syntax",
        "expression-syntax",
        "unknown-function",
        "unknown-name",
        "internal-error",
    ]
    .map(str::to_owned)
    .to_vec();
    lint(inputs, &settings, &|_: &str| None)
}

/// An example that is ready to run.
pub(crate) struct Example<'a> {
    rule: &'a RuleSpec,
    spec: &'a ExampleSpec,
    title: String,
    main: String,
    fails: bool,
    /// All its files, without marks.
    pub(crate) files: BTreeMap<String, String>,
    marks: Vec<(String, usize, usize)>,
    others: Vec<(String, usize, usize)>,
}

impl<'a> Example<'a> {
    pub(crate) fn new(rule: &'a RuleSpec, spec: &'a ExampleSpec) -> Self {
        let single = [
            (&spec.fail_arm, "main.json", true),
            (&spec.pass_arm, "main.json", false),
            (&spec.fail_bicep, "main.bicep", true),
            (&spec.pass_bicep, "main.bicep", false),
        ];
        let single = single
            .into_iter()
            .filter_map(|(text, name, fails)| Some((BTreeMap::from([(name.to_owned(), text.clone()?)]), fails)));
        let several = [(&spec.fail_file, true), (&spec.pass_file, false)];
        let several = several.into_iter().filter(|(files, _)| !files.is_empty());
        let mut kinds: Vec<_> = single.chain(several.map(|(files, fails)| (files.clone(), fails))).collect();
        assert!(kinds.len() == 1, "{}: an example is one of the six kinds", rule.id);
        let (own, fails) = kinds.remove(0);
        let (main, text) = own.first_key_value().map(|(name, text)| (name.clone(), text.clone())).unwrap();
        let mut texts = spec.files.clone();
        texts.extend(own);
        let (mut files, mut marks, mut others) = (BTreeMap::new(), Vec::new(), Vec::new());
        for (path, text) in texts {
            let (plain, own, related) = unmark_both(&text);
            marks.extend(own.into_iter().map(|(start, end)| (path.clone(), start, end)));
            others.extend(related.into_iter().map(|(start, end)| (path.clone(), start, end)));
            files.insert(path, plain);
        }
        marks.sort();
        others.sort();
        let title = spec.title.clone().unwrap_or_else(|| text.chars().take(60).collect());
        Self { rule, spec, title: format!("{} ({title})", rule.id), main, fails, files, marks, others }
    }

    fn run(&self) -> Vec<String> {
        let outcome = lint_files(&self.files, &self.rule.id);
        let mut problems = Vec::new();
        for diagnostic in outcome.diagnostics.iter().filter(|diagnostic| *diagnostic.rule != *self.rule.id) {
            problems.push(format!("{}: not a sound example: {}", self.title, show(&outcome, diagnostic)));
        }
        let found: Vec<&Diagnostic> = outcome.diagnostics.iter().filter(|d| *d.rule == *self.rule.id).collect();
        let places = |labels: Vec<&Label>| {
            let place = |label: &Label| {
                let span = label.span;
                (outcome.sources.file(span.file).path().to_owned(), span.start as usize, span.end as usize)
            };
            labels.into_iter().map(place).collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>()
        };
        let related = places(found.iter().flat_map(|diagnostic| &diagnostic.related).collect());
        if !self.others.is_empty() && related != self.others {
            problems.push(format!("{}: expected other places {:?}, found {related:?}", self.title, self.others));
        }
        if places(found.iter().map(|diagnostic| &diagnostic.primary).collect()) != self.marks {
            let shown: Vec<String> = found.iter().map(|diagnostic| show(&outcome, diagnostic)).collect();
            problems.push(format!("{}: expected {:?}, found {:#?}", self.title, self.marked(), shown));
        }
        if self.fails == self.marks.is_empty() {
            problems.push(format!("{}: a failing example marks what fails, a passing one marks nothing", self.title));
        }
        let wanted = severity(self.spec.severity.unwrap_or(self.rule.severity));
        for diagnostic in &found {
            if diagnostic.severity != wanted {
                problems.push(format!("{}: severity {} is not {wanted}", self.title, diagnostic.severity));
            }
            if diagnostic.witness != self.spec.witness {
                problems.push(format!("{}: witness {:?}", self.title, diagnostic.witness));
            }
        }
        if let Some(fixed) = &self.spec.fixed {
            let edits: Vec<Edit> =
                found.iter().filter_map(|d| d.fix.as_ref()).flat_map(|fix| fix.edits.clone()).collect();
            let edited = apply(&self.files[&self.main], edits);
            if edited.trim() != fixed.trim() {
                problems.push(format!("{}: fixed to\n{edited}", self.title));
            }
        }
        problems
    }

    /// What is wrong with the fixes of a failing example: their result must be read without trouble, and show nothing
    /// any more of what they mend; `None` when there are no fixes.
    fn run_fixes(&self) -> Option<Vec<String>> {
        let outcome = lint_files(&self.files, &self.rule.id);
        let (mut edits, mut unmended) = (BTreeMap::<String, Vec<Edit>>::new(), 0);
        for diagnostic in outcome.diagnostics.iter().filter(|diagnostic| *diagnostic.rule == *self.rule.id) {
            unmended += usize::from(diagnostic.fix.is_none());
            for edit in diagnostic.fix.iter().flat_map(|fix| &fix.edits) {
                let path = outcome.sources.file(edit.span.file).path().to_owned();
                edits.entry(path).or_default().push(edit.clone());
            }
        }
        if edits.is_empty() {
            return None;
        }
        let mut files = self.files.clone();
        for (path, edits) in edits {
            let edited = apply(&files[&path], edits);
            files.insert(path, edited);
        }
        let mended = lint_files(&files, &self.rule.id);
        let left = mended.diagnostics.iter().filter(|diagnostic| *diagnostic.rule == *self.rule.id).count();
        let broken = mended.diagnostics.iter().filter(|diagnostic| *diagnostic.rule != *self.rule.id);
        let mut problems: Vec<String> = broken
            .map(|diagnostic| format!("{}: the fix breaks it: {}", self.title, show(&mended, diagnostic)))
            .collect();
        if left > unmended {
            problems.push(format!("{}: {left} findings are left by the fixes:\n{:#?}", self.title, files));
        }
        Some(problems)
    }

    fn has_parameter_file(&self) -> bool {
        self.files.keys().any(|path| path.contains(".parameters.") || path.ends_with(".bicepparam"))
    }

    fn marked(&self) -> Vec<&str> {
        self.marks.iter().map(|(path, start, end)| &self.files[path][*start..*end]).collect()
    }
}

fn show(outcome: &Outcome, diagnostic: &Diagnostic) -> String {
    let span = diagnostic.primary.span;
    format!("[{}] {} at «{}»", diagnostic.rule, diagnostic.headline(), outcome.sources.text(span))
}

fn apply(text: &str, mut edits: Vec<Edit>) -> String {
    let mut text = text.to_owned();
    edits.sort();
    edits.dedup();
    for edit in edits.iter().rev() {
        text.replace_range(edit.span.range(), &edit.replacement);
    }
    text
}

#[test]
fn every_example_shows_what_it_says() {
    let mut problems = Vec::new();
    for (_, rule) in &rule_files() {
        for spec in &rule.examples {
            problems.extend(Example::new(rule, spec).run());
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n\n"));
}

/// What is found in files that are read in this order, as text.
fn shown(inputs: Vec<Input>, rule: &str) -> Vec<String> {
    let mut settings = Settings::at(NOW.parse().unwrap());
    settings.select = vec![rule.to_owned()];
    let outcome = lint(inputs, &settings, &|_: &str| None);
    let place = |label: &Label| {
        let file = outcome.sources.file(label.span.file).path();
        format!("{file}:{}..{} {}", label.span.start, label.span.end, label.text)
    };
    let line = |diagnostic: &Diagnostic| {
        let places: Vec<String> = [&diagnostic.primary].into_iter().chain(&diagnostic.related).map(place).collect();
        format!("{} {} {places:?} {:?}", diagnostic.severity, diagnostic.headline(), diagnostic.help)
    };
    outcome.diagnostics.iter().map(line).collect()
}

/// A rule whose findings hold without the place in another file that they label: a policy that lacks `get` is too
/// little for each pipeline with a SAS.
const HOLDS_ALONE: &str = "acr-transfer-secret-get-missing";

#[test]
fn what_files_say_together_none_says_alone() {
    let mut compared = 0;
    for (_, rule) in rule_files().iter().filter(|(_, rule)| rule.id != HOLDS_ALONE) {
        for spec in &rule.examples {
            let example = Example::new(rule, spec);
            if example.has_parameter_file() {
                continue;
            }
            let together = lint_files(&example.files, &rule.id);
            for joined in &together.diagnostics {
                let file = joined.primary.span.file;
                if joined.related.iter().all(|label| label.span.file == file) {
                    continue;
                }
                let path = together.sources.file(file).path().to_owned();
                let alone = lint_files(&BTreeMap::from([(path.clone(), example.files[&path].clone())]), &rule.id);
                let is_same = |other: &Diagnostic| {
                    (other.primary.span.range(), other.severity, &other.message)
                        == (joined.primary.span.range(), joined.severity, &joined.message)
                };
                assert!(!alone.diagnostics.iter().any(is_same), "{}: {}", example.title, show(&together, joined));
                compared += 1;
            }
        }
    }
    assert!(compared > 0, "no finding joins two files");
}

#[test]
fn the_order_of_files_makes_no_difference() {
    let mut compared = 0;
    for (_, rule) in &rule_files() {
        for spec in &rule.examples {
            let example = Example::new(rule, spec);
            // Where several parameter files show the same, the first one speaks for all.
            if example.files.len() < 2 || example.has_parameter_file() {
                continue;
            }
            let inputs = || {
                let files = example.files.iter();
                files.map(|(path, text)| Input { path: path.clone(), text: Ok(text.clone()), explicit: true })
            };
            let (forth, back) = (inputs().collect(), inputs().rev().collect());
            assert_eq!(shown(forth, &rule.id), shown(back, &rule.id), "{}", example.title);
            compared += 1;
        }
    }
    assert!(compared > 0, "no example has several files");
}

/// What an example shows, whatever it is written in: severity, message and witness of each finding.
fn verdicts(rule: &RuleSpec, spec: &ExampleSpec) -> Vec<String> {
    let outcome = lint_files(&Example::new(rule, spec).files, &rule.id);
    let mut verdicts: Vec<String> = outcome
        .diagnostics
        .iter()
        .map(|diagnostic| format!("{}: {}", diagnostic.severity, in_arm_words(&diagnostic.headline())))
        .collect();
    verdicts.sort();
    verdicts
}

/// Calls files of parameters as ARM does.
fn in_arm_words(text: &str) -> String {
    text.replace(".bicepparam", ".parameters.json")
}

#[test]
fn arm_and_bicep_are_judged_alike() {
    let (mut problems, mut pairs) = (Vec::new(), 0);
    for (_, rule) in &rule_files() {
        let is_bicep = |spec: &ExampleSpec| spec.fail_bicep.is_some() || spec.pass_bicep.is_some();
        let titles: Vec<_> = rule.examples.iter().map(|spec| (is_bicep(spec), &spec.title)).collect();
        for (at, spec) in rule.examples.iter().enumerate().filter(|(_, spec)| spec.title.is_some()) {
            if titles[..at].contains(&(is_bicep(spec), &spec.title)) {
                problems.push(format!("{}: two examples are called `{}`", rule.id, spec.title.as_deref().unwrap()));
            }
            let twin =
                rule.examples[..at].iter().find(|other| other.title == spec.title && is_bicep(other) != is_bicep(spec));
            if let Some(twin) = twin {
                pairs += 1;
                let (these, those) = (verdicts(rule, spec), verdicts(rule, twin));
                if these != those {
                    let title = spec.title.as_deref().unwrap();
                    problems.push(format!("{} ({title}):\n{these:#?}\nis not\n{those:#?}", rule.id));
                }
            }
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n\n"));
    assert!(pairs > 0, "no example is written in both languages");
}

#[test]
fn every_fix_of_an_example_mends_it() {
    let (mut problems, mut fixed) = (Vec::new(), 0);
    for (_, rule) in &rule_files() {
        for spec in &rule.examples {
            let example = Example::new(rule, spec);
            let fix = if example.fails { example.run_fixes() } else { None };
            fixed += usize::from(fix.is_some());
            problems.extend(fix.into_iter().flatten());
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n\n"));
    assert!(fixed > 0, "no example has a fix");
}

/// Rules about the reading of files, whose cases are in `robustness.rs`.
const WITHOUT_EXAMPLES: [&str; 3] = ["unreadable-file", "missing-linked-template", "internal-error"];

#[test]
fn every_rule_has_a_failing_and_a_passing_example() {
    for (path, rule) in rule_files() {
        if WITHOUT_EXAMPLES.contains(&&*rule.id) {
            continue;
        }
        let fails = |example: &ExampleSpec| {
            example.fail_arm.is_some() || example.fail_bicep.is_some() || !example.fail_file.is_empty()
        };
        let (fails, passes) = (rule.examples.iter().any(fails), rule.examples.iter().any(|example| !fails(example)));
        assert!(fails && passes, "{} needs a failing and a passing example", path.display());
        let reads_templates = rule.examples.iter().any(|example| example.fail_arm.is_some());
        if rule.id.starts_with("acr-transfer-") && reads_templates {
            let fails = rule.examples.iter().any(|example| example.fail_bicep.is_some());
            let passes = rule.examples.iter().any(|example| example.pass_bicep.is_some());
            assert!(fails && passes, "{} needs a failing and a passing example in Bicep", path.display());
        }
    }
}
