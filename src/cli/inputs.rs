//! From paths and `--parameters` to inputs, and from `--now` to a time.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::CliError;
use crate::discover::{Found, beside, discover, read, read_head};
use crate::project::{FileKind, Input, classify, named_after};

/// What values given on the command line are called in messages.
const COMMAND_LINE: &str = "<command line>";

/// The inputs of a run.
#[derive(Debug, Default)]
pub(super) struct Inputs {
    pub inputs: Vec<Input>,
}

impl Inputs {
    /// Reads everything below `paths`.
    pub(super) fn below(paths: &[PathBuf], respect_ignores: bool) -> Self {
        let (found, errors) = discover(paths, respect_ignores);
        let mut inputs: Vec<Input> = errors
            .into_iter()
            .map(|error| Input { path: error.path, text: Err(error.reason), explicit: true })
            .collect();
        let ours = |file: &Found, input: &Input| {
            // A huge or strangely encoded file in a folder need not be ours.
            file.explicit
                || input.text.is_ok()
                || read_head(&file.path).is_none_or(|head| classify(&head) != FileKind::Other)
        };
        inputs.extend(found.iter().filter_map(|file| {
            let input = input(&file.path, file.explicit);
            ours(file, &input).then_some(input)
        }));
        let mut inputs = Self { inputs };
        for file in found.iter().filter(|file| file.explicit) {
            inputs.add_companions(&file.path);
        }
        inputs
    }

    /// Adds the parameter files beside a template, and the template beside a parameter file: neither means much alone.
    fn add_companions(&mut self, file: &Path) {
        let own = display(file);
        let extension = |path: &Path| path.extension().is_some_and(|extension| extension == "bicepparam");
        let uses = |input: &Input| {
            let name = own.rsplit('/').next().unwrap_or(&own);
            let names = [format!("using '{name}'"), format!("using './{name}'")];
            input.text.as_ref().is_ok_and(|text| names.iter().any(|using| text.contains(using)))
        };
        for path in beside(file) {
            let other = display(&path);
            if self.inputs.iter().any(|known| known.path == other) {
                continue;
            }
            if named_after(&other, &own) || named_after(&own, &other) {
                self.inputs.push(input(&path, false));
            } else if extension(&path) {
                let found = input(&path, false);
                self.inputs.extend(uses(&found).then_some(found));
            }
        }
    }

    /// Reads `file` and, when it is not a template itself, all that lies beside it: the template may be there.
    pub(super) fn around(file: &Path) -> Self {
        let own = input(file, true);
        let is_bicep = own.path.to_ascii_lowercase().ends_with(".bicep");
        let is_other = !is_bicep && own.text.as_ref().is_ok_and(|text| classify(text) != FileKind::Template);
        let mut inputs = vec![own];
        if is_other {
            let beside = beside(file).into_iter().filter(|path| display(path) != inputs[0].path);
            let beside: Vec<Input> = beside.map(|path| input(&path, false)).collect();
            inputs.extend(beside);
        }
        Self { inputs }
    }

    /// Adds the files and values of `--parameters`.
    pub(super) fn add_parameters(&mut self, given: &[String]) -> Result<Given, CliError> {
        let mut found = Given::default();
        let mut values = serde_json::Map::new();
        for item in given {
            match item.split_once('=') {
                Some((name, value)) if is_name(name) => {
                    let value: serde_json::Value = serde_json::from_str(value).unwrap_or_else(|_| value.into());
                    values.insert(name.to_owned(), serde_json::json!({ "value": value }));
                }
                _ => {
                    let file = item.strip_prefix('@').unwrap_or(item);
                    let path = display(Path::new(file));
                    self.inputs.retain(|input| input.path != path);
                    self.inputs.push(input(Path::new(file), true));
                    found.files.push(path);
                }
            }
        }
        if !values.is_empty() {
            let content = serde_json::json!({
                "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#",
                "parameters": values,
            });
            let text = serde_json::to_string_pretty(&content).map_err(|error| CliError::Usage(error.to_string()))?;
            self.inputs.push(Input { path: COMMAND_LINE.to_owned(), text: Ok(text), explicit: true });
            found.overrides = Some(COMMAND_LINE.to_owned());
        }
        Ok(found)
    }
}

/// The parameters given on the command line, by the paths of their inputs.
#[derive(Debug, Default)]
pub(super) struct Given {
    pub files: Vec<String>,
    pub overrides: Option<String>,
}

fn input(path: &Path, explicit: bool) -> Input {
    Input { path: display(path), text: read(path), explicit }
}

/// A path as messages show it: with `/` between its parts.
pub(super) fn display(path: &Path) -> String {
    let text = path.to_string_lossy();
    let text = if std::path::MAIN_SEPARATOR == '\\' { text.replace('\\', "/") } else { text.into_owned() };
    text.strip_prefix("./").unwrap_or(&text).to_owned()
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || c == '_')
}

/// The time that `--now` names, else `SOURCE_DATE_EPOCH`, else the system's.
pub(super) fn now(given: Option<&str>) -> Result<Timestamp, CliError> {
    if let Some(text) = given {
        let date = || text.parse::<Date>().ok().and_then(|date| TimeZone::UTC.to_timestamp(date.at(0, 0, 0, 0)).ok());
        return text.parse::<Timestamp>().ok().or_else(date).ok_or_else(|| {
            CliError::Usage(format!("--now: `{text}` is not a time such as 2026-11-23 or 2026-11-23T10:00:00Z"))
        });
    }
    match std::env::var("SOURCE_DATE_EPOCH") {
        Ok(text) => text
            .parse::<i64>()
            .ok()
            .and_then(|seconds| Timestamp::from_second(seconds).ok())
            .ok_or_else(|| CliError::Usage(format!("SOURCE_DATE_EPOCH: `{text}` is not a number of seconds"))),
        Err(_) => Ok(Timestamp::now()),
    }
}
