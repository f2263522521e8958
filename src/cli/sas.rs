//! `plimsoll sas`.

use std::io::{self, Read, Write};

use super::args::{Direction, ListFormat, SasArgs};
use super::check::exit_for;
use super::{CliError, Exit, inputs};
use crate::lint::{Settings, lint_token};
use crate::report;
use crate::sas::Needs;

/// What standard input is called in messages.
const STANDARD_INPUT: &str = "<standard input>";

/// Longest text that is read: tokens have a few hundred bytes.
const MAX_BYTES: u64 = 64 * 1024;

pub(super) fn run(args: &SasArgs, color: bool) -> Result<Exit, CliError> {
    let export = args.direction == Direction::Export;
    if let (true, Some(option)) = (export, import_option(args)) {
        return Err(CliError::Usage(format!("{option} is about import pipelines; it goes with --for import")));
    }
    let needs = Needs { export, import: !export, trigger: args.trigger, delete: args.delete_source };
    let settings = Settings::at(inputs::now(args.now.as_deref())?);
    let outcome = lint_token(STANDARD_INPUT, standard_input()?, needs, &settings);
    let format = match args.format {
        ListFormat::Text => report::Format::Text,
        ListFormat::Json => report::Format::Json,
    };
    let mut out = io::BufWriter::new(io::stdout().lock());
    let options = report::Options { color, show_unknown: false };
    let all_shown = report::write(&outcome, &[], format, options, &mut out)?;
    out.flush()?;
    Ok(if all_shown { exit_for(args.fail_on, &outcome) } else { Exit::Failure })
}

fn import_option(args: &SasArgs) -> Option<&'static str> {
    args.trigger.then_some("--trigger").or(args.delete_source.then_some("--delete-source"))
}

/// The text on standard input. What is wrong with it is said without a word of it.
fn standard_input() -> Result<String, CliError> {
    let refused = |reason: &str| CliError::Usage(format!("standard input {reason}"));
    let mut bytes = Vec::new();
    io::stdin().lock().take(MAX_BYTES + 1).read_to_end(&mut bytes).map_err(|_| refused("cannot be read"))?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(refused("is too long for a token"));
    }
    let text = String::from_utf8(bytes).map_err(|_| refused("is not valid UTF-8"))?;
    if text.trim().is_empty() {
        return Err(refused("is empty; it should hold the token"));
    }
    Ok(text)
}
