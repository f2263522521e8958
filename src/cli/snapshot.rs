//! `plimsoll snapshot`.

use std::collections::HashMap;
use std::ffi::OsString;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::args::{Mode, SnapshotArgs};
use super::check::pool;
use super::files::Files;
use super::inputs::{self, Inputs, display};
use super::{CliError, Exit, refused};
use crate::discover::read;
use crate::evaluate::Context;
use crate::report::{escaped, escaped_json};
use crate::snapshot::{Deployment, Difference, RESOURCE_GROUP, SUBSCRIPTION, Settings, SnapshotError};

pub(super) fn run(args: &SnapshotArgs, color: bool) -> Result<Exit, CliError> {
    let known = args.context.context();
    let context = Context {
        // Without a time, a snapshot made today equals the one made tomorrow.
        now: args.now.as_ref().map(|now| inputs::now(Some(now))).transpose()?,
        subscription_id: known.subscription_id.or_else(|| Some(SUBSCRIPTION.to_owned())),
        resource_group: known.resource_group.or_else(|| Some(RESOURCE_GROUP.to_owned())),
        environment: environment(),
        settled: true,
        fills_empty: false,
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
    let path = kept_at(&args.file, &settings);
    let failed = |error: SnapshotError| CliError::Usage(error.to_string());
    if args.mode == Mode::Validate {
        let kept = kept(&path)?;
        let differences = pool.install(|| deployment.compare(kept)).map_err(failed)?;
        return report(&path, &differences.ok_or_else(|| no_snapshot(&path))?);
    }
    let json = serde_json::to_string_pretty(&pool.install(|| deployment.predict()).map_err(failed)?);
    let json = format!("{}\n", escaped_json(&json.map_err(io::Error::from)?));
    if args.mode == Mode::Overwrite {
        let refused = |error| CliError::Usage(format!("`{}` cannot be written: {error}", display(&path)));
        std::fs::write(&path, json).map_err(refused)?;
        return print(&format!("{} is written\n", escaped(&display(&path)))).map(|()| Exit::Clean);
    }
    print(&json).map(|()| Exit::Clean)
}

/// Where the snapshot is kept: beside the parameter file, or else the template, and named after it.
fn kept_at(file: &Path, settings: &Settings) -> PathBuf {
    let file = settings.parameter_files.last().map_or(file, Path::new);
    file.with_extension("snapshot.json")
}

/// The snapshot that is kept at `path`.
fn kept(path: &Path) -> Result<serde_json::Value, CliError> {
    if !path.exists() {
        let hint = "`--mode overwrite` makes it";
        return Err(CliError::Usage(format!("`{}` is not there; {hint}", display(path))));
    }
    let text = read(path).map_err(|reason| CliError::Usage(format!("`{}` {reason}", display(path))))?;
    serde_json::from_str(&text).map_err(|_| no_snapshot(path))
}

fn no_snapshot(path: &Path) -> CliError {
    CliError::Usage(format!("`{}` is no snapshot", display(path)))
}

/// Says what differs from the snapshot that is kept at `path`.
fn report(path: &Path, differences: &[Difference]) -> Result<Exit, CliError> {
    let path = escaped(&display(path)).into_owned();
    if differences.is_empty() {
        return print(&format!("{path} is what would be deployed\n")).map(|()| Exit::Clean);
    }
    let lines = differences
        .iter()
        .map(|it| format!("{}\n", it.to_string().lines().map(escaped).collect::<Vec<_>>().join("\n")));
    print(&format!("{path} is not what would be deployed now:\n{}", lines.collect::<String>()))?;
    Ok(Exit::Findings)
}

fn print(text: &str) -> Result<(), CliError> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    out.write_all(text.as_bytes())?;
    out.flush()?;
    Ok(())
}

/// The variables of the environment, save those that are not text.
fn environment() -> HashMap<String, String> {
    let text = |(name, value): (OsString, OsString)| Some((name.into_string().ok()?, value.into_string().ok()?));
    std::env::vars_os().filter_map(text).collect()
}
