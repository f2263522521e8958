//! The laws of the source tree: who may import whom, how long files are, who reads files, prints or serialises.

use std::fs;
use std::path::Path;

/// The modules in order of their layers, each with the modules that it may use.
const LAYERS: &[(&str, &[&str])] = &[
    ("source", &[]),
    ("diagnostic", &["source"]),
    ("sas", &["source", "diagnostic"]),
    ("syntax", &["source", "diagnostic"]),
    ("discover", &["source", "diagnostic"]),
    ("template", &["source", "diagnostic", "syntax"]),
    ("artefact", &["source", "syntax"]),
    ("script", &["source", "syntax"]),
    ("evaluate", &["source", "diagnostic", "syntax", "template"]),
    ("engine", &["source", "diagnostic", "sas", "syntax", "template", "evaluate"]),
    ("checks", &["source", "diagnostic", "sas", "syntax", "template", "artefact", "script", "evaluate", "engine"]),
    ("project", &["source", "diagnostic", "sas", "syntax", "template", "artefact", "script"]),
    (
        "lint",
        &[
            "source",
            "diagnostic",
            "sas",
            "syntax",
            "template",
            "artefact",
            "script",
            "evaluate",
            "engine",
            "checks",
            "project",
        ],
    ),
    ("snapshot", &["source", "diagnostic", "syntax", "template", "evaluate", "project"]),
    ("diagnose", &["source", "engine"]),
    ("report", &["source", "diagnostic", "syntax", "engine", "lint", "diagnose"]),
    (
        "cli",
        &[
            "source",
            "diagnostic",
            "sas",
            "discover",
            "evaluate",
            "engine",
            "project",
            "lint",
            "snapshot",
            "diagnose",
            "report",
        ],
    ),
    ("main", &["cli"]),
    ("lib", &[]),
];

/// What only some modules may do: the text that shows it, and the modules that may.
const PRIVILEGES: &[(&str, &[&str])] = &[
    ("std::fs", &["discover", "cli"]),
    ("std::env::var", &["cli"]),
    ("println!", &[]),
    ("eprintln!", &[]),
    ("io::stdout", &["cli"]),
    ("io::stderr", &["cli"]),
    ("process::exit", &[]),
    ("use serde::", &["engine", "diagnose", "report"]),
    ("clap::", &["cli"]),
];

/// Most lines of a file, without its unit tests.
const MAX_LINES: usize = 600;

#[test]
fn the_tree_keeps_its_laws() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut broken = Vec::new();
    for entry in walkdir::WalkDir::new(root.join("src")).sort_by_file_name() {
        let path = entry.unwrap().into_path();
        if path.extension().is_some_and(|extension| extension == "rs") {
            let name = path.strip_prefix(root.join("src")).unwrap().to_string_lossy().replace('\\', "/");
            broken.extend(violations(&name, &fs::read_to_string(&path).unwrap()));
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

/// What the file `name` below `src` does against the laws.
fn violations(name: &str, text: &str) -> Vec<String> {
    let module = name.split(['/', '.']).next().unwrap();
    let Some((_, allowed)) = LAYERS.iter().find(|(layer, _)| *layer == module) else {
        return vec![format!("{name}: the module `{module}` has no place in the layers")];
    };
    // Unit tests may look further than the code.
    let code = text.split("#[cfg(test)]").next().unwrap();
    let mut broken = Vec::new();
    if !text.starts_with("//! ") {
        broken.push(format!("{name}: does not say in its first line what it is for"));
    }
    if code.lines().count() > MAX_LINES {
        broken.push(format!("{name}: has {} lines, more than {MAX_LINES}", code.lines().count()));
    }
    for (number, line) in code.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//")) {
        let place = format!("{name}:{}", number + 1);
        for imported in imports(line) {
            if imported != module && !allowed.contains(&imported) {
                broken.push(format!("{place}: `{module}` may not use `{imported}`"));
            }
        }
        for (text, may) in PRIVILEGES {
            if line.contains(text) && !may.contains(&module) {
                broken.push(format!("{place}: `{module}` may not use `{text}`"));
            }
        }
    }
    broken
}

/// The top-level modules that a line names: `crate::x`, and in the binary `plimsoll::x`.
fn imports(line: &str) -> Vec<&str> {
    let paths = line.split("crate::").skip(1).chain(line.split("plimsoll::").skip(1));
    paths
        .map(|path| path.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next().unwrap())
        .filter(|name| name.starts_with(|c: char| c.is_ascii_lowercase()))
        .collect()
}

#[test]
fn an_offence_is_seen() {
    let good = "//! A file.\nuse crate::source::Span;\n";
    assert_eq!(violations("syntax/json/tree.rs", good), Vec::<String>::new());
    for (name, text) in [
        ("syntax/json/tree.rs", "//! A file.\nuse crate::template::Template;\n"),
        ("lint/mod.rs", "//! A file.\nfn f() { crate::report::write(); }\n"),
        ("checks/mod.rs", "//! A file.\nuse std::fs;\n"),
        ("report/text.rs", "//! A file.\nfn f() { println!(); }\n"),
        ("template/mod.rs", "//! A file.\nuse serde::Serialize;\n"),
        ("source/mod.rs", "use std::sync::Arc;\n"),
        ("elsewhere.rs", "//! A file.\n"),
    ] {
        assert_eq!(violations(name, text).len(), 1, "{name}: {text}");
    }
    let long = format!("//! A file.\n{}", "\n".repeat(MAX_LINES));
    assert_eq!(violations("source/mod.rs", &long), ["source/mod.rs: has 601 lines, more than 600"]);
    let tests = format!("//! A file.\n#[cfg(test)]\nuse crate::lint::lint;\n{}", "\n".repeat(MAX_LINES));
    assert_eq!(violations("source/mod.rs", &tests), Vec::<String>::new());
}
