//! `plimsoll check`.

use std::collections::HashSet;
use std::io::{self, Write};
use std::path::PathBuf;

use super::args::{CheckArgs, FailOn, Format};
use super::files::Files;
use super::inputs::{self, Inputs};
use super::{CliError, Exit};
use crate::diagnostic::Severity;
use crate::engine::Metadata;
use crate::engine::catalogue::Catalogue;
use crate::evaluate::Context;
use crate::lint::{Outcome, Settings, read_and_lint};
use crate::project::sort_omitted;
use crate::report::{self, escaped};

pub(super) fn run(args: &CheckArgs, color: bool) -> Result<Exit, CliError> {
    let mut settings = Settings::at(inputs::now(args.now.as_deref())?);
    settings.context = Context { now: settings.context.now, ..args.context.context() };
    settings.select = known_rules("--select", &args.select)?;
    settings.ignore = known_rules("--ignore", &args.ignore)?;
    let pool = pool(args.threads)?;
    let mut inputs = pool.install(|| Inputs::below(&args.paths, !args.no_ignore));
    let given = inputs.add_parameters(&args.parameters)?;
    settings.parameter_files = given.files;
    settings.overrides = given.overrides;
    let files = Files::around(args.paths.iter().map(PathBuf::as_path));
    let (project, mut outcome) = pool.install(|| read_and_lint(inputs.inputs, &settings, &files));
    outcome.coverage.omitted.extend(inputs.omitted);
    sort_omitted(&mut outcome.coverage.omitted, &outcome.sources);
    // The process ends soon; nobody needs to wait until the memory of thousands of files is given back piece by piece.
    std::mem::forget(project);

    let rules = Catalogue::built_in().rules().iter().map(|rule| &rule.metadata);
    let found: HashSet<&str> = outcome.diagnostics.iter().map(|diagnostic| &*diagnostic.rule).collect();
    let rules: Vec<&Metadata> = rules.filter(|rule| settings.selects(rule) || found.contains(&*rule.id)).collect();
    let format = match args.format {
        Format::Text => report::Format::Text,
        Format::Concise => report::Format::Concise,
        Format::Json => report::Format::Json,
        Format::Sarif => report::Format::Sarif,
    };
    let options = report::Options { color, show_unknown: args.show_unknown };
    let mut out = io::BufWriter::new(io::stdout().lock());
    let all_shown = report::write(&outcome, &rules, format, options, &mut out)?;
    out.flush()?;
    if args.format == Format::Concise {
        writeln!(io::stderr(), "{}", report::summary_line(&outcome, options))?;
    }
    if outcome.coverage.files + outcome.coverage.unparsed == 0 && outcome.diagnostics.is_empty() {
        writeln!(
            io::stderr(),
            "plimsoll: warning: nothing was checked: no template, parameter file, script or answer {}",
            place(args)
        )?;
    }
    Ok(if all_shown { exit(args, &outcome) } else { Exit::Failure })
}

/// What `--exit-zero` forgives are findings, and not that the tool could not do its job.
fn exit(args: &CheckArgs, outcome: &Outcome) -> Exit {
    let failed = outcome.diagnostics.iter().any(|diagnostic| &*diagnostic.rule == "internal-error");
    if failed || (outcome.coverage.unparsed > 0 && !args.allow_unparsed) {
        return Exit::Failure;
    }
    if args.exit_zero { Exit::Clean } else { exit_for(args.fail_on, outcome) }
}

/// How a run ends that could do its job.
pub(super) fn exit_for(fail_on: FailOn, outcome: &Outcome) -> Exit {
    let least = match fail_on {
        FailOn::Error => Severity::Error,
        FailOn::Warning => Severity::Warning,
        FailOn::Info => Severity::Info,
        FailOn::Never => return Exit::Clean,
    };
    if outcome.diagnostics.iter().any(|diagnostic| diagnostic.severity >= least) { Exit::Findings } else { Exit::Clean }
}

/// Where `args` say to look.
fn place(args: &CheckArgs) -> String {
    let paths: Vec<String> = args.paths.iter().map(|path| format!("`{}`", escaped(&path.to_string_lossy()))).collect();
    format!("was found below {}", paths.join(", "))
}

/// Checks that each name given to `option` is a rule or a pack.
fn known_rules(option: &str, names: &[String]) -> Result<Vec<String>, CliError> {
    let rules = Catalogue::built_in().rules();
    for name in names {
        if !rules.iter().any(|rule| *rule.metadata.id == **name || *rule.metadata.pack == **name) {
            let hint = super::explain::hint(name);
            return Err(CliError::Usage(format!("{option}: there is no rule or pack `{name}`; {hint}")));
        }
    }
    Ok(names.to_vec())
}

/// As many threads, each with a stack for the deepest nesting that the limits allow.
pub(super) fn pool(threads: Option<usize>) -> Result<rayon::ThreadPool, CliError> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads.unwrap_or(0)).stack_size(STACK_BYTES).build();
    pool.map_err(|error| CliError::Usage(format!("--threads: {error}")))
}

const STACK_BYTES: usize = 32 * 1024 * 1024;
