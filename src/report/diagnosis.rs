//! What is known about an error, for people and for programs.

use std::io::{self, Write};

use serde::Serialize;

use super::mask::Masked;
use super::printable::escaped;
use super::{Options, concise, json, summary};
use crate::diagnose::{Cause, Diagnosis, Findings};
use crate::lint::Outcome;

/// Most characters of an input that are quoted.
const MAX_QUOTE: usize = 160;

/// How to get what support asks for.
const FOR_SUPPORT: [(&str, &str); 2] = [
    (
        "the correlation id of the deployment",
        "az deployment group show --resource-group <group> --name <deployment> --query properties.correlationId --output tsv",
    ),
    (
        "the state of the run and its message",
        "az acr pipeline-run show --resource-group <group> --registry <registry> --name <run>",
    ),
];

/// Writes `findings` for people; `project` is what the rules they name found in a project.
pub fn write_diagnoses(findings: &Findings, project: Option<&Outcome>, out: &mut dyn Write) -> io::Result<()> {
    for diagnosis in &findings.diagnoses {
        write_diagnosis(diagnosis, out)?;
    }
    if findings.diagnoses.is_empty() {
        writeln!(out, "plimsoll does not know this error: it knows those of ACR Transfer and of what it depends on\n")?;
    }
    if findings.truncated {
        writeln!(out, "the input holds more errors than were looked at: cut it down to the first ones\n")?;
    }
    if let Some(outcome) = project {
        write_project(findings, outcome, out)?;
    }
    for id in &findings.ids.correlation {
        writeln!(out, "correlation id for support: {id}")?;
    }
    for id in &findings.ids.request {
        writeln!(out, "request id for support: {id}")?;
    }
    if findings.ids.correlation.is_empty() {
        writeln!(out, "for support, collect")?;
        for (what, command) in FOR_SUPPORT {
            writeln!(out, "  {what}\n    {command}")?;
        }
    }
    Ok(())
}

fn write_diagnosis(diagnosis: &Diagnosis, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "diagnosis[{}]: {}", diagnosis.id, diagnosis.title)?;
    writeln!(out, "  recognised by: {}\n", quote(&diagnosis.recognised_by))?;
    writeln!(out, "likely causes, in order")?;
    for (number, Cause { text, rules }) in diagnosis.causes.iter().enumerate() {
        writeln!(out, "  {}. {text}", number + 1)?;
        if !rules.is_empty() {
            writeln!(out, "     caught before deployment by {}", rules.join(", "))?;
        }
    }
    writeln!(out, "\nwhat to check")?;
    for check in diagnosis.checks {
        writeln!(out, "  {}", check.text)?;
        if let Some(command) = &check.command {
            writeln!(out, "    {command}")?;
        }
    }
    writeln!(out, "\nsee")?;
    for link in diagnosis.links {
        writeln!(out, "  {link}")?;
    }
    writeln!(out)
}

fn write_project(findings: &Findings, outcome: &Outcome, out: &mut dyn Write) -> io::Result<()> {
    let options = Options::default();
    if findings.rules().is_empty() {
        return writeln!(out, "in the project: there is no rule to run\n");
    }
    let summary = summary::line(&outcome.diagnostics, &outcome.coverage, options);
    writeln!(out, "in the project, of these rules: {summary}")?;
    concise::write(&Masked::new(outcome), options, out)?;
    writeln!(out)
}

/// What of `text` fits in a line.
fn quote(text: &str) -> String {
    let text = escaped(text);
    match text.char_indices().nth(MAX_QUOTE) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.into_owned(),
    }
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Report<'f> {
    version: u32,
    tool: json::Tool,
    /// Whether anything was diagnosed.
    known: bool,
    /// Whether there were more errors than were looked at.
    truncated: bool,
    diagnoses: Vec<Entry<'f>>,
    correlation_ids: &'f [String],
    request_ids: &'f [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    project: Option<json::Report<'f>>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Entry<'f> {
    id: &'f str,
    title: &'f str,
    recognised_by: String,
    causes: Vec<Origin<'f>>,
    checks: Vec<Look<'f>>,
    links: &'f [String],
}

#[derive(Debug, Serialize)]
struct Origin<'f> {
    text: &'f str,
    rules: &'f [&'static str],
}

#[derive(Debug, Serialize)]
struct Look<'f> {
    text: &'f str,
    command: Option<&'f str>,
}

/// Writes `findings` as JSON; `version` grows when a consumer would have to change.
pub fn write_diagnoses_json(findings: &Findings, project: Option<&Outcome>, out: &mut dyn Write) -> io::Result<()> {
    let masked = project.map(Masked::new);
    let report = Report {
        version: 1,
        tool: json::Tool::this(),
        known: !findings.diagnoses.is_empty(),
        truncated: findings.truncated,
        diagnoses: findings.diagnoses.iter().map(entry).collect(),
        correlation_ids: &findings.ids.correlation,
        request_ids: &findings.ids.request,
        project: masked.as_ref().map(|masked| json::report(masked, Options::default())),
    };
    super::write_json(&report, out)
}

fn entry(diagnosis: &Diagnosis) -> Entry<'_> {
    Entry {
        id: diagnosis.id,
        title: diagnosis.title,
        recognised_by: quote(&diagnosis.recognised_by),
        causes: diagnosis.causes.iter().map(|cause| Origin { text: cause.text, rules: &cause.rules }).collect(),
        checks: diagnosis
            .checks
            .iter()
            .map(|check| Look { text: &check.text, command: check.command.as_deref() })
            .collect(),
        links: diagnosis.links,
    }
}
