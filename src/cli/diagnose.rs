//! `plimsoll diagnose`.

use std::io::{self, IsTerminal, Write};
use std::path::Path;

use super::args::{DiagnoseArgs, ListFormat};
use super::check::pool;
use super::files::Files;
use super::inputs::{self, Inputs};
use super::{CliError, Exit};
use crate::diagnose::{Findings, diagnose};
use crate::discover::{read_log, read_log_file};
use crate::lint::{Outcome, Settings, lint};
use crate::report::{write_diagnoses, write_diagnoses_json};

pub(super) fn run(args: &DiagnoseArgs) -> Result<Exit, CliError> {
    let text = read(&args.file)?;
    if text.trim().is_empty() {
        return Err(CliError::Usage("the input is empty: there is no error in it".to_owned()));
    }
    let findings = diagnose(&text);
    let project = args.project.as_ref().map(|path| check(path, &findings, args.now.as_deref())).transpose()?;
    let mut out = io::BufWriter::new(io::stdout().lock());
    match args.format {
        ListFormat::Text => write_diagnoses(&findings, project.as_ref(), &mut out)?,
        ListFormat::Json => write_diagnoses_json(&findings, project.as_ref(), &mut out)?,
    }
    out.flush()?;
    Ok(if findings.diagnoses.is_empty() { Exit::Findings } else { Exit::Clean })
}

/// The text of `file`, or of standard input for `-`.
fn read(file: &Path) -> Result<String, CliError> {
    let text = if file == Path::new("-") {
        let stdin = io::stdin();
        if stdin.is_terminal() {
            writeln!(io::stderr(), "plimsoll: paste the error, then end the input")?;
        }
        read_log(stdin.lock())
    } else {
        read_log_file(file)
    };
    text.map_err(|reason| CliError::Usage(format!("`{}` {reason}", file.display())))
}

/// What the rules that `findings` name find in the project at `path`.
fn check(path: &Path, findings: &Findings, now: Option<&str>) -> Result<Outcome, CliError> {
    if !path.exists() {
        return Err(CliError::Usage(format!("--project: `{}` is not there", path.display())));
    }
    let mut settings = Settings::at(inputs::now(now)?);
    settings.select = findings.rules().into_iter().map(str::to_owned).collect();
    if settings.select.is_empty() {
        return Ok(Outcome::default());
    }
    let files = Files::around([path]);
    let check = || lint(Inputs::below(&[path.to_owned()], true).inputs, &settings, &files);
    Ok(pool(None)?.install(check))
}
