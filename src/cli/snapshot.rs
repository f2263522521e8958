//! `plimsoll snapshot`.

use std::collections::HashMap;
use std::ffi::OsString;
use std::io::{self, Write};

use super::args::SnapshotArgs;
use super::check::pool;
use super::files::Files;
use super::inputs::{self, Inputs, display};
use super::{CliError, Exit, refused};
use crate::evaluate::Context;
use crate::report::escaped_json;
use crate::snapshot::{Deployment, RESOURCE_GROUP, SUBSCRIPTION, Settings};

pub(super) fn run(args: &SnapshotArgs, color: bool) -> Result<Exit, CliError> {
    let known = args.context.context();
    let context = Context {
        // Without a time, a snapshot made today equals the one made tomorrow.
        now: args.now.as_ref().map(|now| inputs::now(Some(now))).transpose()?,
        subscription_id: known.subscription_id.or_else(|| Some(SUBSCRIPTION.to_owned())),
        resource_group: known.resource_group.or_else(|| Some(RESOURCE_GROUP.to_owned())),
        environment: environment(),
        settled: true,
        hide_secrets: true,
        ..known
    };
    let mut inputs = Inputs::around(&args.file);
    let given = inputs.add_parameters(&args.parameters)?;
    let settings =
        Settings { file: display(&args.file), context, parameter_files: given.files, overrides: given.overrides };
    let files = Files::around([args.file.as_path()]);
    let pool = pool(None)?;
    let deployment = pool.install(|| Deployment::read(inputs.inputs, &settings, &files));
    let found = pool.install(|| refused::refused(deployment.files(), &settings, args.context.context(), &files))?;
    if !found.diagnostics.is_empty() {
        refused::print(&found, color)?;
        return Ok(Exit::Findings);
    }
    let predicted = pool.install(|| deployment.predict()).map_err(|error| CliError::Usage(error.to_string()))?;
    let mut out = io::BufWriter::new(io::stdout().lock());
    let json = serde_json::to_string_pretty(&predicted).map_err(io::Error::from)?;
    writeln!(out, "{}", escaped_json(&json))?;
    out.flush()?;
    Ok(Exit::Clean)
}

/// The variables of the environment, save those that are not text.
fn environment() -> HashMap<String, String> {
    let text = |(name, value): (OsString, OsString)| Some((name.into_string().ok()?, value.into_string().ok()?));
    std::env::vars_os().filter_map(text).collect()
}
