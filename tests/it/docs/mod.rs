//! Documents that are generated or that quote the program: they say what the code does today.
//!
//! `UPDATE=1 cargo test --test it docs` writes them anew.

mod coverage;

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use plimsoll::engine::catalogue::Catalogue;
use plimsoll::engine::rule::Rule;
use plimsoll::engine::{Metadata, Status};

fn in_project(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Fails when the file at `path` is not `wanted`, or writes it when `UPDATE` is set.
fn assert_current(path: &str, wanted: &str) {
    if std::env::var_os("UPDATE").is_some() {
        fs::write(in_project(path), wanted).unwrap();
    }
    let found = fs::read_to_string(in_project(path)).unwrap_or_default();
    assert!(found == wanted, "{path} is out of date: UPDATE=1 cargo test --test it docs");
}

#[test]
fn the_list_of_rules_is_current() {
    assert_current("docs/rules.md", &rules_page());
}

/// The table of operators in the guide for rule writers is taken from the format's own documentation.
#[test]
fn the_guide_for_rules_names_every_operator() {
    const MARKS: [&str; 2] = ["<!-- operators -->\n", "<!-- end of operators -->"];
    let guide = fs::read_to_string(in_project("rules/README.md")).unwrap();
    let (before, rest) = guide.split_once(MARKS[0]).unwrap();
    let (_, after) = rest.split_once(MARKS[1]).unwrap();
    let table = operators(&fs::read_to_string(in_project("src/engine/spec.rs")).unwrap());
    assert!(table.lines().count() > 30 && table.contains("\n| `in` | "), "{table}");
    assert_current("rules/README.md", &format!("{before}{}{table}{}{after}", MARKS[0], MARKS[1]));
}

/// The fields of the clause in the text of the format, each with its documentation.
fn operators(spec: &str) -> String {
    let (_, clause) = spec.split_once("pub struct Clause {\n").unwrap();
    let (clause, _) = clause.split_once("\n}").unwrap();
    let mut table = String::from("| key | meaning |\n|---|---|\n");
    let (mut meaning, mut name) = (String::new(), None);
    for line in clause.lines().map(str::trim) {
        if let Some(text) = line.strip_prefix("/// ") {
            meaning.push_str(if meaning.is_empty() { "" } else { " " });
            meaning.push_str(text);
        } else if let Some(text) = line.strip_prefix("#[serde(rename = \"") {
            name = text.split('"').next().map(str::to_owned);
        } else if let Some((field, _)) = line.strip_prefix("pub ").and_then(|line| line.split_once(':')) {
            let name = name.take().unwrap_or_else(|| camel_case(field));
            writeln!(table, "| `{name}` | {} |", std::mem::take(&mut meaning)).unwrap();
        }
    }
    table
}

fn camel_case(field: &str) -> String {
    let mut words = field.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |name, word| name + &capital(word))
}

fn rules_page() -> String {
    let mut page = String::from("# Rules\n\nGenerated from `rules/`. `plimsoll explain RULE` prints the same.\n");
    let rules = Catalogue::built_in().rules();
    for (pack, title) in [("acr-transfer", "ACR Transfer"), ("core", "Core")] {
        let members: Vec<&Rule> = rules.iter().filter(|rule| &*rule.metadata.pack == pack).collect();
        writeln!(page, "\n## {title}\n\n| rule | severity | what it finds |\n|---|---|---|").unwrap();
        for rule in &members {
            let Metadata { id, severity, summary, status, .. } = &rule.metadata;
            writeln!(page, "| [`{id}`](#{id}) | {severity}{} | {summary} |", note(*status)).unwrap();
        }
        for rule in &members {
            describe(&rule.metadata, &mut page);
        }
    }
    page
}

fn describe(rule: &Metadata, page: &mut String) {
    writeln!(page, "\n### {}\n\n{}{}, since {}\n", rule.id, rule.severity, note(rule.status), rule.since).unwrap();
    writeln!(
        page,
        "{}.\n\n{}\n\n**How to fix it.** {}\n",
        capital(&rule.summary),
        rule.why.trim(),
        rule.how_to_fix.trim()
    )
    .unwrap();
    for link in &rule.links {
        writeln!(page, "- <{link}>").unwrap();
    }
}

fn note(status: Status) -> &'static str {
    match status {
        Status::Stable => "",
        Status::Preview => " (preview)",
        Status::Off => " (off by default)",
    }
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// In the README, `<!-- output of ARGUMENTS -->` stands before each block that quotes the program.
#[test]
fn the_readme_quotes_the_program() {
    let readme = fs::read_to_string(in_project("README.md")).unwrap();
    let mut wanted = String::new();
    let mut rest = readme.as_str();
    while let Some((before, after)) = rest.split_once("<!-- output of plimsoll ") {
        let (arguments, after) = after.split_once(" -->\n```text\n").unwrap();
        let (_, after) = after.split_once("```\n").unwrap();
        let output = Command::new(env!("CARGO_BIN_EXE_plimsoll"))
            .args(arguments.split(' '))
            .current_dir(in_project(""))
            .env_remove("SOURCE_DATE_EPOCH")
            .output()
            .unwrap();
        // What is refused is said where errors go.
        let shown = if output.stdout.is_empty() { output.stderr } else { output.stdout };
        let output = String::from_utf8(shown).unwrap();
        let block = format!("<!-- output of plimsoll {arguments} -->\n```text\n{}\n```\n", output.trim_end());
        wanted.push_str(before);
        wanted.push_str(&block);
        rest = after;
    }
    wanted.push_str(rest);
    assert!(wanted.len() > rest.len(), "the README quotes nothing");
    assert_current("README.md", &wanted);
}

#[test]
fn links_between_the_papers_lead_somewhere() {
    for paper in ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md"] {
        let text = fs::read_to_string(in_project(paper)).unwrap();
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let path = link.split('#').next().unwrap();
            let outside = link.starts_with("https://") || path.is_empty();
            assert!(outside || in_project(path).exists(), "{paper} links to {link}, which is not there");
        }
    }
}
