//! L9. The command line: arguments to settings, files to inputs, outcomes to output and exit codes.

mod args;
mod check;
mod companions;
mod diagnose;
mod explain;
mod files;
mod inputs;
mod refused;
mod sas;
mod snapshot;
mod usage;

use std::io::{self, Write};
use std::panic::{AssertUnwindSafe, PanicHookInfo};
use std::process::ExitCode;

use clap::Parser;
use clap::error::ErrorKind;

use args::{Cli, Color, Command};

use crate::report::escaped;

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Exit {
    /// Nothing at or above the severity that fails.
    Clean,
    /// Such findings.
    Findings,
    /// The tool could not do its job.
    Failure,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Clean => 0,
            Exit::Findings => 1,
            Exit::Failure => 2,
        })
    }
}

/// Why a command could not do its job.
#[derive(Debug, thiserror::Error)]
enum CliError {
    /// The arguments do not make sense.
    #[error("{0}")]
    Usage(String),
    /// The output could not be written.
    #[error("cannot write the output: {0}")]
    Output(#[from] io::Error),
}

/// Runs the command line of this process.
pub fn run() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Nothing is left to do when even this cannot be printed.
            return match error.kind() {
                ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
                    let _ = error.print();
                    Exit::Clean.into()
                }
                _ => {
                    let _ = write!(io::stderr(), "{}", usage::printable(&error.render().to_string(), &arguments()));
                    Exit::Failure.into()
                }
            };
        }
    };
    std::panic::set_hook(Box::new(report_panic));
    let result = std::panic::catch_unwind(AssertUnwindSafe(|| dispatch(&cli)));
    match result.unwrap_or(Ok(Exit::Failure)) {
        Ok(exit) => exit.into(),
        // The reader has what it wanted.
        Err(CliError::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => Exit::Clean.into(),
        Err(error) => {
            let message = usage::without_secrets(&error.to_string(), &arguments());
            let _ = writeln!(io::stderr(), "plimsoll: error: {}", escaped(&message));
            Exit::Failure.into()
        }
    }
}

/// What this process was called with.
fn arguments() -> Vec<String> {
    std::env::args_os().map(|argument| argument.to_string_lossy().into_owned()).collect()
}

/// Says where a bug showed, and not with which text, since that may hold a secret.
fn report_panic(info: &PanicHookInfo<'_>) {
    let place = info.location().map(|at| format!(" at {}:{}", at.file(), at.line())).unwrap_or_default();
    let _ = writeln!(io::stderr(), "plimsoll: internal error{place}; please report it");
}

fn dispatch(cli: &Cli) -> Result<Exit, CliError> {
    match &cli.command {
        Command::Check(args) => check::run(args, colored(cli.color, &io::stdout())),
        Command::Rules { format } => explain::list(*format),
        Command::Explain { rule } => explain::explain(rule),
        Command::Sas(args) => sas::run(args, colored(cli.color, &io::stdout())),
        Command::Diagnose(args) => diagnose::run(args),
        Command::Snapshot(args) => snapshot::run(args, colored(cli.color, &io::stderr())),
    }
}

/// Whether what goes to `stream` is coloured.
fn colored(color: Color, stream: &impl anstream::stream::RawStream) -> bool {
    match color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => anstream::AutoStream::choice(stream) != anstream::ColorChoice::Never,
    }
}
