//! `plimsoll rules` and `plimsoll explain`.

use std::io::{self, Write};

use super::args::ListFormat;
use super::{CliError, Exit};
use crate::engine::catalogue::Catalogue;
use crate::engine::{Metadata, Status};

pub(super) fn list(format: ListFormat) -> Result<Exit, CliError> {
    let rules = Catalogue::built_in().rules().iter().map(|rule| &rule.metadata);
    let mut out = io::BufWriter::new(io::stdout().lock());
    match format {
        ListFormat::Text => {
            let width = rules.clone().map(|rule| rule.id.len()).max().unwrap_or_default();
            for rule in rules {
                let note = status_note(rule.status);
                writeln!(out, "{:<width$}  {:<7}  {}{note}", rule.id, rule.severity.name(), rule.summary)?;
            }
        }
        ListFormat::Json => {
            let rules: Vec<serde_json::Value> = rules.map(to_json).collect();
            serde_json::to_writer_pretty(&mut out, &rules).map_err(io::Error::from)?;
            writeln!(out)?;
        }
    }
    out.flush()?;
    Ok(Exit::Clean)
}

pub(super) fn explain(id: &str) -> Result<Exit, CliError> {
    let Some(rule) = Catalogue::built_in().rule(id) else {
        return Err(CliError::Usage(format!("there is no rule `{id}`; {}", hint(id))));
    };
    let rule = &rule.metadata;
    let mut out = io::stdout().lock();
    let note = status_note(rule.status);
    writeln!(out, "{} ({}, since {}){note}\n\n{}\n", rule.id, rule.severity, rule.since, rule.summary)?;
    writeln!(out, "Why it matters\n{}\n", indent(&rule.why))?;
    writeln!(out, "How to fix it\n{}\n", indent(&rule.how_to_fix))?;
    writeln!(out, "See also")?;
    for link in &rule.links {
        writeln!(out, "  {link}")?;
    }
    Ok(Exit::Clean)
}

/// What to say about a rule or pack that is not there.
pub(super) fn hint(name: &str) -> String {
    let likeness = |id: &str| {
        let short = id.strip_prefix("acr-transfer-").unwrap_or(id);
        strsim::jaro_winkler(name, id).max(strsim::jaro_winkler(name, short))
    };
    let rules = Catalogue::built_in().rules().iter().map(|rule| &rule.metadata);
    let names = rules.flat_map(|rule| [&*rule.id, &*rule.pack]);
    let nearest = names.map(|id| (likeness(id), id)).max_by(|(a, _), (b, _)| a.total_cmp(b));
    match nearest.filter(|(likeness, _)| *likeness > 0.8) {
        Some((_, id)) => format!("did you mean `{id}`?"),
        None => "`plimsoll rules` lists them".to_owned(),
    }
}

fn status_note(status: Status) -> &'static str {
    match status {
        Status::Stable => "",
        Status::Preview => " [preview]",
        Status::Off => " [off by default]",
    }
}

/// The lines of `text`, indented, the long ones broken between words.
fn indent(text: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    for line in text.trim().lines() {
        lines.push(" ".to_owned());
        for word in line.split(' ') {
            match lines.last_mut() {
                Some(last) if last.chars().count() + word.chars().count() < WIDTH || last.trim().is_empty() => {
                    last.push(' ');
                    last.push_str(word);
                }
                _ => lines.push(format!("  {word}")),
            }
        }
    }
    let lines: Vec<&str> = lines.iter().map(|line| line.trim_end()).collect();
    lines.join("\n")
}

/// Widest line that is printed.
const WIDTH: usize = 100;

fn to_json(rule: &Metadata) -> serde_json::Value {
    serde_json::json!({
        "id": &*rule.id,
        "pack": &*rule.pack,
        "severity": rule.severity.name(),
        "status": match rule.status {
            Status::Stable => "stable",
            Status::Preview => "preview",
            Status::Off => "off",
        },
        "since": rule.since,
        "summary": rule.summary,
        "why": rule.why.trim(),
        "howToFix": rule.how_to_fix.trim(),
        "links": rule.links,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lines_are_broken_between_words() {
        let text = format!("{} ending\n\n- `a  b`\n", "word ".repeat(19).trim());
        let first = format!("  {}", "word ".repeat(19).trim());
        assert_eq!(indent(&text), format!("{first}\n  ending\n\n  - `a  b`"));
    }

    #[test]
    fn a_name_that_is_nearly_right_is_recognised() {
        assert_eq!(hint("unknown-functoin"), "did you mean `unknown-function`?");
        assert_eq!(hint("acr-transfr"), "did you mean `acr-transfer`?");
        assert_eq!(hint("access-mode-api-versions"), "did you mean `acr-transfer-access-mode-api-version`?");
        assert_eq!(hint("zzz"), "`plimsoll rules` lists them");
    }
}
