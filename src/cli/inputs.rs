//! From paths and `--parameters` to inputs, and from `--now` to a time.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use rayon::prelude::*;

use super::{CliError, companions};
use crate::discover::{DiscoverError, beside, discover, read, read_wanted};
use crate::project::{FileKind, Input, Omission, Omitted, classify, is_named_as_ours, may_be_ours, telling_bytes};

/// What values given on the command line are called in messages.
const COMMAND_LINE: &str = "<command line>";

/// The inputs of a run.
#[derive(Debug, Default)]
pub(super) struct Inputs {
    pub inputs: Vec<Input>,
    /// What is not read.
    pub omitted: Vec<Omitted>,
}

impl Inputs {
    /// Reads everything below `paths`.
    pub(super) fn below(paths: &[PathBuf], respect_ignores: bool) -> Self {
        let found = discover(paths, respect_ignores);
        let refused = |error: DiscoverError| Input { path: error.path, text: Err(error.reason), explicit: true };
        let named = |kind, path: &Path| Omitted { kind, name: display(path), place: None };
        let mut inputs = Self {
            inputs: found.errors.into_iter().map(refused).collect(),
            omitted: found.astray.iter().map(|link| named(Omission::Link, link)).collect(),
        };
        let read: Vec<Option<Input>> =
            found.files.par_iter().map(|file| input_of_ours(&file.path, file.explicit)).collect();
        for (file, read) in found.files.iter().zip(read) {
            let is_foreign = read.is_none() && file.explicit && !is_named_as_ours(&display(&file.path));
            inputs.omitted.extend(is_foreign.then(|| named(Omission::Unrecognised, &file.path)));
            inputs.inputs.extend(read);
        }
        let named = found.files.iter().filter(|file| file.explicit).map(|file| &*file.path);
        companions::add(&mut inputs.inputs, named);
        inputs
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
        Self { inputs, omitted: Vec::new() }
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

/// Reads a file, unless it is none of ours.
pub(super) fn input_of_ours(file: &Path, explicit: bool) -> Option<Input> {
    let path = display(file);
    let text = read_wanted(file, telling_bytes(&path), |head| may_be_ours(&path, head)).transpose()?;
    Some(Input { path, text, explicit })
}

pub(super) fn input(path: &Path, explicit: bool) -> Input {
    Input { path: display(path), text: read(path), explicit }
}

/// A path as messages show it: with `/` between its parts.
pub(super) fn display(path: &Path) -> String {
    let text = path.to_string_lossy();
    let text = if std::path::MAIN_SEPARATOR == '\\' { text.replace('\\', "/") } else { text.into_owned() };
    text.strip_prefix("./").unwrap_or(&text).to_owned()
}

/// Whether what stands before a `=` is a parameter's name, not the beginning of a path. It may be a name that no template
/// declares: what follows may be a secret all the same, and is no file to look for.
fn is_name(text: &str) -> bool {
    !text.is_empty() && !text.starts_with('@') && !text.contains(['/', '\\'])
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
