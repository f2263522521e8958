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
        let hint = nearest(id)
            .map_or_else(|| "`plimsoll rules` lists them".to_owned(), |nearest| format!("did you mean `{nearest}`?"));
        return Err(CliError::Usage(format!("there is no rule `{id}`; {hint}")));
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

/// The id of the rule that `name` is most like, if it is like any.
pub(super) fn nearest(name: &str) -> Option<&'static str> {
    let likeness = |id: &str| {
        let short = id.strip_prefix("acr-transfer-").unwrap_or(id);
        strsim::jaro_winkler(name, id).max(strsim::jaro_winkler(name, short))
    };
    let rules = Catalogue::built_in().rules().iter().map(|rule| &*rule.metadata.id);
    let best = rules.map(|id| (likeness(id), id)).max_by(|(a, _), (b, _)| a.total_cmp(b))?;
    (best.0 > 0.8).then_some(best.1)
}

fn status_note(status: Status) -> &'static str {
    match status {
        Status::Stable => "",
        Status::Preview => " [preview]",
        Status::Off => " [off by default]",
    }
}

fn indent(text: &str) -> String {
    let lines: Vec<String> = text.trim().lines().map(|line| format!("  {line}").trim_end().to_owned()).collect();
    lines.join("\n")
}

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
